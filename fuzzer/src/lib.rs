//! A small fuzzer on the stable toolchain: [`fuzz`] changes inputs at random and gives them to what reads them.
//!
//! In the ordinary tests it tries a fixed number of inputs from a fixed seed, so a finding comes again. With `FUZZ_SECONDS`
//! it goes on until each target has run for so long in all: a ledger in `target/fuzz` says how long it has, so a run that was
//! interrupted goes on where it stopped.
//!
//! It does not see which code an input reaches, as fuzzers with an instrumented build do. It sees the answer: an input with an
//! answer that no input had before is changed further.

#![allow(clippy::print_stdout, reason = "a campaign says what it has done")]

mod bytes;
mod json;
mod ledger;
mod random;

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use std::{env, fs};

pub use bytes::changed as changed_bytes;
pub use json::changed as changed_json;
use ledger::Ledger;
pub use random::Random;

/// The most inputs that are kept because of their answers.
const MOST_KEPT: usize = 5_000;
/// The most bytes of an input that is kept. Changes make inputs longer and longer.
const LONGEST_KEPT: usize = 1 << 16;
/// How often the ledger is written.
const WRITTEN_EVERY: Duration = Duration::from_secs(5);

/// What is fuzzed.
pub struct Target<'a> {
    /// Its name, of letters and hyphens. The files of `fuzzer/corpus/<name>` are seeds as well.
    pub name: &'a str,
    /// How many inputs the ordinary tests try.
    pub cases: u64,
    /// Makes a new input of the seeds: [`changed_bytes`] or [`changed_json`].
    pub change: fn(&mut Random, &[Vec<u8>]) -> Vec<u8>,
    /// What is changed. Each is tried as it is, too.
    pub seeds: Vec<Vec<u8>>,
}

/// Gives the seeds and changed inputs to `answer`, which panics if something is wrong. What it returns tells which inputs are
/// worth to be changed further: those that are answered as none before.
///
/// # Panics
/// If an input is answered wrongly. It is in a file then, which the message names.
pub fn fuzz<A: Hash>(target: &Target<'_>, mut answer: impl FnMut(&[u8]) -> A) {
    let mut inputs = target.seeds.clone();
    inputs.extend(files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target.name)));
    let mut seen = HashSet::new();
    for input in &inputs {
        seen.insert(tried(target, input, &mut answer));
    }
    match env::var("FUZZ_SECONDS") {
        Err(_) => {
            let mut random = Random::new(7);
            for _ in 0..target.cases {
                let input = (target.change)(&mut random, &inputs);
                keep(&mut seen, tried(target, &input, &mut answer), &mut inputs, input);
            }
        }
        Ok(seconds) => {
            let seconds = seconds.parse().expect("FUZZ_SECONDS is a number of seconds");
            campaign(target, Duration::from_secs(seconds), inputs, seen, &mut answer);
        }
    }
}

/// Goes on where the ledger says, until the target has run for `until` in all.
fn campaign<A: Hash>(
    target: &Target<'_>,
    until: Duration,
    mut inputs: Vec<Vec<u8>>,
    mut seen: HashSet<u64>,
    answer: &mut impl FnMut(&[u8]) -> A,
) {
    let folder = folder().join(target.name);
    let mut ledger = Ledger::read(&folder);
    let kept = files(&folder.join("kept"));
    seen.extend(kept.iter().map(|input| tried(target, input, answer)));
    inputs.extend(kept);
    let mut written = Instant::now();
    while ledger.spent < until {
        let started = Instant::now();
        let mut random = Random::new(hash(&target.name).wrapping_add(ledger.inputs));
        let input = (target.change)(&mut random, &inputs);
        let tried_at = Instant::now();
        let answered = tried(target, &input, answer);
        ledger.slowest = ledger.slowest.max(tried_at.elapsed());
        if let Some(kept) = keep(&mut seen, answered, &mut inputs, input) {
            write(&folder.join("kept").join(format!("{answered:016x}")), kept);
            ledger.kept += 1;
        }
        ledger.inputs += 1;
        ledger.spent += started.elapsed();
        if written.elapsed() > WRITTEN_EVERY {
            ledger.write(&folder);
            written = Instant::now();
        }
    }
    ledger.write(&folder);
    println!("{}: {ledger}", target.name);
}

/// Keeps an input with a new answer, and returns it.
fn keep<'a>(
    seen: &mut HashSet<u64>,
    answered: u64,
    inputs: &'a mut Vec<Vec<u8>>,
    input: Vec<u8>,
) -> Option<&'a Vec<u8>> {
    if seen.len() >= MOST_KEPT || input.len() > LONGEST_KEPT || !seen.insert(answered) {
        return None;
    }
    inputs.push(input);
    inputs.last()
}

/// Returns the hash of the answer to an input. If the target panics, the input is written into a file, and the panic goes on.
fn tried<A: Hash>(target: &Target<'_>, input: &[u8], answer: &mut impl FnMut(&[u8]) -> A) -> u64 {
    match catch_unwind(AssertUnwindSafe(|| answer(input))) {
        Ok(answer) => hash(&answer),
        Err(panic) => {
            let path = folder().join(target.name).join("findings").join(format!("{:016x}", hash(&input)));
            write(&path, input);
            println!("{}: a finding, the input is in {}", target.name, path.display());
            println!("Moved to fuzzer/corpus/{}, it is tried at every run.", target.name);
            resume_unwind(panic)
        }
    }
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// The folder of what campaigns have found out.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/fuzz")
}

/// Returns the files of a folder, in the order of their names; none if there is no such folder.
fn files(folder: &Path) -> Vec<Vec<u8>> {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    paths
        .into_iter()
        .map(|path| fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
        .collect()
}

fn write(path: &Path, bytes: &[u8]) {
    let folder = path.parent().expect("it is in a folder");
    fs::create_dir_all(folder).and_then(|()| fs::write(path, bytes)).unwrap_or_else(|error| {
        panic!("{}: {error}", path.display());
    });
}

#[cfg(test)]
mod tests {
    use super::{Target, changed_bytes, changed_json, fuzz};

    fn target(change: fn(&mut super::Random, &[Vec<u8>]) -> Vec<u8>, seed: &[u8]) -> Target<'static> {
        Target { name: "its-own-tests", cases: 3_000, change, seeds: vec![seed.to_vec()] }
    }

    /// Three bytes that must come together are found, because each of them alone has an answer of its own.
    #[test]
    #[should_panic(expected = "found")]
    fn an_input_with_a_new_answer_is_changed_further() {
        let wanted = |input: &[u8]| b"\0\xff\x1e".iter().filter(|byte| input.contains(byte)).count();
        fuzz(&target(changed_bytes, b"nothing of it"), |input| {
            let count = wanted(input);
            assert!(count < 3, "found");
            count
        });
    }

    #[test]
    #[should_panic(expected = "found")]
    fn json_within_json_is_changed_and_stays_json() {
        let seed = br#"{"body": "{\"title\": \"Kindred\", \"pages\": 288}", "method": "PUT"}"#;
        fuzz(&target(changed_json, seed), |input| {
            let event: serde_json::Value = serde_json::from_slice(input).unwrap_or_default();
            let body: serde_json::Value =
                serde_json::from_str(event["body"].as_str().unwrap_or_default()).unwrap_or_default();
            assert!(!(body["title"] == "Kindred" && body["pages"].is_array() && event["method"] == "PUT"), "found");
            body["pages"].is_string()
        });
    }

    #[test]
    fn the_same_seed_tries_the_same_inputs() {
        let inputs = || {
            let mut all = Vec::new();
            fuzz(&Target { cases: 50, ..target(changed_bytes, b"Kindred, Octavia E. Butler") }, |input| {
                all.push(input.to_vec());
                input.len()
            });
            all
        };
        assert_eq!(inputs(), inputs());
    }
}
