//! Readers who lose the right to borrow while they reserve.

use serde_json::json;
use tests::Library;
use tests::database::Pattern;

use super::overtaken;

#[tokio::test]
async fn hrd1_an_approval_that_is_withdrawn_meanwhile_counts_no_more() {
    let library = Library::own().proxied().start().await;
    let (admin, reader) = (library.admin().await, library.newcomer().await);
    let book = admin.adds("Kindred", "Octavia E. Butler").await;
    let approve = |approved: bool| admin.patch(&format!("/users/{}", reader.id), json!({"approved": approved}));
    approve(true).await.expect(200);
    let held = Pattern::transaction_of("reservations").naming(&reader.id);
    let (answer, _) =
        overtaken(&library, held, reader.reserves(&book), async { approve(false).await.expect(200) }).await;
    answer.refused(403, "unverified-address");
    approve(true).await.expect(200);
    reader.reserves(&book).await.expect(201);
}

#[tokio::test]
async fn dk30_a_block_that_begins_meanwhile_counts() {
    let library = Library::own().proxied().start().await;
    let (admin, reader) = (library.admin().await, library.reader().await);
    let book = admin.adds("Kindred", "Octavia E. Butler").await;
    let block = json!({"blocked": {"reason": "A fee is open."}});
    let block = async { admin.patch(&format!("/users/{}", reader.id), block).await.expect(200) };
    let held = Pattern::transaction_of("reservations").naming(&reader.id);
    let (answer, _) = overtaken(&library, held, reader.reserves(&book), block).await;
    answer.refused(409, "blocked");
}
