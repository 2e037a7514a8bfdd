//! What a language says in letters: the words of each letter, and how it writes days, times, numbers and places.
//!
//! Each language is one file, and fills this one struct: a language that lacks a letter or a part of one does not compile.
//! In the words, `{…}` is a fact (`facts.rs`), `{book}` the book, and what is between `*` is the most important.

use jiff::{Timestamp, Zoned};
use shared::tables::journal::letter::Subject;
use shared::values::{Calendar, Day, Language, Role, Zone};

use super::english::ENGLISH;
use super::french::FRENCH;
use super::german::GERMAN;
use super::spanish::SPANISH;

/// A language of letters.
pub(super) struct Words {
    /// Its code (ISO 639).
    pub(super) code: &'static str,
    /// The greeting of a reader without a name.
    pub(super) hello: &'static str,
    /// The greeting with `{name}`.
    pub(super) hello_name: &'static str,
    pub(super) copy_the_address: &'static str,
    /// Who signs: `{library}`.
    pub(super) signed: &'static str,
    /// What stands before and after a title in a text.
    pub(super) quotes: [&'static str; 2],
    /// What stands before an address on the next line.
    pub(super) colon: &'static str,
    /// The book, if its author is known: `{title}`, `{author}`.
    pub(super) by: &'static str,
    /// Before the address where readers choose their letters.
    pub(super) choose: &'static str,
    /// A line about one of several books: `{title}`, `{day}`, `{late}`.
    pub(super) late_book: &'static str,
    pub(super) letters: Letters,
    pub(super) days: Days,
}

/// The words of all letters.
pub(super) struct Letters {
    pub(super) welcome: LetterWords,
    pub(super) added: LetterWords,
    pub(super) verification: LetterWords,
    pub(super) email_change_requested: LetterWords,
    pub(super) email_changed: LetterWords,
    pub(super) renamed: LetterWords,
    pub(super) librarian: LetterWords,
    pub(super) assistant: LetterWords,
    pub(super) reader_again: LetterWords,
    pub(super) new_device: LetterWords,
    pub(super) session_stolen: LetterWords,
    pub(super) reset: LetterWords,
    pub(super) password_changed: LetterWords,
    pub(super) data_fetched: LetterWords,
    pub(super) farewell: LetterWords,
    pub(super) ready: LetterWords,
    pub(super) displaced: LetterWords,
    pub(super) next: LetterWords,
    pub(super) queued: LetterWords,
    pub(super) due_soon: LetterWords,
    pub(super) overdue: LetterWords,
    /// About several books at once. A list of them follows the first paragraph.
    pub(super) several_overdue: LetterWords,
}

/// The words of a letter.
pub(super) struct LetterWords {
    /// The subject line. It begins with the fact.
    pub(super) subject: &'static str,
    /// What a mailbox shows after the subject, and the letter itself does not.
    pub(super) first_line: &'static str,
    pub(super) heading: &'static str,
    pub(super) paragraphs: [&'static str; 2],
    /// What the button says that leads to the website.
    pub(super) button: Option<&'static str>,
}

/// How a language writes days, times and numbers.
pub(super) struct Days {
    /// From Monday on.
    pub(super) weekdays: [&'static str; 7],
    /// From January on.
    pub(super) months: [&'static str; 12],
    /// A day: `{weekday}`, `{date}`, `{month}`.
    pub(super) day: &'static str,
    /// How the first day of a month is written.
    pub(super) first: &'static str,
    /// A time of a day: `{day}`, `{time}`.
    pub(super) moment: &'static str,
    /// A due day on which the library is closed: `{day}`, and the `{open}` day until which a book may come back.
    pub(super) closed: &'static str,
    /// A time, of its hour and minute.
    pub(super) time: fn(i8, i8) -> String,
    /// How many days late.
    pub(super) late: fn(u32) -> String,
    /// A place in a queue.
    pub(super) ordinal: fn(u32) -> String,
}

impl Words {
    /// Returns the words of a language.
    pub(super) fn of(language: Language) -> &'static Words {
        match language {
            Language::English => &ENGLISH,
            Language::German => &GERMAN,
            Language::French => &FRENCH,
            Language::Spanish => &SPANISH,
        }
    }

    /// Returns the words of a letter; `None` if none is sent.
    pub(super) fn letter(&self, subject: &Subject) -> Option<&LetterWords> {
        let letters = &self.letters;
        let words = match subject {
            Subject::Welcome => &letters.welcome,
            Subject::Added { .. } => &letters.added,
            Subject::Verification => &letters.verification,
            Subject::EmailChangeRequested => &letters.email_change_requested,
            Subject::EmailChanged => &letters.email_changed,
            Subject::Renamed => &letters.renamed,
            Subject::RoleChanged { role: Role::Admin } => &letters.librarian,
            Subject::RoleChanged { role: Role::Assistant } => &letters.assistant,
            Subject::RoleChanged { role: Role::Member } => &letters.reader_again,
            Subject::NewDevice { .. } => &letters.new_device,
            Subject::SessionStolen => &letters.session_stolen,
            Subject::Reset { .. } => &letters.reset,
            Subject::PasswordChanged => &letters.password_changed,
            Subject::DataFetched { .. } => &letters.data_fetched,
            Subject::Farewell => &letters.farewell,
            Subject::Reserved { .. } | Subject::Ready { .. } => &letters.ready,
            Subject::Queued { place: ..=1, .. } => &letters.next,
            Subject::Queued { .. } => &letters.queued,
            Subject::Displaced { .. } => &letters.displaced,
            Subject::DueSoon { .. } => &letters.due_soon,
            Subject::Overdue { books } if books.len() > 1 => &letters.several_overdue,
            Subject::Overdue { .. } => &letters.overdue,
            Subject::Nothing => return None,
        };
        Some(words)
    }
}

impl Days {
    /// Returns the weekday of a moment: `Monday`.
    pub(super) fn weekday(&self, at: &Zoned) -> &'static str {
        self.weekdays[usize::from(at.weekday().to_monday_zero_offset().unsigned_abs())]
    }

    /// Returns the day of a moment: `Monday, 23 November`.
    pub(super) fn day(&self, at: &Zoned) -> String {
        let month = self.months[usize::from(at.month().unsigned_abs()) - 1];
        let date = if at.day() == 1 { self.first.to_owned() } else { at.day().to_string() };
        let day = self.day.replace("{weekday}", self.weekday(at)).replace("{date}", &date);
        day.replace("{month}", month)
    }

    /// Returns the day until which a book may come back that is due on that day. If the library is closed then, it says so.
    pub(super) fn due(&self, calendar: &Calendar, due: Day) -> String {
        let local = |day| calendar.zone.local(calendar.end_of(day));
        match calendar.open_from(due) {
            open if open == due => self.day(&local(due)),
            open => self.closed.replace("{day}", &self.day(&local(due))).replace("{open}", &self.day(&local(open))),
        }
    }

    /// Returns the end of a promise, as the library's clocks show it: `Monday, 23 November`, with the time if the day goes on.
    pub(super) fn end(&self, calendar: &Calendar, at: Timestamp) -> String {
        match calendar.end_of(calendar.day(at)) == at {
            true => self.day(&calendar.zone.local(at)),
            false => self.moment(calendar, at),
        }
    }

    /// Returns the day and the time of a moment, as the library's clocks show it: `Monday, 23 November, 14:05`.
    pub(super) fn moment(&self, calendar: &Calendar, at: Timestamp) -> String {
        let day = self.day(&calendar.zone.local(at));
        self.moment.replace("{day}", &day).replace("{time}", &self.time(calendar, at))
    }

    /// Returns the time of a moment, as the library's clocks show it: `14:05`. A library that has not chosen a zone has UTC.
    pub(super) fn time(&self, calendar: &Calendar, at: Timestamp) -> String {
        let local = calendar.zone.local(at);
        let label = if calendar.zone == Zone::default() { " UTC" } else { "" };
        format!("{}{label}", (self.time)(local.hour(), local.minute()))
    }
}

#[cfg(test)]
mod tests {
    use shared::values::{Calendar, Language, Zone};

    use super::Words;

    /// Returns what each language says, in the order of [`Language::ALL`].
    fn said(say: impl Fn(&Words) -> String) -> Vec<String> {
        Language::ALL.into_iter().map(|language| say(Words::of(language))).collect()
    }

    #[test]
    fn dk62_a_day_is_written_in_words_with_its_weekday_and_month() {
        let local = |moment: &str| Zone::default().local(moment.parse().expect("a time"));
        let days = |moment: &str| said(|words| words.days.day(&local(moment)));
        let first = ["Monday, 1 March", "Montag, 1. März", "lundi 1er mars", "lunes 1 de marzo"];
        assert_eq!(days("2027-03-01T23:59:59Z"), first);
        let last = ["Thursday, 31 December", "Donnerstag, 31. Dezember", "jeudi 31 décembre", "jueves 31 de diciembre"];
        assert_eq!(days("2026-12-31T00:00:00Z"), last);
    }

    #[test]
    fn dk62_days_late_have_the_plural_of_the_language() {
        let numbers = |say: fn(&Words) -> fn(u32) -> String| said(|words| [0, 1, 2, 5].map(say(words)).join(", "));
        let late = [
            "0 days late, 1 day late, 2 days late, 5 days late",
            "0 Tage überfällig, 1 Tag überfällig, 2 Tage überfällig, 5 Tage überfällig",
            "0 jour de retard, 1 jour de retard, 2 jours de retard, 5 jours de retard",
            "0 días de retraso, 1 día de retraso, 2 días de retraso, 5 días de retraso",
        ];
        assert_eq!(numbers(|words| words.days.late), late);
    }

    #[test]
    fn a_moment_has_the_time_to_the_minute_and_its_zone_if_that_is_not_the_librarys() {
        let at = "2026-11-23T04:05:59Z".parse().expect("a time");
        let moments = [
            "Monday, 23 November, 04:05 UTC",
            "Montag, 23. November, 4:05 Uhr UTC",
            "lundi 23 novembre à 4\u{a0}h\u{a0}05 UTC",
            "lunes 23 de noviembre, 4:05\u{a0}h UTC",
        ];
        assert_eq!(said(|words| words.days.moment(&Calendar::default(), at)), moments);
    }

    #[test]
    fn a_position_is_an_ordinal_of_the_language() {
        let places = [2, 3, 11, 12, 13, 21, 22, 23, 101, 111, 112, 1000];
        let english = "2nd 3rd 11th 12th 13th 21st 22nd 23rd 101st 111th 112th 1000th";
        assert_eq!(places.map(Words::of(Language::English).days.ordinal).join(" "), english);
        assert_eq!(said(|words| (words.days.ordinal)(21))[1..], ["21.", "21e", "21.º"]);
    }
}
