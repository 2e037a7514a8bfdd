//! Passwords: how they are stored, changed and reset.

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, Params, Version};
use serde_json::json;
use tests::{Library, PASSWORD, Person};

const NEW: &str = "staple of the horse";

/// Returns the stored hash of a reader's password.
async fn hash(library: &Library, reader: &Person) -> String {
    let key = json!({"TableName": "carrel-accounts", "Key": {"pk": {"S": format!("login#{}", reader.email)}}});
    let item = library.dynamodb().call("GetItem", &key).await;
    item["Item"]["hash"]["S"].as_str().unwrap_or_default().to_owned()
}

/// Replaces the stored hash of a reader's password.
async fn store_hash(library: &Library, reader: &Person, hash: &str) {
    let update = json!({"TableName": "carrel-accounts", "Key": {"pk": {"S": format!("login#{}", reader.email)}},
        "UpdateExpression": "SET #hash = :hash", "ExpressionAttributeNames": {"#hash": "hash"},
        "ExpressionAttributeValues": {":hash": {"S": hash}}});
    library.dynamodb().call("UpdateItem", &update).await;
}

/// Computes a hash of [`PASSWORD`] without a pepper.
fn unpeppered(memory_kib: u32, passes: u32) -> String {
    let params = Params::new(memory_kib, passes, 1, Some(32)).expect("parameters");
    let (salt, mut output) = ([7; 16], [0; 32]);
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
    argon2.hash_password_into(PASSWORD.as_bytes(), &salt, &mut output).expect("a hash");
    let hash = PasswordHash {
        algorithm: ARGON2ID_IDENT,
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(&params).expect("parameters"),
        salt: Some(Salt::new(&salt).expect("a salt")),
        hash: Some(Output::new(&output).expect("a hash")),
    };
    hash.to_string()
}

#[tokio::test]
async fn pw2_a_weak_hash_is_replaced_when_its_owner_signs_in() {
    let library = Library::own().metered().start().await;
    let reader = library.reader().await;
    let strong = hash(&library, &reader).await;
    assert!(strong.starts_with("$argon2id$v=19$m=19456,t=2,p=1,keyid="), "{strong}");

    let weak = unpeppered(8_192, 1);
    store_hash(&library, &reader, &weak).await;
    library.login(&reader.email, "not the password").await.problem(401, "unauthenticated");
    assert_eq!(hash(&library, &reader).await, weak);
    library.login(&reader.email, PASSWORD).await.expect(200);
    let replaced = hash(&library, &reader).await;
    assert!(replaced.starts_with("$argon2id$v=19$m=19456,t=2,p=1,keyid="), "{replaced}");
    library.login(&reader.email, PASSWORD).await.expect(200);
    assert_eq!(hash(&library, &reader).await, replaced, "a strong hash stays");
}

#[tokio::test]
async fn pw2_a_stored_hash_with_invalid_or_excessive_parameters_accepts_no_password() {
    let library = Library::own().metered().start().await;
    let reader = library.reader().await;
    for invalid in [
        "$argon2id$v=19$m=4194304,t=2,p=1$BwcHBwcHBwcHBwcHBwcHBw$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "$argon2id$v=19$m=19456,t=4000000,p=1$BwcHBwcHBwcHBwcHBwcHBw$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "$2b$10$1ch2f9OLK92IiOA.bv8ai.GbXXzdxkKzpKshpyPDXY5",
        "",
    ] {
        store_hash(&library, &reader, invalid).await;
        library.login(&reader.email, PASSWORD).await.problem(401, "unauthenticated");
        library.wait(60);
    }
}

#[tokio::test]
async fn changing_the_password_ends_every_other_session() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let elsewhere = reader.with_tokens(&library.login(&reader.email, PASSWORD).await.expect(200));
    let change = |current: &str, new: &str| json!({"currentPassword": current, "newPassword": new});

    reader.put("/auth/password", change("not the password", NEW)).await.problem(403, "forbidden");
    reader.put("/auth/password", change(PASSWORD, "short")).await.invalid("/newPassword");
    reader.put("/auth/password", change(PASSWORD, "password")).await.invalid("/newPassword");
    reader.put("/auth/password", change(PASSWORD, &reader.email)).await.invalid("/newPassword");
    elsewhere.get("/users/me").await.expect(200);

    reader.put("/auth/password", change(PASSWORD, NEW)).await.expect(200);
    reader.get("/users/me").await.expect(200);
    elsewhere.get("/users/me").await.problem(401, "unauthenticated");
    elsewhere.refreshes().await.problem(401, "unauthenticated");
    library.login(&reader.email, PASSWORD).await.problem(401, "unauthenticated");
    library.login(&reader.email, NEW).await.expect(200);
    assert_eq!(library.letters(&reader.email).await[0].0, "Your password was changed");
}

#[tokio::test]
async fn a_password_change_counts_wrong_attempts_too() {
    let library = Library::own().standing_clock().start().await;
    let reader = library.reader().await;
    let wrong = json!({"currentPassword": "not the password", "newPassword": NEW});
    for _ in 0..5 {
        reader.put("/auth/password", wrong.clone()).await.problem(403, "forbidden");
    }
    reader.put("/auth/password", wrong).await.problem(429, "too-many-requests");
}

/// Requests a reset. Returns the token of its letter.
async fn request_reset(library: &Library, reader: &Person) -> String {
    library.stranger().post("/auth/reset-password-request", json!({"email": reader.email})).await.expect(202);
    library.mailed_token(&reader.email, "reset-password").await
}

/// Returns the body of a reset.
fn reset_body(token: &str) -> serde_json::Value {
    json!({"resetToken": token, "newPassword": NEW})
}

#[tokio::test]
async fn rst1_only_the_latest_reset_token_works_and_it_works_once() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let (older, newer) = (request_reset(&library, &reader).await, request_reset(&library, &reader).await);
    assert_ne!(older, newer);
    let stranger = library.stranger();
    stranger.post("/auth/reset-password", reset_body(&older)).await.invalid("/resetToken");
    // A mail scanner that follows the link does not use up the token.
    stranger.get(&format!("/auth/reset-password?resetToken={newer}")).await.problem(404, "not-found");
    stranger
        .post("/auth/reset-password", json!({"resetToken": newer, "newPassword": "password"}))
        .await
        .invalid("/newPassword");

    stranger.post("/auth/reset-password", reset_body(&newer)).await.expect(200);
    stranger.post("/auth/reset-password", reset_body(&newer)).await.invalid("/resetToken");
    reader.get("/users/me").await.problem(401, "unauthenticated");
    reader.refreshes().await.problem(401, "unauthenticated");
    library.login(&reader.email, PASSWORD).await.problem(401, "unauthenticated");
    library.login(&reader.email, NEW).await.expect(200);
    assert_eq!(library.letters(&reader.email).await[0].0, "Your password was changed");
}

#[tokio::test]
async fn rst1_a_reset_token_expires_after_ten_minutes() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let token = request_reset(&library, &reader).await;
    library.wait(601);
    library.stranger().post("/auth/reset-password", reset_body(&token)).await.invalid("/resetToken");
    library.login(&reader.email, PASSWORD).await.expect(200);
}

#[tokio::test]
async fn rst1_one_of_twenty_parallel_resets_with_one_token_succeeds() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let token = request_reset(&library, &reader).await;
    let resets =
        (0..20).map(|_| async { library.stranger().post("/auth/reset-password", reset_body(&token)).await.status });
    let answers = futures_util::future::join_all(resets).await;
    assert_eq!(answers.iter().filter(|status| **status == 200).count(), 1, "{answers:?}");
    assert!(answers.iter().all(|status| [200, 400].contains(status)), "{answers:?}");
}

#[tokio::test]
async fn rst1_a_changed_token_and_a_token_for_another_purpose_are_refused() {
    let library = Library::own().start().await;
    let [reader, other] = [library.reader().await, library.reader().await];
    let token = request_reset(&library, &reader).await;
    let verification = library.mailed_token(&other.email, "verify-email").await;
    for wrong in ["", "x", &verification, &token[1..], &format!("{token}A")] {
        library.stranger().post("/auth/reset-password", reset_body(wrong)).await.invalid("/resetToken");
    }
    for at in (0..token.len()).step_by(7) {
        let mut changed = token.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).expect("ASCII");
        library.stranger().post("/auth/reset-password", reset_body(&changed)).await.invalid("/resetToken");
    }
    library.stranger().post("/auth/reset-password", reset_body(&token)).await.expect(200);
}

#[tokio::test]
async fn rst1_the_token_is_not_stored_and_the_link_ignores_forwarded_hosts() {
    let library = Library::own().metered().start().await;
    let reader = library.reader().await;
    let request = library.stranger().post("/auth/reset-password-request", json!({"email": reader.email}));
    let answer =
        request.header("x-forwarded-host", "evil.example").header("forwarded", "host=evil.example").await.expect(202);
    let token = library.mailed_token(&reader.email, "reset-password").await;
    assert!(!answer.text.contains(&token));
    let (_, letter) = &library.letters(&reader.email).await[0];
    assert!(!letter.contains("evil.example"), "{letter}");
    for table in ["carrel-accounts", "carrel-sessions", "carrel-library"] {
        let everything = library.dynamodb().call("Scan", &json!({"TableName": table})).await;
        assert!(!everything.to_string().contains(&token[..20]), "{table}");
    }
}

#[tokio::test]
async fn a_reset_request_with_a_username_is_refused() {
    let library = Library::own().start().await;
    let username = tests::unique("reader");
    library.stranger().post("/auth/register", json!({"username": username, "password": PASSWORD})).await.expect(201);
    library.stranger().post("/auth/reset-password-request", json!({"email": username})).await.invalid("/email");
}
