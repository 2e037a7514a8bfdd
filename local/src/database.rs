//! The embedded DynamoDB, and what it needs around it: a folder that one process uses at a time, indexes on its stream
//! table, and a sweep of expired items.

mod disk;
mod server;
mod streams;
mod tables;
mod tokens;

use std::future::IntoFuture;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use axum::Router;
use shared::runtime::log::chain;
use tokio_util::sync::{CancellationToken, DropGuard};
use uuid::Uuid;

use self::disk::Disk;
use crate::error::{Error, Result};
use crate::folder::Folder;
use crate::secrets;
use crate::template::Table;

/// Where the data lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Data {
    /// In memory: it ends with the process.
    Memory,
    /// In a folder, which is created if it is missing.
    Folder(PathBuf),
}

impl Data {
    /// Returns the folder, if there is one.
    pub(crate) fn folder(&self) -> Option<&Path> {
        match self {
            Data::Memory => None,
            Data::Folder(folder) => Some(folder),
        }
    }
}

/// A running DynamoDB. Dropped, it stops in its own time; [`Database::stop`] waits until it has.
#[derive(Debug)]
pub struct Database {
    endpoint: String,
    access_key: String,
    engine: Engine,
    stop: Option<DropGuard>,
    thread: Option<JoinHandle<()>>,
}

/// The database within this process. The folder is unlocked when the last handle is dropped, after the database is closed.
#[derive(Clone)]
pub(crate) struct Engine {
    // The first field is dropped first.
    /// The connection that writes.
    pub(crate) database: dynoxide::Database,
    /// Where its writes become safe. A database in memory has none.
    disk: Option<Arc<Disk>>,
    file: PathBuf,
    folder: Option<Arc<Folder>>,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("folder", &self.folder.as_deref().map(Folder::path)).finish_non_exhaustive()
    }
}

/// How often expired items and old stream records are removed. DynamoDB itself takes up to days.
const UPKEEP_EVERY: Duration = Duration::from_secs(60);

/// How long running requests may delay the stop.
const DRAIN: Duration = Duration::from_secs(2);

impl Database {
    /// Starts it on `listener`, and creates the `tables` that are missing.
    ///
    /// # Errors
    /// If another process uses the folder, or the folder has other tables than these.
    pub fn start(listener: TcpListener, data: &Data, tables: &[Table]) -> Result<Self> {
        let address = listener.local_addr().and_then(|address| listener.set_nonblocking(true).map(|()| address));
        let address = address.map_err(Error::io("the DynamoDB port"))?;
        let engine = Engine::open(data)?;
        let access_key = secrets::access_key(data)?;
        tables::create(&engine.database, tables, engine.folder.as_deref().map(Folder::path))?;
        let engine = engine.that_writes_together()?;

        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(Error::io("the DynamoDB's runtime"))?;
        let stop = CancellationToken::new();
        // A thread of its own: SQLite blocks, and must not block its clients.
        let router = server::router(engine.clone(), access_key.clone())?;
        let (served, stopping) = (engine.clone(), stop.clone());
        let thread = std::thread::Builder::new().name("dynamodb".into()).spawn(move || {
            runtime.block_on(serve(listener, served.clone(), router, stopping));
            // Every connection has a handle on the database: they go first, then the lock.
            drop(runtime);
            drop(served);
        });
        Ok(Database {
            endpoint: format!("http://{address}"),
            access_key,
            engine,
            stop: Some(stop.drop_guard()),
            thread: Some(thread.map_err(Error::io("the DynamoDB's thread"))?),
        })
    }

    /// Returns its URL: `http://127.0.0.1:8000`.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Returns the access key. Requests without it are refused. The secret key is not checked.
    pub fn access_key(&self) -> &str {
        &self.access_key
    }

    /// Returns the handle that reads its streams.
    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Finishes running requests, for at most two seconds, then closes the files.
    pub fn stop(mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // An error is a panic, which has been printed.
            let _ = thread.join();
        }
    }
}

impl Engine {
    fn open(data: &Data) -> Result<Self> {
        let folder = match data {
            Data::Memory => None,
            Data::Folder(path) => Some(Arc::new(Folder::lock(path)?)),
        };
        let file = match &folder {
            // It has a name, so that a second connection can open it, too.
            None => format!("file:{}?mode=memory&cache=shared", Uuid::new_v4()),
            Some(folder) => folder.database_file().to_string_lossy().into_owned(),
        };
        let file = PathBuf::from(file);
        let database = open(&file)?;
        streams::prepare(&file)?;
        Ok(Engine { database, disk: None, file, folder })
    }

    /// From now on a commit does not wait for the disk: answers do.
    fn that_writes_together(mut self) -> Result<Self> {
        if self.folder.is_some() {
            // That is what dynoxide's method of this name does: every setting as SQLite has it, but for `synchronous = NORMAL`.
            self.database.disable_bulk_loading().map_err(Error::database)?;
            self.disk = Some(Arc::new(Disk::of(&self.file).map_err(Error::io("the database's log"))?));
        }
        Ok(self)
    }

    /// Waits until all that is written now is on the disk.
    pub(crate) fn wait_for_disk(&self) -> std::io::Result<()> {
        self.disk.as_ref().map_or(Ok(()), |disk| disk.wait())
    }

    /// Returns a connection that reads. A connection does one thing at a time, so who reads has another than who writes, and
    /// need not wait: SQLite shows what is committed (<https://www.sqlite.org/wal.html>). A database in memory has one
    /// connection: a second one is refused while the first writes.
    pub(crate) fn reader(&self) -> Result<dynoxide::Database> {
        if self.folder.is_some() { open(&self.file) } else { Ok(self.database.clone()) }
    }

    fn sweep(&self) -> Result<()> {
        self.database.sweep_ttl().map_err(Error::database)?;
        self.folder.as_ref().map_or(Ok(()), |_| streams::trim(&self.file))
    }
}

fn open(file: &Path) -> Result<dynoxide::Database> {
    dynoxide::Database::new(&file.to_string_lossy()).map_err(Error::database)
}

async fn serve(listener: TcpListener, engine: Engine, router: Router, stop: CancellationToken) {
    let listener = match tokio::net::TcpListener::from_std(listener) {
        Ok(listener) => listener,
        Err(problem) => return eprintln!("the embedded DynamoDB: {problem}"),
    };
    let upkeep = tokio::spawn(upkeep(engine));
    let server = axum::serve(listener, router);
    let server = server.with_graceful_shutdown(stop.clone().cancelled_owned()).into_future();
    let overdue = async {
        stop.cancelled().await;
        tokio::time::sleep(DRAIN).await;
    };
    tokio::select! {
        result = server => if let Err(problem) = result { eprintln!("the embedded DynamoDB: {problem}") },
        () = overdue => {}
    }
    upkeep.abort();
}

async fn upkeep(engine: Engine) {
    loop {
        // Sleeps first: a stream record from before the start may still wait to be read.
        tokio::time::sleep(UPKEEP_EVERY).await;
        let engine = engine.clone();
        // On a thread that may block. Between its pages the sweep lets requests pass.
        let swept = tokio::task::spawn_blocking(move || engine.sweep()).await;
        if let Ok(Err(problem)) = swept {
            eprintln!("the sweep: {}", chain(&problem));
        }
    }
}

#[cfg(test)]
mod tests;
