//! Kills the whole library again and again while it is used: `cargo run -p bench -- kills`.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use clap::Args;
use fastrand::Rng;
use futures_util::future::join_all;
use local::client::LOCAL_ADMIN;
use serde_json::json;
use tests::database::Client;
use tests::{Library, Person};
use tokio::time::sleep;

use super::account::Account;
use super::caller::{Accounts, Caller};
use super::imports::{self, Brought, Importer};
use super::ledger::Ledger;
use super::library::{copies_are_somewhere, is_handled, journal_is_complete, no_event_is_missing};
use super::runner::Runner;
use super::{Only, shares};
use crate::bootstrap::Failure;

/// After so many kills everything comes to rest, and is compared.
const KILLS_A_REST: u32 = 50;
const BOOKS: usize = 8;
/// The longest pause between a start and the next kill, in milliseconds.
const LONGEST: u64 = 1_500;
/// Within this it answers again.
const GOAL: Duration = Duration::from_secs(1);
/// How long what follows from requests may take. A killed indexer has its books to itself for two minutes, and so has the one after it
/// if a busy machine lets it take longer than its time. A killed dispatch has a letter to itself for five minutes, and the next one looks
/// for such letters once a minute.
const PATIENCE: Duration = Duration::from_secs(420);
const LITTLE_PATIENCE: Duration = Duration::from_secs(30);

/// Kills the whole library again and again while it is used.
#[derive(Args)]
pub(crate) struct Arguments {
    /// How often.
    #[arg(long, default_value_t = 200)]
    kills: u32,
    /// How many persons use the library at once.
    #[arg(long, default_value_t = 12)]
    persons: usize,
    /// Repeats the choices of another run, though not its races.
    #[arg(long)]
    seed: Option<u64>,
    /// The runner. Without it, it is built.
    #[arg(long)]
    program: Option<PathBuf>,
    /// Does nothing else.
    #[arg(long)]
    only: Option<Only>,
    /// The small form, for every change. It does not wait for the lists of the search, nor for letters that a killed function has claimed, and takes no file out again.
    #[arg(long)]
    check: bool,
}

/// Returns whether everything was right.
pub(crate) async fn run(arguments: &Arguments) -> Result<bool, Failure> {
    let (kills, persons) = if arguments.check { (6, 6) } else { (arguments.kills, arguments.persons) };
    let (alone, pairs) = shares(persons, arguments.only);
    let seed = arguments.seed.unwrap_or_else(|| Rng::new().u64(..1 << 32));
    let mut runner = Runner::new(arguments.program.as_deref())?;
    println!("{kills} kills, {persons} persons, --seed {seed}");
    let first = runner.start().await?;
    let (library, database, ledger) = (runner.library(), runner.database()?, Arc::new(Ledger::new()));
    let (mut admin, books, mut callers) = opens(&library, &database, &ledger, alone, seed).await;
    let (mut importers, brought) = (Vec::new(), Arc::new(Mutex::new(Brought::default())));
    for number in 0..pairs as u64 {
        let (one, other) = (librarian(&library, &admin.person).await, librarian(&library, &admin.person).await);
        let importer = Importer::new(one, other, &brought, &ledger, seed ^ number);
        importers.push(if arguments.check { importer.without_undo() } else { importer });
    }
    ledger.may_be_away.store(true, Ordering::Relaxed);
    let (begun, mut chance, mut starts) = (Instant::now(), Rng::with_seed(seed), Vec::new());
    while starts.len() < kills as usize && ledger.is_right() {
        let is_over = AtomicBool::new(false);
        let some = KILLS_A_REST.min(kills - starts.len() as u32);
        let kill = async {
            let killed = kill_often(&mut runner, some, &mut chance, &mut starts).await;
            is_over.store(true, Ordering::Relaxed);
            killed
        };
        let act = join_all(callers.iter_mut().map(|caller| acts(caller, &ledger, &is_over)));
        let import = join_all(importers.iter_mut().map(|importer| imports(importer, &ledger, &is_over)));
        tokio::join!(kill, act, import).0?;
        is_done(&database, &ledger, arguments.check).await;
        for caller in &mut callers {
            caller.rests((!arguments.check).then_some(PATIENCE)).await;
        }
        let wait = async || sleep(Duration::from_secs(5)).await;
        let files = imports::rest(&ledger, &mut importers, &brought, wait).await;
        if !admin.sign_in_at_last(&ledger).await {
            return Err("the administrator cannot sign in".into());
        }
        let admin = &admin.person;
        copies_are_somewhere(&ledger, admin, &books).await;
        let events = no_event_is_missing(&ledger, admin).await;
        let letters = journal_is_complete(&ledger, &database).await;
        for id in &letters.sent {
            if !runner.has_letter(id).await {
                ledger.wrong(format!("at rest: the letter {id} is noted as sent, and is lost"));
            }
        }
        for id in letters.lost.iter().filter(|id| !(arguments.check && letters.claimed.contains(*id))) {
            ledger.wrong(format!("at rest: the letter {id} is lost"));
        }
        println!(
            "{} kills after {:.0?}: {} requests, {events} events, {} letters sent, {} uncertain; {files}",
            starts.len(),
            begun.elapsed(),
            ledger.operations(),
            letters.sent.len(),
            letters.uncertain.len()
        );
    }
    starts.sort();
    let longest = starts.last().copied().unwrap_or_default();
    println!(
        "The first start took {first:.0?}, half of the others at most {:.0?}, all of them at most {longest:.0?}; the goal of {GOAL:?} is {}.",
        starts.get(starts.len() / 2).copied().unwrap_or_default(),
        if longest <= GOAL { "met" } else { "missed" }
    );
    print!("{}", ledger.answers());
    if ledger.is_right() {
        println!("Everything is right.");
    } else {
        println!("Something is WRONG. The data are in {}.", runner.keep().display());
    }
    Ok(ledger.is_right())
}

/// Prepares the library: librarians, readers, and books that all borrow.
async fn opens(
    library: &Library,
    database: &Client,
    ledger: &Arc<Ledger>,
    persons: usize,
    seed: u64,
) -> (Account, Vec<String>, Vec<Caller>) {
    let stranger = library.stranger();
    let mut admin = stranger.with_tokens(&stranger.logs_in(LOCAL_ADMIN.0, LOCAL_ADMIN.1).await.expect(200));
    admin.email = LOCAL_ADMIN.0.to_owned();
    admin.id = admin.get("/users/me").await.expect(200).string("id");
    ledger.did(&admin.id, "user.signedIn");
    let mut books = Vec::new();
    for number in 0..BOOKS {
        let book = json!({"title": format!("Shared {number}"), "author": "Many", "copies": 1 + number % 3});
        books.push(admin.post("/books", book).await.expect(201).string("id"));
    }
    let mut callers = Vec::new();
    for number in 0..persons {
        let (me, ward, staff) = (library.newcomer().await, library.newcomer().await, librarian(library, &admin).await);
        database.verify(&me.id).await;
        callers.push(Caller::new(Accounts { me, staff, ward }, number, seed, &books, ledger));
    }
    (Account::with_password(admin, LOCAL_ADMIN.1), books, callers)
}

async fn librarian(library: &Library, admin: &Person) -> Person {
    let person = library.newcomer().await;
    admin.patch(&format!("/users/{}", person.id), json!({"role": "admin"})).await.expect(200);
    person
}

/// Kills the runner so often, and starts it again. Adds how long each start took.
async fn kill_often(
    runner: &mut Runner,
    times: u32,
    chance: &mut Rng,
    starts: &mut Vec<Duration>,
) -> Result<(), Failure> {
    for _ in 0..times {
        sleep(Duration::from_millis(chance.u64(50..LONGEST))).await;
        runner.kill().await?;
        starts.push(runner.start().await?);
    }
    Ok(())
}

async fn acts(caller: &mut Caller, ledger: &Ledger, is_over: &AtomicBool) {
    while !is_over.load(Ordering::Relaxed) && !ledger.is_hopeless() {
        caller.step().await;
    }
}

/// The same with files.
async fn imports(importer: &mut Importer, ledger: &Ledger, is_over: &AtomicBool) {
    while !is_over.load(Ordering::Relaxed) && !ledger.is_hopeless() {
        importer.step().await;
    }
}

/// Waits until the functions behind the stream have handled every row. The small form does not wait until the claim of a killed function
/// on a letter ends.
async fn is_done(database: &Client, ledger: &Ledger, is_small: bool) {
    let (begun, patience) = (Instant::now(), if is_small { LITTLE_PATIENCE } else { PATIENCE });
    while !is_handled(database, is_small).await {
        if begun.elapsed() > patience {
            return ledger.wrong("at rest: some rows of the journal are not handled".to_owned());
        }
        sleep(Duration::from_millis(200)).await;
    }
}
