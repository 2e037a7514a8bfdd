//! Books that move between the two stores, books and old books.
//!
//! | question                | key    | call                            | units                 |
//! |-------------------------|--------|---------------------------------|-----------------------|
//! | archive a book, restore | book#b | GetItem, strong; UpdateItem     | 1 R, 1 W + 2 an index |
//!
//! The book's own item stays where it is, and with it the favorites that point to it; what changes are the partitions that
//! list it. So one conditional write moves it, and it is never in both stores, nor in none.

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::ReturnValue;
use jiff::Timestamp;

use super::book::{BOOK, Book, Record, Store, author_shelf, book_key, owner_shelf};
use super::books::{Editor, Refused, Versions, allowed, record};
use crate::table::{Fault, Result, Table, from_item, number, string};
use crate::types::BookId;

/// Moves a book from one store to the other.
///
/// # Errors
/// When the table cannot be read or written.
pub async fn transfer(
    table: &Table,
    id: BookId,
    from: Store,
    to: Store,
    editor: Editor,
    versions: Versions<'_>,
    now: Timestamp,
) -> Result<Result<Book, Refused>> {
    // Whoever did not name a version gets it moved even if it is changed in between.
    for _ in 0..4 {
        let Some(record) = record(table, id, true).await? else { return Ok(Err(Refused::Absent)) };
        let record = match allowed(record, from, editor, versions) {
            Ok(record) => record,
            Err(refused) => return Ok(Err(refused)),
        };
        let update = table
            .client
            .update_item()
            .table_name(&*table.name)
            .key("pk", string(book_key(id)))
            .key("sk", string(BOOK))
            .update_expression(
                "SET shelf = :shelf, authorShelf = :author, ownerShelf = :owner, updatedAt = :now, version = version + :one",
            )
            .condition_expression("version = :version")
            .expression_attribute_values(":shelf", string(to.shelf()))
            .expression_attribute_values(":author", string(author_shelf(to, record.details.author.as_str())))
            .expression_attribute_values(":owner", string(owner_shelf(to, record.owner)))
            .expression_attribute_values(":now", number(now.as_millisecond()))
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":version", number(record.version))
            .return_values(ReturnValue::AllNew);
        match update.send().await {
            Ok(moved) => {
                let record: Record = from_item(moved.attributes.unwrap_or_default())?;
                return Ok(Ok(record.into()));
            }
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(_)) => {}
                _ => return Err(error.into()),
            },
        }
    }
    Err(Fault::Busy("the book keeps changing".into()))
}
