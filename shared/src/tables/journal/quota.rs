//! Quotas: how many letters an address gets in a day. Somebody may name another person's address, or make the library write
//! to it again and again.
//!
//! | question                    | key                     | call                    | units |
//! |-----------------------------|-------------------------|-------------------------|-------|
//! | may a letter be sent today  | letters#kind#day#hash   | UpdateItem, conditional | 2 W   |
//!
//! A letter that strangers can ask for is counted twice: for the network address that asked, and for all of them. An item has
//! the ids of a day's letters, so that a letter counts once however often it is tried. Only hashes of the addresses are stored.

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
use crate::values::{Address, Email};

/// How long the counts of a day are kept.
const KEPT: SignedDuration = SignedDuration::from_hours(48);

/// The letters that an address gets. Each kind has its own quota, so that one does not use up another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// To an address that nobody has proved: only letters whose link proves it.
    Unproved,
    /// A link to choose another password. Anybody can ask for it.
    Reset,
    /// About the account's security.
    Security,
    /// About books.
    Books,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Kind::Unproved => "unproved",
            Kind::Reset => "reset",
            Kind::Security => "security",
            Kind::Books => "books",
        }
    }

    /// The most letters of a day.
    fn most(self) -> usize {
        match self {
            Kind::Unproved => 6,
            Kind::Security => 20,
            Kind::Reset | Kind::Books => 30,
        }
    }

    /// The most of them that are sent because of one network address, where strangers can ask for them. So a stranger alone
    /// does not use up the letters that the owner of the address asks for.
    fn most_of_one(self) -> Option<usize> {
        match self {
            Kind::Unproved => Some(3),
            Kind::Reset => Some(10),
            Kind::Security | Kind::Books => None,
        }
    }
}

#[derive(Serialize)]
#[serde(transparent)]
struct Ids(#[serde(with = "serde_dynamo::string_set")] [String; 1]);

impl Journal {
    /// Counts a letter to an address, which was sent because of an action at the network address `from`. Returns false if
    /// the address has got as many today as it may. Idempotent.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn count_letter(
        &self,
        to: &Email,
        from: &Address,
        kind: Kind,
        letter: Uuid,
        now: Timestamp,
    ) -> Result<bool> {
        let day = now.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d").to_string();
        let of = |hash: Sha256| format!("letters#{}#{day}#{}", kind.name(), BASE64.encode(hash.finalize()));
        let address = Sha256::new_with_prefix(to.as_str());
        if let Some(most) = kind.most_of_one() {
            let of_one = of(address.clone().chain_update([0]).chain_update(from.as_str()));
            // Before the count of all: what one network address asks for in vain is no letter.
            if !self.count_in(of_one, most, letter, now).await? {
                return Ok(false);
            }
        }
        self.count_in(of(address), kind.most(), letter, now).await
    }

    async fn count_in(&self, key: String, most: usize, letter: Uuid, now: Timestamp) -> Result<bool> {
        let count = self.table.update(Key::of(key), "ADD letters :ids SET expiresAt = :expires");
        let count = count.when("(attribute_not_exists(letters) OR size(letters) < :most OR contains(letters, :id))");
        let count = count.value(":ids", Ids([letter.to_string()])).value(":id", letter.to_string());
        let count = count.value(":most", most).value(":expires", (now + KEPT).as_second());
        Ok(matches!(count.send().await?, Written::Done(_)))
    }
}
