//! A year of a library: closed weeks, both nights in which the clocks change, and other rules in the middle. Every due day and
//! every letter is as a table says.

use jiff::civil::Date;
use serde_json::{Value, json};
use tests::Library;

use super::{DAY, sweep, with};

/// What is lent on a day of the year, and what becomes of it.
struct Loan {
    title: &'static str,
    to: Reader,
    on: &'static str,
    /// The day on which it is due.
    due: &'static str,
    /// The end of that day.
    due_at: &'static str,
    /// The day on which it comes back.
    back: &'static str,
    /// The letters about it: the day, and the subject. Two are about two books.
    letters: &'static [(&'static str, &'static str)],
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Reader {
    /// Of the group of adults, with letters in the library's language.
    Adult,
    /// Of the group of pupils, with letters in French.
    Child,
}

/// The dates on which it is closed besides Sundays and Mondays: from Christmas until Epiphany, for two weeks of
/// August, and on Good Friday.
fn closed() -> Vec<String> {
    let span = |from: &str, to: &str| {
        let (from, to): (Date, Date) = (from.parse().expect("a day"), to.parse().expect("a day"));
        from.series(jiff::Span::new().days(1)).take_while(move |day| *day <= to).map(|day| day.to_string())
    };
    let christmas = span("2026-12-24", "2027-01-06");
    christmas.chain(span("2027-03-26", "2027-03-26")).chain(span("2027-08-02", "2027-08-14")).collect()
}

/// Adults have a book for 28 days, children for 14.
fn until_july() -> Value {
    let open = json!({"opens": "10:00", "closes": "18:00"});
    let week = json!({"tuesday": open, "wednesday": open, "thursday": open, "friday": open, "saturday": open});
    let group =
        |id: &str, days| json!({"id": id, "name": id, "loanDays": days, "loans": 5, "reservations": 5, "renewals": 2});
    with(&json!({"name": "Pfarrbücherei", "language": "de", "timeZone": "Europe/Berlin", "openingDays": week,
        "closedDates": closed(), "groups": [group("adults", 28), group("pupils", 14)], "overdueDays": [3, 10, 21]}))
}

/// From July on adults have a book for 21 days, the library is open on Mondays too, reminds two days before, and writes twice.
fn from_july() -> Value {
    let mut rules = until_july();
    rules["groups"][0]["loanDays"] = json!(21);
    rules["openingDays"]["monday"] = json!({"opens": "10:00", "closes": "18:00"});
    rules["reminderDays"] = json!(2);
    rules["overdueDays"] = json!([7, 14]);
    rules
}

/// The day on which the rules change.
const CHANGE: &str = "2027-07-01";

/// The year, by the days on which books are lent.
const YEAR: &[Loan] = &[
    // Over the night in which the clocks go back, the 25th of October.
    Loan {
        title: "Emma",
        to: Reader::Adult,
        on: "2026-09-29",
        due: "2026-10-27",
        due_at: "2026-10-27T22:59:59.999Z",
        back: "2026-10-27",
        letters: &[("2026-10-24", "Fällig am Dienstag: Emma")],
    },
    // Due on the day before the clocks go back, and late after it.
    Loan {
        title: "Momo",
        to: Reader::Child,
        on: "2026-10-10",
        due: "2026-10-24",
        due_at: "2026-10-24T21:59:59.999Z",
        back: "2026-11-10",
        letters: &[
            ("2026-10-21", "À rendre samedi\u{a0}: Momo"),
            ("2026-10-27", "3 jours de retard\u{a0}: Momo"),
            ("2026-11-03", "10 jours de retard\u{a0}: Momo"),
        ],
    },
    // The 25th of December is closed, and so is every day until Thursday, the 7th of January.
    Loan {
        title: "Middlemarch",
        to: Reader::Adult,
        on: "2026-11-27",
        due: "2027-01-07",
        due_at: "2027-01-07T22:59:59.999Z",
        back: "2027-01-30",
        letters: &[
            ("2027-01-04", "Fällig am Donnerstag: Middlemarch"),
            ("2027-01-10", "3 Tage überfällig: Middlemarch"),
            ("2027-01-17", "10 Tage überfällig: Middlemarch"),
            ("2027-01-28", "21 Tage überfällig: Middlemarch"),
        ],
    },
    // Over the night in which the clocks go forward. Good Friday, the 26th of March, is closed, and the next day is open.
    Loan {
        title: "Matilda",
        to: Reader::Child,
        on: "2027-03-12",
        due: "2027-03-27",
        due_at: "2027-03-27T22:59:59.999Z",
        back: "2027-04-01",
        letters: &[
            ("2027-03-24", "À rendre samedi\u{a0}: Matilda"),
            ("2027-03-30", "3 jours de retard\u{a0}: Matilda"),
        ],
    },
    // Due on a Sunday after the clocks went forward, so on Tuesday, in summer time.
    Loan {
        title: "Villette",
        to: Reader::Adult,
        on: "2027-02-28",
        due: "2027-03-30",
        due_at: "2027-03-30T21:59:59.999Z",
        back: "2027-03-30",
        letters: &[("2027-03-27", "Fällig am Dienstag: Villette")],
    },
    // Promised for the old number of days, with a reminder three days before. The letters are those of the new rules.
    Loan {
        title: "Persuasion",
        to: Reader::Adult,
        on: "2027-06-15",
        due: "2027-07-13",
        due_at: "2027-07-13T21:59:59.999Z",
        back: "2027-07-28",
        letters: &[
            ("2027-07-10", "Fällig am Dienstag: Persuasion"),
            ("2027-07-20", "7 Tage überfällig: Persuasion"),
            ("2027-07-27", "14 Tage überfällig: Persuasion"),
        ],
    },
    // By the new rules: the 2nd to the 14th of August are closed, the 15th is a Sunday, and the 16th is a Monday.
    Loan {
        title: "Sylvia",
        to: Reader::Adult,
        on: "2027-07-13",
        due: "2027-08-16",
        due_at: "2027-08-16T21:59:59.999Z",
        back: "2027-08-26",
        letters: &[("2027-08-14", "Fällig am Montag: Sylvia"), ("2027-08-23", "2 Bücher sind überfällig")],
    },
    Loan {
        title: "Cranford",
        to: Reader::Adult,
        on: "2027-07-14",
        due: "2027-08-16",
        due_at: "2027-08-16T21:59:59.999Z",
        back: "2027-08-26",
        letters: &[("2027-08-14", "Fällig am Montag: Cranford")],
    },
    Loan {
        title: "Heidi",
        to: Reader::Child,
        on: "2027-09-07",
        due: "2027-09-21",
        due_at: "2027-09-21T21:59:59.999Z",
        back: "2027-09-20",
        letters: &[("2027-09-19", "À rendre mardi\u{a0}: Heidi")],
    },
];

#[tokio::test]
async fn a_year_of_closed_weeks_changed_clocks_and_changed_rules_has_the_days_and_letters_of_a_table() {
    // Eight in the evening, at which the library is visited once a day: after the morning's letters.
    let library = Library::own().clock_at("2026-09-28T18:00:00Z").start().await;
    let admin = library.admin().await;
    let (adult, child) = (library.reader().await, library.reader().await);
    admin.put("/rules", until_july()).await.expect(200);
    library.wait(60);
    child.patch("/users/me", json!({"language": "fr"})).await.expect(200);
    admin.patch(&format!("/users/{}", child.id), json!({"group": "pupils"})).await.expect(200);
    let of = |reader| if reader == Reader::Adult { &adult } else { &child };
    let first: Date = "2026-09-28".parse().expect("a day");
    let (mut written, mut out) = (Vec::new(), Vec::new());
    let mut seen = [library.mails(&adult.email).await.len(), library.mails(&child.email).await.len()];
    for day in first.series(jiff::Span::new().days(1)).skip(1).take(366) {
        let today = day.to_string();
        library.wait(DAY);
        sweep(&library).await;
        for (reader, seen) in [&adult, &child].into_iter().zip(&mut seen) {
            let mails = library.mails(&reader.email).await;
            written.extend(mails.iter().skip(*seen).map(|mail| (today.clone(), mail.subject.clone())));
            *seen = mails.len();
        }
        let lent: Vec<_> = YEAR.iter().filter(|loan| loan.on == today).collect();
        let back: Vec<_> = YEAR.iter().filter(|loan| loan.back == today).collect();
        if lent.is_empty() && back.is_empty() && today != CHANGE {
            continue;
        }
        let desk = library.signs_in(&admin).await;
        if today == CHANGE {
            desk.put("/rules", from_july()).await.expect(200);
        }
        for loan in lent {
            let book = desk.adds(loan.title, "Somebody").await;
            let lent = desk.lends(of(loan.to), &book).await.expect(201).json()["reservation"].clone();
            assert_eq!((&lent["dueOn"], &lent["dueAt"]), (&json!(loan.due), &json!(loan.due_at)), "{}", loan.title);
            out.push((loan.title, lent["id"].as_str().unwrap_or_default().to_owned()));
        }
        for loan in back {
            let (_, id) = out.iter().find(|(title, _)| *title == loan.title).expect("it is out");
            let shown = desk.get(&format!("/reservations/{id}")).await.expect(200).json();
            assert_eq!(shown["dueOn"], loan.due, "{}: the promise does not move", loan.title);
            desk.steps(id, "return").await.expect(200);
        }
    }
    let expected =
        YEAR.iter().flat_map(|loan| loan.letters).map(|(day, subject)| ((*day).to_owned(), (*subject).to_owned()));
    let mut expected: Vec<_> = expected.collect();
    expected.sort();
    written.sort();
    assert_eq!(written, expected);
}
