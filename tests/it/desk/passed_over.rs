//! Readers in a queue who may not borrow: they are passed over, and keep their places.

use serde_json::json;
use tests::{Library, Person};

use super::{DAY, copies, desk, free, named, shown};

/// Blocks a reader.
async fn block(admin: &Person, reader: &Person) {
    change(admin, reader, json!({"blocked": {"reason": "A fee is open."}})).await;
}

async fn change(admin: &Person, reader: &Person, change: serde_json::Value) {
    admin.patch(&format!("/users/{}", reader.id), change).await.expect(200);
}

/// Returns the status of a reservation and its place, as the desk sees them.
async fn is(admin: &Person, reservation: &str) -> (String, Option<u64>) {
    let shown = shown(admin, reservation).await;
    (shown["status"].as_str().unwrap_or_default().to_owned(), shown["place"].as_u64())
}

fn waiting(place: u64) -> (String, Option<u64>) {
    ("waiting".to_owned(), Some(place))
}

fn ready() -> (String, Option<u64>) {
    ("ready".to_owned(), None)
}

/// Lends the only copy of a new book, and has these readers wait for it. Returns the book and their reservations.
async fn queue<const N: usize>(library: &Library, admin: &Person, readers: [&Person; N]) -> (String, [String; N]) {
    let book = copies(admin, 1).await;
    admin.lends(&library.reader().await, &book).await.expect(201);
    let mut places = readers.map(|_| String::new());
    for (reader, place) in readers.into_iter().zip(&mut places) {
        *place = reader.reserves(&book).await.expect(202).string("id");
    }
    (book, places)
}

#[tokio::test]
async fn dk19_a_copy_goes_past_a_blocked_reader_who_keeps_the_place() {
    let (library, admin) = desk().await;
    let (bob, grace, ada) = (named(&library, "Bob").await, named(&library, "Grace").await, library.reader().await);
    let (book, [of_bob, of_grace, of_ada]) = queue(&library, &admin, [&bob, &grace, &ada]).await;
    block(&admin, &bob).await;
    let back = admin.takes_back(&book).await.expect(200).json();
    assert_eq!(back["promisedTo"]["firstName"], "Grace");
    assert_eq!((is(&admin, &of_bob).await, is(&admin, &of_ada).await), (waiting(1), waiting(2)));
    // Undone, she is where she was.
    let ended = back["reservation"]["id"].as_str().expect("the loan");
    admin.steps(ended, "undo").await.expect(200);
    let places = [is(&admin, &of_bob).await, is(&admin, &of_grace).await, is(&admin, &of_ada).await];
    assert_eq!(places, [waiting(1), waiting(2), waiting(3)]);
    // The next copy is his again.
    admin.takes_back(&book).await.expect(200);
    change(&admin, &bob, json!({"blocked": null})).await;
    grace.cancels(&of_grace).await.expect(204);
    assert_eq!((is(&admin, &of_bob).await, is(&admin, &of_ada).await), (ready(), waiting(1)));
}

#[tokio::test]
async fn dk19_a_disabled_reader_is_passed_over_until_enabled() {
    let (library, admin) = desk().await;
    let (bob, grace) = (library.reader().await, library.reader().await);
    let (book, [of_bob, of_grace]) = queue(&library, &admin, [&bob, &grace]).await;
    change(&admin, &bob, json!({"disabled": true})).await;
    admin.takes_back(&book).await.expect(200);
    assert_eq!((is(&admin, &of_bob).await, is(&admin, &of_grace).await), (waiting(1), ready()));
    grace.cancels(&of_grace).await.expect(204);
    assert_eq!(is(&admin, &of_bob).await, waiting(1));
    assert_eq!(free(&library, &book).await, (json!(1), json!(0)), "nobody who waits may have it");
    change(&admin, &bob, json!({"disabled": false})).await;
    library.local().drained().await;
    assert_eq!(is(&admin, &of_bob).await, ready());
}

#[tokio::test]
async fn dk19_a_copy_that_nobody_in_the_queue_may_have_is_free_for_others() {
    let (library, admin) = desk().await;
    let (bob, grace) = (library.reader().await, library.reader().await);
    let (book, [of_bob, of_grace]) = queue(&library, &admin, [&bob, &grace]).await;
    for reader in [&bob, &grace] {
        block(&admin, reader).await;
    }
    assert_eq!(admin.takes_back(&book).await.expect(200).json()["outcome"], "returned");
    assert_eq!(free(&library, &book).await, (json!(1), json!(1)), "another copy would be free for nobody either");
    // On the website, and at the desk.
    let ada = library.reader().await;
    let ready_at_once = ada.reserves(&book).await.expect(201).string("id");
    assert_eq!(admin.takes_back(&book).await.expect(200).json()["promisedTo"]["id"], ada.id);
    ada.cancels(&ready_at_once).await.expect(204);
    admin.lends(&ada, &book).await.expect(201);
    assert_eq!((is(&admin, &of_bob).await, is(&admin, &of_grace).await), (waiting(1), waiting(2)));
    admin.takes_back(&book).await.expect(200);
    // A blocked reader who waits may have it in spite of the block.
    let despite = json!({"reader": grace.id, "book": book, "despite": ["blocked"]});
    let lent = admin.post("/loans", despite).await.expect(201).json();
    assert_eq!(lent["reservation"]["id"], of_grace);
    admin.takes_back(&book).await.expect(200);
    change(&admin, &bob, json!({"blocked": null})).await;
    library.local().drained().await;
    assert_eq!(is(&admin, &of_bob).await, ready());
}

#[tokio::test]
async fn dk19_who_is_unblocked_while_no_copy_is_free_gets_the_next_one() {
    let (library, admin) = desk().await;
    let (bob, ada) = (library.reader().await, library.reader().await);
    let (book, [of_bob]) = queue(&library, &admin, [&bob]).await;
    block(&admin, &bob).await;
    admin.takes_back(&book).await.expect(200);
    admin.lends(&ada, &book).await.expect(201);
    change(&admin, &bob, json!({"blocked": null})).await;
    library.local().drained().await;
    assert_eq!(is(&admin, &of_bob).await, waiting(1));
    assert_eq!(admin.takes_back(&book).await.expect(200).json()["promisedTo"]["id"], bob.id);
    assert_eq!(is(&admin, &of_bob).await, ready());
}

#[tokio::test]
async fn dk19_a_copy_waits_for_the_day_on_which_a_block_has_ended() {
    let (library, admin) = desk().await;
    let bob = library.reader().await;
    let (book, [of_bob]) = queue(&library, &admin, [&bob]).await;
    let today = admin.get("/users/me").await.expect(200).json()["createdAt"].as_str().map(|time| time[..10].to_owned());
    change(&admin, &bob, json!({"blocked": {"reason": "A fee is open.", "until": today}})).await;
    admin.takes_back(&book).await.expect(200);
    let sweep = async || library.local().run_schedule("dispatch").await.expect("a sweep");
    sweep().await;
    assert_eq!(is(&admin, &of_bob).await, waiting(1));
    library.wait(DAY);
    sweep().await;
    assert_eq!(is(&library.signs_in(&admin).await, &of_bob).await, ready());
}

#[tokio::test]
async fn dk19_what_is_ready_for_a_reader_who_is_blocked_then_lapses_and_goes_past_them() {
    let (library, admin) = desk().await;
    let (bob, grace) = (library.reader().await, library.reader().await);
    let book = copies(&admin, 1).await;
    let of_bob = bob.reserves(&book).await.expect(201).string("id");
    let of_grace = grace.reserves(&book).await.expect(202).string("id");
    block(&admin, &bob).await;
    admin.steps(&of_bob, "checkout").await.refused(409, "blocked");
    assert_eq!((is(&admin, &of_bob).await, is(&admin, &of_grace).await), (ready(), waiting(1)));
    library.wait(4 * DAY);
    library.local().run_schedule("dispatch").await.expect("a sweep");
    let admin = library.signs_in(&admin).await;
    assert_eq!((is(&admin, &of_bob).await.0.as_str(), is(&admin, &of_grace).await), ("lapsed", ready()));
}
