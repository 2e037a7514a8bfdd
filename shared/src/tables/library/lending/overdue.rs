//! Letters about overdue loans: up to three, on the days that the rules say, in the library's morning.
//!
//! | question                     | key                                   | call                                     | units |
//! |------------------------------|---------------------------------------|------------------------------------------|-------|
//! | write to a reader            | user#u loans; book#b reservation#r of each; user#u | 2 GetItem, BatchGetItem, one transaction | 2 R, 4 W; 1 R, 6 W a loan |
//! | note a printed letter        | book#b reservation#r, lending         | BatchGetItem, one transaction            | 2 R, ≤ 10 W |
//!
//! A letter names all loans of its reader for which it is time, and is noted in each of them by the transaction that puts it in
//! the journal. So it is written once, however often the sweep runs, and not at all if a book has come back before that. The
//! reader's item has the day of the last letter: there is at most one a day.
//!
//! A letter that is switched off, or has nowhere to go, is not noted, and not written later: the desk can print it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::loans::{loans_in, loans_key};
use super::reservation::{Record, Reservation, Status, reservation_key};
use super::rules::Rules;
use super::{NotDone, Scope};
use crate::tables::accounts::Accounts;
use crate::tables::fault::{Failure, Result};
use crate::tables::journal::letter::LateBook;
use crate::tables::journal::{Action, Actor, Entry, Letter, Subject};
use crate::tables::key::Item;
use crate::tables::library::Library;
use crate::tables::table::Consistency::Strong;
use crate::tables::table::readable;
use crate::tables::write::{Committed, Transaction, Write};
use crate::values::{Day, LetterKind, ReservationId, UserId, milliseconds, stored};

/// The most loans that one letter names. A transaction has at most a hundred parts, and each loan may need two.
const MOST_BOOKS: usize = 45;

/// How many letters of a reservation are remembered: more than the rules can ask for on one due day.
const MOST_NOTED: usize = 9;

/// The attribute of the reader's item with the day of the last letter.
const WRITTEN_ON: &str = "writtenOn";

/// A letter about an overdue loan that went out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OverdueLetter {
    /// Which one it was, from 1. The rules may have changed since.
    #[schema(example = 1)]
    pub step: u32,
    /// When it was written.
    #[serde(serialize_with = "milliseconds")]
    pub at: Timestamp,
    /// How it went.
    pub by: Way,
}

/// How a letter went to its reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum Way {
    /// As an email.
    Email,
    /// On paper, from the desk.
    Paper,
}

/// A letter as noted in a reservation.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Noted {
    /// The due day that had passed.
    #[serde(default, deserialize_with = "stored::optional", skip_serializing_if = "Option::is_none")]
    on: Option<Day>,
    #[serde(flatten)]
    letter: OverdueLetter,
}

impl Record {
    /// Returns the letters about the due day of the loan, in their order.
    pub(super) fn letters(&self) -> Vec<OverdueLetter> {
        let due = self.due_day();
        self.noted.iter().filter(|noted| noted.on == due).map(|noted| noted.letter.clone()).collect()
    }

    /// Returns whether that letter, or a later one, went out.
    fn has_letter(&self, step: u32) -> bool {
        self.letters().iter().any(|letter| letter.step >= step)
    }

    /// Returns the loan with one more letter.
    fn noting(mut self, letter: OverdueLetter) -> Self {
        self.noted.push(Noted { on: self.due_day(), letter });
        let old = self.noted.len().saturating_sub(MOST_NOTED);
        self.noted.drain(..old);
        self
    }
}

impl Library {
    /// Returns the writes that record that the due day of a loan has passed, unless that is recorded already, and when the sweep
    /// looks at the loan again.
    pub(super) fn note_late(&self, record: Record, rules: &Rules, actor: &Actor) -> Vec<Write> {
        let is_noted = record.late_noted.is_some() && record.late_noted == record.due_day();
        let entry = (!is_noted).then(|| record.entry(Action::BookOverdue));
        let entry = entry.map(|entry| self.journal.put(&actor.of_the_library(record.reader), entry));
        let mut record = record.watched(rules, actor.at);
        record.late_noted = record.due_day();
        [self.put_reservation(&record)].into_iter().chain(entry).collect()
    }

    /// Plans the letter about a loan for which it is time, and about all others of its reader for which it is.
    pub(super) async fn write_about_overdue(
        &self,
        record: &Record,
        accounts: &Accounts,
        rules: &Rules,
        actor: &Actor,
    ) -> Result<Transaction> {
        let (reader, today) = (record.reader, rules.day(actor.at));
        let item = self.table.get_item(loans_key(reader), Strong).await?.unwrap_or_default();
        if written_on(&item).is_some_and(|day| day >= today) {
            let tomorrow = rules.calendar.morning(today.later(1));
            return Ok(Transaction::of([self.put_reservation(&record.clone().with_deadline(Some(tomorrow)))]));
        }
        let mut late = self.late_loans(&item, record, rules, actor.at).await?;
        late.sort_by_key(Record::due_day);
        let is_read = rules.letters.has(LetterKind::Overdue) && gets_letters(accounts, reader).await?;
        let (mut books, mut writes) = (Vec::new(), Vec::new());
        for mut record in late {
            let step = record.due_day().and_then(|due| rules.letter_due(due, actor.at));
            if let (Some(step), Some(on)) = (step.filter(|step| is_read && !record.has_letter(*step)), record.due_day())
            {
                books.push(LateBook { book: record.id.book, title: record.title.clone(), on });
                record = record.noting(OverdueLetter { step, at: actor.at, by: Way::Email });
            }
            writes.extend(self.note_late(record, rules, actor));
        }
        if !books.is_empty() {
            let letter = Letter::to_reader(reader, Subject::Overdue { books });
            let entry = Entry::of_user(Action::Reminded, reader).with_letter(Some(letter));
            writes.push(self.journal.put(&actor.of_the_library(reader), entry));
            writes.push(self.note_day(reader, today));
        }
        Ok(Transaction::of(writes))
    }

    /// Reads the loans of a reader whose deadlines have passed and for which it is time for a letter. The first is the one that
    /// was read already; the transaction fails if it has changed.
    async fn late_loans(&self, item: &Item, first: &Record, rules: &Rules, now: Timestamp) -> Result<Vec<Record>> {
        let others = loans_in(item).into_iter().filter(|id| *id != first.id).map(reservation_key).collect();
        let others = self.table.get_batch(others, Strong).await?.into_iter().filter_map(readable::<Record>);
        let is_late = |record: &Record| {
            let is_time = record.due_day().is_some_and(|due| rules.letter_due(due, now).is_some());
            record.status == Status::CheckedOut && record.is_due(now) && is_time
        };
        Ok([first.clone()].into_iter().chain(others.filter(is_late)).take(MOST_BOOKS).collect())
    }

    /// Notes that the desk has printed the letter about an overdue loan for which it is time. If it went out before, or it is time
    /// for none, nothing is written.
    ///
    /// # Errors
    /// [`NotDone`]; a fault of the tables.
    pub async fn note_letter(&self, id: ReservationId, actor: &Actor) -> Result<Box<Reservation>, Failure<NotDone>> {
        let rules = self.rules(actor.at).await?;
        let mut retry = self.retry();
        loop {
            let found = self.current_reservation(id, Scope::All, actor, &mut retry).await?;
            let (record, copies) = found.ok_or(Failure::Refused(NotDone::Absent))?;
            if record.status != Status::CheckedOut {
                return Err(Failure::Refused(NotDone::Status(record.status)));
            }
            let step = record.due_day().and_then(|due| rules.letter_due(due, actor.at));
            let Some(step) = step.filter(|step| !record.has_letter(*step)) else {
                return Ok(Box::new(record.shown(Some((&copies, &rules)), actor.at)));
            };
            let record = record.noting(OverdueLetter { step, at: actor.at, by: Way::Paper });
            let entry = self.journal.put(actor, Entry::of_user(Action::Reminded, record.reader));
            let mut transaction = self.sessions.transaction(actor);
            transaction.add_all([self.put_reservation(&record), entry]);
            if let Committed::Done = transaction.commit().await? {
                return Ok(Box::new(record.shown(Some((&copies, &rules)), actor.at)));
            }
            retry.again_or_busy().await?;
        }
    }

    /// Returns the write that says that the reader gets a letter today. It is refused if there was one.
    fn note_day(&self, reader: UserId, today: Day) -> Write {
        let update = self.table.update(loans_key(reader), "SET #on = :today").name("#on", WRITTEN_ON);
        update.when("(attribute_not_exists(#on) OR #on < :today)").value(":today", today)
    }
}

fn written_on(item: &Item) -> Option<Day> {
    Day::try_from(item.get(WRITTEN_ON)?.as_s().ok()?.clone()).ok()
}

/// Returns whether letters about overdue loans reach a reader: there is an address that is proved, and the reader wants them.
async fn gets_letters(accounts: &Accounts, reader: UserId) -> Result<bool> {
    let user = accounts.get_user(reader).await?;
    let reached = user.filter(|user| user.email.is_some() && user.email_verified);
    Ok(reached.is_some_and(|user| user.wants(LetterKind::Overdue)))
}
