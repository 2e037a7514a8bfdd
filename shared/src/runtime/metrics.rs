//! Metrics for CloudWatch: a log line in the embedded metric format
//! (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>)
//! for every event in which something was counted. It costs no call, and nothing at all outside of Lambda.

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
/// A client was told to wait (429) by a function, not by a usage plan.
pub const THROTTLED: &str = "Throttled";

/// The first event of a process.
const COLD_STARTS: &str = "ColdStarts";

const NAMESPACE: &str = "Carrel";

static COLLECTOR: OnceLock<&'static Collector> = OnceLock::new();
/// Whether no event has come yet.
static COLD: AtomicBool = AtomicBool::new(true);

/// Counts from now on, for the function that Lambda runs.
pub(crate) fn start() {
    let function = environment::FUNCTION_NAME.get().unwrap_or_default();
    let built = Builder::new().cloudwatch_namespace(NAMESPACE).with_dimension("Function", function).init();
    match built {
        Ok(collector) => drop(COLLECTOR.set(collector)),
        Err(error) => tracing::error!(error = %error, "nothing is counted"),
    }
}

/// Notes that an event has come. Returns whether it is the process's first.
pub(crate) fn begin_event() -> bool {
    let first = COLD.swap(false, Ordering::Relaxed);
    if first {
        count(COLD_STARTS);
    }
    first
}

/// Counts one more of `what`.
pub fn count(what: &'static str) {
    metrics::counter!(what).increment(1);
}

/// Writes what was counted since the last call, at the end of an event: Lambda may freeze the process afterwards.
pub(crate) fn write() {
    if let Some(collector) = COLLECTOR.get() {
        // A failure could only be logged, and the log is what failed.
        let _ = collector.flush(std::io::stdout().lock());
    }
}
