//! Failed sign-ins of an account, counted in its item of the Sessions table.
//!
//! | question                | key              | call                      | units |
//! |-------------------------|------------------|---------------------------|-------|
//! | may one more be tried   | user#u, nobody#n | UpdateItem on a condition | ≤ 2 W |
//!
//! Counted before the password is hashed: a hundred parallel guesses must not buy a hundred hashes. Signing in forgets
//! the count ([`super::open`]). A name that nobody has is counted just so, under its hash.

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure;
use jiff::Timestamp;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::tables::table::{Fault, Result, Table, from_item, number, string};
use crate::values::UserId;

/// Failures in a row that cost nothing.
const FREE: u32 = 5;
/// The longest pause between two tries, in seconds (OWASP ASVS 5, 6.1.1: slow down, never lock out).
const LONGEST_PAUSE: i64 = 60;
/// How long the failures of a name that nobody has are remembered, in seconds.
const KEPT: i64 = 86_400;

/// Whose password is tried.
#[derive(Debug, Clone, Copy)]
pub enum Account<'a> {
    /// A user's.
    User(UserId),
    /// That of a name which nobody signs in with.
    Nobody(&'a str),
}

impl Account<'_> {
    fn key(self) -> String {
        match self {
            Account::User(user) => super::key(user),
            Account::Nobody(name) => {
                let hash = Sha256::digest(name);
                format!("nobody#{}", hash[..16].iter().map(|byte| format!("{byte:02x}")).collect::<String>())
            }
        }
    }
}

/// Whether the password may be tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attempt {
    /// It may; a failure has been counted, until it turns out to be none.
    Allowed,
    /// Not before so many seconds.
    TooSoon {
        /// How many.
        retry_after: i64,
    },
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Count {
    failures: u32,
    /// Seconds since 1970.
    retry_at: i64,
}

/// Counts one more try of an account's password, if it may be tried now.
///
/// # Errors
/// When the table cannot be written.
pub async fn count(table: &Table, account: Account<'_>, now: Timestamp) -> Result<Attempt> {
    let now = now.as_second();
    let mut seen = Count::default();
    // The first round takes it that nothing has failed. If something has, the refusal says what; the further rounds
    // are for tries in between, of which there can only be as many as are free.
    for _ in 0..=2 * FREE {
        if seen.failures >= FREE && seen.retry_at > now {
            return Ok(Attempt::TooSoon { retry_after: seen.retry_at - now });
        }
        let failures = seen.failures + 1;
        let pause = failures.checked_sub(FREE).map_or(0, |beyond| LONGEST_PAUSE.min(1_i64 << beyond.min(6)));
        let mut update = table
            .client
            .update_item()
            .table_name(&*table.name)
            .key("pk", string(account.key()))
            .expression_attribute_values(":failures", number(failures))
            .expression_attribute_values(":retryAt", number(now + pause))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let mut set = "SET failures = :failures, retryAt = :retryAt".to_owned();
        if let Account::Nobody(_) = account {
            set.push_str(", expiresAt = :end");
            update = update.expression_attribute_values(":end", number(now + KEPT));
        }
        let mut condition = if seen.failures == 0 {
            "attribute_not_exists(failures)".to_owned()
        } else {
            update = update.expression_attribute_values(":seen", number(seen.failures));
            "failures = :seen".to_owned()
        };
        if let Account::User(_) = account {
            condition.push_str(" AND attribute_exists(sessions)");
        }
        let error = match update.update_expression(set).condition_expression(condition).send().await {
            Ok(_) => return Ok(Attempt::Allowed),
            Err(error) => error,
        };
        let Some(UpdateItemError::ConditionalCheckFailedException(refusal)) = error.as_service_error() else {
            return Err(error.into());
        };
        match refusal.item.clone() {
            Some(item) => seen = from_item(item)?,
            // The account was deleted a moment ago: its password will prove nothing.
            None => return Ok(Attempt::Allowed),
        }
    }
    Err(Fault::Busy("an account's password is being tried too often at once".into()))
}
