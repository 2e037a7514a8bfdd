//! The embedded DynamoDB, and the three things it wants around it: a folder that one process works on at a time,
//! indexes on its stream table, and somebody who sweeps.

mod streams;
mod tables;

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use dynoxide::server::serve_with_shutdown;
use tokio::sync::oneshot;
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::folder::Folder;
use crate::template::Table;

/// Where the data lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Data {
    /// Nowhere: it ends with the process.
    Memory,
    /// In a folder, made where there is none.
    Folder(PathBuf),
}

impl Data {
    /// Where something of that name is kept; in memory, nowhere.
    pub(crate) fn file(&self, name: &str) -> Option<PathBuf> {
        match self {
            Data::Memory => None,
            Data::Folder(folder) => Some(folder.join(name)),
        }
    }
}

/// A running DynamoDB. Dropped, it stops in its own time; [`Database::stop`] waits until it has.
#[derive(Debug)]
pub struct Database {
    endpoint: String,
    engine: Engine,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// A handle on the database for whoever needs it in this process. The folder is free again when the last one is gone,
/// and not before the database is closed.
#[derive(Clone)]
pub(crate) struct Engine {
    // First, so that it is dropped first.
    pub(crate) database: dynoxide::Database,
    folder: Option<Arc<Folder>>,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("folder", &self.folder.as_deref().map(Folder::path)).finish_non_exhaustive()
    }
}

/// How often expired items and old stream records are removed. DynamoDB itself takes up to days.
const UPKEEP_EVERY: Duration = Duration::from_secs(60);

/// How long requests that are being answered may hold up the end.
const DRAIN: Duration = Duration::from_secs(2);

impl Database {
    /// Starts it on `listener`, with `tables` made where they are not there yet.
    ///
    /// # Errors
    /// Where another process works on the folder, or the folder holds other tables than these.
    pub fn start(listener: TcpListener, data: &Data, tables: &[Table]) -> Result<Self> {
        let address = listener.local_addr().and_then(|address| listener.set_nonblocking(true).map(|()| address));
        let address = address.map_err(Error::io("the DynamoDB port"))?;
        let engine = Engine::open(data)?;
        tables::make(&engine.database, tables, engine.folder.as_deref().map(Folder::path))?;

        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(Error::io("the DynamoDB's runtime"))?;
        let (stop, stopped) = oneshot::channel();
        // A thread of its own: SQLite blocks, and must not block who waits for it.
        let served = engine.clone();
        let thread = std::thread::Builder::new().name("dynamodb".into()).spawn(move || {
            let file = served.folder.as_deref().map(Folder::database_file);
            runtime.block_on(serve(listener, served.database.clone(), file, stopped));
            // First every connection's handle on the database, then the lock.
            drop(runtime);
            drop(served);
        });
        Ok(Database {
            endpoint: format!("http://{address}"),
            engine,
            stop: Some(stop),
            thread: Some(thread.map_err(Error::io("the DynamoDB's thread"))?),
        })
    }

    /// Where an SDK finds it: `http://127.0.0.1:8000`.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// What reads its streams.
    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Lets requests that are being answered finish, for at most two seconds, then closes the files.
    pub fn stop(mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // It cannot be told to anyone any more, and the panic has been printed.
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
            // It has a name, so that it can be reached by a second connection, too.
            None => format!("file:{}?mode=memory&cache=shared", Uuid::new_v4()),
            Some(folder) => folder.database_file().to_string_lossy().into_owned(),
        };
        let database = dynoxide::Database::new(&file).map_err(failed)?;
        streams::prepare(Path::new(&file))?;
        Ok(Engine { database, folder })
    }
}

async fn serve(
    listener: TcpListener,
    engine: dynoxide::Database,
    file: Option<PathBuf>,
    stopped: oneshot::Receiver<()>,
) {
    let listener = match tokio::net::TcpListener::from_std(listener) {
        Ok(listener) => listener,
        Err(problem) => return eprintln!("the embedded DynamoDB: {problem}"),
    };
    let upkeep = tokio::spawn(upkeep(engine.clone(), file));
    let (ending, ended) = oneshot::channel();
    let shutdown = async move {
        // An error means that the other half was dropped, which is how it is stopped.
        let _ = stopped.await;
        let _ = ending.send(());
    };
    let server = serve_with_shutdown(listener, engine, shutdown);
    let overdue = async {
        let _ = ended.await;
        tokio::time::sleep(DRAIN).await;
    };
    tokio::select! {
        result = server => if let Err(problem) = result { eprintln!("the embedded DynamoDB: {problem}") },
        () = overdue => {}
    }
    upkeep.abort();
}

async fn upkeep(engine: dynoxide::Database, file: Option<PathBuf>) {
    loop {
        // First of all, so that nothing is removed that was written before the process ended and waits to be read.
        tokio::time::sleep(UPKEEP_EVERY).await;
        let (engine, file) = (engine.clone(), file.clone());
        // On a thread that may block: the sweep steps aside for requests between its pages.
        let swept = tokio::task::spawn_blocking(move || sweep(&engine, file.as_deref())).await;
        if let Ok(Err(problem)) = swept {
            eprintln!("the embedded DynamoDB could not be swept: {problem}");
        }
    }
}

fn sweep(engine: &dynoxide::Database, file: Option<&Path>) -> Result<()> {
    engine.sweep_ttl().map_err(failed)?;
    file.map_or(Ok(()), streams::trim)
}

fn failed(problem: impl std::fmt::Display) -> Error {
    Error::Database(problem.to_string())
}

#[cfg(test)]
mod tests;
