//! The activity log: every row of the journal, by time, and by user and time.
//!
//! | question                          | key                    | call                | units        |
//! |-----------------------------------|------------------------|---------------------|--------------|
//! | list a row                        | entry#id               | UpdateItem          | 3 W          |
//! | a user's rows, newest first       | index activity-user    | Query               | ½ R a 4 KB   |
//! | all rows, newest first            | index activity, months | Query, one a month  | ½ R a 4 KB   |
//!
//! All rows of a month share a partition of the index, so walking back over a log of any length touches as many
//! partitions as it is kept for months. They get there by the consumer of the stream: many at once make the log late,
//! and no reader wait.

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::entry::{BookName, Deed, Row, key};
use crate::tables::table::{Item, Result, Table, from_item, string};
use crate::values::{Address, ReservationId, UserId};

/// What an update sets so that a row is listed.
pub(super) const KEYS: &str = "#month = :month, #user = :user, rowAt = :rowAt";
pub(super) const KEY_NAMES: [(&str, &str); 2] = [("#month", "month"), ("#user", "user")];

pub(super) fn key_values(row: &Row) -> [(&'static str, AttributeValue); 3] {
    [
        (":month", string(month(row.at))),
        (":user", string(row.who.to_string())),
        (":rowAt", string(format!("{:.3}", row.at))),
    ]
}

fn month(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%Y-%m").to_string()
}

/// Something that somebody did.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Activity {
    /// Names it.
    pub id: Uuid,
    /// What was done.
    #[serde(rename = "type")]
    pub kind: Deed,
    /// When.
    pub time: Timestamp,
    /// Who did it.
    pub actor: UserId,
    /// From which address.
    #[schema(value_type = String, example = "203.0.113.7")]
    pub from: Address,
    /// To which user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub user: Option<UserId>,
    /// To which book.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub book: Option<BookName>,
    /// To which reservation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub reservation: Option<ReservationId>,
}

/// A row as the indexes have it.
#[derive(Deserialize)]
struct Listed {
    pk: String,
    what: Deed,
    who: UserId,
    at: Timestamp,
    from: Address,
    whom: Option<UserId>,
    book: Option<BookName>,
    reservation: Option<ReservationId>,
}

impl From<Listed> for Activity {
    fn from(row: Listed) -> Self {
        let id = row.pk.split_once('#').and_then(|(_, id)| id.parse().ok()).unwrap_or_default();
        let Listed { what, who, at, from, whom, book, reservation, .. } = row;
        Activity { id, kind: what, time: at, actor: who, from, user: whom, book, reservation }
    }
}

/// Lists a row that is no live event; those are listed when they get their numbers. Doing it twice does it once.
///
/// # Errors
/// When the table cannot be written.
pub async fn list_row(journal: &Table, row: &Row) -> Result<()> {
    let mut update = journal.client.update_item().table_name(&*journal.name).key("pk", string(key(row.id())));
    update = update.update_expression(format!("SET {KEYS}")).condition_expression("attribute_exists(pk)");
    for (name, value) in key_values(row) {
        update = update.expression_attribute_values(name, value);
    }
    for (name, attribute) in KEY_NAMES {
        update = update.expression_attribute_names(name, attribute);
    }
    match update.send().await {
        Ok(_) => Ok(()),
        Err(error) => match error.as_service_error() {
            // It has expired, or was never there.
            Some(UpdateItemError::ConditionalCheckFailedException(_)) => Ok(()),
            _ => Err(error.into()),
        },
    }
}

/// A place in the log: before a certain row.
#[derive(Debug, Clone, Copy)]
pub struct Position {
    at: Timestamp,
    id: Uuid,
}

impl Position {
    /// The place that `text` names, as [`list`] gave it.
    pub fn read(text: &str) -> Option<Position> {
        let (at, id) = text.split_once(' ')?;
        Some(Position { at: at.parse().ok()?, id: id.parse().ok()? })
    }
}

/// Which rows.
#[derive(Debug, Clone, Copy)]
pub struct Selection {
    /// Only what this user did.
    pub user: Option<UserId>,
    /// Only what was done after this.
    pub after: Option<Timestamp>,
}

/// Up to `limit` rows, the newest first, and where the list goes on if it does. `kept` is for how long rows are.
///
/// # Errors
/// When the table cannot be read.
pub async fn list(
    journal: &Table,
    selection: Selection,
    limit: usize,
    before: Option<Position>,
    now: Timestamp,
    kept: SignedDuration,
) -> Result<(Vec<Activity>, Option<String>)> {
    // What has expired is gone for the reader, too, though DynamoDB takes days to remove it.
    let after = selection.after.unwrap_or_default().max(now - kept);
    let partitions = match selection.user {
        Some(user) => vec![("activity-user", "user", user.to_string())],
        None => {
            months(before.map_or(now, |before| before.at), after).map(|month| ("activity", "month", month)).collect()
        }
    };
    let mut rows: Vec<Activity> = Vec::new();
    let mut start = before;
    for (index, attribute, value) in partitions {
        let query = journal
            .client
            .query()
            .table_name(&*journal.name)
            .index_name(index)
            .key_condition_expression("#partition = :partition AND rowAt > :after")
            .expression_attribute_names("#partition", attribute)
            .expression_attribute_values(":partition", string(&value))
            .expression_attribute_values(":after", string(format!("{after:.3}")))
            .set_exclusive_start_key(start.take().map(|Position { at, id }| {
                Item::from([
                    ("pk".to_owned(), string(key(id))),
                    (attribute.to_owned(), string(value)),
                    ("rowAt".to_owned(), string(format!("{at:.3}"))),
                ])
            }))
            .scan_index_forward(false)
            // One more than asked for tells whether there is more.
            .limit(i32::try_from(limit + 1 - rows.len()).unwrap_or(i32::MAX));
        for item in query.send().await?.items.unwrap_or_default() {
            rows.push(from_item::<Listed>(item)?.into());
        }
        if rows.len() > limit {
            break;
        }
    }
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|last| format!("{:.3} {}", last.time, last.id));
    Ok((rows, next))
}

/// The months from that of `newest` back to that of `oldest`.
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
