//! Letters: what goes out by mail. A part of the journal's row for the deed that calls for it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::tables::accounts::User;
use crate::tables::library::book::Title;
use crate::values::{Email, Name, UserId, Username};

/// A letter on its way. Written only when it is delivered; what must not be read in the table is not in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Letter {
    /// What it is about.
    pub subject: Subject,
    /// Whom it goes to.
    pub user: UserId,
    /// Their address and name, where whoever posts the letter knows them. Otherwise they are looked up when it is
    /// delivered: lending knows readers by their ids only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Addressee>,
}

/// Where a letter goes, and how to greet them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Addressee {
    /// The address.
    pub email: Email,
    /// A name to greet by, if they have one that can stand in a letter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
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
    /// A copy waits for a reader.
    Reserved {
        /// Of this book.
        title: Title,
        /// Until then.
        until: Timestamp,
    },
    /// A reader has a place in a queue.
    Queued {
        /// For this book.
        title: Title,
        /// Behind so many others, less one.
        place: u32,
    },
    /// A reader was next: a copy waits for them.
    Ready {
        /// Of this book.
        title: Title,
        /// Until then.
        until: Timestamp,
    },
    /// A copy has to come back soon.
    DueSoon {
        /// Of this book.
        title: Title,
        /// By then.
        due: Timestamp,
    },
    /// No letter at all: it stands where one would, so that the address of nobody is answered as anybody's.
    Nothing,
}

impl Letter {
    /// A letter to a user whose address is known; `None` where they have none.
    pub fn to(user: &User, subject: Subject) -> Option<Letter> {
        Some(Letter { subject, user: user.id, to: Some(Addressee::of(user)?) })
    }

    /// A letter to a reader of whom only the id is known.
    pub fn to_reader(user: UserId, subject: Subject) -> Letter {
        Letter { subject, user, to: None }
    }
}

impl Addressee {
    /// How to reach a user; `None` where they have no address.
    pub fn of(user: &User) -> Option<Addressee> {
        let names = [user.first_name.as_ref().map(Name::as_str), user.username.as_ref().map(Username::as_str)];
        let name = names.into_iter().flatten().find(|name| is_plain(name)).map(ToOwned::to_owned);
        Some(Addressee { email: user.email.clone()?, name })
    }
}

/// Whether a name can stand in a letter. Who registers with another's address writes to them what they please: no letter
/// of ours shall carry their links or their sentences.
fn is_plain(name: &str) -> bool {
    name.chars().count() <= 40 && name.chars().all(|letter| letter.is_alphabetic() || " -'\u{2019}".contains(letter))
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
