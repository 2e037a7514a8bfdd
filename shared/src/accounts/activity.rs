//! The activity log: who did what, when, from where. In the Accounts table, a row for each sign-in and each write.
//!
//! | question       | key          | call                               | units |
//! |----------------|--------------|------------------------------------|-------|
//! | note a deed    | activity#id  | a Put in the transaction of the deed | +2 W  |

use aws_sdk_dynamodb::types::TransactWriteItem;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::table::{Result, Table, put_new, to_item};
use crate::types::{Address, UserId};

const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);

/// The occasion of a deed: who, when, and from where.
#[derive(Debug, Clone)]
pub struct Occasion {
    /// Names it; sorts by time.
    pub id: Uuid,
    /// Who did it.
    pub who: UserId,
    /// When.
    pub at: Timestamp,
    /// From which address.
    pub from: Address,
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Deed {
    /// Registered.
    #[serde(rename = "user.registered")]
    Registered,
    /// Signed in.
    #[serde(rename = "user.signedIn")]
    SignedIn,
    /// Ended sessions.
    #[serde(rename = "user.signedOut")]
    SignedOut,
    /// Proved the address.
    #[serde(rename = "user.emailVerified")]
    EmailVerified,
    /// Chose a new password, knowing the old one.
    #[serde(rename = "user.passwordChanged")]
    PasswordChanged,
    /// Chose a new password with a letter.
    #[serde(rename = "user.passwordReset")]
    PasswordReset,
    /// Changed the profile.
    #[serde(rename = "user.changed")]
    Changed,
    /// Changed the username.
    #[serde(rename = "user.renamed")]
    Renamed,
    /// Changed or removed the picture.
    #[serde(rename = "user.pictureChanged")]
    PictureChanged,
    /// Changed what a user may do.
    #[serde(rename = "user.roleChanged")]
    RoleChanged,
    /// Deleted the account.
    #[serde(rename = "user.deleted")]
    Deleted,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Record<'a> {
    pk: String,
    who: UserId,
    what: Deed,
    /// Whom it was done to.
    whom: UserId,
    when: Timestamp,
    from: &'a Address,
    /// Seconds since 1970.
    expires_at: i64,
}

/// The write that notes what was done to `whom`.
///
/// # Errors
/// Never, unless a type's serialisation is wrong.
pub fn note(table: &Table, what: Deed, whom: UserId, occasion: &Occasion) -> Result<TransactWriteItem> {
    let record = Record {
        pk: format!("activity#{}", occasion.id),
        who: occasion.who,
        what,
        whom,
        when: occasion.at,
        from: &occasion.from,
        expires_at: (occasion.at + KEPT).as_second(),
    };
    put_new(table, to_item(&record)?)
}
