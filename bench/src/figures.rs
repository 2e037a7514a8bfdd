//! The results: a table of medians in Markdown, and the goals.

use std::fmt::Write;
use std::time::Duration;

use crate::Run;
use crate::bootstrap::Usage;
use crate::fixture::Measured;

/// The results of a function.
pub(crate) struct Figures<'a> {
    measured: &'a Measured,
    /// The size of its zip, in bytes.
    zip: usize,
    init: Usage,
    first: Usage,
    warm: Usage,
    /// The highest peak of memory of all runs, in bytes.
    memory: u64,
}

impl<'a> Figures<'a> {
    /// Computes the medians of these runs.
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

fn median(used: impl Iterator<Item = Usage> + Clone) -> Usage {
    let of = |part: fn(Usage) -> Duration| {
        let mut times: Vec<_> = used.clone().map(part).collect();
        times.sort();
        times.get(times.len() / 2).copied().unwrap_or_default()
    };
    Usage { time: of(|used| used.time), cpu: of(|used| used.cpu) }
}

/// Returns the table, with a line for each function. `÷` is its CPU time as a multiple of the baseline's.
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

/// Returns the goals that are missed, with a line for each.
pub(crate) fn missed(figures: &[Figures]) -> Vec<String> {
    let mut missed = Vec::new();
    for one in figures {
        let init = ratio(one.init, figures.first().unwrap_or(one).init);
        if one.zip > 2_600_000 {
            missed.push(format!(
                "the zip of {} has {}, but should have at most 2.60 MB",
                one.name(),
                mega(one.zip as u64)
            ));
        }
        if init > 1.5 {
            missed.push(format!(
                "the init of {} takes {init:.2} times hello's CPU time, but should take at most 1.50 times",
                one.name()
            ));
        }
        if one.memory > 9_000_000 {
            missed.push(format!("{} uses {} of memory, but should use at most 9.00 MB", one.name(), mega(one.memory)));
        }
    }
    missed
}

fn ratio(used: Usage, of: Usage) -> f64 {
    used.cpu.as_secs_f64() / of.cpu.as_secs_f64()
}

fn milli(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1000.0)
}

/// Formats bytes as megabytes of 1,000,000 bytes.
#[allow(clippy::cast_precision_loss, reason = "two digits are shown")]
pub(crate) fn mega(bytes: u64) -> String {
    format!("{:.2} MB", bytes as f64 / 1e6)
}
