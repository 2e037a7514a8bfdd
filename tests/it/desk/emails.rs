//! Email addresses of readers that the desk mends.

use serde_json::{Value, json};
use tests::database::Pattern;
use tests::{Library, PASSWORD, Person, Request, unique_email};

use super::{DAY, desk};
use crate::overlaps::overtaken;

fn mends(desk: &Person, user: &str, email: &str) -> Request {
    desk.put(&format!("/users/{user}/email"), json!({"email": email}))
}

async fn adds(desk: &Person, more: Value) -> String {
    let mut body = json!({"firstName": "Ada", "lastName": "Lovelace"});
    body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    desk.post("/users", body).await.expect(201).string("id")
}

/// Chooses a password with the token of the newest letter to an address.
async fn chooses(library: &Library, email: &str) -> tests::Answer {
    let token = library.mailed_token(email, "reset-password").await;
    let body = json!({"resetToken": token, "newPassword": PASSWORD});
    library.stranger().post("/auth/reset-password", body).await
}

#[tokio::test]
async fn a_mended_address_counts_once_its_reader_has_followed_the_link_of_its_letter() {
    let (library, _) = desk().await;
    let (desk, reader, new) = (library.with_role("assistant").await, library.reader().await, unique_email());
    let answer = mends(&desk, &reader.id, &new).await.expect(202).json();
    assert_eq!(
        [&answer["email"], &answer["emailVerified"], &answer["pendingEmail"]],
        [&json!(reader.email), &json!(true), &json!(new)]
    );
    // Only the reader's own session confirms it: somebody at the desk, or whoever reads the mailbox, does not.
    let token = library.mailed_token(&new, "verify-email").await;
    let confirm = json!({"token": token});
    desk.post("/auth/verify-email", confirm.clone()).await.refused(403, "other-account");
    library.stranger().post("/auth/verify-email", confirm.clone()).await.expect(401);
    library.login(&new, PASSWORD).await.refused(401, "wrong-credentials");
    library.login(&reader.email, PASSWORD).await.expect(200);
    assert_eq!(library.letters(&reader.email).await[0].0, "Another address for your account");
    reader.post("/auth/verify-email", confirm).await.expect(200);
    library.login(&reader.email, PASSWORD).await.refused(401, "wrong-credentials");
    library.login(&new, PASSWORD).await.expect(200);
    let me = reader.get("/users/me").await.expect(200).json();
    assert_eq!([&me["email"], &me["emailVerified"], &me["pendingEmail"]], [&json!(new), &json!(true), &Value::Null]);
}

#[tokio::test]
async fn a_reader_without_a_password_gets_the_letter_to_choose_one_at_the_mended_address() {
    let (library, desk) = desk().await;
    let [wrong, right] = [unique_email(), unique_email()];
    let id = adds(&desk, json!({"email": wrong, "card": "20410077"})).await;
    let old = library.mailed_token(&wrong, "reset-password").await;
    let answer = mends(&desk, &id, &right).await.expect(202).json();
    assert_eq!(
        [&answer["email"], &answer["emailVerified"], &answer["pendingEmail"]],
        [&json!(right), &json!(false), &Value::Null]
    );
    // Whoever got the letter at the wrong address has nothing: neither its link nor a new one opens the account.
    let body = json!({"resetToken": old, "newPassword": PASSWORD});
    library.stranger().post("/auth/reset-password", body).await.invalid("/resetToken");
    library.stranger().post("/auth/reset-password-request", json!({"email": wrong})).await.expect(202);
    assert_eq!(library.letters(&wrong).await.len(), 1);
    // The address is free for its owner.
    library.stranger().post("/auth/register", json!({"email": wrong, "password": PASSWORD})).await.expect(201);
    library.wait(6 * DAY);
    chooses(&library, &right).await.expect(200);
    library.login(&right, PASSWORD).await.expect(200);
    let by_card = json!({"username": "2041 0077", "password": PASSWORD});
    library.stranger().post("/auth/login", by_card).await.expect(200);
}

#[tokio::test]
async fn the_letter_to_choose_a_password_is_sent_again_for_the_same_address() {
    let (library, desk) = desk().await;
    let email = unique_email();
    let id = adds(&desk, json!({"email": email})).await;
    library.wait(8 * DAY);
    chooses(&library, &email).await.invalid("/resetToken");
    let desk = library.signs_in(&desk).await;
    mends(&desk, &id, &email).await.expect(202);
    assert_eq!(library.letters(&email).await.len(), 2);
    chooses(&library, &email).await.expect(200);
    library.login(&email, PASSWORD).await.expect(200);
    // Who has a password has that address already.
    mends(&desk, &id, &email).await.invalid("/email");
}

#[tokio::test]
async fn a_reader_who_had_no_address_gets_one_and_a_code_from_the_desk_ends_with_it() {
    let (library, desk) = desk().await;
    let email = unique_email();
    let id = adds(&desk, json!({"card": "20410077"})).await;
    let code = desk.ask(reqwest::Method::POST, &format!("/users/{id}/sign-in-code")).await.expect(201).string("code");
    mends(&desk, &id, &email).await.expect(202);
    let spend = json!({"username": "20410077", "code": code, "newPassword": PASSWORD});
    library.stranger().post("/auth/reset-password", spend).await.invalid("/code");
    chooses(&library, &email).await.expect(200);
    let by_card = json!({"username": "20410077", "password": PASSWORD});
    library.stranger().post("/auth/login", by_card).await.expect(200);
    assert_eq!(desk.get(&format!("/users?query={email}")).await.expect(200).each("id"), [id]);
}

#[tokio::test]
async fn an_address_that_is_mended_while_its_reader_chooses_a_password_waits_to_be_confirmed() {
    let library = Library::own().proxied().start().await;
    let (desk, [old, new]) = (library.admin().await, [unique_email(), unique_email()]);
    let id = adds(&desk, json!({"email": old})).await;
    let held = Pattern::transaction_of("users").naming(&id);
    let chosen = async { drop(chooses(&library, &old).await.expect(200)) };
    let (answer, ()) = overtaken(&library, held, mends(&desk, &id, &new), chosen).await;
    let profile = answer.expect(202).json();
    assert_eq!(
        [&profile["email"], &profile["emailVerified"], &profile["pendingEmail"]],
        [&json!(old), &json!(true), &json!(new)]
    );
    library.login(&old, PASSWORD).await.expect(200);
}

#[tokio::test]
async fn nobody_at_the_desk_mends_an_address_of_the_desk_or_one_that_is_taken() {
    let (library, admin) = desk().await;
    let (desk, reader, other) = (library.with_role("assistant").await, library.reader().await, library.reader().await);
    let added = adds(&admin, json!({"card": "20410077"})).await;
    let librarian = admin.get("/users/me").await.expect(200).string("id");
    for of_the_desk in [&librarian, &desk.id] {
        mends(&desk, of_the_desk, &unique_email()).await.refused(409, "of-the-desk");
    }
    // Nor of somebody who has been promoted before the first password: the letter would open a librarian's account.
    let promoted = adds(&admin, json!({"email": unique_email()})).await;
    admin.patch(&format!("/users/{promoted}"), json!({"role": "admin"})).await.expect(200);
    mends(&desk, &promoted, &unique_email()).await.refused(409, "of-the-desk");
    mends(&reader, &reader.id, &unique_email()).await.refused(403, "desk-only");
    for user in [&reader.id, &added] {
        mends(&desk, user, &other.email).await.refused(409, "email-taken");
        mends(&desk, user, "no address").await.invalid("/email");
    }
    mends(&desk, &reader.id, &reader.email).await.invalid("/email");
    mends(&desk, "0192f3a4-6f2d-7c10-8a35-d1e2f3a4b5c6", &unique_email()).await.refused(404, "no-such-user");
    assert_eq!(admin.get(&format!("/users/{}", reader.id)).await.expect(200).json()["pendingEmail"], Value::Null);
}

#[tokio::test]
async fn a_mended_address_gets_two_letters_a_day() {
    let (library, desk) = desk().await;
    let (reader, email) = (library.reader().await, unique_email());
    for _ in 0..2 {
        mends(&desk, &reader.id, &email).await.expect(202);
    }
    mends(&desk, &reader.id, &email).await.refused(429, "too-many-requests");
    // The address does not get more by way of other readers.
    let added = adds(&desk, json!({"card": "20410077"})).await;
    mends(&desk, &added, &email).await.refused(429, "too-many-requests");
    assert_eq!(library.letters(&email).await.len(), 2);
    library.wait(DAY);
    mends(&library.signs_in(&desk).await, &added, &email).await.expect(202);
}
