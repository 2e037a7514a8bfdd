//! Whether the desk may lend a book, and whose copy it lends: every reason against it is named at once.

use jiff::Timestamp;

use super::copies::Lending;
use super::lend::{Despite, NotLent, Reason, Wish};
use super::loans::{held, loan_of};
use super::read::Seen;
use super::reservation::{Record, Status, Turn};
use super::rules::Rules;
use crate::tables::fault::Result;
use crate::tables::journal::Actor;
use crate::tables::key::Item;
use crate::tables::library::Library;
use crate::tables::library::book;
use crate::tables::library::book::Store;
use crate::tables::retry::Retry;
use crate::tables::sessions::borrowing::Unfit;
use crate::tables::write::Write;
use crate::values::Group;

/// What is known of a loan that is asked for, from one try to the next.
pub(super) struct Judge<'a> {
    pub(super) wish: &'a Wish,
    pub(super) actor: &'a Actor,
    pub(super) rules: &'a Rules,
    /// Until when a copy was ready for the reader. That time has passed.
    pub(super) waited_until: Option<Timestamp>,
    /// Whether the check of the reader was refused.
    pub(super) doubts_reader: bool,
}

/// What is found of a book and a reader.
pub(super) struct Found {
    book: Option<book::Record>,
    pub(super) copies: Lending,
    /// The reader's own reservation.
    own: Option<Record>,
    loans: Item,
    /// The reader's group.
    group: Group,
}

/// What a loan is made of.
pub(super) struct Loan {
    pub(super) book: book::Record,
    pub(super) copies: Lending,
    /// The reader's own reservation. It becomes the loan.
    pub(super) own: Option<Record>,
    /// The reader's group.
    pub(super) group: Group,
    /// The reader has less reservations and loans than that.
    pub(super) most: u32,
    /// What else must hold for the limit.
    pub(super) checks: Vec<Write>,
    /// The reservation whose ready copy goes.
    pub(super) displaced: Option<Record>,
    /// The reasons that the loan is made in spite of.
    pub(super) passed_over: Vec<Despite>,
}

/// The reasons against a loan.
#[derive(Default)]
struct Reasons {
    refusing: Vec<Reason>,
    passed_over: Vec<Despite>,
}

impl Reasons {
    /// Adds a reason: to those that refuse the loan, or to those that the desk passes over.
    fn add(&mut self, reason: Reason, wish: &Wish) {
        if wish.despite.contains(&reason.despite) {
            self.passed_over.push(reason.despite);
        } else {
            self.refusing.push(reason);
        }
    }
}

impl Library {
    /// Reads what a loan depends on, and settles it. `None` if there was something to settle.
    pub(super) async fn look(&self, judge: &mut Judge<'_>, retry: &mut Retry) -> Result<Option<Found>> {
        let Judge { wish, actor, .. } = *judge;
        let Seen { book, lending, loans, group } = self.book_and_reader(wish.book, wish.reader).await?;
        let own = match loan_of(wish.book, &loans) {
            Some(own) => self.reservation(own).await?,
            None => None,
        };
        if let Some(lapsed) = own.as_ref().filter(|own| own.has_lapsed(actor.at)) {
            judge.waited_until = lapsed.ready_until;
            self.lapse(lapsed, actor, retry).await?;
            return Ok(None);
        }
        if loan_of(wish.book, &loans).is_some() && !own.as_ref().is_some_and(|own| own.is_live(actor.at)) {
            // It has ended since the list was read.
            return Ok(None);
        }
        let absent = || book.as_ref().map_or_else(|| Lending::absent(wish.book), Lending::new);
        let mut copies = lending.unwrap_or_else(absent);
        if !copies.is_new() && !self.settle(&mut copies, actor, retry).await? {
            return Ok(None);
        }
        Ok(Some(Found { book, copies, own, loans, group }))
    }

    /// Returns the loan, or why it is refused.
    pub(super) async fn judge(&self, judge: &Judge<'_>, found: Found) -> Result<Result<Loan, NotLent>> {
        let Judge { wish, actor, rules, .. } = *judge;
        let Found { book, copies, own, loans, group } = found;
        let Some(book) = book else { return Ok(Err(NotLent::NoSuchBook)) };
        if !book.is_in(Store::Books) {
            return Ok(Err(NotLent::Archived));
        }
        let status = own.as_ref().map(|own| own.status);
        if let Some(own) = own.as_ref().filter(|own| own.status == Status::CheckedOut) {
            return Ok(Err(NotLent::AlreadyHeld(Box::new(own.shown(Some((&copies, rules)), actor.at)))));
        }
        let (mut reasons, mut displaced) = (Reasons::default(), None);
        if status != Some(Status::Ready) && !copies.has_a_free_copy(actor.at) {
            match self.whose_copy(judge, &mut reasons).await? {
                Ok(record) => displaced = record,
                Err(why) => return Ok(Err(why)),
            }
        }
        let limit = rules.of(&group).loans;
        let (mut most, mut checks) = (limit, Vec::new());
        // What the reader has reserved becomes the loan, however many books are out.
        if own.is_none() && held(&loans) >= limit {
            let counted = self.count_loans(&loans).await?;
            if counted.number >= limit as usize {
                reasons.add(Reason::of(Despite::Limit), wish);
            } else {
                (most, checks) = (counted.most(limit), counted.others);
            }
        }
        if let Err(why) = self.about_the_reader(judge, &mut reasons).await? {
            return Ok(Err(why));
        }
        let Reasons { refusing, passed_over } = reasons;
        if refusing.is_empty() {
            let most = if passed_over.contains(&Despite::Limit) { u32::MAX } else { most };
            Ok(Ok(Loan { book, copies, own, group, most, checks, displaced, passed_over }))
        } else {
            Ok(Err(NotLent::Reasons(refusing)))
        }
    }

    /// Returns the reservation whose copy goes: the one that was promised last and is not put aside or, if all are, the one
    /// that the desk names.
    async fn whose_copy(&self, judge: &Judge<'_>, reasons: &mut Reasons) -> Result<Result<Option<Record>, NotLent>> {
        let Judge { wish, actor, waited_until, .. } = *judge;
        let shown = |all: &[Record]| all.iter().map(|record| record.shown(None, actor.at)).collect::<Vec<_>>();
        let mut promised = self.all(wish.book, Turn::Ready).await?;
        if promised.is_empty() {
            return Ok(Err(NotLent::NoCopyFree(shown(&self.all(wish.book, Turn::Due).await?))));
        }
        let all = shown(&promised);
        reasons.add(Reason { promised: all.clone(), waited_until, ..Reason::of(Despite::OthersWait) }, wish);
        let not_aside = promised.iter().rposition(|ready| ready.aside_at.is_none());
        let chosen = not_aside.or_else(|| promised.iter().position(|ready| Some(ready.id) == wish.instead));
        match chosen {
            Some(chosen) => Ok(Ok(Some(promised.swap_remove(chosen)))),
            None if reasons.refusing.is_empty() => Ok(Err(NotLent::AllAside(all))),
            None => Ok(Ok(None)),
        }
    }

    /// Adds the reasons that lie with the reader. The transaction of the loan checks them. Their item is read only if a
    /// refusal, or the log, must name all of them.
    async fn about_the_reader(&self, judge: &Judge<'_>, reasons: &mut Reasons) -> Result<Result<(), NotLent>> {
        let Judge { wish, actor, doubts_reader, .. } = *judge;
        let is_passed_over = wish.despite.iter().any(|why| matches!(why, Despite::Blocked | Despite::NotApproved));
        let is_own = wish.reader == actor.id;
        if !doubts_reader && !is_passed_over && !is_own && reasons.refusing.is_empty() {
            return Ok(Ok(()));
        }
        let Some(reader) = self.sessions.get(wish.reader).await? else { return Ok(Err(NotLent::NoSuchReader)) };
        for unfit in wish.needs.refusals(&reader) {
            match unfit {
                Unfit::Gone => return Ok(Err(NotLent::NoSuchReader)),
                Unfit::Disabled => return Ok(Err(NotLent::Disabled)),
                Unfit::Blocked => reasons.add(Reason::of(Despite::Blocked), wish),
                Unfit::Unapproved => reasons.add(Reason::of(Despite::NotApproved), wish),
            }
        }
        Ok(Ok(()))
    }
}
