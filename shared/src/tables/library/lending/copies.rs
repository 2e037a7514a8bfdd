//! What a book's copies and its queue come to, in one item.
//!
//! It is there as soon as the book has been reserved once, and goes when the book leaves the shelf. Whatever takes or
//! frees a copy, or moves the queue, writes it on the condition that nobody else has in between: so no copy is given
//! twice, and no two readers get the same place.

use aws_sdk_dynamodb::types::{ConditionCheck, Delete, Put, TransactWriteItem};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::tables::library::book::book_key;
use crate::tables::table::{Result, Table, number, string, to_item};
use crate::values::BookId;

/// The sort key. It follows the book's own, so that one Query reads both and nothing else.
pub(crate) const LENDING: &str = "lending";

/// So many who left the queue out of turn are remembered, to tell those behind them their places exactly.
const MOST_GAPS: usize = 100;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Lending {
    pk: String,
    sk: String,
    /// How many the library has; the book says the same.
    pub(crate) copies: u32,
    /// How many wait to be collected or are out.
    pub(crate) taken: u32,
    /// How many readers wait.
    pub(crate) waiting: u32,
    /// The number of the last who joined the queue.
    tail: u64,
    /// Everybody up to this number has left the queue.
    head: u64,
    /// The numbers behind `head` of those who left out of turn.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    gaps: Vec<u64>,
    /// No copy that waits to be collected lapses before this (milliseconds since 1970). It may be too early.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) next_lapse: Option<i64>,
    version: u64,
}

impl Lending {
    /// That of a book that nobody has reserved yet.
    pub(crate) fn new(book: BookId, copies: u32) -> Self {
        Lending {
            pk: book_key(book),
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
    pub(crate) fn book(&self) -> Option<BookId> {
        self.pk.strip_prefix("book#")?.parse().ok()
    }

    /// Whether it has never been stored.
    pub(crate) fn is_new(&self) -> bool {
        self.version == 0
    }

    /// Whether whoever comes now gets a copy: one is there, and nobody waits for it.
    pub(crate) fn has_a_free_copy(&self) -> bool {
        self.waiting == 0 && self.taken < self.copies
    }

    /// Whether a copy is there for the next of those who wait.
    pub(crate) fn has_a_copy_for_the_next(&self) -> bool {
        self.waiting > 0 && self.taken < self.copies
    }

    /// Whether nobody has a copy or waits for one.
    pub(crate) fn is_idle(&self) -> bool {
        self.taken == 0 && self.waiting == 0
    }

    /// Whether a copy that waits to be collected may have lapsed.
    pub(crate) fn may_lapse(&self, now: Timestamp) -> bool {
        self.next_lapse.is_some_and(|lapse| lapse <= now.as_millisecond())
    }

    /// Puts a copy aside until then.
    pub(crate) fn take(&mut self, until: Timestamp) {
        let until = until.as_millisecond();
        self.taken += 1;
        self.next_lapse = Some(self.next_lapse.map_or(until, |next| next.min(until)));
    }

    /// A copy is back on the shelf.
    pub(crate) fn put_back(&mut self) {
        self.taken -= 1;
    }

    /// One more waits. Gives their number; their place is the last.
    pub(crate) fn join(&mut self) -> u64 {
        self.tail += 1;
        self.waiting += 1;
        self.tail
    }

    /// Who has that number waits no more.
    pub(crate) fn leave(&mut self, number: u64) {
        self.waiting -= 1;
        if number == self.head + 1 || self.gaps.len() < MOST_GAPS {
            self.gaps.push(number);
        }
        self.close_gaps();
    }

    /// Who has that number was the next, and gets a copy.
    pub(crate) fn promote(&mut self, number: u64, until: Timestamp) {
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

    /// The place of who has that number: the first is next.
    pub(crate) fn place(&self, number: u64) -> u32 {
        let before = self.gaps.iter().filter(|gap| **gap < number).count() as u64;
        let place = number.saturating_sub(self.head + before);
        u32::try_from(place).unwrap_or(u32::MAX).clamp(1, self.waiting.max(1))
    }

    /// The write of this in the place of what was read.
    pub(crate) fn write(&self, table: &Table) -> Result<TransactWriteItem> {
        let item = to_item(&Lending { version: self.version + 1, ..self.clone() })?;
        let put = Put::builder().table_name(&*table.name).set_item(Some(item));
        let put = if self.is_new() {
            put.condition_expression("attribute_not_exists(pk)")
        } else {
            put.condition_expression("version = :version").expression_attribute_values(":version", number(self.version))
        };
        Ok(TransactWriteItem::builder().put(put.build()?).build())
    }
}

/// The write that takes a book off the shelf, as far as lending goes; `None` while somebody has a copy or waits for one.
pub(crate) fn close(table: &Table, book: BookId, lending: Option<&Lending>) -> Result<Option<TransactWriteItem>> {
    let Some(lending) = lending else { return never_lent(table, book).map(Some) };
    if !lending.is_idle() {
        return Ok(None);
    }
    let delete = Delete::builder()
        .table_name(&*table.name)
        .key("pk", string(&lending.pk))
        .key("sk", string(LENDING))
        .condition_expression("version = :version")
        .expression_attribute_values(":version", number(lending.version))
        .build()?;
    Ok(Some(TransactWriteItem::builder().delete(delete).build()))
}

/// The write that goes with another number of copies; `None` where more than that are taken. Those who wait for the
/// further ones get them in the background.
pub(crate) fn recount(
    table: &Table,
    book: BookId,
    lending: Option<&Lending>,
    copies: u32,
) -> Result<Option<TransactWriteItem>> {
    match lending {
        None => never_lent(table, book).map(Some),
        Some(lending) if lending.taken > copies => Ok(None),
        Some(lending) => Lending { copies, ..lending.clone() }.write(table).map(Some),
    }
}

/// Fails where somebody has reserved the book in between.
fn never_lent(table: &Table, book: BookId) -> Result<TransactWriteItem> {
    let check = ConditionCheck::builder()
        .table_name(&*table.name)
        .key("pk", string(book_key(book)))
        .key("sk", string(LENDING))
        .condition_expression("attribute_not_exists(pk)")
        .build()?;
    Ok(TransactWriteItem::builder().condition_check(check).build())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LATER: Timestamp = Timestamp::UNIX_EPOCH;

    /// A book of one copy that is out, and so many in the queue.
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
    fn who_leaves_the_queue_moves_up_all_behind_them_and_nobody_else() {
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
    fn a_free_copy_is_for_who_waits_first() {
        let mut lending = queue(1);
        lending.put_back();
        assert!(!lending.has_a_free_copy() && lending.has_a_copy_for_the_next());
        lending.promote(1, LATER);
        assert!(!lending.has_a_copy_for_the_next() && !lending.has_a_free_copy());
        lending.put_back();
        assert!(lending.has_a_free_copy() && lending.is_idle());
    }

    #[test]
    fn the_item_stays_small_however_many_leave() {
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
