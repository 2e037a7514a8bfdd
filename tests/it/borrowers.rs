//! Who may reserve books.

use serde_json::json;
use tests::{Library, PASSWORD, unique};

#[tokio::test]
async fn hrd1_a_newcomer_reserves_after_confirming_the_address() {
    let library = Library::own().start().await;
    let (admin, newcomer) = (library.admin().await, library.newcomer().await);
    let book = admin.adds("Kindred", "Octavia E. Butler").await;
    newcomer.reserves(&book).await.refused(403, "unverified-address");
    let token = library.mailed_token(&newcomer.email, "verify-email").await;
    newcomer.post("/auth/verify-email", json!({"token": token})).await.expect(200);
    newcomer.reserves(&book).await.expect(201);
}

#[tokio::test]
async fn hrd1_a_librarian_approves_readers_without_an_address() {
    let library = Library::own().start().await;
    let admin = library.admin().await;
    let book = admin.adds("Kindred", "Octavia E. Butler").await;
    let registration = json!({"username": unique("jane"), "password": PASSWORD});
    let welcome = library.stranger().post("/users/register", registration).await.expect(201);
    let reader = library.stranger().with_tokens(&welcome);
    let id = welcome.json()["user"]["id"].as_str().expect("an id").to_owned();
    let approve = |approved: bool| admin.patch(&format!("/users/{id}"), json!({"approved": approved}));
    reader.reserves(&book).await.refused(403, "unverified-address");
    reader.patch(&format!("/users/{id}"), json!({"approved": true})).await.refused(403, "desk-only");
    approve(true).await.expect(200);
    let reservation = reader.reserves(&book).await.expect(201).string("id");
    approve(false).await.expect(200);
    // What was reserved stays.
    reader.cancels(&reservation).await.expect(204);
    reader.reserves(&book).await.refused(403, "unverified-address");
}

#[tokio::test]
async fn with_loans_members_every_user_reserves() {
    let library = Library::own().settings(|settings| settings.members_borrow = true).start().await;
    let (admin, newcomer) = (library.admin().await, library.newcomer().await);
    let book = admin.adds("Kindred", "Octavia E. Butler").await;
    newcomer.reserves(&book).await.expect(201);
}
