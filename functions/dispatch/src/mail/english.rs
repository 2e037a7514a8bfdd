//! The words of letters in English.

use super::words::{Days, LetterWords, Letters, Words};

pub(super) const ENGLISH: Words = Words {
    code: "en",
    hello: "Hello,",
    hello_name: "Hello {name},",
    copy_the_address: "Or copy this address into your browser:",
    signed: "The people at {library}",
    quotes: ["“", "”"],
    colon: ":",
    by: "{title} by {author}",
    choose: "Which letters you get:",
    late_book: "{title}: due on {day}, {late}",
    letters: LETTERS,
    days: DAYS,
};

const LETTERS: Letters = Letters {
    welcome: LetterWords {
        subject: "Is this your address?",
        first_line: "One press, and you can borrow.",
        heading: "Is this your address?",
        paragraphs: [
            "You have joined {library}. Tell us *within seven days* that letters to this address reach you; then you can borrow \
             books.",
            "If it was not you, do nothing. Without your answer, no letters about books come here.",
        ],
        button: Some("Yes, it is mine"),
    },
    added: LetterWords {
        subject: "Choose a password",
        first_line: "Your account is ready.",
        heading: "Choose a password",
        paragraphs: [
            "You are a reader at {library} now, and can borrow at once. Choose a password *within seven days*, and you can also reserve \
             and renew books on the website. It tells us that letters to this address reach you.",
            "If this is a surprise, do nothing. Without your answer, no letters about books come here.",
        ],
        button: Some("Choose a password"),
    },
    verification: LetterWords {
        subject: "Is this your address?",
        first_line: "One press, and we write to you here.",
        heading: "Is this your address?",
        paragraphs: [
            "Somebody, we hope you, asked for this letter for an account at {library}. Tell us *within seven days* that letters to \
             this address reach you.",
            "If it was not you, do nothing. Nothing changes.",
        ],
        button: Some("Yes, it is mine"),
    },
    email_change_requested: LetterWords {
        subject: "Another address for your account",
        first_line: "Nothing has changed yet.",
        heading: "Another address for your account",
        paragraphs: [
            "Somebody, we hope you or the library’s desk for you, asked for another email address for your account. *Nothing has \
             changed yet:* the new address counts once it is confirmed with its own letter.",
            "It was neither? Then somebody knows your password. Choose a new one at once.",
        ],
        button: Some("It was not me"),
    },
    email_changed: LetterWords {
        subject: "Your email address was changed",
        first_line: "From now on, letters go to the new one.",
        heading: "Your email address was changed",
        paragraphs: [
            "Your account has another email address since *{when}*. You sign in with that one now, and letters go there.",
            "It was not you? Tell the library at once.",
        ],
        button: Some("Ask the library"),
    },
    renamed: LetterWords {
        subject: "Your username was changed",
        first_line: "Email address and password are as before.",
        heading: "Your username was changed",
        paragraphs: [
            "Your account has another username since *{when}*. Email address and password are as before.",
            "It was not you? Choose a new password at once, and tell the library.",
        ],
        button: Some("It was not me"),
    },
    librarian: LetterWords {
        subject: "You are a librarian now",
        first_line: "The desk is yours, too.",
        heading: "You are a librarian now",
        paragraphs: [
            "Your account is a librarian’s since *{when}*. You can hand books out, take them back, and look after the catalogue and \
             its readers.",
            "If this is a surprise, tell the library.",
        ],
        button: Some("Go to the library"),
    },
    assistant: LetterWords {
        subject: "You are an assistant now",
        first_line: "The desk is yours, too.",
        heading: "You are an assistant now",
        paragraphs: [
            "Your account is an assistant’s since *{when}*. You can hand books out, take them back, and look after readers.",
            "If this is a surprise, tell the library.",
        ],
        button: Some("Go to the library"),
    },
    reader_again: LetterWords {
        subject: "You do not work at the desk any more",
        first_line: "Your books and reservations stay as they are.",
        heading: "You do not work at the desk any more",
        paragraphs: [
            "Your account is a reader’s again since *{when}*. Your books and reservations stay as they are.",
            "If this is a surprise, tell the library.",
        ],
        button: Some("Go to the library"),
    },
    new_device: LetterWords {
        subject: "A new device",
        first_line: "Was it you?",
        heading: "A new device",
        paragraphs: [
            "Somebody, we hope you, signed in to your account on *{when}*, from a device that we had not seen before. Its network \
             address is {address}.",
            "It was not you? Choose a new password at once, and tell the library.",
        ],
        button: Some("It was not me"),
    },
    session_stolen: LetterWords {
        subject: "A device was signed out",
        first_line: "Somebody may have a copy of its key.",
        heading: "A device was signed out",
        paragraphs: [
            "On *{when}*, the key of one of your devices was used again, after the device had got a new one. Somebody may have a copy, \
             so we signed the device out.",
            "Sign in there again. If you do not know how this came about, choose a new password.",
        ],
        button: Some("Choose a new password"),
    },
    reset: LetterWords {
        subject: "A new password",
        first_line: "The link is good for ten minutes.",
        heading: "A new password",
        paragraphs: [
            "Somebody, we hope you, asked for a new password. This link is good *until {until}*, for ten minutes and for one use.",
            "If it was not you, do nothing. Your password stays as it is.",
        ],
        button: Some("Choose a new password"),
    },
    password_changed: LetterWords {
        subject: "Your password was changed",
        first_line: "All other devices are signed out.",
        heading: "Your password was changed",
        paragraphs: [
            "It was changed on *{when}*. All other devices are signed out.",
            "It was not you? Choose a new password at once, and tell the library.",
        ],
        button: Some("It was not me"),
    },
    data_fetched: LetterWords {
        subject: "Your data were fetched",
        first_line: "Was it you?",
        heading: "Your data were fetched",
        paragraphs: [
            "Somebody, we hope you, fetched all that we store about you as a file on *{when}*. The network address it went to \
             is {address}.",
            "It was not you? Then somebody has your password, or a device on which you are signed in. Choose a new password \
             at once, and tell the library.",
        ],
        button: Some("It was not me"),
    },
    farewell: LetterWords {
        subject: "Your account is gone",
        first_line: "Thank you for reading with us.",
        heading: "Goodbye, and thank you",
        paragraphs: [
            "Your account is deleted, and so are your favorites, your places in queues and your picture. Books that you added stay in \
             the catalogue, without your name.",
            "If you still have books of ours, please bring them back. This is our last letter. If you come by again, the door is open.",
        ],
        button: None,
    },
    ready: LetterWords {
        subject: "Ready for you: {title}",
        first_line: "At the desk until {until}.",
        heading: "A book is ready for you",
        paragraphs: [
            "{book} waits for you at the desk *until {until}*. Just say your name.",
            "If you do not need it any more, give it up, and the next reader has it sooner.",
        ],
        button: Some("See my books"),
    },
    displaced: LetterWords {
        subject: "Not ready after all: {title}",
        first_line: "You are the next to get it.",
        heading: "Your book is not ready after all",
        paragraphs: [
            "The library has lent the copy of {book} that was ready for you to somebody else. We are sorry. *You are next:* we \
             write to you when a copy is here.",
            "If you have found it elsewhere, give up your place, and the next reader moves up.",
        ],
        button: Some("See my place"),
    },
    next: LetterWords {
        subject: "You are next: {title}",
        first_line: "We write to you when a copy is here.",
        heading: "You are next",
        paragraphs: [
            "Nobody is before you for {book}. We write to you when a copy is here.",
            "If you have found it elsewhere, give up your place, and the next reader moves up.",
        ],
        button: Some("See my place"),
    },
    queued: LetterWords {
        subject: "You are {place} in the queue: {title}",
        first_line: "We write to you when a copy is here.",
        heading: "You are {place} in the queue",
        paragraphs: [
            "Other readers asked before you for {book}. We write to you when a copy is here for you.",
            "If you have found it elsewhere, give up your place, and the next reader moves up.",
        ],
        button: Some("See my place"),
    },
    due_soon: LetterWords {
        subject: "Due {weekday}: {title}",
        first_line: "Perhaps you can keep it longer.",
        heading: "Due on {weekday}",
        paragraphs: [
            "{book} is due *on {day}*. Please bring it back by then.",
            "If nobody waits for it and the rules allow, you can keep it longer: renew it on the website.",
        ],
        button: Some("See my books"),
    },
    overdue: LetterWords {
        subject: "{late}: {title}",
        first_line: "It was due on {day}.",
        heading: "This one is late",
        paragraphs: [
            "{book} was due *on {day}*. Please bring it back.",
            "If you have lost it, tell us, and we find a way. If you have brought it back by now, thank you: then do nothing.",
        ],
        button: Some("See my books"),
    },
    several_overdue: LetterWords {
        subject: "{count} books are late",
        first_line: "The first was due on {day}.",
        heading: "{count} books are late",
        paragraphs: [
            "Please bring these books back:",
            "If you have lost one, tell us, and we find a way. If you have brought them back by now, thank you: then do nothing.",
        ],
        button: Some("See my books"),
    },
};

const DAYS: Days = Days {
    weekdays: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    months: [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    day: "{weekday}, {date} {month}",
    first: "1",
    moment: "{day}, {time}",
    closed: "{day} (a closed day, so {open} counts)",
    time: |hour, minute| format!("{hour:02}:{minute:02}"),
    late: |days| format!("{days} {} late", if days == 1 { "day" } else { "days" }),
    ordinal,
};

/// Returns the ordinal of a position: `1st`, `2nd`, `3rd`, `4th`, …, `11th`, …, `21st`.
fn ordinal(place: u32) -> String {
    let ending = match (place % 100, place % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    format!("{place}{ending}")
}
