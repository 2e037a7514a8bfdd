//! Renders letters as plain text and as HTML, from templates that are checked at compile time.

mod words;

#[cfg(test)]
mod tests;

use askama::Template;
use jiff::Timestamp;
use shared::crypto::letter_key::LetterKey;
use shared::tables::journal::letter::{Addressee, Letter, Subject};
use shared::values::Role;

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
/// begin with `site`, the configured URL of the website, and never with the `Host` header of a request. `library` is the
/// library's name.
pub(crate) fn render(
    letter: &Letter,
    to: &Addressee,
    written_at: Timestamp,
    key: &LetterKey,
    site: &str,
    library: &str,
) -> Option<Mail> {
    let greeting = to.name.as_ref().map_or_else(|| "Hello,".to_owned(), |name| format!("Hello {name},"));
    let books = || format!("{site}/me");
    let new_password = || format!("{site}/reset-password");
    let (text, html, subject) = match &letter.subject {
        Subject::Welcome => {
            let subject = "Welcome to the library".to_owned();
            let token = key.verification_token(letter.user, &to.email, written_at);
            let link = format!("{site}/verify-email?token={token}");
            render!("welcome.txt", "welcome.html", subject, library, greeting, link)
        }
        Subject::Verification => {
            let subject = "Confirm your address".to_owned();
            let token = key.verification_token(letter.user, &to.email, written_at);
            let link = format!("{site}/verify-email?token={token}");
            render!("verification.txt", "verification.html", subject, library, greeting, link)
        }
        Subject::EmailChangeRequested => {
            let (subject, link) = ("Another address for your account".to_owned(), new_password());
            render!("email_change_requested.txt", "email_change_requested.html", subject, library, greeting, link)
        }
        Subject::EmailChanged => {
            let (subject, link) = ("Your email address has been changed".to_owned(), format!("{site}/"));
            render!("email_changed.txt", "email_changed.html", subject, library, greeting, link)
        }
        Subject::Renamed => {
            let (subject, link) = ("Your username has been changed".to_owned(), new_password());
            render!("renamed.txt", "renamed.html", subject, library, greeting, link)
        }
        Subject::RoleChanged { role } => {
            let role = match role {
                Role::Admin => "you are a librarian now.",
                Role::Member => "you are not a librarian any more.",
            };
            let (subject, role) = ("Your role has been changed".to_owned(), role.to_owned());
            render!("role_changed.txt", "role_changed.html", subject, library, greeting, role)
        }
        Subject::NewDevice { from } => {
            let (subject, link) = ("A new device".to_owned(), new_password());
            let (when, address) = (moment(written_at), from.as_str().to_owned());
            render!("new_device.txt", "new_device.html", subject, library, greeting, when, address, link)
        }
        Subject::SessionStolen => {
            let (subject, link) = ("A session was ended".to_owned(), new_password());
            render!("session_stolen.txt", "session_stolen.html", subject, library, greeting, link)
        }
        Subject::Reset { nonce } => {
            let subject = "A new password".to_owned();
            let link = format!("{site}/reset-password?token={}", key.reset_token(letter.user, *nonce));
            render!("reset.txt", "reset.html", subject, library, greeting, link)
        }
        Subject::PasswordChanged => {
            let subject = "Your password has been changed".to_owned();
            let link = new_password();
            render!("password_changed.txt", "password_changed.html", subject, library, greeting, link)
        }
        Subject::Farewell => {
            let subject = "Your account is gone".to_owned();
            render!("farewell.txt", "farewell.html", subject, library, greeting)
        }
        Subject::Reserved { title, until } => {
            let (title, until, link) = (one_line(title), moment(*until), books());
            let subject = format!("A copy waits for you: {}", beginning(&title));
            render!("reserved.txt", "reserved.html", subject, library, greeting, title, until, link)
        }
        Subject::Queued { title, place } => {
            let (title, place, link) = (one_line(title), ordinal(*place), books());
            let subject = format!("You are {place} in the queue: {}", beginning(&title));
            render!("queued.txt", "queued.html", subject, library, greeting, title, place, link)
        }
        Subject::Ready { title, until } => {
            let (title, until, link) = (one_line(title), moment(*until), books());
            let subject = format!("It is your turn: {}", beginning(&title));
            render!("ready.txt", "ready.html", subject, library, greeting, title, until, link)
        }
        Subject::DueSoon { title, due } => {
            let (title, day, link) = (one_line(title), day(*due), books());
            let subject = format!("Due on {day}: {}", beginning(&title));
            render!("due_soon.txt", "due_soon.html", subject, library, greeting, title, day, link)
        }
        Subject::Nothing => return None,
    };
    let [text, html] = [text, html].map(|part| part.expect("a template of strings can be rendered to a string"));
    Some(Mail { to: to.email.as_str().to_owned(), subject, text, html })
}
