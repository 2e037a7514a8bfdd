//! Librarians who act on each other: one is always left.

use serde_json::json;
use tests::database::Pattern;
use tests::{Library, PASSWORD, Person};

use super::overtaken;
use crate::activity::admin;

/// A library with two librarians.
async fn two_librarians() -> (Library, [Person; 2]) {
    let library = Library::own().proxied().start().await;
    let (one, other) = (admin(&library).await, library.reader().await);
    one.patch(&path(&other), json!({"role": "admin"})).await.expect(200);
    (library, [one, other])
}

fn path(person: &Person) -> String {
    format!("/users/{}", person.id)
}

/// Asserts that somebody is there who may do a librarian's work.
async fn a_librarian_is_left(library: &Library) {
    let sessions = library.dynamodb().scan("carrel-sessions").await;
    let is_librarian = |item: &&serde_json::Value| item["role"]["S"] == "admin" && item["disabled"]["BOOL"] != true;
    assert_ne!(sessions.iter().filter(is_librarian).count(), 0, "no librarian is left: {sessions:?}");
}

#[tokio::test]
async fn rac1_two_librarians_cannot_demote_each_other() {
    let (library, [one, other]) = two_librarians().await;
    let demotion = json!({"role": "member"});
    let held = Pattern::transaction_of("users").naming(&one.id);
    let others = async { other.patch(&path(&one), demotion.clone()).await.expect(200) };
    let (second, _) = overtaken(&library, held, one.patch(&path(&other), demotion.clone()), others).await;
    second.problem(403, "forbidden");
    a_librarian_is_left(&library).await;
}

#[tokio::test]
async fn rac1_two_librarians_cannot_disable_each_other() {
    let (library, [one, other]) = two_librarians().await;
    let disabling = json!({"disabled": true});
    let held = Pattern::transaction_of("users").naming(&one.id);
    let others = async { other.patch(&path(&one), disabling.clone()).await.expect(200) };
    let (second, _) = overtaken(&library, held, one.patch(&path(&other), disabling.clone()), others).await;
    second.problem(401, "unauthenticated");
    a_librarian_is_left(&library).await;
}

#[tokio::test]
async fn rac1_two_librarians_cannot_delete_each_other() {
    let (library, [one, other]) = two_librarians().await;
    let held = Pattern::transaction_of("users").naming(&one.id);
    let others = async { other.delete(&path(&one)).await.expect(204) };
    let (second, _) = overtaken(&library, held, one.delete(&path(&other)), others).await;
    second.problem(401, "unauthenticated");
    a_librarian_is_left(&library).await;
}

#[tokio::test]
async fn adm3_the_last_librarian_cannot_delete_their_account() {
    let library = Library::own().start().await;
    let last = admin(&library).await;
    let answer = last.delete("/users/me").json(&json!({"password": "password"})).await;
    a_librarian_is_left(&library).await;
    answer.problem(409, "conflict");
}

#[tokio::test]
async fn adm3_two_librarians_cannot_both_delete_their_accounts() {
    let (library, [one, other]) = two_librarians().await;
    let held = Pattern::transaction_of("auth").naming(&one.id);
    let others = async { other.delete("/users/me").json(&json!({"password": PASSWORD})).await.expect(204) };
    overtaken(&library, held, one.delete("/users/me").json(&json!({"password": "password"})), others).await;
    a_librarian_is_left(&library).await;
}
