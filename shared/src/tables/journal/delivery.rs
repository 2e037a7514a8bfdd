//! Which letters have been sent.
//!
//! | question                   | key      | call            | units |
//! |----------------------------|----------|-----------------|-------|
//! | what became of a letter    | entry#id | GetItem, strong | 1 R   |
//! | record what became of it   | entry#id | UpdateItem      | 1 W   |
//!
//! Nobody may get a letter twice, and no transaction spans this table and the mail service. So a letter that was handed
//! over without an answer counts as uncertain and is never sent again: a person has to look. Only a process that ends
//! between the mail service's answer and the record of it sends a letter once more.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Journal;
use super::entry::RowKey;
use crate::tables::fault::Result;
use crate::tables::key::Key;
use crate::tables::table::Consistency::Strong;

/// What became of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Delivery {
    /// Nothing yet.
    #[serde(skip)]
    Due,
    /// It has been handed to the mail service.
    Sent,
    /// It has been handed over without an answer: it is unknown whether the mail service has it.
    Uncertain,
    /// The row has expired: the letter is not sent any more.
    #[serde(skip)]
    Void,
}

#[derive(Deserialize)]
struct Record {
    mail: Option<Delivery>,
}

impl Journal {
    /// What became of the letter of a row.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn delivery(&self, id: Uuid) -> Result<Delivery> {
        let record: Option<Record> = self.table.get(Key::of(RowKey(id)), Strong).await?;
        Ok(record.map_or(Delivery::Void, |record| record.mail.unwrap_or(Delivery::Due)))
    }

    /// Records what became of the letter of a row. Does nothing if the row has expired.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn record_delivery(&self, id: Uuid, delivery: Delivery) -> Result<()> {
        let update = self.table.update(Key::of(RowKey(id)), "SET mail = :mail").value(":mail", delivery);
        update.if_exists().send().await?;
        Ok(())
    }
}
