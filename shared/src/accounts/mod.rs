//! The Accounts table: who there is and how they prove it. Only auth and users may read it.
//!
//! | question                       | key        | call                                   | units |
//! |--------------------------------|------------|----------------------------------------|-------|
//! | register                       | see below  | one transaction over two tables        | ≤ 8 W |
//! | who signs in by this name      | login#name | GetItem, strong                        | 1 R   |
//! | store a stronger hash          | login#name | UpdateItem on a condition              | 1 W   |
//! | one user                       | user#u     | GetItem                                | ½ R   |
//!
//! A name to sign in with, email or username, is an item of its own, `login#…`: it keeps the name unique and holds
//! the password's hash, so that signing in is one read by either name. A user's profile, `user#…`, holds no secret.

mod email;
mod username;

pub use email::Email;
pub use username::Username;

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::sessions::{self, UserSessions};
use crate::table::{Result, Table, Transacted, from_item, string, to_item, transact};
use crate::types::{Name, UserId};

/// A user, as they see themselves.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// The user's id.
    pub id: UserId,
    /// The address they sign in with and get mail at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<Email>,
    /// The name they sign in with and are known by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<Username>,
    /// Their first name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_name: Option<Name>,
    /// Their last name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_name: Option<Name>,
    /// When they registered.
    pub created_at: Timestamp,
}

/// A user as stored.
#[derive(Serialize, Deserialize)]
struct UserRecord {
    pk: String,
    version: u64,
    #[serde(flatten)]
    user: User,
}

/// A name to sign in with, as stored. It holds the password's hash and never leaves this module whole.
#[derive(Serialize, Deserialize)]
struct LoginRecord {
    pk: String,
    user: UserId,
    hash: String,
}

/// What proves that someone is who they say.
pub struct Login {
    /// Whose it is.
    pub user: UserId,
    /// The password's hash (PHC string).
    pub hash: String,
}

/// What became of a registration.
pub enum Registered {
    /// Done.
    Done,
    /// Somebody signs in by that address already.
    EmailTaken,
    /// Somebody signs in by that name already.
    UsernameTaken,
}

/// Registers `user`, who proves themselves with the password of `hash`, in the Accounts and the Sessions table at
/// once: there is never a user without a role, nor a name that nobody owns.
///
/// # Errors
/// When the tables cannot be written.
pub async fn register(
    accounts: &Table,
    sessions: &Table,
    user: &User,
    hash: &str,
    signed_in: &UserSessions,
) -> Result<Registered> {
    let profile = UserRecord { pk: user_key(user.id), version: 1, user: user.clone() };
    let mut items = vec![put(sessions, sessions::new_item(signed_in)?)?, put(accounts, to_item(&profile)?)?];
    let email = user.email.as_ref().map(|email| email.as_str().to_owned());
    let username = user.username.as_ref().map(Username::folded);
    for name in [&email, &username].into_iter().flatten() {
        let login = LoginRecord { pk: login_key(name), user: user.id, hash: hash.to_owned() };
        items.push(put(accounts, to_item(&login)?)?);
    }
    match transact(&accounts.client, items).await? {
        Transacted::Done => Ok(Registered::Done),
        Transacted::Refused(reasons) if email.is_some() && reasons.get(2).is_some_and(Option::is_some) => {
            Ok(Registered::EmailTaken)
        }
        Transacted::Refused(_) => Ok(Registered::UsernameTaken),
    }
}

/// Writes an item that must not be there yet.
fn put(table: &Table, item: crate::table::Item) -> Result<TransactWriteItem> {
    let put = Put::builder()
        .table_name(&*table.name)
        .set_item(Some(item))
        .condition_expression("attribute_not_exists(pk)")
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::None)
        .build();
    let put = put.map_err(|error| crate::table::Fault::Broken(error.into()))?;
    Ok(TransactWriteItem::builder().put(put).build())
}

/// What proves the user of that name, an address or a username in its folded form.
///
/// # Errors
/// When the table cannot be read.
pub async fn login(table: &Table, name: &str) -> Result<Option<Login>> {
    let found =
        table.client.get_item().table_name(&*table.name).key("pk", string(login_key(name))).consistent_read(true);
    let record: Option<LoginRecord> = found.send().await?.item.map(from_item).transpose()?;
    Ok(record.map(|record| Login { user: record.user, hash: record.hash }))
}

fn user_key(user: UserId) -> String {
    format!("user#{user}")
}

fn login_key(name: &str) -> String {
    format!("login#{name}")
}

/// Puts the hash `new` in the place of `old` under that name. If another has taken its place by now, that one stays.
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
