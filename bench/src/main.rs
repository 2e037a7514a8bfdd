//! What each function costs as Lambda runs it: `cargo run -p bench`. On Linux.
//!
//! Builds the functions for release, and beside them a function that does nothing, `bench/hello`. Runs each bootstrap by
//! itself under a small Lambda Runtime API, on the embedded DynamoDB, with an event of `events/`, and prints a table.
//! Only what the bootstraps themselves use is measured, by the kernel's own account of them; they take turns, so that
//! whatever else the machine does hits all of them.
//!
//! - [`build`]: the bootstraps, and the zips that ship
//! - [`stage`]: what the functions find around them: tables with a book and a reader in them, secrets, events
//! - [`bootstrap`]: a running bootstrap, and what it has used
//! - [`runtime`]: the Lambda Runtime API
//! - [`figures`]: what was measured, as a table, and the goals
#![allow(clippy::print_stdout, reason = "the table is what this program is for")]

mod bootstrap;
mod build;
mod figures;
mod runtime;
mod stage;

use std::path::Path;
use std::process::ExitCode;

use bootstrap::{Bootstrap, Failure, Used};
use build::Built;
use clap::Parser;
use figures::Figures;
use stage::{Measured, Stage};

/// Measures what each function costs as Lambda runs it.
#[derive(Parser)]
struct Arguments {
    /// How often each bootstrap is started.
    #[arg(long, default_value_t = 60)]
    starts: usize,
    /// How many events each is sent after its first.
    #[arg(long, default_value_t = 50)]
    warm: usize,
    /// Fails where a goal is missed.
    #[arg(long)]
    check: bool,
}

/// What one bootstrap used in one run.
struct Run {
    /// Until it asked for its first event.
    init: Used,
    /// For the first event.
    first: Used,
    /// For each event after that.
    warm: Vec<Used>,
    /// The most memory that it had at once, in bytes.
    memory: u64,
}

#[tokio::main]
async fn main() -> Result<ExitCode, Failure> {
    if !cfg!(target_os = "linux") {
        return Err("this runs on Linux alone: nowhere else does the kernel tell in /proc what a process used".into());
    }
    let arguments = Arguments::parse();
    let built = Built::with_cargo()?;
    let stage = Stage::set(&built).await?;
    let functions = stage::functions()?;
    let mut runs: Vec<Vec<Run>> = functions.iter().map(|_| Vec::new()).collect();
    for _ in 0..arguments.starts {
        for (measured, runs) in functions.iter().zip(&mut runs) {
            let run = run(&stage, &built.bootstrap(&measured.function), measured, arguments.warm).await;
            runs.push(run.map_err(|failure| format!("{}: {failure}", measured.function))?);
        }
    }
    let figures: Vec<_> = functions
        .iter()
        .zip(&runs)
        .map(|(measured, runs)| Ok(Figures::of(measured, runs, built.zip(&measured.function)?)))
        .collect::<Result<_, Failure>>()?;
    println!("{}", figures::table(&figures));
    println!("Zips are for {}. After one sign-in auth has had {}.", built.ships_for, figures::mega(stage.signed_in));
    let missed = figures::missed(&figures);
    missed.iter().for_each(|goal| println!("{goal}"));
    Ok(if arguments.check && !missed.is_empty() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

async fn run(stage: &Stage, file: &Path, measured: &Measured, warm: usize) -> Result<Run, Failure> {
    let event = stage.event(&measured.event)?;
    let (mut bootstrap, init) = Bootstrap::start(file, stage.environment()).await?;
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
