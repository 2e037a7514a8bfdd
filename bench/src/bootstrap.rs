//! A running bootstrap, and the resources that it uses.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Deserializer, Value};
use tokio::io::AsyncWriteExt;
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};

use crate::quota::{self, Quota};
use crate::runtime::{Message, Runtime};

/// Why the measurement failed.
pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The longest time to wait for a bootstrap.
const PATIENCE: Duration = Duration::from_secs(30);
/// The time after which a bootstrap that asked for an event sleeps. The kernel updates the CPU time of a thread when it
/// sleeps.
const SETTLED: Duration = Duration::from_millis(1);

/// A running bootstrap. It ends when this is dropped.
pub(crate) struct Bootstrap {
    process: Child,
    runtime: Runtime,
    cpu: Duration,
}

/// The time that something took.
#[derive(Clone, Copy)]
pub(crate) struct Usage {
    /// The elapsed time, including the database.
    pub(crate) time: Duration,
    /// The CPU time of the function only.
    pub(crate) cpu: Duration,
}

impl Bootstrap {
    /// Starts the bootstrap in `file`, waits until it asks for its first event, and returns the time that this took.
    ///
    /// # Errors
    /// If it fails.
    pub(crate) async fn start(file: &Path, environment: &[(&str, String)]) -> Result<(Self, Usage), Failure> {
        let runtime = Runtime::start().await?;
        let started = Instant::now();
        let process = spawn(&mut Command::new(file), environment, &runtime)?;
        Self::begun(process, runtime, started).await
    }

    /// Starts the bootstrap in `file` with a share of a core, and else as [`Bootstrap::start`].
    ///
    /// # Errors
    /// If it fails.
    pub(crate) async fn start_within(
        quota: &Quota,
        file: &Path,
        environment: &[(&str, String)],
    ) -> Result<(Self, Usage), Failure> {
        let runtime = Runtime::start().await?;
        // It has its share from its first instruction on: a shell waits in the group, and becomes the bootstrap.
        let mut shell = Command::new("/bin/sh");
        let shell = shell.args(["-c", "read -r _ && exec \"$0\""]).arg(file).stdin(Stdio::piped());
        let mut process = spawn(shell, environment, &runtime)?;
        quota.admit(process.id().ok_or("the shell ended")?)?;
        sleep(2 * quota::PERIOD).await;
        let started = Instant::now();
        process.stdin.take().ok_or("the shell reads nothing")?.write_all(b"\n").await?;
        Self::begun(process, runtime, started).await
    }

    async fn begun(process: Child, runtime: Runtime, started: Instant) -> Result<(Self, Usage), Failure> {
        let mut bootstrap = Bootstrap { process, runtime, cpu: Duration::ZERO };
        bootstrap.wait_for_request().await?;
        let time = started.elapsed();
        let cpu = bootstrap.cpu_since_last_call().await?;
        Ok((bootstrap, Usage { time, cpu }))
    }

    /// Moves it into a group, which gives it a share of a core from now on.
    pub(crate) fn share(&self, quota: &Quota) -> Result<(), Failure> {
        quota.admit(self.process.id().ok_or("it ended")?)
    }

    /// Ends it, and waits until it has.
    pub(crate) async fn end(mut self) -> Result<(), Failure> {
        Ok(self.process.kill().await?)
    }

    /// Sends an event, and returns the answer and the time that it took.
    ///
    /// # Errors
    /// If it is not answered.
    pub(crate) async fn answer(&mut self, event: &str) -> Result<(Value, Usage), Failure> {
        let sent = Instant::now();
        self.runtime.send(event).await;
        let answer = match self.receive().await? {
            Message::Response(answer) => answer,
            Message::Next => return Err("it asked for an event before it answered the last one".into()),
            Message::Error(error) => return Err(error.into()),
        };
        let time = sent.elapsed();
        self.wait_for_request().await?;
        // A streamed answer goes on after its status and headers.
        let head = Deserializer::from_str(&answer).into_iter().next().ok_or("its answer is empty")??;
        Ok((head, Usage { time, cpu: self.cpu_since_last_call().await? }))
    }

    /// Returns the peak of its memory, in bytes.
    pub(crate) fn memory(&self) -> Result<u64, Failure> {
        let status = fs::read_to_string(self.file("status")?)?;
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"));
        Ok(1024 * peak.ok_or("/proc has no VmHWM for it")?.parse::<u64>()?)
    }

    /// Waits until it asks for an event.
    async fn wait_for_request(&mut self) -> Result<(), Failure> {
        match self.receive().await? {
            Message::Next => Ok(()),
            Message::Response(text) | Message::Error(text) => {
                Err(format!("it sent {text} instead of asking for an event").into())
            }
        }
    }

    async fn receive(&mut self) -> Result<Message, Failure> {
        tokio::select! {
            message = timeout(PATIENCE, self.runtime.receive()) => Ok(message.map_err(|_| "it did not answer in time")?),
            ended = self.process.wait() => Err(format!("it ended: {}", ended?).into()),
        }
    }

    /// Returns the CPU time of its threads since the last call, from the kernel's statistics.
    async fn cpu_since_last_call(&mut self) -> Result<Duration, Failure> {
        sleep(SETTLED).await;
        let mut now = Duration::ZERO;
        for thread in fs::read_dir(self.file("task")?)? {
            now += cpu_time(&thread?.path())?;
        }
        let before = std::mem::replace(&mut self.cpu, now);
        Ok(self.cpu.saturating_sub(before))
    }

    fn file(&self, name: &str) -> Result<String, Failure> {
        Ok(format!("/proc/{}/{name}", self.process.id().ok_or("it ended")?))
    }
}

fn spawn(program: &mut Command, environment: &[(&str, String)], runtime: &Runtime) -> Result<Child, Failure> {
    let program = program
        .env_clear()
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .env("AWS_LAMBDA_RUNTIME_API", &runtime.address)
        .stdout(Stdio::null())
        .kill_on_drop(true);
    program.spawn().map_err(|problem| format!("{program:?}: {problem}").into())
}

/// Returns the CPU time of a thread, from the kernel's statistics. `thread` is its folder in `/proc`. A thread that has just ended has
/// none.
///
/// # Errors
/// If the kernel has no such statistics.
pub(crate) fn cpu_time(thread: &Path) -> Result<Duration, Failure> {
    match fs::read_to_string(thread.join("schedstat")) {
        Ok(account) => Ok(Duration::from_nanos(account.split(' ').next().unwrap_or_default().parse()?)),
        Err(problem) if problem.kind() == ErrorKind::NotFound => Ok(Duration::ZERO),
        Err(problem) => Err(problem.into()),
    }
}
