//! Email addresses: what proves one, and how it changes.

use serde_json::json;
use tests::{Library, PASSWORD, Person, unique, unique_email};

const DAY: i64 = 24 * 60 * 60;
const NEW: &str = "a staple of new batteries";

async fn register(library: &Library, email: &str) -> Person {
    let registration = json!({"email": email, "password": PASSWORD});
    let welcome = library.stranger().post("/auth/register", registration).await.expect(201);
    let mut person = library.stranger().with_tokens(&welcome);
    person.id = welcome.json()["user"]["id"].as_str().unwrap_or_default().to_owned();
    person.email = email.to_owned();
    person
}

/// Takes the account with that address over, by a reset.
async fn reset(library: &Library, email: &str) {
    let stranger = library.stranger();
    stranger.post("/auth/reset-password-request", json!({"email": email})).await.expect(202);
    let token = library.mailed_token(email, "reset-password").await;
    stranger.post("/auth/reset-password", json!({"resetToken": token, "newPassword": NEW})).await.expect(200);
}

/// A library whose administrator's address is the one that is returned.
async fn administered() -> (Library, String) {
    let email = unique_email();
    let admin_email = email.parse().ok();
    (Library::own().settings(|settings| settings.admin_email = admin_email).standing_clock().start().await, email)
}

#[tokio::test]
async fn adm2_a_link_confirms_an_address_only_for_the_account_that_is_signed_in() {
    let library = Library::own().start().await;
    let [reader, other] = [library.newcomer().await, library.newcomer().await];
    let token = library.mailed_token(&reader.email, "verify-email").await;
    let verification = json!({"token": token});
    library.stranger().post("/auth/verify-email", verification.clone()).await.problem(401, "unauthenticated");
    other.post("/auth/verify-email", verification.clone()).await.refused(403, "other-account");
    assert_eq!(reader.get("/users/me").await.expect(200).json()["emailVerified"], false);
    for _ in 0..2 {
        reader.post("/auth/verify-email", verification.clone()).await.expect(200);
    }
    assert_eq!(reader.get("/users/me").await.expect(200).json()["emailVerified"], true);
}

#[tokio::test]
async fn adm2_whoever_registers_the_administrators_address_first_gains_nothing() {
    let (library, email) = administered().await;
    let squatter = register(&library, &email).await;
    // The owner follows the link of the letter, and cannot sign in.
    let token = library.mailed_token(&email, "verify-email").await;
    library.stranger().post("/auth/verify-email", json!({"token": token})).await.problem(401, "unauthenticated");
    squatter.get("/users").await.problem(403, "forbidden");
    // So the owner asks for a new password.
    reset(&library, &email).await;
    squatter.get("/users/me").await.problem(401, "unauthenticated");
    squatter.refreshes().await.problem(401, "unauthenticated");
    library.login(&email, PASSWORD).await.problem(401, "unauthenticated");
    let owner = library.stranger().with_tokens(&library.login(&email, NEW).await.expect(200));
    owner.get("/users").await.expect(200);
    assert_eq!(owner.get("/users/me").await.expect(200).json()["emailVerified"], true);
}

#[tokio::test]
async fn adm2_a_reset_confirms_the_address_and_a_demoted_librarian_stays_demoted() {
    let (library, email) = administered().await;
    let owner = register(&library, &email).await;
    let token = library.mailed_token(&email, "verify-email").await;
    owner.post("/auth/verify-email", json!({"token": token})).await.expect(200);
    owner.get("/users").await.expect(200);
    library.admin().await.patch(&format!("/users/{}", owner.id), json!({"role": "member"})).await.expect(200);
    reset(&library, &email).await;
    let owner = library.stranger().with_tokens(&library.login(&email, NEW).await.expect(200));
    owner.get("/users").await.problem(403, "forbidden");
}

#[tokio::test]
async fn adm2_the_administrators_address_makes_a_librarian_once() {
    let (library, email) = administered().await;
    let confirm = async |person: &Person, email: &str| {
        let token = library.mailed_token(email, "verify-email").await;
        person.post("/auth/verify-email", json!({"token": token})).await.expect(200);
    };
    let owner = register(&library, &email).await;
    confirm(&owner, &email).await;
    owner.get("/users").await.expect(200);
    library.admin().await.patch(&format!("/users/{}", owner.id), json!({"role": "member"})).await.expect(200);
    // The address is given up, and asked for again.
    for address in [&unique_email(), &email] {
        owner.put("/users/me/email", json!({"email": address, "password": PASSWORD})).await.expect(202);
        confirm(&owner, address).await;
        owner.get("/users").await.problem(403, "forbidden");
    }
    // Another account has the address, which is confirmed in either way.
    owner.delete("/users/me").json(&json!({"password": PASSWORD})).await.expect(204);
    library.wait(DAY);
    let again = register(&library, &email).await;
    confirm(&again, &email).await;
    again.get("/users").await.problem(403, "forbidden");
    again.delete("/users/me").json(&json!({"password": PASSWORD})).await.expect(204);
    library.wait(DAY);
    register(&library, &email).await;
    reset(&library, &email).await;
    let again = library.stranger().with_tokens(&library.login(&email, NEW).await.expect(200));
    again.get("/users").await.problem(403, "forbidden");
}

#[tokio::test]
async fn adm2_the_address_of_somebody_who_was_a_librarian_before_makes_none_afterwards() {
    let (library, email) = administered().await;
    let (owner, admin) = (register(&library, &email).await, library.admin().await);
    let role = async |role: &str| {
        admin.patch(&format!("/users/{}", owner.id), json!({"role": role})).await.expect(200);
    };
    role("admin").await;
    let token = library.mailed_token(&email, "verify-email").await;
    owner.post("/auth/verify-email", json!({"token": token})).await.expect(200);
    role("member").await;
    for address in [&unique_email(), &email] {
        owner.put("/users/me/email", json!({"email": address, "password": PASSWORD})).await.expect(202);
        let token = library.mailed_token(address, "verify-email").await;
        owner.post("/auth/verify-email", json!({"token": token})).await.expect(200);
    }
    owner.get("/users").await.problem(403, "forbidden");
}

#[tokio::test]
async fn lck1_strangers_who_ask_for_an_address_leave_its_owner_the_letters() {
    let library = Library::own().standing_clock().start().await;
    let (owner, new) = (library.reader().await, unique_email());
    let ask = async |reader: &Person| reader.put("/users/me/email", json!({"email": new, "password": PASSWORD})).await;
    let stranger = library.reader().await.at("127.0.0.2");
    for _ in 0..2 {
        ask(&stranger).await.expect(202);
    }
    ask(&library.reader().await.at("127.0.0.2")).await.problem(429, "too-many-requests");
    ask(&owner).await.expect(202);
    let token = library.mailed_token(&new, "verify-email").await;
    owner.post("/auth/verify-email", json!({"token": token})).await.expect(200);
}

#[tokio::test]
async fn enu1_an_address_is_asked_for_as_rarely_as_it_is_registered() {
    let library = Library::own().settings(|settings| settings.library_addresses.clear()).standing_clock().start().await;
    let mut reader = library.newcomer().await;
    let ask = async |reader: &Person, email: &str| {
        reader.put("/users/me/email", json!({"email": email, "password": PASSWORD})).await
    };
    let other = register(&library, &unique_email()).await.email;
    // Who signs in again begins anew with the tries of the password, but not with these.
    for _ in 0..18 {
        ask(&reader, &other).await.refused(409, "email-taken");
        let again = json!({"email": reader.email, "password": PASSWORD, "refreshToken": reader.refresh_token});
        reader = reader.with_tokens(&reader.post("/auth/login", again).await.expect(200));
    }
    let taken = ask(&reader, &other).await.problem(429, "too-many-requests");
    let free = ask(&reader, &unique_email()).await.problem(429, "too-many-requests");
    assert_eq!(taken.header("retry-after"), free.header("retry-after"));
    let registration = json!({"email": unique_email(), "password": PASSWORD});
    library.stranger().post("/auth/register", registration).await.problem(429, "too-many-requests");
}

#[tokio::test]
async fn rac14_a_confirmed_administrator_is_a_librarian_in_the_same_transaction() {
    let email = unique_email();
    let admin_email = email.parse().ok();
    let library = Library::own().settings(|settings| settings.admin_email = admin_email).metered().start().await;
    let owner = register(&library, &email).await;
    let token = library.mailed_token(&email, "verify-email").await;
    library.proxy().take();
    owner.post("/auth/verify-email", json!({"token": token})).await.expect(200);
    let calls = library.proxy().take_of_requests();
    assert_eq!(calls.iter().filter(|call| call.action == "TransactWriteItems").count(), 1);
    owner.get("/users").await.expect(200);
}

#[tokio::test]
async fn a_new_address_counts_once_its_link_is_followed() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let token = library.mailed_token(&reader.email, "verify-email").await;
    reader.post("/auth/verify-email", json!({"token": token})).await.expect(200);
    let new = unique_email();
    let change =
        |email: &str, password: &str| reader.put("/users/me/email", json!({"email": email, "password": password}));
    change(&new, "not the password").await.refused(403, "wrong-password");
    change(&reader.email, PASSWORD).await.invalid("/email");
    change("nobody", PASSWORD).await.invalid("/email");
    change(&library.reader().await.email, PASSWORD).await.refused(409, "email-taken");
    change(&new, PASSWORD).await.expect(202);

    let me = reader.get("/users/me").await.expect(200).json();
    assert_eq!((&me["email"], &me["pendingEmail"]), (&json!(reader.email), &json!(new)));
    library.login(&new, PASSWORD).await.problem(401, "unauthenticated");
    library.login(&reader.email, PASSWORD).await.expect(200);
    assert_eq!(library.letters(&reader.email).await[0].0, "Another address for your account");

    let token = library.mailed_token(&new, "verify-email").await;
    library.stranger().post("/auth/verify-email", json!({"token": token})).await.problem(401, "unauthenticated");
    library.reader().await.post("/auth/verify-email", json!({"token": token})).await.refused(403, "other-account");
    for _ in 0..2 {
        reader.post("/auth/verify-email", json!({"token": token})).await.expect(200);
    }
    let me = reader.get("/users/me").await.expect(200).json();
    assert_eq!((&me["email"], &me["emailVerified"], &me["pendingEmail"]), (&json!(new), &json!(true), &json!(null)));
    library.login(&reader.email, PASSWORD).await.problem(401, "unauthenticated");
    library.login(&new, PASSWORD).await.expect(200);
    assert_eq!(library.letters(&reader.email).await[0].0, "Your email address was changed");
    // The old address is free.
    register(&library, &reader.email).await;
}

#[tokio::test]
async fn a_reader_without_an_address_can_have_one() {
    let library = Library::own().start().await;
    let username = unique("jane");
    let registration = json!({"username": username, "password": PASSWORD});
    let welcome = library.stranger().post("/users/register", registration.clone()).await.expect(201);
    let reader = library.stranger().with_tokens(&welcome);
    reader.post("/auth/verify-email-request", json!({})).await.refused(409, "no-email");
    let email = unique_email();
    reader.put("/users/me/email", json!({"email": email, "password": PASSWORD})).await.expect(202);
    let token = library.mailed_token(&email, "verify-email").await;
    reader.post("/auth/verify-email", json!({"token": token})).await.expect(200);
    library.login(&email, PASSWORD).await.expect(200);
    library.stranger().post("/users/login", registration).await.expect(200);
}

#[tokio::test]
async fn a_new_address_that_somebody_registers_meanwhile_is_refused() {
    let library = Library::own().start().await;
    let (reader, new) = (library.reader().await, unique_email());
    reader.put("/users/me/email", json!({"email": new, "password": PASSWORD})).await.expect(202);
    let token = library.mailed_token(&new, "verify-email").await;
    register(&library, &new).await;
    reader.post("/auth/verify-email", json!({"token": token})).await.refused(409, "email-taken");
    library.login(&reader.email, PASSWORD).await.expect(200);
}

#[tokio::test]
async fn a_reset_that_was_sent_to_the_old_address_ends_with_it() {
    let library = Library::own().start().await;
    let (reader, new, stranger) = (library.reader().await, unique_email(), library.stranger());
    reader.put("/users/me/email", json!({"email": new, "password": PASSWORD})).await.expect(202);
    let token = library.mailed_token(&new, "verify-email").await;
    stranger.post("/auth/reset-password-request", json!({"email": reader.email})).await.expect(202);
    let old = library.mailed_token(&reader.email, "reset-password").await;
    reader.post("/auth/verify-email", json!({"token": token})).await.expect(200);
    stranger.post("/auth/reset-password", json!({"resetToken": old, "newPassword": NEW})).await.invalid("/resetToken");
    // A thief who has asked for another address loses it when the owner resets the password.
    let next = unique_email();
    reader.put("/users/me/email", json!({"email": next, "password": PASSWORD})).await.expect(202);
    reset(&library, &new).await;
    let owner = library.stranger().with_tokens(&library.login(&new, NEW).await.expect(200));
    assert_eq!(owner.get("/users/me").await.expect(200).json()["pendingEmail"], json!(null));
    let token = library.mailed_token(&next, "verify-email").await;
    owner.post("/auth/verify-email", json!({"token": token})).await.invalid("/token");
}

#[tokio::test]
async fn the_letter_with_the_link_is_sent_again_twice_a_day() {
    let library = Library::own().start().await;
    let reader = library.newcomer().await;
    let ask = || reader.post("/auth/verify-email-request", json!({}));
    library.stranger().post("/auth/verify-email-request", json!({})).await.problem(401, "unauthenticated");
    for _ in 0..2 {
        ask().await.expect(202);
    }
    let refused = ask().await.problem(429, "too-many-requests");
    let seconds: i64 = refused.header("retry-after").parse().expect("seconds");
    assert!((1..=86_400).contains(&seconds), "{seconds}");
    let token = library.mailed_token(&reader.email, "verify-email").await;
    reader.post("/auth/verify-email", json!({"token": token})).await.expect(200);
    ask().await.expect(202);
    // A stranger's address gets no more either, whichever account asks.
    let new = unique_email();
    for number in 0..3 {
        let reader = library.reader().await;
        let answer = reader.put("/users/me/email", json!({"email": new, "password": PASSWORD})).await;
        assert_eq!(answer.status, if number < 2 { 202 } else { 429 }, "{}", answer.text);
    }
}
