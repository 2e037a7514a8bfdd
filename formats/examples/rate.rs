//! Reads files, and prints how many rows a second, and what was wrong with how many:
//! `cargo run --release -p formats --example rate -- FILE…`
#![allow(clippy::print_stdout, reason = "this program prints what it measured")]

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use formats::{HEAD, Plan, Reader, Wishes};

#[derive(Default)]
struct Measured {
    rows: u64,
    failed: u64,
    codes: BTreeMap<&'static str, u64>,
    reading: Duration,
}

fn measure(path: &str, measured: &mut Measured) -> Result<(), Box<dyn std::error::Error>> {
    let mut file = File::open(path)?;
    let mut piece = vec![0; HEAD];
    let mut length = file.read(&mut piece)?;
    let plan = Plan::guess(&piece[..length], false, &Wishes::default()).map_err(|problem| problem.detail)?;
    let mut reader = Reader::new(plan);
    loop {
        let started = Instant::now();
        if length == 0 {
            reader.end();
        }
        reader.push(&piece[..length]);
        while let Some(row) = reader.next_row() {
            measured.rows += 1;
            measured.failed += u64::from(row.read.is_err());
            let codes = row.warnings.iter().chain(row.read.as_ref().err());
            codes.for_each(|problem| *measured.codes.entry(problem.code.word()).or_default() += 1);
        }
        measured.reading += started.elapsed();
        if length == 0 {
            return Ok(());
        }
        length = file.read(&mut piece)?;
    }
}

fn main() -> ExitCode {
    let mut measured = Measured::default();
    for path in std::env::args().skip(1) {
        if let Err(problem) = measure(&path, &mut measured) {
            println!("{path}: {problem}");
            return ExitCode::FAILURE;
        }
    }
    let rate = measured.rows as f64 / measured.reading.as_secs_f64().max(f64::EPSILON);
    println!("{} rows, {} of them failed; {rate:.0} rows/s", measured.rows, measured.failed);
    measured.codes.iter().for_each(|(code, rows)| println!("{rows:>8}  {code}"));
    ExitCode::SUCCESS
}
