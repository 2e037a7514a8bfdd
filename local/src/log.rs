//! The runner's own log: lines on standard error, each with the time of day.

use std::fmt::Arguments;
use std::io::Write;

use jiff::Zoned;

/// Writes the log, or drops it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Log {
    /// Whether lines are written.
    pub(crate) on: bool,
}

impl Log {
    /// Writes a line.
    pub(crate) fn line(self, line: Arguments<'_>) {
        if self.on {
            let time = Zoned::now().strftime("%H:%M:%S");
            // Nobody reads standard error: there is nowhere to report that.
            let _ = writeln!(std::io::stderr().lock(), "{time}  {line}");
        }
    }
}
