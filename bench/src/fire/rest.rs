//! What everything must be once nothing fails and nothing is on its way: what each person sees.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::Value;
use tests::{Answer, Person};
use tokio::time::sleep;

use super::caller::{Book, Caller, Loan, Place};
use super::cell::Cell;

/// How often something is tried again, once a second, while a function is busy.
const MOST_TRIES: u32 = 60;

/// Reads something at rest. A machine that is too busy answers with a 503, or not in time; then it is asked again.
pub(crate) async fn read(person: &Person, path: &str) -> Answer {
    let mut answer = person.get(path).await;
    for _ in 0..MOST_TRIES {
        if ![500, 503, 504].contains(&answer.status) {
            break;
        }
        sleep(Duration::from_secs(1)).await;
        answer = person.get(path).await;
    }
    answer
}

/// Returns all items of a list, page by page.
pub(crate) async fn all(person: &Person, path: &str) -> Vec<Value> {
    let (mut items, mut cursor) = (Vec::new(), None::<String>);
    loop {
        let more = cursor.map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
        let page = read(person, &format!("{path}limit=100{more}")).await.expect(200).json();
        items.extend(page["items"].as_array().cloned().unwrap_or_default());
        match page["nextCursor"].as_str() {
            Some(next) => cursor = Some(next.to_owned()),
            None => return items,
        }
    }
}

pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Compares what there is with what it may be, and makes it known.
fn settle<T: PartialEq + Clone + std::fmt::Debug>(cell: &mut Cell<T>, is: T) -> Result<(), String> {
    let may_be = cell.may_be(&is);
    let trouble = format!("is {is:?}, and should be {cell:?}");
    cell.set(is);
    if may_be { Ok(()) } else { Err(trouble) }
}

/// Checks that the search finds a book if, and only if, it is in the catalogue.
async fn finds(person: &Person, book: &Book, is_there: bool, patience: Duration) -> Result<(), String> {
    let begun = Instant::now();
    loop {
        let found = read(person, &format!("/search?q={}", book.mark)).await.expect(200);
        if found.each("id").iter().filter(|id| **id == book.id).count() == usize::from(is_there) {
            return Ok(());
        }
        if begun.elapsed() >= patience {
            return Err(format!("the search for {} finds {}, and the book is {:?}", book.mark, found.text, book.place));
        }
        sleep(Duration::from_millis(500)).await;
    }
}

impl Caller {
    /// Compares all that the person sees with what it must be. Afterwards, nothing is unclear.
    /// The lists of the search may take as long as `patience`; without one they are not compared.
    pub(crate) async fn rests(&mut self, patience: Option<Duration>) {
        for account in [&mut self.me, &mut self.staff] {
            if !account.sign_in_at_last(&self.ledger).await {
                let what = format!("at rest: {} cannot sign in: {}", account.id(), account.why_out);
                return self.ledger.wrong(what);
            }
        }
        let mut wrong = Vec::new();
        for email in std::mem::take(&mut self.newcomers) {
            let stranger = self.me.person.signed_out();
            let mut answer = stranger.logs_in(&email, tests::PASSWORD).await;
            // All persons rest at once, and a function hashes few passwords at a time.
            for _ in 0..MOST_TRIES {
                if ![429, 503].contains(&answer.status) {
                    break;
                }
                sleep(Duration::from_secs(1)).await;
                answer = stranger.logs_in(&email, tests::PASSWORD).await;
            }
            if answer.status != 200 {
                wrong.push(format!("{email}, who has registered, cannot sign in: {}: {}", answer.status, answer.text));
            }
        }
        let profile = read(&self.me.person, "/users/me").await.expect(200).json();
        wrong.extend(settle(&mut self.first_name, text(&profile["firstName"]).to_owned()).err());
        let ward = read(&self.staff.person, &format!("/users/{}", self.ward.id())).await.expect(200).json();
        wrong.extend(settle(&mut self.is_disabled, ward["disabled"] == true).err());
        wrong.extend(self.books_at_rest(patience).await);
        let favorites = all(&self.me.person, "/favorites?").await;
        for shared in &mut self.shared {
            let times = favorites.iter().filter(|book| text(&book["id"]) == shared.id).count();
            let found =
                settle(&mut shared.favorite, times == 1).and(if times > 1 { Err("twice".into()) } else { Ok(()) });
            wrong.extend(found.err().map(|why| format!("the favorite {} {why}", shared.id)));
        }
        let mut held = None;
        for _ in 0..MOST_TRIES {
            held = self.reservations().await;
            if held.is_some() {
                break;
            }
            sleep(Duration::from_secs(1)).await;
        }
        let held = held.unwrap_or_default();
        for shared in &mut self.shared {
            let is = match held.get(&shared.id).map(|(_, status)| status.as_str()) {
                None => Loan::Nothing,
                Some("checkedOut") => Loan::Out,
                Some(_) => Loan::Reserved,
            };
            let found = settle(&mut shared.loan, is);
            wrong.extend(found.err().map(|why| format!("the reservation of {} {why}", shared.id)));
        }
        let who = self.me.id();
        wrong.into_iter().for_each(|what| self.ledger.wrong(format!("at rest: of {who}, {what}")));
    }

    async fn books_at_rest(&mut self, mut patience: Option<Duration>) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut there: BTreeMap<String, String> = BTreeMap::new();
        for book in all(&self.me.person, "/books?owner=me&").await {
            let (id, title) = (text(&book["id"]).to_owned(), text(&book["title"]).to_owned());
            if let Some(other) = there.insert(id.clone(), title) {
                wrong.push(format!("{id} is listed twice, also as {other}"));
            }
        }
        for book in &mut self.books {
            let old = read(&self.me.person, &format!("/archive/books/{}", book.id)).await;
            let (is, title) = match (there.remove(&book.id), old.status) {
                (Some(_), 200) => {
                    wrong.push(format!("{} is in the catalogue and in the archive", book.id));
                    continue;
                }
                (Some(title), _) => (Place::Catalogue, Some(title)),
                (None, 200) => (Place::Archive, Some(old.string("title"))),
                (None, 404) => (Place::Nowhere, None),
                (None, status) => {
                    wrong.push(format!("{} cannot be looked for in the archive: {status}", book.id));
                    continue;
                }
            };
            wrong.extend(settle(&mut book.place, is).err().map(|why| format!("the book {} {why}", book.id)));
            if let Some(title) = title {
                let number = title.split_once(' ').and_then(|(_, number)| number.parse().ok()).unwrap_or(u32::MAX);
                let found = settle(&mut book.title, number);
                wrong.extend(found.err().map(|why| format!("the number in the title of {} {why}", book.id)));
            }
            if let Some(limit) = patience
                && let Err(why) = finds(&self.me.person, book, is == Place::Catalogue, limit).await
            {
                wrong.push(why);
                // What does not come for one book is not waited for with the next.
                patience = Some(Duration::ZERO);
            }
        }
        self.books.retain(|book| !book.place.is_only(&Place::Nowhere));
        // What is left over was added by a request without an answer, and by each only once.
        for (id, title) in there {
            match self.lost.iter().position(|mark| title == format!("{mark} 0")) {
                Some(at) => {
                    let (mark, title, place) = (self.lost.swap_remove(at), Cell::new(0), Cell::new(Place::Catalogue));
                    self.books.push(Book { id, mark, title, place, changed: Instant::now() });
                }
                None => wrong.push(format!("nobody has added {id}, {title:?}, or it is there twice")),
            }
        }
        self.lost.clear();
        wrong
    }
}
