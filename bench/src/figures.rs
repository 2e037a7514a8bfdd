//! What was measured: medians, in Markdown, and what they should be.

use std::fmt::Write;
use std::time::Duration;

use crate::Run;
use crate::bootstrap::Used;
use crate::stage::Measured;

/// What a function costs.
pub(crate) struct Figures<'a> {
    measured: &'a Measured,
    /// Its zip, in bytes.
    zip: usize,
    init: Used,
    first: Used,
    warm: Used,
    /// The most memory that any run had at once, in bytes.
    memory: u64,
}

impl<'a> Figures<'a> {
    /// The medians of these runs.
    pub(crate) fn of(measured: &'a Measured, runs: &[Run], zip: usize) -> Self {
        Figures {
            measured,
            zip,
            init: median(runs.iter().map(|run| run.init)),
            first: median(runs.iter().map(|run| run.first)),
            warm: median(runs.iter().flat_map(|run| run.warm.iter().copied())),
            memory: runs.iter().map(|run| run.memory).max().unwrap_or_default(),
        }
    }

    fn name(&self) -> &str {
        &self.measured.function
    }
}

fn median(used: impl Iterator<Item = Used> + Clone) -> Used {
    let of = |part: fn(Used) -> Duration| {
        let mut times: Vec<_> = used.clone().map(part).collect();
        times.sort();
        times.get(times.len() / 2).copied().unwrap_or_default()
    };
    Used { time: of(|used| used.time), cpu: of(|used| used.cpu) }
}

/// A line a function; `÷` is its CPU time as a multiple of the first one's.
pub(crate) fn table(figures: &[Figures]) -> String {
    let mut table = "\
| function | event | zip | init | CPU | ÷ | first answer | CPU | ÷ | warm answer | CPU | ÷ | memory |
|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|
"
    .to_owned();
    for one in figures {
        let _ = write!(table, "| {} | {} | {} ", one.name(), one.measured.event, mega(one.zip as u64));
        let first = figures.first().unwrap_or(one);
        for (used, of) in [(one.init, first.init), (one.first, first.first), (one.warm, first.warm)] {
            let _ = write!(table, "| {} | {} | {:.2} ", milli(used.time), milli(used.cpu), ratio(used, of));
        }
        let _ = writeln!(table, "| {} |", mega(one.memory));
    }
    table
}

/// The goals that are missed, a line each.
pub(crate) fn missed(figures: &[Figures]) -> Vec<String> {
    let mut missed = Vec::new();
    for one in figures {
        let init = ratio(one.init, figures.first().unwrap_or(one).init);
        // What site ships, to browsers too, is mostly Swagger UI.
        if one.name() != "site" && one.zip > 2_600_000 {
            missed.push(format!("{}'s zip has {}, and should have 2.60 MB at most", one.name(), mega(one.zip as u64)));
        }
        if init > 1.5 {
            missed.push(format!(
                "{}'s init takes {init:.2} times hello's CPU time, and should take 1.50 at most",
                one.name()
            ));
        }
        if one.memory > 9_000_000 {
            missed.push(format!("{} has {} of memory, and should have 9.00 MB at most", one.name(), mega(one.memory)));
        }
    }
    missed
}

fn ratio(used: Used, of: Used) -> f64 {
    used.cpu.as_secs_f64() / of.cpu.as_secs_f64()
}

fn milli(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1000.0)
}

/// Megabytes, of a million.
#[allow(clippy::cast_precision_loss, reason = "two digits are shown")]
pub(crate) fn mega(bytes: u64) -> String {
    format!("{:.2} MB", bytes as f64 / 1e6)
}
