//! Writes reach the disk together.
//!
//! What is acknowledged must be there after a power failure, so it waits for the disk. SQLite does that at each commit, while every other
//! writer waits. Here a commit only appends to SQLite's log (`synchronous = NORMAL`,
//! <https://www.sqlite.org/pragma.html#pragma_synchronous>), and the next writer begins; an answer goes out once the log is on the
//! disk, with all that was written meanwhile.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// SQLite's log, and how much of it is on the disk.
pub(crate) struct Disk {
    log: File,
    /// How many have asked for what is in the log to be on the disk.
    asked: AtomicU64,
    /// How many of them have got it. Who holds it waits for the disk.
    safe: Mutex<u64>,
}

impl Disk {
    /// Opens the log of a database that is open.
    pub(super) fn of(database: &Path) -> io::Result<Self> {
        let mut log = database.as_os_str().to_owned();
        log.push("-wal");
        // Windows waits for the disk only through a handle that may write.
        let log = OpenOptions::new().read(true).write(true).open(log)?;
        Ok(Disk { log, asked: AtomicU64::new(0), safe: Mutex::new(0) })
    }

    /// Waits until all that is in the log now is on the disk.
    ///
    /// # Errors
    /// If the disk fails. Nobody knows then what is on it.
    pub(crate) fn wait(&self) -> io::Result<()> {
        let mine = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
        let mut safe = self.safe.lock().unwrap_or_else(PoisonError::into_inner);
        if *safe < mine {
            let all = self.asked.load(Ordering::SeqCst);
            self.log.sync_data()?;
            *safe = all;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::folder::tests::Scratch;

    fn safe(disk: &Disk) -> std::sync::MutexGuard<'_, u64> {
        disk.safe.lock().expect("no test panics with it")
    }

    #[test]
    fn nobody_goes_on_before_what_they_wrote_is_safe() {
        let scratch = Scratch::new();
        let database = scratch.0.join("database");
        std::fs::create_dir_all(&scratch.0).expect("a folder");
        std::fs::write(scratch.0.join("database-wal"), "log").expect("a file");
        let disk = Disk::of(&database).expect("the log is there");
        disk.wait().expect("the disk works");
        assert_eq!(*safe(&disk), 1);
        std::thread::scope(|all| {
            let busy = safe(&disk);
            let write = || {
                disk.wait().expect("the disk works");
                assert!(*safe(&disk) > 1, "it went on too early");
            };
            let waiting: Vec<_> = (0..3).map(|_| all.spawn(write)).collect();
            drop(busy);
            for one in waiting {
                one.join().expect("it ends");
            }
        });
        assert_eq!(*safe(&disk), 4);
    }
}
