//! A reservation, from the moment somebody reserves a book until the copy is back.

use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::copies::Lending;
use crate::tables::journal::entry::BookName;
use crate::tables::library::book::{Title, book_key};
use crate::tables::table::{Item, Result, Table, number, string, to_item};
use crate::values::{ReservationId, UserId};

/// How long a copy waits to be collected.
pub const COLLECT_WITHIN: SignedDuration = SignedDuration::from_hours(3 * 24);
/// How long a copy may be kept.
pub const LENT_FOR: SignedDuration = SignedDuration::from_hours(21 * 24);
/// How long before the end a letter tells of it.
pub const REMINDED_BEFORE: SignedDuration = SignedDuration::from_hours(3 * 24);
/// How long an ended reservation is kept, so that who ends it twice is told so. It is nobody's business afterwards.
const ENDED_KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// How far a reservation has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum Status {
    /// In the queue.
    Waiting,
    /// A copy waits to be collected.
    Ready,
    /// The copy is out.
    CheckedOut,
    /// The copy is back.
    Returned,
    /// Given up.
    Cancelled,
    /// The copy was not collected in time.
    Lapsed,
}

/// A reservation of a book by a reader.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Reservation {
    /// Its id.
    pub id: ReservationId,
    /// The book.
    pub book: BookName,
    /// Who reserved it.
    pub reader: UserId,
    /// How far it has come.
    pub status: Status,
    /// The place in the queue, while `waiting`; 1 is next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = 3)]
    pub place: Option<u32>,
    /// When the book was reserved.
    pub reserved_at: Timestamp,
    /// The copy has to be collected by then, while `ready`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub ready_until: Option<Timestamp>,
    /// The copy has to be back by then, while `checkedOut`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub due_at: Option<Timestamp>,
}

/// A reservation as stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Record {
    pk: String,
    sk: String,
    pub(crate) id: ReservationId,
    pub(crate) reader: UserId,
    pub(crate) title: Title,
    pub(crate) status: Status,
    /// The number in the queue, of who waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) number: Option<u64>,
    /// The key of the index that finds who is next, and what lapses next. Nobody else has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    turn: Option<String>,
    /// The keys of the index that finds what has to be done by a certain time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    day: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    deadline: Option<String>,
    reserved_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ready_until: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) due_at: Option<Timestamp>,
    version: u64,
    /// Seconds since 1970, of what has ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_at: Option<i64>,
}

/// What the keys of the index begin with.
pub(super) const WAITING: &str = "waiting#";
pub(super) const READY: &str = "ready#";

pub(super) fn key(id: ReservationId) -> Item {
    Item::from([("pk".to_owned(), string(book_key(id.book))), ("sk".to_owned(), string(sort_key(id.own)))])
}

fn sort_key(own: Uuid) -> String {
    format!("reservation#{own}")
}

/// The partition of the index of deadlines.
pub(super) fn day(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d").to_string()
}

/// Text that sorts by time.
pub(super) fn sortable(at: Timestamp) -> String {
    format!("{at:.3}")
}

impl Record {
    /// A reservation that is neither in the queue nor has a copy yet.
    pub(super) fn new(id: ReservationId, reader: UserId, title: Title, now: Timestamp) -> Self {
        Record {
            pk: book_key(id.book),
            sk: sort_key(id.own),
            id,
            reader,
            title,
            status: Status::Waiting,
            number: None,
            turn: None,
            day: None,
            deadline: None,
            reserved_at: now,
            ready_until: None,
            due_at: None,
            version: 0,
            expires_at: None,
        }
    }

    /// In the queue, with that number.
    pub(super) fn waiting(self, number: u64) -> Self {
        let turn = Some(format!("{WAITING}{number:020}"));
        Record { status: Status::Waiting, number: Some(number), turn, ..self.idle() }
    }

    /// With a copy that waits until then.
    pub(super) fn ready(self, until: Timestamp) -> Self {
        let turn = Some(format!("{READY}{}", sortable(until)));
        Record { status: Status::Ready, ready_until: Some(until), turn, ..self.idle() }.with_deadline(Some(until))
    }

    /// With a copy that has to be back by then.
    pub(super) fn checked_out(self, due: Timestamp) -> Self {
        let record = Record { status: Status::CheckedOut, due_at: Some(due), ..self.idle() };
        record.with_deadline(Some(due - REMINDED_BEFORE))
    }

    /// The same, of which the reader has been reminded.
    pub(super) fn reminded(self) -> Self {
        self.with_deadline(None)
    }

    /// Ended in one of the ways.
    pub(super) fn ended(self, status: Status, now: Timestamp) -> Self {
        Record { status, expires_at: Some((now + ENDED_KEPT).as_second()), ..self.idle() }
    }

    fn idle(self) -> Self {
        let record = self.with_deadline(None);
        Record { number: None, turn: None, ready_until: None, due_at: None, ..record }
    }

    fn with_deadline(self, deadline: Option<Timestamp>) -> Self {
        Record { day: deadline.map(day), deadline: deadline.map(sortable), ..self }
    }

    /// Whether somebody has to do something by a time that is over.
    pub(super) fn is_overdue(&self, now: Timestamp) -> bool {
        self.deadline.as_ref().is_some_and(|deadline| *deadline <= sortable(now))
    }

    /// Whether the copy waited for longer than it does. It counts as lapsed from then on, whether or not somebody has
    /// taken note of it.
    pub(super) fn has_lapsed(&self, now: Timestamp) -> bool {
        self.ready_until.is_some_and(|until| until <= now)
    }

    /// Whether it still goes on.
    pub(super) fn is_live(&self, now: Timestamp) -> bool {
        match self.status {
            Status::Ready => !self.has_lapsed(now),
            Status::Waiting | Status::CheckedOut => true,
            Status::Returned | Status::Cancelled | Status::Lapsed => false,
        }
    }

    /// The reservation as its reader sees it.
    pub(super) fn shown(&self, lending: Option<&Lending>, now: Timestamp) -> Reservation {
        let status = if self.has_lapsed(now) { Status::Lapsed } else { self.status };
        Reservation {
            id: self.id,
            book: BookName { id: self.id.book, title: Some(self.title.clone()) },
            reader: self.reader,
            status,
            place: self.number.zip(lending).map(|(number, lending)| lending.place(number)),
            reserved_at: self.reserved_at,
            ready_until: self.ready_until.filter(|_| status == Status::Ready),
            due_at: self.due_at,
        }
    }

    /// The write of this in the place of what was read.
    pub(super) fn write(&self, table: &Table) -> Result<TransactWriteItem> {
        let item = to_item(&Record { version: self.version + 1, ..self.clone() })?;
        let put = Put::builder().table_name(&*table.name).set_item(Some(item));
        let put = if self.version == 0 {
            put.condition_expression("attribute_not_exists(pk)")
        } else {
            put.condition_expression("version = :version").expression_attribute_values(":version", number(self.version))
        };
        Ok(TransactWriteItem::builder().put(put.build()?).build())
    }
}
