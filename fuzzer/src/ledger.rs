//! How long a target has run, and how many inputs it had.

use std::fmt;
use std::fs;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

/// What the campaigns of a target have done so far.
#[derive(Default)]
pub(crate) struct Ledger {
    /// For how long it has run in all.
    pub(crate) spent: Duration,
    /// How many changed inputs it had.
    pub(crate) inputs: u64,
    /// How many of them were kept.
    pub(crate) kept: u64,
    /// How long the slowest input took.
    pub(crate) slowest: Duration,
}

impl Ledger {
    /// Reads the ledger in a folder. A folder without a ledger has an empty one.
    ///
    /// # Panics
    /// If it is unreadable: a campaign that began anew would say too little.
    pub(crate) fn read(folder: &Path) -> Self {
        let path = folder.join("ledger.json");
        let Ok(text) = fs::read_to_string(&path) else { return Ledger::default() };
        let value: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let number = |name: &str| value[name].as_u64().unwrap_or_default();
        Ledger {
            spent: Duration::from_millis(number("spentMs")),
            inputs: number("inputs"),
            kept: number("kept"),
            slowest: Duration::from_millis(number("slowestMs")),
        }
    }

    /// Writes the ledger into a folder.
    pub(crate) fn write(&self, folder: &Path) {
        let value = json!({"spentMs": milliseconds(self.spent), "inputs": self.inputs, "kept": self.kept,
            "slowestMs": milliseconds(self.slowest)});
        // Renamed, so that a campaign that is killed meanwhile leaves the old one.
        crate::write(&folder.join("ledger.new"), value.to_string().as_bytes());
        fs::rename(folder.join("ledger.new"), folder.join("ledger.json")).expect("it was written");
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

impl fmt::Display for Ledger {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Ledger { spent, inputs, kept, slowest } = self;
        let rate = *inputs as f64 / spent.as_secs_f64().max(0.001);
        write!(
            formatter,
            "{inputs} inputs in {:.0} s, {rate:.0} a second, {kept} kept, the slowest took {} ms, no finding",
            spent.as_secs_f64(),
            slowest.as_millis()
        )
    }
}
