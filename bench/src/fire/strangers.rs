//! What nobody may do, whatever fails: a check that cannot be made lets nobody in.

use reqwest::Method;
use serde_json::json;
use tests::{Person, Request};

use super::caller::Caller;
use super::ledger::{Got, Ledger};

/// The codes of those who may not.
const SHUT: &[&str] = &[
    "no-token",
    "token-invalid",
    "token-expired",
    "session-ended",
    "account-gone",
    "librarians-only",
    "desk-only",
    "not-your-book",
    "wrong-credentials",
    "too-many-requests",
    "stale",
    "no-such-user",
    "no-such-book",
];

/// Sends what must be refused.
async fn is_shut_out(ledger: &Ledger, what: &'static str, request: impl Fn() -> Request) {
    match ledger.send(what, request).await {
        Got::Done(answer) => ledger.wrong(format!("let in: {what}: {}", answer.text)),
        Got::Refused(code) if !SHUT.contains(&code.as_str()) => ledger.wrong(format!("{what}: told {code}")),
        Got::Refused(_) | Got::Unclear => {}
    }
}

impl Caller {
    /// Asks for what the person may not have.
    pub(crate) async fn intrudes(&mut self) {
        let me = &self.me.person;
        let some_of = |person: &Person, choice: u32| match choice {
            0 => person.get("/favorites"),
            1 => person.post("/books", json!({"title": "Stolen", "author": "A. Thief"})),
            2 => person.get("/users/me"),
            _ => person.get("/reservations"),
        };
        let choice = self.chance.u32(..4);
        match self.chance.u32(..6) {
            0 => {
                let nobody = me.signed_out();
                is_shut_out(&self.ledger, "without a token", || some_of(&nobody, choice)).await;
            }
            1 => is_shut_out(&self.ledger, "with nonsense", || some_of(&me.with_token("nonsense"), choice)).await,
            2 => {
                let Some(ended) = self.chance.choice(&self.me.ended) else { return };
                is_shut_out(&self.ledger, "after signing out", || some_of(ended, choice)).await;
            }
            3 => {
                let Some(ended) = self.chance.choice(&self.me.ended) else { return };
                let body = json!({"refreshToken": ended.refresh_token});
                let refresh = || ended.post("/auth/refresh-token", body.clone());
                match self.ledger.send("refresh after signing out", refresh).await {
                    Got::Done(answer) => self.ledger.wrong(format!("let in: an ended session: {}", answer.text)),
                    Got::Refused(_) | Got::Unclear => {}
                }
            }
            4 => {
                let request = || match choice {
                    0 => me.get("/users"),
                    1 => me.get("/events"),
                    2 => me.post("/loans", json!({"reader": me.id, "book": self.shared[0].id})),
                    _ => me.patch(&format!("/users/{}", self.ward.id()), json!({"role": "admin"})),
                };
                is_shut_out(&self.ledger, "what librarians do", request).await;
            }
            _ => {
                let path = format!("/books/{}", self.shared[0].id);
                let request = || match choice {
                    0 => me.delete(&path),
                    1 => me.patch(&path, json!({"title": "Stolen"})),
                    2 => me.ask(Method::POST, &format!("{path}/archive")),
                    _ => me.patch(&path, json!({"title": "Stolen"})).header_if_match("\"999\""),
                };
                is_shut_out(&self.ledger, "a book of others", request).await;
            }
        }
    }

    /// Has the librarian disable or enable the other account, and tries its session.
    pub(crate) async fn disables_or_not(&mut self) {
        if self.chance.bool() {
            return self.the_ward_asks().await;
        }
        let disable = !self.is_disabled.is_only(&true);
        let (path, body) = (format!("/users/{}", self.ward.id()), json!({"disabled": disable}));
        let change = |person: &Person| person.patch(&path, body.clone());
        match self.staff.ask(&self.ledger, "disable or enable", change).await {
            Got::Done(_) => self.is_disabled.set(disable),
            Got::Refused(code) => self.ledger.wrong(format!("disable or enable: told {code}")),
            Got::Unclear => self.is_disabled.maybe(disable),
        }
        self.the_ward_asks().await;
    }

    async fn the_ward_asks(&mut self) {
        if self.is_disabled.is_only(&true) {
            let ward = &self.ward.person;
            is_shut_out(&self.ledger, "disabled, with a token", || ward.get("/favorites")).await;
            let body = json!({"email": ward.email, "password": tests::PASSWORD});
            is_shut_out(&self.ledger, "disabled, signing in", || ward.post("/auth/login", body.clone())).await;
            let body = json!({"refreshToken": ward.refresh_token});
            let refresh = || ward.post("/auth/refresh-token", body.clone());
            if let Got::Done(answer) = self.ledger.send("disabled, refreshing", refresh).await {
                self.ledger.wrong(format!("let in: disabled: {}", answer.text));
            }
        } else if self.is_disabled.is_only(&false) && self.ward.sign_in(&self.ledger).await {
            let favorites = self.ward.ask(&self.ledger, "enabled, with a token", |ward| ward.get("/favorites")).await;
            if let Got::Refused(code) = favorites {
                self.ledger.wrong(format!("enabled: told {code}"));
            }
        }
    }
}
