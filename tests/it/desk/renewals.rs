//! Renewals: how often, how early, and what the loan says about it.

use serde_json::{Value, json};
use tests::{Library, Person};

use super::DAY;

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
async fn dk51_an_overdue_loan_can_be_renewed() {
    let (library, _, reader, loan) = a_loan().await;
    library.wait(30 * DAY);
    let reader = library.signs_in(&reader).await;
    assert_eq!(reader.get(&format!("/reservations/{loan}")).await.expect(200).json()["mayRenew"], true);
    reader.steps(&loan, "renew").await.expect(200);
}
