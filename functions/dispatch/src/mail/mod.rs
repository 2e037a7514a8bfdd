//! Renders letters as plain text and as HTML, from the same words.
//!
//! - `english`: the words
//! - `facts`: what fills them
//! - `titles`: what users have chosen, made safe
//! - `cover`: the book beside the words

mod cover;
mod english;
mod facts;
mod titles;

#[cfg(test)]
mod tests;

use askama::Template;
use jiff::Timestamp;
use shared::crypto::letter_key::LetterKey;
use shared::tables::accounts::resets;
use shared::tables::journal::letter::{Addressee, Letter, Subject};
use shared::tables::library::book::Book;
use shared::tables::library::lending::rules::Rules;

use cover::Cover;
use english::{day, end, moment, ordinal, time, weekday};
use facts::{Fact, Facts, as_html, as_line, as_text};

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

/// What all letters of a library have in common.
#[derive(Clone)]
pub(crate) struct House {
    /// Seals the tokens in links.
    pub(crate) key: LetterKey,
    /// The configured URL of the website. Links begin with it, and never with the `Host` header of a request.
    pub(crate) site: String,
}

#[derive(Template)]
#[template(path = "letter.txt")]
struct Text<'a> {
    heading: String,
    greeting: String,
    paragraphs: Vec<String>,
    button: Option<(&'a str, &'a str)>,
    signed: String,
    library: &'a str,
    home: &'a str,
}

#[derive(Template)]
#[template(path = "letter.html")]
struct Html<'a> {
    language: &'a str,
    subject: &'a str,
    first_line: String,
    heading: String,
    greeting: String,
    paragraphs: Vec<String>,
    cover: Option<Cover>,
    button: Option<(&'a str, &'a str)>,
    copy_the_address: &'a str,
    signed: String,
    library: &'a str,
    home: &'a str,
}

impl House {
    /// Renders a letter of a row that was written at `written_at`, with what is known of the book that it is about, by the rules of
    /// the library. `None` if the subject is [`Subject::Nothing`].
    pub(crate) fn render(
        &self,
        letter: &Letter,
        to: &Addressee,
        written_at: Timestamp,
        book: Option<&Book>,
        rules: &Rules,
    ) -> Option<Mail> {
        let words = english::words(&letter.subject)?;
        let facts = self.facts(letter, to, written_at, book, rules);
        let greeting = if to.name.is_some() { english::HELLO_NAME } else { english::HELLO };
        let by = if book.is_some() { english::BY } else { "{title}" };
        let paragraphs = words.paragraphs.map(|paragraph| paragraph.replace("{book}", by));
        let filled = |fill: fn(&str, &Facts) -> String| paragraphs.iter().map(|words| fill(words, &facts)).collect();
        let (link, home) = (self.link(letter, to, written_at), format!("{}/", self.site));
        let button = words.button.map(|button| (button, link.as_str()));
        let subject = as_line(words.subject, &facts);
        let text = Text {
            heading: as_text(words.heading, &facts),
            greeting: as_text(greeting, &facts),
            paragraphs: filled(as_text),
            button,
            signed: as_text(english::SIGNED, &facts),
            library: rules.name.as_str(),
            home: &home,
        };
        let html = Html {
            language: english::LANGUAGE,
            subject: &subject,
            first_line: as_html(words.first_line, &facts),
            heading: as_html(words.heading, &facts),
            greeting: as_html(greeting, &facts),
            paragraphs: filled(as_html),
            cover: book.map(Cover::of),
            button,
            copy_the_address: english::COPY_THE_ADDRESS,
            signed: as_html(english::SIGNED, &facts),
            library: rules.name.as_str(),
            home: &home,
        };
        let [text, html] =
            [text.render(), html.render()].map(|part| part.expect("a template of strings can be rendered to a string"));
        Some(Mail { to: to.email.as_str().to_owned(), subject, text, html })
    }

    /// Returns what fills the words of a letter.
    fn facts(
        &self,
        letter: &Letter,
        to: &Addressee,
        written_at: Timestamp,
        book: Option<&Book>,
        rules: &Rules,
    ) -> Facts {
        let name = |text: &str| Fact::Name(text.to_owned());
        let mut facts = vec![("library", name(rules.name.as_str())), ("when", Fact::Plain(moment(written_at)))];
        facts.extend(to.name.as_deref().map(|known| ("name", name(known))));
        facts.extend(book.map(|book| ("author", Fact::Name(titles::author(book.details.author.as_str())))));
        let mut add = |name, text: String| facts.push((name, Fact::Plain(text)));
        let title = match &letter.subject {
            Subject::NewDevice { from } => {
                add("address", from.as_str().to_owned());
                None
            }
            Subject::Reset { .. } => {
                add("until", time(written_at + resets::LIFETIME));
                None
            }
            Subject::Reserved { title, until } | Subject::Ready { title, until } => {
                add("until", end(&rules.calendar, *until));
                Some(title)
            }
            Subject::Queued { title, place } => {
                add("place", ordinal(*place));
                Some(title)
            }
            Subject::Displaced { title } => Some(title),
            Subject::DueSoon { title, due } => {
                add("day", day(&rules.calendar.zone.local(*due)));
                add("weekday", weekday(&rules.calendar.zone.local(*due)));
                Some(title)
            }
            _ => None,
        };
        facts.extend(title.map(|title| ("title", Fact::Title(titles::title(title.as_str())))));
        facts
    }

    /// Returns where the button of a letter leads.
    fn link(&self, letter: &Letter, to: &Addressee, written_at: Timestamp) -> String {
        let page = match &letter.subject {
            Subject::Welcome | Subject::Verification => {
                let token = self.key.verification_token(letter.user, &to.email, written_at);
                format!("verify-email?token={token}")
            }
            Subject::Reset { nonce } | Subject::Added { nonce } => {
                format!("reset-password?token={}", self.key.reset_token(letter.user, *nonce))
            }
            Subject::EmailChangeRequested
            | Subject::Renamed
            | Subject::NewDevice { .. }
            | Subject::SessionStolen
            | Subject::PasswordChanged => "reset-password".to_owned(),
            Subject::EmailChanged => "about".to_owned(),
            Subject::Reserved { .. } | Subject::Ready { .. } => "me#ready".to_owned(),
            Subject::Queued { .. } | Subject::Displaced { .. } => "me#queue".to_owned(),
            Subject::DueSoon { .. } => "me#borrowed".to_owned(),
            Subject::RoleChanged { .. } | Subject::Farewell | Subject::Nothing => String::new(),
        };
        format!("{}/{page}", self.site)
    }
}
