//! A running bootstrap, and what it has used.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};

use crate::runtime::{Runtime, Said};

/// Why nothing could be measured.
pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;

/// How long a bootstrap may take for anything.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long one that has asked for an event may take to be asleep: the kernel adds up what a process used when it stops.
const SETTLED: Duration = Duration::from_millis(1);

/// A running bootstrap. Dropped, it ends.
pub(crate) struct Bootstrap {
    process: Child,
    runtime: Runtime,
    cpu: Duration,
}

/// What something took.
#[derive(Clone, Copy)]
pub(crate) struct Used {
    /// By the clock, with what the database took.
    pub(crate) time: Duration,
    /// Of CPU time, in the function alone.
    pub(crate) cpu: Duration,
}

impl Bootstrap {
    /// Starts the bootstrap in `file`, waits until it asks for its first event, and says what that took.
    ///
    /// # Errors
    /// Where it fails instead.
    pub(crate) async fn start(file: &Path, environment: &[(&str, String)]) -> Result<(Self, Used), Failure> {
        let runtime = Runtime::start().await?;
        let started = Instant::now();
        let process = Command::new(file)
            .env_clear()
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .env("AWS_LAMBDA_RUNTIME_API", &runtime.address)
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(|problem| format!("{}: {problem}", file.display()))?;
        let mut bootstrap = Bootstrap { process, runtime, cpu: Duration::ZERO };
        bootstrap.asked().await?;
        let time = started.elapsed();
        let cpu = bootstrap.more_cpu().await?;
        Ok((bootstrap, Used { time, cpu }))
    }

    /// Has an event answered, and says what that took.
    ///
    /// # Errors
    /// Where it is not answered.
    pub(crate) async fn answer(&mut self, event: &str) -> Result<(Value, Used), Failure> {
        let sent = Instant::now();
        self.runtime.send(event).await;
        let answer = match self.hear().await? {
            Said::Answer(answer) => answer,
            Said::Next => return Err("it asks for an event without having answered the last".into()),
            Said::Error(error) => return Err(error.into()),
        };
        let time = sent.elapsed();
        self.asked().await?;
        Ok((serde_json::from_str(&answer)?, Used { time, cpu: self.more_cpu().await? }))
    }

    /// The most memory that it has had at once, in bytes.
    pub(crate) fn memory(&self) -> Result<u64, Failure> {
        let status = fs::read_to_string(self.file("status")?)?;
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"));
        Ok(1024 * peak.ok_or("the kernel does not tell its memory")?.parse::<u64>()?)
    }

    /// Waits until it asks for an event.
    async fn asked(&mut self) -> Result<(), Failure> {
        match self.hear().await? {
            Said::Next => Ok(()),
            Said::Answer(said) | Said::Error(said) => Err(format!("it asks for no event but says {said}").into()),
        }
    }

    async fn hear(&mut self) -> Result<Said, Failure> {
        tokio::select! {
            said = timeout(PATIENCE, self.runtime.hear()) => Ok(said.map_err(|_| "it says nothing any more")?),
            ended = self.process.wait() => Err(format!("it ended: {}", ended?).into()),
        }
    }

    /// The CPU time that its threads have had since this was last asked, by the kernel's account of them.
    async fn more_cpu(&mut self) -> Result<Duration, Failure> {
        sleep(SETTLED).await;
        let mut nanoseconds = 0;
        for thread in fs::read_dir(self.file("task")?)? {
            match fs::read_to_string(thread?.path().join("schedstat")) {
                Ok(account) => nanoseconds += account.split(' ').next().unwrap_or_default().parse::<u64>()?,
                // It has just ended.
                Err(problem) if problem.kind() == ErrorKind::NotFound => {}
                Err(problem) => return Err(problem.into()),
            }
        }
        let before = std::mem::replace(&mut self.cpu, Duration::from_nanos(nanoseconds));
        Ok(self.cpu.saturating_sub(before))
    }

    fn file(&self, name: &str) -> Result<String, Failure> {
        Ok(format!("/proc/{}/{name}", self.process.id().ok_or("it ended")?))
    }
}
