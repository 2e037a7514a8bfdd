//! Letters follow the rules of the library and the choices of its readers: their language, which are on, and those about
//! overdue books.

use serde_json::{Value, json};
use tests::database::{Fault, Pattern};
use tests::{Library, Person};

use super::{DAY, rule, sweep};

const HOUR: i64 = 60 * 60;

/// When each of these libraries begins: on a Thursday.
const THURSDAY: &str = "2026-12-03T10:00:00Z";

/// Returns the subjects of a reader's letters after the first, which asks for the address; oldest first.
async fn subjects(library: &Library, reader: &Person) -> Vec<String> {
    library.local().drained().await;
    library.mails(&reader.email).await.into_iter().skip(1).map(|mail| mail.subject).collect()
}

/// Lends a new book of that title.
async fn lends(admin: &Person, reader: &Person, title: &str) -> String {
    let book = admin.adds(title, "Octavia E. Butler").await;
    let lent = admin.lends(reader, &book).await.expect(201).json();
    lent["reservation"]["id"].as_str().unwrap_or_default().to_owned()
}

/// Lets that many days pass, and sweeps on each of them at the same hour.
async fn days(library: &Library, days: i64) {
    for _ in 0..days {
        library.wait(DAY);
        sweep(library).await;
    }
}

/// Returns the letters of a loan as the desk sees them: step and day.
async fn noted(library: &Library, admin: &Person, loan: &str) -> Vec<(u64, String)> {
    let admin = library.signs_in(admin).await;
    let shown = admin.get(&format!("/reservations/{loan}")).await.expect(200).json();
    let letters = shown["letters"].as_array().cloned().unwrap_or_default();
    let letter = |letter: &Value| {
        assert_eq!(letter["by"], "email", "{letter}");
        (letter["step"].as_u64().unwrap_or_default(), letter["at"].as_str().unwrap_or_default()[..10].to_owned())
    };
    letters.iter().map(letter).collect()
}

#[tokio::test]
async fn a_reader_chooses_language_and_letters_and_takes_the_choice_back() {
    let library = Library::own().start().await;
    let (admin, reader) = (library.admin().await, library.reader().await);
    let before = reader.get("/users/me").await.expect(200);
    assert_eq!((&before.json()["language"], &before.json()["letters"]), (&Value::Null, &Value::Null));
    let changes = async |change: Value| {
        let changed = reader.patch("/users/me", change).await.expect(200).json();
        (changed["language"].clone(), changed["letters"].clone())
    };
    let some = |ready, due_soon, overdue| json!({"ready": ready, "dueSoon": due_soon, "overdue": overdue});
    assert_eq!(changes(json!({"language": "de-AT"})).await, (json!("de"), Value::Null));
    let chosen = changes(json!({"letters": {"overdue": false}})).await;
    assert_eq!(chosen, (json!("de"), some(true, true, false)));
    let chosen = changes(json!({"letters": {"ready": false}, "language": "fr"})).await;
    assert_eq!(chosen, (json!("fr"), some(false, true, false)), "what is left out stays");
    let shown = reader.get("/users/me").await.expect(200);
    assert_eq!(shown.json()["letters"], some(false, true, false));
    reader.get("/users/me").header("if-none-match", before.header("etag")).await.expect(200);
    // The desk sees why somebody gets no letters, and other readers see nothing.
    let path = format!("/users/{}", reader.id);
    assert_eq!(admin.get(&path).await.expect(200).json()["letters"], some(false, true, false));
    let other = library.reader().await.get(&path).await.expect(200).json();
    assert_eq!((&other["language"], &other["letters"]), (&Value::Null, &Value::Null));
    assert_eq!(changes(json!({"language": null, "letters": null})).await, (Value::Null, Value::Null));
}

#[tokio::test]
async fn a_choice_that_makes_no_sense_is_refused_with_its_field_and_changes_nothing() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    reader.patch("/users/me", json!({"language": "es", "letters": {"dueSoon": false}})).await.expect(200);
    let before = reader.get("/users/me").await.expect(200);
    for (change, pointer) in [
        (json!({"language": "pl"}), "/language"),
        (json!({"language": ""}), "/language"),
        (json!({"language": 1}), "/language"),
        (json!({"letters": {"ready": null}}), "/letters/ready"),
        (json!({"letters": {"ready": "no"}}), "/letters/ready"),
        (json!({"letters": {"passwords": false}}), "/letters/passwords"),
        (json!({"letters": true}), "/letters"),
        (json!({"letters": []}), "/letters"),
    ] {
        reader.patch("/users/me", change).await.invalid(pointer);
    }
    let after = reader.get("/users/me").await.expect(200);
    assert_eq!((after.header("etag"), after.json()), (before.header("etag"), before.json()));
}

#[tokio::test]
async fn dk61_each_letter_is_in_the_language_of_its_reader_or_else_of_the_library() {
    let library = Library::own().clock_at(THURSDAY).start().await;
    let admin = library.admin().await;
    rule(&library, &admin, &json!({"language": "es", "name": "Biblioteca", "timeZone": "Europe/Madrid"})).await;
    let [french, none, unknown] = [library.reader().await, library.reader().await, library.reader().await];
    french.patch("/users/me", json!({"language": "fr"})).await.expect(200);
    // A language of another version.
    let key = json!({"pk": {"S": format!("user#{}", unknown.id)}});
    let spoil = json!({"TableName": "carrel-accounts", "Key": key, "UpdateExpression": "SET #language = :pl",
        "ExpressionAttributeNames": {"#language": "language"}, "ExpressionAttributeValues": {":pl": {"S": "pl"}}});
    library.dynamodb().call("UpdateItem", &spoil).await;
    for reader in [&french, &none, &unknown] {
        let book = admin.adds("Kindred", "Octavia E. Butler").await;
        reader.reserves(&book).await.expect(201);
        let change = json!({"currentPassword": tests::PASSWORD, "newPassword": "another horse battery"});
        reader.put("/auth/password", change).await.expect(200);
    }
    let spanish = ["Listo para usted: Kindred", "Su contraseña ha cambiado"];
    assert_eq!(subjects(&library, &none).await, spanish);
    assert_eq!(subjects(&library, &unknown).await, spanish);
    let french_ones = ["Prêt pour vous\u{a0}: Kindred", "Votre mot de passe a été modifié"];
    assert_eq!(subjects(&library, &french).await, french_ones);
    // The day is the library's: the end of the sixth in Madrid.
    let [_, ready, changed] = library.mails(&french.email).await.try_into().unwrap_or_else(|_| panic!("three letters"));
    assert!(ready.text.contains("au comptoir jusqu’au dimanche 6 décembre."), "{}", ready.text);
    assert!(changed.text.contains("modifié le jeudi 3 décembre à 11\u{a0}h"), "{}", changed.text);
    assert!(ready.html.contains("<html lang=\"fr\""), "{}", ready.html);
    // The first letter comes before anybody can choose.
    assert_eq!(library.mails(&none.email).await[0].subject, "¿Es esta su dirección?");
}

#[tokio::test]
async fn what_the_library_or_the_reader_switches_off_is_not_written_and_security_letters_always_are() {
    let library = Library::own().clock_at(THURSDAY).start().await;
    let admin = library.admin().await;
    let [some, all] = [library.reader().await, library.reader().await];
    some.patch("/users/me", json!({"letters": {"ready": false, "dueSoon": false, "overdue": false}})).await.expect(200);
    let both = async |title: &str| {
        for reader in [&some, &all] {
            let book = admin.adds(title, "Octavia E. Butler").await;
            reader.reserves(&book).await.expect(201);
        }
    };
    both("Kindred").await;
    assert_eq!(subjects(&library, &some).await, [] as [&str; 0]);
    assert_eq!(subjects(&library, &all).await, ["Ready for you: Kindred"]);
    some.patch("/users/me", json!({"letters": {"ready": true}})).await.expect(200);
    both("Dawn").await;
    assert_eq!(subjects(&library, &some).await, ["Ready for you: Dawn"]);
    // What the library does not write, nobody gets.
    rule(&library, &admin, &json!({"letters": {"ready": false, "dueSoon": true, "overdue": true}})).await;
    both("Wild Seed").await;
    let change = json!({"currentPassword": tests::PASSWORD, "newPassword": "another horse battery"});
    some.put("/auth/password", change).await.expect(200);
    assert_eq!(subjects(&library, &some).await, ["Ready for you: Dawn", "Your password was changed"]);
    assert_eq!(subjects(&library, &all).await, ["Ready for you: Kindred", "Ready for you: Dawn"]);
}

#[tokio::test]
async fn dk52_letters_about_an_overdue_book_begin_anew_after_a_renewal_and_come_back_with_its_undoing() {
    let library = Library::own().clock_at(THURSDAY).start().await;
    let (admin, reader) = (library.admin().await, library.reader().await);
    let loan = lends(&admin, &reader, "Kindred").await;
    // Due on the 24th: letters on the 27th and on the 3rd.
    days(&library, 31).await;
    let two = vec![(1, "2026-12-27".to_owned()), (2, "2027-01-03".to_owned())];
    assert_eq!(noted(&library, &admin, &loan).await, two);
    let desk = library.signs_in(&admin).await;
    desk.steps(&loan, "renew").await.expect(200);
    assert_eq!(noted(&library, &admin, &loan).await, []);
    desk.steps(&loan, "undo").await.expect(200);
    assert_eq!(noted(&library, &admin, &loan).await, two, "as if it had not been renewed");
    desk.steps(&loan, "renew").await.expect(200);
    // Due on the 24th of January.
    days(&library, 26).await;
    assert_eq!(noted(&library, &admin, &loan).await, [(1, "2027-01-27".to_owned())]);
    let letters = subjects(&library, &reader).await;
    let once = ["Due Thursday: Kindred", "3 days late: Kindred", "10 days late: Kindred"];
    assert_eq!(letters, [&once[..], &["Due Sunday: Kindred", "3 days late: Kindred"]].concat());
}

#[tokio::test]
async fn dk54_each_letter_about_an_overdue_book_is_written_once_in_order_in_the_librarys_morning() {
    let library = Library::own().clock_at(THURSDAY).start().await;
    let (admin, reader) = (library.admin().await, library.reader().await);
    rule(&library, &admin, &json!({"timeZone": "Europe/Berlin"})).await;
    let loan = lends(&admin, &reader, "Kindred").await;
    let late = async || {
        let subjects = subjects(&library, &reader).await;
        subjects.into_iter().filter(|subject| subject.contains("late")).collect::<Vec<_>>()
    };
    // Six in the morning of the 27th, three days after the due day, is five o'clock in UTC.
    library.wait(24 * DAY - 5 * HOUR - 61);
    sweep(&library).await;
    assert_eq!(late().await, [] as [&str; 0], "too early");
    library.wait(1);
    let both = tokio::join!(library.local().run_schedule("dispatch"), library.local().run_schedule("dispatch"));
    both.0.and(both.1).expect("two sweeps at once");
    sweep(&library).await;
    assert_eq!(late().await, ["3 days late: Kindred"]);
    let events = library.signs_in(&admin).await.get("/events?limit=100").await.expect(200).each("type");
    assert_eq!(events.iter().filter(|kind| *kind == "book.overdue").count(), 1);
    days(&library, 60).await;
    let all = ["3 days late: Kindred", "10 days late: Kindred", "21 days late: Kindred"];
    assert_eq!(late().await, all);
    let steps = [(1, "2026-12-27"), (2, "2027-01-03"), (3, "2027-01-14")].map(|(step, on)| (step, on.to_owned()));
    assert_eq!(noted(&library, &admin, &loan).await, steps);
    let desk = library.signs_in(&admin).await;
    let listed = desk.get("/reservations?overdue=true").await.expect(200).json();
    assert_eq!(listed["items"][0]["letters"].as_array().map(Vec::len), Some(3), "{listed}");
    let log = desk.get(&format!("/activity?user={}&limit=100", reader.id)).await.expect(200);
    let rows = log.json()["items"].as_array().cloned().unwrap_or_default();
    let reminded: Vec<_> = rows.iter().filter(|row| row["type"] == "user.reminded").collect();
    assert_eq!(reminded.len(), 3, "{rows:?}");
    // The log says that somebody was written to, and not about which book.
    assert!(reminded.iter().all(|row| row["book"].is_null() && row["reservation"].is_null()), "{reminded:?}");
}

#[tokio::test]
async fn dk54_a_sweep_that_dies_before_or_after_its_write_leaves_one_letter() {
    let library = Library::own().proxied().clock_at(THURSDAY).start().await;
    let (admin, reader) = (library.admin().await, library.reader().await);
    let loan = lends(&admin, &reader, "Kindred").await;
    days(&library, 22).await;
    library.wait(2 * DAY);
    let writes = Pattern::transaction_of("dispatch").naming(format!("user#{}", reader.id));
    library.proxy().fail_always(writes, Fault::Throttled);
    let swept = library.local().call("dispatch", json!({"task": "sweep"})).await.expect("a sweep");
    assert_eq!(swept["failed"], 1);
    assert_eq!(noted(&library, &admin, &loan).await, []);
    library.proxy().recover();
    sweep(&library).await;
    sweep(&library).await;
    assert_eq!(noted(&library, &admin, &loan).await.len(), 1);
    assert_eq!(subjects(&library, &reader).await, ["Due Thursday: Kindred", "3 days late: Kindred"]);
}

#[tokio::test]
async fn dk53_there_is_no_letter_about_a_book_that_is_back() {
    let library = Library::own().clock_at(THURSDAY).start().await;
    let (admin, reader) = (library.admin().await, library.reader().await);
    let [back, out] = [lends(&admin, &reader, "Kindred").await, lends(&admin, &reader, "Dawn").await];
    days(&library, 23).await;
    library.signs_in(&admin).await.steps(&back, "return").await.expect(200);
    days(&library, 2).await;
    assert_eq!(noted(&library, &admin, &out).await.len(), 1);
    let letters = subjects(&library, &reader).await;
    assert_eq!(letters.iter().filter(|subject| subject.contains("late")).collect::<Vec<_>>(), ["3 days late: Dawn"]);
    let shown = library.signs_in(&admin).await.get(&format!("/reservations/{back}")).await.expect(200).json();
    assert_eq!(shown["letters"], Value::Null);
}

#[tokio::test]
async fn dk55_after_an_outage_there_is_the_letter_for_which_it_is_time_and_it_names_each_book() {
    let library = Library::own().clock_at(THURSDAY).start().await;
    let (admin, reader) = (library.admin().await, library.reader().await);
    let first = lends(&admin, &reader, "Kindred").await;
    library.wait(DAY);
    let admin = library.signs_in(&admin).await;
    let second = lends(&admin, &reader, "Dawn").await;
    // No sweep for longer than it used to look back: until 20 and 19 days after the due days.
    library.wait(40 * DAY);
    sweep(&library).await;
    sweep(&library).await;
    let step = |step, on: &str| vec![(step, on.to_owned())];
    assert_eq!(noted(&library, &admin, &first).await, step(2, "2027-01-13"));
    assert_eq!(noted(&library, &admin, &second).await, step(2, "2027-01-13"));
    assert_eq!(subjects(&library, &reader).await, ["2 books are late"]);
    let mail = library.mails(&reader.email).await.pop().expect("a letter");
    let lines =
        "“Kindred”: due on Thursday, 24 December, 20 days late\n“Dawn”: due on Friday, 25 December, 19 days late";
    assert!(mail.text.contains(lines), "{}", mail.text);
    let events = library.signs_in(&admin).await.get("/events?limit=100").await.expect(200).each("type");
    assert_eq!(events.iter().filter(|kind| *kind == "book.overdue").count(), 2);
    // The third letter about each on its day.
    days(&library, 2).await;
    let letters = subjects(&library, &reader).await;
    assert_eq!(letters[1..], ["21 days late: Kindred", "21 days late: Dawn"]);
}

#[tokio::test]
async fn dk56_a_reminder_names_the_day_and_there_is_none_when_it_is_too_late_for_one() {
    let library = Library::own().clock_at(THURSDAY).start().await;
    let (admin, reader) = (library.admin().await, library.reader().await);
    for due in ["2026-12-04", "2026-12-05", "2026-12-06", "2026-12-07"] {
        let book = admin.adds(&format!("Due {due}"), "Octavia E. Butler").await;
        let loan = json!({"reader": reader.id, "book": book, "dueOn": due});
        admin.post("/loans", loan).await.expect(201);
    }
    let reminders = async || {
        let subjects = subjects(&library, &reader).await;
        subjects.into_iter().filter(|subject| subject.starts_with("Due ")).collect::<Vec<_>>()
    };
    sweep(&library).await;
    assert_eq!(reminders().await, [] as [&str; 0], "nobody is reminded of a loan of three days");
    // The sweep is two days late, and it is the day before.
    library.wait(3 * DAY);
    sweep(&library).await;
    assert_eq!(reminders().await, ["Due Monday: Due 2026-12-07"]);
    let late = lends(&library.signs_in(&admin).await, &reader, "Kindred").await;
    library.wait(22 * DAY);
    sweep(&library).await;
    assert_eq!(reminders().await.len(), 1, "there is no reminder after the due day");
    assert_eq!(noted(&library, &admin, &late).await, []);
}

#[tokio::test]
async fn dk57_a_reader_or_a_book_that_is_gone_keeps_nobody_else_from_a_letter() {
    let library = Library::own().clock_at(THURSDAY).start().await;
    let admin = library.admin().await;
    let [gone, reader] = [library.reader().await, library.reader().await];
    let lost = lends(&admin, &gone, "Kindred").await;
    let book = admin.adds("Dawn", "Octavia E. Butler").await;
    admin.lends(&reader, &book).await.expect(201);
    let delete = |table: &str, key: Value| json!({"TableName": table, "Key": key});
    let profile = json!({"pk": {"S": format!("user#{}", gone.id)}});
    library.dynamodb().call("DeleteItem", &delete("carrel-accounts", profile)).await;
    let record = json!({"pk": {"S": format!("book#{book}")}, "sk": {"S": "book"}});
    library.dynamodb().call("DeleteItem", &delete("carrel-library", record)).await;
    days(&library, 25).await;
    assert_eq!(subjects(&library, &reader).await, ["Due Thursday: Dawn", "3 days late: Dawn"]);
    assert_eq!(noted(&library, &admin, &lost).await, []);
    library.finished().await;
}

#[tokio::test]
async fn dk59_who_has_no_address_or_wants_no_letters_gets_none_and_none_is_noted() {
    let library = Library::own().clock_at(THURSDAY).start().await;
    let admin = library.admin().await;
    let [off, unproved] = [library.reader().await, library.newcomer().await];
    admin.patch(&format!("/users/{}", unproved.id), json!({"approved": true})).await.expect(200);
    let without =
        admin.post("/users", json!({"firstName": "Alan", "lastName": "Turing"})).await.expect(201).string("id");
    let book = admin.adds("Emma", "Jane Austen").await;
    let loan = admin.post("/loans", json!({"reader": without, "book": book})).await.expect(201).json();
    let mut loans = vec![loan["reservation"]["id"].as_str().unwrap_or_default().to_owned()];
    off.patch("/users/me", json!({"letters": {"overdue": false}})).await.expect(200);
    for reader in [&off, &unproved] {
        loans.push(lends(&admin, reader, "Kindred").await);
    }
    days(&library, 25).await;
    for loan in &loans {
        assert_eq!(noted(&library, &admin, loan).await, []);
    }
    assert_eq!(subjects(&library, &off).await, ["Due Thursday: Kindred"]);
    assert_eq!(subjects(&library, &unproved).await, [] as [&str; 0]);
    // What was switched off is not caught up: the next letter is the second.
    let off = library.signs_in(&off).await;
    off.patch("/users/me", json!({"letters": {"overdue": true}})).await.expect(200);
    days(&library, 2).await;
    assert_eq!(noted(&library, &admin, &loans[1]).await, []);
    days(&library, 6).await;
    assert_eq!(noted(&library, &admin, &loans[1]).await, [(2, "2027-01-03".to_owned())]);
    library.finished().await;
}

#[tokio::test]
async fn dk59_a_letter_that_the_desk_has_printed_counts_once_and_is_not_sent() {
    let library = Library::own().clock_at(THURSDAY).start().await;
    let (admin, reader) = (library.admin().await, library.reader().await);
    let loan = lends(&admin, &reader, "Kindred").await;
    let notes = async |person: &Person, loan: &str| person.steps(loan, "letters").await;
    // It is time for none.
    assert_eq!(notes(&admin, &loan).await.expect(200).json()["letters"], Value::Null);
    days(&library, 23).await;
    // Before six in the morning of the 27th it is, and after it the sweep would write.
    library.wait(20 * HOUR);
    let desk = library.signs_in(&admin).await;
    let printed = notes(&desk, &loan).await.expect(200).json();
    let at = printed["letters"][0]["at"].clone();
    assert_eq!(printed["letters"], json!([{"step": 1, "at": at, "by": "paper"}]));
    library.wait(60);
    assert_eq!(notes(&desk, &loan).await.expect(200).json()["letters"], printed["letters"], "once");
    sweep(&library).await;
    assert_eq!(subjects(&library, &reader).await, ["Due Thursday: Kindred"]);
    let log = desk.get("/activity?limit=100").await.expect(200).json();
    let rows: Vec<_> =
        log["items"].as_array().into_iter().flatten().filter(|row| row["type"] == "user.reminded").collect();
    assert!(matches!(rows[..], [row] if row["user"] == reader.id && row["actor"] != reader.id), "{rows:?}");
    // The next one is sent.
    days(&library, 7).await;
    assert_eq!(subjects(&library, &reader).await[1..], ["10 days late: Kindred"]);
    let desk = library.signs_in(&admin).await;
    desk.steps(&loan, "return").await.expect(200);
    notes(&desk, &loan).await.refused(409, "returned");
    notes(&desk, "AZLzpFtsfY6fASNFZ4mrzQGS86RbbH2OnwEjRWeJq80").await.refused(404, "no-such-reservation");
    notes(&library.signs_in(&reader).await, &loan).await.refused(403, "desk-only");
}

#[tokio::test]
async fn the_rules_say_on_which_days_the_library_writes_and_whether_it_does() {
    let library = Library::own().clock_at(THURSDAY).start().await;
    let (admin, reader) = (library.admin().await, library.reader().await);
    let letters = |overdue| json!({"ready": true, "dueSoon": false, "overdue": overdue});
    rule(&library, &admin, &json!({"overdueDays": [1, 2], "letters": letters(true)})).await;
    let loan = lends(&admin, &reader, "Kindred").await;
    days(&library, 22).await;
    assert_eq!(subjects(&library, &reader).await, ["1 day late: Kindred"]);
    // Off, and other days: the letter of the second day is not written, and not caught up.
    let admin = library.signs_in(&admin).await;
    rule(&library, &admin, &json!({"overdueDays": [1, 2, 5], "letters": letters(false)})).await;
    days(&library, 2).await;
    let admin = library.signs_in(&admin).await;
    rule(&library, &admin, &json!({"overdueDays": [1, 2, 5], "letters": letters(true)})).await;
    days(&library, 40).await;
    let steps = [(1, "2026-12-25"), (3, "2026-12-29")].map(|(step, on)| (step, on.to_owned()));
    assert_eq!(noted(&library, &admin, &loan).await, steps);
    assert_eq!(subjects(&library, &reader).await, ["1 day late: Kindred", "5 days late: Kindred"]);
}

#[tokio::test]
async fn a_letter_about_overdue_books_costs_what_its_table_says() {
    let library = Library::own().proxied().metered().clock_at(THURSDAY).start().await;
    let (admin, reader) = (library.admin().await, library.reader().await);
    for title in ["Kindred", "Dawn"] {
        lends(&admin, &reader, title).await;
    }
    days(&library, 23).await;
    library.wait(DAY);
    library.local().drained().await;
    library.proxy().take();
    library.local().call("dispatch", json!({"task": "sweep"})).await.expect("a sweep");
    // What follows from the letter's row is not the sweep's.
    let calls: Vec<_> =
        library.proxy().take().into_iter().filter(|call| call.tables.concat().contains("library")).collect();
    let (queries, others): (Vec<_>, Vec<_>) = calls.into_iter().partition(|call| call.action == "Query");
    assert_eq!((queries.len(), queries.iter().map(|call| call.read).sum::<f64>()), (35, 17.5));
    let others: Vec<_> = others.iter().map(|call| format!("{} {} {}", call.action, call.read, call.write)).collect();
    let looks = ["BatchGetItem 2 0", "GetItem 1 0", "BatchGetItem 2 0"];
    // The reader's item and the other loan; then both loans, the reader's item and the row. The other loan is not due any more.
    let writes = ["GetItem 1 0", "BatchGetItem 1 0", "TransactWriteItems 0 16", "BatchGetItem 2 0", "BatchGetItem 2 0"];
    assert_eq!(others, [&looks[..], &writes].concat());
}
