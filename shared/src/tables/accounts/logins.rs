//! What proves that someone is who they say.
//!
//! | question                         | key                     | call                            | units |
//! |----------------------------------|-------------------------|---------------------------------|-------|
//! | who signs in by this name        | login#n, address#a#w    | BatchGetItem, strong            | 2 R   |
//! | how many failures of an address  | (the same call)         |                                 |       |
//! | one failure more                 | address#a#w             | UpdateItem                      | 1 W   |
//! | a new password                   | login#n …, user#u, …    | one transaction over two tables | ≤ 12 W |
//! | the same password, hashed better | login#n                 | UpdateItem                      | 1 W   |

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{Delete, KeysAndAttributes, TransactWriteItem, Update};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::resets;
use super::user::{self, User};
use crate::tables::journal::{Deed, Entry, Letter, Occasion};
use crate::tables::sessions::ending::{self, Ending};
use crate::tables::table::{
    Fault, Item, Result, Table, Transacted, from_item, number, put_new, string, to_item, transact,
};
use crate::values::{Address, UserId};

/// Failures that an address may have in [`WINDOW_SECONDS`].
pub const MOST_FAILURES_OF_AN_ADDRESS: u32 = 50;
/// How long an address's failures count together.
pub const WINDOW_SECONDS: i64 = 600;

/// A name to sign in with, as stored. It holds the password's hash and never leaves this module whole.
#[derive(Serialize, Deserialize)]
pub(crate) struct LoginRecord {
    pk: String,
    user: UserId,
    hash: String,
}

impl LoginRecord {
    pub(crate) fn new(name: &str, user: UserId, hash: &str) -> Self {
        LoginRecord { pk: login_key(name), user, hash: hash.to_owned() }
    }
}

/// What proves a user.
pub struct Login {
    /// Whose it is.
    pub user: UserId,
    /// The password's hash (PHC string).
    pub hash: String,
}

impl From<LoginRecord> for Login {
    fn from(record: LoginRecord) -> Login {
        Login { user: record.user, hash: record.hash }
    }
}

fn login_key(name: &str) -> String {
    format!("login#{name}")
}

fn address_key(address: &Address, now: Timestamp) -> String {
    format!("address#{}#{}", address.as_str(), now.as_second() / WINDOW_SECONDS)
}

/// What proves the user of that name, an address or a username in its folded form.
///
/// # Errors
/// When the table cannot be read.
pub async fn get(table: &Table, name: &str) -> Result<Option<Login>> {
    let found =
        table.client.get_item().table_name(&*table.name).key("pk", string(login_key(name))).consistent_read(true);
    let record: Option<LoginRecord> = found.send().await?.item.map(from_item).transpose()?;
    Ok(record.map(Login::from))
}

/// What proves the user of that name, and whether its address has failed too often to be heard. A name that nobody
/// can have is looked for all the same.
///
/// # Errors
/// When the table cannot be read.
pub async fn look_up(table: &Table, name: &str, address: &Address, now: Timestamp) -> Result<(Option<Login>, bool)> {
    let (login, failures) = (login_key(name), address_key(address, now));
    let key = |pk: &str| Item::from([("pk".to_owned(), string(pk))]);
    let keys = KeysAndAttributes::builder().keys(key(&login)).keys(key(&failures)).consistent_read(true).build()?;
    let batch = table.client.batch_get_item().request_items(&*table.name, keys).send().await?;
    if batch.unprocessed_keys.is_some_and(|keys| !keys.is_empty()) {
        return Err(Fault::Busy("the database leaves keys unprocessed".into()));
    }
    let (mut found, mut failed) = (None, 0);
    for item in batch.responses.unwrap_or_default().into_values().flatten() {
        if item.get("pk").is_some_and(|pk| *pk == string(&login)) {
            found = Some(Login::from(from_item::<LoginRecord>(item)?));
        } else {
            failed = from_item::<Failures>(item)?.failures;
        }
    }
    Ok((found, failed >= MOST_FAILURES_OF_AN_ADDRESS))
}

#[derive(Deserialize)]
struct Failures {
    failures: u32,
}

/// Counts a failure of an address.
///
/// # Errors
/// When the table cannot be written.
pub async fn count_failure(table: &Table, address: &Address, now: Timestamp) -> Result<()> {
    let update = table
        .client
        .update_item()
        .table_name(&*table.name)
        .key("pk", string(address_key(address, now)))
        .update_expression("ADD failures :one SET expiresAt = :end")
        .expression_attribute_values(":one", number(1))
        .expression_attribute_values(":end", number(now.as_second() + 2 * WINDOW_SECONDS));
    update.send().await?;
    Ok(())
}

/// A new password.
pub struct NewHash<'a> {
    /// Whose, as they were when they proved who they are.
    pub user: &'a User,
    /// The hash to store (PHC string).
    pub hash: &'a str,
    /// The reset that proves them, to be spent; without one it was the old password.
    pub reset: Option<Uuid>,
    /// The sessions to end.
    pub ending: Ending,
    /// Who did it, when and where.
    pub occasion: &'a Occasion,
    /// The letter that tells of it.
    pub letter: Option<Letter>,
}

/// Stores a new password under every name of the user, makes every reset void, and ends sessions, all at once. False
/// if the account was changed in between, or the reset is not the one that counts.
///
/// # Errors
/// When the tables cannot be written.
pub async fn replace_password(accounts: &Table, sessions: &Table, new: NewHash<'_>) -> Result<bool> {
    let NewHash { user, hash, reset, ending: end, occasion, letter } = new;
    let (what, reset) = match reset {
        Some(nonce) => (Deed::PasswordReset, resets::spend(accounts, user.id, nonce, occasion.at)?),
        None => (Deed::PasswordChanged, resets::discard(accounts, user.id)?),
    };
    let mut items = vec![reset, user::count_up(accounts, user.id, user.version)?];
    for name in user.login_names() {
        items.push(set_hash(accounts, &name, hash)?);
    }
    items.push(ending::write(sessions, user.id, &end, true)?);
    items.push(occasion.note(Entry::of_user(what, user.id).with_letter(letter))?);
    Ok(matches!(transact(&accounts.client, items).await?, Transacted::Done))
}

fn set_hash(table: &Table, name: &str, hash: &str) -> Result<TransactWriteItem> {
    let update = Update::builder()
        .table_name(&*table.name)
        .key("pk", string(login_key(name)))
        .update_expression("SET #hash = :hash")
        .condition_expression("attribute_exists(pk)")
        .expression_attribute_names("#hash", "hash")
        .expression_attribute_values(":hash", string(hash))
        .build()?;
    Ok(TransactWriteItem::builder().update(update).build())
}

/// Stores a better hash of the same password, unless it was changed in between.
///
/// # Errors
/// When the table cannot be written.
pub async fn replace_hash(table: &Table, name: &str, old: &str, new: &str) -> Result<()> {
    let update = table
        .client
        .update_item()
        .table_name(&*table.name)
        .key("pk", string(login_key(name)))
        .update_expression("SET #hash = :new")
        .condition_expression("#hash = :old")
        .expression_attribute_names("#hash", "hash")
        .expression_attribute_values(":old", string(old))
        .expression_attribute_values(":new", string(new));
    match update.send().await {
        Err(error)
            if !matches!(error.as_service_error(), Some(UpdateItemError::ConditionalCheckFailedException(_))) =>
        {
            Err(error.into())
        }
        _ => Ok(()),
    }
}

pub(crate) fn put_login(table: &Table, login: &LoginRecord) -> Result<TransactWriteItem> {
    put_new(table, to_item(login)?)
}

pub(crate) fn delete_login(table: &Table, name: &str) -> Result<TransactWriteItem> {
    let delete = Delete::builder().table_name(&*table.name).key("pk", string(login_key(name))).build()?;
    Ok(TransactWriteItem::builder().delete(delete).build())
}
