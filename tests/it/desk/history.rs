//! Past loans, which the library keeps only for a reader who wants it.

use serde_json::json;
use tests::{Library, Person};

/// Lends a new book to a reader and takes it back. Returns the id of the reservation.
async fn reads(library: &Library, desk: &Person, reader: &Person, title: &str) -> String {
    let book = desk.adds(title, "Octavia E. Butler").await;
    let loan = reader.reserves(&book).await.expect(201).string("id");
    desk.steps(&loan, "checkout").await.expect(200);
    desk.steps(&loan, "return").await.expect(200);
    library.local().drained().await;
    loan
}

/// Returns the ids of a reader's past loans.
async fn past(reader: &Person) -> Vec<String> {
    reader.get("/users/me/loans?past=true").await.expect(200).each("id")
}

/// Returns how many past loans are stored.
async fn stored(library: &Library) -> usize {
    library.local().drained().await;
    let items = library.dynamodb().scan("carrel-library").await;
    items.iter().filter(|item| item["sk"]["S"].as_str().is_some_and(|sk| sk.starts_with("past#"))).count()
}

async fn keeps(reader: &Person, keeps: bool) {
    let changed = reader.patch("/users/me", json!({"keepHistory": keeps})).await.expect(200).json();
    assert_eq!(changed["keepHistory"], keeps);
    assert_eq!(reader.get("/users/me").await.expect(200).json()["keepHistory"], keeps);
}

#[tokio::test]
async fn dk66_only_what_was_lent_while_it_was_on_is_kept_and_off_deletes_at_once() {
    let library = Library::own().start().await;
    let (desk, ada) = (library.with_role("assistant").await, library.reader().await);
    assert_eq!(ada.get("/users/me").await.expect(200).json()["keepHistory"], false);
    reads(&library, &desk, &ada, "Kindred").await;
    assert_eq!((past(&ada).await.len(), stored(&library).await), (0, 0));
    // What was lent before is not kept, even if it comes back after.
    let book = desk.adds("Dawn", "Octavia E. Butler").await;
    let before = ada.reserves(&book).await.expect(201).string("id");
    desk.steps(&before, "checkout").await.expect(200);
    library.wait(60);
    keeps(&ada, true).await;
    assert_eq!(past(&ada).await.len(), 0);
    desk.steps(&before, "return").await.expect(200);
    let first = reads(&library, &desk, &ada, "Wild Seed").await;
    let second = reads(&library, &desk, &ada, "Survivor").await;
    assert_eq!(past(&ada).await, [second.clone(), first.clone()]);
    let page = ada.get("/users/me/loans?past=true&limit=1").await.expect(200);
    let next = format!("/users/me/loans?past=true&limit=1&cursor={}", page.string("nextCursor"));
    assert_eq!(ada.get(&next).await.expect(200).each("id"), [first.as_str()]);
    let loan = page.json()["items"][0].clone();
    assert_eq!((&loan["book"]["title"], loan["lentAt"].is_string()), (&json!("Survivor"), true));
    // It is the reader's alone.
    assert_eq!(past(&library.reader().await).await.len(), 0);
    keeps(&ada, true).await;
    assert_eq!(past(&ada).await.len(), 2, "once more on changes nothing");

    library.wait(60);
    keeps(&ada, false).await;
    assert_eq!((past(&ada).await.len(), stored(&library).await), (0, 0));
    keeps(&ada, true).await;
    assert_eq!(past(&ada).await.len(), 0, "on again brings nothing up");
    let third = reads(&library, &desk, &ada, "Fledgling").await;
    assert_eq!(past(&ada).await, [third]);
    ada.delete("/users/me").json(&json!({"password": tests::PASSWORD})).await.expect(204);
    assert_eq!(stored(&library).await, 0, "it goes with the account");
}

#[tokio::test]
async fn a_reader_forgets_a_past_loan() {
    let library = Library::own().every_row_twice().start().await;
    let (desk, ada) = (library.with_role("assistant").await, library.reader().await);
    keeps(&ada, true).await;
    let first = reads(&library, &desk, &ada, "Kindred").await;
    let second = reads(&library, &desk, &ada, "Dawn").await;
    let path = |id: &str| format!("/users/me/loans/{id}");
    library.reader().await.delete(&path(&first)).await.refused(404, "no-such-loan");
    ada.delete(&path(&first)).await.expect(204);
    ada.delete(&path(&first)).await.refused(404, "no-such-loan");
    library.local().drained().await;
    assert_eq!(past(&ada).await, [second]);
    let items = library.dynamodb().scan("carrel-library").await;
    let traces = items
        .iter()
        .filter(|item| item["pk"]["S"] == format!("user#{}", ada.id))
        .filter(|item| item.to_string().contains(&first));
    assert_eq!(traces.count(), 0, "the forgotten loan leaves a trace");
    ada.get("/users/me/loans").await.invalid("?past");
    ada.get("/users/me/loans?past=false").await.invalid("?past");
    ada.patch("/users/me", json!({"keepHistory": null})).await.invalid("/keepHistory");
}
