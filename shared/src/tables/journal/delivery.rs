//! Which letters have been sent.
//!
//! | question                 | key      | call            | units |
//! |--------------------------|----------|-----------------|-------|
//! | what became of a letter  | entry#id | GetItem, strong | 1 R   |
//! | it has been sent         | entry#id | UpdateItem      | 1 W   |
//!
//! Nobody shall get a letter twice, and no transaction reaches from this table to the mail service. So what was handed over
//! and not answered for counts as uncertain, and is never sent again: a person has to look. Only a process that ends
//! between the mail service's answer and the note of it leaves a letter that is sent once more.

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::entry::key;
use crate::tables::table::{Result, Table, from_item, string};

/// What became of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Delivery {
    /// Nothing yet.
    #[serde(skip)]
    Due,
    /// It has been handed to the mail service.
    Sent,
    /// It has been handed over, and no answer came: nobody knows whether it arrived there.
    Uncertain,
    /// There is nobody to send it to any more: the row has expired.
    #[serde(skip)]
    Void,
}

#[derive(Deserialize)]
struct Record {
    mail: Option<Delivery>,
}

/// What became of the letter of a row.
///
/// # Errors
/// When the table cannot be read.
pub async fn get(journal: &Table, id: Uuid) -> Result<Delivery> {
    let found = journal.client.get_item().table_name(&*journal.name).key("pk", string(key(id))).consistent_read(true);
    let record: Option<Record> =
        found.projection_expression("pk, mail").send().await?.item.map(from_item).transpose()?;
    Ok(record.map_or(Delivery::Void, |record| record.mail.unwrap_or(Delivery::Due)))
}

/// Notes what became of the letter of a row.
///
/// # Errors
/// When the table cannot be written.
pub async fn note(journal: &Table, id: Uuid, delivery: Delivery) -> Result<()> {
    let update = journal
        .client
        .update_item()
        .table_name(&*journal.name)
        .key("pk", string(key(id)))
        .update_expression("SET mail = :mail")
        .condition_expression("attribute_exists(pk)")
        .expression_attribute_values(":mail", serde_dynamo::to_attribute_value(delivery)?);
    match update.send().await {
        Ok(_) => Ok(()),
        Err(error) => match error.as_service_error() {
            // The row has expired.
            Some(UpdateItemError::ConditionalCheckFailedException(_)) => Ok(()),
            _ => Err(error.into()),
        },
    }
}
