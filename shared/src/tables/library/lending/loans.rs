//! What a reader has reserved or borrowed, in one item: a book once, and not too many.

use aws_sdk_dynamodb::types::{ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update};

use crate::tables::table::{Item, Result, Table, number, string};
use crate::values::{BookId, ReservationId, UserId};

/// A reader has at most so many reservations at once, from reserving to bringing the copy back.
pub(super) const MOST: u32 = 10;

const HELD: &str = "held";
const PREFIX: &str = "book#";

fn key(reader: UserId) -> Item {
    Item::from([("pk".to_owned(), string(format!("user#{reader}"))), ("sk".to_owned(), string("loans"))])
}

fn attribute(book: BookId) -> String {
    format!("{PREFIX}{book}")
}

/// The write that adds a reservation. Refused, it gives the item, which [`Full::of`] explains.
pub(super) fn add(table: &Table, reader: UserId, id: ReservationId) -> Result<TransactWriteItem> {
    let update = Update::builder()
        .table_name(&*table.name)
        .set_key(Some(key(reader)))
        .update_expression("SET #book = :id, #held = if_not_exists(#held, :none) + :one")
        .condition_expression("attribute_not_exists(#book) AND (attribute_not_exists(#held) OR #held < :most)")
        .expression_attribute_names("#book", attribute(id.book))
        .expression_attribute_names("#held", HELD)
        .expression_attribute_values(":id", string(id.to_string()))
        .expression_attribute_values(":none", number(0))
        .expression_attribute_values(":one", number(1))
        .expression_attribute_values(":most", number(MOST))
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
        .build()?;
    Ok(TransactWriteItem::builder().update(update).build())
}

/// The write that takes a reservation out.
pub(super) fn remove(table: &Table, reader: UserId, id: ReservationId) -> Result<TransactWriteItem> {
    let update = Update::builder()
        .table_name(&*table.name)
        .set_key(Some(key(reader)))
        .update_expression("SET #held = #held - :one REMOVE #book")
        .condition_expression("#book = :id")
        .expression_attribute_names("#book", attribute(id.book))
        .expression_attribute_names("#held", HELD)
        .expression_attribute_values(":id", string(id.to_string()))
        .expression_attribute_values(":one", number(1))
        .build()?;
    Ok(TransactWriteItem::builder().update(update).build())
}

/// Why no reservation can be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Full {
    /// The reader has reserved or borrowed this book already.
    ThisBook,
    /// They have as many as they may.
    Altogether,
}

impl Full {
    pub(super) fn of(item: &Item, book: BookId) -> Self {
        if item.contains_key(&attribute(book)) { Full::ThisBook } else { Full::Altogether }
    }
}

/// What a reader has reserved or borrowed, in no particular order.
pub(super) async fn list(table: &Table, reader: UserId) -> Result<Vec<ReservationId>> {
    let found = table.client.get_item().table_name(&*table.name).set_key(Some(key(reader))).consistent_read(true);
    let item = found.send().await?.item.unwrap_or_default();
    let of_books = item.into_iter().filter(|(name, _)| name.starts_with(PREFIX));
    Ok(of_books.filter_map(|(_, id)| id.as_s().ok()?.parse().ok()).collect())
}
