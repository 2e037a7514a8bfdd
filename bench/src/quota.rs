//! A share of a core, as Lambda gives it to a function, by the kernel's control groups. Needs root.

use std::fs;
use std::path::{Path, PathBuf};
use std::process;
use std::time::Duration;

use crate::bootstrap::Failure;

/// The time after which a group gets its share anew. AWS does not publish Lambda's; with the kernel's own 100 ms, 128 MB would get 7 ms at
/// once, which is most of a start.
pub(crate) const PERIOD: Duration = Duration::from_millis(20);
/// What gives a function a whole core: <https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html>.
const WHOLE_CORE: f64 = 1_769.0;

/// A group of processes that get no more than their share of a core. It is removed when this is dropped; the processes have ended then.
pub(crate) struct Quota(PathBuf);

impl Quota {
    /// Returns a group with the share of a function of so many megabytes.
    ///
    /// # Errors
    /// If this machine has no control groups, or they are not ours to make.
    pub(crate) fn of_memory(megabytes: f64) -> Result<Self, Failure> {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is less than the period")]
        let quota = (megabytes / WHOLE_CORE * PERIOD.as_secs_f64() * 1e6) as u32;
        let period = PERIOD.as_micros();
        let name = format!("carrel-bench-{}", process::id());
        let (second, first) = (Path::new("/sys/fs/cgroup"), Path::new("/sys/fs/cgroup/cpu"));
        let (folder, settings) = if second.join("cgroup.controllers").exists() {
            (second.join(name), vec![("cpu.max", format!("{quota} {period}"))])
        } else {
            let settings = [("cpu.cfs_period_us", period.to_string()), ("cpu.cfs_quota_us", quota.to_string())];
            (first.join(name), settings.into())
        };
        let said = |problem: std::io::Error| format!("{}: {problem}. It needs root.", folder.display());
        fs::create_dir(&folder).map_err(said)?;
        let group = Quota(folder.clone());
        for (file, setting) in settings {
            fs::write(folder.join(file), setting).map_err(said)?;
        }
        Ok(group)
    }

    /// Moves a process into the group, with all its threads.
    pub(crate) fn admit(&self, process: u32) -> Result<(), Failure> {
        Ok(fs::write(self.0.join("cgroup.procs"), process.to_string())?)
    }
}

impl Drop for Quota {
    fn drop(&mut self) {
        if let Err(problem) = fs::remove_dir(&self.0) {
            eprintln!("{}: {problem}", self.0.display());
        }
    }
}
