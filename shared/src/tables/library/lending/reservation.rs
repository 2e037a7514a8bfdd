//! A reservation, until the copy is returned.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::copies::Lending;
use super::overdue::{Noted, OverdueLetter};
use super::rules::{Due, Rules};
use super::undo::Undo;
use crate::tables::journal::entry::BookName;
use crate::tables::journal::{Action, Entry};
use crate::tables::key::{Key, key, sortable};
use crate::tables::library::Library;
use crate::tables::library::book::BookKey;
use crate::tables::write::Write;
use crate::values::{Barcode, Day, Group, ReservationId, Title, UserId, Zone, milliseconds, stored};

/// How long an ended reservation is stored, so that a repeated request gets a clear answer. Then it is deleted, for
/// privacy.
const ENDED_RETENTION: SignedDuration = SignedDuration::from_hours(30 * 24);

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
    /// The day on which the copy is due, while `checkedOut`.
    #[serde(default, deserialize_with = "stored::optional", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub due_on: Option<Day>,
    /// When that day ends, while `checkedOut`.
    #[serde(default, serialize_with = "milliseconds", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub due_at: Option<Timestamp>,
    /// How many times the loan has been renewed, while `checkedOut`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = 1)]
    pub renewals: Option<u32>,
    /// Whether a renewal would succeed now, while `checkedOut`. That somebody else, the reader, is blocked shows in lists alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub may_renew: Option<bool>,
    /// The code with which a renewal would be refused, if `mayRenew` is false.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub renewal_refusal: Option<RenewalRefusal>,
    /// The letters that went out because the loan is overdue, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub letters: Vec<OverdueLetter>,
}

impl Reservation {
    /// Returns the same, with a loan that cannot be renewed because its reader is blocked. Readers hear of their block before
    /// any other reason, and the desk after all others, as when they renew.
    #[must_use]
    pub fn of_a_blocked_reader(mut self, for_the_desk: bool) -> Self {
        if self.may_renew.is_some() {
            let first = self.renewal_refusal.filter(|_| for_the_desk);
            self.may_renew = Some(false);
            self.renewal_refusal = first.or(Some(RenewalRefusal::Blocked));
        }
        self
    }
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
    /// The day on which the loan is due. Loans of earlier versions have only `due_at`.
    #[serde(default, deserialize_with = "stored::optional", skip_serializing_if = "Option::is_none")]
    pub(super) due_on: Option<Day>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) due_at: Option<Timestamp>,
    /// The reader's group when the book was reserved or lent, whose rules hold for the renewals of the loan.
    #[serde(default, deserialize_with = "stored::required", skip_serializing_if = "is_default")]
    pub(super) group: Group,
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
    /// The due day whose passing is recorded.
    #[serde(default, deserialize_with = "stored::optional", skip_serializing_if = "Option::is_none")]
    pub(super) late_noted: Option<Day>,
    /// The letters about overdue loans, each with the due day that had passed. They count for that day alone: a renewed loan
    /// begins anew, and a renewal that is undone brings them back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) noted: Vec<Noted>,
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
    /// Ready reservations, by the time when they lapse and their numbers in the queue.
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

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Returns the partition of a deadline in the index `deadlines`.
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
            due_on: None,
            due_at: None,
            group: Group::default(),
            aside_at: None,
            new_slip: false,
            put_back: false,
            desk: None,
            desk_order: None,
            lent_at: None,
            barcode: None,
            returned_at: None,
            renewals: 0,
            late_noted: None,
            noted: Vec::new(),
            undo: None,
            version: 0,
            expires_at: None,
        }
    }

    /// Returns the reservation with that number in the queue, which it keeps without being in it.
    pub(super) fn numbered(self, number: u64) -> Self {
        Record { number: Some(number), ..self }
    }

    /// Returns the reservation of a reader of that group.
    pub(super) fn of_group(self, group: &Group) -> Self {
        Record { group: group.clone(), ..self }
    }

    /// Returns the reservation in the queue, with that number.
    pub(super) fn waiting(self, number: u64) -> Self {
        let turn = Some(format!("{}{number:020}", Turn::Waiting.prefix()));
        Record { status: Status::Waiting, number: Some(number), turn, ..self.idle() }
    }

    /// Returns the reservation with a copy that is ready until `until`, on its shelf.
    pub(super) fn ready(self, until: Timestamp) -> Self {
        // Copies that lapse at the same time stand in the order of the queue, in which they were promised.
        let number = self.number.unwrap_or_default();
        let turn = Some(format!("{}{}#{number:020}", Turn::Ready.prefix(), sortable(until)));
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

    /// Returns the reservation with a copy that is checked out now, and due as the rules say or on a day of the desk's choice.
    pub(super) fn checked_out(self, rules: &Rules, chosen: Option<Day>, now: Timestamp) -> Self {
        let due = chosen.map_or_else(|| rules.due(&self.group, now), |day| rules.due_on(day));
        Record { lent_at: Some(now), ..self }.due(due, Some(rules.first_deadline(due, now)))
    }

    /// Returns the loan with that end, and with a deadline for the sweep.
    pub(super) fn due(self, due: Due, deadline: Option<Timestamp>) -> Self {
        let turn = Some(format!("{}{}", Turn::Due.prefix(), sortable(due.at)));
        let (due_on, due_at) = (Some(due.on), Some(due.at));
        Record { status: Status::CheckedOut, due_on, due_at, turn, ..self.idle() }.with_deadline(deadline)
    }

    /// Returns the loan after one more renewal.
    pub(super) fn renewed(self, rules: &Rules, now: Timestamp) -> Self {
        let due = rules.due(&self.group, now);
        Record { renewals: self.renewals + 1, ..self }.due(due, Some(rules.first_deadline(due, now)))
    }

    /// Returns the loan after the sweep has recorded that it is due soon, or that its due day has passed. A loan that is due
    /// soon becomes overdue, and of one that is overdue the sweep writes letters.
    pub(super) fn watched(self, rules: &Rules, now: Timestamp) -> Self {
        let next = self.due_day().and_then(|due| match rules.late_from(due) {
            from if from > now => Some(from),
            _ => rules.next_letter(due, now),
        });
        self.with_deadline(next)
    }

    /// Returns the day on which the loan is due.
    pub(super) fn due_day(&self) -> Option<Day> {
        self.due_on.or_else(|| Some(Zone::default().day(self.due_at?)))
    }

    /// Returns whether the loan's due day has passed.
    pub(super) fn is_overdue(&self, rules: &Rules, now: Timestamp) -> bool {
        self.due_day().is_some_and(|due| rules.is_late(due, now))
    }

    /// Returns the loan whose copy came back at that time.
    pub(super) fn returned(self, at: Timestamp, now: Timestamp) -> Self {
        Record { returned_at: Some(at), ..self.ended(Status::Returned, now) }
    }

    /// Returns the reservation after a step that the desk may undo.
    pub(super) fn undoable(self, undo: impl Into<Option<Undo>>) -> Self {
        Record { undo: undo.into(), ..self }
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
            due_on: None,
            due_at: None,
            aside_at: None,
            new_slip: false,
            put_back: false,
            undo: None,
            expires_at: None,
            ..record
        }
    }

    pub(super) fn with_deadline(self, deadline: Option<Timestamp>) -> Self {
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

    /// Returns its deadline for the sweep.
    pub(super) fn deadline(&self) -> Option<Timestamp> {
        self.deadline.as_ref()?.parse().ok()
    }

    /// Returns whether its deadline has passed.
    pub(super) fn is_due(&self, now: Timestamp) -> bool {
        self.deadline.as_ref().is_some_and(|deadline| *deadline <= sortable(now))
    }

    /// Returns whether the copy was not collected in time, even if no step has processed the lapse yet.
    pub(super) fn has_lapsed(&self, now: Timestamp) -> bool {
        self.ready_until.is_some_and(|until| until <= now)
    }

    /// Returns whether it has ended, by what is recorded.
    pub(super) fn has_ended(&self) -> bool {
        !matches!(self.status, Status::Waiting | Status::Ready | Status::CheckedOut)
    }

    /// Returns whether it has not ended.
    pub(super) fn is_live(&self, now: Timestamp) -> bool {
        !self.has_ended() && !self.has_lapsed(now)
    }

    /// Returns the reservation for its reader. What depends on the queue is in it only if the copies were `seen`.
    pub(super) fn shown(&self, seen: Option<(&Lending, &Rules)>, now: Timestamp) -> Reservation {
        let status = if self.has_lapsed(now) { Status::Lapsed } else { self.status };
        let is_loan = status == Status::CheckedOut;
        let refusals = seen.map(|(lending, rules)| self.renewal_refusals(lending, rules, now));
        let renewal_refusal = refusals.and_then(|refusals| refusals.first().copied());
        let number = self.number.filter(|_| status == Status::Waiting);
        Reservation {
            id: self.id,
            book: BookName::new(self.id.book, Some(self.title.clone())),
            reader: self.reader,
            status,
            place: number.zip(seen).map(|(number, (lending, _))| lending.place(number)),
            reserved_at: self.reserved_at,
            ready_until: self.ready_until.filter(|_| status == Status::Ready),
            aside_at: self.aside_at.filter(|_| status == Status::Ready),
            new_slip: self.new_slip && status == Status::Ready,
            put_back: self.put_back,
            lent_at: self.lent_at,
            barcode: self.barcode.clone(),
            returned_at: self.returned_at,
            due_on: self.due_day(),
            due_at: self.due_at,
            renewals: is_loan.then_some(self.renewals),
            may_renew: seen.filter(|_| is_loan).map(|_| renewal_refusal.is_none()),
            renewal_refusal,
            letters: if is_loan { self.letters() } else { Vec::new() },
        }
    }

    /// Returns all rules of the loan that refuse a renewal now: none if it is no loan.
    pub(super) fn renewal_refusals(&self, lending: &Lending, rules: &Rules, now: Timestamp) -> Vec<RenewalRefusal> {
        let Some(due) = self.due_day().filter(|_| self.status == Status::CheckedOut) else { return Vec::new() };
        let reasons = [
            (lending.queue() > 0, RenewalRefusal::OthersWait),
            (self.renewals >= rules.of(&self.group).renewals, RenewalRefusal::NoRenewalsLeft),
            (rules.due_day(&self.group, now) <= due, RenewalRefusal::TooEarly),
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

    /// Returns the check that refuses a transaction if the reservation has changed since it was read.
    pub(super) fn check_unchanged(&self, record: &Record) -> Write {
        self.table.check(reservation_key(record.id)).if_version(record.version)
    }
}
