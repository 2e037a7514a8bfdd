//! The journal has exactly one row for each write and each sign-in.

use reqwest::Method;
use serde_json::{Value, json};
use shared::runtime::app::Settings;
use tests::{Library, PASSWORD, Person, unique, unique_email};

use crate::activity::{admin, log};

/// A library, and the rows that its journal should have: actor, action and subject.
struct Expected {
    library: Library,
    rows: Vec<(String, &'static str, String)>,
}

impl Expected {
    /// Adds the row of the last action. `who` is the actor, and `to` is the subject: a user, a book or a reservation.
    fn done(&mut self, who: &str, kind: &'static str, to: &str) {
        self.library.wait(1);
        self.rows.push((who.to_owned(), kind, to.to_owned()));
    }
}

/// Returns the subject of a row: its reservation, otherwise its book, otherwise its user.
fn subject(row: &Value) -> String {
    let text = |value: &Value| value.as_str().map(ToOwned::to_owned);
    text(&row["reservation"]).or(text(&row["book"]["id"])).or(text(&row["user"])).unwrap_or_default()
}

#[tokio::test]
async fn every_write_and_every_sign_in_has_one_row_with_actor_action_time_and_address() {
    let email = "librarian@example.com";
    let becomes_admin = |settings: &mut Settings| settings.admin_email = email.parse().ok();
    let library = Library::own().standing_clock().settings(becomes_admin).start().await;
    let mut expected = Expected { library, rows: Vec::new() };
    account(&mut expected).await;
    books(&mut expected).await;
    lending(&mut expected).await;
    librarian(&mut expected, email).await;

    let Expected { library, rows } = expected;
    library.local().drained().await;
    let admin = admin(&library).await;
    let mut all = log(&admin, "").await;
    // Rows of one transaction have the same time, and no order.
    all.sort_by_key(|row| (row["time"].to_string(), row["type"].to_string()));
    let found: Vec<_> = all
        .iter()
        .filter(|row| row["actor"] != admin.id.as_str() || subject(row) != admin.id)
        .map(|row| (row["actor"].as_str().unwrap_or_default().to_owned(), row["type"].clone(), subject(row)))
        .collect();
    let expected: Vec<_> = rows.into_iter().map(|(who, kind, to)| (who, Value::from(kind), to)).collect();
    assert_eq!(found, expected);
    let mut kinds: Vec<_> = found.iter().map(|(_, kind, _)| kind.as_str().unwrap_or_default()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    assert_eq!(kinds.len(), 36, "every action occurs: {kinds:?}");

    let mut times: Vec<_> = all.iter().map(|row| row["time"].as_str().unwrap_or_default().to_owned()).collect();
    times.dedup();
    assert!(times.len() > 40, "the times differ: {times:?}");
    for row in &all {
        let is_by_the_library = ["reservation.ready", "reservation.lapsed", "book.dueSoon"]
            .contains(&row["type"].as_str().unwrap_or_default());
        assert_eq!(row["from"], if is_by_the_library { "library" } else { "127.0.0.1" }, "{row}");
    }
}

/// Registers a reader.
async fn registers(expected: &mut Expected) -> Person {
    let reader = expected.library.newcomer().await;
    expected.done(&reader.id, "user.registered", &reader.id);
    reader
}

/// Performs every action of readers on their accounts. Requests that are refused or change nothing are in between.
async fn account(expected: &mut Expected) {
    let reader = registers(expected).await;
    let id = reader.id.clone();
    let again = json!({"email": reader.email, "password": PASSWORD});
    reader.post("/auth/register", again).await.refused(409, "email-taken");
    expected.library.login(&reader.email, "not the password").await.problem(401, "unauthenticated");
    expected.library.signs_in(&reader).await;
    expected.done(&id, "user.signedIn", &id);
    reader.refreshes().await.expect(200);
    let token = expected.library.mailed_token(&reader.email, "verify-email").await;
    reader.post("/auth/verify-email", json!({"token": token})).await.expect(200);
    expected.done(&id, "user.emailVerified", &id);
    reader.post("/auth/verify-email", json!({"token": token})).await.expect(200);
    reader.patch("/users/me", json!({"firstName": "Jane"})).await.expect(200);
    expected.done(&id, "user.changed", &id);
    reader.patch("/users/me", json!({"firstName": ""})).await.problem(400, "invalid-input");
    reader.put("/users/me/username", json!({"username": unique("jane")})).await.expect(200);
    expected.done(&id, "user.renamed", &id);
    let picture = "R0lGODlhAQABAAAAACwAAAAAAQABAAA=";
    reader
        .ask(Method::PUT, "/users/me/picture")
        .body("image/gif", picture)
        .await
        .problem(415, "unsupported-media-type");
    reader.ask(Method::PUT, "/users/me/picture").body("image/png", png()).await.expect(204);
    expected.done(&id, "user.pictureChanged", &id);
    reader.delete("/users/me/picture").await.expect(204);
    expected.done(&id, "user.pictureChanged", &id);

    let change = json!({"currentPassword": PASSWORD, "newPassword": "another horse battery"});
    reader.put("/auth/password", change.clone()).await.expect(200);
    expected.done(&id, "user.passwordChanged", &id);
    reader.put("/auth/password", change).await.problem(403, "forbidden");
    let stranger = expected.library.stranger();
    stranger.post("/auth/reset-password-request", json!({"email": unique_email()})).await.expect(202);
    stranger.post("/auth/reset-password-request", json!({"email": reader.email})).await.expect(202);
    expected.done(&id, "user.resetRequested", &id);
    let token = expected.library.mailed_token(&reader.email, "reset-password").await;
    let reset = json!({"resetToken": token, "newPassword": PASSWORD});
    stranger.post("/auth/reset-password", reset.clone()).await.expect(200);
    expected.done(&id, "user.passwordReset", &id);
    stranger.post("/auth/reset-password", reset).await.invalid("/resetToken");

    let [one, other] = [expected.library.signs_in(&reader).await, expected.library.signs_in(&reader).await];
    expected.rows.push((id.clone(), "user.signedIn", id.clone()));
    expected.done(&id, "user.signedIn", &id);
    other.post("/auth/logout", json!({})).await.expect(200);
    expected.done(&id, "user.signedOut", &id);
    other.post("/auth/logout", json!({})).await.problem(401, "unauthenticated");
    one.delete("/users/me").json(&json!({"password": "not the password"})).await.problem(403, "forbidden");
    one.delete("/users/me").json(&json!({"password": PASSWORD})).await.expect(204);
    expected.done(&id, "user.deleted", &id);
}

/// Returns a small picture.
fn png() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let picture = image::RgbImage::from_pixel(8, 8, image::Rgb([200, 100, 50]));
    picture.write_to(&mut bytes, image::ImageFormat::Png).expect("the picture is encoded");
    bytes.into_inner()
}

/// Performs every action of readers on books and favorites.
async fn books(expected: &mut Expected) {
    let [reader, other] = [registers(expected).await, registers(expected).await];
    let id = reader.id.clone();
    let new = json!({"title": "Kindred", "author": "Octavia E. Butler"});
    let add =
        async || reader.post("/books", new.clone()).header("idempotency-key", "once").await.expect(201).string("id");
    let book = add().await;
    expected.done(&id, "book.added", &book);
    assert_eq!(add().await, book);
    let path = format!("/books/{book}");
    reader.patch(&path, json!({"pages": 264})).await.expect(200);
    expected.done(&id, "book.changed", &book);
    reader.put(&path, new.clone()).await.expect(200);
    expected.done(&id, "book.changed", &book);
    reader.patch(&path, json!({"pages": 1})).header_if_match("\"1\"").await.problem(412, "stale");
    other.patch(&path, json!({"pages": 1})).await.problem(403, "forbidden");

    for _ in 0..2 {
        crate::covers::puts(&reader, &path, crate::covers::cover()).await.expect(200);
    }
    expected.done(&id, "book.coverChanged", &book);
    for _ in 0..2 {
        reader.delete(&format!("{path}/cover")).await.expect(200);
    }
    expected.done(&id, "book.coverChanged", &book);

    let favorite = format!("/favorites/{book}");
    other.post(&favorite, json!({})).await.expect(201);
    expected.done(&other.id, "favorite.added", &book);
    other.post(&favorite, json!({})).await.expect(200);
    other.delete(&favorite).await.expect(204);
    expected.done(&other.id, "favorite.removed", &book);
    other.delete(&favorite).await.expect(204);

    reader.ask(Method::POST, &format!("{path}/archive")).await.expect(200);
    expected.done(&id, "book.archived", &book);
    reader.ask(Method::POST, &format!("/archive{path}/restore")).await.expect(200);
    expected.done(&id, "book.restored", &book);
    reader.delete(&path).await.expect(204);
    expected.done(&id, "book.deleted", &book);
    reader.delete(&path).await.problem(404, "not-found");
    let by_title = reader.adds("Dawn", "Octavia E. Butler").await;
    expected.done(&id, "book.added", &by_title);
    reader.delete("/books?title=dawn").await.expect(204);
    expected.done(&id, "book.deleted", &by_title);
}

/// Performs every action of readers and librarians in lending, and the actions of the sweep.
async fn lending(expected: &mut Expected) {
    const DAY: i64 = 24 * 60 * 60;
    let [reader, next] = [registers(expected).await, registers(expected).await];
    for reader in [&reader, &next] {
        expected.library.verify(&reader.id).await;
    }
    let admin = admin(&expected.library).await;
    let book = admin.adds("Kindred", "Octavia E. Butler").await;
    expected.done(&admin.id, "book.added", &book);
    let reserve = async || reader.reserves(&book).header("idempotency-key", "once").await.expect(201).string("id");
    let held = reserve().await;
    expected.done(&reader.id, "book.reserved", &held);
    assert_eq!(reserve().await, held);
    reader.reserves(&book).await.refused(409, "already-reserved");
    admin.steps(&held, "return").await.refused(409, "not-checked-out");
    admin.steps(&held, "checkout").await.expect(200);
    expected.done(&admin.id, "book.checkedOut", &held);
    expected.library.wait(DAY);
    let admin = expected.library.signs_in(&admin).await;
    let reader = expected.library.signs_in(&reader).await;
    expected.done(&reader.id, "user.signedIn", &reader.id);
    // Another time, because rows of one time have no order.
    expected.library.wait(1);
    let next = expected.library.signs_in(&next).await;
    expected.done(&next.id, "user.signedIn", &next.id);
    reader.steps(&held, "renew").await.expect(200);
    expected.done(&reader.id, "reservation.renewed", &held);
    let waiting = next.reserves(&book).await.expect(202).string("id");
    expected.done(&next.id, "book.reserved", &waiting);
    reader.steps(&held, "renew").await.refused(409, "others-wait");
    expected.library.wait(19 * DAY);
    for _ in 0..2 {
        expected.library.local().run_schedule("dispatch").await.expect("the sweep runs");
    }
    expected.done(&reader.id, "book.dueSoon", &held);
    let [admin, next] = [signs_in(expected, &admin).await, signs_in(expected, &next).await];
    let once = || admin.steps(&held, "return").header("idempotency-key", "return");
    once().await.expect(200);
    expected.rows.push((admin.id.clone(), "book.returned", held.clone()));
    expected.done(&next.id, "reservation.ready", &waiting);
    once().await.expect(200);
    expected.library.wait(4 * DAY);
    expected.library.local().run_schedule("dispatch").await.expect("the sweep runs");
    expected.done(&next.id, "reservation.lapsed", &waiting);
    let next = signs_in(expected, &next).await;
    let cancelled = next.reserves(&book).await.expect(201).string("id");
    expected.done(&next.id, "book.reserved", &cancelled);
    next.cancels(&cancelled).await.expect(204);
    expected.done(&next.id, "reservation.cancelled", &cancelled);
    next.cancels(&cancelled).await.problem(404, "not-found");
}

/// Signs a person in again after the session has expired. The test does not check the administrator's own sign-ins.
async fn signs_in(expected: &mut Expected, person: &Person) -> Person {
    let person = expected.library.signs_in(person).await;
    if person.email != "johndoe@example.com" {
        expected.done(&person.id, "user.signedIn", &person.id);
    }
    person
}

/// Performs every action of librarians on users, and verifies the address of the first librarian.
async fn librarian(expected: &mut Expected, email: &str) {
    let admin = admin(&expected.library).await;
    let reader = registers(expected).await;
    let path = format!("/users/{}", reader.id);
    for standing in [json!({"role": "admin"}), json!({"disabled": true}), json!({"disabled": false})] {
        admin.patch(&path, standing).await.expect(200);
        expected.done(&admin.id, "user.roleChanged", &reader.id);
    }
    for (blocked, action) in [(json!({"reason": "A fee."}), "user.blocked"), (json!(null), "user.unblocked")] {
        admin.patch(&path, json!({"blocked": blocked})).await.expect(200);
        expected.done(&admin.id, action, &reader.id);
    }
    admin.patch(&path, json!({})).await.expect(200);
    for request in [admin.put(&format!("{path}/card"), json!({"card": "2041"})), admin.delete(&format!("{path}/card"))]
    {
        assert!([200, 204].contains(&request.await.status));
        expected.done(&admin.id, "user.cardChanged", &reader.id);
    }
    let added = json!({"firstName": "Ada", "lastName": "Lovelace", "card": "2041"});
    let added = admin.post("/users", added).await.expect(201).string("id");
    expected.done(&admin.id, "user.added", &added);
    admin.ask(Method::POST, &format!("/users/{added}/sign-in-code")).await.expect(201);
    expected.done(&admin.id, "user.codeIssued", &added);
    let other = registers(expected).await;
    for (user, rows) in [
        (&other.id, &["user.emailChangeRequested", "user.verificationRequested"][..]),
        (&added, &["user.emailChanged"]),
    ] {
        let mended = json!({"email": tests::unique_email()});
        admin.put(&format!("/users/{user}/email"), mended).await.expect(202);
        rows.iter().for_each(|row| expected.done(&admin.id, row, user));
    }
    admin.delete(&path).await.expect(204);
    expected.done(&admin.id, "user.deleted", &reader.id);
    admin.delete(&path).await.problem(404, "not-found");

    let registration = json!({"email": email, "password": PASSWORD});
    let tokens = expected.library.stranger().post("/auth/register", registration).await.expect(201).json();
    let id = tokens["user"]["id"].as_str().unwrap_or_default().to_owned();
    expected.done(&id, "user.registered", &id);
    let token = expected.library.mailed_token(email, "verify-email").await;
    let jane = expected.library.stranger().with_token(tokens["accessToken"].as_str().unwrap_or_default());
    jane.post("/auth/verify-email", json!({"token": token})).await.expect(200);
    expected.rows.push((id.clone(), "user.emailVerified", id.clone()));
    expected.done(&id, "user.roleChanged", &id);
}
