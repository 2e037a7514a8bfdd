//! Says of each row of a part whether the library has it already.

use std::collections::HashMap;

use sha2::{Digest, Sha256};

use super::rows::{Held, Holder, NewRow, Outcome, source_pk};
use crate::tables::key::Item;
use crate::tables::library::book::{Record, Store};
use crate::tables::table::readable;
use crate::values::{AttemptId, Barcode, BookId, ImportId, Isbn, UserId, fold};

/// What a row has claimed: its number, its book, and its title.
#[derive(Debug, Clone)]
pub(super) struct Claimed {
    row: u64,
    book: BookId,
    title: String,
}

impl Claimed {
    fn holder(&self) -> Holder {
        Holder::Row { row: self.row, book: self.book }
    }
}

/// What there is of the rows.
#[derive(Default)]
pub(super) struct There {
    /// Markers by their partitions.
    pub(super) markers: HashMap<String, Held>,
    /// Folded titles, and whether they are in the archive.
    pub(super) books: HashMap<BookId, (String, bool)>,
}

/// What a row becomes.
pub(super) struct Judged {
    pub(super) outcome: Outcome,
    pub(super) new: Option<NewBookOfRow>,
}

/// A book to be added.
pub(super) struct NewBookOfRow {
    pub(super) book: BookId,
    pub(super) isbn: Option<Isbn>,
    pub(super) barcodes: Vec<Barcode>,
}

impl There {
    pub(super) fn take(&mut self, items: Vec<Item>) {
        for item in items {
            let pk = item.get("pk").and_then(|pk| pk.as_s().ok()).cloned().unwrap_or_default();
            if pk.starts_with("book#") {
                if let Some(record) = readable::<Record>(item) {
                    let title = fold(record.details.title.as_str());
                    self.books.insert(record.pk.0, (title, record.is_in(Store::Archive)));
                }
            } else if let Some(held) = readable::<Held>(item) {
                self.markers.insert(held.pk.clone(), held);
            }
        }
    }

    fn holder(&self, import: ImportId, held: &Held) -> Option<Holder> {
        let book = held.book?;
        Some(match (held.row, self.books.get(&book)) {
            (Some(row), _) if held.import == Some(import) => Holder::Row { row, book },
            (_, Some((_, true))) => Holder::Archived(book),
            _ => Holder::Book(book),
        })
    }

    pub(super) fn judge(
        &self,
        import: ImportId,
        row: &NewRow,
        attempt: AttemptId,
        claimed: &mut HashMap<String, Claimed>,
    ) -> Judged {
        let there = |holder| Judged { outcome: Outcome::There(holder), new: None };
        let is_this_row = |held: &Held| held.import == Some(import) && held.row == Some(row.row);
        let title = fold(row.details.title.as_str());
        let isbn_pk = row.details.isbn.as_ref().map(|isbn| format!("isbn#{isbn}"));
        let source_pk = source_pk(&row.source);
        // What was added before, by a request whose answer was lost.
        let own = isbn_pk.iter().chain([&source_pk]).filter_map(|pk| self.markers.get(pk));
        let own = own.filter(|held| is_this_row(held)).find_map(|held| held.book);
        if let Some(book) = row.own.filter(|book| self.books.contains_key(book)) {
            let is_old = self.books.get(&book).is_some_and(|(_, is_old)| *is_old);
            return there(if is_old { Holder::Archived(book) } else { Holder::Book(book) });
        }
        let mut isbn_of = None;
        if let Some(pk) = &isbn_pk {
            let in_file = claimed.get(pk).map(|claimed| (claimed.holder(), claimed.title.clone()));
            let held = self.markers.get(pk).filter(|held| !is_this_row(held)).and_then(|held| {
                let (title, _) = held.book.and_then(|book| self.books.get(&book))?;
                Some((self.holder(import, held)?, title.clone()))
            });
            if let Some((holder, other)) = in_file.or(held) {
                if title.starts_with(&other) || other.starts_with(&title) {
                    return there(holder);
                }
                isbn_of = Some(holder);
            }
        }
        let isbn = row.details.isbn.clone().filter(|_| isbn_of.is_none());
        if isbn.is_none() {
            if let Some(claimed) = claimed.get(&source_pk) {
                return there(claimed.holder());
            }
            if let Some(held) = self.markers.get(&source_pk).filter(|held| !is_this_row(held))
                && let Some(holder) = self.holder(import, held)
            {
                return there(holder);
            }
        }
        let pk = isbn.as_ref().map_or(source_pk, |isbn| format!("isbn#{isbn}"));
        let book = own.unwrap_or_else(|| book_id(attempt, row.row));
        let claims = Claimed { row: row.row, book, title };
        claimed.insert(pk, claims.clone());
        let (mut barcodes, mut taken) = (Vec::new(), Vec::new());
        for barcode in &row.barcodes {
            let pk = format!("code#{barcode}");
            let is_others = self.markers.get(&pk).is_some_and(|held| own.is_none() || held.barcode != own);
            if is_others || claimed.contains_key(&pk) {
                taken.push(barcode.clone());
            } else {
                claimed.insert(pk, claims.clone());
                barcodes.push(barcode.clone());
            }
        }
        let new = own.is_none().then_some(NewBookOfRow { book, isbn, barcodes });
        Judged { outcome: Outcome::Added { book, isbn_of, taken }, new }
    }
}

/// Returns the id of the book that an attempt makes of a row. It is the attempt's own, so an id never names two books. Within one
/// millisecond, ids sort as the rows do: their first random bits are the row's number. If two attempts make the books of one part at
/// once, the books of the later one come after those of the other.
pub(super) fn book_id(attempt: AttemptId, number: u64) -> BookId {
    BookId::new(attempt.created_at(), bits_of_row(attempt, number))
}

/// Returns the id of the reader that an attempt makes of a row, in the same way.
pub(crate) fn member_id(attempt: AttemptId, number: u64) -> UserId {
    UserId::of_a_file(attempt.created_at(), bits_of_row(attempt, number))
}

/// Returns the random bits of the id that an attempt makes of a row.
fn bits_of_row(attempt: AttemptId, number: u64) -> [u8; 10] {
    let hash = Sha256::new().chain_update(attempt.as_bytes()).chain_update(number.to_be_bytes());
    let hash: [u8; 32] = hash.finalize().into();
    let mut random = [0; 10];
    random.copy_from_slice(&hash[..10]);
    let [.., high, low] = number.to_be_bytes();
    // The version takes the place of the first four bits.
    random[0] = high & 0x0f;
    random[1] = low;
    random
}
