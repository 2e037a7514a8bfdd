//! What all persons of a campaign put down together: answers, what the journal must have, and what was wrong.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tests::{Answer, Request};
use tokio::time::sleep;

use super::pulse::Pulse;

/// The most complaints that are kept. After the first, only a few more help.
const MOST_WRONG: usize = 40;

/// An answer, as far as it says what has happened.
pub(crate) enum Got {
    /// It is done.
    Done(Answer),
    /// Nothing is done, for this reason.
    Refused(String),
    /// It is done, or is not: a 503, a 504, or no answer.
    Unclear,
}

/// How often a row of the journal must be there, and how often it may.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Times {
    pub(crate) least: u64,
    pub(crate) most: u64,
}

/// What is put down.
pub(crate) struct Ledger {
    begun: Instant,
    answers: Mutex<BTreeMap<(&'static str, String), u64>>,
    deeds: Mutex<BTreeMap<(String, &'static str), Times>>,
    wrong: Mutex<Vec<String>>,
    operations: AtomicU64,
    pulse: Pulse,
    /// Whether the library may be gone: then no answer is no error.
    pub(crate) may_be_away: AtomicBool,
}

impl Ledger {
    pub(crate) fn new() -> Self {
        Ledger {
            begun: Instant::now(),
            answers: Mutex::default(),
            deeds: Mutex::default(),
            wrong: Mutex::default(),
            operations: AtomicU64::default(),
            pulse: Pulse::new(),
            may_be_away: AtomicBool::default(),
        }
    }

    /// Sends a request, and puts its answer down. While nothing is there that could take it, it is sent again.
    pub(crate) async fn send(&self, what: &'static str, request: impl Fn() -> Request) -> Got {
        loop {
            match request().tried().await {
                Err(error) if error.is_connect() && self.may_be_away.load(Ordering::Relaxed) => {
                    sleep(Duration::from_millis(10)).await;
                }
                answer => return self.note(what, answer),
            }
        }
    }

    /// Puts an answer down. Anything but a complete answer, a refusal with a code, a 503 and a 504 is wrong.
    fn note(&self, what: &'static str, answer: Result<Answer, reqwest::Error>) -> Got {
        let (class, got) = match answer {
            Err(error) => {
                if !self.may_be_away.load(Ordering::Relaxed) {
                    self.wrong(format!("{what}: no whole answer: {error}"));
                }
                ("no answer".to_owned(), Got::Unclear)
            }
            Ok(answer) if answer.status < 300 => (answer.status.to_string(), Got::Done(answer)),
            Ok(answer) => {
                let code = code(&answer);
                let got = match (answer.status, code.as_str()) {
                    (400..500, code) if !code.is_empty() => Got::Refused(code.to_owned()),
                    (503, "unavailable") if answer.header("retry-after") == "1" => Got::Unclear,
                    (504, "timeout") => Got::Unclear,
                    // The gateway's own answer: the function did not answer in time, because the machine had none for it.
                    (500, _) if answer.header("x-request-id").is_empty() && self.pulse.was_late() => Got::Unclear,
                    _ => {
                        self.wrong(format!("{what} was answered with {} {}", answer.status, answer.text));
                        Got::Unclear
                    }
                };
                (format!("{} {code}", answer.status), got)
            }
        };
        self.operations.fetch_add(1, Ordering::Relaxed);
        *lock(&self.answers).entry((what, class)).or_default() += 1;
        got
    }

    /// Puts down that a person has done something once.
    pub(crate) fn did(&self, who: &str, action: &'static str) {
        self.may_have_done(who, action);
        lock(&self.deeds).entry((who.to_owned(), action)).or_default().least += 1;
    }

    /// Puts down that a person may have done something once.
    pub(crate) fn may_have_done(&self, who: &str, action: &'static str) {
        lock(&self.deeds).entry((who.to_owned(), action)).or_default().most += 1;
    }

    /// Returns how often each person has done each thing.
    pub(crate) fn deeds(&self) -> BTreeMap<(String, &'static str), Times> {
        lock(&self.deeds).clone()
    }

    /// Puts down what must not be.
    pub(crate) fn wrong(&self, what: String) {
        let mut wrong = lock(&self.wrong);
        if wrong.len() < MOST_WRONG {
            eprintln!("after {:.0?}: {what}", self.begun.elapsed());
            wrong.push(what);
        }
    }

    pub(crate) fn is_right(&self) -> bool {
        lock(&self.wrong).is_empty()
    }

    /// Returns whether more requests would show nothing new.
    pub(crate) fn is_hopeless(&self) -> bool {
        lock(&self.wrong).len() >= MOST_WRONG / 4
    }

    pub(crate) fn operations(&self) -> u64 {
        self.operations.load(Ordering::Relaxed)
    }

    /// Returns a line for each kind of request, with how often it was answered how.
    pub(crate) fn answers(&self) -> String {
        let mut lines: BTreeMap<&str, (u64, String)> = BTreeMap::new();
        for ((what, class), count) in lock(&self.answers).iter() {
            let (all, line) = lines.entry(what).or_default();
            *all += count;
            let _ = write!(line, ", {class}: {count}");
        }
        lines.into_iter().fold(String::new(), |text, (what, (all, line))| format!("{text}  {what}: {all}{line}\n"))
    }
}

/// Returns the code of a complete problem document; empty for anything else.
fn code(answer: &Answer) -> String {
    let problem: serde_json::Value = serde_json::from_str(&answer.text).unwrap_or_default();
    let is_whole = problem["status"] == answer.status && problem["detail"].is_string();
    problem["code"].as_str().filter(|_| is_whole).unwrap_or_default().to_owned()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
