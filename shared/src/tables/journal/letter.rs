//! Letters: what is sent by mail. A letter is a part of the journal's row for the action that causes it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::values::{Email, Name, Title, UserId, Username};

/// A letter to be sent. Its text is rendered when it is delivered; secrets are not in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Letter {
    /// What it is about.
    pub subject: Subject,
    /// Whom it goes to.
    pub user: UserId,
    /// Their address and name, if the function that records the letter knows them. Otherwise they are looked up when the
    /// letter is delivered: lending knows readers by their ids only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Addressee>,
}

/// Where a letter goes, and how to greet them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Addressee {
    /// The address.
    pub email: Email,
    /// A name for the greeting, if they have one that can stand in a letter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// What a letter is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "about")]
pub enum Subject {
    /// A new user, who is asked to prove the address.
    Welcome,
    /// A lost password. The token is sealed when the letter is rendered: the nonce alone is useless.
    Reset {
        /// Names the one request that counts.
        nonce: Uuid,
    },
    /// The password has been changed, or reset.
    PasswordChanged,
    /// The account was deleted.
    Farewell,
    /// A copy is reserved for a reader.
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
        /// 1-based position in the queue.
        place: u32,
    },
    /// A reader was next in the queue: a copy is reserved for them.
    Ready {
        /// Of this book.
        title: Title,
        /// Until then.
        until: Timestamp,
    },
    /// A copy is due soon.
    DueSoon {
        /// Of this book.
        title: Title,
        /// By then.
        due: Timestamp,
    },
    /// No letter. It takes the place of one, so that a request for an unknown address writes the same as for a known one.
    Nothing,
}

impl Letter {
    /// A letter to a reader of whom only the id is known.
    pub fn to_reader(user: UserId, subject: Subject) -> Letter {
        Letter { subject, user, to: None }
    }
}

impl Addressee {
    /// The addressee with that address. The greeting uses the first of the names that can stand in a letter.
    pub fn new(email: Email, first_name: Option<&Name>, username: Option<&Username>) -> Addressee {
        let names = [first_name.map(Name::as_str), username.map(Username::as_str)];
        let name = names.into_iter().flatten().find(|name| is_plain(name)).map(ToOwned::to_owned);
        Addressee { email, name }
    }
}

/// Whether a name can stand in a letter. Somebody may register with another person's address: a letter must not carry
/// their links or sentences to that person.
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
