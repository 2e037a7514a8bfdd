//! The log of a function: JSON lines with Lambda's field names (`timestamp`, `level`, `message`).

use std::error::Error as StdError;
use std::panic::{self, PanicHookInfo};

use tracing::Subscriber;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::MakeWriter;

use crate::runtime::environment;

/// Logs to `writer`, from the level in `AWS_LAMBDA_LOG_LEVEL` on, or else from `INFO`. Only the first call has an
/// effect.
pub fn log_to<W>(writer: W)
where
    W: for<'writer> MakeWriter<'writer> + Send + Sync + 'static,
{
    let level = environment::LOG_LEVEL.get().and_then(|level| level.parse().ok());
    // Fails if there is a subscriber already.
    let _ = tracing::subscriber::set_global_default(lines(writer, level.unwrap_or(LevelFilter::INFO)));
}

/// Logs only errors to `writer`. Only the first call of this or of [`log_to`] has an effect.
pub fn log_failures_to<W>(writer: W)
where
    W: for<'writer> MakeWriter<'writer> + Send + Sync + 'static,
{
    let _ = tracing::subscriber::set_global_default(lines(writer, LevelFilter::ERROR));
}

/// Returns a subscriber that writes each event of this level, or a more severe one, as a line of JSON.
fn lines<W>(writer: W, level: LevelFilter) -> impl Subscriber + Send + Sync
where
    W: for<'writer> MakeWriter<'writer> + Send + Sync + 'static,
{
    let log = tracing_subscriber::fmt().json().flatten_event(true).with_current_span(false).with_span_list(false);
    log.with_target(false).with_max_level(level).with_writer(writer).finish()
}

/// Logs panics as JSON lines, instead of as text on standard error. A handler's panic is in the line of its request.
pub fn log_panics() {
    panic::set_hook(Box::new(|panic: &PanicHookInfo<'_>| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(error = panic.payload_as_str(), place, "panicked");
    }));
}

/// Returns an error and its causes in one line. An SDK error's own message does not include the causes. A cause that
/// the message before it ends with is left out.
pub fn chain(error: &(dyn StdError + 'static)) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        if !line.ends_with(&text) {
            line = format!("{line}: {text}");
        }
        cause = error.source();
    }
    line
}

#[cfg(test)]
pub(crate) mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use serde_json::Value;
    use tracing::subscriber::DefaultGuard;
    use tracing_subscriber::fmt::MakeWriter;

    use super::{LevelFilter, chain, lines};
    use crate::tables::Fault;

    /// A log in memory.
    #[derive(Clone, Default)]
    pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

    impl Log {
        /// Returns a log that this thread writes to until the guard is dropped.
        pub(crate) fn of_this_thread() -> (Self, DefaultGuard) {
            let log = Log::default();
            let guard = tracing::subscriber::set_default(lines(log.clone(), LevelFilter::INFO));
            (log, guard)
        }

        /// Returns the lines so far.
        pub(crate) fn lines(&self) -> Vec<Value> {
            let text = String::from_utf8(self.0.lock().expect("no writer panics").clone()).expect("text");
            text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
        }
    }

    impl Write for Log {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().expect("no writer panics").write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    impl MakeWriter<'_> for Log {
        type Writer = Log;

        fn make_writer(&self) -> Log {
            self.clone()
        }
    }

    #[test]
    fn fc6_a_panic_is_a_line_of_json_with_its_level_and_its_cause() {
        let (log, _logging) = Log::of_this_thread();
        let before = std::panic::take_hook();
        super::log_panics();
        let panicked = std::panic::catch_unwind(|| panic!("on purpose"));
        std::panic::set_hook(before);
        assert!(panicked.is_err());
        let lines = log.lines();
        assert_eq!((&lines[0]["level"], &lines[0]["error"]), (&"ERROR".into(), &"on purpose".into()));
        assert!(lines[0]["place"].as_str().is_some_and(|place| place.contains("log.rs:")), "{lines:?}");
    }

    #[test]
    fn an_error_is_logged_with_all_its_causes() {
        let cause = Fault::Busy(Box::new(Fault::Broken("no route to host".into())));
        assert_eq!(chain(&cause), format!("{cause}: {}: no route to host", Fault::Broken("".into())));
    }

    #[test]
    fn a_cause_that_an_error_repeats_is_shown_once() {
        let error = Fault::Busy(std::io::Error::other(std::io::Error::other("the disk is full")).into());
        assert_eq!(chain(&error), "the database is busy: the disk is full");
    }
}
