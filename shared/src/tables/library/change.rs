//! Changes of a book.
//!
//! | question          | key                                 | call                           | units               |
//! |-------------------|-------------------------------------|--------------------------------|---------------------|
//! | change a book     | book#b                              | Query, strong; one transaction | 1 R, 4 W + indexes  |
//! | … and its ISBN    | also isbn#old, isbn#new             | the same                       | 1 R, ≤ 8 W + indexes |
//! | … and its copies  | also its lending                    | the same                       | 1 R, 6 W + indexes  |

use jiff::Timestamp;

use super::book::{Book, BookPatch, NewBook, Record, Store};
use super::books::{Edit, Refused, allowed, claim_isbn, release_isbn, replace};
use super::lending::copies::recount;
use super::lending::desk::{self, Tries};
use crate::tables::journal::{Deed, Entry};
use crate::tables::table::{Result, Table, Transacted, transact};
use crate::values::BookId;

/// Changes one of the current books.
///
/// # Errors
/// When the table cannot be read or written.
pub async fn update(table: &Table, id: BookId, change: &BookPatch, edit: &Edit<'_>) -> Result<Result<Book, Refused>> {
    // Whoever did not name a version gets the change done even if another comes in between.
    let mut tries = Tries::default();
    loop {
        let (Some(record), lending) = desk::book(table, id).await? else { return Ok(Err(Refused::Absent)) };
        let old = match allowed(record, Store::Books, edit) {
            Ok(record) => record,
            Err(refused) => return Ok(Err(refused)),
        };
        let new = apply(&old, change, edit.occasion.at);
        let title = new.details.title.clone();
        let mut items = vec![
            replace(table, &new, old.version)?,
            edit.occasion.note(Entry::of_book(Deed::BookChanged, id, Some(title)))?,
        ];
        if new.details.copies != old.details.copies {
            let counted = recount(table, id, lending.as_ref(), new.copies())?;
            let Some(counted) = counted else { return Ok(Err(Refused::InUse)) };
            items.push(counted);
        }
        // The last, so that a refusal tells whether it is in the way.
        if new.details.isbn != old.details.isbn {
            items.extend(old.details.isbn.as_ref().map(|isbn| release_isbn(table, isbn)).transpose()?);
            items.extend(new.details.isbn.as_ref().map(|isbn| claim_isbn(table, isbn, id)).transpose()?);
        }
        let claims = new.details.isbn.is_some() && new.details.isbn != old.details.isbn;
        match transact(&table.client, items).await? {
            Transacted::Done => return Ok(Ok(new.into())),
            Transacted::Refused(reasons) => {
                let crossed = reasons.first().is_some_and(Option::is_some);
                if !crossed && claims && reasons.last().is_some_and(Option::is_some) {
                    return Ok(Err(Refused::IsbnTaken));
                }
            }
        }
        tries.again().await?;
    }
}

/// The record as `change` leaves it.
fn apply(old: &Record, change: &BookPatch, now: Timestamp) -> Record {
    let BookPatch { title, author, isbn, publication_year, country, language, pages, release_date, copies } =
        change.clone();
    let was = old.details.clone();
    let details = NewBook {
        title: title.unwrap_or(was.title),
        author: author.unwrap_or(was.author),
        isbn: isbn.unwrap_or(was.isbn),
        publication_year: publication_year.unwrap_or(was.publication_year),
        country: country.unwrap_or(was.country),
        language: language.unwrap_or(was.language),
        pages: pages.unwrap_or(was.pages),
        release_date: release_date.unwrap_or(was.release_date),
        copies: copies.unwrap_or(was.copies),
    };
    Record { version: old.version + 1, ..Record::new(old.id(), details, old.owner, Store::Books, now) }
}
