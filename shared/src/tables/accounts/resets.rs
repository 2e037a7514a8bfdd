//! Lost passwords: the one reset that counts for each address.
//!
//! | question                        | key                              | call                            | units  |
//! |---------------------------------|----------------------------------|---------------------------------|--------|
//! | ask for a letter                | reset#u, limit#e, limit#a | one transaction             | 8 W    |
//! | is this reset the one           | reset#u                          | GetItem, strong                 | 1 R    |
//! | spend it                        | reset#u, login#n …               | part of the password's transaction | +2 W |
//!
//! A newer request overwrites the older, which is how it kills it. What the letter brings is made from the nonce with a
//! key that is in no table, so whoever reads this table cannot reset anything.

use aws_sdk_dynamodb::types::{Delete, Put, TransactWriteItem, Update};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::tables::journal::{Deed, Entry, Letter, Occasion};
use crate::tables::table::{Result, Table, Transacted, from_item, number, string, to_item, transact};
use crate::values::UserId;

/// How long a reset can be spent.
pub const LIFETIME: SignedDuration = SignedDuration::from_mins(10);
/// Letters that one account can be sent in an hour, and one address can ask for.
const MOST_OF_AN_ACCOUNT: u32 = 5;
const MOST_OF_AN_ADDRESS: u32 = 50;
const HOUR: i64 = 3_600;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    pk: String,
    nonce: Uuid,
    /// Seconds since 1970; DynamoDB deletes the item days later.
    expires_at: i64,
}

fn key(user: UserId) -> String {
    format!("reset#{user}")
}

/// What became of asking for a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Requested {
    /// It is on its way; or nothing is, which nobody can tell.
    Done,
    /// There were too many within this hour.
    TooMany {
        /// Seconds until the next hour begins.
        retry_after: i64,
    },
}

/// Makes the reset that `letter` tells of the one that counts, and posts it.
///
/// # Errors
/// When the table cannot be written.
pub async fn request(table: &Table, nonce: Uuid, letter: Letter, occasion: &Occasion) -> Result<Requested> {
    let (user, now) = (letter.user, occasion.at);
    let record = Record { pk: key(user), nonce, expires_at: (now + LIFETIME).as_second() };
    let put = Put::builder().table_name(&*table.name).set_item(Some(to_item(&record)?)).build()?;
    let items = vec![
        limit(table, &format!("reset#{user}"), MOST_OF_AN_ACCOUNT, now)?,
        limit(table, &format!("reset#{}", occasion.from.as_str()), MOST_OF_AN_ADDRESS, now)?,
        TransactWriteItem::builder().put(put).build(),
        occasion.note(Entry::of_user(Deed::ResetRequested, user).with_letter(Some(letter)))?,
    ];
    Ok(match transact(&table.client, items).await? {
        Transacted::Done => Requested::Done,
        Transacted::Refused(_) => Requested::TooMany { retry_after: HOUR - now.as_second().rem_euclid(HOUR) },
    })
}

/// Counts one more of `what` in this hour; refused where there were `most`.
fn limit(table: &Table, what: &str, most: u32, now: Timestamp) -> Result<TransactWriteItem> {
    let hour = now.as_second() / HOUR;
    let update = Update::builder()
        .table_name(&*table.name)
        .key("pk", string(format!("limit#{what}#{hour}")))
        .update_expression("ADD asked :one SET expiresAt = :end")
        .condition_expression("attribute_not_exists(asked) OR asked < :most")
        .expression_attribute_values(":one", number(1))
        .expression_attribute_values(":most", number(most))
        .expression_attribute_values(":end", number((hour + 2) * HOUR))
        .build()?;
    Ok(TransactWriteItem::builder().update(update).build())
}

/// Whether that is the reset that counts, and can still be spent.
///
/// # Errors
/// When the table cannot be read.
pub async fn is_current(table: &Table, user: UserId, nonce: Uuid, now: Timestamp) -> Result<bool> {
    let found = table.client.get_item().table_name(&*table.name).key("pk", string(key(user))).consistent_read(true);
    let record: Option<Record> = found.send().await?.item.map(from_item).transpose()?;
    Ok(record.is_some_and(|record| record.nonce == nonce && record.expires_at > now.as_second()))
}

/// The write that spends a reset: it fails where it is not the one that counts.
pub(crate) fn spend(table: &Table, user: UserId, nonce: Uuid, now: Timestamp) -> Result<TransactWriteItem> {
    let delete = Delete::builder()
        .table_name(&*table.name)
        .key("pk", string(key(user)))
        .condition_expression("nonce = :nonce AND expiresAt > :now")
        .expression_attribute_values(":nonce", string(nonce.to_string()))
        .expression_attribute_values(":now", number(now.as_second()))
        .build()?;
    Ok(TransactWriteItem::builder().delete(delete).build())
}

/// The write that makes every reset of a user void.
pub(crate) fn discard(table: &Table, user: UserId) -> Result<TransactWriteItem> {
    let delete = Delete::builder().table_name(&*table.name).key("pk", string(key(user))).build()?;
    Ok(TransactWriteItem::builder().delete(delete).build())
}
