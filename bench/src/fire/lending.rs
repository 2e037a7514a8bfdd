//! What a person does with books that many borrow: reserves, cancels, borrows, returns.

use std::collections::BTreeMap;
use std::time::Instant;

use reqwest::Method;
use serde_json::{Value, json};
use tests::Person;

use super::caller::{Caller, Loan};
use super::ledger::Got;

impl Caller {
    pub(super) async fn reserves(&mut self) {
        let key = self.key("reserve");
        let Some(shared) = self.chance.choice(&mut self.shared) else { return };
        let path = format!("/books/{}/reservations", shared.id);
        let request = |person: &Person| person.ask(Method::POST, &path).header("idempotency-key", &key);
        match self.me.insist(&self.ledger, "reserve", request).await {
            Got::Done(_) => {
                self.ledger.did(self.me.id(), "book.reserved");
                if !shared.loan.may_be(&Loan::Nothing) {
                    self.ledger.wrong(format!("reserve: {} was {:?} already", shared.id, shared.loan));
                }
                shared.loan.set(Loan::Reserved);
            }
            Got::Refused(code) => {
                if code != "already-reserved" || shared.loan.is_only(&Loan::Nothing) {
                    self.ledger.wrong(format!("reserve: {} is {:?}, and I was told {code}", shared.id, shared.loan));
                }
            }
            Got::Unclear => {
                self.ledger.may_have_done(self.me.id(), "book.reserved");
                shared.loan.maybe(Loan::Reserved);
            }
        }
        shared.changed = Instant::now();
    }

    /// Returns the ids of the person's reservations by book, with their states. `None` if the answer is unclear.
    pub(crate) async fn reservations(&mut self) -> Option<BTreeMap<String, (String, String)>> {
        match self.me.ask(&self.ledger, "list reservations", |person| person.get("/reservations")).await {
            Got::Done(answer) => {
                let list = answer.json()["items"].as_array().cloned().unwrap_or_default();
                let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
                let one = |held: Value| (text(&held["book"]["id"]), (text(&held["id"]), text(&held["status"])));
                Some(list.into_iter().map(one).collect())
            }
            Got::Refused(code) => {
                self.ledger.wrong(format!("list reservations: told {code}"));
                None
            }
            Got::Unclear => None,
        }
    }

    pub(super) async fn cancels(&mut self) {
        let Some(held) = self.reservations().await else { return };
        let mine: Vec<usize> = (0..self.shared.len()).filter(|at| held.contains_key(&self.shared[*at].id)).collect();
        let Some(at) = self.chance.choice(&mine).copied() else { return };
        let shared = &mut self.shared[at];
        let path = format!("/reservations/{}", held[&shared.id].0);
        match self.me.ask(&self.ledger, "cancel", |person| person.delete(&path)).await {
            Got::Done(_) => {
                self.ledger.did(self.me.id(), "reservation.cancelled");
                if !shared.loan.may_be(&Loan::Reserved) {
                    self.ledger.wrong(format!("cancel: {} was {:?}", shared.id, shared.loan));
                }
                shared.loan.set(Loan::Nothing);
            }
            Got::Refused(code) => {
                let is_right = match code.as_str() {
                    "checked-out" => shared.loan.may_be(&Loan::Out),
                    "cancelled" | "returned" => shared.loan.may_be(&Loan::Nothing),
                    _ => false,
                };
                if !is_right {
                    self.ledger.wrong(format!("cancel: {} is {:?}, and I was told {code}", shared.id, shared.loan));
                }
            }
            Got::Unclear => {
                self.ledger.may_have_done(self.me.id(), "reservation.cancelled");
                shared.loan.maybe(Loan::Nothing);
            }
        }
        shared.changed = Instant::now();
    }

    pub(super) async fn borrows(&mut self) {
        let key = self.key("lend");
        let Some(shared) = self.chance.choice(&mut self.shared) else { return };
        let body = json!({"reader": self.me.id(), "book": shared.id});
        let request = |person: &Person| person.post("/loans", body.clone()).header("idempotency-key", &key);
        match self.staff.insist(&self.ledger, "lend", request).await {
            Got::Done(_) => {
                self.ledger.did(self.staff.id(), "book.lent");
                if shared.loan.is_only(&Loan::Out) {
                    self.ledger.wrong(format!("lend: {} was out already", shared.id));
                }
                shared.loan.set(Loan::Out);
            }
            Got::Refused(code) => {
                let is_right = match code.as_str() {
                    "already-held" => shared.loan.may_be(&Loan::Out),
                    "no-copy-free" | "all-aside" | "others-wait" | "already-promised" => true,
                    _ => false,
                };
                if !is_right {
                    self.ledger.wrong(format!("lend: {} is {:?}, and I was told {code}", shared.id, shared.loan));
                }
            }
            Got::Unclear => {
                self.ledger.may_have_done(self.staff.id(), "book.lent");
                shared.loan.maybe(Loan::Out);
            }
        }
        shared.changed = Instant::now();
    }

    pub(super) async fn returns(&mut self) {
        let key = self.key("return");
        let out: Vec<usize> = (0..self.shared.len()).filter(|at| self.shared[*at].loan.may_be(&Loan::Out)).collect();
        let Some(at) = self.chance.choice(&out).copied() else { return };
        let shared = &mut self.shared[at];
        let body = json!({"reader": self.me.id(), "book": shared.id});
        let request = |person: &Person| person.post("/returns", body.clone()).header("idempotency-key", &key);
        match self.staff.insist(&self.ledger, "return", request).await {
            Got::Done(answer) if answer.string("outcome") == "returned" => {
                self.ledger.did(self.staff.id(), "book.returned");
                shared.loan.set(Loan::Nothing);
            }
            Got::Done(answer) => {
                if shared.loan.is_only(&Loan::Out) {
                    self.ledger.wrong(format!("return: {} is out: {}", shared.id, answer.text));
                }
            }
            Got::Refused(code) => {
                if code != "not-this-reader" || shared.loan.is_only(&Loan::Out) {
                    self.ledger.wrong(format!("return: {} is {:?}, and I was told {code}", shared.id, shared.loan));
                }
            }
            Got::Unclear => {
                self.ledger.may_have_done(self.staff.id(), "book.returned");
                shared.loan.maybe(Loan::Nothing);
            }
        }
        shared.changed = Instant::now();
    }
}
