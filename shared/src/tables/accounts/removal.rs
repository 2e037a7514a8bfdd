//! The end of an account.
//!
//! | question           | key                                             | call                            | units  |
//! |--------------------|-------------------------------------------------|---------------------------------|--------|
//! | forget a user      | user#u, login#n …, picture#u, reset#u, …        | one transaction over two tables | ≤ 18 W + 2 each KB of the picture |

use aws_sdk_dynamodb::types::{Delete, TransactWriteItem};

use super::user::{User, user_key};
use super::{logins, pictures, resets};
use crate::tables::journal::{Deed, Entry, Letter, Occasion};
use crate::tables::sessions::ending;
use crate::tables::table::{Result, Table, Transacted, number, string, transact};

/// Removes a user who was at `user.version`: profile, names, password, picture, sessions. Email and username are free
/// at once. False if the account was changed in between, or is gone already.
///
/// # Errors
/// When the tables cannot be written.
pub async fn remove(
    accounts: &Table,
    sessions: &Table,
    user: &User,
    occasion: &Occasion,
    letter: Option<Letter>,
) -> Result<bool> {
    let profile = Delete::builder()
        .table_name(&*accounts.name)
        .key("pk", string(user_key(user.id)))
        .condition_expression("version = :version")
        .expression_attribute_values(":version", number(user.version))
        .build()?;
    let mut items = vec![
        TransactWriteItem::builder().delete(profile).build(),
        pictures::delete(accounts, user.id)?,
        resets::discard(accounts, user.id)?,
        ending::removal(sessions, user.id)?,
        occasion.note(Entry::of_user(Deed::Deleted, user.id).with_letter(letter))?,
    ];
    for name in user.login_names() {
        items.push(logins::delete_login(accounts, &name)?);
    }
    Ok(matches!(transact(&accounts.client, items).await?, Transacted::Done))
}
