//! Letters: each arrives once, as text and as HTML, and only at its reader.

use std::time::{SystemTime, UNIX_EPOCH};

use reqwest::Method;
use serde_json::{Value, json};
use tests::{Library, Mail, PASSWORD, Person, time, unique};

const HOUR: i64 = 60 * 60;
const DAY: i64 = 24 * HOUR;

/// Adds a book of one copy.
async fn book(owner: &Person) -> String {
    owner.adds("Kindred <&> Dawn", "Octavia E. Butler").await
}

/// Returns the subjects of a reader's letters, oldest first.
async fn subjects(library: &Library, reader: &Person) -> Vec<String> {
    library.mails(&reader.email).await.into_iter().map(|mail| mail.subject).collect()
}

/// Runs the sweep, as the schedule does every five minutes.
async fn sweep(library: &Library) {
    library.local().run_schedule("dispatch").await.expect("the sweep runs");
}

/// Asserts that a letter has text and HTML, and that both have the same links.
fn assert_complete(mail: &Mail) {
    let Mail { to, subject, text, html, headers } = mail;
    let foot = "\nThe people at Carrel\n\n--\nCarrel\nhttp://127.0.0.1:";
    let is_whole = text.ends_with("/\n") || text.ends_with("/account#letters\n");
    assert!(text.contains(foot) && is_whole && !text.contains("<p"), "{to}: {subject}: {text}");
    assert!(html.starts_with("<!doctype html>") && html.contains("<h1"), "{to}: {subject}: {html}");
    assert!(!html.contains("<script") && !html.contains("<img"), "{html}");
    // What can be switched off says where, in its text and in its header.
    assert_eq!(
        text.ends_with("/account#letters\n"),
        headers.contains_key("List-Unsubscribe"),
        "{subject}: {headers:?}"
    );
    for line in text.lines().map(str::trim).filter(|line| line.starts_with("http")) {
        assert!(html.contains(&line.replace('&', "&amp;")), "{line} is missing in {html}");
    }
}

#[tokio::test]
async fn every_letter_about_an_account_arrives_once_at_its_address() {
    let library = Library::own().start().await;
    let bystander = library.reader().await;
    let email = tests::unique_email();
    let registration = json!({"email": email, "password": PASSWORD, "firstName": "Jane"});
    let stranger = library.stranger();
    let welcome = stranger.post("/auth/register", registration).await.expect(201);
    library.verify(welcome.json()["user"]["id"].as_str().unwrap_or_default()).await;
    stranger.post("/auth/reset-password-request", json!({"email": email})).await.expect(202);
    let token = library.mailed_token(&email, "reset-password").await;
    let reset = json!({"resetToken": token, "newPassword": "a new horse battery"});
    stranger.post("/auth/reset-password", reset).await.expect(200);
    let reader = stranger.with_tokens(&library.login(&email, "a new horse battery").await.expect(200));
    let change = json!({"currentPassword": "a new horse battery", "newPassword": PASSWORD});
    reader.put("/auth/password", change).await.expect(200);
    reader.delete("/users/me").json(&json!({"password": PASSWORD})).await.expect(204);

    let mails = library.mails(&email).await;
    let subjects: Vec<_> = mails.iter().map(|mail| mail.subject.as_str()).collect();
    let changed = "Your password was changed";
    assert_eq!(subjects, ["Is this your address?", "A new password", changed, changed, "Your account is gone"]);
    for mail in &mails {
        assert_complete(mail);
        assert!(mail.text.contains("\n\nHello Jane,\n\n") && mail.html.contains("<bdi>Jane</bdi>,"), "{}", mail.text);
    }
    assert_eq!(library.mails(&bystander.email).await.len(), 1, "the other reader gets only the welcome");
    assert_eq!(library.every_mail().await.len(), 6);
}

#[tokio::test]
async fn aw1_in_the_sandbox_verified_recipients_get_letters_and_others_do_not() {
    let librarian = "librarian@example.com";
    let becomes_admin = |settings: &mut shared::runtime::app::Settings| settings.admin_email = librarian.parse().ok();
    let library = Library::own().sandbox(&[librarian]).settings(becomes_admin).start().await;
    for email in [librarian, "reader@example.com"] {
        let registration = json!({"email": email, "password": PASSWORD});
        library.stranger().post("/auth/register", registration).await.expect(201);
    }
    assert_eq!(subjects_to(&library, librarian).await, ["Is this your address?"]);
    assert_eq!(subjects_to(&library, "reader@example.com").await, [] as [String; 0]);
    let parked: Vec<_> = library.parked().await.into_iter().map(|(_, why)| why).collect();
    assert_eq!(parked, ["the letter was refused: MessageRejected"]);
}

/// Returns the subjects of the letters to an address, oldest first.
async fn subjects_to(library: &Library, email: &str) -> Vec<String> {
    library.mails(email).await.into_iter().map(|mail| mail.subject).collect()
}

#[tokio::test]
async fn abu1_an_address_that_is_not_verified_gets_letters_that_verify_it_alone_and_three_a_day() {
    let library = Library::own().standing_clock().start().await;
    let admin = library.admin().await;
    let reader = library.newcomer().await;
    let book = book(&admin).await;
    // Whether a newcomer may reserve is another rule.
    reader.reserves(&book).await;
    let change = json!({"currentPassword": PASSWORD, "newPassword": "another horse battery"});
    reader.put("/auth/password", change).await.expect(200);
    for _ in 0..4 {
        library.wait(60);
        let request = json!({"email": reader.email});
        library.stranger().post("/auth/reset-password-request", request).await.expect(202);
    }
    reader.delete("/users/me").json(&json!({"password": "another horse battery"})).await.expect(204);
    let letters = subjects(&library, &reader).await;
    assert_eq!(letters, ["Is this your address?", "A new password", "A new password"]);

    // Registering and deleting in turns does not help.
    for _ in 0..3 {
        let registration = json!({"email": reader.email, "password": PASSWORD});
        let welcome = library.stranger().post("/auth/register", registration).await.expect(201);
        let again = library.stranger().with_tokens(&welcome);
        again.delete("/users/me").json(&json!({"password": PASSWORD})).await.expect(204);
    }
    assert_eq!(subjects(&library, &reader).await.len(), 3);
    library.wait(DAY);
    let registration = json!({"email": reader.email, "password": PASSWORD});
    library.stranger().post("/auth/register", registration).await.expect(201);
    assert_eq!(subjects(&library, &reader).await.len(), 4);
    library.finished().await;
}

/// Asks for a new password as somebody at that network address would.
async fn forgets(library: &Library, email: &str, at: &str) {
    library.stranger().at(at).post("/auth/reset-password-request", json!({"email": email})).await.expect(202);
}

#[tokio::test]
async fn lck1_a_stranger_who_asks_for_letters_all_day_leaves_the_owner_theirs() {
    let library = Library::own().standing_clock().start().await;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs().cast_signed();
    // The hours that follow are of one day, after its first minute.
    library.wait(DAY - now % DAY + 60);
    let (newcomer, reader) = (library.newcomer().await, library.reader().await);
    for (owner, of_stranger) in [(&newcomer, 2), (&reader, 10)] {
        let before = subjects(&library, owner).await.len();
        for number in 0..15 {
            // Five an hour are permitted.
            library.wait(if number % 5 == 0 { HOUR } else { 0 });
            forgets(&library, &owner.email, "127.0.0.1").await;
        }
        assert_eq!(subjects(&library, owner).await.len(), before + of_stranger);
        forgets(&library, &owner.email, "127.0.0.2").await;
        let token = library.mailed_token(&owner.email, "reset-password").await;
        let reset = json!({"resetToken": token, "newPassword": "another horse battery"});
        library.stranger().at("127.0.0.2").post("/auth/reset-password", reset).await.expect(200);
    }
}

#[tokio::test]
async fn abu1_strangers_everywhere_send_an_address_six_letters_a_day_and_none_that_hides_a_theft() {
    let library = Library::own().standing_clock().start().await;
    let (newcomer, reader) = (library.newcomer().await, library.reader().await);
    for number in 2..10 {
        for _ in 0..5 {
            forgets(&library, &newcomer.email, &format!("127.0.0.{number}")).await;
            forgets(&library, &reader.email, &format!("127.0.0.{number}")).await;
        }
    }
    assert_eq!(subjects(&library, &newcomer).await.len(), 6);
    let letters = subjects(&library, &reader).await;
    assert_eq!(letters.iter().filter(|subject| *subject == "A new password").count(), 30);
    let change = json!({"currentPassword": PASSWORD, "newPassword": "another horse battery"});
    reader.put("/auth/password", change).await.expect(200);
    let letters = subjects(&library, &reader).await;
    assert_eq!(letters.last().map(String::as_str), Some("Your password was changed"));
}

#[tokio::test]
async fn abu1_an_address_gets_thirty_letters_a_day_about_books_and_still_those_about_its_security() {
    let library = Library::own().standing_clock().start().await;
    let (admin, reader) = (library.admin().await, library.reader().await);
    let book = book(&admin).await;
    for _ in 0..35 {
        let reservation = reader.reserves(&book).await.expect(201).string("id");
        reader.cancels(&reservation).await.expect(204);
    }
    assert_eq!(subjects(&library, &reader).await.len(), 1 + 30);
    let change = json!({"currentPassword": PASSWORD, "newPassword": "another horse battery"});
    reader.put("/auth/password", change).await.expect(200);
    let letters = subjects(&library, &reader).await;
    assert_eq!(letters.last().map(String::as_str), Some("Your password was changed"));
    library.wait(DAY);
    reader.with_tokens(&library.login(&reader.email, "another horse battery").await).reserves(&book).await.expect(201);
    assert_eq!(subjects(&library, &reader).await.len(), 1 + 30 + 2);
}

#[tokio::test]
async fn every_letter_about_a_reservation_arrives_once_at_its_reader() {
    let library = Library::own().standing_clock().start().await;
    let admin = library.admin().await;
    let [first, second, third] = [library.reader().await, library.reader().await, library.reader().await];
    let book = book(&admin).await;
    let held = first.reserves(&book).await.expect(201).string("id");
    second.reserves(&book).await.expect(202);
    third.reserves(&book).await.expect(202);
    admin.steps(&held, "checkout").await.expect(200);
    admin.steps(&held, "return").await.expect(200);
    library.delayed_letters_go().await;

    let title = "Kindred <&> Dawn";
    let welcome = "Is this your address?".to_owned();
    let expected = [
        (&first, vec![welcome.clone(), format!("Ready for you: {title}")]),
        (&second, vec![welcome.clone(), format!("You are next: {title}"), format!("Ready for you: {title}")]),
        (&third, vec![welcome.clone(), format!("You are 2nd in the queue: {title}")]),
    ];
    for (reader, subjects) in expected {
        assert_eq!(self::subjects(&library, reader).await, subjects);
        for mail in library.mails(&reader.email).await.iter().skip(1) {
            assert_complete(mail);
            assert!(mail.text.contains(&format!("“{title}”")), "{}", mail.text);
            assert!(mail.html.contains("Kindred") && !mail.html.contains(title), "unescaped: {}", mail.html);
            assert!(
                mail.text.contains("” by Octavia E. Butler") && mail.html.contains("class=\"cover\""),
                "{}",
                mail.text
            );
            let link = format!("{}/me", library.local().site());
            assert!(mail.text.contains(&link) && mail.html.contains(&link), "{}", mail.text);
        }
    }
    library.finished().await;
}

#[tokio::test]
async fn fc3_letters_about_the_longest_titles_and_with_the_longest_names_are_sent() {
    let library = Library::own().start().await;
    let (admin, reader) = (library.admin().await, library.reader().await);
    reader.patch("/users/me", json!({"firstName": "உ".repeat(100)})).await.expect(200);
    for letter in ["é", "龍", "😀", "\u{fdfa}"] {
        let book = json!({"title": letter.repeat(500), "author": "A"});
        let book = admin.post("/books", book).await.expect(201).string("id");
        reader.reserves(&book).await.expect(201);
    }
    assert_eq!(library.mails(&reader.email).await.len(), 1 + 4);
    assert_eq!(library.parked().await, []);
}

#[tokio::test]
async fn the_next_reader_gets_a_letter_however_a_copy_becomes_free() {
    let library = Library::own().standing_clock().start().await;
    let owner = library.reader().await;
    let readers = library.readers(6).await;
    let book = book(&owner).await;
    let mut reservations = Vec::new();
    for reader in &readers {
        reservations.push(reader.reserves(&book).await.string("id"));
    }
    let ready_letters = async |number: usize| {
        let subjects = subjects(&library, &readers[number]).await;
        subjects.iter().filter(|subject| subject.starts_with("Ready for you")).count()
    };
    readers[0].cancels(&reservations[0]).await.expect(204);
    assert_eq!(ready_letters(1).await, 1, "cancelled");
    readers[1].delete("/users/me").json(&json!({"password": PASSWORD})).await.expect(204);
    library.local().drained().await;
    assert_eq!(ready_letters(2).await, 1, "the reader's account is deleted");
    owner.patch(&format!("/books/{book}"), json!({"copies": 2})).await.expect(200);
    library.local().drained().await;
    assert_eq!(ready_letters(3).await, 1, "a copy was added");
    library.wait(4 * DAY);
    sweep(&library).await;
    assert_eq!([ready_letters(4).await, ready_letters(5).await], [1, 1], "lapsed");
    assert_eq!([ready_letters(1).await, ready_letters(2).await, ready_letters(3).await], [1, 1, 1]);
}

#[tokio::test]
async fn a_reader_is_reminded_once_of_a_loan_that_is_due_soon_and_again_after_a_renewal() {
    let library = Library::own().clock_at("2026-11-27T10:00:00Z").start().await;
    let (admin, reader) = (library.admin().await, library.reader().await);
    let book = book(&admin).await;
    let id = reader.reserves(&book).await.expect(201).string("id");
    admin.steps(&id, "checkout").await.expect(200);
    let reminders = async || {
        let subjects = subjects(&library, &reader).await;
        subjects.iter().filter(|subject| subject.starts_with("Due ")).count()
    };
    // In the morning, three days before.
    library.wait(18 * DAY - 4 * HOUR - 1);
    sweep(&library).await;
    assert_eq!(reminders().await, 0, "too early");
    library.wait(1);
    for _ in 0..3 {
        sweep(&library).await;
        assert_eq!(reminders().await, 1);
    }
    let mail = library.mails(&reader.email).await.pop().expect("a reminder");
    assert_complete(&mail);
    let due = due_day(&library, &reader).await;
    assert!(mail.text.contains(&due) && mail.html.contains(&due), "{due}: {}", mail.text);
    let (weekday, _) = due.split_once(',').expect("a weekday");
    assert!(mail.subject.starts_with(&format!("Due {weekday}: Kindred")), "{}", mail.subject);

    library.signs_in(&reader).await.steps(&id, "renew").await.expect(200);
    sweep(&library).await;
    assert_eq!(reminders().await, 1, "the new due date is not soon");
    library.wait(19 * DAY);
    sweep(&library).await;
    sweep(&library).await;
    assert_eq!(reminders().await, 2);

    // There is no reminder of a returned copy.
    library.signs_in(&admin).await.steps(&id, "return").await.expect(200);
    library.wait(10 * DAY);
    sweep(&library).await;
    assert_eq!(reminders().await, 2);
}

/// Returns the day on which the only reservation of a reader is due: `Monday, 23 November`.
async fn due_day(library: &Library, reader: &Person) -> String {
    let mine = library.signs_in(reader).await.get("/reservations").await.expect(200).json();
    time(&mine["items"][0]["dueAt"]).to_zoned(jiff::tz::TimeZone::UTC).strftime("%A, %-d %B").to_string()
}

#[tokio::test]
async fn a_reader_without_an_address_gets_no_letter_and_delays_no_other_reader() {
    let library = Library::own().standing_clock().start().await;
    let (admin, next) = (library.admin().await, library.reader().await);
    let username = unique("reader");
    let registration = json!({"username": username, "password": PASSWORD});
    let tokens = library.stranger().post("/auth/register", registration).await.expect(201);
    let mut reader = library.stranger().with_tokens(&tokens);
    let path = format!("/users/{}", tokens.json()["user"]["id"].as_str().expect("an id"));
    admin.patch(&path, json!({"approved": true})).await.expect(200);
    let book = book(&admin).await;
    let id = reader.reserves(&book).await.expect(201).string("id");
    admin.steps(&id, "checkout").await.expect(200);
    library.wait(19 * DAY);
    sweep(&library).await;
    let credentials = json!({"username": username, "password": PASSWORD});
    reader = reader.with_tokens(&library.stranger().post("/auth/login", credentials).await.expect(200));
    let change = json!({"currentPassword": PASSWORD, "newPassword": "another horse battery"});
    reader.put("/auth/password", change).await.expect(200);
    let next = library.signs_in(&next).await;
    next.reserves(&book).await.expect(202);
    library.signs_in(&admin).await.steps(&id, "return").await.expect(200);
    library.delayed_letters_go().await;
    reader.delete("/users/me").json(&json!({"password": "another horse battery"})).await.expect(204);
    let all: Vec<_> = library.every_mail().await.into_iter().map(|mail| (mail.to, mail.subject)).collect();
    let title = "Kindred <&> Dawn";
    let to_next = ["Is this your address?".into(), format!("You are next: {title}"), format!("Ready for you: {title}")];
    assert_eq!(all, to_next.map(|subject| (next.email.clone(), subject)));
    library.finished().await;
}

#[tokio::test]
async fn str1_a_batch_that_is_delivered_twice_has_one_effect() {
    let library = Library::own().everything_twice().standing_clock().start().await;
    let admin = library.admin().await;
    let mut socket = admin.watches().await;
    let [first, second] = [library.reader().await, library.reader().await];
    let book = book(&admin).await;
    first.post(&format!("/favorites/{book}"), json!({})).await.expect(201);
    let held = first.reserves(&book).await.expect(201).string("id");
    let queued = second.reserves(&book).await.expect(202).string("id");
    first.cancels(&held).await.expect(204);
    admin.steps(&queued, "checkout").await.expect(200);
    // After the deletion an account gets only the letter about it, so the earlier letters are sent first.
    library.local().drained().await;
    first.delete("/users/me").json(&json!({"password": PASSWORD})).await.expect(204);
    let seen = socket.events(6).await;
    library.wait(19 * DAY);
    sweep(&library).await;

    let ids: Vec<_> = seen.iter().map(|event| event["id"].clone()).collect();
    assert_eq!(Value::from(ids), json!([1, 2, 3, 4, 5, 6]));
    let mut all: Vec<_> = library.every_mail().await.into_iter().map(|mail| (mail.to, mail.subject)).collect();
    let letters = all.len();
    all.sort();
    all.dedup();
    assert_eq!((letters, all.len()), (7, 7), "{all:?}");
    assert_eq!(library.post().asked(), 7, "and the mail service was called once for each");
    let admin = library.signs_in(&admin).await;
    let activity = admin.get("/activity?limit=100").await.expect(200);
    let mut rows = activity.each("id");
    rows.sort();
    rows.dedup();
    assert_eq!(rows.len(), activity.each("id").len());
    let events = admin.get("/events?after=0").await.expect(200).json();
    assert_eq!(events["items"].as_array().map(Vec::len), Some(7), "{events}");
    let no_books = admin.ask(Method::GET, "/favorites").await.expect(200);
    assert_eq!(no_books.json()["items"], json!([]));
}
