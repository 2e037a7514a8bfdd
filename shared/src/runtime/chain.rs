//! Errors with their causes.

use std::error::Error;

/// An error and its causes in one line. The SDK's own messages name only the outermost.
pub fn chain(error: &(dyn Error + 'static)) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        line = format!("{line}: {error}");
        cause = error.source();
    }
    line
}
