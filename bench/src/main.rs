//! Measures the cost of each function in the form that Lambda runs: `cargo run -p bench`. Linux only.
//!
//! Builds the functions for release, and the baseline, `bench/hello`, a function that does nothing. Runs each bootstrap
//! alone with a small Lambda Runtime API, the embedded DynamoDB and an event of `events/`, and prints a table. Only the
//! resources of the bootstraps are measured, from the kernel's statistics. The bootstraps take turns, so that other
//! load on the machine affects all of them.
//!
//! - [`build`]: the bootstraps, and the zips that ship
//! - [`fixture`]: the environment of the functions: tables with a book and a reader, secrets, events
//! - [`bootstrap`]: a running bootstrap, and the resources that it uses
//! - [`runtime`]: the Lambda Runtime API
//! - [`figures`]: the results as a table, and the goals
//! - [`cold`]: `cargo run -p bench -- cold`: what a reader waits for a function that starts, with [`quota`] and [`tls`]
//! - [`search`]: `cargo run -p bench -- search`: what the search finds, and what it costs
//! - [`fire`]: `cargo run -p bench -- faults`, `-- kills`: what is left of acknowledged writes while everything fails, or is killed
//! - [`load`]: `cargo run --profile runner -p bench -- load`: what it does when many use it at once
//! - [`near`]: `cargo run -p bench -- near-real-time`: how soon it shows what was written
#![allow(clippy::print_stdout, reason = "this program prints a table")]

mod bootstrap;
mod build;
mod cold;
mod figures;
mod fire;
mod fixture;
mod load;
mod near;
mod quota;
mod runtime;
mod search;
mod tls;

use std::path::Path;
use std::process::ExitCode;

use bootstrap::{Bootstrap, Failure, Usage};
use build::Built;
use clap::{Parser, Subcommand};
use figures::Figures;
use fixture::{Fixture, Measured};

/// Measures the cost of each function in the form that Lambda runs.
#[derive(Parser)]
struct Arguments {
    /// How often each bootstrap starts.
    #[arg(long, default_value_t = 60)]
    starts: usize,
    /// How many events each bootstrap gets after its first.
    #[arg(long, default_value_t = 50)]
    warm: usize,
    /// Fails if a goal is missed.
    #[arg(long)]
    check: bool,
    #[command(subcommand)]
    what: Option<What>,
}

/// What is measured, if not the functions.
#[derive(Subcommand)]
enum What {
    /// What a reader waits for a function that starts.
    Cold(cold::Arguments),
    /// What the search finds, where it stands, and what it costs.
    Search(search::Arguments),
    /// How soon the search shows what was written.
    NearRealTime(near::Arguments),
    /// What the library does when many use it at once, and too many.
    Load(load::Arguments),
    /// Whether lists and searches are as quick in a large library as in a small one.
    Sizes(load::sizes::Arguments),
    /// What a request costs the runner.
    Requests(load::requests::Arguments),
    /// What other readers feel of an import.
    BesideImport(load::beside_import::Arguments),
    /// What is left of acknowledged writes while everything around the functions fails.
    Faults(fire::faults::Arguments),
    /// What is left of acknowledged writes when the whole library is killed, and how soon it answers again.
    Kills(fire::kills::Arguments),
}

/// The resources that a bootstrap used in one run.
struct Run {
    /// Until it asked for its first event.
    init: Usage,
    /// For the first event.
    first: Usage,
    /// For each event after that.
    warm: Vec<Usage>,
    /// The peak of its memory, in bytes.
    memory: u64,
}

#[tokio::main]
async fn main() -> Result<ExitCode, Failure> {
    if !cfg!(target_os = "linux") {
        return Err("this runs only on Linux, because it reads /proc".into());
    }
    let arguments = Arguments::parse();
    let is_kept = match &arguments.what {
        Some(What::Cold(arguments)) => cold::run(arguments).await?,
        Some(What::Search(arguments)) => search::run(arguments).await?,
        Some(What::NearRealTime(arguments)) => near::run(arguments).await?,
        Some(What::Load(arguments)) => load::run(arguments).await?,
        Some(What::Sizes(arguments)) => load::sizes::run(arguments).await?,
        Some(What::Requests(arguments)) => load::requests::run(arguments).await?,
        Some(What::BesideImport(arguments)) => load::beside_import::run(arguments).await?,
        Some(What::Faults(arguments)) => fire::faults::run(arguments).await?,
        Some(What::Kills(arguments)) => fire::kills::run(arguments).await?,
        None => functions(&arguments).await?,
    };
    Ok(if is_kept { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Returns whether no goal was missed, if that is checked.
async fn functions(arguments: &Arguments) -> Result<bool, Failure> {
    let built = Built::with_cargo()?;
    let fixture = Fixture::start(&built, &[]).await?;
    let functions = fixture::functions()?;
    let mut runs: Vec<Vec<Run>> = functions.iter().map(|_| Vec::new()).collect();
    for _ in 0..arguments.starts {
        for (measured, runs) in functions.iter().zip(&mut runs) {
            let run = run(&fixture, &built.bootstrap(&measured.function), measured, arguments.warm).await;
            runs.push(run.map_err(|failure| format!("{}: {failure}", measured.function))?);
        }
    }
    let figures: Vec<_> = functions
        .iter()
        .zip(&runs)
        .map(|(measured, runs)| Ok(Figures::of(measured, runs, built.zip(&measured.function)?)))
        .collect::<Result<_, Failure>>()?;
    println!("{}", figures::table(&figures));
    println!("Zips are for {}. After one sign-in auth has used {}.", built.ships_for, figures::mega(fixture.signed_in));
    let missed = figures::missed(&figures);
    missed.iter().for_each(|goal| println!("{goal}"));
    Ok(!arguments.check || missed.is_empty())
}

async fn run(fixture: &Fixture, file: &Path, measured: &Measured, warm: usize) -> Result<Run, Failure> {
    let event = fixture.event(&measured.event)?;
    let (mut bootstrap, init) = Bootstrap::start(file, fixture.environment()).await?;
    let mut answers = Vec::new();
    for _ in 0..=warm {
        let (answer, used) = bootstrap.answer(&event).await?;
        measured.expect(&answer)?;
        answers.push(used);
    }
    let memory = bootstrap.memory()?;
    let first = answers.remove(0);
    Ok(Run { init, first, warm: answers, memory })
}
