//! Lending at the desk: who gets which copy, and every reason against it at once.

use jiff::SignedDuration;
use serde_json::{Value, json};
use tests::{Person, time};

use super::{DAY, copies, desk, events, free, has, named, reasons, shown};

#[tokio::test]
async fn a_book_is_lent_to_whoever_stands_at_the_desk() {
    let (library, admin) = desk().await;
    let assistant = library.with_role("assistant").await;
    let reader = library.reader().await;
    let book = copies(&admin, 1).await;
    let lent = assistant.lends(&reader, &book).await.expect(201);
    let (answer, id) = (lent.json(), lent.json()["reservation"]["id"].as_str().unwrap_or_default().to_owned());
    assert_eq!(lent.header("location"), format!("/v1/reservations/{id}"));
    assert_eq!((&answer["outcome"], &answer["displaced"]), (&json!("lent"), &Value::Null));
    let loan = &answer["reservation"];
    assert_eq!((&loan["status"], &loan["reader"]), (&json!("checkedOut"), &json!(reader.id)));
    let day_of = |time: &Value| time.as_str().and_then(|time| time.get(..10)?.parse::<jiff::civil::Date>().ok());
    let due = day_of(&loan["lentAt"]).map(|day| day.saturating_add(jiff::Span::new().days(21)).to_string());
    assert_eq!(
        (loan["dueOn"].as_str(), loan["dueAt"].as_str()),
        (due.as_deref(), due.as_deref().map(|day| format!("{day}T23:59:59.999Z")).as_deref())
    );
    assert_eq!(has(&reader).await, std::slice::from_ref(loan));
    assert_eq!(free(&library, &book).await, (json!(0), json!(0)));
    assert_eq!(events(&library, &admin).await, ["book.added", "book.lent"]);
    reader.lends(&reader, &book).await.refused(403, "desk-only");
    // The desk borrows as well.
    let own = copies(&admin, 1).await;
    assistant.lends(&assistant, &own).await.expect(201);
}

#[tokio::test]
async fn a_loan_names_its_book_by_id_or_by_code_and_keeps_the_barcode() {
    let (library, admin) = desk().await;
    let [reader, other] = [library.reader().await, library.reader().await];
    let book = json!({"title": "Kindred", "author": "A", "isbn": "9780807083697", "copies": 2});
    let book = admin.post("/books", book).await.expect(201).string("id");
    let barcode = admin.post(&format!("/books/{book}/barcodes"), json!({})).await.expect(201).string("barcode");
    let lends =
        async |reader: &Person, code: &str| admin.post("/loans", json!({"reader": reader.id, "code": code})).await;
    let loan = lends(&reader, &barcode).await.expect(201).json()["reservation"].clone();
    assert_eq!((&loan["barcode"], &loan["book"]["id"]), (&json!(barcode), &json!(book)));
    let loan = lends(&other, "978-0-8070-8369-7").await.expect(201).json()["reservation"].clone();
    assert_eq!((&loan["barcode"], &loan["book"]["id"]), (&Value::Null, &json!(book)));
    lends(&other, "9780306406157").await.refused(404, "unknown-code");
    lends(&other, "9780306406158").await.invalid("/code");
    admin.post("/loans", json!({"reader": other.id})).await.invalid("/code");
    admin.post("/loans", json!({"reader": other.id, "book": book, "code": barcode})).await.invalid("/book");
}

#[tokio::test]
async fn the_desk_may_name_the_due_day() {
    let (library, admin) = desk().await;
    let reader = library.reader().await;
    let book = copies(&admin, 1).await;
    let now = time(&reader.get("/users/me").await.expect(200).json()["createdAt"]);
    let day = |days: i64| (now + SignedDuration::from_secs(days * DAY)).to_string()[..10].to_owned();
    let lends =
        async |due: String| admin.post("/loans", json!({"reader": reader.id, "book": book, "dueOn": due})).await;
    lends(day(-1)).await.invalid("/dueOn");
    lends(day(400)).await.invalid("/dueOn");
    let due = lends(day(2)).await.expect(201).json()["reservation"]["dueAt"].clone();
    assert_eq!(due, format!("{}T23:59:59.999Z", day(2)));
}

#[tokio::test]
async fn dk1_who_waits_and_is_lent_the_book_does_not_wait_any_more() {
    let (library, admin) = desk().await;
    let [bob, ada, carl] = [library.reader().await, library.reader().await, library.reader().await];
    let book = copies(&admin, 1).await;
    bob.reserves(&book).await.expect(201);
    let place = ada.reserves(&book).await.expect(202).string("id");
    let other = carl.reserves(&book).await.expect(202).string("id");
    admin.lends(&ada, &book).await.refused(409, "others-wait");
    let lends = json!({"reader": ada.id, "book": book, "despite": ["others-wait"]});
    let loan = admin.post("/loans", lends).await.expect(201).json();
    assert_eq!((&loan["reservation"]["id"], &loan["reservation"]["place"]), (&json!(place), &Value::Null));
    assert_eq!(has(&ada).await.len(), 1);
    // Bob, whose copy went, is before Carl again.
    assert_eq!(loan["displaced"]["id"], bob.id);
    assert_eq!(has(&bob).await[0]["place"], 1);
    assert_eq!(shown(&carl, &other).await["place"], 2);
    assert_eq!(free(&library, &book).await, (json!(0), json!(2)));
}

#[tokio::test]
async fn dk2_the_readers_own_ready_copy_is_handed_out() {
    let (library, admin) = desk().await;
    let [grace, ada] = [library.reader().await, library.reader().await];
    let book = copies(&admin, 2).await;
    let first = grace.reserves(&book).await.expect(201).string("id");
    let own = ada.reserves(&book).await.expect(201).string("id");
    let before = shown(&grace, &first).await;
    let lent = admin.lends(&ada, &book).await.expect(201).json();
    assert_eq!((&lent["outcome"], &lent["reservation"]["id"]), (&json!("handed-over"), &json!(own)));
    assert_eq!(shown(&grace, &first).await, before);
    assert_eq!(has(&ada).await[0]["status"], "checkedOut");
}

#[tokio::test]
async fn dk3_an_overdue_loan_frees_nothing() {
    let (library, admin) = desk().await;
    let [ada, bob] = [library.reader().await, library.reader().await];
    let book = copies(&admin, 1).await;
    admin.lends(&ada, &book).await.expect(201);
    let place = bob.reserves(&book).await.expect(202).string("id");
    library.wait(26 * DAY);
    library.local().run_schedule("dispatch").await.expect("the sweep runs");
    let (admin, bob) = (library.signs_in(&admin).await, library.signs_in(&bob).await);
    assert_eq!(shown(&bob, &place).await["status"], "waiting");
    assert_eq!(free(&library, &book).await, (json!(0), json!(1)));
    assert!(!events(&library, &admin).await.contains(&"reservation.ready".to_owned()));
    // Nobody has it ready, so there is nothing to lend in spite of.
    let all_out = admin.lends(&library.reader().await, &book).await.refused(409, "no-copy-free").json();
    assert_eq!(all_out["candidates"][0]["person"]["id"], ada.id);
}

#[tokio::test]
async fn dk4_a_book_that_is_promised_says_to_whom() {
    let (library, admin) = desk().await;
    let (grace, ada) = (named(&library, "Grace").await, named(&library, "Ada").await);
    let book = copies(&admin, 1).await;
    let promised = grace.reserves(&book).await.expect(201).string("id");
    let refused = admin.lends(&ada, &book).await.refused(409, "others-wait").json();
    assert_eq!(reasons(&refused), ["others-wait"]);
    assert_eq!(refused["reasons"][0]["readers"][0]["firstName"], "Grace");
    assert_eq!(refused["candidates"][0]["reservation"]["id"], promised.as_str());
    // "Put aside" is a return of what was not out.
    let aside = admin.takes_back(&book).await.expect(200).json();
    assert_eq!((&aside["outcome"], &aside["promisedTo"]["firstName"]), (&json!("put-aside"), &json!("Grace")));
    assert_eq!((&aside["ready"]["id"], &aside["from"]), (&json!(promised), &Value::Null));
    assert!(shown(&grace, &promised).await["asideAt"].is_string());
    assert!(has(&ada).await.is_empty());
}

#[tokio::test]
async fn dk5_who_comes_too_late_is_lent_the_book_if_nobody_waits() {
    let (library, admin) = desk().await;
    let [ada, bob] = [library.reader().await, library.reader().await];
    let [free_book, wanted] = [copies(&admin, 1).await, copies(&admin, 1).await];
    let old = ada.reserves(&free_book).await.expect(201).string("id");
    let until = ada.reserves(&wanted).await.expect(201).json()["readyUntil"].clone();
    bob.reserves(&wanted).await.expect(202);
    library.wait(4 * DAY);
    let (admin, ada) = (library.signs_in(&admin).await, library.signs_in(&ada).await);
    let lent = admin.lends(&ada, &free_book).await.expect(201).json();
    assert_eq!((&lent["outcome"], &lent["reservation"]["status"]), (&json!("lent"), &json!("checkedOut")));
    assert_ne!(lent["reservation"]["id"], old.as_str());
    assert_eq!(shown(&admin, &old).await["status"], "lapsed");
    let refused = admin.lends(&ada, &wanted).await.refused(409, "others-wait").json();
    assert_eq!(refused["reasons"][0]["waitedUntil"], until);
    assert_eq!(refused["reasons"][0]["readers"][0]["id"], bob.id);
    assert_eq!(has(&ada).await.len(), 1);
}

/// Lends a reader so many books.
async fn borrows(admin: &Person, reader: &Person, count: usize) -> Vec<String> {
    let mut lent = Vec::new();
    for _ in 0..count {
        let book = copies(admin, 1).await;
        lent.push(
            admin.lends(reader, &book).await.expect(201).json()["reservation"]["id"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
        );
    }
    lent
}

#[tokio::test]
async fn dk28_the_limit_holds_at_the_limit() {
    let (library, admin) = desk().await;
    let reader = library.reader().await;
    let lent = borrows(&admin, &reader, 10).await;
    let [one, more] = [copies(&admin, 1).await, copies(&admin, 1).await];
    let lends = async |book: &str, despite: Value| {
        admin.post("/loans", json!({"reader": reader.id, "book": book, "despite": despite})).await
    };
    assert_eq!(reasons(&lends(&one, json!([])).await.refused(409, "limit").json()), ["limit"]);
    admin.steps(&lent[0], "return").await.expect(200);
    lends(&one, json!([])).await.expect(201);
    lends(&more, json!(["limit"])).await.expect(201);
    admin.steps(&lent[1], "return").await.expect(200);
    let last = copies(&admin, 1).await;
    lends(&last, json!([])).await.refused(409, "limit");
}

#[tokio::test]
async fn dk28_reservations_and_loans_have_limits_of_their_own_and_what_has_lapsed_unnoticed_does_not_count() {
    let (library, admin) = desk().await;
    let reader = library.reader().await;
    borrows(&admin, &reader, 9).await;
    for _ in 0..10 {
        reader.reserves(&copies(&admin, 1).await).await.expect(201);
    }
    borrows(&admin, &reader, 1).await;
    let one = copies(&admin, 1).await;
    admin.lends(&reader, &one).await.refused(409, "limit");
    reader.reserves(&one).await.refused(409, "too-many-reservations");
    library.wait(4 * DAY);
    let (admin, reader) = (library.signs_in(&admin).await, library.signs_in(&reader).await);
    admin.lends(&reader, &one).await.refused(409, "limit");
    reader.reserves(&one).await.expect(201);
}

#[tokio::test]
async fn dk29_one_refusal_names_every_reason() {
    let (library, admin) = desk().await;
    let (ada, grace) = (library.reader().await, library.reader().await);
    borrows(&admin, &ada, 10).await;
    let book = copies(&admin, 1).await;
    grace.reserves(&book).await.expect(201);
    admin.patch(&format!("/users/{}", ada.id), json!({"blocked": {"reason": "A fee."}})).await.expect(200);
    let lends =
        async |despite: Value| admin.post("/loans", json!({"reader": ada.id, "book": book, "despite": despite})).await;
    let all = ["others-wait", "limit", "blocked"];
    assert_eq!(reasons(&lends(json!([])).await.refused(409, "others-wait").json()), all);
    assert_eq!(reasons(&lends(json!(["limit"])).await.refused(409, "others-wait").json()), ["others-wait", "blocked"]);
    let but_one = lends(json!(["blocked", "others-wait", "not-approved"])).await.refused(409, "limit").json();
    assert_eq!(reasons(&but_one), ["limit"]);
    lends(json!(["everything"])).await.invalid("/despite/0");
    // A word that is not needed is accepted, and not logged.
    lends(json!(["limit", "blocked", "others-wait", "not-approved"])).await.expect(201);
    library.local().drained().await;
    let row = admin.get("/activity?limit=100").await.expect(200).json();
    let rows = row["items"].as_array().cloned().unwrap_or_default();
    let of_the_book = |row: &&Value| row["type"] == "book.lent" && row["book"]["id"] == book.as_str();
    let lent = rows.iter().find(of_the_book).expect("the loan");
    assert_eq!(lent["despite"], json!(all));
}

#[tokio::test]
async fn dk29_a_disabled_reader_and_one_who_is_not_there_are_no_reasons_to_pass_over() {
    let (library, admin) = desk().await;
    let [disabled, gone, unproved] = [library.reader().await, library.reader().await, library.newcomer().await];
    let book = copies(&admin, 1).await;
    admin.patch(&format!("/users/{}", disabled.id), json!({"disabled": true})).await.expect(200);
    admin.delete(&format!("/users/{}", gone.id)).await.expect(204);
    let every = json!(["others-wait", "limit", "blocked", "not-approved"]);
    for despite in [json!([]), every.clone()] {
        let lends = async |reader: &Person| {
            admin.post("/loans", json!({"reader": reader.id, "book": book, "despite": despite})).await
        };
        lends(&disabled).await.refused(409, "reader-disabled");
        lends(&gone).await.refused(404, "no-such-user");
    }
    admin.lends(&unproved, &book).await.refused(409, "not-approved");
    let despite = json!({"reader": unproved.id, "book": book, "despite": ["not-approved"]});
    admin.post("/loans", despite).await.expect(201);
    let [archived, absent] = [copies(&admin, 1).await, "0192f3a4-5b6c-7d8e-9f01-23456789abcd".to_owned()];
    admin.post(&format!("/books/{archived}/archive"), json!({})).await.expect(200);
    admin.lends(&unproved, &archived).await.refused(409, "book-archived");
    admin.lends(&unproved, &absent).await.refused(404, "no-such-book");
}

#[tokio::test]
async fn dk31_what_was_promised_is_handed_out_at_the_limit() {
    let (library, admin) = desk().await;
    let reader = library.reader().await;
    borrows(&admin, &reader, 9).await;
    let promised = copies(&admin, 1).await;
    reader.reserves(&promised).await.expect(201);
    let one = copies(&admin, 1).await;
    let despite = json!({"reader": reader.id, "book": one, "despite": ["limit"]});
    admin.post("/loans", despite).await.expect(201);
    admin.lends(&reader, &promised).await.expect(201);
    admin.lends(&reader, &copies(&admin, 1).await).await.refused(409, "limit");
}

#[tokio::test]
async fn dk19_the_copy_that_was_promised_last_and_is_not_put_aside_goes() {
    let (library, admin) = desk().await;
    let [first, second, third, ada] =
        [library.reader().await, library.reader().await, library.reader().await, library.reader().await];
    let book = copies(&admin, 3).await;
    let mut promised = Vec::new();
    for reader in [&first, &second, &third] {
        promised.push(reader.reserves(&book).await.expect(201).string("id"));
        library.wait(1);
    }
    let lends = async |reader: &Person, instead: Option<&String>| {
        let mut loan = json!({"reader": reader.id, "book": book, "despite": ["others-wait"]});
        if let Some(instead) = instead {
            loan["instead"] = json!(instead);
        }
        admin.post("/loans", loan).await
    };
    for reader in [&first, &second] {
        assert_eq!(admin.takes_back(&book).await.expect(200).json()["promisedTo"]["id"], reader.id);
    }
    assert_eq!(lends(&ada, None).await.expect(201).json()["displaced"]["id"], third.id);
    // The others are put aside, so the desk must say whose goes.
    let bob = library.reader().await;
    let refused = lends(&bob, None).await.refused(409, "all-aside").json();
    assert_eq!(refused["candidates"].as_array().map(Vec::len), Some(2));
    assert_eq!(lends(&bob, Some(&promised[0])).await.expect(201).json()["displaced"]["id"], first.id);
    // Both are in the queue, in their old order.
    assert_eq!(shown(&first, &promised[0]).await["place"], 1);
    assert_eq!(shown(&third, &promised[2]).await["place"], 2);
}

#[tokio::test]
async fn dk15_a_loan_that_is_repeated_with_its_key_is_one_loan() {
    let (library, admin) = desk().await;
    let reader = library.reader().await;
    let book = copies(&admin, 2).await;
    let lends = || admin.lends(&reader, &book).header("idempotency-key", "scan-1");
    let (one, other) = tokio::join!(lends(), lends());
    let first = one.expect(201).json();
    assert_eq!(other.expect(201).json(), first);
    assert_eq!(lends().await.expect(201).json(), first);
    admin.lends(&library.reader().await, &book).header("idempotency-key", "scan-1").await.refused(422, "key-reused");
    let id = first["reservation"]["id"].as_str().unwrap_or_default();
    admin.steps(id, "return").await.expect(200);
    assert_eq!(lends().await.expect(201).json(), first, "although it is back");
    assert_eq!(events(&library, &admin).await.iter().filter(|kind| *kind == "book.lent").count(), 1);
}

#[tokio::test]
async fn dk20_a_book_that_was_lent_a_moment_ago_says_so() {
    let (library, admin) = desk().await;
    let reader = library.reader().await;
    let book = copies(&admin, 1).await;
    let loan = admin.lends(&reader, &book).await.expect(201).json()["reservation"].clone();
    library.wait(60);
    let again = admin.lends(&reader, &book).await.refused(409, "already-held").json();
    let (held, fields) = (&again["reservation"], ["id", "status", "lentAt", "dueAt"]);
    assert_eq!(fields.map(|field| held[field].clone()), fields.map(|field| loan[field].clone()));
    assert_eq!(has(&reader).await.len(), 1);
}
