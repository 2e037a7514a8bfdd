//! Renewals: how often, how early, and what the loan says about it.

use serde_json::{Value, json};
use tests::database::Pattern;
use tests::{Library, Person};

use super::{DAY, has, reasons, shown};
use crate::overlaps::overtaken;

/// Returns a library, a librarian, a reader and the id of the reader's loan, which began just now.
async fn a_loan() -> (Library, Person, Person, String) {
    let library = Library::own().standing_clock().start().await;
    let (admin, reader) = (library.admin().await, library.reader().await);
    let book = admin.adds("Kindred", "Octavia E. Butler").await;
    let loan = reader.reserves(&book).await.expect(201).string("id");
    admin.steps(&loan, "checkout").await.expect(200);
    (library, admin, reader, loan)
}

/// Asserts that the loan shows the code with which a renewal is refused now, and that the refusal changes nothing.
async fn is_refused(reader: &Person, loan: &str, code: &str) {
    let path = format!("/reservations/{loan}");
    let before = reader.get(&path).await.expect(200).json();
    assert_eq!((&before["mayRenew"], &before["renewalRefusal"]), (&json!(false), &json!(code)));
    reader.steps(loan, "renew").await.refused(409, code);
    assert_eq!(reader.get(&path).await.expect(200).json(), before);
}

#[tokio::test]
async fn dk49_a_renewal_that_gains_no_day_is_refused_and_not_counted() {
    let (library, _, reader, loan) = a_loan().await;
    is_refused(&reader, &loan, "too-early").await;
    library.wait(DAY);
    let reader = library.signs_in(&reader).await;
    let renewed = reader.steps(&loan, "renew").await.expect(200).json();
    assert_eq!(renewed["renewals"], 1);
    is_refused(&reader, &loan, "too-early").await;
}

#[tokio::test]
async fn dk50_two_renewals_at_once_are_one_renewal_and_one_event() {
    let (library, admin, reader, loan) = a_loan().await;
    for (key, days) in [(Some("twice"), 1), (None, 2)] {
        library.wait(DAY);
        let (reader, admin) = (library.signs_in(&reader).await, library.signs_in(&admin).await);
        let renew = || match key {
            Some(key) => reader.steps(&loan, "renew").header("idempotency-key", key),
            None => reader.steps(&loan, "renew"),
        };
        let (one, other) = tokio::join!(renew(), renew());
        let done = [&one, &other].into_iter().filter(|answer| answer.status == 200).count();
        assert_eq!(done, if key.is_some() { 2 } else { 1 }, "{one:?} {other:?}");
        let shown = reader.get(&format!("/reservations/{loan}")).await.expect(200).json();
        assert_eq!(shown["renewals"], days);
        library.local().drained().await;
        let events = admin.get("/events?limit=100").await.expect(200).each("type");
        assert_eq!(events.iter().filter(|kind| *kind == "reservation.renewed").count(), days as usize);
    }
}

#[tokio::test]
async fn dk51_a_loan_shows_the_code_with_which_a_renewal_is_refused() {
    let (library, admin, reader, loan) = a_loan().await;
    is_refused(&reader, &loan, "too-early").await;
    for renewals in 1..=2 {
        library.wait(DAY);
        let reader = library.signs_in(&reader).await;
        assert_eq!(reader.get(&format!("/reservations/{loan}")).await.expect(200).json()["mayRenew"], true);
        assert_eq!(reader.steps(&loan, "renew").await.expect(200).json()["renewals"], renewals);
    }
    library.wait(DAY);
    let (admin, reader) = (library.signs_in(&admin).await, library.signs_in(&reader).await);
    is_refused(&reader, &loan, "no-renewals-left").await;
    let other = library.reader().await;
    let book = reader.get(&format!("/reservations/{loan}")).await.expect(200).json()["book"]["id"].clone();
    let place = other.reserves(book.as_str().unwrap_or_default()).await.expect(202).string("id");
    is_refused(&reader, &loan, "others-wait").await;
    other.cancels(&place).await.expect(204);
    admin.steps(&loan, "return").await.expect(200);
    let ended = reader.get(&format!("/reservations/{loan}")).await.expect(200).json();
    assert_eq!((&ended["mayRenew"], &ended["renewalRefusal"]), (&Value::Null, &Value::Null));
    reader.steps(&loan, "renew").await.refused(409, "returned");
}

#[tokio::test]
async fn dk51_the_loan_of_a_blocked_reader_says_so_before_a_renewal_is_refused() {
    let (library, admin, reader, loan) = a_loan().await;
    library.wait(DAY);
    let (admin, reader) = (library.signs_in(&admin).await, library.signs_in(&reader).await);
    let user = format!("/users/{}", reader.id);
    let book = shown(&reader, &loan).await["book"]["id"].as_str().expect("an id").to_owned();
    let of_book = format!("/books/{book}/reservations");
    let own_book = format!("/users/me/books/{book}");
    let code = |loan: &Value| (loan["mayRenew"].clone(), loan["renewalRefusal"].clone());
    let to_the_reader = async || {
        let whole = reader.get(&own_book).await.expect(200).json();
        [&shown(&reader, &loan).await, &has(&reader).await[0], &whole["reservation"]].map(code)
    };
    let to_the_desk = async || {
        let mut codes = Vec::new();
        for list in [format!("/reservations?reader={}", reader.id), of_book.clone()] {
            let list = admin.get(&list).await.expect(200).json();
            codes.extend(list["items"].as_array().into_iter().flatten().filter(|item| item["id"] == loan).map(code));
        }
        codes
    };
    let (may, blocked) = ((json!(true), Value::Null), (json!(false), json!("blocked")));
    assert_eq!((to_the_reader().await.to_vec(), to_the_desk().await), (vec![may.clone(); 3], vec![may; 2]));
    admin.patch(&user, json!({"blocked": {"reason": "A fee is open."}})).await.expect(200);
    assert_eq!(to_the_reader().await.to_vec(), vec![blocked.clone(); 3]);
    assert_eq!(to_the_desk().await, vec![blocked.clone(); 2]);
    reader.steps(&loan, "renew").await.refused(409, "blocked");
    admin.steps(&loan, "renew").await.refused(409, "blocked");
    // Others wait as well: the reader hears of the block first, and the desk last.
    library.reader().await.reserves(&book).await.expect(202);
    assert_eq!(to_the_reader().await.to_vec(), vec![blocked; 3]);
    assert_eq!(to_the_desk().await, vec![(json!(false), json!("others-wait")); 2]);
    reader.steps(&loan, "renew").await.refused(409, "blocked");
    admin.steps(&loan, "renew").await.refused(409, "others-wait");
}

#[tokio::test]
async fn dk51_an_overdue_loan_can_be_renewed() {
    let (library, _, reader, loan) = a_loan().await;
    library.wait(30 * DAY);
    let reader = library.signs_in(&reader).await;
    assert_eq!(reader.get(&format!("/reservations/{loan}")).await.expect(200).json()["mayRenew"], true);
    reader.steps(&loan, "renew").await.expect(200);
}

/// Asks the desk to renew a loan in spite of these reasons.
fn renews_despite(desk: &Person, loan: &str, despite: Value) -> tests::Request {
    desk.post(&format!("/reservations/{loan}/renew"), json!({"despite": despite}))
}

#[tokio::test]
async fn dk29_the_desk_renews_in_spite_of_every_reason_that_it_names() {
    let (library, admin, reader, loan) = a_loan().await;
    for _ in 0..2 {
        library.wait(DAY);
        library.signs_in(&reader).await.steps(&loan, "renew").await.expect(200);
    }
    library.wait(DAY);
    let (admin, reader) = (library.signs_in(&admin).await, library.signs_in(&reader).await);
    let other = library.reader().await;
    let book = shown(&admin, &loan).await["book"]["id"].as_str().expect("an id").to_owned();
    other.reserves(&book).await.expect(202);
    let user = format!("/users/{}", reader.id);
    admin.patch(&user, json!({"blocked": {"reason": "A fee is open."}})).await.expect(200);
    let before = shown(&admin, &loan).await;
    // One refusal names all.
    let refused = admin.steps(&loan, "renew").await.refused(409, "others-wait").json();
    assert_eq!(reasons(&refused), ["others-wait", "no-renewals-left", "blocked"]);
    let refused = renews_despite(&admin, &loan, json!(["others-wait", "limit"])).await.refused(409, "no-renewals-left");
    assert_eq!(reasons(&refused.json()), ["no-renewals-left", "blocked"]);
    renews_despite(&admin, &loan, json!(["everything"])).await.invalid("/despite/0");
    renews_despite(&reader, &loan, json!(["blocked"])).await.refused(403, "desk-only");
    assert_eq!(shown(&admin, &loan).await, before);
    let all = json!(["others-wait", "no-renewals-left", "blocked", "not-approved"]);
    let renew = || renews_despite(&admin, &loan, all.clone()).header("idempotency-key", "once");
    let (renewed, again) = (renew().await.expect(200).json(), renew().await.expect(200).json());
    assert_eq!((&renewed["renewals"], &renewed), (&json!(3), &again));
    library.local().drained().await;
    let events = admin.get("/events?limit=100").await.expect(200).json();
    let last = events["items"].as_array().and_then(|events| events.last()).cloned().unwrap_or_default();
    let despite = json!(["others-wait", "no-renewals-left", "blocked"]);
    assert_eq!((&last["type"], &last["despite"]), (&json!("reservation.renewed"), &despite));
    // Nobody gains a day twice.
    let refused = renews_despite(&admin, &loan, all).await.refused(409, "too-early").json();
    assert_eq!(reasons(&refused), ["too-early"]);
}

#[tokio::test]
async fn dk19_the_loan_of_a_blocked_reader_is_renewed_only_in_spite_of_the_block() {
    let library = Library::own().standing_clock().proxied().start().await;
    let (admin, reader) = (library.admin().await, library.reader().await);
    let book = admin.adds("Kindred", "Octavia E. Butler").await;
    let loan = admin.lends(&reader, &book).await.expect(201).json()["reservation"]["id"].clone();
    let loan = loan.as_str().expect("an id");
    library.wait(DAY);
    let (admin, path) = (library.signs_in(&admin).await, format!("/users/{}", reader.id));
    let block = json!({"blocked": {"reason": "A fee is open."}});
    // It begins while the renewal is under way.
    let held = Pattern::transaction_of("reservations").naming(&reader.id);
    let block = async { admin.patch(&path, block).await.expect(200) };
    let (answer, _) = overtaken(&library, held, admin.steps(loan, "renew"), block).await;
    answer.refused(409, "blocked");
    assert_eq!(renews_despite(&admin, loan, json!(["blocked"])).await.expect(200).json()["renewals"], 1);
}

#[tokio::test]
async fn dk19_a_blocked_assistant_renews_no_own_loan() {
    let library = Library::own().standing_clock().start().await;
    let (admin, assistant) = (library.admin().await, library.with_role("assistant").await);
    let book = admin.adds("Kindred", "Octavia E. Butler").await;
    let lent = admin.lends(&assistant, &book).await.expect(201).json();
    let loan = lent["reservation"]["id"].as_str().expect("an id");
    library.wait(DAY);
    let (admin, assistant) = (library.signs_in(&admin).await, library.signs_in(&assistant).await);
    let path = format!("/users/{}", assistant.id);
    admin.patch(&path, json!({"blocked": {"reason": "A fee is open."}})).await.expect(200);
    assistant.steps(loan, "renew").await.refused(409, "blocked");
    renews_despite(&assistant, loan, json!(["blocked"])).await.refused(409, "blocked");
    assert_eq!(shown(&admin, loan).await["renewals"], 0);
}
