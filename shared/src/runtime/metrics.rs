//! What is counted for CloudWatch: a line of the log in the embedded metric format
//! (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>)
//! for every event in which something was. It costs no call, and nothing at all outside of Lambda.

use std::sync::{Once, OnceLock};

use metrics_cloudwatch_embedded::{Builder, Collector};

use crate::runtime::environment;

/// Somebody signed in.
pub const SIGN_INS: &str = "SignIns";
/// Somebody reserved a book.
pub const RESERVATIONS: &str = "Reservations";
/// A letter was sent.
pub const LETTERS: &str = "Letters";
/// Somebody was told to wait (429): by us, not by a usage plan.
pub const THROTTLED: &str = "Throttled";

/// The first event of a process.
const COLD_STARTS: &str = "ColdStarts";

const NAMESPACE: &str = "Carrel";

static COLLECTOR: OnceLock<&'static Collector> = OnceLock::new();
static FIRST: Once = Once::new();

/// Counts from now on, for the function that Lambda runs.
pub(crate) fn start() {
    let function = environment::FUNCTION_NAME.get().unwrap_or_default();
    let built = Builder::new().cloudwatch_namespace(NAMESPACE).with_dimension("Function", function).init();
    if let Ok(collector) = built {
        let _ = COLLECTOR.set(collector);
    }
}

/// One more of `what`.
pub fn count(what: &'static str) {
    metrics::counter!(what).increment(1);
}

/// Writes what was counted since the last time, at the end of an event: Lambda may freeze the process afterwards.
pub(crate) fn write() {
    if let Some(collector) = COLLECTOR.get() {
        FIRST.call_once(|| count(COLD_STARTS));
        // The log is where failures are told; this is the log.
        let _ = collector.flush(std::io::stdout().lock());
    }
}
