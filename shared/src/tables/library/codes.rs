//! What the codes of the desk stand for.
//!
//! | question                       | key             | call          | units     |
//! |--------------------------------|-----------------|---------------|-----------|
//! | which book has this code       | code#c or isbn#i | GetItem, strong | 1 R     |
//! | a code is on a copy or a card  | code#c          | a Put in the transaction that says so | 2 W |
//!
//! Cards, barcodes and ISBNs are one set of codes: no two things of the library have the same one. An item `code#…` keeps a
//! barcode or a card unique, and says what has it. An ISBN has the form of neither, and an item of its own.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::Library;
use crate::tables::fault::Result;
use crate::tables::key::{Item, Key};
use crate::tables::table::Consistency::Strong;
use crate::tables::table::{Table, from_item};
use crate::tables::write::Write;
use crate::values::{Barcode, BookId, Card, Code, UserId};

/// What a code of the desk stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookOfCode {
    /// The book.
    pub book: BookId,
    /// The barcode of the copy, if the code is one.
    pub barcode: Option<Barcode>,
}

/// The items of barcodes and cards, for a function that has no other business in the Library table.
#[derive(Clone)]
pub struct Codes(Table);

/// The item that keeps a code unique.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Marker {
    pk: String,
    sk: String,
    /// The book whose copy has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) barcode: Option<BookId>,
    /// The reader whose card has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) card: Option<UserId>,
    /// When the number of an old card is free again, in seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_at: Option<i64>,
}

/// The sort key.
const CODE: &str = "code";

/// How long the number of an old card stays out of use.
pub(crate) const OLD_CARD_RETENTION: SignedDuration = SignedDuration::from_hours(365 * 24);

pub(super) fn code_key(code: &str) -> Key {
    Key::of(format!("code#{code}")).and(CODE)
}

impl Marker {
    pub(super) fn of_copy(barcode: &Barcode, book: BookId) -> Self {
        Marker { barcode: Some(book), ..Marker::new(barcode.as_str()) }
    }

    fn new(code: &str) -> Self {
        Marker { pk: format!("code#{code}"), sk: CODE.into(), barcode: None, card: None, expires_at: None }
    }
}

/// Returns the write that claims a code. If another thing has it, the refusal shows its [`Marker`].
pub(super) fn claim(table: &Table, marker: &Marker, now: Timestamp) -> Write {
    let put = table.put(marker).when("(attribute_not_exists(pk) OR expiresAt <= :now)");
    put.value(":now", now.as_second()).showing_item()
}

impl Codes {
    pub(crate) fn new(table: Table) -> Self {
        Codes(table)
    }

    /// Returns the write that gives a card to a user. It is refused if a copy or another card has the number.
    pub(crate) fn claim_card(&self, card: &str, user: UserId, now: Timestamp) -> Write {
        claim(&self.0, &Marker { card: Some(user), ..Marker::new(card) }, now)
    }

    /// Returns the key of the item that keeps a card unique.
    pub(crate) fn key_of_card(card: &Card) -> Key {
        code_key(card.as_str())
    }

    /// Returns the code of such an item, and the reader whose card it is; `None` if the code is free. Without a reader it is on a copy, or
    /// on an old card.
    pub(crate) fn holder(item: Item, now: Timestamp) -> Result<Option<(String, Option<UserId>)>> {
        let Marker { pk, card, expires_at, .. } = from_item(item)?;
        let is_free = expires_at.is_some_and(|end| end <= now.as_second());
        Ok(pk.strip_prefix("code#").filter(|_| !is_free).map(|code| (code.to_owned(), card)))
    }

    /// Returns whether a copy has the code of the item that refused the claim.
    pub(crate) fn is_of_a_copy(item: Item) -> Result<bool> {
        Ok(from_item::<Marker>(item)?.barcode.is_some())
    }

    /// Returns the write that takes a card away from a user, and makes its number free at once.
    pub(crate) fn release_card(&self, card: &str, user: UserId) -> Write {
        self.0.delete(code_key(card)).when("card = :user").value(":user", user)
    }

    /// Returns the write that takes a card away from a user. For a year nobody else gets its number, so that a card that was
    /// lost never names another reader.
    pub(crate) fn retire_card(&self, card: &str, user: UserId, now: Timestamp) -> Write {
        let expires_at = Some((now + OLD_CARD_RETENTION).as_second());
        let put = self.0.put(&Marker { expires_at, ..Marker::new(card) });
        put.when("card = :user").value(":user", user)
    }
}

impl Library {
    /// Returns the book that a code stands for; `None` if no book has it.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn book_of_code(&self, code: &Code) -> Result<Option<BookOfCode>> {
        let mut next = Some(code.clone());
        while let Some(code) = next {
            let book = match &code {
                Code::Book(book) => Some(*book),
                Code::Isbn(isbn) => self.holder_of_isbn(isbn, Strong).await?,
                Code::Number(number) => match self.table.get::<Marker>(code_key(number), Strong).await? {
                    Some(Marker { barcode: Some(book), .. }) => {
                        return Ok(Some(BookOfCode { book, barcode: number.parse().ok() }));
                    }
                    // It is a card.
                    Some(_) => return Ok(None),
                    None => None,
                },
            };
            if let Some(book) = book {
                return Ok(Some(BookOfCode { book, barcode: None }));
            }
            next = code.otherwise();
        }
        Ok(None)
    }
}
