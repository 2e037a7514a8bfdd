//! What functions find around them on a laptop: DynamoDB on one port; on another whatever is served over HTTP. One start and
//! one stop, for the whole runner and for [`crate::cloud`].

use std::future::IntoFuture;
use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::middleware::from_fn;
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::database::{Data, Database};
use crate::error::{Error, Result};
use crate::host;
use crate::records::Records;
use crate::template::Table;
use crate::wire::{Peer, Strict};

/// Reachable for programs on this machine alone.
pub(crate) const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// How long each step of a stop may take.
pub(crate) const DRAIN: Duration = Duration::from_secs(5);

/// A port to listen on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Port {
    /// 0 takes a free one.
    pub(crate) number: u16,
    /// The command-line flag that chooses it.
    pub(crate) flag: &'static str,
}

/// The database and the runner's records, with a listener that does not answer yet.
pub(crate) struct Surroundings {
    pub(crate) database: Database,
    pub(crate) records: Arc<Records>,
    /// Where HTTP is served.
    pub(crate) address: SocketAddr,
    listener: tokio::net::TcpListener,
}

impl Surroundings {
    /// Starts the database with these tables, opens the records, and takes the ports.
    ///
    /// # Errors
    /// If a port or the data folder is taken.
    pub(crate) fn start(address: IpAddr, http: Port, dynamodb: u16, data: &Data, tables: &[Table]) -> Result<Self> {
        let listener = listen(address, http)?;
        let dynamodb = listen(address, Port { number: dynamodb, flag: "--dynamodb-port" })?;
        // The database locks the folder, so it comes before the records.
        let database = Database::start(dynamodb, data, tables)?;
        let records = Arc::new(Records::open(data.folder().map(Path::new))?);
        let failed = || Error::io(format!("the port of {}", http.flag));
        let address = listener.local_addr().map_err(failed())?;
        listener.set_nonblocking(true).map_err(failed())?;
        let listener = tokio::net::TcpListener::from_std(listener).map_err(failed())?;
        Ok(Surroundings { database, records, address, listener })
    }

    /// Returns the URL of what is served over HTTP: `http://127.0.0.1:9000`.
    pub(crate) fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Serves these routes from now on.
    pub(crate) fn serve(self, routes: Router) -> Served {
        let stop = CancellationToken::new();
        let routes = routes.layer(from_fn(host::refuse_foreign));
        let service = routes.into_make_service_with_connect_info::<Peer>();
        let server = axum::serve(Strict(self.listener), service).with_graceful_shutdown(stop.clone().cancelled_owned());
        Served {
            database: self.database,
            stopping: stop.clone(),
            stop: stop.drop_guard(),
            serving: tokio::spawn(server.into_future()),
        }
    }
}

/// The surroundings at work. Dropped, they stop in their own time; [`Served::stop`] waits until they have.
pub(crate) struct Served {
    pub(crate) database: Database,
    /// Cancelled when HTTP is about to stop.
    pub(crate) stopping: CancellationToken,
    stop: DropGuard,
    serving: JoinHandle<std::io::Result<()>>,
}

impl Served {
    /// Finishes running requests, for at most five seconds, then closes the database. `first` is done before, while no new
    /// connection is accepted any more.
    pub(crate) async fn stop(mut self, first: impl Future<Output = ()>) {
        drop(self.stop);
        first.await;
        if tokio::time::timeout(DRAIN, &mut self.serving).await.is_err() {
            self.serving.abort();
        }
        let database = self.database;
        // A panic of the thread has been printed.
        let _ = tokio::task::spawn_blocking(|| database.stop()).await;
    }
}

fn listen(address: IpAddr, port: Port) -> Result<TcpListener> {
    let Port { number, flag } = port;
    TcpListener::bind((address, number)).map_err(|problem| match problem.kind() {
        ErrorKind::AddrInUse => Error::PortTaken { port: number, flag },
        _ => Error::io(format!("port {number} of {address}"))(problem),
    })
}
