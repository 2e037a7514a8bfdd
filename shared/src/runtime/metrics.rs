//! Metrics for CloudWatch: a log line in the embedded metric format
//! (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>)
//! for every event in which something was counted. It needs no call to CloudWatch, and nothing is counted outside Lambda.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use metrics_cloudwatch_embedded::{Builder, Collector};

use crate::runtime::environment;

/// A user signed in.
pub const SIGN_INS: &str = "SignIns";
/// A reader reserved a book.
pub const RESERVATIONS: &str = "Reservations";
/// A letter was sent.
pub const LETTERS: &str = "Letters";
/// SES did not take a letter, which is tried again later.
pub const LATE_LETTERS: &str = "LateLetters";
/// A row of the journal is parked until an operator has it tried again, or a book could not be indexed. Each is a failure that nobody
/// notices otherwise.
pub const FAILED_ROWS: &str = "FailedRows";
/// A row of the journal says that a book has changed, so the indexer must get it.
pub const BOOK_CHANGES: &str = "BookChanges";
/// A function answered with 429. The 429s of usage plans are not counted.
pub const THROTTLED: &str = "Throttled";

/// An item of the sweep failed.
pub const SWEEP_FAILURES: &str = "SweepFailures";

/// An event was the first of its process.
const COLD_STARTS: &str = "ColdStarts";

const NAMESPACE: &str = "Carrel";

static COLLECTOR: OnceLock<&'static Collector> = OnceLock::new();
/// Whether the process has had no event yet.
static COLD: AtomicBool = AtomicBool::new(true);

/// Starts counting, for the function that Lambda runs.
pub(crate) fn start() {
    let function = environment::FUNCTION_NAME.get().unwrap_or_default();
    let built = Builder::new().cloudwatch_namespace(NAMESPACE).with_dimension("Function", function).init();
    match built {
        Ok(collector) => drop(COLLECTOR.set(collector)),
        Err(error) => tracing::error!(error = %error, "starting the metrics failed"),
    }
}

/// Marks the beginning of an event, and returns whether it is the first of the process.
pub(crate) fn begin_event() -> bool {
    let first = COLD.swap(false, Ordering::Relaxed);
    if first {
        count(COLD_STARTS);
    }
    first
}

/// Increments the counter `what`.
pub fn count(what: &'static str) {
    count_many(what, 1);
}

/// Adds `many` to the counter `what`, also if it is zero.
pub fn count_many(what: &'static str, many: usize) {
    metrics::counter!(what).increment(many as u64);
}

/// Writes the counts since the last call. Must be called before an event ends, because Lambda may freeze the process
/// then.
pub(crate) fn write() {
    if let Some(collector) = COLLECTOR.get() {
        // An error means that the log cannot be written, so it cannot be logged.
        let _ = collector.flush(std::io::stdout().lock());
    }
}
