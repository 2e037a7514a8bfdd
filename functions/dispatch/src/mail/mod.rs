//! Renders letters as plain text and as HTML, from templates that are checked at compile time.

mod words;

#[cfg(test)]
mod tests;

use askama::Template;
use jiff::Timestamp;
use shared::crypto::letter_key::LetterKey;
use shared::tables::journal::letter::{Addressee, Letter, Subject};

use words::{beginning, day, moment, one_line, ordinal};

/// A rendered letter.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Mail {
    /// The address.
    pub(crate) to: String,
    /// The subject line.
    pub(crate) subject: String,
    /// The text.
    pub(crate) text: String,
    /// The same text as HTML.
    pub(crate) html: String,
}

/// Renders the text and the HTML of a mail from two templates, which use the fields by their names.
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

/// Renders a letter of a row that was written at `written_at`. `None` if the subject is [`Subject::Nothing`]. Links
/// begin with `site`, the configured URL of the website, and never with the `Host` header of a request.
pub(crate) fn render(
    letter: &Letter,
    to: &Addressee,
    written_at: Timestamp,
    key: &LetterKey,
    site: &str,
) -> Option<Mail> {
    let greeting = to.name.as_ref().map_or_else(|| "Hello,".to_owned(), |name| format!("Hello {name},"));
    let reservations = || format!("{site}/reservations");
    let (text, html, subject) = match &letter.subject {
        Subject::Welcome => {
            let subject = "Welcome to the library".to_owned();
            let token = key.verification_token(letter.user, &to.email, written_at);
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
    let [text, html] = [text, html].map(|part| part.expect("a template of strings can be rendered to a string"));
    Some(Mail { to: to.email.as_str().to_owned(), subject, text, html })
}
