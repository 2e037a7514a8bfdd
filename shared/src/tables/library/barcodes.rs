//! Barcodes of copies: each names one book, and a book has up to a hundred.
//!
//! | question                           | key                           | call                         | units       |
//! |------------------------------------|-------------------------------|------------------------------|-------------|
//! | the barcodes of a book             | book#b, its barcodes          | BatchGetItem, strong         | ≤ 6 R       |
//! | which book has this barcode        | code#c, then book#b           | 2 GetItem                    | 1 R         |
//! | add one, or remove one             | book#b, its barcodes, code#c  | GetItem, one transaction     | 1 R, 10 W   |
//! | the next number for a label        | counter#barcodes              | UpdateItem                   | 1 W         |
//! | release those of a deleted book    | its barcodes, each code#c     | GetItem, a DeleteItem each   | 1 R, 1 W each |
//!
//! A book that is archived keeps its barcodes. After a deletion, dispatch releases them: a hundred of them and the book are
//! more than one transaction takes.

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};

use super::Library;
use super::book::{BOOK, Book, BookKey, Record, Store, book_key};
use super::books::{Edit, NotEdited, allowed};
use super::codes::{Marker, claim, code_key};
use super::idempotency::{Earlier, Request};
use crate::tables::fault::{Failure, Fault, Result, as_a_reader};
use crate::tables::journal::{Action, Entry};
use crate::tables::key::Key;
use crate::tables::sessions::Needs;
use crate::tables::table::Consistency::{Eventual, Strong};
use crate::tables::table::{Table, from_item, is_at};
use crate::tables::write::{Committed, Part, Refusal, Transaction, Write, Written};
use crate::values::{Barcode, BookId};

/// The most barcodes of a book.
const MOST: usize = 100;

/// The sort key of a book's barcodes.
pub(super) const BARCODES: &str = "barcodes";

/// The barcodes of a book. An empty set is not stored.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Barcodes {
    #[serde(default)]
    pub(super) codes: Vec<Barcode>,
    /// Whether they are those that the book brought along from a file.
    #[serde(default, rename = "ofFile")]
    pub(super) of_file: bool,
}

impl Barcodes {
    /// Returns the write of the barcodes of a new book of a file.
    pub(super) fn of(table: &Table, book: BookId, codes: &[Barcode]) -> Write {
        let mut item = barcodes_key(book).into_item();
        let codes = codes.iter().map(ToString::to_string).collect();
        item.insert("codes".to_owned(), AttributeValue::Ss(codes));
        item.insert("ofFile".to_owned(), AttributeValue::Bool(true));
        table.put_item(item)
    }
}

/// Why a copy got no barcode, or kept it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotLabelled {
    /// The book cannot be changed.
    Book(NotEdited),
    /// Another book has the barcode.
    BarcodeTaken,
    /// A reader's card has the number.
    CardTaken,
    /// The book has a hundred barcodes.
    TooMany,
    /// The book does not have this barcode.
    Absent,
    /// The Idempotency-Key was sent with another request.
    KeyReused,
}

pub(super) fn barcodes_key(book: BookId) -> Key {
    Key::of(BookKey(book)).and(BARCODES)
}

fn refused<T>(why: NotLabelled) -> Result<T, Failure<NotLabelled>> {
    Err(Failure::Refused(why))
}

/// Returns the record of a book of the catalogue, if the edit is permitted.
fn editable(record: Option<Record>, edit: &Edit<'_>) -> Result<Record, Failure<NotLabelled>> {
    allowed(record, Store::Books, edit).map_err(|failure| match failure {
        Failure::Refused(why) => Failure::Refused(NotLabelled::Book(why)),
        Failure::Fault(fault) => Failure::Fault(fault),
    })
}

/// A transaction about a book's barcodes, and the parts that may refuse it.
struct Labelling {
    transaction: Transaction,
    marker: Part,
    list: Part,
}

impl Library {
    /// Reads the barcodes of a book that the actor may edit, in their order.
    ///
    /// # Errors
    /// [`NotLabelled`]; a fault of the table.
    pub async fn list_barcodes(&self, book: BookId, edit: &Edit<'_>) -> Result<Vec<Barcode>, Failure<NotLabelled>> {
        let (mut record, mut codes) = (None, Vec::new());
        for item in self.table.get_batch(vec![book_key(book), barcodes_key(book)], Strong).await? {
            if is_at(&item, BOOK) {
                record = Some(from_item(item)?);
            } else {
                codes = from_item::<Barcodes>(item)?.codes;
            }
        }
        editable(record, edit)?;
        codes.sort();
        Ok(codes)
    }

    /// Reads the book with that barcode, if it is in that store.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn get_book_by_barcode(&self, barcode: &Barcode, store: Store) -> Result<Option<Book>> {
        match self.table.get::<Marker>(code_key(barcode.as_str()), Eventual).await? {
            Some(Marker { barcode: Some(book), .. }) => self.get_book(book, store).await,
            _ => Ok(None),
        }
    }

    /// Gives a book a barcode: this one, or the next one of the library's own series. If the book has it, nothing is written.
    /// If the same request was carried out before, returns the barcode that it added.
    ///
    /// # Errors
    /// [`NotLabelled`]; a fault of the tables.
    pub async fn add_barcode(
        &self,
        book: BookId,
        wanted: Option<&Barcode>,
        request: Option<&Request>,
        edit: &Edit<'_>,
    ) -> Result<Barcode, Failure<NotLabelled>> {
        let mut retry = self.retry();
        loop {
            let record = editable(self.book_record(book, Strong).await?, edit)?;
            let barcode = match wanted {
                Some(barcode) => barcode.clone(),
                None => self.next_barcode().await?,
            };
            let marker = claim(&self.table, &Marker::of_copy(&barcode, book), edit.actor.at);
            let list = "ADD codes :codes REMOVE ofFile";
            let list = self
                .table
                .update(barcodes_key(book), list)
                .when("(attribute_not_exists(codes) OR size(codes) < :most)");
            let mut labelling = self.labelling(&record, &barcode, marker, list.value(":most", MOST), edit);
            let remembered =
                request.map(|request| labelling.transaction.add(self.remember(request, &barcode, edit.actor.at)));
            let Some(refusal) = labelling.commit().await? else { return Ok(barcode) };
            if let (Some(request), Some(item)) = (request, remembered.and_then(|part| refusal.item(part))) {
                return match request.earlier(item.clone())? {
                    Earlier::Same(barcode) => Ok(barcode),
                    Earlier::Other => refused(NotLabelled::KeyReused),
                };
            }
            if let Some(taken) = refusal.item(labelling.marker) {
                match (from_item::<Marker>(taken.clone())?, wanted) {
                    // The next one of the series may be free.
                    (_, None) => {}
                    (Marker { barcode: Some(holder), .. }, Some(_)) if holder == book => return Ok(barcode),
                    (Marker { barcode: Some(_), .. }, Some(_)) => return refused(NotLabelled::BarcodeTaken),
                    (_, Some(_)) => return refused(NotLabelled::CardTaken),
                }
            } else if refusal.is_at(labelling.list) {
                return refused(NotLabelled::TooMany);
            }
            retry.again_or_busy().await?;
        }
    }

    /// Takes a barcode away from a book. A loan that was made with it stays as it is.
    ///
    /// # Errors
    /// [`NotLabelled`]; a fault of the tables.
    pub async fn remove_barcode(
        &self,
        book: BookId,
        barcode: &Barcode,
        edit: &Edit<'_>,
    ) -> Result<(), Failure<NotLabelled>> {
        let mut retry = self.retry();
        loop {
            let record = editable(self.book_record(book, Strong).await?, edit)?;
            let marker = self.release_barcode(barcode, book);
            let list = self.table.update(barcodes_key(book), "DELETE codes :codes REMOVE ofFile");
            let labelling = self.labelling(&record, barcode, marker, list, edit);
            let Some(refusal) = labelling.commit().await? else { return Ok(()) };
            if refusal.is_at(labelling.marker) {
                return refused(NotLabelled::Absent);
            }
            retry.again_or_busy().await?;
        }
    }

    /// Releases the barcodes of a book that has been deleted. A second call goes on.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn release_barcodes(&self, book: BookId) -> Result<()> {
        let Some(Barcodes { codes, .. }) = self.table.get(barcodes_key(book), Strong).await? else { return Ok(()) };
        for barcode in &codes {
            // A barcode that an earlier call has released may be another book's now.
            self.release_barcode(barcode, book).send().await?;
        }
        self.table.delete(barcodes_key(book)).send().await.map(drop)
    }

    pub(super) fn release_barcode(&self, barcode: &Barcode, book: BookId) -> Write {
        self.table.delete(code_key(barcode.as_str())).when("barcode = :book").value(":book", book)
    }

    /// Begins the transaction that changes a book's barcodes. It is refused if the book has changed: it may be deleted.
    fn labelling(&self, record: &Record, barcode: &Barcode, marker: Write, list: Write, edit: &Edit<'_>) -> Labelling {
        let codes = AttributeValue::Ss(vec![barcode.to_string()]);
        let title = Some(record.details.title.clone());
        let mut transaction = self.sessions.transaction(&edit.actor.on_what_is_of(record.owner, Needs::Librarian));
        transaction.add(self.check_book(record.pk, record.version));
        transaction.add(self.journal.put(edit.actor, Entry::of_book(Action::BookChanged, record.pk.0, title)));
        let marker = transaction.add(marker);
        let list = transaction.add(list.attribute(":codes", codes));
        Labelling { transaction, marker, list }
    }

    /// Returns the next barcode of the library's own series. If it is not used then, it is left out for ever.
    async fn next_barcode(&self) -> Result<Barcode> {
        #[derive(Deserialize)]
        struct Counter {
            last: u64,
        }
        let counter = self.table.update(Key::of("counter#barcodes").and("counter"), "ADD #last :one");
        let counter: Counter = match counter.name("#last", "last").value(":one", 1).send().await? {
            Written::Done(item) => from_item(item)?,
            Written::Refused(_) => unreachable!("the update has no condition"),
        };
        let barcode = Barcode::in_house(counter.last);
        barcode.ok_or_else(|| Fault::Broken("the library's own barcodes are used up".into()))
    }
}

impl Labelling {
    /// Carries out the transaction. Returns its refusal, if there is one.
    async fn commit(&self) -> Result<Option<Refusal>, Failure<NotLabelled>> {
        let not_yours = as_a_reader(NotLabelled::Book(NotEdited::NotYours));
        match self.transaction.commit().await.map_err(not_yours)? {
            Committed::Done => Ok(None),
            Committed::Refused(refusal) => Ok(Some(refusal)),
        }
    }
}
