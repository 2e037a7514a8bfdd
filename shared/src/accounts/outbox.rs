//! Letters to be sent, in the Accounts table.
//!
//! | question            | key        | call                                       | units |
//! |---------------------|------------|--------------------------------------------|-------|
//! | send this letter    | outbox#id  | a Put in the transaction that calls for it | +2 W  |
//!
//! A letter is posted by the very transaction that it tells of: none is sent for what did not happen, none is lost for
//! what did. Who delivers them follows the table's stream; the rows expire after a week.

use aws_sdk_dynamodb::types::TransactWriteItem;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Email, User, Username};
use crate::table::{Result, Table, put_new, to_item};
use crate::types::{Name, UserId};

const KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);

/// A letter on its way. Rendered only when it is delivered; what must not be read in the table is not in it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Letter {
    /// Names it, so that it is delivered once.
    pub id: Uuid,
    /// What it is about.
    pub subject: Subject,
    /// Where it goes.
    pub to: Email,
    /// How to greet them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whom it is about.
    pub user: UserId,
    /// When it was posted.
    pub posted_at: Timestamp,
}

/// What a letter is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "about")]
pub enum Subject {
    /// A new user, who is asked to prove the address.
    Welcome,
    /// A lost password. The token itself is sealed when the letter is written: the nonce alone is worth nothing.
    Reset {
        /// Names the one request that counts.
        nonce: Uuid,
    },
    /// The password has been changed, or reset.
    PasswordChanged,
    /// The account is gone.
    Farewell,
    /// No letter at all: it stands where one would, so that the address of nobody is answered as anybody's.
    Nothing,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Record<'a> {
    pk: String,
    letter: &'a Letter,
    /// Seconds since 1970.
    expires_at: i64,
}

impl Letter {
    /// A letter to a user; `None` where they have no address.
    pub fn to(user: &User, subject: Subject, id: Uuid, now: Timestamp) -> Option<Letter> {
        let names = [user.first_name.as_ref().map(Name::as_str), user.username.as_ref().map(Username::as_str)];
        let name = names.into_iter().flatten().find(|name| is_plain(name)).map(ToOwned::to_owned);
        Some(Letter { id, subject, to: user.email.clone()?, name, user: user.id, posted_at: now })
    }
}

/// Whether a name can stand in a letter. Who registers with another's address writes to them what they please: no letter
/// of ours shall carry their links or their sentences.
fn is_plain(name: &str) -> bool {
    name.chars().count() <= 40 && name.chars().all(|letter| letter.is_alphabetic() || " -'\u{2019}".contains(letter))
}

/// The write that posts a letter.
pub(crate) fn post(table: &Table, letter: &Letter) -> Result<TransactWriteItem> {
    let expires_at = (letter.posted_at + KEPT).as_second();
    put_new(table, to_item(&Record { pk: format!("outbox#{}", letter.id), letter, expires_at })?)
}

#[cfg(test)]
mod tests {
    use super::is_plain;

    #[test]
    fn a_letter_greets_by_name_and_carries_no_strangers_links() {
        for name in ["Jane", "Anne-Marie O\u{2019}Neill", "Ирина", "王小明"] {
            assert!(is_plain(name), "{name}");
        }
        for name in ["evil.example", "Win at https://evil.example", "<b>Jane</b>", "jane.doe", &"Jane ".repeat(9)] {
            assert!(!is_plain(name), "{name}");
        }
    }
}
