//! Changes of a book: one conditional write, or a transaction where the ISBN moves.
//!
//! | question                    | key                     | call                              | units           |
//! |-----------------------------|-------------------------|-----------------------------------|-----------------|
//! | change a book               | book#b                  | UpdateItem on a condition         | 1 W + indexes   |
//! | change its ISBN             | book#b, isbn#old, #new  | the above, refused, + transaction | ≤ 7 W + indexes |

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{Put, ReturnValue, ReturnValuesOnConditionCheckFailure, TransactWriteItem};
use jiff::Timestamp;

use super::book::{BOOK, Book, BookPatch, NewBook, Record, Store, author_shelf, book_key, title_key};
use super::books::{Editor, Refused, Versions, allowed, claim_isbn, release_isbn};
use crate::table::{Fault, Item, Result, Table, Transacted, from_item, number, string, to_item, transact};
use crate::types::BookId;

/// Changes a book of `store`.
///
/// One conditional write does it, unless the ISBN changes: then the write is refused, having shown the book as it
/// is, and a transaction moves the ISBN with it.
///
/// # Errors
/// When the table cannot be written.
pub async fn update(
    table: &Table,
    id: BookId,
    store: Store,
    change: &BookPatch,
    editor: Editor,
    versions: Versions<'_>,
    now: Timestamp,
) -> Result<Result<Book, Refused>> {
    // Whoever did not name a version gets the change done even if another comes in between.
    for _ in 0..4 {
        let refusal = match write(table, id, store, change, editor, versions, now).await? {
            Ok(book) => return Ok(Ok(book)),
            Err(refusal) => refusal,
        };
        let record = match refuse(refusal, store, editor, versions)? {
            Ok(record) => record,
            Err(refused) => return Ok(Err(refused)),
        };
        match move_isbn(table, record, store, change, now).await? {
            Moved::Done(book) => return Ok(Ok(*book)),
            Moved::IsbnTaken => return Ok(Err(Refused::IsbnTaken)),
            Moved::TooLate => {}
        }
    }
    Err(Fault::Busy("the book keeps changing".into()))
}

/// The one conditional write. Refused, it gives the item as it stands.
async fn write(
    table: &Table,
    id: BookId,
    store: Store,
    change: &BookPatch,
    editor: Editor,
    versions: Versions<'_>,
    now: Timestamp,
) -> Result<Result<Book, Option<Item>>> {
    let mut condition = vec!["shelf = :shelf".to_owned()];
    let mut update = table
        .client
        .update_item()
        .table_name(&*table.name)
        .key("pk", string(book_key(id)))
        .key("sk", string(BOOK))
        .return_values(ReturnValue::AllNew)
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
        .expression_attribute_values(":shelf", string(store.shelf()));
    if !editor.is_admin {
        condition.push("#owner = :owner".into());
        update = update
            .expression_attribute_names("#owner", "owner")
            .expression_attribute_values(":owner", string(editor.user.to_string()));
    }
    if let Some(versions) = versions {
        let names: Vec<_> = (0..versions.len()).map(|at| format!(":version{at}")).collect();
        for (name, version) in names.iter().zip(versions) {
            update = update.expression_attribute_values(name, number(version));
        }
        // An empty list is no valid expression; a version that no book has is one that never matches.
        if names.is_empty() {
            condition.push("version < :one".into());
        } else {
            condition.push(format!("version IN ({})", names.join(", ")));
        }
    }
    match &change.isbn {
        None => {}
        Some(None) => condition.push("attribute_not_exists(isbn)".into()),
        Some(Some(isbn)) => {
            condition.push("isbn = :isbn".into());
            update = update.expression_attribute_values(":isbn", string(isbn.as_str()));
        }
    }
    match assign(update, id, store, change, now)?.condition_expression(condition.join(" AND ")).send().await {
        Ok(written) => {
            let record: Record = from_item(written.attributes.unwrap_or_default())?;
            Ok(Ok(record.into()))
        }
        Err(error) => match error.as_service_error() {
            Some(UpdateItemError::ConditionalCheckFailedException(refusal)) => Ok(Err(refusal.item.clone())),
            _ => Err(error.into()),
        },
    }
}

/// Says what `change` sets and removes, and what follows from it.
fn assign(
    update: UpdateItemFluentBuilder,
    id: BookId,
    store: Store,
    change: &BookPatch,
    now: Timestamp,
) -> Result<UpdateItemFluentBuilder> {
    // Each named field with its new value, NULL for those to remove.
    let mut fields: Item = to_item(change)?;
    fields.remove("isbn");
    if let Some(title) = &change.title {
        fields.insert("titleKey".into(), string(title_key(title.as_str(), id)));
    }
    if let Some(author) = &change.author {
        fields.insert("authorShelf".into(), string(author_shelf(store, author.as_str())));
    }
    let mut update = update
        .expression_attribute_values(":now", number(now.as_millisecond()))
        .expression_attribute_values(":one", number(1));
    let (mut sets, mut removes) =
        (vec!["updatedAt = :now".to_owned(), "version = version + :one".to_owned()], Vec::new());
    for (at, (name, value)) in fields.into_iter().enumerate() {
        update = update.expression_attribute_names(format!("#field{at}"), name);
        if value.is_null() {
            removes.push(format!("#field{at}"));
        } else {
            sets.push(format!("#field{at} = :field{at}"));
            update = update.expression_attribute_values(format!(":field{at}"), value);
        }
    }
    let remove = if removes.is_empty() { String::new() } else { format!(" REMOVE {}", removes.join(", ")) };
    Ok(update.update_expression(format!("SET {}{remove}", sets.join(", "))))
}

/// Why the write was refused. `Ok` means that nothing but the ISBN was in its way.
fn refuse(item: Option<Item>, store: Store, editor: Editor, versions: Versions<'_>) -> Result<Result<Record, Refused>> {
    let Some(item) = item else { return Ok(Err(Refused::Absent)) };
    let record: Record = from_item(item)?;
    Ok(allowed(record, store, editor, versions))
}

enum Moved {
    Done(Box<Book>),
    IsbnTaken,
    /// The book was changed in between.
    TooLate,
}

/// Writes the changed book and moves its ISBN, all or nothing.
async fn move_isbn(table: &Table, old: Record, store: Store, change: &BookPatch, now: Timestamp) -> Result<Moved> {
    let Some(new_isbn) = &change.isbn else { return Ok(Moved::TooLate) };
    let (id, version, old_isbn) = (old.id(), old.version, old.details.isbn.clone());
    if *new_isbn == old_isbn {
        return Ok(Moved::TooLate);
    }
    let record = apply(old, store, change, now);
    let mut items = vec![replace(table, &record, version)?];
    if let Some(isbn) = new_isbn {
        items.push(claim_isbn(table, isbn, id)?);
    }
    if let Some(isbn) = &old_isbn {
        items.push(release_isbn(table, isbn)?);
    }
    match transact(&table.client, items).await? {
        Transacted::Done => Ok(Moved::Done(Box::new(record.into()))),
        Transacted::Refused(reasons) if reasons.first().is_some_and(Option::is_some) => Ok(Moved::TooLate),
        Transacted::Refused(_) => Ok(Moved::IsbnTaken),
    }
}

/// The record as `change` leaves it.
fn apply(old: Record, store: Store, change: &BookPatch, now: Timestamp) -> Record {
    let id = old.id();
    let BookPatch { title, author, isbn, publication_year, country, language, pages, release_date, copies } =
        change.clone();
    let was = old.details;
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
    Record { version: old.version + 1, ..Record::new(id, details, old.owner, store, now) }
}

/// Writes `record` over the version `old`.
fn replace(table: &Table, record: &Record, old: u64) -> Result<TransactWriteItem> {
    let put = Put::builder()
        .table_name(&*table.name)
        .set_item(Some(to_item(record)?))
        .condition_expression("version = :old")
        .expression_attribute_values(":old", number(old));
    let put = put.build()?;
    Ok(TransactWriteItem::builder().put(put).build())
}
