//! Loans at the desk that overlap with others, with reservations on the website, and with the end of accounts.

use serde_json::json;
use tests::database::{Fault, Pattern};
use tests::{Library, Person};

use super::overtaken;

/// Returns how many copies of a book are taken.
async fn taken(library: &Library, book: &str) -> String {
    let key = json!({"pk": {"S": format!("book#{book}")}, "sk": {"S": "lending"}});
    let get = json!({"TableName": "carrel-library", "Key": key, "ConsistentRead": true});
    let found = library.dynamodb().call("GetItem", &get).await;
    found["Item"]["taken"]["N"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn dk7_of_two_loans_of_one_copy_at_once_one_is_made() {
    let library = Library::own().start().await;
    let (admin, other_desk) = (library.admin().await, library.with_role("assistant").await);
    let [ada, bob] = [library.reader().await, library.reader().await];
    let book = admin.adds("Kindred", "Octavia E. Butler").await;
    for round in 0..200 {
        let website = round % 2 == 1;
        let (one, other) = if website {
            tokio::join!(admin.lends(&ada, &book), bob.reserves(&book))
        } else {
            tokio::join!(admin.lends(&ada, &book), other_desk.lends(&bob, &book))
        };
        let answers = [one.status, other.status];
        assert!([[201, 409], [409, 201], [201, 202]].contains(&answers), "{answers:?}");
        assert_eq!(taken(&library, &book).await, "1");
        if website {
            let own = bob.get("/reservations").await.expect(200).each("id").remove(0);
            bob.cancels(&own).await.expect(204);
        }
        admin.takes_back(&book).await.expect(200);
    }
}

/// Sends a loan, has something happen before its transaction, and returns its status and code.
async fn lends_late(
    library: &Library,
    desk: &Person,
    to: &Person,
    book: &str,
    others: impl Future<Output = ()>,
) -> String {
    let held = Pattern::transaction_of("desk").naming(&to.id);
    let (answer, ()) = overtaken(library, held, desk.lends(to, book), others).await;
    if answer.status == 201 { "lent".to_owned() } else { answer.string("code") }
}

#[tokio::test]
async fn dk7_a_loan_finds_what_has_changed_until_its_transaction() {
    let library = Library::own().proxied().start().await;
    let admin = library.admin().await;
    let [reader, other] = [library.reader().await, library.reader().await];
    let mut books = Vec::new();
    for _ in 0..5 {
        books.push(admin.adds("Kindred", "Octavia E. Butler").await);
    }
    let reserves = async { drop(other.reserves(&books[0]).await.expect(201)) };
    assert_eq!(lends_late(&library, &admin, &reader, &books[0], reserves).await, "others-wait");
    let own = async { drop(reader.reserves(&books[1]).await.expect(201)) };
    assert_eq!(lends_late(&library, &admin, &reader, &books[1], own).await, "lent");
    assert_eq!(reader.get("/reservations").await.expect(200).each("status"), ["checkedOut"]);
    let archives = async { drop(admin.post(&format!("/books/{}/archive", books[2]), json!({})).await.expect(200)) };
    assert_eq!(lends_late(&library, &admin, &reader, &books[2], archives).await, "book-archived");
    let path = format!("/users/{}", reader.id);
    let blocks = async { drop(admin.patch(&path, json!({"blocked": {"reason": "A fee."}})).await.expect(200)) };
    assert_eq!(lends_late(&library, &admin, &reader, &books[3], blocks).await, "blocked");
    let deletes = async { drop(admin.delete(&format!("/users/{}", other.id)).await.expect(204)) };
    assert_eq!(lends_late(&library, &admin, &other, &books[4], deletes).await, "no-such-user");
}

#[tokio::test]
async fn dk15_a_loan_and_a_return_whose_answers_are_lost_are_made_once() {
    let library = Library::own().proxied().start().await;
    let admin = library.admin().await;
    let reader = library.reader().await;
    let book = admin.adds("Kindred", "Octavia E. Butler").await;
    library.proxy().fail_once(Pattern::transaction_of("desk"), Fault::AnswerLost);
    let lends = || admin.lends(&reader, &book).header("idempotency-key", "loan");
    let loan = lends().await.expect(201).json();
    assert_eq!(lends().await.expect(201).json(), loan);
    library.proxy().fail_once(Pattern::transaction_of("desk"), Fault::AnswerLost);
    let returns = || admin.takes_back(&book).header("idempotency-key", "return");
    let back = returns().await.expect(200).json();
    assert_eq!((back["outcome"].as_str(), returns().await.expect(200).json()), (Some("returned"), back.clone()));
    library.local().drained().await;
    assert_eq!(admin.get("/events").await.expect(200).each("type"), ["book.added", "book.lent", "book.returned"]);
}

#[tokio::test]
async fn a_ready_copy_that_the_desk_lends_away_while_it_is_cancelled_is_cancelled_in_the_queue() {
    let library = Library::own().proxied().start().await;
    let admin = library.admin().await;
    let [ready, waiting, guest] = [library.reader().await, library.reader().await, library.reader().await];
    let book = admin.adds("Kindred", "Octavia E. Butler").await;
    let own = ready.reserves(&book).await.expect(201).string("id");
    waiting.reserves(&book).await.expect(202);
    let loan = json!({"reader": guest.id, "book": book, "despite": ["others-wait"]});
    let lends = async { drop(admin.post("/loans", loan).await.expect(201)) };
    // The cancelling has read the ready copy, and is about to ask who is next.
    let asks_who_is_next = Pattern::of("reservations").action("Query");
    let (answer, ()) = overtaken(&library, asks_who_is_next, ready.cancels(&own), lends).await;
    answer.expect(204);
    assert_eq!(waiting.get("/reservations").await.expect(200).each("status"), ["waiting"]);
    assert_eq!(ready.get(&format!("/reservations/{own}")).await.expect(200).string("status"), "cancelled");
}

#[tokio::test]
async fn a_copy_that_becomes_ready_for_a_reader_while_it_is_lent_to_them_is_handed_over() {
    let library = Library::own().proxied().start().await;
    let admin = library.admin().await;
    let [other, reader] = [library.reader().await, library.reader().await];
    let book = admin.adds("Kindred", "Octavia E. Butler").await;
    let first = other.reserves(&book).await.expect(201).string("id");
    reader.reserves(&book).await.expect(202);
    let loan = json!({"reader": reader.id, "book": book, "despite": ["others-wait"]});
    // The desk has read that the reader waits, and is about to ask whom the copy is promised to.
    let asks_who_goes = Pattern::of("desk").action("Query");
    let cancels = async { drop(other.cancels(&first).await.expect(204)) };
    let (answer, ()) = overtaken(&library, asks_who_goes, admin.post("/loans", loan), cancels).await;
    assert_eq!(answer.expect(201).string("outcome"), "handed-over");
    assert_eq!(taken(&library, &book).await, "1");
}

#[tokio::test]
async fn an_undo_that_is_overtaken_by_another_step_does_not_undo_that_one() {
    let library = Library::own().standing_clock().proxied().start().await;
    let (admin, reader) = (library.admin().await, library.reader().await);
    let book = admin.adds("Kindred", "Octavia E. Butler").await;
    let loan = admin.lends(&reader, &book).await.expect(201).json()["reservation"]["id"].clone();
    let loan = loan.as_str().expect("an id").to_owned();
    library.wait(60);
    let held = Pattern::transaction_of("reservations").naming("loan.undone");
    let returns = async { drop(admin.takes_back(&book).await.expect(200)) };
    let (answer, ()) = overtaken(&library, held, admin.steps(&loan, "undo"), returns).await;
    answer.refused(409, "nothing-to-undo");
    assert_eq!(reader.get(&format!("/reservations/{loan}")).await.expect(200).string("status"), "returned");
}
