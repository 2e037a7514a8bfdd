//! Deliveries: the outcome of sending a letter.
//!
//! | question                   | key      | call            | units |
//! |----------------------------|----------|-----------------|-------|
//! | was a letter sent          | entry#id | GetItem, strong | 1 R   |
//! | record the delivery        | entry#id | UpdateItem      | 1 W   |
//!
//! No letter may be sent twice, and no transaction spans this table and the mail service. So a letter for which the
//! mail service did not answer is recorded as uncertain and not sent again: an operator must check it. A letter is sent
//! twice only if the process ends between the mail service's answer and the record of it.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Journal;
use super::entry::RowKey;
use crate::tables::fault::Result;
use crate::tables::key::Key;
use crate::tables::table::Consistency::Strong;

/// The outcome of sending a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Delivery {
    /// The letter has not been sent yet.
    #[serde(skip)]
    Due,
    /// The mail service has accepted it.
    Sent,
    /// The mail service did not answer: it may have accepted the letter.
    Uncertain,
    /// The row has expired, so the letter is not sent any more.
    #[serde(skip)]
    Void,
}

#[derive(Deserialize)]
struct Record {
    mail: Option<Delivery>,
}

impl Journal {
    /// Reads the delivery of a row's letter.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn delivery(&self, id: Uuid) -> Result<Delivery> {
        let record: Option<Record> = self.table.get(Key::of(RowKey(id)), Strong).await?;
        Ok(record.map_or(Delivery::Void, |record| record.mail.unwrap_or(Delivery::Due)))
    }

    /// Records the delivery of a row's letter. Does nothing if the row has expired.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn record_delivery(&self, id: Uuid, delivery: Delivery) -> Result<()> {
        let update = self.table.update(Key::of(RowKey(id)), "SET mail = :mail").value(":mail", delivery);
        update.if_exists().send().await?;
        Ok(())
    }
}
