//! Letters: the emails that the library sends. A letter is a part of the row of the action that causes it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use unicode_normalization::char::is_combining_mark;
use uuid::Uuid;

use super::quota::Kind;
use crate::values::{Address, BookId, Day, Email, Language, LetterKind, Role, Title, UserId, stored};

/// A letter to send. Dispatch renders its text. It contains no secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Letter {
    /// What it is about.
    pub subject: Subject,
    /// The user that it is for.
    pub user: UserId,
    /// Their address and name, if the function that records the letter has them. Otherwise dispatch reads them: lending
    /// has only the ids of readers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Addressee>,
    /// When it may be sent, for a letter about a step that may be undone. Then it is sent only if it is still true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Timestamp>,
}

/// The address of a letter, and the name in its greeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Addressee {
    /// The address.
    pub email: Email,
    /// The name in the greeting, if the user has one that is safe in a letter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether the user has proved that the address is theirs. Only letters whose link proves it go to any other address.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub proved: bool,
    /// The language that the user has chosen. Otherwise it is the library's.
    #[serde(default, deserialize_with = "stored::optional", skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
}

/// What a letter is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "about")]
pub enum Subject {
    /// The welcome of a new user, with a link that proves the address.
    Welcome,
    /// The welcome of a reader whom the desk has added, with a link to choose a password, which proves the address.
    Added {
        /// The nonce of the reset.
        nonce: Uuid,
    },
    /// A link that proves an address, sent again or to a new address.
    Verification,
    /// Another address has been asked for; to the old one.
    EmailChangeRequested,
    /// The account has another address now; to the old one.
    EmailChanged,
    /// The account has another username now.
    Renamed,
    /// A librarian has changed the user's role.
    RoleChanged {
        /// The new one.
        role: Role,
    },
    /// Somebody has signed in from a device that the account did not know.
    NewDevice {
        /// Its network address. The name that it calls itself is not in the letter, because anybody can choose it.
        from: Address,
    },
    /// A session was ended, because somebody had a copy of its token.
    SessionStolen,
    /// The reset of a lost password. The token is sealed when the letter is rendered. The nonce alone is useless.
    Reset {
        /// The nonce of the reset.
        nonce: Uuid,
    },
    /// The password has been changed, or reset.
    PasswordChanged,
    /// Somebody has fetched the user's data as a file.
    DataFetched {
        /// The network address to which they went.
        from: Address,
    },
    /// The account was deleted.
    Farewell,
    /// A copy is ready for a reader, immediately after the reservation.
    Reserved {
        /// The book's title.
        title: Title,
        /// The end of the period to collect the copy.
        until: Timestamp,
    },
    /// A reader has a place in a queue.
    Queued {
        /// The book's title.
        title: Title,
        /// 1-based position in the queue.
        place: u32,
    },
    /// A copy is ready for the first reader in the queue.
    Ready {
        /// The book's title.
        title: Title,
        /// The end of the period to collect the copy.
        until: Timestamp,
    },
    /// The copy that was ready for a reader was lent to somebody else. The reader is the first in the queue again.
    Displaced {
        /// The book's title.
        title: Title,
    },
    /// A copy is due soon.
    DueSoon {
        /// The book's title.
        title: Title,
        /// The end of the day on which it is due.
        due: Timestamp,
        /// That day. Rows of earlier versions have only its end.
        #[serde(default, deserialize_with = "stored::optional", skip_serializing_if = "Option::is_none")]
        on: Option<Day>,
    },
    /// Loans are overdue.
    Overdue {
        /// Their books, the longest overdue first.
        books: Vec<LateBook>,
    },
    /// No letter is sent. A request for an unknown address has this subject, so that it makes the same writes as for a
    /// known address.
    Nothing,
}

/// A book in a letter about overdue loans.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LateBook {
    /// Its id.
    pub book: BookId,
    /// Its title.
    pub title: Title,
    /// The day on which it was due.
    pub on: Day,
}

impl Letter {
    /// Makes a letter to a reader whose address dispatch will read.
    pub fn to_reader(user: UserId, subject: Subject) -> Letter {
        Letter { subject, user, to: None, after: None }
    }

    /// Returns the quota that it counts against; `None` if it must not be sent to `to`.
    pub fn kind(&self, to: &Addressee) -> Option<Kind> {
        match self.subject {
            Subject::Welcome | Subject::Added { .. } | Subject::Verification | Subject::Reset { .. } if !to.proved => {
                Some(Kind::Unproved)
            }
            _ if !to.proved => None,
            Subject::Reset { .. } => Some(Kind::Reset),
            _ if self.subject.is_about_a_book() => Some(Kind::Books),
            _ => Some(Kind::Security),
        }
    }
}

impl Subject {
    /// Returns whether the letter is about books.
    pub fn is_about_a_book(&self) -> bool {
        self.choice().is_some()
    }

    /// Returns the kind under which the library and the reader can switch the letter off; `None` if it is always sent.
    pub fn choice(&self) -> Option<LetterKind> {
        use Subject::{Displaced, DueSoon, Overdue, Queued, Ready, Reserved};
        match self {
            Reserved { .. } | Queued { .. } | Ready { .. } | Displaced { .. } => Some(LetterKind::Ready),
            DueSoon { .. } => Some(LetterKind::DueSoon),
            Overdue { .. } => Some(LetterKind::Overdue),
            _ => None,
        }
    }
}

impl Addressee {
    /// Makes the addressee. The greeting uses the first of the names that is safe in a letter.
    pub fn new<const N: usize>(email: Email, proved: bool, names: [Option<&str>; N]) -> Addressee {
        let name = names.into_iter().flatten().find(|name| is_plain(name)).map(ToOwned::to_owned);
        Addressee { email, name, proved, language: None }
    }

    /// Returns the addressee with the language that the user has chosen.
    #[must_use]
    pub fn reading(self, language: Option<Language>) -> Self {
        Addressee { language, ..self }
    }
}

/// Returns whether a name is safe in a letter. Somebody may register with another person's address, and a letter must
/// not bring their links or sentences to that person: a name has letters of any script, the marks on them, and what joins
/// parts of a name.
fn is_plain(name: &str) -> bool {
    // U+200C and U+200D change how letters of Persian or Sinhala join.
    let may_follow_a_letter = |letter: char| is_combining_mark(letter) || "-'\u{2019}\u{200c}\u{200d}".contains(letter);
    let mut after_letter = false;
    let fits = |letter: char| {
        let fits = letter.is_alphabetic() || letter == ' ' || (after_letter && may_follow_a_letter(letter));
        after_letter = fits && letter != ' ';
        fits
    };
    name.chars().count() <= 40 && name.chars().all(fits)
}

#[cfg(test)]
mod tests {
    use super::is_plain;

    #[test]
    fn fl4_a_name_of_every_script_is_in_the_greeting_and_a_name_with_a_link_is_not() {
        for name in [
            "Jane",
            "Anne-Marie O\u{2019}Neill",
            "Ирина",
            "王小明",
            "முருகன்",
            "कृष्ण",
            "రాముడు",
            "রবীন্দ্রনাথ",
            "សុខា",
            "ọ́lá",
            "ọlá",
            "عبد الرحمٰن",
            "יַעֲקֹב",
            "ศิริพร",
            "မောင်",
            "ශ්\u{200d}රී",
            "می\u{200c}نا",
            "がっこう",
            "Zoë",
        ] {
            assert!(is_plain(name), "{name}");
        }
        for name in [
            "\u{301}",
            "- Jane",
            "J\u{2028}ane",
            "evil\u{3002}example",
            "evil\u{ff0e}example",
            "evil.example",
            "Win at https://evil.example",
            "<b>Jane</b>",
            "jane.doe",
            &"Jane ".repeat(9),
        ] {
            assert!(!is_plain(name), "{name}");
        }
    }
}
