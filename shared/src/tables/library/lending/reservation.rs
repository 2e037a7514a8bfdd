//! A reservation, until the copy is returned.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::copies::Lending;
use super::rules::RULES;
use super::undo::Undo;
use crate::tables::journal::entry::BookName;
use crate::tables::journal::{Action, Entry};
use crate::tables::key::{Key, key, sortable};
use crate::tables::library::Library;
use crate::tables::library::book::BookKey;
use crate::tables::write::Write;
use crate::values::{Barcode, ReservationId, Title, UserId, milliseconds, stored};

/// How long an ended reservation is stored, so that a repeated request gets a clear answer. Then it is deleted, for
/// privacy.
const ENDED_RETENTION: SignedDuration = SignedDuration::from_hours(30 * 24);

const SECONDS_OF_A_DAY: i64 = 24 * 60 * 60;

/// The status of a reservation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum Status {
    /// The reader is in the queue.
    Waiting,
    /// A copy is ready to be collected.
    Ready,
    /// The copy is checked out.
    CheckedOut,
    /// The copy was returned.
    Returned,
    /// The reader cancelled it.
    Cancelled,
    /// The copy was not collected in time.
    Lapsed,
    /// The copy will not come back.
    Lost,
    /// It never was: a loan at the desk that was undone.
    Undone,
}

/// A reservation of a book by a reader.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Reservation {
    /// Its id.
    pub id: ReservationId,
    /// The book.
    pub book: BookName,
    /// The reader.
    pub reader: UserId,
    /// Its status.
    pub status: Status,
    /// 1-based position in the queue, while `waiting`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = 3)]
    pub place: Option<u32>,
    /// When the book was reserved.
    #[serde(serialize_with = "milliseconds")]
    pub reserved_at: Timestamp,
    /// The end of the period to collect the copy, while `ready`.
    #[serde(default, serialize_with = "milliseconds", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub ready_until: Option<Timestamp>,
    /// When a copy that is ready was put aside for the reader. Without it, the copy still stands on its shelf.
    #[serde(default, serialize_with = "milliseconds", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub aside_at: Option<Timestamp>,
    /// Present and `true` if the copy that is put aside has changed its reader, and needs a new slip.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    pub new_slip: bool,
    /// Present and `true` if the reservation has ended, nobody waits, and its copy still has to go back to its shelf.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    pub put_back: bool,
    /// When the loan began.
    #[serde(default, serialize_with = "milliseconds", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub lent_at: Option<Timestamp>,
    /// The barcode of the copy, if it was scanned.
    #[serde(default, deserialize_with = "stored::optional", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub barcode: Option<Barcode>,
    /// When the copy came back.
    #[serde(default, serialize_with = "milliseconds", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub returned_at: Option<Timestamp>,
    /// When the copy is due, while `checkedOut`.
    #[serde(default, serialize_with = "milliseconds", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub due_at: Option<Timestamp>,
    /// How many times the loan has been renewed, while `checkedOut`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = 1)]
    pub renewals: Option<u32>,
    /// Whether a renewal would succeed now, while `checkedOut`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub may_renew: Option<bool>,
    /// The code with which a renewal would be refused, if `mayRenew` is false.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub renewal_refusal: Option<RenewalRefusal>,
}

/// Why a loan cannot be renewed: the code of the refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RenewalRefusal {
    /// Other readers are in the queue of the book.
    OthersWait,
    /// The loan has been renewed as often as the rules allow.
    NoRenewalsLeft,
    /// The new due day would not be later than the old one.
    TooEarly,
    /// The reader is blocked.
    Blocked,
}

/// A reservation as stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Record {
    pk: BookKey,
    sk: ReservationKey,
    pub(super) id: ReservationId,
    pub(super) reader: UserId,
    pub(super) title: Title,
    pub(super) status: Status,
    /// The number in the queue. A reader keeps it until the reservation ends, and returns to the same place with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) number: Option<u64>,
    /// The key of the index `turn`, while waiting, ready or checked out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    turn: Option<String>,
    /// The keys of the index `deadlines`, while the reservation has a deadline for the sweep.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    day: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    deadline: Option<String>,
    reserved_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) ready_until: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) due_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) aside_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) new_slip: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) put_back: bool,
    /// The keys of the index `desk`, while the reservation is in a list of the desk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    desk: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    desk_order: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) lent_at: Option<Timestamp>,
    #[serde(default, deserialize_with = "stored::optional", skip_serializing_if = "Option::is_none")]
    pub(super) barcode: Option<Barcode>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) returned_at: Option<Timestamp>,
    /// How many times the loan was renewed.
    #[serde(default)]
    pub(super) renewals: u32,
    /// What the desk may undo: its last step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) undo: Option<Undo>,
    version: u64,
    /// Seconds since 1970, once it has ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_at: Option<i64>,
}

key!(
    /// The sort key of a reservation. Its partition is its book's.
    ReservationKey(Uuid) = "reservation#"
);

pub(super) fn reservation_key(id: ReservationId) -> Key {
    Key::of(BookKey(id.book)).and(ReservationKey(id.own))
}

/// The orders of the index `turn`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// Waiting reservations, by their number in the queue.
    Waiting,
    /// Ready reservations, by the time when they lapse.
    Ready,
    /// Loans, by the time when they are due.
    Due,
}

impl Turn {
    /// Returns the beginning of the index keys.
    pub(super) fn prefix(self) -> &'static str {
        match self {
            Turn::Waiting => "waiting#",
            Turn::Ready => "ready#",
            Turn::Due => "due#",
        }
    }
}

/// Returns the day of a time, which is also its partition in the index `deadlines`.
pub(super) fn day(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d").to_string()
}

impl Record {
    /// Makes a reservation that has neither a place in the queue nor a copy yet.
    pub(super) fn new(id: ReservationId, reader: UserId, title: Title, now: Timestamp) -> Self {
        Record {
            pk: BookKey(id.book),
            sk: ReservationKey(id.own),
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
            aside_at: None,
            new_slip: false,
            put_back: false,
            desk: None,
            desk_order: None,
            lent_at: None,
            barcode: None,
            returned_at: None,
            renewals: 0,
            undo: None,
            version: 0,
            expires_at: None,
        }
    }

    /// Returns the reservation with that number in the queue, which it keeps without being in it.
    pub(super) fn numbered(self, number: u64) -> Self {
        Record { number: Some(number), ..self }
    }

    /// Returns the reservation in the queue, with that number.
    pub(super) fn waiting(self, number: u64) -> Self {
        let turn = Some(format!("{}{number:020}", Turn::Waiting.prefix()));
        Record { status: Status::Waiting, number: Some(number), turn, ..self.idle() }
    }

    /// Returns the reservation with a copy that is ready until `until`, on its shelf.
    pub(super) fn ready(self, until: Timestamp) -> Self {
        let turn = Some(format!("{}{}", Turn::Ready.prefix(), sortable(until)));
        Record { status: Status::Ready, ready_until: Some(until), turn, ..self.idle() }.with_deadline(Some(until))
    }

    /// Returns the ready reservation with its copy put aside.
    pub(super) fn aside(self, at: Option<Timestamp>) -> Self {
        Record { aside_at: at, new_slip: false, ..self }
    }

    /// Returns the ready reservation that just got a copy. What was put aside before has the slip of another reader.
    pub(super) fn promised(self, aside_at: Option<Timestamp>, now: Timestamp) -> Self {
        Record { aside_at, new_slip: aside_at.is_some_and(|at| at < now), ..self }
    }

    /// Returns the ended reservation whose copy still has to go back to its shelf, or has gone back.
    pub(super) fn with_put_back(self, put_back: bool) -> Self {
        Record { put_back, ..self }
    }

    /// Returns the reservation with a copy that is checked out now and due at `due`.
    pub(super) fn checked_out(self, now: Timestamp, due: Timestamp) -> Self {
        Record { lent_at: Some(now), ..self }.due(due)
    }

    /// Returns the loan with that due date.
    pub(super) fn due(self, due: Timestamp) -> Self {
        let turn = Some(format!("{}{}", Turn::Due.prefix(), sortable(due)));
        let record = Record { status: Status::CheckedOut, due_at: Some(due), turn, ..self.idle() };
        record.with_deadline(Some(due - RULES.reminded_before))
    }

    /// Returns the loan that is due at `due` after one more renewal.
    pub(super) fn renewed(self, due: Timestamp) -> Self {
        Record { renewals: self.renewals + 1, ..self }.due(due)
    }

    /// Returns the loan after the sweep has recorded that it is due soon, or overdue. A loan that is due soon becomes overdue.
    pub(super) fn watched(self, now: Timestamp) -> Self {
        let overdue_from = self.overdue_from().filter(|from| *from > now);
        self.with_deadline(overdue_from)
    }

    /// Returns when the loan is overdue: from the end of its due day.
    fn overdue_from(&self) -> Option<Timestamp> {
        let days = self.due_at?.as_second().div_euclid(SECONDS_OF_A_DAY) + 1;
        Timestamp::from_second(days * SECONDS_OF_A_DAY).ok()
    }

    /// Returns whether the loan's due day has passed.
    pub(super) fn is_overdue(&self, now: Timestamp) -> bool {
        self.overdue_from().is_some_and(|from| from <= now)
    }

    /// Returns the loan whose copy came back at that time.
    pub(super) fn returned(self, at: Timestamp, now: Timestamp) -> Self {
        Record { returned_at: Some(at), ..self.ended(Status::Returned, now) }
    }

    /// Returns the reservation after a step that the desk may undo.
    pub(super) fn undoable(self, undo: impl Into<Option<Undo>>) -> Self {
        Record { undo: undo.into(), ..self }
    }

    /// Returns whether the sweep has recorded that the loan is due soon.
    pub(super) fn is_watched(&self) -> bool {
        let reminder = self.due_at.map(|due| sortable(due - RULES.reminded_before));
        self.status == Status::CheckedOut && self.deadline != reminder
    }

    /// Returns the reservation with a status in which it has ended.
    pub(super) fn ended(self, status: Status, now: Timestamp) -> Self {
        Record { status, expires_at: Some((now + ENDED_RETENTION).as_second()), ..self.idle() }
    }

    fn idle(self) -> Self {
        let record = self.with_deadline(None);
        Record {
            turn: None,
            ready_until: None,
            due_at: None,
            aside_at: None,
            new_slip: false,
            put_back: false,
            undo: None,
            expires_at: None,
            ..record
        }
    }

    fn with_deadline(self, deadline: Option<Timestamp>) -> Self {
        Record { day: deadline.map(day), deadline: deadline.map(sortable), ..self }
    }

    /// Returns whether it ended so long ago that it counts as deleted. DynamoDB deletes it days later.
    pub(super) fn is_forgotten(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|at| at <= now.as_second())
    }

    /// Returns when it ended.
    pub(super) fn ended_at(&self) -> Option<Timestamp> {
        Timestamp::from_second(self.expires_at?).ok().map(|expires| expires - ENDED_RETENTION)
    }

    /// Returns whether its deadline has passed.
    pub(super) fn is_due(&self, now: Timestamp) -> bool {
        self.deadline.as_ref().is_some_and(|deadline| *deadline <= sortable(now))
    }

    /// Returns whether the copy was not collected in time, even if no step has processed the lapse yet.
    pub(super) fn has_lapsed(&self, now: Timestamp) -> bool {
        self.ready_until.is_some_and(|until| until <= now)
    }

    /// Returns whether it has not ended.
    pub(super) fn is_live(&self, now: Timestamp) -> bool {
        match self.status {
            Status::Ready => !self.has_lapsed(now),
            Status::Waiting | Status::CheckedOut => true,
            Status::Returned | Status::Cancelled | Status::Lapsed | Status::Lost | Status::Undone => false,
        }
    }

    /// Returns the reservation for its reader.
    pub(super) fn shown(&self, lending: Option<&Lending>, now: Timestamp) -> Reservation {
        let status = if self.has_lapsed(now) { Status::Lapsed } else { self.status };
        let is_loan = status == Status::CheckedOut;
        let renewal_refusal = lending.and_then(|lending| self.renewal_refusals(lending, now).first().copied());
        let number = self.number.filter(|_| status == Status::Waiting);
        Reservation {
            id: self.id,
            book: BookName::new(self.id.book, Some(self.title.clone())),
            reader: self.reader,
            status,
            place: number.zip(lending).map(|(number, lending)| lending.place(number)),
            reserved_at: self.reserved_at,
            ready_until: self.ready_until.filter(|_| status == Status::Ready),
            aside_at: self.aside_at.filter(|_| status == Status::Ready),
            new_slip: self.new_slip && status == Status::Ready,
            put_back: self.put_back,
            lent_at: self.lent_at,
            barcode: self.barcode.clone(),
            returned_at: self.returned_at,
            due_at: self.due_at,
            renewals: is_loan.then_some(self.renewals),
            may_renew: lending.filter(|_| is_loan).map(|_| renewal_refusal.is_none()),
            renewal_refusal,
        }
    }

    /// Returns all rules of the loan that refuse a renewal now: none if it is no loan.
    pub(super) fn renewal_refusals(&self, lending: &Lending, now: Timestamp) -> Vec<RenewalRefusal> {
        let Some(due) = self.due_at.filter(|_| self.status == Status::CheckedOut) else { return Vec::new() };
        let reasons = [
            (lending.queue() > 0, RenewalRefusal::OthersWait),
            (self.renewals >= RULES.renewals, RenewalRefusal::NoRenewalsLeft),
            (day(now + RULES.loan) <= day(due), RenewalRefusal::TooEarly),
        ];
        reasons.into_iter().filter_map(|(holds, why)| holds.then_some(why)).collect()
    }

    /// Returns whether the stored reservation has the keys of the lists of the desk in which it is.
    pub(super) fn is_enlisted(&self) -> bool {
        self.desk_key() == self.desk.clone().zip(self.desk_order.clone())
    }

    /// Makes the journal entry of a step.
    pub(super) fn entry(&self, action: Action) -> Entry {
        let (reservation, whom) = (Some(self.id), Some(self.reader));
        Entry { reservation, whom, ..Entry::of_book(action, self.id.book, Some(self.title.clone())) }
    }
}

impl Library {
    /// Returns the write that adds a reservation, or replaces the version that was read.
    pub(super) fn put_reservation(&self, record: &Record) -> Write {
        let (desk, desk_order) = record.desk_key().unzip();
        let put = self.table.put(&Record { version: record.version + 1, desk, desk_order, ..record.clone() });
        if record.version == 0 { put.if_new() } else { put.if_version(record.version) }
    }
}
