//! An account, and who uses it.

use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::json;
use tests::{Person, Request};

use super::cell::Cell;
use super::ledger::{Got, Ledger};

/// The number of the last account.
static LAST: AtomicU32 = AtomicU32::new(0);
/// How often a sign-in is tried before the person gives up for now.
const TRIES: usize = 30;

/// An account of the library.
pub(crate) struct Account {
    pub(crate) person: Person,
    first_password: &'static str,
    /// The number of its password.
    password: Cell<u32>,
    next_password: u32,
    /// Whether it has tokens of a session that should be live.
    is_in: bool,
    /// Why the last sign-in did not succeed.
    pub(crate) why_out: String,
    /// The person with tokens of sessions that have ended.
    pub(crate) ended: Vec<Person>,
}

impl Account {
    pub(crate) fn of(person: Person) -> Self {
        Account::with_password(person, tests::PASSWORD)
    }

    /// Whoever uses it has a network address of their own, from which the request really comes: Linux has all of 127.0.0.0/8. Wrong
    /// passwords are counted for the address as well, and so are sign-ins that were broken off.
    pub(crate) fn with_password(person: Person, first_password: &'static str) -> Self {
        let [_, _, high, low] = LAST.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        let person = person.at(&format!("127.1.{high}.{low}"));
        let (password, why_out, ended) = (Cell::new(0), String::new(), Vec::new());
        Account { person, first_password, password, next_password: 1, is_in: true, why_out, ended }
    }

    /// Returns the password of that number.
    fn password(&self, number: u32) -> String {
        if number == 0 { self.first_password.to_owned() } else { format!("{} {number}", tests::PASSWORD) }
    }

    pub(crate) fn id(&self) -> &str {
        &self.person.id
    }

    /// Sends a request. If the access token has expired, the person signs in again.
    pub(crate) async fn ask(
        &mut self,
        ledger: &Ledger,
        what: &'static str,
        request: impl Fn(&Person) -> Request,
    ) -> Got {
        for _ in 0..3 {
            if !self.is_in && !self.sign_in(ledger).await {
                break;
            }
            match ledger.send(what, || request(&self.person)).await {
                Got::Refused(code) if code == "token-expired" => self.is_in = false,
                Got::Refused(code) if ["session-ended", "token-invalid", "no-token"].contains(&code.as_str()) => {
                    ledger.wrong(format!("{what}: {} has a live session, and was told {code}", self.id()));
                    self.is_in = false;
                    break;
                }
                got => return got,
            }
        }
        // Nothing was sent with a live token, which is unclear enough.
        Got::Unclear
    }

    /// Does the same again and again until the answer is clear. For requests that may be repeated.
    pub(crate) async fn insist(
        &mut self,
        ledger: &Ledger,
        what: &'static str,
        request: impl Fn(&Person) -> Request,
    ) -> Got {
        for _ in 0..6 {
            match self.ask(ledger, what, &request).await {
                Got::Unclear => tokio::time::sleep(std::time::Duration::from_millis(50)).await,
                got => return got,
            }
        }
        Got::Unclear
    }

    /// Signs in with a password that may be the right one. Returns whether that worked.
    pub(crate) async fn sign_in(&mut self, ledger: &Ledger) -> bool {
        self.is_in = false;
        let stranger = self.person.signed_out();
        for _ in 0..TRIES {
            let mut is_unclear = false;
            for number in self.password.all().iter().rev().copied().collect::<Vec<_>>() {
                // A device that is known has no limit in common with its neighbours.
                let known = &self.person.refresh_token;
                let body =
                    json!({"email": self.person.email, "password": self.password(number), "refreshToken": known});
                match ledger.send("sign in", || stranger.post("/auth/login", body.clone())).await {
                    Got::Done(answer) => {
                        ledger.did(self.id(), "user.signedIn");
                        self.person = self.person.with_tokens(&answer);
                        self.password.set(number);
                        self.is_in = true;
                        return true;
                    }
                    // It is not tried again: each wrong one makes the person wait longer.
                    Got::Refused(code) if code == "wrong-credentials" && self.password.all().len() > 1 => {
                        self.password.rule_out(&number);
                    }
                    Got::Refused(code) if code == "wrong-credentials" => {}
                    // Tries that were broken off count as wrong ones.
                    Got::Refused(code) if code == "too-many-requests" => {
                        self.why_out = code;
                        return false;
                    }
                    Got::Refused(code) => ledger.wrong(format!("sign in: {} was told {code}", self.id())),
                    Got::Unclear => {
                        ledger.may_have_done(self.id(), "user.signedIn");
                        "no clear answer".clone_into(&mut self.why_out);
                        is_unclear = true;
                    }
                }
            }
            if !is_unclear {
                ledger.wrong(format!("sign in: no password of {} is right: {:?}", self.id(), self.password));
                return false;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        false
    }

    /// Has somebody register with this address. Returns whether they have: the answer may be lost, and the address taken then.
    pub(crate) async fn bring(&self, ledger: &Ledger, email: &str) -> bool {
        let (stranger, mut is_unclear) = (self.person.signed_out(), false);
        let body = json!({"email": email, "password": tests::PASSWORD});
        for _ in 0..6 {
            match ledger.send("register", || stranger.post("/auth/register", body.clone())).await {
                Got::Done(answer) => {
                    ledger.did(answer.json()["user"]["id"].as_str().unwrap_or_default(), "user.registered");
                    return true;
                }
                Got::Refused(code) if code == "email-taken" && is_unclear => return true,
                Got::Refused(code) => {
                    ledger.wrong(format!("register: told {code}"));
                    return false;
                }
                Got::Unclear => is_unclear = true,
            }
        }
        false
    }

    /// Signs in, however long the library wants the person to wait.
    pub(crate) async fn sign_in_at_last(&mut self, ledger: &Ledger) -> bool {
        for _ in 0..50 {
            if self.sign_in(ledger).await {
                return true;
            }
            tokio::time::sleep(std::time::Duration::from_secs(2)).await;
        }
        false
    }

    /// Tries a wrong password.
    pub(crate) async fn guess(&mut self, ledger: &Ledger) {
        let stranger = self.person.signed_out();
        let body = json!({"email": self.person.email, "password": "not the password"});
        match ledger.send("wrong password", || stranger.post("/auth/login", body.clone())).await {
            Got::Done(_) => ledger.wrong(format!("let in: {} with a wrong password", self.id())),
            Got::Refused(code) if !["wrong-credentials", "too-many-requests"].contains(&code.as_str()) => {
                ledger.wrong(format!("wrong password: {} was told {code}", self.id()));
            }
            Got::Refused(_) | Got::Unclear => {}
        }
    }

    /// Exchanges the refresh token.
    pub(crate) async fn refresh(&mut self, ledger: &Ledger) {
        let body = json!({"refreshToken": self.person.refresh_token});
        if !self.is_in {
            return;
        }
        match ledger.send("refresh", || self.person.post("/auth/refresh-token", body.clone())).await {
            Got::Done(answer) => self.person = self.person.with_tokens(&answer),
            Got::Refused(code) => {
                ledger.wrong(format!("refresh: {} was told {code}", self.id()));
                self.sign_in(ledger).await;
            }
            // The token may be spent.
            Got::Unclear => drop(self.sign_in(ledger).await),
        }
    }

    /// Ends the session, and begins another one.
    pub(crate) async fn sign_out(&mut self, ledger: &Ledger) {
        match self.ask(ledger, "sign out", |person| person.post("/auth/logout", json!({}))).await {
            Got::Done(_) => {
                ledger.did(self.id(), "user.signedOut");
                self.ended.push(self.person.clone());
            }
            Got::Refused(code) => ledger.wrong(format!("sign out: {} was told {code}", self.id())),
            Got::Unclear => ledger.may_have_done(self.id(), "user.signedOut"),
        }
        self.sign_in(ledger).await;
    }

    /// Chooses another password.
    pub(crate) async fn change_password(&mut self, ledger: &Ledger) {
        let Some(current) = self.password.all().last().copied() else { return };
        let new = self.next_password;
        self.next_password += 1;
        let body = json!({"currentPassword": self.password(current), "newPassword": self.password(new)});
        match self.ask(ledger, "password", |person| person.put("/auth/password", body.clone())).await {
            Got::Done(_) => {
                ledger.did(self.id(), "user.passwordChanged");
                self.password.set(new);
            }
            Got::Refused(code) => {
                let is_right = code == "too-many-requests" || code == "wrong-password" && self.password.all().len() > 1;
                if !is_right {
                    ledger.wrong(format!("password: {} was told {code}", self.id()));
                }
            }
            Got::Unclear => {
                ledger.may_have_done(self.id(), "user.passwordChanged");
                self.password.maybe(new);
            }
        }
    }
}
