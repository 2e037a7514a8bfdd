//! Sign-ins that overlap with what ends sessions, and profiles that change under a client's copy.

use serde_json::json;
use tests::database::Pattern;
use tests::{Answer, Library, PASSWORD, Person, Request};

use super::overtaken;

const NEW: &str = "a staple of new batteries";

fn change_password(reader: &Person) -> Request {
    reader.put("/auth/password", json!({"currentPassword": PASSWORD, "newPassword": NEW}))
}

fn sign_in(library: &Library, reader: &Person) -> Request {
    library.stranger().post("/auth/login", json!({"email": reader.email, "password": PASSWORD}))
}

/// Whether an answered sign-in has a session that may still act.
async fn is_alive(reader: &Person, answer: &Answer) -> bool {
    answer.status == 200 && reader.with_tokens(answer).get("/users/me").await.status == 200
}

#[tokio::test]
async fn rac4_a_new_password_ends_the_session_that_begins_during_the_change() {
    let library = Library::own().proxied().start().await;
    let reader = library.reader().await;
    let held = Pattern::transaction_of("auth").naming("user.passwordChanged");
    let others = async { sign_in(&library, &reader).await.expect(200) };
    let (changed, begun) = overtaken(&library, held, change_password(&reader), others).await;
    changed.expect(200);
    assert!(!is_alive(&reader, &begun).await, "an ended session is alive");
    reader.get("/users/me").await.expect(200);
}

#[tokio::test]
async fn rac4_signing_out_elsewhere_ends_the_session_that_begins_meanwhile() {
    let library = Library::own().proxied().start().await;
    let reader = library.reader().await;
    let before = sign_in(&library, &reader).await.expect(200);
    let held = Pattern::transaction_of("auth").naming("user.signedOut");
    let others = async { sign_in(&library, &reader).await.expect(200) };
    let sign_out = reader.post("/auth/logout?scope=others", json!({}));
    let (ended, begun) = overtaken(&library, held, sign_out, others).await;
    ended.expect(200);
    assert!(!is_alive(&reader, &before).await);
    assert!(!is_alive(&reader, &begun).await, "an ended session is alive");
    reader.get("/users/me").await.expect(200);
}

#[tokio::test]
async fn epo1_a_sign_in_under_way_does_not_survive_a_new_password() {
    let library = Library::own().proxied().start().await;
    let reader = library.reader().await;
    let held = Pattern::transaction_of("auth").naming("user.signedIn");
    let others = async { change_password(&reader).await.expect(200) };
    let (begun, _) = overtaken(&library, held, sign_in(&library, &reader), others).await;
    assert!(!is_alive(&reader, &begun).await, "a session of the old password is alive");
}

#[tokio::test]
async fn epo1_a_sign_in_under_way_does_not_survive_a_reset() {
    let library = Library::own().proxied().start().await;
    let (reader, stranger) = (library.reader().await, library.stranger());
    stranger.post("/auth/reset-password-request", json!({"email": reader.email})).await.expect(202);
    let token = library.mailed_token(&reader.email, "reset-password").await;
    let held = Pattern::transaction_of("auth").naming("user.signedIn");
    let reset = json!({"resetToken": token, "newPassword": NEW});
    let others = async { stranger.post("/auth/reset-password", reset).await.expect(200) };
    let (begun, _) = overtaken(&library, held, sign_in(&library, &reader), others).await;
    assert!(!is_alive(&reader, &begun).await, "a session of the old password is alive");
}

#[tokio::test]
async fn rac10_a_changed_role_changes_the_profiles_etag() {
    let library = Library::own().start().await;
    let (admin, reader) = (library.admin().await, library.reader().await);
    let known = reader.get("/users/me").await.expect(200);
    let path = format!("/users/{}", reader.id);
    admin.patch(&path, json!({"role": "admin"})).await.expect(200);
    let now = reader.get("/users/me").header("if-none-match", known.header("etag")).await;
    assert_ne!(now.status, 304, "304 for a profile that has changed");
    assert_eq!(now.expect(200).string("role"), "admin");
}
