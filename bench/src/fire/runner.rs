//! The local runner as a process, which is killed.

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use tests::Library;
use tests::database::Client;
use tokio::process::{Child, Command};
use tokio::time::sleep;

use crate::bootstrap::Failure;
use crate::build::root;

/// How long a start may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A runner on a data folder. Whenever it is started, it has the same ports.
pub(crate) struct Runner {
    program: PathBuf,
    folder: PathBuf,
    port: u16,
    dynamodb_port: u16,
    process: Option<Child>,
    is_kept: bool,
}

impl Runner {
    /// Prepares a runner on an empty folder. Without a `program` it is built.
    ///
    /// # Errors
    /// If it cannot be built, or there is no folder.
    pub(crate) fn new(program: Option<&Path>) -> Result<Self, Failure> {
        let program = match program {
            Some(program) => program.to_owned(),
            None => build()?,
        };
        let folder = std::env::temp_dir().join(format!("carrel-kills-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        Ok(Runner { program, folder, port: free_port()?, dynamodb_port: free_port()?, process: None, is_kept: false })
    }

    /// Returns the library that it serves.
    pub(crate) fn library(&self) -> Library {
        Library::at(&format!("http://127.0.0.1:{}/v1", self.port), tests::client(None))
    }

    /// Returns its DynamoDB.
    ///
    /// # Errors
    /// If it was never started.
    pub(crate) fn database(&self) -> Result<Client, Failure> {
        let key = std::fs::read_to_string(self.folder.join("access-key"))?;
        Ok(Client::at(&format!("http://127.0.0.1:{}", self.dynamodb_port), key.trim()))
    }

    /// Returns whether the mailbox has the letter with that id.
    pub(crate) async fn has_letter(&self, id: &str) -> bool {
        let url = format!("http://127.0.0.1:{}/dev/mail/{id}", self.port);
        tests::client(None).get(url).send().await.is_ok_and(|answer| answer.status().is_success())
    }

    /// Starts the process. Returns how long it takes until it answers.
    ///
    /// # Errors
    /// If it does not start.
    pub(crate) async fn start(&mut self) -> Result<Duration, Failure> {
        let begun = Instant::now();
        let ports = [("--port", self.port), ("--dynamodb-port", self.dynamodb_port)];
        let process = Command::new(&self.program)
            .args(ports.iter().flat_map(|(flag, port)| [(*flag).to_owned(), port.to_string()]))
            .args(["--bare", "--no-usage-plans", "--library-address", "127.0.0.0/8", "--loans", "members", "--data"])
            .arg(&self.folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(std::fs::File::options().create(true).append(true).open(self.folder.join("log"))?)
            .kill_on_drop(true)
            .spawn()?;
        let process = self.process.insert(process);
        let http = tests::client(None);
        let url = format!("http://127.0.0.1:{}/v1/health", self.port);
        while begun.elapsed() < PATIENCE {
            if let Some(status) = process.try_wait()? {
                return Err(format!("the runner ended: {status}: {}", self.log()).into());
            }
            if http.get(&url).send().await.is_ok_and(|answer| answer.status().is_success()) {
                return Ok(begun.elapsed());
            }
            sleep(Duration::from_millis(5)).await;
        }
        Err(format!("the runner does not start: {}", self.log()).into())
    }

    /// Kills the process: SIGKILL.
    ///
    /// # Errors
    /// If it has ended before.
    pub(crate) async fn kill(&mut self) -> Result<(), Failure> {
        let mut process = self.process.take().ok_or("the runner does not run")?;
        if let Some(status) = process.try_wait()? {
            return Err(format!("the runner ended by itself: {status}: {}", self.log()).into());
        }
        Ok(process.kill().await?)
    }

    /// Leaves the data folder where it is, and returns its path.
    pub(crate) fn keep(&mut self) -> &Path {
        self.is_kept = true;
        &self.folder
    }

    /// Returns the end of what it has logged.
    fn log(&self) -> String {
        let log = std::fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(10)..].join("\n")
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        // First the process: it would write on.
        drop(self.process.take());
        if !self.is_kept {
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }
}

fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

fn build() -> Result<PathBuf, Failure> {
    let cargo = std::env::var_os("CARGO").unwrap_or("cargo".into());
    let status = std::process::Command::new(cargo)
        .args(["build", "--quiet", "--locked", "--package", "local"])
        .current_dir(root())
        .status()?;
    if !status.success() {
        return Err("the runner does not build".into());
    }
    // This program is target/debug/bench.
    Ok(std::env::current_exe()?.with_file_name("local"))
}
