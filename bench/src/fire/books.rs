//! What a person does with books of the own: adds, changes, moves, reads and finds them.

use std::time::Instant;

use reqwest::Method;
use serde_json::json;
use tests::Person;

use super::caller::{Book, Caller, LAG, Place};
use super::cell::Cell;
use super::ledger::Got;

impl Caller {
    pub(super) async fn adds_a_book(&mut self) {
        if self.books.iter().filter(|book| book.place.may_be(&Place::Catalogue)).count() > 12 {
            return self.moves_a_book().await;
        }
        // One word, which no other book's mark begins with.
        let count = self.next();
        let mark = format!("q{}x{count}z", self.number);
        let (body, key) = (json!({"title": format!("{mark} 0"), "author": "A. N. Author"}), format!("add {mark}"));
        let add = |person: &Person| person.post("/books", body.clone()).header("idempotency-key", &key);
        match self.me.insist(&self.ledger, "add a book", add).await {
            Got::Done(answer) => {
                self.ledger.did(self.me.id(), "book.added");
                let (title, place) = (Cell::new(0), Cell::new(Place::Catalogue));
                self.books.push(Book { id: answer.string("id"), mark, title, place, changed: Instant::now() });
            }
            Got::Refused(code) => self.ledger.wrong(format!("add a book: told {code}")),
            Got::Unclear => {
                self.ledger.may_have_done(self.me.id(), "book.added");
                self.lost.push(mark);
            }
        }
    }

    pub(super) async fn changes_a_book(&mut self) {
        let new = self.next();
        let Some(book) = self.chance.choice(&mut self.books) else { return };
        let (path, body) = (format!("/books/{}", book.id), json!({"title": format!("{} {new}", book.mark)}));
        match self.me.ask(&self.ledger, "change a book", |person| person.patch(&path, body.clone())).await {
            Got::Done(_) => {
                self.ledger.did(self.me.id(), "book.changed");
                if !book.place.may_be(&Place::Catalogue) {
                    self.ledger.wrong(format!("change a book: {} is {:?}, and was changed", book.id, book.place));
                }
                book.title.set(new);
            }
            Got::Refused(code) => {
                if code != "no-such-book" || book.place.is_only(&Place::Catalogue) {
                    self.ledger.wrong(format!("change a book: {} is {:?}, and I was told {code}", book.id, book.place));
                }
            }
            Got::Unclear => {
                self.ledger.may_have_done(self.me.id(), "book.changed");
                book.title.maybe(new);
            }
        }
        book.changed = Instant::now();
    }

    /// Archives, restores or deletes.
    pub(super) async fn moves_a_book(&mut self) {
        let Some(book) = self.chance.choice(&mut self.books) else { return };
        let (what, action, to, from) = match self.chance.u32(..4) {
            0 => ("delete a book", "book.deleted", Place::Nowhere, Place::Catalogue),
            1 | 2 if book.place.may_be(&Place::Archive) => {
                ("restore a book", "book.restored", Place::Catalogue, Place::Archive)
            }
            _ => ("archive a book", "book.archived", Place::Archive, Place::Catalogue),
        };
        let id = book.id.clone();
        let request = move |person: &Person| match to {
            Place::Nowhere => person.delete(&format!("/books/{id}")),
            Place::Catalogue => person.ask(Method::POST, &format!("/archive/books/{id}/restore")),
            Place::Archive => person.ask(Method::POST, &format!("/books/{id}/archive")),
        };
        match self.me.ask(&self.ledger, what, request).await {
            Got::Done(_) => {
                self.ledger.did(self.me.id(), action);
                if !book.place.may_be(&from) {
                    self.ledger.wrong(format!("{what}: {} is {:?}", book.id, book.place));
                }
                book.place.set(to);
            }
            Got::Refused(code) => {
                if code != "no-such-book" || book.place.is_only(&from) {
                    self.ledger.wrong(format!("{what}: {} is {:?}, and I was told {code}", book.id, book.place));
                }
            }
            Got::Unclear => {
                self.ledger.may_have_done(self.me.id(), action);
                book.place.maybe(to);
            }
        }
        book.changed = Instant::now();
    }

    pub(super) async fn reads_a_book(&mut self) {
        let Some(book) = self.chance.choice(&self.books) else { return };
        let path = format!("/books/{}", book.id);
        let got = self.me.ask(&self.ledger, "read a book", |person| person.get(&path)).await;
        let is_recent = book.changed.elapsed() < LAG;
        match got {
            Got::Done(answer) => {
                let title = answer.string("title");
                let is_right = book.title.all().iter().any(|number| title == format!("{} {number}", book.mark));
                if !is_recent && (!is_right || !book.place.may_be(&Place::Catalogue)) {
                    self.ledger.wrong(format!("read a book: {title:?} instead of {:?} {:?}", book.title, book.place));
                }
            }
            Got::Refused(code) => {
                if code != "no-such-book" || !is_recent && book.place.is_only(&Place::Catalogue) {
                    self.ledger.wrong(format!("read a book: {} is {:?}, and I was told {code}", book.id, book.place));
                }
            }
            Got::Unclear => {}
        }
    }

    pub(super) async fn searches(&mut self) {
        let Some(book) = self.chance.choice(&self.books) else { return };
        let path = format!("/search?q={}", book.mark);
        match self.me.ask(&self.ledger, "search", |person| person.get(&path)).await {
            Got::Done(answer) => {
                let is_corrected = !answer.json()["corrected"].is_null() || !answer.json()["leftOut"].is_null();
                let stray = answer.each("title").into_iter().find(|title| !title.starts_with(&book.mark));
                if let Some(stray) = stray.filter(|_| !is_corrected) {
                    self.ledger.wrong(format!("search: {} finds {stray:?}", book.mark));
                }
            }
            Got::Refused(code) => self.ledger.wrong(format!("search: told {code}")),
            Got::Unclear => {}
        }
    }
}
