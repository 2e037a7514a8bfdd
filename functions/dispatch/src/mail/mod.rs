//! Renders letters as plain text and as HTML, from the same words.
//!
//! - `words`: what a language must say; `english`, `german`, `french`, `spanish` say it
//! - `facts`: what fills the words
//! - `titles`: what users have chosen, made safe
//! - `cover`: the book beside the words

mod cover;
mod english;
mod facts;
mod french;
mod german;
mod spanish;
mod titles;
mod words;

#[cfg(test)]
mod tests;

use askama::Template;
use jiff::Timestamp;
use shared::crypto::letter_key::LetterKey;
use shared::tables::accounts::resets;
use shared::tables::journal::letter::{Addressee, LateBook, Letter, Subject};
use shared::tables::library::book::Book;
use shared::tables::library::lending::rules::Rules;

use cover::Cover;
use facts::{Fact, Facts, as_html, as_line, as_text};
use words::{LetterWords, Words};

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
    /// The URL that switches such letters off (RFC 8058), if they can be switched off.
    pub(crate) unsubscribe: Option<String>,
}

/// A letter that is being sent, and what is known then.
pub(crate) struct Sending<'a> {
    pub(crate) letter: &'a Letter,
    pub(crate) to: &'a Addressee,
    /// When its row was written.
    pub(crate) written_at: Timestamp,
    /// When it is sent.
    pub(crate) now: Timestamp,
    /// The book that it is about.
    pub(crate) book: Option<&'a Book>,
    /// The rules of the library.
    pub(crate) rules: &'a Rules,
}

/// What all letters of a library have in common.
#[derive(Clone)]
pub(crate) struct House {
    /// Seals the tokens in links.
    pub(crate) key: LetterKey,
    /// The configured URL of the website. Links begin with it, and never with the `Host` header of a request.
    pub(crate) site: String,
    /// The configured URL of the API.
    pub(crate) api: String,
}

#[derive(Template)]
#[template(path = "letter.txt")]
struct Text<'a> {
    heading: String,
    greeting: String,
    paragraphs: Vec<String>,
    button: Option<(&'a str, &'a str)>,
    colon: &'a str,
    signed: String,
    library: &'a str,
    home: &'a str,
    choose: Option<(&'a str, &'a str)>,
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
    choose: Option<(&'a str, &'a str)>,
}

/// Fills words of a language with facts: as a line, as text, or as HTML.
type Fill = fn(&Words, &str, &Facts) -> String;

impl House {
    /// Renders a letter in the language of its reader, or else in the library's. `None` if the subject is [`Subject::Nothing`].
    pub(crate) fn render(&self, sending: &Sending) -> Option<Mail> {
        let Sending { letter, to, book, rules, .. } = sending;
        let language = Words::of(to.language.unwrap_or(rules.language));
        let words = language.letter(&letter.subject)?;
        let facts = sending.facts(language);
        let greeting = if to.name.is_some() { language.hello_name } else { language.hello };
        let (link, home) = (self.link(sending), format!("{}/", self.site));
        let account = format!("{}/account#letters", self.site);
        let choice = letter.subject.choice();
        let choose = choice.map(|_| (language.choose, account.as_str()));
        let switch = |kind| format!("{}/letters/{}", self.api, self.key.switch_token(letter.user, kind, &to.email));
        let button = words.button.map(|button| (button, link.as_str()));
        let subject = as_line(language, words.subject, &facts);
        let text = Text {
            heading: as_text(language, words.heading, &facts),
            greeting: as_text(language, greeting, &facts),
            paragraphs: sending.paragraphs(language, words, &facts, as_text, "\n"),
            button,
            colon: language.colon,
            signed: as_text(language, language.signed, &facts),
            library: rules.name.as_str(),
            home: &home,
            choose,
        };
        let html = Html {
            language: language.code,
            subject: &subject,
            first_line: as_html(language, words.first_line, &facts),
            heading: as_html(language, words.heading, &facts),
            greeting: as_html(language, greeting, &facts),
            paragraphs: sending.paragraphs(language, words, &facts, as_html, "<br>\n"),
            cover: book.map(Cover::of),
            button,
            copy_the_address: language.copy_the_address,
            signed: as_html(language, language.signed, &facts),
            library: rules.name.as_str(),
            home: &home,
            choose,
        };
        let [text, html] =
            [text.render(), html.render()].map(|part| part.expect("a template of strings can be rendered to a string"));
        Some(Mail { to: to.email.as_str().to_owned(), subject, text, html, unsubscribe: choice.map(switch) })
    }

    /// Returns where the button of a letter leads.
    fn link(&self, Sending { letter, to, written_at, .. }: &Sending) -> String {
        let page = match &letter.subject {
            Subject::Welcome | Subject::Verification => {
                let token = self.key.verification_token(letter.user, &to.email, *written_at);
                format!("verify-email?token={token}")
            }
            Subject::Reset { nonce } | Subject::Added { nonce } => {
                format!("reset-password?token={}", self.key.reset_token(letter.user, *nonce))
            }
            Subject::EmailChangeRequested
            | Subject::Renamed
            | Subject::NewDevice { .. }
            | Subject::SessionStolen
            | Subject::DataFetched { .. }
            | Subject::PasswordChanged => "reset-password".to_owned(),
            Subject::EmailChanged => "about".to_owned(),
            Subject::Reserved { .. } | Subject::Ready { .. } => "me#ready".to_owned(),
            Subject::Queued { .. } | Subject::Displaced { .. } => "me#queue".to_owned(),
            Subject::DueSoon { .. } | Subject::Overdue { .. } => "me#borrowed".to_owned(),
            Subject::RoleChanged { .. } | Subject::Farewell | Subject::Nothing => String::new(),
        };
        format!("{}/{page}", self.site)
    }
}

impl Sending<'_> {
    /// Returns the paragraphs of the letter. A list of books follows the first one, if there are several.
    fn paragraphs(&self, language: &Words, words: &LetterWords, facts: &Facts, fill: Fill, line: &str) -> Vec<String> {
        let by = if self.book.is_some() { language.by } else { "{title}" };
        let [first, last] = words.paragraphs.map(|paragraph| fill(language, &paragraph.replace("{book}", by), facts));
        let list = match &self.letter.subject {
            Subject::Overdue { books } if books.len() > 1 => {
                let lines =
                    books.iter().map(|book| fill(language, language.late_book, &self.late_facts(language, book)));
                Some(lines.collect::<Vec<_>>().join(line))
            }
            _ => None,
        };
        [Some(first), list, Some(last)].into_iter().flatten().collect()
    }

    /// Returns what fills the words of the letter.
    fn facts(&self, language: &Words) -> Facts {
        let Sending { letter, to, written_at, book, rules, .. } = self;
        let (days, calendar) = (&language.days, &rules.calendar);
        let name = |text: &str| Fact::Name(text.to_owned());
        let mut facts =
            vec![("library", name(rules.name.as_str())), ("when", Fact::Plain(days.moment(calendar, *written_at)))];
        facts.extend(to.name.as_deref().map(|known| ("name", name(known))));
        facts.extend(book.map(|book| ("author", Fact::Name(titles::author(book.details.author.as_str())))));
        let mut add = |name, text: String| facts.push((name, Fact::Plain(text)));
        let title = match &letter.subject {
            Subject::NewDevice { from } | Subject::DataFetched { from } => {
                add("address", from.as_str().to_owned());
                None
            }
            Subject::Reset { .. } => {
                add("until", days.time(calendar, *written_at + resets::LIFETIME));
                None
            }
            Subject::Reserved { title, until } | Subject::Ready { title, until } => {
                add("until", days.end(calendar, *until));
                Some(title)
            }
            Subject::Queued { title, place } => {
                add("place", (days.ordinal)(*place));
                Some(title)
            }
            Subject::Displaced { title } => Some(title),
            Subject::DueSoon { title, due, on } => {
                let on = on.unwrap_or_else(|| calendar.day(*due));
                let open = calendar.end_of(calendar.open_from(on));
                add("day", days.due(calendar, on));
                add("weekday", days.weekday(&calendar.zone.local(open)).to_owned());
                Some(title)
            }
            Subject::Overdue { books } => {
                add("count", books.len().to_string());
                facts.extend(books.first().into_iter().flat_map(|book| self.late_facts(language, book)));
                None
            }
            _ => None,
        };
        facts.extend(title.map(|title| ("title", Fact::Title(titles::title(title.as_str())))));
        facts
    }

    /// Returns what fills the words about an overdue book.
    fn late_facts(&self, language: &Words, late: &LateBook) -> Facts {
        let days = self.rules.days_late(late.on, self.now);
        vec![
            ("title", Fact::Title(titles::title(late.title.as_str()))),
            ("day", Fact::Plain(language.days.due(&self.rules.calendar, late.on))),
            ("late", Fact::Plain((language.days.late)(days))),
        ]
    }
}
