//! Users: their profiles, and the names they sign in with.
//!
//! | question                       | key               | call                                 | units |
//! |--------------------------------|-------------------|--------------------------------------|-------|
//! | one user                       | user#u            | GetItem                              | 1 R   |
//! | the user of a name             | login#n, user#u   | 2 GetItem                            | 2 R   |
//! | all users, oldest first        | index users       | Query                                | 1 R a page |
//! | register                       | user#u, login#n … | one transaction over two tables      | ≤ 14 W |
//! | change a profile, a name       | user#u, login#n … | one transaction                      | ≤ 10 W |
//!
//! A name to sign in with, email or username, is an item of its own, `login#…`: it keeps the name unique and holds the
//! password's hash, so that signing in is one read by either name. A profile, `user#…`, holds no secret. Every change
//! of a name, a password or the profile counts the profile's version up: so no two of them cross.

use aws_sdk_dynamodb::types::{ConditionCheck, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::logins::{self, LoginRecord};
use crate::tables::journal::{Deed, Entry, Letter, Occasion};
use crate::tables::sessions::{self, UserSessions};
use crate::tables::table::{Result, Table, Transacted, from_item, number, put_new, string, to_item, transact};
use crate::values::{Email, Name, UserId, Username};

/// A user, as they see themselves.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// The user's id.
    pub id: UserId,
    /// The address they sign in with and get mail at.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub email: Option<Email>,
    /// Whether they have proved that the address is theirs.
    #[serde(default)]
    pub email_verified: bool,
    /// The name they sign in with and are known by.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub username: Option<Username>,
    /// Their first name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub first_name: Option<Name>,
    /// Their last name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub last_name: Option<Name>,
    /// When they registered.
    pub created_at: Timestamp,
    /// Counts the changes of the account; the `ETag`.
    #[serde(skip)]
    pub version: u64,
}

impl User {
    /// What they sign in with, in folded form.
    pub fn login_names(&self) -> Vec<String> {
        let email = self.email.as_ref().map(|email| email.as_str().to_owned());
        email.into_iter().chain(self.username.as_ref().map(Username::folded)).collect()
    }
}

/// A user as stored.
#[derive(Serialize, Deserialize)]
struct Record {
    pk: String,
    /// `user`, the partition of the index that lists them.
    kind: String,
    version: u64,
    #[serde(flatten)]
    user: User,
}

impl From<Record> for User {
    fn from(record: Record) -> User {
        User { version: record.version, ..record.user }
    }
}

pub(crate) fn user_key(user: UserId) -> String {
    format!("user#{user}")
}

/// The user of that id, as they are this moment.
///
/// # Errors
/// When the table cannot be read.
pub async fn get(table: &Table, id: UserId) -> Result<Option<User>> {
    let found = table.client.get_item().table_name(&*table.name).key("pk", string(user_key(id))).consistent_read(true);
    let record: Option<Record> = found.send().await?.item.map(from_item).transpose()?;
    Ok(record.map(User::from))
}

/// The user of that username.
///
/// # Errors
/// When the table cannot be read.
pub async fn get_by_username(table: &Table, username: &Username) -> Result<Option<User>> {
    match logins::get(table, &username.folded()).await? {
        Some(login) => get(table, login.user).await,
        None => Ok(None),
    }
}

/// Up to `limit` users who registered after `after`, oldest first, and whether there are more.
///
/// # Errors
/// When the table cannot be read.
pub async fn list(table: &Table, limit: usize, after: Option<UserId>) -> Result<(Vec<User>, bool)> {
    let start = after.map(|id| {
        [("kind", "user".to_owned()), ("pk", user_key(id))].map(|(name, value)| (name.to_owned(), string(value))).into()
    });
    let query = table
        .client
        .query()
        .table_name(&*table.name)
        .index_name("users")
        .key_condition_expression("kind = :user")
        .expression_attribute_values(":user", string("user"))
        .set_exclusive_start_key(start)
        .limit(i32::try_from(limit + 1).unwrap_or(i32::MAX));
    let mut users = Vec::new();
    for item in query.send().await?.items.unwrap_or_default() {
        users.push(User::from(from_item::<Record>(item)?));
    }
    let more = users.len() > limit;
    users.truncate(limit);
    Ok((users, more))
}

/// What became of a registration, or of a new name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    /// Done.
    Done,
    /// Somebody signs in by that address already.
    EmailTaken,
    /// Somebody signs in by that name already.
    UsernameTaken,
    /// The account was changed in between, or is gone.
    Stale,
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
    occasion: &Occasion,
    letter: Option<Letter>,
) -> Result<Named> {
    let mut items = vec![put_new(sessions, sessions::new_item(signed_in)?)?, put_user(accounts, user, None)?];
    for name in user.login_names() {
        items.push(logins::put_login(accounts, &LoginRecord::new(&name, user.id, hash))?);
    }
    items.push(occasion.note(Entry::of_user(Deed::Registered, user.id).with_letter(letter))?);
    match transact(&accounts.client, items).await? {
        Transacted::Done => Ok(Named::Done),
        Transacted::Refused(reasons) if user.email.is_some() && reasons.get(2).is_some_and(Option::is_some) => {
            Ok(Named::EmailTaken)
        }
        Transacted::Refused(_) => Ok(Named::UsernameTaken),
    }
}

/// Writes the changed profile of a user who was at `user.version`. False if the account was changed in between.
///
/// # Errors
/// When the table cannot be written.
pub async fn update(table: &Table, user: &User, what: Deed, occasion: &Occasion) -> Result<bool> {
    let items = vec![put_user(table, user, Some(user.version))?, occasion.note(Entry::of_user(what, user.id))?];
    Ok(matches!(transact(&table.client, items).await?, Transacted::Done))
}

/// Gives a user who was at `user.version` another username.
///
/// # Errors
/// When the table cannot be read or written.
pub async fn rename(table: &Table, user: &User, username: &Username, occasion: &Occasion) -> Result<Named> {
    // Any of their names has the hash; a change of the password in between would count the version up.
    let Some(name) = user.login_names().pop() else { return Ok(Named::Stale) };
    let Some(login) = logins::get(table, &name).await? else { return Ok(Named::Stale) };
    let old = user.username.as_ref().map(Username::folded);
    let renamed = User { username: Some(username.clone()), ..user.clone() };
    let mut items =
        vec![put_user(table, &renamed, Some(user.version))?, occasion.note(Entry::of_user(Deed::Renamed, user.id))?];
    // The same name in other letters is the same item.
    if old.as_ref() != Some(&username.folded()) {
        items.push(logins::put_login(table, &LoginRecord::new(&username.folded(), user.id, &login.hash))?);
        items.extend(old.map(|old| logins::delete_login(table, &old)).transpose()?);
    }
    Ok(match transact(&table.client, items).await? {
        Transacted::Done => Named::Done,
        Transacted::Refused(reasons) if reasons.first().is_some_and(Option::is_some) => Named::Stale,
        Transacted::Refused(_) => Named::UsernameTaken,
    })
}

/// Writes a profile: a new one, or the successor of the version `old`.
fn put_user(table: &Table, user: &User, old: Option<u64>) -> Result<TransactWriteItem> {
    let version = old.unwrap_or_default() + 1;
    let record = Record { pk: user_key(user.id), kind: "user".into(), version, user: user.clone() };
    let item = to_item(&record)?;
    let Some(old) = old else { return put_new(table, item) };
    let put = Put::builder().table_name(&*table.name).set_item(Some(item)).condition_expression("version = :old");
    let put = put.expression_attribute_values(":old", number(old));
    let put = put.return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::None).build()?;
    Ok(TransactWriteItem::builder().put(put).build())
}

/// Counts the version of an account up, which must be at `version`: for changes of its other items.
pub(crate) fn count_up(table: &Table, id: UserId, version: u64) -> Result<TransactWriteItem> {
    let update = Update::builder()
        .table_name(&*table.name)
        .key("pk", string(user_key(id)))
        .update_expression("SET version = version + :one")
        .condition_expression("version = :version")
        .expression_attribute_values(":one", number(1))
        .expression_attribute_values(":version", number(version))
        .build()?;
    Ok(TransactWriteItem::builder().update(update).build())
}

/// Fails where there is no such user any more.
pub(crate) fn still_there(table: &Table, id: UserId) -> Result<TransactWriteItem> {
    let check = ConditionCheck::builder().table_name(&*table.name).key("pk", string(user_key(id)));
    let check = check.condition_expression("attribute_exists(pk)").build()?;
    Ok(TransactWriteItem::builder().condition_check(check).build())
}
