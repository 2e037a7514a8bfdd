//! Quotas: how many letters an address gets in a day. Somebody may name another person's address, or make the library write
//! to it again and again.
//!
//! | question                    | key                     | call                    | units |
//! |-----------------------------|-------------------------|-------------------------|-------|
//! | may a letter be sent today  | letters#kind#day#hash   | UpdateItem, conditional | 2 W   |
//!
//! An item has the ids of a day's letters, so that a letter counts once however often it is tried. Only the hash of the
//! address is stored.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::Journal;
use crate::tables::fault::Result;
use crate::tables::key::Key;
use crate::tables::write::Written;
use crate::values::Email;

/// How long the counts of a day are kept.
const KEPT: SignedDuration = SignedDuration::from_hours(48);

/// The letters that an address gets. Each kind has its own quota, so that one does not use up another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// To an address that nobody has proved: only letters whose link proves it.
    Unproved,
    /// About the account's security.
    Security,
    /// About books.
    Books,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Kind::Unproved => "unproved",
            Kind::Security => "security",
            Kind::Books => "books",
        }
    }

    /// The most letters of a day.
    fn most(self) -> usize {
        match self {
            Kind::Unproved => 3,
            Kind::Security => 20,
            Kind::Books => 30,
        }
    }
}

#[derive(Serialize)]
#[serde(transparent)]
struct Ids(#[serde(with = "serde_dynamo::string_set")] [String; 1]);

impl Journal {
    /// Counts a letter to an address. Returns false if the address has got as many today as it may. Idempotent.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn count_letter(&self, to: &Email, kind: Kind, letter: Uuid, now: Timestamp) -> Result<bool> {
        let day = now.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d").to_string();
        let address = BASE64.encode(Sha256::digest(to.as_str()));
        let key = Key::of(format!("letters#{}#{day}#{address}", kind.name()));
        let count = self.table.update(key, "ADD letters :ids SET expiresAt = :expires");
        let count = count.when("(attribute_not_exists(letters) OR size(letters) < :most OR contains(letters, :id))");
        let count = count.value(":ids", Ids([letter.to_string()])).value(":id", letter.to_string());
        let count = count.value(":most", kind.most()).value(":expires", (now + KEPT).as_second());
        Ok(matches!(count.send().await?, Written::Done(_)))
    }
}
