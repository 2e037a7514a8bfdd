//! What must hold in the tables when nobody does anything any more.

use std::collections::{BTreeMap, HashSet};

use jiff::Timestamp;
use serde_json::Value;
use tests::Library;

use super::model::Model;

/// A book's copies and queue, as stored and as its reservations have it.
#[derive(Default)]
struct Copies {
    lending: Option<Value>,
    is_on_the_shelf: bool,
    copies: u64,
    taken: u64,
    waiting: u64,
    /// Whether somebody waits whose account is enabled.
    somebody_may_have_one: bool,
}

/// The items of the Library table that lending consists of.
#[derive(Default)]
struct Items {
    books: BTreeMap<String, Copies>,
    reservations: Vec<Value>,
    loans: Vec<Value>,
}

/// Asserts that the tables agree with each other and with the model.
pub(super) async fn are_consistent(library: &Library, model: &Model, now: Timestamp) {
    let items = Items::of(library).await;
    items.books.iter().for_each(|(book, copies)| copies.are_counted(book));
    items.each_loan_is_a_live_reservation();
    items.each_reservation_is_as_the_model_has_it(model, now);
    let sessions = library.dynamodb().scan("carrel-sessions").await;
    assert!(
        sessions.iter().any(|item| item["role"]["S"] == "admin" && item["disabled"]["BOOL"] != true),
        "no librarian"
    );
    let accounts: HashSet<_> = sessions.iter().map(|item| text(&item["pk"])).collect();
    for reservation in items.live() {
        // What is out is still expected back.
        let has_an_account = accounts.contains(format!("user#{}", text(&reservation["reader"])).as_str());
        assert!(
            has_an_account || status(reservation) == "checkedOut",
            "a reservation without an account: {reservation}"
        );
    }
}

/// Asserts that every free copy has gone to the reader who waits for it.
pub(super) async fn no_copy_is_free_while_somebody_waits(library: &Library) {
    let items = Items::of(library).await;
    items.books.iter().for_each(|(book, copies)| copies.are_counted(book));
}

impl Items {
    async fn of(library: &Library) -> Items {
        let mut items = Items::default();
        let accounts = library.dynamodb().scan("carrel-sessions").await;
        let enabled = accounts.iter().filter(|item| item["disabled"]["BOOL"] != true).map(|item| text(&item["pk"]));
        let enabled: HashSet<_> = enabled.collect();
        for item in library.dynamodb().scan("carrel-library").await {
            let (pk, sk) = (text(&item["pk"]).to_owned(), text(&item["sk"]).to_owned());
            match sk.as_str() {
                "book" => {
                    let book = items.books.entry(pk).or_default();
                    book.is_on_the_shelf = text(&item["shelf"]) == "books";
                    book.copies = number(&item["copies"]);
                }
                "lending" => items.books.entry(pk).or_default().lending = Some(item),
                "loans" => items.loans.push(item),
                _ if sk.starts_with("reservation#") => {
                    let book = items.books.entry(pk).or_default();
                    book.taken += u64::from(["ready", "checkedOut"].contains(&status(&item)));
                    let is_waiting = status(&item) == "waiting";
                    book.waiting += u64::from(is_waiting);
                    let reader = format!("user#{}", text(&item["reader"]));
                    book.somebody_may_have_one |= is_waiting && enabled.contains(reader.as_str());
                    items.reservations.push(item);
                }
                _ => {}
            }
        }
        items
    }

    fn live(&self) -> impl Iterator<Item = &Value> {
        self.reservations.iter().filter(|item| ["waiting", "ready", "checkedOut"].contains(&status(item)))
    }

    fn each_loan_is_a_live_reservation(&self) {
        let mut listed = HashSet::new();
        for loans in &self.loans {
            let reader = text(&loans["pk"]).trim_start_matches("user#");
            let of_books = loans.as_object().into_iter().flatten().filter(|(name, _)| name.starts_with("book#"));
            let of_books: Vec<_> = of_books.map(|(book, id)| (reader, book.as_str(), text(id))).collect();
            assert_eq!(of_books.len() as u64, number(&loans["held"]), "{loans}");
            listed.extend(of_books);
        }
        let live = self.live().map(|item| (text(&item["reader"]), text(&item["pk"]), text(&item["id"])));
        let live: HashSet<_> = live.collect();
        assert_eq!(listed, live, "what readers have, and what is lent to them");
    }

    fn each_reservation_is_as_the_model_has_it(&self, model: &Model, now: Timestamp) {
        assert_eq!(self.reservations.len(), model.cards.len());
        for item in &self.reservations {
            let card = &model.cards[&text(&item["id"]).parse().expect("a reservation's id")];
            let status = serde_json::to_value(card.status(now)).expect("JSON");
            let is_same = (item["status"]["S"] == status) && (item["reader"]["S"] == card.reader.to_string().as_str());
            assert!(is_same, "{item} should be {card:?}");
        }
    }
}

impl Copies {
    /// The item of the copies counts its reservations, and no copy is free while somebody waits who may have it.
    fn are_counted(&self, book: &str) {
        let Some(lending) = &self.lending else {
            return assert_eq!(
                (self.taken, self.waiting),
                (0, 0),
                "{book} has reservations but no item that counts them"
            );
        };
        let [copies, taken, waiting] = ["copies", "taken", "waiting"].map(|name| number(&lending[name]));
        assert!(self.is_on_the_shelf, "{book} is not on the shelf: {lending}");
        assert_eq!((copies, taken, waiting), (self.copies, self.taken, self.waiting), "{book}: {lending}");
        assert!(taken <= copies, "{book}: {lending}");
        assert!(!self.somebody_may_have_one || taken == copies, "{book}: {lending}");
    }
}

fn text(value: &Value) -> &str {
    value["S"].as_str().unwrap_or_default()
}

fn number(value: &Value) -> u64 {
    value["N"].as_str().and_then(|digits| digits.parse().ok()).unwrap_or_default()
}

fn status(reservation: &Value) -> &str {
    text(&reservation["status"])
}
