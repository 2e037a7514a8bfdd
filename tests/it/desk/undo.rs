//! Undoing a loan or a return at the desk.

use serde_json::{Value, json};
use tests::{Library, Person};

use super::{copies, desk, events, free, has, shown};

/// Sends the letters that are due.
async fn letters_go(library: &Library) {
    library.local().drained().await;
    library.local().run_schedule("dispatch").await.expect("the schedule runs");
    library.local().drained().await;
}

/// Returns how many letters with that beginning of a subject a reader has got.
async fn letters(library: &Library, reader: &Person, subject: &str) -> usize {
    letters_go(library).await;
    library.mails(&reader.email).await.iter().filter(|mail| mail.subject.starts_with(subject)).count()
}

fn id(answer: &Value) -> String {
    answer["reservation"]["id"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn dk17_a_loan_that_was_undone_twice_is_undone_once() {
    let (library, admin) = desk().await;
    let reader = library.reader().await;
    let book = copies(&admin, 1).await;
    let loan = id(&admin.lends(&reader, &book).await.expect(201).json());
    let undone = admin.steps(&loan, "undo").await.expect(200).json();
    assert_eq!(undone["status"], "undone");
    assert_eq!(admin.steps(&loan, "undo").await.expect(200).json(), undone);
    assert!(has(&reader).await.is_empty());
    assert_eq!(free(&library, &book).await, (json!(1), json!(0)));
    admin.steps(&loan, "return").await.refused(409, "undone");
    assert_eq!(events(&library, &admin).await, ["book.added", "book.lent", "loan.undone"]);
    // It counts for nothing.
    admin.lends(&reader, &book).await.expect(201);
}

#[tokio::test]
async fn undoing_is_for_whoever_did_it_and_for_ten_minutes() {
    let (library, admin) = desk().await;
    let assistant = library.with_role("assistant").await;
    let reader = library.reader().await;
    let book = copies(&admin, 1).await;
    let loan = id(&admin.lends(&reader, &book).await.expect(201).json());
    assistant.steps(&loan, "undo").await.refused(409, "undo-not-yours");
    reader.steps(&loan, "undo").await.refused(403, "desk-only");
    library.wait(601);
    let admin = library.signs_in(&admin).await;
    admin.steps(&loan, "undo").await.refused(409, "undo-too-late");
    let reserved = copies(&admin, 1).await;
    let reserved = reader.reserves(&reserved).await.expect(201).string("id");
    admin.steps(&reserved, "undo").await.refused(409, "nothing-to-undo");
}

#[tokio::test]
async fn dk18_a_handing_over_that_is_undone_leaves_everything_as_it_was() {
    let (library, admin) = desk().await;
    let [ada, bob] = [library.reader().await, library.reader().await];
    let book = copies(&admin, 1).await;
    let own = ada.reserves(&book).await.expect(201).string("id");
    let place = bob.reserves(&book).await.expect(202).string("id");
    admin.takes_back(&book).await.expect(200);
    let before = (shown(&ada, &own).await, shown(&bob, &place).await, free(&library, &book).await);
    letters_go(&library).await;
    let mails = (library.mails(&ada.email).await.len(), library.mails(&bob.email).await.len());
    for step in ["checkout", "loan"] {
        library.wait(60);
        match step {
            "checkout" => admin.steps(&own, "checkout").await.expect(200),
            _ => admin.lends(&ada, &book).await.expect(201),
        };
        library.wait(60);
        assert_eq!(admin.steps(&own, "undo").await.expect(200).json(), before.0);
        assert_eq!((shown(&ada, &own).await, shown(&bob, &place).await, free(&library, &book).await), before);
    }
    library.wait(600);
    letters_go(&library).await;
    assert_eq!((library.mails(&ada.email).await.len(), library.mails(&bob.email).await.len()), mails);
}

#[tokio::test]
async fn dk19_a_loan_despite_that_is_undone_gives_the_copy_back() {
    let (library, admin) = desk().await;
    let [grace, ada, bob] = [library.reader().await, library.reader().await, library.reader().await];
    let book = copies(&admin, 1).await;
    let promised = grace.reserves(&book).await.expect(201).string("id");
    let place = ada.reserves(&book).await.expect(202).string("id");
    let last = bob.reserves(&book).await.expect(202).string("id");
    let all = async || (shown(&grace, &promised).await, shown(&ada, &place).await, shown(&bob, &last).await);
    let before = all().await;
    let despite = json!({"reader": ada.id, "book": book, "despite": ["others-wait"]});
    // Undone at once: nobody gets a letter.
    let loan = id(&admin.post("/loans", despite.clone()).await.expect(201).json());
    assert_eq!((&loan, shown(&grace, &promised).await["place"].clone()), (&place, json!(1)));
    admin.steps(&loan, "undo").await.expect(200);
    assert_eq!(all().await, before);
    library.wait(200);
    assert_eq!(letters(&library, &grace, "Not ready").await, 0);
    // Undone when the letter has been sent: another one says that it is ready after all.
    let ready = letters(&library, &grace, "Ready").await;
    admin.post("/loans", despite).await.expect(201);
    library.wait(200);
    assert_eq!(letters(&library, &grace, "Not ready").await, 1);
    admin.steps(&loan, "undo").await.expect(200);
    assert_eq!(all().await, before);
    assert_eq!(letters(&library, &grace, "Ready").await, ready + 1);
}

#[tokio::test]
async fn dk19_a_copy_goes_to_the_next_if_whoever_was_displaced_has_left() {
    let (library, admin) = desk().await;
    let [grace, ada, bob] = [library.reader().await, library.reader().await, library.reader().await];
    let book = copies(&admin, 1).await;
    let promised = grace.reserves(&book).await.expect(201).string("id");
    let next = bob.reserves(&book).await.expect(202).string("id");
    let despite = json!({"reader": ada.id, "book": book, "despite": ["others-wait"]});
    let loan = id(&admin.post("/loans", despite).await.expect(201).json());
    grace.cancels(&promised).await.expect(204);
    admin.steps(&loan, "undo").await.expect(200);
    assert_eq!(shown(&bob, &next).await["status"], "ready");
    assert!(has(&ada).await.is_empty());
}

#[tokio::test]
async fn a_return_that_is_undone_is_the_same_loan_again_and_its_letter_is_never_sent() {
    let (library, admin) = desk().await;
    let [ada, grace, bob] = [library.reader().await, library.reader().await, library.reader().await];
    let book = copies(&admin, 1).await;
    let loan = id(&admin.lends(&ada, &book).await.expect(201).json());
    let place = grace.reserves(&book).await.expect(202).string("id");
    let last = bob.reserves(&book).await.expect(202).string("id");
    library.wait(30);
    let all = async || (shown(&ada, &loan).await, shown(&grace, &place).await, shown(&bob, &last).await);
    let before = all().await;
    admin.takes_back(&book).await.expect(200);
    assert_eq!(shown(&grace, &place).await["status"], "ready");
    library.wait(100);
    let undone = admin.steps(&loan, "undo").await.expect(200).json();
    assert_eq!(undone, before.0);
    assert_eq!(all().await, before);
    assert_eq!(admin.steps(&loan, "undo").await.expect(200).json(), undone);
    assert_eq!(has(&ada).await.len(), 1);
    library.wait(600);
    assert_eq!(letters(&library, &grace, "Ready").await, 0);
    let found = events(&library, &library.signs_in(&admin).await).await;
    assert_eq!(found.iter().filter(|kind| *kind == "return.undone").count(), 1);
}

#[tokio::test]
async fn the_letter_of_a_return_waits_until_the_return_cannot_be_undone() {
    let (library, admin) = desk().await;
    let [ada, grace] = [library.reader().await, library.reader().await];
    let book = copies(&admin, 1).await;
    let loan = id(&admin.lends(&ada, &book).await.expect(201).json());
    grace.reserves(&book).await.expect(202);
    admin.takes_back(&book).await.expect(200);
    library.wait(149);
    assert_eq!(letters(&library, &grace, "Ready").await, 0);
    admin.steps(&loan, "undo").await.refused(409, "already-promised");
    library.wait(1);
    assert_eq!(letters(&library, &grace, "Ready").await, 1);
    assert_eq!(letters(&library, &grace, "Ready").await, 1);
}

#[tokio::test]
async fn a_return_is_not_undone_if_the_copy_has_gone_on() {
    let (library, admin) = desk().await;
    let [ada, bob] = [library.reader().await, library.reader().await];
    let [first, second] = [copies(&admin, 1).await, copies(&admin, 1).await];
    let loan = id(&admin.lends(&ada, &first).await.expect(201).json());
    admin.takes_back(&first).await.expect(200);
    admin.lends(&bob, &first).await.expect(201);
    admin.steps(&loan, "undo").await.refused(409, "already-promised");
    let loan = id(&admin.lends(&ada, &second).await.expect(201).json());
    admin.takes_back(&second).await.expect(200);
    ada.reserves(&second).await.expect(201);
    admin.steps(&loan, "undo").await.refused(409, "already-promised");
    admin.patch(&format!("/books/{second}"), json!({"copies": 2})).await.expect(200);
    admin.steps(&loan, "undo").await.refused(409, "already-held");
    assert_eq!(has(&ada).await.len(), 1);
    // An archived book is not lent again.
    let third = copies(&admin, 1).await;
    let loan = id(&admin.lends(&ada, &third).await.expect(201).json());
    admin.takes_back(&third).await.expect(200);
    admin.post(&format!("/books/{third}/archive"), json!({})).await.expect(200);
    admin.steps(&loan, "undo").await.refused(404, "no-such-book");
}

/// Returns how many events of that type there are.
async fn number_of(library: &Library, kind: &str) -> usize {
    let admin = library.admin().await;
    events(library, &admin).await.iter().filter(|other| *other == kind).count()
}

#[tokio::test]
async fn a_renewal_that_is_undone_is_the_same_loan_again() {
    let (library, admin) = desk().await;
    let (assistant, reader) = (library.with_role("assistant").await, library.reader().await);
    let book = copies(&admin, 1).await;
    let loan = id(&admin.lends(&reader, &book).await.expect(201).json());
    library.wait(5 * super::DAY);
    let [admin, assistant, reader] =
        [library.signs_in(&admin).await, library.signs_in(&assistant).await, library.signs_in(&reader).await];
    let before = shown(&reader, &loan).await;
    assert_eq!((&before["renewals"], &before["mayRenew"]), (&json!(0), &json!(true)));
    let renewed = admin.steps(&loan, "renew").await.expect(200).json();
    assert!(renewed["dueOn"].as_str() > before["dueOn"].as_str(), "{renewed}");
    assistant.steps(&loan, "undo").await.refused(409, "undo-not-yours");
    let undone = admin.steps(&loan, "undo").await.expect(200).json();
    assert_eq!((&undone, &shown(&reader, &loan).await), (&before, &before));
    assert_eq!(admin.steps(&loan, "undo").await.expect(200).json(), before);
    assert_eq!(number_of(&library, "renewal.undone").await, 1);
    // The reader has all renewals left, and hears of the first due day.
    admin.steps(&loan, "renew").await.expect(200);
    library.wait(601);
    library.signs_in(&admin).await.steps(&loan, "undo").await.refused(409, "undo-too-late");
}

#[tokio::test]
async fn an_overdue_loan_is_overdue_again_when_its_renewal_is_undone() {
    let (library, admin) = desk().await;
    let reader = library.reader().await;
    let book = copies(&admin, 1).await;
    let loan = id(&admin.lends(&reader, &book).await.expect(201).json());
    library.wait(30 * super::DAY);
    letters_go(&library).await;
    let admin = library.signs_in(&admin).await;
    let overdue = async || admin.get("/reservations?overdue=true").await.expect(200).each("id");
    assert_eq!(overdue().await, std::slice::from_ref(&loan));
    admin.steps(&loan, "renew").await.expect(200);
    assert!(overdue().await.is_empty());
    admin.steps(&loan, "undo").await.expect(200);
    letters_go(&library).await;
    assert_eq!(overdue().await, std::slice::from_ref(&loan));
    assert_eq!(number_of(&library, "book.overdue").await, 1);
}

#[tokio::test]
async fn a_copy_whose_putting_aside_is_undone_stands_on_its_own_shelf() {
    let (library, admin) = desk().await;
    let reader = library.reader().await;
    let book = copies(&admin, 1).await;
    let own = reader.reserves(&book).await.expect(201).string("id");
    let before = shown(&reader, &own).await;
    let to_fetch = async || admin.get("/reservations?ready=true&aside=false").await.expect(200).each("id");
    // Put aside from the list of what is to be fetched, or by a scan of what is not out.
    for round in 0..2 {
        if round == 0 {
            admin.steps(&own, "put-aside").await.expect(200);
        } else {
            let answer = admin.takes_back(&book).await.expect(200).json();
            assert_eq!((&answer["outcome"], &answer["ready"]["id"]), (&json!("put-aside"), &json!(own)));
        }
        assert!(to_fetch().await.is_empty());
        for _ in 0..2 {
            assert_eq!(admin.steps(&own, "undo").await.expect(200).json(), before);
        }
        assert_eq!(to_fetch().await, std::slice::from_ref(&own));
    }
    assert_eq!(number_of(&library, "putAside.undone").await, 2);
    // Who has put it aside, and nobody else, undoes it; and nobody once it is out.
    admin.steps(&own, "put-aside").await.expect(200);
    library.with_role("assistant").await.steps(&own, "undo").await.refused(409, "undo-not-yours");
    let aside = shown(&reader, &own).await;
    admin.steps(&own, "checkout").await.expect(200);
    assert_eq!(admin.steps(&own, "undo").await.expect(200).json(), aside);
}

#[tokio::test]
async fn a_new_slip_is_needed_again_when_its_putting_aside_is_undone() {
    let (library, admin) = desk().await;
    let [first, next] = [library.reader().await, library.reader().await];
    let book = copies(&admin, 1).await;
    let given_up = first.reserves(&book).await.expect(201).string("id");
    let own = next.reserves(&book).await.expect(202).string("id");
    admin.steps(&given_up, "put-aside").await.expect(200);
    library.wait(60);
    first.cancels(&given_up).await.expect(204);
    let before = shown(&next, &own).await;
    assert_eq!(before["newSlip"], true);
    admin.steps(&own, "put-aside").await.expect(200);
    assert_eq!(admin.steps(&own, "undo").await.expect(200).json(), before);
}
