//! What each person may do, and when that changed. A change of an account is no event: it took effect at some moment
//! between its request and its answer. So an operation may find every standing that held at some moment of it.

use std::collections::HashMap;

use jiff::Timestamp;
use shared::values::UserId;

use super::clients::Operation;
use super::model::Command;
use super::order::Order;

/// What a person may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    Reader,
    Librarian,
    /// Nothing: the session has ended, because the account is disabled or deleted.
    SignedOut,
}

/// What the person who asks may do, and the reader whom it is about.
pub(super) type Pair = (Standing, Standing);

/// A change of what a person may do.
#[derive(Debug, Clone)]
pub(super) struct Change {
    pub(super) who: UserId,
    pub(super) to: Standing,
    pub(super) deletes: bool,
    pub(super) at: Timestamp,
    /// The moments of the request and of the answer.
    pub(super) sent: usize,
    pub(super) answered: usize,
}

/// When readers were signed out, because their accounts were disabled or deleted, by the time of day: the clock stands still
/// during a race, and readers come back between two of them.
#[derive(Default)]
pub(super) struct Absences(HashMap<UserId, Vec<(Timestamp, Option<Timestamp>)>>);

impl Absences {
    /// Whether somebody may have found the reader signed out on that day.
    pub(super) fn may_include(&self, who: UserId, at: Timestamp) -> bool {
        self.of(who).any(|(from, to)| from <= at && to.is_none_or(|to| at <= to))
    }

    /// Whether everybody found the reader signed out on that day.
    pub(super) fn include(&self, who: UserId, at: Timestamp) -> bool {
        self.of(who).any(|(from, to)| from < at && to.is_none_or(|to| at < to))
    }

    /// Describes them, for a report.
    pub(super) fn shown(&self, who: UserId) -> String {
        let span = |(from, to): (Timestamp, Option<Timestamp>)| {
            to.map_or_else(|| format!("from {from}"), |to| format!("from {from} to {to}"))
        };
        self.of(who).map(span).collect::<Vec<_>>().join(", ")
    }

    fn of(&self, who: UserId) -> impl Iterator<Item = (Timestamp, Option<Timestamp>)> {
        self.0.get(&who).into_iter().flatten().copied()
    }
}

/// The changes of each person, in their order: no two of the same person overlap.
pub(super) struct Accounts {
    librarian: UserId,
    changes: HashMap<UserId, Vec<Change>>,
}

impl Accounts {
    pub(super) fn new(librarian: UserId, changes: &[Change]) -> Self {
        let mut of: HashMap<_, Vec<_>> = HashMap::new();
        for change in changes {
            of.entry(change.who).or_default().push(change.clone());
        }
        of.values_mut().for_each(|changes| changes.sort_by_key(|change| change.sent));
        Accounts { librarian, changes: of }
    }

    /// Returns the standings that the operation may have found: of the person who asked, and of the reader it is about.
    pub(super) fn during(&self, operation: &Operation, reader: Option<UserId>) -> Vec<Pair> {
        self.pairs(operation, reader, |_| true)
    }

    /// Returns the standings with which the operation may have caused the event of that number. The event happens before the
    /// standing ends, so before every event that was asked for only after that.
    pub(super) fn behind(
        &self,
        operation: &Operation,
        reader: Option<UserId>,
        order: &Order,
        number: usize,
    ) -> Vec<Pair> {
        self.pairs(operation, reader, |end| number < order.to_come(end))
    }

    fn pairs(&self, operation: &Operation, reader: Option<UserId>, may_end: impl Fn(usize) -> bool) -> Vec<Pair> {
        let mut of_the_reader = reader.map_or(vec![Standing::Reader], |reader| self.found(reader, operation, &may_end));
        if matches!(operation.command, Command::Undo(_)) {
            // A disabled reader is signed out as well, and has an account.
            of_the_reader.push(Standing::Reader);
        }
        let of_who = self.found(operation.who, operation, may_end);
        of_who.into_iter().flat_map(|who| of_the_reader.iter().map(move |reader| (who, *reader))).collect()
    }

    /// Returns the standings that held at some moment of the operation and whose end `may_end` allows.
    fn found(&self, who: UserId, operation: &Operation, may_end: impl Fn(usize) -> bool) -> Vec<Standing> {
        let first = if who == self.librarian { Standing::Librarian } else { Standing::Reader };
        let changes = self.changes.get(&who).map(Vec::as_slice).unwrap_or_default();
        let over = if operation.is_unclear() { usize::MAX } else { operation.answered };
        let begins = [(first, 0)].into_iter().chain(changes.iter().map(|change| (change.to, change.sent)));
        let ends = changes.iter().map(|change| Some(change.answered)).chain([None]);
        let held = begins
            .zip(ends)
            .filter(|((_, begin), end)| *begin < over && end.is_none_or(|end| end > operation.sent && may_end(end)));
        held.map(|((standing, _), _)| standing).collect()
    }

    /// Returns who could not borrow, and when.
    pub(super) fn absences(&self) -> Absences {
        let of_one = |changes: &Vec<Change>| {
            let ends = changes.iter().skip(1).map(|change| Some(change.at)).chain([None]);
            let all = changes.iter().zip(ends).filter(|(change, _)| change.to == Standing::SignedOut);
            all.map(|(change, end)| (change.at, end)).collect()
        };
        Absences(self.changes.iter().map(|(who, changes)| (*who, of_one(changes))).collect())
    }

    /// Returns the deletion of an account, if it was deleted by that time.
    pub(super) fn deletion(&self, who: UserId, by: Timestamp) -> Option<&Change> {
        self.changes.get(&who)?.iter().find(|change| change.deletes && change.at <= by)
    }
}
