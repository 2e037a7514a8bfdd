//! The copies of a book and its queue, in one item.
//!
//! It exists once the book has been reserved, and is deleted when the book is archived or deleted. Whatever takes or frees
//! a copy, or moves the queue, writes it on the condition that it is as it was read: so no copy is given twice, and no two
//! readers get the same place.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::tables::key::Key;
use crate::tables::library::Library;
use crate::tables::library::book::BookKey;
use crate::tables::write::Write;
use crate::values::BookId;

/// The sort key. It follows the book's own, so that one Query reads both and nothing else.
pub(super) const LENDING: &str = "lending";

pub(super) fn lending_key(book: BookId) -> Key {
    Key::of(BookKey(book)).and(LENDING)
}

/// The most numbers that are stored of readers who left the queue out of turn, so that the places behind them are exact.
const MOST_GAPS: usize = 100;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::tables::library) struct Lending {
    pk: BookKey,
    sk: String,
    /// How many the library has; the book says the same.
    pub(super) copies: u32,
    /// How many are ready to be collected or lent.
    pub(super) taken: u32,
    /// How many readers wait.
    pub(super) waiting: u32,
    /// The number of the last who joined the queue.
    tail: u64,
    /// All up to this number have left the queue.
    head: u64,
    /// The numbers behind `head` that left out of turn.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    gaps: Vec<u64>,
    /// No ready copy lapses before this (milliseconds since 1970). It may be too early.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) next_lapse: Option<i64>,
    version: u64,
}

impl Lending {
    /// The copies of a book that nobody has reserved yet.
    pub(super) fn new(book: BookId, copies: u32) -> Self {
        Lending {
            pk: BookKey(book),
            sk: LENDING.into(),
            copies,
            taken: 0,
            waiting: 0,
            tail: 0,
            head: 0,
            gaps: Vec::new(),
            next_lapse: None,
            version: 0,
        }
    }

    /// The book.
    pub(super) fn book(&self) -> BookId {
        self.pk.0
    }

    /// Whether it has never been stored.
    pub(super) fn is_new(&self) -> bool {
        self.version == 0
    }

    /// Whether the next reservation gets a copy: one is free, and nobody waits for it.
    pub(super) fn has_a_free_copy(&self) -> bool {
        self.waiting == 0 && self.taken < self.copies
    }

    /// Whether a copy is free for the next in the queue.
    pub(super) fn has_a_copy_for_the_next(&self) -> bool {
        self.waiting > 0 && self.taken < self.copies
    }

    /// Whether nobody has a copy or waits for one.
    pub(super) fn is_idle(&self) -> bool {
        self.taken == 0 && self.waiting == 0
    }

    /// Whether a ready copy may have lapsed.
    pub(super) fn may_lapse(&self, now: Timestamp) -> bool {
        self.next_lapse.is_some_and(|lapse| lapse <= now.as_millisecond())
    }

    /// Takes a copy for a reader, who may collect it until then.
    pub(super) fn take(&mut self, until: Timestamp) {
        let until = until.as_millisecond();
        self.taken += 1;
        self.next_lapse = Some(self.next_lapse.map_or(until, |next| next.min(until)));
    }

    /// Puts a copy back on the shelf.
    pub(super) fn put_back(&mut self) {
        self.taken -= 1;
    }

    /// Adds a reader to the end of the queue and returns their number.
    pub(super) fn join(&mut self) -> u64 {
        self.tail += 1;
        self.waiting += 1;
        self.tail
    }

    /// Removes the reader with that number from the queue.
    pub(super) fn leave(&mut self, number: u64) {
        self.waiting -= 1;
        if number == self.head + 1 || self.gaps.len() < MOST_GAPS {
            self.gaps.push(number);
        }
        self.close_gaps();
    }

    /// Gives a copy to the reader with that number, who was the next.
    pub(super) fn promote(&mut self, number: u64, until: Timestamp) {
        self.waiting -= 1;
        self.head = number;
        self.gaps.retain(|gap| *gap > number);
        self.close_gaps();
        self.take(until);
    }

    fn close_gaps(&mut self) {
        while let Some(at) = self.gaps.iter().position(|gap| *gap == self.head + 1) {
            self.gaps.swap_remove(at);
            self.head += 1;
        }
        if self.waiting == 0 {
            self.head = self.tail;
            self.gaps.clear();
        }
    }

    /// The 1-based position of the reader with that number.
    pub(super) fn place(&self, number: u64) -> u32 {
        let before = self.gaps.iter().filter(|gap| **gap < number).count() as u64;
        let place = number.saturating_sub(self.head + before);
        u32::try_from(place).unwrap_or(u32::MAX).clamp(1, self.waiting.max(1))
    }
}

impl Library {
    /// The write that replaces the copies that were read, or adds the first ones.
    pub(super) fn put_lending(&self, lending: &Lending) -> Write {
        let put = self.table.put(&Lending { version: lending.version + 1, ..lending.clone() });
        if lending.is_new() { put.if_new() } else { put.if_version(lending.version) }
    }

    /// The write that ends the lending of a book; `None` while somebody has a copy or waits for one.
    pub(in crate::tables::library) fn close_lending(&self, book: BookId, lending: Option<&Lending>) -> Option<Write> {
        match lending {
            None => Some(self.check_never_lent(book)),
            Some(lending) if lending.is_idle() => {
                Some(self.table.delete(lending_key(book)).if_version(lending.version))
            }
            Some(_) => None,
        }
    }

    /// The write that goes with another number of copies; `None` if more than that are taken. Readers who wait get the
    /// added copies in the background.
    pub(in crate::tables::library) fn recount(
        &self,
        book: BookId,
        lending: Option<&Lending>,
        copies: u32,
    ) -> Option<Write> {
        match lending {
            None => Some(self.check_never_lent(book)),
            Some(lending) if lending.taken > copies => None,
            Some(lending) => Some(self.put_lending(&Lending { copies, ..lending.clone() })),
        }
    }

    /// Refuses the transaction if somebody has reserved the book in between.
    fn check_never_lent(&self, book: BookId) -> Write {
        self.table.check(lending_key(book)).if_new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LATER: Timestamp = Timestamp::UNIX_EPOCH;

    /// A book with one lent copy, and a queue of that length.
    fn queue(length: u64) -> Lending {
        let mut lending = Lending::new([1; 16].into(), 1);
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
    fn a_reader_who_leaves_the_queue_moves_up_all_behind_them_and_nobody_else() {
        let mut lending = queue(5);
        lending.leave(3);
        assert_eq!(places(&lending, [1, 2, 4, 5]), [1, 2, 3, 4]);
        lending.leave(1);
        assert_eq!(places(&lending, [2, 4, 5]), [1, 2, 3]);
        lending.put_back();
        lending.promote(2, LATER);
        assert_eq!(places(&lending, [4, 5]), [1, 2]);
        assert_eq!((lending.head, lending.waiting, lending.gaps.len()), (3, 2, 0));
        lending.leave(5);
        lending.leave(4);
        assert_eq!((lending.head, lending.waiting), (5, 0));
        assert_eq!(lending.join(), 6);
        assert_eq!(lending.place(6), 1);
    }

    #[test]
    fn a_free_copy_is_for_the_first_in_the_queue() {
        let mut lending = queue(1);
        lending.put_back();
        assert!(!lending.has_a_free_copy() && lending.has_a_copy_for_the_next());
        lending.promote(1, LATER);
        assert!(!lending.has_a_copy_for_the_next() && !lending.has_a_free_copy());
        lending.put_back();
        assert!(lending.has_a_free_copy() && lending.is_idle());
    }

    #[test]
    fn the_item_stays_small_however_many_readers_leave() {
        let mut lending = queue(1_000);
        for number in 2..=900 {
            lending.leave(number);
        }
        assert_eq!(lending.gaps.len(), MOST_GAPS);
        assert_eq!(lending.place(1_000), 101, "a place is never worse than the last");
        lending.leave(1);
        assert_eq!(lending.waiting, 100);
    }
}
