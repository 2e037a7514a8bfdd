//! The scheduled sweep: it processes the deadlines that no request waits for.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use tokio::time::Instant;

use super::copies::LENDING;
use super::reservation::{Record, ReservationKey, Status, day};
use super::rules::Rules;
use crate::runtime::log::chain;
use crate::tables::accounts::Accounts;
use crate::tables::fault::{Fault, Result};
use crate::tables::journal::{Action, Actor, Letter, Subject};
use crate::tables::key::{Item, sortable};
use crate::tables::library::Library;
use crate::tables::library::book::BookKey;
use crate::tables::table::{Page, readable};
use crate::tables::write::{Committed, Transaction};
use crate::values::{Day, ReservationId};

/// How many days a sweep looks back. Nothing is lost if no sweep runs for this long.
const LOOK_BACK: i64 = 35;
/// The most items that one sweep processes. Items that fail do not count: they must not hold up the others.
const MOST: usize = 1_000;
/// The items of a page.
const PAGE: usize = 100;
/// When a sweep ends, although there is more to do. The function has a minute.
const SWEEP_FOR: Duration = Duration::from_secs(40);

/// The outcome of a sweep.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// How many items were processed.
    pub done: usize,
    /// How many items failed. The next sweep tries them again.
    pub failed: usize,
}

/// An item of the index `deadlines`: a reservation, or the copies of a book.
#[derive(Deserialize)]
struct Due {
    pk: BookKey,
    sk: String,
}

impl Library {
    /// Lapses copies that were not collected in time, gives free copies to readers who wait, records which loans are due soon
    /// or overdue, and writes about the overdue ones to the readers in `accounts`. An item that fails is logged, and the others
    /// are processed.
    ///
    /// # Errors
    /// A fault of the index. The next sweep processes the rest.
    pub async fn sweep(&self, accounts: &Accounts, actor: &Actor) -> Result<Swept> {
        let (mut swept, end) = (Swept::default(), Instant::now() + SWEEP_FOR);
        for days_ago in 0..LOOK_BACK {
            let day = day(actor.at - SignedDuration::from_hours(24 * days_ago));
            let mut after = None;
            loop {
                let page = self.due(&day, actor.at, after).await?;
                for item in page.items {
                    if swept.done >= MOST || Instant::now() > end {
                        return Ok(swept);
                    }
                    let Some(due) = readable::<Due>(item) else {
                        swept.failed += 1;
                        continue;
                    };
                    match self.process(&due, accounts, actor).await {
                        Ok(()) => swept.done += 1,
                        Err(fault) => {
                            let item = format!("{} {}", due.pk, due.sk);
                            tracing::error!(item, error = chain(&fault), "an item of the sweep failed");
                            swept.failed += 1;
                        }
                    }
                }
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
        }
        Ok(swept)
    }

    /// Reads a page of the items with a deadline on that day that has passed.
    async fn due(&self, day: &str, now: Timestamp, after: Option<Item>) -> Result<Page<Item, Item>> {
        let query = self.table.query("#day = :day AND deadline <= :now").index("deadlines").name("#day", "day");
        query.value(":day", day).value(":now", sortable(now)).after(after).items(PAGE).await
    }

    /// Processes an item. If it fails for good, the copies of its book are mended, and it is processed again.
    async fn process(&self, due: &Due, accounts: &Accounts, actor: &Actor) -> Result<()> {
        match self.process_once(due, accounts, actor).await {
            Err(Fault::Broken(_)) if self.mend(due.pk.0, None, actor.at).await? => {
                self.process_once(due, accounts, actor).await
            }
            result => result,
        }
    }

    async fn process_once(
        &self,
        Due { pk: BookKey(book), sk }: &Due,
        accounts: &Accounts,
        actor: &Actor,
    ) -> Result<()> {
        let book = *book;
        if sk == LENDING {
            return self.serve_queue(book, actor).await;
        }
        let Ok(ReservationKey(own)) = sk.parse() else {
            return Err(Fault::Broken("it is neither a reservation nor the copies of a book".into()));
        };
        let Some((record, _)) = self.reservation_and_copies(ReservationId { book, own }).await? else { return Ok(()) };
        match record.status {
            Status::Ready if record.has_lapsed(actor.at) => self.lapse(&record, actor, &mut self.retry()).await,
            Status::CheckedOut => self.watch_due_day(record.id, accounts, actor).await,
            _ => Ok(()),
        }
    }

    /// Records that a loan is due soon, with its letter, or that its due day has passed: each once for a due day. Writes the
    /// letter about overdue loans for which it is time.
    async fn watch_due_day(&self, id: ReservationId, accounts: &Accounts, actor: &Actor) -> Result<()> {
        let rules = self.rules(actor.at).await?;
        let mut retry = self.retry();
        loop {
            let Some((record, _)) = self.reservation_and_copies(id).await? else { return Ok(()) };
            let Some(due) = record.due_day().filter(|_| record.is_due(actor.at)) else { return Ok(()) };
            let transaction = if !record.is_overdue(&rules, actor.at) {
                self.remind(&record, due, &rules, actor)
            } else if rules.letter_due(due, actor.at).is_some() {
                self.write_about_overdue(&record, accounts, &rules, actor).await?
            } else {
                Transaction::of(self.note_late(record, &rules, actor))
            };
            if let Committed::Done = transaction.commit().await? {
                return Ok(());
            }
            retry.again_or_busy().await?;
        }
    }

    /// Records that a loan is due soon, with its letter.
    fn remind(&self, record: &Record, due: Day, rules: &Rules, actor: &Actor) -> Transaction {
        let end = record.due_at.unwrap_or_else(|| rules.calendar.end_of(due));
        let subject = Subject::DueSoon { title: record.title.clone(), due: end, on: Some(due) };
        let letter = Letter::to_reader(record.reader, subject);
        // The rules may have no reminders since the loan began.
        let entry = record.entry(Action::BookDueSoon).with_letter((rules.reminder_days > 0).then_some(letter));
        let entry = self.journal.put(&actor.of_the_library(record.reader), entry);
        Transaction::of([self.put_reservation(&record.clone().watched(rules, actor.at)), entry])
    }
}
