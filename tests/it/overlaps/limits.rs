//! Loans and reservations at the limit, while others end or are made: the limit is never exceeded.

use std::future::IntoFuture;

use serde_json::json;
use tests::database::Pattern;
use tests::{Answer, Library, Person, Request};

use super::overtaken;
use crate::rules::groups::limits;
use crate::rules::{later, rule};

/// Returns a library in which a reader has at most one loan and so many reservations, and its librarian.
async fn library_with(loans: u32, reservations: u32) -> (Library, Person) {
    let library = Library::own().standing_clock().proxied().start().await;
    let admin = library.admin().await;
    rule(&library, &admin, &limits(0, &json!({"loans": loans, "reservations": reservations}))).await;
    (library, admin)
}

async fn books<const N: usize>(admin: &Person) -> [String; N] {
    let mut books = Vec::new();
    for _ in 0..N {
        books.push(admin.adds("Kindred", "Octavia E. Butler").await);
    }
    books.try_into().expect("as many as were added")
}

/// Returns how many reservations and loans of a reader have that status.
async fn number_of(reader: &Person, status: &str) -> usize {
    let all = reader.get("/reservations").await.expect(200).each("status");
    all.iter().filter(|other| *other == status).count()
}

/// The call that reads the reservations and loans of a reader, to count them.
fn counts(function: &'static str) -> Pattern {
    Pattern::of(function).action("BatchGetItem").naming("reservation#")
}

/// Sends a request. Something happens before it counts what the reader has, and something else before its transaction.
async fn overtaken_twice(
    library: &Library,
    function: &'static str,
    request: Request,
    before_it_counts: impl Future<Output = ()>,
    before_it_writes: impl Future<Output = ()>,
) -> Answer {
    let mut count = library.proxy().hold(counts(function));
    let others = async {
        count.arrived().await;
        before_it_counts.await;
        let mut write = library.proxy().hold(Pattern::transaction_of(function));
        count.release();
        write.arrived().await;
        before_it_writes.await;
        write.release();
    };
    tokio::join!(request.into_future(), others).0
}

#[tokio::test]
async fn dk28_a_reservation_that_is_cancelled_while_the_desk_lends_makes_no_room_for_a_loan() {
    let (library, admin) = library_with(1, 5).await;
    let (other_desk, reader) = (library.with_role("assistant").await, library.reader().await);
    let [first, second, third, fourth] = books(&admin).await;
    let cancelled = reader.reserves(&first).await.expect(201).string("id");
    reader.reserves(&second).await.expect(201);
    let held = Pattern::transaction_of("desk").naming(&third);
    let others = async {
        reader.cancels(&cancelled).await.expect(204);
        other_desk.lends(&reader, &fourth).await.expect(201);
    };
    let (answer, ()) = overtaken(&library, held, admin.lends(&reader, &third), others).await;
    assert_eq!(number_of(&reader, "checkedOut").await, 1);
    answer.refused(409, "limit");
}

#[tokio::test]
async fn dk28_a_book_that_comes_back_before_the_desk_counts_makes_room_for_one_loan() {
    let (library, admin) = library_with(1, 5).await;
    let (other_desk, reader) = (library.with_role("assistant").await, library.reader().await);
    let [first, second, third, fourth] = books(&admin).await;
    admin.lends(&reader, &first).await.expect(201);
    reader.reserves(&second).await.expect(201);
    let returned = async { drop(other_desk.takes_back(&first).await.expect(200)) };
    let lent = async { drop(other_desk.lends(&reader, &fourth).await.expect(201)) };
    let answer = overtaken_twice(&library, "desk", admin.lends(&reader, &third), returned, lent).await;
    assert_eq!(number_of(&reader, "checkedOut").await, 1);
    answer.refused(409, "limit");
}

#[tokio::test]
async fn dk28_a_book_that_comes_back_before_reservations_are_counted_makes_no_room_for_another() {
    let (library, admin) = library_with(5, 1).await;
    let reader = library.reader().await;
    let [first, second, third] = books(&admin).await;
    admin.lends(&reader, &first).await.expect(201);
    let returned = async { drop(admin.takes_back(&first).await.expect(200)) };
    let reserved = async { drop(reader.reserves(&third).await.expect(201)) };
    let answer = overtaken_twice(&library, "reservations", reader.reserves(&second), returned, reserved).await;
    assert_eq!(number_of(&reader, "ready").await, 1);
    answer.refused(409, "too-many-reservations");
}

#[tokio::test]
async fn dk28_a_lapse_that_is_recorded_while_another_book_is_reserved_makes_room_for_one_reservation() {
    let (library, mut admin) = library_with(5, 1).await;
    let mut reader = library.reader().await;
    let [first, second, third] = books(&admin).await;
    reader.reserves(&first).await.expect(201);
    later(&library, 5, &mut [&mut admin, &mut reader]).await;
    let unchanged = async {};
    let reserved = async {
        // Whoever asks for the book records that nobody has collected its copy.
        admin.takes_back(&first).await.expect(200);
        reader.reserves(&third).await.expect(201);
    };
    let answer = overtaken_twice(&library, "reservations", reader.reserves(&second), unchanged, reserved).await;
    assert_eq!(number_of(&reader, "ready").await, 1);
    answer.refused(409, "too-many-reservations");
}
