//! The words of all letters, in English, and how it says days and positions. Another language is another file like this one.
//!
//! In the words, `{…}` is a fact (`facts.rs`), `{book}` the book, and what is between `*` is the most important.

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use shared::tables::journal::letter::Subject;
use shared::values::{Calendar, Role, Zone};

/// The words of a letter.
pub(super) struct Words {
    /// The subject line. It begins with the fact.
    pub(super) subject: &'static str,
    /// What a mailbox shows after the subject, and the letter itself does not.
    pub(super) first_line: &'static str,
    pub(super) heading: &'static str,
    pub(super) paragraphs: [&'static str; 2],
    /// What the button says that leads to the website.
    pub(super) button: Option<&'static str>,
}

/// What all letters say.
pub(super) const LANGUAGE: &str = "en";
pub(super) const HELLO: &str = "Hello,";
pub(super) const HELLO_NAME: &str = "Hello {name},";
pub(super) const COPY_THE_ADDRESS: &str = "Or copy this address into your browser:";
pub(super) const SIGNED: &str = "The people at {library}";
pub(super) const QUOTES: [&str; 2] = ["“", "”"];
/// The book, if its author is known.
pub(super) const BY: &str = "{title} by {author}";

/// Returns the words of a letter; `None` if none is sent.
pub(super) fn words(subject: &Subject) -> Option<&'static Words> {
    let words = match subject {
        Subject::Welcome => &WELCOME,
        Subject::Added { .. } => &ADDED,
        Subject::Verification => &VERIFICATION,
        Subject::EmailChangeRequested => &EMAIL_CHANGE_REQUESTED,
        Subject::EmailChanged => &EMAIL_CHANGED,
        Subject::Renamed => &RENAMED,
        Subject::RoleChanged { role: Role::Admin } => &LIBRARIAN,
        Subject::RoleChanged { role: Role::Assistant } => &ASSISTANT,
        Subject::RoleChanged { role: Role::Member } => &READER_AGAIN,
        Subject::NewDevice { .. } => &NEW_DEVICE,
        Subject::SessionStolen => &SESSION_STOLEN,
        Subject::Reset { .. } => &RESET,
        Subject::PasswordChanged => &PASSWORD_CHANGED,
        Subject::Farewell => &FAREWELL,
        Subject::Reserved { .. } | Subject::Ready { .. } => &READY,
        Subject::Queued { place: ..=1, .. } => &NEXT,
        Subject::Queued { .. } => &QUEUED,
        Subject::Displaced { .. } => &DISPLACED,
        Subject::DueSoon { .. } => &DUE_SOON,
        Subject::Nothing => return None,
    };
    Some(words)
}

const WELCOME: Words = Words {
    subject: "Is this your address?",
    first_line: "One press, and you can borrow.",
    heading: "Is this your address?",
    paragraphs: [
        "You have joined {library}. Tell us *within seven days* that letters to this address reach you; then you can borrow \
         ten books at once, for three weeks each.",
        "If it was not you, do nothing. Without your answer, no letters about books come here.",
    ],
    button: Some("Yes, it is mine"),
};

const ADDED: Words = Words {
    subject: "Choose a password",
    first_line: "Your account is ready.",
    heading: "Choose a password",
    paragraphs: [
        "You are a reader at {library} now, and can borrow at once. Choose a password *within seven days*, and you can also reserve \
         and renew books on the website. It tells us that letters to this address reach you.",
        "If this is a surprise, do nothing. Without your answer, no letters about books come here.",
    ],
    button: Some("Choose a password"),
};

const VERIFICATION: Words = Words {
    subject: "Is this your address?",
    first_line: "One press, and we write to you here.",
    heading: "Is this your address?",
    paragraphs: [
        "Somebody, we hope you, asked for this letter for an account at {library}. Tell us *within seven days* that letters to \
         this address reach you.",
        "If it was not you, do nothing. Nothing changes.",
    ],
    button: Some("Yes, it is mine"),
};

const EMAIL_CHANGE_REQUESTED: Words = Words {
    subject: "Another address for your account",
    first_line: "Nothing has changed yet.",
    heading: "Another address for your account",
    paragraphs: [
        "Somebody, we hope you or the library's desk for you, asked for another email address for your account. *Nothing has \
         changed yet:* the new address counts once it is confirmed with its own letter.",
        "It was neither? Then somebody knows your password. Choose a new one at once.",
    ],
    button: Some("It was not me"),
};

const EMAIL_CHANGED: Words = Words {
    subject: "Your email address was changed",
    first_line: "From now on, letters go to the new one.",
    heading: "Your email address was changed",
    paragraphs: [
        "Your account has another email address since *{when}*. You sign in with that one now, and letters go there.",
        "It was not you? Tell the library at once.",
    ],
    button: Some("Ask the library"),
};

const RENAMED: Words = Words {
    subject: "Your username was changed",
    first_line: "Email address and password are as before.",
    heading: "Your username was changed",
    paragraphs: [
        "Your account has another username since *{when}*. Email address and password are as before.",
        "It was not you? Choose a new password at once, and tell the library.",
    ],
    button: Some("It was not me"),
};

const LIBRARIAN: Words = Words {
    subject: "You are a librarian now",
    first_line: "The desk is yours, too.",
    heading: "You are a librarian now",
    paragraphs: [
        "Your account is a librarian’s since *{when}*. You can hand books out, take them back, and look after the catalogue and \
         its readers.",
        "If this is a surprise, tell the library.",
    ],
    button: Some("Go to the library"),
};

const ASSISTANT: Words = Words {
    subject: "You are an assistant now",
    first_line: "The desk is yours, too.",
    heading: "You are an assistant now",
    paragraphs: [
        "Your account is an assistant’s since *{when}*. You can hand books out, take them back, and look after readers.",
        "If this is a surprise, tell the library.",
    ],
    button: Some("Go to the library"),
};

const READER_AGAIN: Words = Words {
    subject: "You do not work at the desk any more",
    first_line: "Your books and reservations stay as they are.",
    heading: "You do not work at the desk any more",
    paragraphs: [
        "Your account is a reader’s again since *{when}*. Your books and reservations stay as they are.",
        "If this is a surprise, tell the library.",
    ],
    button: Some("Go to the library"),
};

const NEW_DEVICE: Words = Words {
    subject: "A new device",
    first_line: "Was it you?",
    heading: "A new device",
    paragraphs: [
        "Somebody, we hope you, signed in to your account on *{when}*, from a device that we had not seen before. Its network \
         address is {address}.",
        "It was not you? Choose a new password at once, and tell the library.",
    ],
    button: Some("It was not me"),
};

const SESSION_STOLEN: Words = Words {
    subject: "A device was signed out",
    first_line: "Somebody may have a copy of its key.",
    heading: "A device was signed out",
    paragraphs: [
        "On *{when}*, the key of one of your devices was used again, after the device had got a new one. Somebody may have a copy, \
         so we signed the device out.",
        "Sign in there again. If you do not know how this came about, choose a new password.",
    ],
    button: Some("Choose a new password"),
};

const RESET: Words = Words {
    subject: "A new password",
    first_line: "The link is good for ten minutes.",
    heading: "A new password",
    paragraphs: [
        "Somebody, we hope you, asked for a new password. This link is good *until {until}*, for ten minutes and for one use.",
        "If it was not you, do nothing. Your password stays as it is.",
    ],
    button: Some("Choose a new password"),
};

const PASSWORD_CHANGED: Words = Words {
    subject: "Your password was changed",
    first_line: "All other devices are signed out.",
    heading: "Your password was changed",
    paragraphs: [
        "It was changed on *{when}*. All other devices are signed out.",
        "It was not you? Choose a new password at once, and tell the library.",
    ],
    button: Some("It was not me"),
};

const FAREWELL: Words = Words {
    subject: "Your account is gone",
    first_line: "Thank you for reading with us.",
    heading: "Goodbye, and thank you",
    paragraphs: [
        "Your account is deleted, and so are your favorites, your places in queues and your picture. Books that you added stay in \
         the catalogue, without your name.",
        "If you still have books of ours, please bring them back. This is our last letter. If you come by again, the door is open.",
    ],
    button: None,
};

const READY: Words = Words {
    subject: "Ready for you: {title}",
    first_line: "At the desk until {until}.",
    heading: "A book is ready for you",
    paragraphs: [
        "{book} waits for you at the desk *until {until}*. Just say your name.",
        "If you do not need it any more, give it up, and the next reader has it sooner.",
    ],
    button: Some("See my books"),
};

const DISPLACED: Words = Words {
    subject: "Not ready after all: {title}",
    first_line: "You are the next to get it.",
    heading: "Your book is not ready after all",
    paragraphs: [
        "The library has lent the copy of {book} that was ready for you to somebody else. We are sorry. *You are next:* we \
         write to you when a copy is here.",
        "If you have found it elsewhere, give up your place, and the next reader moves up.",
    ],
    button: Some("See my place"),
};

const NEXT: Words = Words {
    subject: "You are next: {title}",
    first_line: "We write to you when a copy is here.",
    heading: "You are next",
    paragraphs: [
        "Nobody is before you for {book}. We write to you when a copy is here.",
        "If you have found it elsewhere, give up your place, and the next reader moves up.",
    ],
    button: Some("See my place"),
};

const QUEUED: Words = Words {
    subject: "You are {place} in the queue: {title}",
    first_line: "We write to you when a copy is here.",
    heading: "You are {place} in the queue",
    paragraphs: [
        "Other readers asked before you for {book}. We write to you when a copy is here for you.",
        "If you have found it elsewhere, give up your place, and the next reader moves up.",
    ],
    button: Some("See my place"),
};

const DUE_SOON: Words = Words {
    subject: "Due {weekday}: {title}",
    first_line: "Renew it with one press, if nobody waits.",
    heading: "Due on {weekday}",
    paragraphs: [
        "{book} is due *on {day}*. Please bring it back by then.",
        "If nobody waits for it, you can keep it for three more weeks.",
    ],
    button: Some("Renew it"),
};

/// Returns the weekday of a moment: `Monday`.
pub(super) fn weekday(at: &Zoned) -> String {
    at.strftime("%A").to_string()
}

/// Returns the day of a moment: `Monday, 23 November`.
pub(super) fn day(at: &Zoned) -> String {
    at.strftime("%A, %-d %B").to_string()
}

/// Returns the end of a promise, as the library's clocks show it: `Monday, 23 November`, with the time if the day goes on.
pub(super) fn end(calendar: &Calendar, at: Timestamp) -> String {
    let local = calendar.zone.local(at);
    if calendar.end_of(calendar.day(at)) == at {
        return day(&local);
    }
    let label = if calendar.zone == Zone::default() { " UTC" } else { "" };
    format!("{}, {}{label}", day(&local), local.strftime("%H:%M"))
}

/// Returns the day and the time of a moment, in UTC: `Monday, 23 November, 14:05 UTC`.
pub(super) fn moment(at: Timestamp) -> String {
    format!("{}, {}", day(&at.to_zoned(TimeZone::UTC)), time(at))
}

/// Returns the time of a moment, in UTC: `14:05 UTC`.
pub(super) fn time(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%H:%M UTC").to_string()
}

/// Returns the ordinal of a position: `1st`, `2nd`, `3rd`, `4th`, …, `11th`, …, `21st`.
pub(super) fn ordinal(place: u32) -> String {
    let ending = match (place % 100, place % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    format!("{place}{ending}")
}

#[cfg(test)]
mod tests {
    use super::{Zone, day, moment, ordinal, weekday};

    #[test]
    fn a_day_is_formatted_in_utc() {
        let local = |moment: &str| Zone::default().local(moment.parse().expect("a time"));
        assert_eq!(day(&local("2026-11-23T23:59:59Z")), "Monday, 23 November");
        assert_eq!(weekday(&local("2027-01-01T00:00:00Z")), "Friday");
    }

    #[test]
    fn a_moment_has_the_time_to_the_minute() {
        assert_eq!(moment("2026-11-23T04:05:59Z".parse().expect("a time")), "Monday, 23 November, 04:05 UTC");
    }

    #[test]
    fn a_position_becomes_an_english_ordinal() {
        let said = [1, 2, 3, 4, 10, 11, 12, 13, 21, 22, 23, 101, 111, 112, 1000].map(ordinal).join(" ");
        assert_eq!(said, "1st 2nd 3rd 4th 10th 11th 12th 13th 21st 22nd 23rd 101st 111th 112th 1000th");
    }
}
