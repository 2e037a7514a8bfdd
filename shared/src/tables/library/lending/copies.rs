//! The copies of a book and its queue: one item.
//!
//! The first reservation of a book creates the item, and archiving or deleting the book deletes it. Each step that
//! takes or frees a copy, or changes the queue, writes the item on the condition that it has not changed since it was
//! read. So no copy is taken twice, and no two readers have the same place. The versions of a new item begin above all
//! versions that an earlier item of the same book had.
//!
//! While a copy is free and a reader waits for it, the item is in the index `deadlines`, where the sweep finds it: at once
//! or, if everybody in the queue is passed over, on the next day, when a block may have ended.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::reservation::day;
use crate::tables::key::{Key, sortable};
use crate::tables::library::Library;
use crate::tables::library::book::{self, BookKey};
use crate::tables::write::Write;
use crate::values::BookId;

/// The sort key. It is the next one after the sort key of the book's own item, so one Query reads exactly these two
/// items.
pub(super) const LENDING: &str = "lending";

pub(in crate::tables::library) fn lending_key(book: BookId) -> Key {
    Key::of(BookKey(book)).and(LENDING)
}

/// The most numbers in `gaps`. With more, places in the queue are not exact.
const MOST_GAPS: usize = 100;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::tables::library) struct Lending {
    pk: BookKey,
    sk: String,
    /// The number of copies. The book has the same number.
    pub(super) copies: u32,
    /// The number of copies that are ready or checked out.
    pub(super) taken: u32,
    /// The number of readers in the queue.
    pub(super) waiting: u32,
    /// The number of the last reader who joined the queue.
    tail: u64,
    /// The readers up to this number have left the queue.
    head: u64,
    /// The numbers after `head` of readers who left the queue early.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    gaps: Vec<u64>,
    /// The earliest time when a ready copy may lapse, in milliseconds since 1970. The actual time may be later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) next_lapse: Option<i64>,
    /// Until when everybody in the queue is passed over, in milliseconds since 1970: all are blocked or disabled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    passed_until: Option<i64>,
    /// The keys of the index `deadlines`, while a copy is free and a reader waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    day: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    deadline: Option<String>,
    version: u64,
    /// Whether the item is stored.
    #[serde(skip, default = "yes")]
    is_stored: bool,
}

fn yes() -> bool {
    true
}

/// A counter would fall below zero, so the item does not count the reservations of its book.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Miscounted;

impl Lending {
    /// Makes the item of a book without reservations.
    ///
    /// An item is created in a transaction that checks the book's version, and deleted in one that raises it. So the
    /// book's version is a base that no earlier item had.
    pub(super) fn new(book: &book::Record) -> Self {
        Lending { copies: book.copies(), version: book.version << 32, ..Lending::absent(book.pk.0) }
    }

    /// Makes the item of a book that cannot be reserved.
    pub(super) fn absent(book: BookId) -> Self {
        Lending {
            pk: BookKey(book),
            sk: LENDING.into(),
            copies: 0,
            taken: 0,
            waiting: 0,
            tail: 0,
            head: 0,
            gaps: Vec::new(),
            next_lapse: None,
            passed_until: None,
            day: None,
            deadline: None,
            version: 0,
            is_stored: false,
        }
    }

    /// Returns the item that replaces a stored one of that version.
    pub(super) fn replacing(self, version: u64) -> Self {
        Lending { version, is_stored: true, ..self }
    }

    /// Returns whether both are the same version of the stored item, or neither is stored.
    pub(super) fn is_same_version(&self, other: &Lending) -> bool {
        self.is_stored == other.is_stored && (!self.is_stored || self.version == other.version)
    }

    /// Returns the book.
    pub(super) fn book(&self) -> BookId {
        self.pk.0
    }

    /// Returns whether the item is not stored yet.
    pub(super) fn is_new(&self) -> bool {
        !self.is_stored
    }

    /// Returns whether a new reservation gets a copy: a copy is free, and nobody in the queue may have it.
    pub(super) fn has_a_free_copy(&self, now: Timestamp) -> bool {
        self.taken < self.copies && (self.waiting == 0 || self.passes_over(now))
    }

    /// Returns whether a copy is free for a reader in the queue.
    pub(super) fn has_a_copy_for_the_next(&self, now: Timestamp) -> bool {
        self.taken < self.copies && self.waiting > 0 && !self.passes_over(now)
    }

    /// Returns whether everybody in the queue is passed over. Who is unblocked or enabled is served a moment later.
    fn passes_over(&self, now: Timestamp) -> bool {
        self.passed_until.is_some_and(|until| until > now.as_millisecond())
    }

    /// Notes that everybody in the queue is passed over until the end of the day.
    pub(super) fn pass_over(&mut self, end_of_the_day: Timestamp) {
        self.passed_until = Some(end_of_the_day.as_millisecond() + 1);
    }

    /// Forgets that everybody is passed over: somebody may be served.
    pub(super) fn pass_over_nobody(&mut self) {
        self.passed_until = None;
    }

    /// Returns how many copies are free for new reservations: those that no reader in the queue is about to get.
    pub(super) fn free(&self, now: Timestamp) -> u32 {
        let waiting = if self.passes_over(now) { 0 } else { self.waiting };
        self.copies.saturating_sub(self.taken).saturating_sub(waiting)
    }

    /// Returns how many readers are in the queue, without those who are about to get a free copy.
    pub(super) fn queue(&self) -> u32 {
        self.waiting.saturating_sub(self.copies.saturating_sub(self.taken))
    }

    /// Returns whether no copy is taken and the queue is empty.
    pub(super) fn is_idle(&self) -> bool {
        self.taken == 0 && self.waiting == 0
    }

    /// Returns whether a ready copy may have lapsed.
    pub(super) fn may_lapse(&self, now: Timestamp) -> bool {
        self.next_lapse.is_some_and(|lapse| lapse <= now.as_millisecond())
    }

    /// Takes a copy for a reader, who may collect it until `until`.
    pub(super) fn take(&mut self, until: Timestamp) {
        self.taken += 1;
        self.lapses_at(until);
    }

    /// Notes that a ready copy may lapse at `until`.
    pub(super) fn lapses_at(&mut self, until: Timestamp) {
        let until = until.as_millisecond();
        self.next_lapse = Some(self.next_lapse.map_or(until, |next| next.min(until)));
    }

    /// Takes a copy for a reader who need not wait, and returns the number that they would have in the queue.
    pub(super) fn take_at_once(&mut self, until: Timestamp) -> u64 {
        self.tail += 1;
        self.depart(self.tail);
        self.take(until);
        self.tail
    }

    /// Takes a copy for a reader who borrows it at once.
    pub(super) fn lend(&mut self) {
        self.taken += 1;
    }

    /// Gives a reader their place in the queue back. One without a number becomes the first.
    pub(super) fn rejoin(&mut self, number: Option<u64>) -> u64 {
        let number = number.unwrap_or(self.head);
        self.waiting += 1;
        self.passed_until = None;
        if number <= self.head {
            let room = MOST_GAPS.saturating_sub(self.gaps.len());
            self.gaps.extend((number + 1..=self.head).take(room));
            self.head = number.saturating_sub(1);
        } else {
            self.gaps.retain(|gap| *gap != number);
        }
        number
    }

    /// Frees a copy.
    pub(super) fn put_back(&mut self) -> Result<(), Miscounted> {
        self.taken = self.taken.checked_sub(1).ok_or(Miscounted)?;
        Ok(())
    }

    /// Adds a reader to the queue, and returns their number.
    pub(super) fn join(&mut self) -> u64 {
        self.tail += 1;
        self.waiting += 1;
        self.passed_until = None;
        self.tail
    }

    /// Removes the reader with that number from the queue.
    pub(super) fn leave(&mut self, number: u64) -> Result<(), Miscounted> {
        self.waiting = self.waiting.checked_sub(1).ok_or(Miscounted)?;
        self.depart(number);
        Ok(())
    }

    /// Notes that the reader with that number is not in the queue.
    fn depart(&mut self, number: u64) {
        if number == self.head + 1 || self.gaps.len() < MOST_GAPS {
            self.gaps.push(number);
        }
        self.close_gaps();
    }

    /// Takes a copy for the reader with that number, who was first in the queue.
    pub(super) fn promote(&mut self, number: u64, until: Timestamp) -> Result<(), Miscounted> {
        self.waiting = self.waiting.checked_sub(1).ok_or(Miscounted)?;
        self.head = number;
        self.gaps.retain(|gap| *gap > number);
        self.close_gaps();
        self.passed_until = None;
        self.take(until);
        Ok(())
    }

    /// Takes a copy for the reader with that number. Those before them are passed over, and keep their places.
    pub(super) fn promote_past(&mut self, number: u64, until: Timestamp) -> Result<(), Miscounted> {
        self.leave(number)?;
        self.passed_until = None;
        self.take(until);
        Ok(())
    }

    /// Returns the item with the counts of these reservations: the ends of the ready ones, the number of checked-out ones,
    /// and the numbers of the waiting ones.
    pub(super) fn counting(&self, ready: &[i64], checked_out: u32, waiting: &[u64]) -> Self {
        let count = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        let last = waiting.iter().copied().max().unwrap_or_default();
        let tail = self.tail.max(last);
        let head = waiting.iter().min().map_or(tail, |first| first.saturating_sub(1));
        let is_gone = |number: &u64| !waiting.contains(number);
        Lending {
            taken: checked_out.saturating_add(count(ready.len())),
            waiting: count(waiting.len()),
            tail,
            head,
            gaps: (head + 1..=tail).filter(is_gone).take(MOST_GAPS).collect(),
            next_lapse: ready.iter().copied().min(),
            passed_until: None,
            ..self.clone()
        }
    }

    fn close_gaps(&mut self) {
        while let Some(at) = self.gaps.iter().position(|gap| *gap == self.head + 1) {
            self.gaps.swap_remove(at);
            self.head += 1;
        }
        if self.waiting == 0 {
            self.head = self.tail;
            self.gaps.clear();
            self.passed_until = None;
        }
    }

    /// Returns when the sweep gives a free copy to a reader in the queue; `None` if no copy is free, or nobody waits.
    fn served_at(&self, now: Timestamp) -> Option<Timestamp> {
        let at = self.passed_until.and_then(|until| Timestamp::from_millisecond(until).ok());
        (self.taken < self.copies && self.waiting > 0).then(|| at.map_or(now, |at| at.max(now)))
    }

    /// Returns the 1-based position of the reader with that number.
    pub(super) fn place(&self, number: u64) -> u32 {
        let before = self.gaps.iter().filter(|gap| **gap < number).count() as u64;
        let place = number.saturating_sub(self.head + before);
        u32::try_from(place).unwrap_or(u32::MAX).clamp(1, self.waiting.max(1))
    }
}

impl Library {
    /// Returns the write that adds the item, or replaces the version that was read.
    pub(super) fn put_lending(&self, lending: &Lending, now: Timestamp) -> Write {
        let (day, deadline) = lending.served_at(now).map(|at| (day(at), sortable(at))).unzip();
        let put = self.table.put(&Lending { day, deadline, version: lending.version + 1, ..lending.clone() });
        if lending.is_new() { put.if_new() } else { put.if_version(lending.version) }
    }

    /// Returns the write that deletes the item, for a book that is archived or deleted; `None` if a copy is taken or
    /// the queue is not empty.
    pub(in crate::tables::library) fn close_lending(&self, book: BookId, lending: Option<&Lending>) -> Option<Write> {
        match lending {
            None => Some(self.check_never_lent(book)),
            Some(lending) if lending.is_idle() => {
                Some(self.table.delete(lending_key(book)).if_version(lending.version))
            }
            Some(_) => None,
        }
    }

    /// Returns the write that sets the number of copies; `None` if more copies are taken. Dispatch gives added copies
    /// to the readers in the queue; if it fails, whoever touches the book next does so, or the sweep.
    pub(in crate::tables::library) fn set_copies(
        &self,
        book: BookId,
        lending: Option<&Lending>,
        copies: u32,
        now: Timestamp,
    ) -> Option<Write> {
        match lending {
            None => Some(self.check_never_lent(book)),
            Some(lending) if lending.taken > copies => None,
            Some(lending) => Some(self.put_lending(&Lending { copies, ..lending.clone() }, now)),
        }
    }

    /// Returns the check that refuses a transaction if the book has been reserved in between.
    fn check_never_lent(&self, book: BookId) -> Write {
        self.table.check(lending_key(book)).if_new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LATER: Timestamp = Timestamp::UNIX_EPOCH;

    /// Makes the item of a book with one copy, which is taken, and a queue of that length.
    fn queue(length: u64) -> Lending {
        let mut lending = Lending { copies: 1, ..Lending::absent([1; 16].into()) };
        lending.take(LATER);
        for number in 1..=length {
            assert_eq!(lending.join(), number);
            assert_eq!(lending.place(number), u32::try_from(number).expect("small"));
        }
        lending
    }

    fn places<const N: usize>(lending: &Lending, numbers: [u64; N]) -> [u32; N] {
        numbers.map(|number| lending.place(number))
    }

    #[test]
    fn when_a_reader_leaves_the_queue_all_later_readers_move_up() {
        let mut lending = queue(5);
        lending.leave(3).expect("counted");
        assert_eq!(places(&lending, [1, 2, 4, 5]), [1, 2, 3, 4]);
        lending.leave(1).expect("counted");
        assert_eq!(places(&lending, [2, 4, 5]), [1, 2, 3]);
        lending.put_back().expect("counted");
        lending.promote(2, LATER).expect("counted");
        assert_eq!(places(&lending, [4, 5]), [1, 2]);
        assert_eq!((lending.head, lending.waiting, lending.gaps.len()), (3, 2, 0));
        lending.leave(5).expect("counted");
        lending.leave(4).expect("counted");
        assert_eq!((lending.head, lending.waiting), (5, 0));
        assert_eq!(lending.join(), 6);
        assert_eq!(lending.place(6), 1);
    }

    #[test]
    fn a_free_copy_is_for_the_first_reader_in_the_queue() {
        let mut lending = queue(1);
        lending.put_back().expect("counted");
        assert!(!lending.has_a_free_copy(LATER) && lending.has_a_copy_for_the_next(LATER));
        lending.promote(1, LATER).expect("counted");
        assert!(!lending.has_a_copy_for_the_next(LATER) && !lending.has_a_free_copy(LATER));
        lending.put_back().expect("counted");
        assert!(lending.has_a_free_copy(LATER) && lending.is_idle());
    }

    #[test]
    fn a_copy_that_the_queue_is_about_to_get_is_not_free() {
        let mut lending = queue(1);
        assert_eq!((lending.free(LATER), lending.queue()), (0, 1));
        lending.copies = 3;
        assert_eq!((lending.free(LATER), lending.queue()), (1, 0));
        lending.promote(1, LATER).expect("counted");
        assert_eq!((lending.free(LATER), lending.queue()), (1, 0));
    }

    #[test]
    fn the_item_stays_small_however_many_readers_leave() {
        let mut lending = queue(1_000);
        for number in 2..=900 {
            lending.leave(number).expect("counted");
        }
        assert_eq!(lending.gaps.len(), MOST_GAPS);
        assert_eq!(lending.place(1_000), 101, "a place is never worse than the last");
        lending.leave(1).expect("counted");
        assert_eq!(lending.waiting, 100);
    }

    #[test]
    fn dk19_a_reader_returns_to_the_same_place() {
        let mut lending = queue(4);
        for number in [1, 2] {
            lending.promote(number, LATER).expect("counted");
        }
        assert_eq!(places(&lending, [3, 4]), [1, 2]);
        // In either order.
        let mut other = lending.clone();
        assert_eq!((lending.rejoin(Some(1)), lending.rejoin(Some(2))), (1, 2));
        assert_eq!((other.rejoin(Some(2)), other.rejoin(Some(1))), (2, 1));
        for lending in [&lending, &other] {
            assert_eq!((places(lending, [1, 2, 3, 4]), lending.waiting), ([1, 2, 3, 4], 4));
            assert_eq!((lending.head, lending.gaps.len()), (0, 0));
        }
        lending.leave(2).expect("counted");
        assert_eq!(places(&lending, [1, 3, 4]), [1, 2, 3]);
        // Who got a copy at once has a number all the same.
        let mut lending = Lending { copies: 1, ..Lending::absent([1; 16].into()) };
        let number = lending.take_at_once(LATER);
        let later = lending.join();
        assert_eq!(lending.rejoin(Some(number)), number);
        assert_eq!(places(&lending, [number, later]), [1, 2]);
    }

    #[test]
    fn dk19_who_is_passed_over_keeps_the_place() {
        let mut lending = queue(3);
        lending.put_back().expect("counted");
        lending.promote_past(2, LATER).expect("counted");
        assert_eq!((places(&lending, [1, 3]), lending.waiting), ([1, 2], 2));
        assert_eq!(lending.rejoin(Some(2)), 2);
        assert_eq!((places(&lending, [1, 2, 3]), lending.waiting), ([1, 2, 3], 3));
        // Everybody is passed over: a copy is free for others, until the day ends or somebody joins.
        let tomorrow = LATER + jiff::SignedDuration::from_hours(24);
        lending.pass_over(tomorrow - jiff::SignedDuration::from_millis(1));
        lending.taken = 0;
        assert!(lending.has_a_free_copy(LATER) && !lending.has_a_copy_for_the_next(LATER));
        let number = lending.take_at_once(LATER);
        assert_eq!((number, places(&lending, [1, 2, 3])), (4, [1, 2, 3]));
        lending.taken = 0;
        assert!(!lending.has_a_free_copy(tomorrow) && lending.has_a_copy_for_the_next(tomorrow));
        assert_eq!((lending.served_at(LATER), lending.served_at(tomorrow)), (Some(tomorrow), Some(tomorrow)));
        lending.join();
        assert!(lending.has_a_copy_for_the_next(LATER));
    }

    #[test]
    fn rac2_a_counter_never_wraps() {
        let mut lending = Lending::absent([1; 16].into());
        assert_eq!(lending.put_back(), Err(Miscounted));
        assert_eq!(lending.leave(1), Err(Miscounted));
        assert_eq!(lending.promote(1, LATER), Err(Miscounted));
        assert_eq!(lending, Lending::absent([1; 16].into()));
    }

    #[test]
    fn rac2_an_item_is_counted_anew_from_its_reservations() {
        let mut lending = queue(6);
        for number in [1, 3, 6] {
            lending.leave(number).expect("counted");
        }
        let (ready, waiting) = ([LATER.as_millisecond()], [5, 2, 4]);
        let wrong = Lending { taken: 7, waiting: 0, head: 6, gaps: Vec::new(), next_lapse: None, ..lending.clone() };
        assert_eq!(wrong.counting(&ready, 0, &waiting), lending);
        assert_eq!(places(&wrong.counting(&ready, 0, &waiting), waiting), [3, 1, 2]);
    }
}
