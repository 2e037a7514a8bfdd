//! The local runner as a process of its own, and what the kernel says of it.

use std::ffi::OsStr;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use tests::database::Client;
use tests::{Library, Person};
use tokio::process::{Child, Command};
use tokio::time::sleep;

use crate::bootstrap::{Failure, cpu_time};
use crate::build::root;

/// How long a start may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long the lists of the search may take.
const LONGEST: Duration = Duration::from_secs(1_200);

/// A runner on a data folder, which goes with it.
pub(super) struct Server {
    program: PathBuf,
    process: Child,
    folder: PathBuf,
    port: u16,
    dynamodb_port: u16,
}

/// What the process has at a moment.
#[derive(Clone, Copy)]
pub(super) struct Has {
    /// Its resident set, in bytes.
    pub(super) memory: u64,
    /// Its open files that are no sockets.
    pub(super) files: usize,
    pub(super) sockets: usize,
}

impl Server {
    /// Starts a runner without usage plans on an empty folder. Without a `program` it is built, as this program is.
    ///
    /// # Errors
    /// If it cannot be built, or does not start.
    pub(super) async fn start(program: Option<&Path>, most_calls: usize) -> Result<Self, Failure> {
        let program = match program {
            Some(program) => program.to_owned(),
            None => build()?,
        };
        let folder = std::env::temp_dir().join(format!("carrel-load-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        let (port, dynamodb_port) = (free_port()?, free_port()?);
        let process = Command::new(&program)
            .args(["--port", &port.to_string(), "--dynamodb-port", &dynamodb_port.to_string()])
            .args(["--bare", "--no-usage-plans", "--library-address", "127.0.0.0/8", "--loans", "members"])
            .args(["--most-calls", &most_calls.to_string(), "--data"])
            .arg(&folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(folder.join("log"))?)
            .kill_on_drop(true)
            .spawn()?;
        let mut server = Server { program, process, folder, port, dynamodb_port };
        let (begun, http, url) =
            (Instant::now(), tests::client(None), format!("http://127.0.0.1:{}/v1/health", server.port));
        while begun.elapsed() < PATIENCE {
            if let Some(status) = server.process.try_wait()? {
                let log = std::fs::read_to_string(server.folder.join("log")).unwrap_or_default();
                return Err(format!("the runner ended: {status}: {log}").into());
            }
            if http.get(&url).send().await.is_ok_and(|answer| answer.status().is_success()) {
                return Ok(server);
            }
            sleep(Duration::from_millis(20)).await;
        }
        Err("the runner does not start".into())
    }

    /// Returns the library that it serves.
    pub(super) fn library(&self) -> Library {
        Library::at(&format!("http://127.0.0.1:{}/v1", self.port), tests::client(None))
    }

    /// Returns what runs: it can do more than serve.
    pub(super) fn program(&self) -> &Path {
        &self.program
    }

    /// Returns the folder of its data, which ends with it.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Signs its librarian in.
    pub(super) async fn admin(&self) -> Person {
        let stranger = self.library().stranger();
        let (name, password) = local::client::LOCAL_ADMIN;
        stranger.with_tokens(&stranger.logs_in(name, password).await.expect(200))
    }

    /// Returns its DynamoDB.
    ///
    /// # Errors
    /// If its key cannot be read.
    pub(super) fn database(&self) -> Result<Client, Failure> {
        let key = std::fs::read_to_string(self.folder.join("access-key"))?;
        Ok(Client::at(&format!("http://127.0.0.1:{}", self.dynamodb_port), key.trim()))
    }

    /// Has the lists of the search written for all books that have none.
    ///
    /// # Errors
    /// If the database fails.
    pub(super) async fn reindex(&self) -> Result<(), Failure> {
        let key = std::fs::read_to_string(self.folder.join("access-key"))?;
        let endpoint = format!("http://127.0.0.1:{}", self.dynamodb_port);
        let begun = Instant::now();
        // On a busy machine a call takes too long. The next one goes on where this one stopped.
        while let Err(problem) = local::reindex_at(&endpoint, key.trim()).await {
            if begun.elapsed() > LONGEST {
                return Err(problem.into());
            }
        }
        Ok(())
    }

    /// Returns the CPU time of all its threads.
    ///
    /// # Errors
    /// If it has ended.
    pub(super) fn cpu(&self) -> Result<Duration, Failure> {
        let threads = std::fs::read_dir(self.proc_folder()?.join("task"))?;
        threads.map(|thread| cpu_time(&thread?.path())).sum()
    }

    /// Returns what it has now.
    ///
    /// # Errors
    /// If it has ended.
    pub(super) fn has(&self) -> Result<Has, Failure> {
        let process = self.proc_folder()?;
        let status = std::fs::read_to_string(process.join("status"))?;
        let memory =
            status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB")?.parse().ok());
        let (mut files, mut sockets) = (0, 0);
        for file in std::fs::read_dir(process.join("fd"))? {
            match std::fs::read_link(file?.path()) {
                Ok(link) if link.to_string_lossy().starts_with("socket:") => sockets += 1,
                Ok(_) => files += 1,
                // It was closed meanwhile.
                Err(_) => {}
            }
        }
        Ok(Has { memory: memory.unwrap_or(0_u64) << 10, files, sockets })
    }

    /// Returns where the kernel says what the process has.
    fn proc_folder(&self) -> Result<PathBuf, Failure> {
        Ok(PathBuf::from(format!("/proc/{}", self.process.id().ok_or("the runner has ended")?)))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // First the process: it would write on.
        let _ = self.process.start_kill();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

fn build() -> Result<PathBuf, Failure> {
    let program = std::env::current_exe()?;
    // The folder has the name of the profile, but `debug` for `dev`.
    let folder = program.parent().and_then(Path::file_name).and_then(OsStr::to_str).unwrap_or_default();
    let profile = if folder == "debug" { "dev" } else { folder };
    let cargo = std::env::var_os("CARGO").unwrap_or("cargo".into());
    let status = std::process::Command::new(cargo)
        .args(["build", "--quiet", "--locked", "--package", "local", "--profile", profile])
        .current_dir(root())
        .status()?;
    if !status.success() {
        return Err("the runner does not build".into());
    }
    Ok(program.with_file_name("local"))
}
