//! Files that come in while everything fails: a part is cut off, sent again, sent twice at once; two bring the same file at once.
//!
//! At rest there is a book for each thing that a file named, once, and the totals of the imports say so.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use fastrand::Rng;
use reqwest::Method;
use serde_json::{Value, json};
use tests::{Person, Request};
use tokio::time::{sleep, timeout};

use super::account::Account;
use super::ledger::{Got, Ledger};
use super::rest::{read, text};

/// How often a part is sent until its answer comes.
const TRIES: usize = 30;
/// So many of the newest things are in several files.
const RECENT: u64 = 60;

/// What all imports have brought.
#[derive(Default)]
pub(crate) struct Brought {
    next: u64,
    next_private: u64,
    /// Things of parts that were answered.
    there: BTreeSet<u64>,
    /// Things of parts that were given up, or whose import is being undone.
    maybe: BTreeSet<u64>,
    /// How many books the answers say were added, without those that were taken out again.
    added: u64,
    /// How many imports there are, and how many were given up. If none was, the numbers must agree.
    imports: u64,
    given_up: u64,
    /// Imports that are being undone: who does, and what they brought.
    undoing: Vec<(String, String, u64)>,
}

/// Things from here on are in one file alone, which is taken out again.
const PRIVATE: u64 = 5_000_000;

impl Brought {
    /// Returns the things that a file may name. Several files name the newest ones.
    fn some(&mut self, count: u64, is_private: bool) -> Range<u64> {
        let next = if is_private { &mut self.next_private } else { &mut self.next };
        *next += if is_private { count } else { count / 2 };
        if is_private { PRIVATE + *next - count..PRIVATE + *next } else { next.saturating_sub(RECENT)..*next }
    }
}

/// Two persons who bring files.
pub(crate) struct Importer {
    one: Account,
    other: Account,
    brought: Arc<Mutex<Brought>>,
    ledger: Arc<Ledger>,
    chance: Rng,
    /// Whether some files are taken out again.
    undoes: bool,
}

/// A part of a file, and what it names.
#[derive(Clone)]
struct Part {
    things: Vec<u64>,
    bytes: String,
}

/// Returns the title of a thing. Every other has an ISBN as well.
fn title(thing: u64) -> String {
    format!("Brought {thing:07}")
}

fn isbn(thing: u64) -> String {
    if thing.is_multiple_of(2) {
        return String::new();
    }
    let digits = format!("978{thing:09}");
    let sum: u32 = digits.chars().zip([1, 3].into_iter().cycle()).map(|(digit, by)| digit as u32 % 48 * by).sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}

/// Cuts a file with these things into parts.
fn file(things: &[u64], chance: &mut Rng) -> Vec<Part> {
    let (is_table, mut parts, mut rest) = (chance.bool(), Vec::new(), things);
    while !rest.is_empty() {
        let (some, others) = rest.split_at(chance.usize(3..15).min(rest.len()));
        let line = |thing: &u64| match is_table {
            true => format!("{},A. Bringer,{}\n", title(*thing), isbn(*thing)),
            false if thing.is_multiple_of(2) => {
                format!("{}\n", json!({"title": title(*thing), "author": "A. Bringer"}))
            }
            false => format!("{}\n", json!({"title": title(*thing), "author": "A. Bringer", "isbn": isbn(*thing)})),
        };
        let head = if is_table && parts.is_empty() { "title,author,isbn\n" } else { "" };
        let bytes = head.to_owned() + &some.iter().map(line).collect::<String>();
        parts.push(Part { things: some.to_vec(), bytes });
        rest = others;
    }
    parts
}

fn lock(brought: &Mutex<Brought>) -> MutexGuard<'_, Brought> {
    brought.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Importer {
    pub(crate) fn new(
        one: Person,
        other: Person,
        brought: &Arc<Mutex<Brought>>,
        ledger: &Arc<Ledger>,
        seed: u64,
    ) -> Self {
        let (one, other) = (Account::of(one), Account::of(other));
        let (brought, ledger, chance) = (Arc::clone(brought), Arc::clone(ledger), Rng::with_seed(seed));
        Importer { one, other, brought, ledger, chance, undoes: true }
    }

    /// The same, without files that are taken out again: after a kill that takes a minute.
    pub(crate) fn without_undo(self) -> Self {
        Importer { undoes: false, ..self }
    }

    /// Brings a file: alone, both at once, or to take it out again.
    pub(crate) async fn step(&mut self) {
        let (count, is_undone) = (self.chance.u64(5..40), self.undoes && self.chance.u32(..8) == 0);
        let among = lock(&self.brought).some(count, is_undone);
        let things: Vec<u64> = (0..count).map(|_| self.chance.u64(among.clone())).collect();
        let parts = file(&things, &mut self.chance);
        let (ledger, brought, seed) = (&self.ledger, &self.brought, self.chance.u64(..));
        if is_undone {
            brings(&mut self.one, ledger, brought, &parts, seed, true).await;
        } else if self.chance.u32(..4) == 0 {
            let one = brings(&mut self.one, ledger, brought, &parts, seed, false);
            tokio::join!(one, brings(&mut self.other, ledger, brought, &parts, seed ^ 1, false));
        } else {
            brings(&mut self.other, ledger, brought, &parts, seed, false).await;
        }
    }
}

/// Brings a file as an import of its own.
async fn brings(
    account: &mut Account,
    ledger: &Ledger,
    brought: &Mutex<Brought>,
    parts: &[Part],
    seed: u64,
    is_undone: bool,
) {
    let mut chance = Rng::with_seed(seed);
    let Got::Done(begun) = account.ask(ledger, "begin an import", |person| person.post("/imports", json!({}))).await
    else {
        return;
    };
    let import = format!("/imports/{}", begun.string("id"));
    lock(brought).imports += 1;
    let mut totals = [0; 3];
    for (number, part) in (1..).zip(parts) {
        let Some(report) = send(account, ledger, &import, number, part, &mut chance).await else {
            let mut brought = lock(brought);
            brought.given_up += 1;
            brought.maybe.extend(&part.things);
            brought.added += totals[1];
            return;
        };
        let [rows, added, skipped, failed] =
            ["rows", "added", "skipped", "failed"].map(|name| report[name].as_u64().unwrap_or_default());
        if rows != part.things.len() as u64 || added + skipped != rows || failed != 0 {
            ledger.wrong(format!("{import}: part {number} of {} rows: {report}", part.things.len()));
        }
        totals = [totals[0] + rows, totals[1] + added, totals[2] + skipped];
        lock(brought).there.extend(&part.things);
    }
    if is_undone {
        for thing in parts.iter().flat_map(|part| &part.things) {
            lock(brought).there.remove(thing);
        }
        let who = account.id().to_owned();
        return lock(brought).undoing.push((who, import, totals[1]));
    }
    lock(brought).added += totals[1];
    let path = format!("{import}/finish");
    if let Got::Done(done) = account.insist(ledger, "finish an import", |person| person.ask(Method::POST, &path)).await
    {
        let done = done.json();
        if ["rows", "added", "skipped"].map(|name| done[name].as_u64().unwrap_or_default()) != totals {
            ledger.wrong(format!("{import}: the parts have {totals:?}: {done}"));
        }
    }
}

/// Sends a part until its answer comes. `None` if it is given up.
async fn send(
    account: &mut Account,
    ledger: &Ledger,
    import: &str,
    number: u32,
    part: &Part,
    chance: &mut Rng,
) -> Option<Value> {
    let path = format!("{import}/parts/{number}");
    let put = |person: &Person| -> Request {
        person.ask(Method::PUT, &path).body("application/octet-stream", part.bytes.clone().into_bytes())
    };
    for _ in 0..TRIES {
        match chance.u32(..8) {
            // The client goes away, and sends it again.
            0 => drop(timeout(Duration::from_millis(chance.u64(..200)), put(&account.person).tried()).await),
            // Twice at once.
            1 => drop(tokio::join!(put(&account.person).tried(), put(&account.person).tried())),
            _ => {}
        }
        match account.ask(ledger, "send a part", put).await {
            Got::Done(answer) => {
                if chance.u32(..5) == 0
                    && let Got::Done(again) = account.ask(ledger, "send a part again", put).await
                    && again.text != answer.text
                {
                    ledger.wrong(format!("{path} was answered with {}, and then with {}", answer.text, again.text));
                }
                return Some(answer.json());
            }
            Got::Refused(code) if code == "part-tried-too-often" => return None,
            Got::Refused(code) => {
                ledger.wrong(format!("{path}: told {code}"));
                return None;
            }
            Got::Unclear => sleep(Duration::from_millis(50)).await,
        }
    }
    None
}

/// Returns all books, one a line.
async fn exported(person: &Person) -> String {
    let (mut all, mut path) = (String::new(), "/exports/books?format=jsonl".to_owned());
    loop {
        let page = read(person, &path).await.expect(200);
        all += &page.text;
        let next = page.header("link").split_once("/v1").and_then(|(_, rest)| rest.split_once('>'));
        match next {
            Some((next, _)) => path = next.to_owned(),
            None => return all,
        }
    }
}

/// Takes out what is to be taken out, and compares the library with what the files have brought. Returns a line about it.
pub(crate) async fn rest(
    ledger: &Ledger,
    importers: &mut [Importer],
    brought: &Mutex<Brought>,
    wait: impl AsyncFn(),
) -> String {
    let undoing = std::mem::take(&mut lock(brought).undoing);
    for importer in importers.iter_mut() {
        for account in [&mut importer.one, &mut importer.other] {
            account.sign_in_at_last(ledger).await;
            let id = account.id().to_owned();
            for (_, import, added) in undoing.iter().filter(|(who, ..)| *who == id) {
                let mut undone = account.person.delete(import).await;
                while [202, 500, 503, 504].contains(&undone.status) {
                    wait().await;
                    account.sign_in_at_last(ledger).await;
                    undone = account.person.delete(import).await;
                }
                let undo = undone.expect(200).json()["undo"].clone();
                let is_all = undo["kept"].as_object().is_some_and(|kept| kept.values().all(|kept| *kept == 0));
                if undo["removed"] != *added || !is_all {
                    ledger.wrong(format!("at rest: {import} has added {added} books: {undo}"));
                }
            }
        }
    }
    let Some(importer) = importers.first() else { return String::new() };
    let export = exported(&importer.one.person).await;
    let mut books: BTreeMap<u64, u64> = BTreeMap::new();
    for line in export.lines() {
        let book: Value = serde_json::from_str(line).unwrap_or_default();
        if let Some(thing) = text(&book["title"]).strip_prefix("Brought ").and_then(|thing| thing.parse().ok()) {
            *books.entry(thing).or_default() += 1;
        }
    }
    let brought = lock(brought);
    for (thing, times) in books.iter().filter(|(_, times)| **times > 1) {
        ledger.wrong(format!("at rest: {} is there {times} times", title(*thing)));
    }
    for thing in brought.there.iter().filter(|thing| !books.contains_key(thing)) {
        ledger.wrong(format!("at rest: {} was brought, and is lost", title(*thing)));
    }
    let is_known = |thing: &&u64| brought.there.contains(thing) || brought.maybe.contains(thing);
    for thing in books.keys().filter(|thing| !is_known(thing)) {
        ledger.wrong(format!("at rest: {} is there, and nobody has brought it", title(*thing)));
    }
    if brought.given_up == 0 && brought.added != books.len() as u64 {
        ledger.wrong(format!("at rest: {} books came in, and the imports have added {}", books.len(), brought.added));
    }
    format!("{} imports, {} given up; {} books came in", brought.imports, brought.given_up, books.len())
}
