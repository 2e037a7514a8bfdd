//! Taking back at the desk.

use jiff::SignedDuration;
use serde_json::{Value, json};
use tests::{Library, Person, time};

use super::{DAY, copies, desk, events, free, has, named, shown};

/// Lends a reader a book. Returns the loan.
async fn lent(admin: &Person, reader: &Person, book: &str) -> Value {
    admin.lends(reader, book).await.expect(201).json()["reservation"].clone()
}

#[tokio::test]
async fn dk8_a_book_that_was_not_out_is_no_error_and_the_next_one_is_taken_back() {
    let (library, admin) = desk().await;
    let reader = library.reader().await;
    let [free_book, out] = [copies(&admin, 1).await, copies(&admin, 1).await];
    lent(&admin, &reader, &out).await;
    let before = events(&library, &admin).await;
    let nothing = admin.takes_back(&free_book).await.expect(200).json();
    assert_eq!(nothing, json!({"outcome": "was-not-out", "book": {"id": free_book, "title": "Kindred"}}));
    admin.post("/returns", json!({"code": "9780306406157"})).await.refused(404, "unknown-code");
    assert_eq!(events(&library, &admin).await, before);
    assert_eq!(admin.takes_back(&out).await.expect(200).json()["outcome"], "returned");
    reader.takes_back(&out).await.refused(403, "desk-only");
}

#[tokio::test]
async fn dk9_a_promised_book_that_is_handed_in_is_put_aside() {
    let (library, admin) = desk().await;
    let grace = named(&library, "Grace").await;
    let book = copies(&admin, 1).await;
    let promised = grace.reserves(&book).await.expect(201).string("id");
    let before = shown(&grace, &promised).await;
    library.wait(60);
    let aside = admin.takes_back(&book).await.expect(200).json();
    assert_eq!((&aside["outcome"], &aside["promisedTo"]["firstName"]), (&json!("put-aside"), &json!("Grace")));
    let mut after = shown(&grace, &promised).await;
    assert_eq!(aside["ready"], after);
    assert!(after.as_object_mut().and_then(|fields| fields.remove("asideAt")).is_some());
    assert_eq!(after, before, "nothing else has changed");
    assert_eq!(admin.takes_back(&book).await.expect(200).json()["outcome"], "was-not-out");
    assert_eq!(events(&library, &admin).await, ["book.added", "book.reserved", "book.putAside"]);
}

#[tokio::test]
async fn dk10_who_brought_it_and_who_waits_are_two_fields() {
    let (library, admin) = desk().await;
    let (ada, grace) = (named(&library, "Ada").await, named(&library, "Grace").await);
    let book = copies(&admin, 1).await;
    let loan = lent(&admin, &ada, &book).await;
    let place = grace.reserves(&book).await.expect(202).string("id");
    let back = admin.takes_back(&book).await.expect(200).json();
    assert_eq!((&back["from"]["firstName"], &back["promisedTo"]["firstName"]), (&json!("Ada"), &json!("Grace")));
    assert_eq!((&back["reservation"]["id"], &back["ready"]["id"]), (&loan["id"], &json!(place)));
    assert_eq!((&back["outcome"], &back["daysLate"]), (&json!("returned"), &Value::Null));
    // It stands on the shelf for collection.
    assert!(shown(&grace, &place).await["asideAt"].is_string());
}

#[tokio::test]
async fn dk11_two_copies_of_a_title_that_come_back_at_once_are_both_taken_back() {
    let (library, admin) = desk().await;
    let [ada, bob] = [library.reader().await, library.reader().await];
    let book = copies(&admin, 2).await;
    lent(&admin, &ada, &book).await;
    lent(&admin, &bob, &book).await;
    let ambiguous = admin.takes_back(&book).await.refused(409, "ambiguous").json();
    assert_eq!(ambiguous["candidates"].as_array().map(Vec::len), Some(2));
    for reader in [&ada, &bob] {
        let back = admin.post("/returns", json!({"book": book, "reader": reader.id})).await.expect(200).json();
        assert_eq!((&back["outcome"], &back["from"]["id"]), (&json!("returned"), &json!(reader.id)));
    }
    assert_eq!(free(&library, &book).await, (json!(2), json!(0)));
}

#[tokio::test]
async fn dk12_a_return_for_the_wrong_reader_ends_no_loan() {
    let (library, admin) = desk().await;
    let (bob, grace, ada) = (named(&library, "Bob").await, named(&library, "Grace").await, library.reader().await);
    let book = copies(&admin, 2).await;
    lent(&admin, &bob, &book).await;
    lent(&admin, &grace, &book).await;
    let refused = admin.post("/returns", json!({"book": book, "reader": ada.id})).await.refused(409, "not-this-reader");
    let candidates = refused.json()["candidates"].as_array().cloned().unwrap_or_default();
    let mut names: Vec<_> = candidates.iter().filter_map(|one| one["person"]["firstName"].as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["Bob", "Grace"]);
    assert_eq!((has(&bob).await.len(), has(&grace).await.len()), (1, 1));
}

#[tokio::test]
async fn dk13_the_time_of_the_return_is_stored_once() {
    let (library, admin) = desk().await;
    let reader = library.reader().await;
    let book = copies(&admin, 1).await;
    let lent_at = time(&lent(&admin, &reader, &book).await["lentAt"]);
    library.wait(40 * DAY);
    let admin = library.signs_in(&admin).await;
    let back = admin.takes_back(&book).await.expect(200).json();
    let (id, at) = (back["reservation"]["id"].as_str().unwrap_or_default(), &back["reservation"]["returnedAt"]);
    assert_eq!((time(at).duration_since(lent_at).as_secs(), &back["daysLate"]), (40 * DAY, &json!(19)));
    library.wait(5 * DAY);
    let admin = library.signs_in(&admin).await;
    assert_eq!(admin.takes_back(&book).await.expect(200).json()["outcome"], "was-not-out");
    assert_eq!(&shown(&admin, id).await["returnedAt"], at);
}

#[tokio::test]
async fn dk14_what_a_disabled_reader_had_is_taken_back() {
    let (library, admin) = desk().await;
    let reader = named(&library, "Ada").await;
    let book = copies(&admin, 1).await;
    lent(&admin, &reader, &book).await;
    admin.patch(&format!("/users/{}", reader.id), json!({"disabled": true})).await.expect(200);
    let back = admin.takes_back(&book).await.expect(200).json();
    assert_eq!((&back["outcome"], &back["from"]["firstName"]), (&json!("returned"), &json!("Ada")));
    // Ending an account is refused while books are at home. Should one have ended all the same, its books come back.
    let gone = library.reader().await;
    lent(&admin, &gone, &book).await;
    let key = json!({"pk": {"S": format!("user#{}", gone.id)}});
    library.dynamodb().call("DeleteItem", &json!({"TableName": "carrel-sessions", "Key": key})).await;
    let back = admin.takes_back(&book).await.expect(200).json();
    assert_eq!((&back["outcome"], &back["from"]), (&json!("returned"), &json!({"id": gone.id})));
}

#[tokio::test]
async fn dk15_a_return_that_is_repeated_with_its_key_is_one_return() {
    let (library, admin) = desk().await;
    let [ada, bob] = [library.reader().await, library.reader().await];
    let [book, never_out] = [copies(&admin, 1).await, copies(&admin, 1).await];
    lent(&admin, &ada, &book).await;
    bob.reserves(&book).await.expect(202);
    let returns = |book: &str| admin.takes_back(book).header("idempotency-key", &format!("scan of {book}"));
    let (one, other) = tokio::join!(returns(&book), returns(&book));
    let first = one.expect(200).json();
    assert_eq!(other.expect(200).json(), first);
    admin.lends(&bob, &book).await.expect(201);
    assert_eq!(returns(&book).await.expect(200).json(), first, "although it is out again");
    assert_eq!(has(&bob).await.len(), 1);
    // "It was not out" is an answer as well.
    let nothing = returns(&never_out).await.expect(200).json();
    lent(&admin, &ada, &never_out).await;
    assert_eq!(returns(&never_out).await.expect(200).json(), nothing);
    let found = events(&library, &admin).await;
    assert_eq!(found.iter().filter(|kind| ["book.returned", "reservation.ready"].contains(&kind.as_str())).count(), 2);
}

#[tokio::test]
async fn dk16_a_scan_that_waited_ends_no_loan_that_began_after_it() {
    let (library, admin) = desk().await;
    let reader = library.reader().await;
    let book = copies(&admin, 1).await;
    let scanned = time(&lent(&admin, &reader, &book).await["lentAt"]) + SignedDuration::from_mins(1);
    library.wait(120);
    admin.takes_back(&book).await.expect(200);
    library.wait(60);
    lent(&admin, &reader, &book).await;
    let late = |at: jiff::Timestamp| admin.post("/returns", json!({"book": book, "scannedAt": at.to_string()}));
    assert_eq!(late(scanned).await.expect(200).json()["outcome"], "was-not-out");
    assert_eq!(has(&reader).await.len(), 1);
    late(scanned - SignedDuration::from_hours(13)).await.invalid("/scannedAt");
    late(scanned + SignedDuration::from_hours(1)).await.invalid("/scannedAt");
    // A scan on time counts as on time, however long it waited.
    let on_time = scanned + SignedDuration::from_mins(3);
    library.wait(3_600);
    let admin = library.signs_in(&admin).await;
    let late = |at: jiff::Timestamp| admin.post("/returns", json!({"book": book, "scannedAt": at.to_string()}));
    let back = late(on_time).await.expect(200).json();
    assert_eq!((&back["outcome"], time(&back["reservation"]["returnedAt"])), (&json!("returned"), on_time));
}

#[tokio::test]
async fn dk16_the_clock_of_the_desk_need_not_be_right() {
    let (library, admin) = desk().await;
    let reader = library.reader().await;
    let book = copies(&admin, 1).await;
    let now = time(&lent(&admin, &reader, &book).await["lentAt"]) + SignedDuration::from_mins(8);
    library.wait(8 * 60);
    let minutes = SignedDuration::from_mins;
    // Scanned five minutes ago, after the loan, by clocks that are a quarter of an hour slow, and fast.
    for wrong in [minutes(-15), minutes(15)] {
        let (scanned, sent) = (now + wrong - minutes(5), now + wrong);
        let times = json!({"book": book, "scannedAt": scanned.to_string(), "sentAt": sent.to_string()});
        let back = admin.post("/returns", times).await.expect(200).json();
        let returned = time(&back["reservation"]["returnedAt"]);
        assert_eq!((&back["outcome"], returned), (&json!("returned"), now - minutes(5)), "{wrong}");
        let loan = back["reservation"]["id"].as_str().expect("the loan").to_owned();
        admin.steps(&loan, "undo").await.expect(200);
        // Scanned ten minutes ago, before the loan.
        let times = json!({"book": book, "scannedAt": (sent - minutes(10)).to_string(), "sentAt": sent.to_string()});
        assert_eq!(admin.post("/returns", times).await.expect(200).json()["outcome"], "was-not-out");
    }
    let never = json!({"book": book, "scannedAt": now.to_string(), "sentAt": (now - minutes(1)).to_string()});
    admin.post("/returns", never).await.invalid("/scannedAt");
}

#[tokio::test]
async fn dk16_what_a_function_with_a_fast_clock_has_lent_comes_back_at_once() {
    let (library, admin) = desk().await;
    let reader = library.reader().await;
    let book = copies(&admin, 1).await;
    lent(&admin, &reader, &book).await;
    library.wait(-120);
    assert_eq!(admin.takes_back(&book).await.expect(200).json()["outcome"], "returned");
    assert!(has(&reader).await.is_empty());
}

#[tokio::test]
async fn dk15_a_scan_that_says_only_the_second_time_when_it_was_made_is_the_same_scan() {
    let (library, admin) = desk().await;
    let book = copies(&admin, 1).await;
    let loan = lent(&admin, &library.reader().await, &book).await;
    library.wait(120);
    let returns = |body: Value| admin.post("/returns", body).header("idempotency-key", "scan");
    let first = returns(json!({"book": book})).await.expect(200).json();
    assert_eq!(first["outcome"], "returned");
    let scanned = time(&loan["lentAt"]) + SignedDuration::from_mins(1);
    let again = returns(json!({"book": book, "scannedAt": scanned.to_string()})).await.expect(200).json();
    assert_eq!(again, first);
}

#[tokio::test]
async fn a_return_by_barcode_ends_the_loan_that_was_made_with_it() {
    let (library, admin) = desk().await;
    let [ada, bob, carl] = [library.reader().await, library.reader().await, library.reader().await];
    let book = copies(&admin, 3).await;
    let mut barcodes = Vec::new();
    for _ in 0..3 {
        barcodes.push(admin.post(&format!("/books/{book}/barcodes"), json!({})).await.expect(201).string("barcode"));
    }
    for (reader, barcode) in [(&ada, Some(&barcodes[0])), (&bob, Some(&barcodes[1])), (&carl, None)] {
        let loan = match barcode {
            Some(barcode) => json!({"reader": reader.id, "code": barcode}),
            None => json!({"reader": reader.id, "book": book}),
        };
        admin.post("/loans", loan).await.expect(201);
    }
    let returns = async |code: &str| admin.post("/returns", json!({"code": code})).await.expect(200).json();
    assert_eq!(returns(&barcodes[1]).await["from"]["id"], bob.id);
    // Lent by the book alone, so it may be this copy.
    assert_eq!(returns(&barcodes[2]).await["from"]["id"], carl.id);
    assert_eq!(returns(&barcodes[2]).await["outcome"], "was-not-out", "Ada has another copy");
    assert_eq!(returns(&barcodes[0]).await["from"]["id"], ada.id);
}

#[tokio::test]
async fn a_lost_copy_ends_its_loan_and_the_book_has_one_copy_less() {
    let library = Library::own().start().await;
    let admin = library.admin().await;
    let [ada, bob] = [library.reader().await, library.reader().await];
    let book = copies(&admin, 2).await;
    let loan = lent(&admin, &ada, &book).await["id"].as_str().unwrap_or_default().to_owned();
    let other = lent(&admin, &bob, &book).await["id"].as_str().unwrap_or_default().to_owned();
    let lose = |id: &str| admin.steps(id, "lost").header("idempotency-key", id);
    let lost = lose(&loan).await.expect(200).json();
    assert_eq!(lost["status"], "lost");
    assert_eq!(lose(&loan).await.expect(200).json(), lost);
    admin.steps(&loan, "lost").await.refused(409, "lost");
    admin.steps(&loan, "return").await.refused(409, "lost");
    ada.steps(&other, "lost").await.refused(403, "desk-only");
    assert!(has(&ada).await.is_empty());
    assert_eq!(admin.get(&format!("/books/{book}")).await.expect(200).json()["copies"], 1);
    assert_eq!(free(&library, &book).await, (json!(0), json!(0)));
    // The last copy may be lost as well; whoever waits goes on waiting.
    let place = ada.reserves(&book).await.expect(202).string("id");
    lose(&other).await.expect(200);
    assert_eq!(admin.get(&format!("/books/{book}")).await.expect(200).json()["copies"], 0);
    assert_eq!(shown(&ada, &place).await["status"], "waiting");
    let found = events(&library, &admin).await;
    assert_eq!(found.iter().filter(|kind| *kind == "book.lost").count(), 2);
}
