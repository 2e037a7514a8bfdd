//! The log of a function: JSON lines with the names that Lambda knows (`timestamp`, `level`, `message`).

use std::error::Error as StdError;
use std::panic::{self, PanicHookInfo};

use tracing::Subscriber;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::MakeWriter;

/// Logs to `writer` from the level that a function's settings name (`AWS_LAMBDA_LOG_LEVEL`), else `INFO`. The first call
/// decides.
pub fn log_to<W>(writer: W)
where
    W: for<'writer> MakeWriter<'writer> + Send + Sync + 'static,
{
    // A second call finds a subscriber, which stays.
    let _ = tracing::subscriber::set_global_default(lines(writer));
}

/// Writes each event as a line of JSON.
pub(crate) fn lines<W>(writer: W) -> impl Subscriber + Send + Sync
where
    W: for<'writer> MakeWriter<'writer> + Send + Sync + 'static,
{
    let level = std::env::var("AWS_LAMBDA_LOG_LEVEL").ok().and_then(|level| level.parse().ok());
    let log = tracing_subscriber::fmt().json().flatten_event(true).with_current_span(false).with_span_list(false);
    log.with_target(false).with_max_level(level.unwrap_or(LevelFilter::INFO)).with_writer(writer).finish()
}

/// Logs panics as lines like all others, instead of as text on standard error. A panic of a handler is in its request's
/// line.
pub fn log_panics() {
    panic::set_hook(Box::new(|panic: &PanicHookInfo<'_>| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(error = panic.payload_as_str(), place, "panicked");
    }));
}

/// An error and its causes in one line. The SDK's own messages name only the outermost.
pub fn chain(error: &(dyn StdError + 'static)) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        line = format!("{line}: {error}");
        cause = error.source();
    }
    line
}

#[cfg(test)]
mod tests {
    use super::chain;
    use crate::tables::Fault;

    #[test]
    fn an_error_is_told_with_all_its_causes() {
        let cause = Fault::Busy(Box::new(Fault::Broken("no route to host".into())));
        assert_eq!(chain(&cause), format!("{cause}: {}: no route to host", Fault::Broken("".into())));
    }
}
