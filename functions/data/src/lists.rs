//! What the library knows of a reader in many items. Each list is read in a bounded number of calls, whatever its length.

use jiff::Timestamp;
use serde::Serialize;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::tables::journal::Action;
use shared::tables::journal::activity::{Activity, Selection};
use shared::tables::journal::entry::BookName;
use shared::tables::library::book::Store;
use shared::tables::library::exports::Whose;
use shared::tables::{Page, Result as Read};
use shared::values::{Address, ReservationId, UserId, milliseconds};
use uuid::Uuid;

use crate::Data;
use crate::archive::List;

/// The most bytes of all lists. With the picture and all else, an archive has less than 4 MiB.
const MOST: usize = 4_000_000;
/// The most bytes of a list. Books get what the others leave.
const SHARE: usize = 600_000;
/// The most pages of a list.
const PAGES: usize = 10;
/// How many items a page has: a batch reads the titles of that many favorites.
const FAVORITES: usize = 100;
/// How many items a page has that is one Query, of at most 1 MB.
const ITEMS: usize = 1_000;

/// Returns all lists of a reader.
///
/// # Errors
/// A fault of the tables.
pub(crate) async fn of(data: &Data, caller: &Caller) -> Result<Vec<List>> {
    let (user, now, library) = (caller.id, data.app.now(), &data.library);
    let mut lists = vec![reservations(data, user, now).await?];
    let mut past_loans = List::new("past-loans.jsonl", "GET /users/me/loans?past=true", SHARE);
    if let Some(since) = caller.sessions.keeps_history_since() {
        fill(&mut past_loans, |after| library.past_loans(user, since, ITEMS, after)).await?;
    }
    lists.push(past_loans);
    let mut favorites = List::new("favorites.jsonl", "GET /favorites", SHARE);
    fill(&mut favorites, |after| library.list_bookmarks(user, FAVORITES, after)).await?;
    lists.push(favorites);
    let mut imports = List::new("imports.jsonl", "GET /imports", SHARE);
    fill(&mut imports, |after| library.list_imports(user, ITEMS, after, now)).await?;
    lists.push(imports);
    lists.push(activity(data, user, now).await?);
    let left = MOST.saturating_sub(lists.iter().map(|list| list.text.len()).sum());
    lists.push(books(data, user, left).await?);
    Ok(lists)
}

/// Fills a list with the items of pages, until it is full.
async fn fill<T: Serialize, P, F>(list: &mut List, page: impl Fn(Option<P>) -> F) -> Result<()>
where
    F: Future<Output = Read<Page<T, P>>>,
{
    let mut after = None;
    for _ in 0..PAGES {
        let found = page(after.take()).await?;
        for item in &found.items {
            list.add(item)?;
        }
        after = found.next;
        if after.is_none() || list.is_cut {
            return Ok(());
        }
    }
    list.is_cut = true;
    Ok(())
}

async fn reservations(data: &Data, user: UserId, now: Timestamp) -> Result<List> {
    let mut list = List::new("reservations.jsonl", "GET /reservations", SHARE);
    for reservation in data.library.list_reservations(user, now).await? {
        list.add(&reservation)?;
    }
    Ok(list)
}

/// The books of both stores.
async fn books(data: &Data, user: UserId, most: usize) -> Result<List> {
    let mut list = List::new("books.jsonl", "GET /exports/books?format=jsonl&owner=me, and with archived=true", most);
    for store in [Store::Books, Store::Archive] {
        fill(&mut list, |after| data.library.export_books(store, Whose::Of(user), ITEMS, after)).await?;
    }
    Ok(list)
}

async fn activity(data: &Data, user: UserId, now: Timestamp) -> Result<List> {
    let mut list = List::new("activity.jsonl", "the library, which has the whole log", SHARE);
    let selection = Selection { user: Some(user), book: None, after: None };
    let page = |before| async move {
        let found = data.journal.list_activity(selection, ITEMS, before, now).await?;
        Ok(Page { items: found.items.into_iter().map(|row| Row::of(row, user)).collect(), next: found.next })
    };
    fill(&mut list, page).await?;
    Ok(list)
}

/// What the reader did: a row of the activity log.
#[derive(Serialize)]
struct Row {
    id: Uuid,
    #[serde(rename = "type")]
    kind: Action,
    #[serde(serialize_with = "milliseconds")]
    time: Timestamp,
    /// The reader's network address. Whoever knows an email can request a reset, and a stolen token is used from
    /// elsewhere: these addresses may be somebody else's, and are left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<Address>,
    #[serde(skip_serializing_if = "Option::is_none")]
    book: Option<BookName>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reservation: Option<ReservationId>,
}

impl Row {
    /// Returns a row of the reader. One that concerns somebody else says only that something was done: who works at the desk
    /// takes along neither whom they served nor what these people read, and a copy that goes on to the next reader names nobody.
    fn of(row: Activity, reader: UserId) -> Self {
        let Activity { id, kind, time, from, user, book, reservation, .. } = row;
        let is_own = user.is_none_or(|user| user == reader);
        let is_by_reader = !matches!(kind, Action::ResetRequested | Action::SessionStolen | Action::RefreshedAgain);
        let from = Some(from).filter(|_| is_by_reader);
        Row { id, kind, time, from, book: book.filter(|_| is_own), reservation: reservation.filter(|_| is_own) }
    }
}
