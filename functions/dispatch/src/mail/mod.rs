//! The letters as they are read, as plain text and as HTML: from templates, which the compiler checks.

mod words;

#[cfg(test)]
mod tests;

use askama::Template;
use jiff::Timestamp;
use shared::crypto::letter_key::LetterKey;
use shared::tables::journal::letter::{Addressee, Letter, Subject};

use words::{beginning, day, moment, one_line, ordinal};

/// A letter, written.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Mail {
    /// The address.
    pub(crate) to: String,
    /// The subject line.
    pub(crate) subject: String,
    /// What it says.
    pub(crate) text: String,
    /// The same, for those who read mail as a page.
    pub(crate) html: String,
}

/// The text and the HTML of a mail, from two templates that see the fields by their names.
macro_rules! render {
    ($text:literal, $html:literal, $subject:ident, $($field:ident),+) => {{
        #[derive(Template)]
        #[template(path = $text)]
        struct Text<'a> { $($field: &'a str),+ }
        #[derive(Template)]
        #[template(path = $html)]
        struct Html<'a> { $subject: &'a str, $($field: &'a str),+ }
        (Text { $($field: &$field),+ }.render(), Html { $subject: &$subject, $($field: &$field),+ }.render(), $subject)
    }};
}

/// Writes a letter that was posted at `posted_at`; `None` where there is nothing to send. Links begin with `site`, the
/// configured address of the website, never with what some request claims to be its host.
pub(crate) fn write(
    letter: &Letter,
    to: &Addressee,
    posted_at: Timestamp,
    key: &LetterKey,
    site: &str,
) -> Option<Mail> {
    let greeting = to.name.as_ref().map_or_else(|| "Hello,".to_owned(), |name| format!("Hello {name},"));
    let reservations = || format!("{site}/reservations");
    let (text, html, subject) = match &letter.subject {
        Subject::Welcome => {
            let subject = "Welcome to the library".to_owned();
            let token = key.verification_token(letter.user, &to.email, posted_at);
            let link = format!("{site}/verify-email?token={token}");
            render!("welcome.txt", "welcome.html", subject, greeting, link)
        }
        Subject::Reset { nonce } => {
            let subject = "A new password".to_owned();
            let link = format!("{site}/reset-password?token={}", key.reset_token(letter.user, *nonce));
            render!("reset.txt", "reset.html", subject, greeting, link)
        }
        Subject::PasswordChanged => {
            let subject = "Your password has been changed".to_owned();
            let link = format!("{site}/reset-password");
            render!("password_changed.txt", "password_changed.html", subject, greeting, link)
        }
        Subject::Farewell => {
            let subject = "Your account is gone".to_owned();
            render!("farewell.txt", "farewell.html", subject, greeting)
        }
        Subject::Reserved { title, until } => {
            let (title, until, link) = (one_line(title), moment(*until), reservations());
            let subject = format!("A copy waits for you: {}", beginning(&title));
            render!("reserved.txt", "reserved.html", subject, greeting, title, until, link)
        }
        Subject::Queued { title, place } => {
            let (title, place, link) = (one_line(title), ordinal(*place), reservations());
            let subject = format!("You are {place} in the queue: {}", beginning(&title));
            render!("queued.txt", "queued.html", subject, greeting, title, place, link)
        }
        Subject::Ready { title, until } => {
            let (title, until, link) = (one_line(title), moment(*until), reservations());
            let subject = format!("It is your turn: {}", beginning(&title));
            render!("ready.txt", "ready.html", subject, greeting, title, until, link)
        }
        Subject::DueSoon { title, due } => {
            let (title, day, link) = (one_line(title), day(*due), reservations());
            let subject = format!("Due on {day}: {}", beginning(&title));
            render!("due_soon.txt", "due_soon.html", subject, greeting, title, day, link)
        }
        Subject::Nothing => return None,
    };
    let [text, html] = [text, html].map(|part| part.expect("a template of strings can be written to a string"));
    Some(Mail { to: to.email.as_str().to_owned(), subject, text, html })
}
