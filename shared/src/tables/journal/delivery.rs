//! Deliveries: the outcome of sending a letter.
//!
//! | question                   | key      | call                    | units |
//! |----------------------------|----------|-------------------------|-------|
//! | may a letter be sent now   | entry#id | UpdateItem, conditional | 1 W   |
//! | it was not sent after all  | entry#id | UpdateItem              | 1 W   |
//! | record the delivery        | entry#id | UpdateItem              | 1 W   |
//!
//! No letter may be sent twice, and no transaction spans this table and the mail service. So a letter for which the
//! mail service did not answer is recorded as uncertain and not sent again: an operator must check it. A letter is sent
//! twice only if the process ends between the mail service's answer and the record of it, or the database cannot take that record.
//!
//! Two runs may have the same row at once: a rule of EventBridge may call its target more than once
//! (<https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-troubleshooting.html>), and a run that takes long is still under way
//! when the next one begins. So a run claims a letter before it sends it.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Journal;
use super::entry::RowKey;
use crate::tables::fault::Result;
use crate::tables::key::Key;
use crate::tables::table::from_item;
use crate::tables::write::Written;

/// How long a claim is good for: longer than a run of `dispatch` may take (its `Timeout` in template.yaml), and clocks differ.
const CLAIM: SignedDuration = SignedDuration::from_mins(5);

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
    /// Another run sends it, and has until then.
    #[serde(skip)]
    UnderWay(Timestamp),
    /// The row has expired, so the letter is not sent any more.
    #[serde(skip)]
    Void,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    mail: Option<Delivery>,
    /// Seconds since 1970.
    claimed_until: Option<i64>,
}

impl Journal {
    /// Claims a row's letter, so that no other run sends it. `Due` if it is the caller's to send now; else what became of it.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn claim_delivery(&self, id: Uuid, now: Timestamp) -> Result<Delivery> {
        let claim = self.table.update(Key::of(RowKey(id)), "SET claimedUntil = :until").if_exists();
        let claim = claim.when("attribute_not_exists(mail)");
        let claim = claim.when("(attribute_not_exists(claimedUntil) OR claimedUntil < :now)");
        let claim = claim.value(":until", (now + CLAIM).as_second()).value(":now", now.as_second());
        let item = match claim.send_once().await? {
            Written::Done(_) => return Ok(Delivery::Due),
            Written::Refused(None) => return Ok(Delivery::Void),
            Written::Refused(Some(item)) => item,
        };
        let Record { mail, claimed_until } = from_item(item)?;
        let until = claimed_until.and_then(|second| Timestamp::from_second(second).ok());
        Ok(mail.unwrap_or(Delivery::UnderWay(until.unwrap_or(now))))
    }

    /// Gives a claim of that time up: the letter was not sent, and may be at once.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn release_delivery(&self, id: Uuid, claimed_at: Timestamp) -> Result<()> {
        let release = self.table.update(Key::of(RowKey(id)), "REMOVE claimedUntil").when("claimedUntil = :until");
        release.value(":until", (claimed_at + CLAIM).as_second()).send().await?;
        Ok(())
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
