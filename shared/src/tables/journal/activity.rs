//! The activity log: all rows of the journal, by time, or by user and time.
//!
//! | question                          | key                    | call                | units        |
//! |-----------------------------------|------------------------|---------------------|--------------|
//! | list a row                        | entry#id               | UpdateItem          | 3 W, 4 of a book |
//! | a user's rows, newest first       | index activity-user    | Query               | ½ R a 4 KB   |
//! | a book's rows, newest first       | index activity-book    | Query               | ½ R a 4 KB   |
//! | all rows, newest first            | index activity, months | Query, one a month  | ½ R a 4 KB   |
//!
//! All rows of a month share a partition of the index `activity`, so a list reads one partition for each month of the
//! log. Dispatch adds the index keys after the request: a burst of rows delays the log, but no request.

use std::collections::HashMap;

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::Journal;
use super::entry::{Action, BookName, Row, RowKey, is_private_now};
use super::events::users;
use crate::tables::fault::Result;
use crate::tables::key::{Item, Key, item, sortable};
use crate::tables::library::lending::lend::Despite;
use crate::tables::sessions::Person;
use crate::tables::table::{Page, cut, to_value};
use crate::tables::write::Write;
use crate::values::{Address, BookId, ReservationId, UserId, milliseconds};

/// Returns the assignments of an update that adds a row to the log.
pub(super) fn keys(row: &Row) -> &'static str {
    match row.entry.book {
        Some(_) => "#month = :month, #user = :user, rowAt = :rowAt, ofBook = :ofBook",
        None => "#month = :month, #user = :user, rowAt = :rowAt",
    }
}

/// Adds the values of [`keys`] to an update.
pub(super) fn with_keys(update: Write, row: &Row) -> Write {
    let update = update.name("#month", "month").name("#user", "user");
    let update = update.value(":month", month(row.at)).value(":user", row.who).value(":rowAt", sortable(row.at));
    match &row.entry.book {
        Some(book) => update.value(":ofBook", book.id),
        None => update,
    }
}

fn month(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%Y-%m").to_string()
}

/// A row of the activity log.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Activity {
    /// The id of the row.
    pub id: Uuid,
    /// What was done.
    #[serde(rename = "type")]
    pub kind: Action,
    /// When it was done.
    #[serde(serialize_with = "milliseconds")]
    pub time: Timestamp,
    /// Who did it.
    pub actor: UserId,
    /// The actor's network address.
    #[schema(value_type = String, example = "203.0.113.7")]
    pub from: Address,
    /// The user that it concerns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub user: Option<UserId>,
    /// The book that it concerns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub book: Option<BookName>,
    /// The reservation that it concerns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub reservation: Option<ReservationId>,
    /// What the desk lent a book in spite of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub despite: Vec<Despite>,
    /// Who the actor and the user are. Their names are not stored with the row.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub people: Vec<Person>,
}

impl Activity {
    /// Returns the users that it names.
    pub fn users(&self) -> impl Iterator<Item = UserId> + use<> {
        users(self.actor, self.user)
    }

    /// Returns the row with the names of its users.
    pub fn naming(self, people: &HashMap<UserId, Person>) -> Self {
        Activity { people: self.users().filter_map(|user| people.get(&user).cloned()).collect(), ..self }
    }
}

/// A row in the indexes.
#[derive(Deserialize)]
struct Listed {
    pk: RowKey,
    what: Action,
    who: UserId,
    at: Timestamp,
    from: Address,
    whom: Option<UserId>,
    book: Option<BookName>,
    reservation: Option<ReservationId>,
}

impl From<Listed> for Activity {
    fn from(row: Listed) -> Self {
        let Listed { pk: RowKey(id), what, who, at, from, whom, mut book, reservation } = row;
        let despite = book.as_mut().map(|book| std::mem::take(&mut book.despite)).unwrap_or_default();
        let people = Vec::new();
        Activity { id, kind: what, time: at, actor: who, from, user: whom, book, reservation, despite, people }
    }
}

/// A position in the log: before a row.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Position {
    pk: RowKey,
    row_at: Timestamp,
}

/// The selection of a list.
#[derive(Debug, Clone, Copy)]
pub struct Selection {
    /// Only the actions of this user.
    pub user: Option<UserId>,
    /// Only actions on this book. Not with a user.
    pub book: Option<BookId>,
    /// Only actions after this time.
    pub after: Option<Timestamp>,
}

/// A partition: the index, the name of its partition key, and the key's value.
type Partition = (&'static str, &'static str, String);

impl Journal {
    /// Adds a row to the log, unless it has expired. Live events are added when they are numbered. Idempotent.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn list_row(&self, row: &Row) -> Result<()> {
        let update = self.table.update(Key::of(row.pk), format!("SET {}", keys(row))).if_exists();
        with_keys(update, row).send().await?;
        Ok(())
    }

    /// Lists up to `limit` rows before a position, the newest first.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn list_activity(
        &self,
        selection: Selection,
        limit: usize,
        before: Option<Position>,
        now: Timestamp,
    ) -> Result<Page<Activity, Position>> {
        // DynamoDB deletes expired rows days later, so they are excluded here.
        let after = selection.after.map_or(now - self.retention, |after| after.max(now - self.retention));
        let newest = before.as_ref().map_or(now, |before| before.row_at.min(now));
        if newest <= after {
            return Ok(Page { items: Vec::new(), next: None });
        }
        let partitions: Vec<Partition> = match (selection.user, selection.book) {
            (Some(user), _) => vec![("activity-user", "user", user.to_string())],
            (None, Some(book)) => vec![("activity-book", "ofBook", book.to_string())],
            (None, None) => months(newest, after).map(|month| ("activity", "month", month)).collect(),
        };
        let mut found = Page { items: Vec::new(), next: None };
        let mut start = before;
        for (index, attribute, value) in partitions {
            let start = start.take().map(|position| start_key(&position, attribute, &value));
            let query = self.table.query("#partition = :partition AND rowAt > :after").index(index).backwards();
            let query = query.name("#partition", attribute).value(":partition", value).value(":after", sortable(after));
            // One more than `limit`, to find out whether the list continues.
            let page = query.after(start).items(limit + 1 - found.items.len()).await?;
            found.items.extend(page.items);
            found.next = page.next;
            if found.items.len() > limit || found.next.is_some() {
                break;
            }
        }
        let page: Page<Listed, Position> = cut(found, limit)?;
        let shown = page.items.into_iter().filter(|row| !is_private_now(row.reservation, row.at, now));
        Ok(Page { items: shown.map(Activity::from).collect(), next: page.next })
    }
}

/// Returns the index key after which the list continues.
fn start_key(position: &Position, attribute: &str, value: &str) -> Item {
    let row_at = sortable(position.row_at);
    item([("pk", to_value(position.pk)), ("rowAt", to_value(row_at)), (attribute, to_value(value))])
}

/// Returns the months from that of `newest` back to that of `oldest`.
fn months(newest: Timestamp, oldest: Timestamp) -> impl Iterator<Item = String> {
    let day = |at: Timestamp| at.to_zoned(TimeZone::UTC).date().first_of_month();
    let (first, last) = (day(newest), day(oldest));
    let back = |month: &jiff::civil::Date| month.checked_sub(1.month()).ok();
    std::iter::successors(Some(first), back)
        .take_while(move |month| *month >= last)
        .map(|month| month.strftime("%Y-%m").to_string())
}

#[cfg(test)]
mod tests {
    use super::months;

    #[test]
    fn the_log_is_read_month_by_month_into_the_past() {
        let [newest, oldest] = ["2027-01-31T23:59:59Z", "2026-11-01T00:00:00Z"].map(|at| at.parse().expect("a time"));
        assert_eq!(months(newest, oldest).collect::<Vec<_>>(), ["2027-01", "2026-12", "2026-11"]);
        assert_eq!(months(oldest, oldest).collect::<Vec<_>>(), ["2026-11"]);
    }
}
