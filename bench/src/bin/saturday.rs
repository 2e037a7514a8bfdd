//! A Saturday at the library: `cargo run --release -p bench --bin saturday`.
//!
//! Two desks scan, each at its own pace, while readers reserve and cancel. A scan has a time at which it is made, whether
//! the desk before it has its answer or not, and its duration is counted from that time. One scan in ten is sent twice at
//! once, as by a scanner that reads twice, with the same Idempotency-Key.
//!
//! In the end every copy must be where the log says, and every scan must have had its effect once.
#![allow(clippy::print_stdout, reason = "this program prints what it measured")]

use std::collections::{BTreeMap, HashMap};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use clap::Parser;
use serde_json::{Value, json};
use tests::{Answer, Library, Person};
use tokio::time::{Instant, sleep_until};

/// A Saturday at the library.
#[derive(Parser, Clone, Copy)]
struct Arguments {
    /// How many scans there are, at both desks together.
    #[arg(long, default_value_t = 300)]
    scans: u32,
    /// How long it takes.
    #[arg(long, default_value_t = 600)]
    seconds: u32,
    /// How many readers reserve meanwhile.
    #[arg(long, default_value_t = 40)]
    readers: usize,
    /// How many books they share.
    #[arg(long, default_value_t = 50)]
    books: usize,
}

/// What a scan may take at the 99th percentile.
const GOAL: Duration = Duration::from_millis(300);
/// The pause of a reader between two steps is at most twice this.
const PAUSE: Duration = Duration::from_secs(10);

/// Where the desks put down what they were told, by reservation.
type Told = Mutex<HashMap<String, &'static str>>;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let library = Library::own().start().await;
    let admin = library.admin().await;
    let desks = [library.with_role("assistant").await, library.with_role("assistant").await];
    let readers = Arc::new(library.readers(arguments.readers).await);
    let mut books = Vec::new();
    for number in 0..arguments.books {
        let book = json!({"title": format!("Volume {number}"), "author": "Many", "copies": 1 + number % 3});
        books.push(admin.post("/books", book).await.expect(201).string("id"));
    }
    let (books, told) = (Arc::new(books), Arc::new(Told::default()));
    println!("{} scans in {} s at two desks, {} readers", arguments.scans, arguments.seconds, arguments.readers);

    let start = Instant::now();
    let end = start + Duration::from_secs(arguments.seconds.into());
    let reserving: Vec<_> = (0..readers.len())
        .map(|number| tokio::spawn(reserve(readers[number].clone(), Arc::clone(&books), end, number as u64)))
        .collect();
    let scanning: Vec<_> = desks
        .into_iter()
        .enumerate()
        .map(|(number, person)| {
            let chance = fastrand::Rng::with_seed(7 + number as u64);
            let (readers, books, told) = (Arc::clone(&readers), Arc::clone(&books), Arc::clone(&told));
            let desk = Desk { number, person, readers, books, told, chance };
            tokio::spawn(desk.scan_all(arguments, start))
        })
        .collect();
    let mut durations = Vec::new();
    for desk in scanning {
        durations.extend(desk.await.expect("a desk ends"));
    }
    let mut steps = 0;
    for reader in reserving {
        steps += reader.await.expect("a reader ends");
    }
    durations.sort_unstable();
    let at = |hundredths: usize| durations[(durations.len() - 1) * hundredths / 100];
    println!(
        "{} scans answered; {steps} steps of readers; p50 {:?}, p99 {:?}, longest {:?}",
        durations.len(),
        at(50),
        at(99),
        at(100)
    );
    let wrong = wrong(&admin, &books, &told).await;
    wrong.iter().for_each(|line| println!("{line}"));
    if !wrong.is_empty() {
        return ExitCode::FAILURE;
    }
    println!("Every copy is where the log says, and every scan had its effect once.");
    println!("A scan may take {GOAL:?} at the 99th percentile: {}", if at(99) <= GOAL { "met" } else { "missed" });
    ExitCode::SUCCESS
}

/// A desk.
struct Desk {
    number: usize,
    person: Person,
    readers: Arc<Vec<Person>>,
    books: Arc<Vec<String>>,
    told: Arc<Told>,
    chance: fastrand::Rng,
}

impl Desk {
    /// Makes the scans of this desk, each at its time. Returns their durations.
    async fn scan_all(mut self, arguments: Arguments, start: Instant) -> Vec<Duration> {
        let scans = arguments.scans / 2;
        let pace = Duration::from_secs(arguments.seconds.into()) / scans;
        let mut durations = Vec::new();
        for scan in 0..scans {
            let at = start + pace * scan;
            sleep_until(at).await;
            self.scan(scan).await;
            durations.push(at.elapsed());
        }
        durations
    }

    async fn scan(&mut self, scan: u32) {
        let reader = &self.readers[self.chance.usize(..self.readers.len())];
        let book = &self.books[self.chance.usize(..self.books.len())];
        let (path, scanned) = match self.chance.u32(..100) {
            ..60 => ("/loans", json!({"reader": reader.id, "book": book})),
            _ => ("/returns", json!({"book": book})),
        };
        let key = format!("desk-{}-scan-{scan}", self.number);
        let send = async || self.person.post(path, scanned.clone()).header("idempotency-key", &key).await;
        let answer = if self.chance.u32(..10) == 0 {
            let (one, other) = tokio::join!(send(), send());
            // The second one may come while the first is carried out. Then it is refused, and is sent again.
            assert!(one.status == 409 || other.status == 409 || one.text == other.text, "{} {}", one.text, other.text);
            send().await
        } else {
            send().await
        };
        self.note(path, &answer);
    }

    /// Puts down what the answer says of a reservation.
    fn note(&self, path: &str, answer: &Answer) {
        let body = answer.json();
        let now = match (path, answer.status) {
            ("/loans", 201) => "checkedOut",
            ("/returns", 200) if body["reservation"].is_object() => "returned",
            // Nothing was out, or the rules refuse it.
            ("/returns", 200) | (_, 409) => return,
            (path, status) => panic!("{path}: {status} {}", answer.text),
        };
        let id = body["reservation"]["id"].as_str().unwrap_or_default().to_owned();
        self.told.lock().unwrap_or_else(PoisonError::into_inner).insert(id, now);
    }
}

/// Reserves and cancels until the end. Returns how many steps the reader took.
async fn reserve(reader: Person, books: Arc<Vec<String>>, end: Instant, seed: u64) -> u32 {
    let mut chance = fastrand::Rng::with_seed(seed);
    let mut steps = 0;
    loop {
        let next = Instant::now() + PAUSE.mul_f64(chance.f64() * 2.0);
        if next > end {
            return steps;
        }
        sleep_until(next).await;
        let held = reader.get("/reservations").await.expect(200).json();
        let held: Vec<_> =
            held["items"].as_array().into_iter().flatten().filter(|held| held["status"] != "checkedOut").collect();
        let answer = match chance.choice(&held) {
            Some(held) if chance.bool() => reader.cancels(held["id"].as_str().unwrap_or_default()).await,
            _ => reader.reserves(&books[chance.usize(..books.len())]).await,
        };
        assert!(answer.status < 500, "{}", answer.text);
        steps += 1;
    }
}

/// Compares the reservations, the log and what the desks were told. Returns what does not agree.
async fn wrong(admin: &Person, books: &[String], told: &Told) -> Vec<String> {
    let mut wrong = Vec::new();
    let logged = logged(admin).await;
    let mut stored = HashMap::new();
    for book in books {
        let (held, available) = (
            admin.get(&format!("/books/{book}/reservations?limit=100")).await.expect(200).json(),
            availability(admin, book).await,
        );
        let held: Vec<Value> = held["items"].as_array().cloned().unwrap_or_default();
        let count = |status: &str| held.iter().filter(|held| held["status"] == status).count() as u64;
        let taken = count("checkedOut") + count("ready");
        let (copies, free) =
            (available["copies"].as_u64().unwrap_or_default(), available["free"].as_u64().unwrap_or_default());
        if taken + free != copies || (free > 0 && count("waiting") > 0) {
            wrong.push(format!(
                "{book}: {taken} of {copies} copies are taken, {free} are free, {} readers wait",
                count("waiting")
            ));
        }
        for held in held {
            stored.insert(
                held["id"].as_str().unwrap_or_default().to_owned(),
                held["status"].as_str().unwrap_or_default().to_owned(),
            );
        }
    }
    let is_out = |status: &str| status == "checkedOut";
    for (id, status) in &stored {
        if is_out(status) != logged.get(id).is_some_and(|kind| OUT.contains(&kind.as_str())) {
            wrong.push(format!("{id} is {status}, and the log's last event is {:?}", logged.get(id)));
        }
    }
    for (id, kind) in &logged {
        if OUT.contains(&kind.as_str()) && !stored.get(id).is_some_and(|status| is_out(status)) {
            wrong.push(format!("{id} was lent, says the log, and is {:?}", stored.get(id)));
        }
    }
    for (id, now) in told.lock().unwrap_or_else(PoisonError::into_inner).iter() {
        if is_out(now) != stored.get(id).is_some_and(|status| is_out(status)) {
            wrong.push(format!("a desk was told that {id} is {now}, and it is {:?}", stored.get(id)));
        }
    }
    wrong
}

/// The events after which a copy is with its reader.
const OUT: [&str; 3] = ["book.lent", "book.checkedOut", "reservation.renewed"];

async fn availability(admin: &Person, book: &str) -> Value {
    admin.get(&format!("/books/{book}/availability")).await.expect(200).json()
}

/// Returns the last event of each reservation, by time, once the log has all of them.
async fn logged(admin: &Person) -> HashMap<String, String> {
    let mut events = BTreeMap::new();
    let mut after = 0;
    // The events are numbered a moment after the actions. Nothing happens any more, so a quiet second is the end.
    let mut quiet_since = Instant::now();
    while quiet_since.elapsed() < Duration::from_secs(1) {
        let page = admin.get(&format!("/events?after={after}&limit=100")).await.expect(200).json();
        for event in page["items"].as_array().into_iter().flatten() {
            after = event["id"].as_u64().unwrap_or(after);
            quiet_since = Instant::now();
            if let (Some(id), Some(kind)) = (event["reservation"].as_str(), event["type"].as_str()) {
                events.insert((id.to_owned(), event["time"].to_string(), after), kind.to_owned());
            }
        }
    }
    events.into_iter().map(|((id, ..), kind)| (id, kind)).collect()
}
