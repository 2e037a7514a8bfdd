//! The lists of the desk: what is ready, what goes back to its shelf, and which loans are overdue or due today.
//!
//! | question                      | key                                | call                  | units          |
//! |-------------------------------|------------------------------------|-----------------------|----------------|
//! | a page of a list              | index desk, by the desk's two places | Query               | ½ R a 4 KB     |
//! | how long a list is            | the same, up to a hundred          | Query                 | ½ R a 4 KB     |
//! | who has or awaits a book      | index turn; book#b lending         | Query, GetItem, strong | 1 R a 4 KB, 1 R |
//!
//! The index has two partitions: `out` has the loans by their due dates, `shelf` has the copies on the shelf for collection,
//! and those that belong there, in the order of `Place`. So each list is one range of one partition, however many other
//! reservations there are. The index follows its table by a moment.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::copies::{Lending, lending_key};
use super::reservation::{Record, Reservation, ReservationKey, Status, Turn};
use super::rules::Rules;
use crate::tables::fault::Result;
use crate::tables::key::{item, sortable};
use crate::tables::library::Library;
use crate::tables::library::book::BookKey;
use crate::tables::table::Consistency::Strong;
use crate::tables::table::{Page, Query, to_value};
use crate::values::BookId;

/// A list of the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeskList {
    /// Copies that are ready for their readers.
    Ready,
    /// Those of them that are put aside.
    Aside,
    /// Those of them that still stand on their shelf.
    ToFetch,
    /// Copies on the shelf for collection whose reader has changed, or that nobody waits for any more.
    PutBack,
    /// Loans whose due day has passed, the longest overdue first.
    Overdue,
    /// Loans that are due today.
    DueToday,
}

/// How long a list is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Count {
    /// How many it has: at most a hundred.
    #[schema(maximum = 100)]
    pub count: usize,
    /// Whether it has more than that.
    pub more: bool,
}

/// A position in a list of the desk: after a reservation.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeskPosition {
    pk: BookKey,
    sk: ReservationKey,
    desk_order: String,
}

/// A position in the list of a book: after a reservation.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BookPosition {
    sk: ReservationKey,
    turn: String,
}

/// Where a copy stands that is ready, or was. Lists of neighbours are one range.
#[derive(Debug, Clone, Copy)]
enum Place {
    /// On the shelf for collection, and nobody waits for it.
    Back,
    /// There, with the slip of another reader.
    OldSlip,
    /// There, for its reader.
    Aside,
    /// On its own shelf, from where it must be fetched.
    Fetch,
}

impl Place {
    fn prefix(self) -> &'static str {
        match self {
            Place::Back => "1back#",
            Place::OldSlip => "2slip#",
            Place::Aside => "3aside#",
            Place::Fetch => "4fetch#",
        }
    }
}

/// The partitions of the index.
const OUT: &str = "out";
const SHELF: &str = "shelf";

/// Sorts after every character of a key.
const LAST: char = '~';

/// The most that is counted.
const MOST_COUNTED: usize = 100;

impl Record {
    /// Returns the key of the reservation in the index `desk`, if it is in a list of the desk.
    pub(super) fn desk_key(&self) -> Option<(String, String)> {
        let on_shelf =
            |place: Place, at: Timestamp| Some((SHELF.into(), format!("{}{}", place.prefix(), sortable(at))));
        match (self.status, self.aside_at) {
            (Status::CheckedOut, _) => Some((OUT.into(), format!("{}#{}", self.due_day()?, sortable(self.due_at?)))),
            (Status::Ready, None) => on_shelf(Place::Fetch, self.ready_until?),
            (Status::Ready, Some(_)) if self.new_slip => on_shelf(Place::OldSlip, self.ready_until?),
            (Status::Ready, Some(_)) => on_shelf(Place::Aside, self.ready_until?),
            _ if self.put_back => on_shelf(Place::Back, self.ended_at()?),
            _ => None,
        }
    }
}

impl DeskList {
    /// Returns the partition, and the first and the last key of the list.
    fn range(self, rules: &Rules, now: Timestamp) -> (&'static str, String, String) {
        let places = |first: Place, last: Place| (SHELF, first.prefix().to_owned(), format!("{}{LAST}", last.prefix()));
        // A loan of a day on which the library is closed is due on the next open day.
        let (today, calendar) = (rules.day(now), &rules.calendar);
        let last_late = calendar.open_before(today);
        match self {
            DeskList::Ready => places(Place::OldSlip, Place::Fetch),
            DeskList::Aside => places(Place::OldSlip, Place::Aside),
            DeskList::ToFetch => places(Place::Fetch, Place::Fetch),
            DeskList::PutBack => places(Place::Back, Place::OldSlip),
            DeskList::Overdue => (OUT, "0".to_owned(), format!("{last_late}{LAST}")),
            DeskList::DueToday if calendar.is_open(today) => {
                (OUT, last_late.later(1).to_string(), format!("{today}{LAST}"))
            }
            // Nothing is due: an empty range.
            DeskList::DueToday => (OUT, format!("{today}{LAST}"), format!("{today}{LAST}")),
        }
    }

    /// Returns whether a position is in this list. DynamoDB refuses any other position.
    pub fn has(self, position: &DeskPosition, rules: &Rules, now: Timestamp) -> bool {
        let (_, first, last) = self.range(rules, now);
        (first..=last).contains(&position.desk_order)
    }
}

impl BookPosition {
    /// Returns whether it can be a position in the list of a book.
    pub fn is_possible(&self) -> bool {
        self.turn.len() <= 100
            && [Turn::Waiting, Turn::Ready, Turn::Due].iter().any(|turn| self.turn.starts_with(turn.prefix()))
    }
}

impl Library {
    /// Lists up to `limit` reservations of a list of the desk after a position, which [`DeskList::has`] must accept. A copy
    /// that has lapsed without a record of it is left out.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn desk_list(
        &self,
        list: DeskList,
        limit: usize,
        after: Option<DeskPosition>,
        now: Timestamp,
    ) -> Result<Page<Reservation, DeskPosition>> {
        let rules = self.rules(now).await?;
        let (desk, ..) = list.range(&rules, now);
        let start = after.map(|DeskPosition { pk, sk, desk_order }| {
            let order = to_value(desk_order);
            item([("pk", to_value(pk)), ("sk", to_value(sk)), ("desk", to_value(desk)), ("deskOrder", order)])
        });
        let page: Page<Record, DeskPosition> = self.desk_query(list, &rules, now).after(start).page(limit).await?;
        let there = page.items.iter().filter(|record| !record.has_lapsed(now));
        Ok(Page { items: there.map(|record| record.shown(None, now)).collect(), next: page.next })
    }

    /// Counts a list of the desk.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn desk_count(&self, list: DeskList, now: Timestamp) -> Result<Count> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Counted {
            ready_until: Option<Timestamp>,
        }
        let rules = self.rules(now).await?;
        let found: Page<Counted, DeskPosition> = self.desk_query(list, &rules, now).page(MOST_COUNTED).await?;
        let count = found.items.iter().filter(|one| one.ready_until.is_none_or(|until| until > now)).count();
        Ok(Count { count, more: found.next.is_some() })
    }

    fn desk_query(&self, list: DeskList, rules: &Rules, now: Timestamp) -> Query {
        let (desk, first, last) = list.range(rules, now);
        let query = self.table.query("desk = :desk AND deskOrder BETWEEN :first AND :last").index("desk");
        query.value(":desk", desk).value(":first", first).value(":last", last)
    }

    /// Lists up to `limit` reservations and loans of a book after a position, which [`BookPosition::is_possible`] must
    /// accept: the loans by their due dates, then the ready copies, then the queue in its order.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn list_of_book(
        &self,
        book: BookId,
        limit: usize,
        after: Option<BookPosition>,
        now: Timestamp,
    ) -> Result<Page<Reservation, BookPosition>> {
        let rules = self.rules(now).await?;
        let start = after.map(|BookPosition { sk, turn }| {
            item([("pk", to_value(BookKey(book))), ("sk", to_value(sk)), ("turn", to_value(turn))])
        });
        let query = self.table.query("pk = :book").index("turn").strong().value(":book", BookKey(book)).after(start);
        let page: Page<Record, BookPosition> = query.page(limit).await?;
        let copies = self.table.get::<Lending>(lending_key(book), Strong).await?;
        let there = page.items.iter().filter(|record| record.is_live(now));
        Ok(Page {
            items: there.map(|record| record.shown(copies.as_ref().map(|copies| (copies, &*rules)), now)).collect(),
            next: page.next,
        })
    }
}
