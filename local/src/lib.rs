//! Carrel on a laptop: the whole library in one process, with nothing installed but Rust.
//!
//! - [`template`]: what `template.yaml` says, the only list of routes, tables and usage plans
//! - [`database`]: the embedded DynamoDB
//! - `gateway`, `routes`, `event`, `answer`: API Gateway, as far as a client or a function can tell
//! - [`plans`]: its usage plans
//! - `function`: Lambda
//! - `streams`, `dead_letters`: its event source mappings, which hand a table's changes to a function
//! - `schedules`: EventBridge
//! - `carrel`, `secrets`: the functions, as they run on Lambda
//! - [`cloud`]: what functions call in AWS, for those that run outside of this program
//! - `live`: its WebSockets
//! - `ses`, `mailbox`: the letters that the cloud would send
//! - `catalogue`: the books of the first start
//! - [`signals`]: how it is asked to end
//! - [`monitor`]: a client, which tells on a terminal what happens in a library, near or far
//!
//! ```text
//! client → gateway → event → function (the same router as on Lambda) → SDK → database
//! database → streams → event → function → SES → mailbox
//! ```

mod answer;
mod carrel;
mod catalogue;
pub mod cloud;
pub mod database;
mod dead_letters;
mod error;
mod event;
mod folder;
mod function;
mod gateway;
mod kept;
mod live;
mod mailbox;
pub mod monitor;
pub mod openapi;
pub mod plans;
mod routes;
mod schedules;
mod secrets;
mod secrets_manager;
mod ses;
pub mod signals;
mod streams;
pub mod template;

use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use auth::Auth;
use axum::body::Body;
use axum::http::{Request, Response};
use shared::runtime::app::{Clock, Settings};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub use carrel::{Carrel, Place, default_settings};
pub use database::{Data, Database};
pub use error::{Error, Result};
pub use function::{Functions, Handler};
use gateway::Gateway;
use kept::Kept;
use live::Sockets;
use plans::Plans;
use schedules::Schedules;
pub use secrets::{rotate_keys, secrets};
use serde_json::Value;
use streams::{Pace, Streams, Surroundings};
use template::Template;

/// How the library runs. The default suits tests: in memory, on free ports, without limits and without a word.
#[derive(Clone)]
pub struct Options {
    /// The gateway's port; 0 takes a free one.
    pub port: u16,
    /// The embedded DynamoDB's port; 0 takes a free one.
    pub dynamodb_port: u16,
    /// Where the data lives.
    pub data: Data,
    /// Whether the template's usage plans hold.
    pub usage_plans: bool,
    /// Whether each request is told in a line on standard error.
    pub access_log: bool,
    /// What the template's parameters say. The default is theirs, but for the websites: there are none.
    pub settings: Settings,
    /// The functions' clock. A test keeps a clone, to move it on.
    pub clock: Clock,
    /// How long until a stream that had nothing new is looked at again.
    pub poll_interval: Duration,
    /// How long until a function that failed on a stream's records is handed them again. After each further failure it
    /// is twice as long.
    pub retry_pause: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            port: 0,
            dynamodb_port: 0,
            data: Data::Memory,
            usage_plans: false,
            access_log: false,
            settings: default_settings(),
            clock: Clock::system(),
            poll_interval: Duration::from_millis(50),
            retry_pause: Duration::from_millis(100),
        }
    }
}

/// A running library. Dropped, it stops in its own time; [`Local::stop`] waits until it has.
pub struct Local {
    url: String,
    mailbox: String,
    data: Data,
    gateway: Arc<Gateway>,
    sockets: Option<Arc<Sockets>>,
    auth: Auth,
    streams: Streams,
    schedules: Schedules,
    database: Database,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<std::io::Result<()>>,
}

/// How long running requests may hold up the end, and afterwards running schedules, and what waits in a stream.
const DRAIN: Duration = Duration::from_secs(5);

impl Local {
    /// Starts the library: its database, the functions on it, and the gateway in front of them.
    ///
    /// Everything but the database runs on the tokio runtime that this is called on.
    ///
    /// # Errors
    /// Where a port or the data folder is taken, or the template names a function that is not there.
    pub async fn start(options: Options) -> Result<Self> {
        let (data, clock) = (options.data.clone(), options.clock.clone());
        let carrel = async |database: &Database, place: Place| {
            Carrel::on(database.endpoint(), &secrets(&data)?, place, clock).await
        };
        Self::start_with(options, carrel).await
    }

    /// The same, with functions that `carrel` makes once the database runs: with something between
    /// them, say. The options' clock is for it to use.
    ///
    /// # Errors
    /// As [`Local::start`], and whatever `carrel` fails with.
    pub async fn start_with(
        options: Options,
        carrel: impl AsyncFnOnce(&Database, Place) -> Result<Carrel>,
    ) -> Result<Self> {
        let template = Template::for_origins(&options.settings.allowed_origins)?;
        Self::start_from(&template, options, carrel).await
    }

    async fn start_from(
        template: &Template,
        options: Options,
        carrel: impl AsyncFnOnce(&Database, Place) -> Result<Carrel>,
    ) -> Result<Self> {
        let mut settings = options.settings;
        let listener = listen(LOOPBACK, options.port, "--port")?;
        let database = listen(LOOPBACK, options.dynamodb_port, "--dynamodb-port")?;
        let database = Database::start(database, &options.data, &template.tables)?;
        let address = listener.local_addr().and_then(|address| listener.set_nonblocking(true).map(|()| address));
        let address = address.map_err(Error::io("the gateway's port"))?;
        let origin = format!("http://{address}");
        let url = format!("{origin}/{}", template.api.stage);
        if settings.site_url.is_empty() {
            settings.site_url = format!("{origin}/dev");
        }
        let place = Place::at(&origin, settings);
        // Boxed: starting is a deep stack of futures, deeper than the compiler looks.
        let Carrel { functions, handlers, auth } = Box::pin(carrel(&database, place)).await?;
        let kept = |name: &str| options.data.file(name);
        let mails = Arc::new(Kept::open(kept("mail.jsonl")).map_err(Error::io("mail.jsonl in the data folder"))?);
        let dead_letters = Kept::open(kept("dead-letters.jsonl"));
        let dead_letters = Arc::new(dead_letters.map_err(Error::io("dead-letters.jsonl in the data folder"))?);
        let sockets = template.sockets.as_ref().map(|api| Sockets::new(api, &handlers)).transpose()?;
        let beside = mailbox::router(Arc::clone(&mails), url.clone())
            .merge(ses::router(mails))
            .merge(dead_letters::router(Arc::clone(&dead_letters)));
        let beside = sockets.iter().fold(beside, |beside, sockets| beside.merge(sockets.router()));
        let plans = options.usage_plans.then(|| Plans::new(&template.plans));
        let gateway = Arc::new(Gateway::new(template, functions, plans, options.access_log)?);
        let (stop, stopped) = oneshot::channel();
        // An error means that the other half was dropped: an end as well.
        let serving = Arc::clone(&gateway).serve(listener, beside, {
            let sockets = sockets.clone();
            async {
                drop(stopped.await);
                // Also where nobody waits for it.
                if let Some(sockets) = sockets {
                    tokio::spawn(async move { sockets.close_all().await });
                }
            }
        });
        let serving = tokio::spawn(serving);
        // Only now: what consumes a stream may call what is served beside.
        let around = Surroundings {
            engine: database.engine(),
            handlers: &handlers,
            data: &options.data,
            dead_letters: &dead_letters,
            pace: Pace { poll_interval: options.poll_interval, retry_pause: options.retry_pause },
            log: options.access_log,
        };
        Ok(Local {
            url,
            mailbox: format!("http://{address}/dev/mail"),
            streams: Streams::start(&template.mappings, &around)?,
            schedules: Schedules::start(&template.schedules, &handlers, options.access_log)?,
            data: options.data,
            gateway,
            sockets,
            auth,
            database,
            stop,
            serving,
        })
    }

    /// Where the API is, with the stage: `http://127.0.0.1:9000/v1`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where the letters are that the cloud would send: `http://127.0.0.1:9000/dev/mail`.
    pub fn mailbox(&self) -> &str {
        &self.mailbox
    }

    /// The embedded DynamoDB.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// Makes an administrator, if nobody has that email, and says whether it did.
    ///
    /// # Errors
    /// Where the database fails, or the email is none.
    pub async fn create_admin(&self, email: &str, password: &str) -> Result<bool> {
        carrel::create_admin(&self.auth, email, password).await
    }

    /// Answers a request as a client's would be, without a connection and on nobody's usage plan.
    pub async fn send(&self, request: Request<Body>) -> Response<Body> {
        self.gateway.send(request).await
    }

    /// Waits until everything that was written before has been handed to the functions that consume it, and is done with or
    /// among the dead letters.
    pub async fn drained(&self) {
        self.streams.drained().await;
    }

    /// Calls a function at once as its schedules would, and gives what it answered to each.
    ///
    /// # Errors
    /// What the function says, or that it has no schedule.
    pub async fn run_schedule(&self, binary: &str) -> Result<Vec<Value>, String> {
        self.schedules.run(binary).await
    }

    /// Turns clients away, lets running requests finish, ends the schedules, hands over what waits in the streams, each for
    /// at most five seconds, and closes the database.
    pub async fn stop(mut self) {
        // Whatever takes longer is left to the next start.
        let _ = tokio::time::timeout(DRAIN, self.gateway.close()).await;
        let _ = tokio::time::timeout(DRAIN, self.schedules.stop()).await;
        let _ = tokio::time::timeout(DRAIN, self.streams.drained()).await;
        let _ = tokio::time::timeout(DRAIN, self.streams.stop()).await;
        drop(self.stop);
        if let Some(sockets) = &self.sockets {
            sockets.close_all().await;
        }
        if tokio::time::timeout(DRAIN, &mut self.serving).await.is_err() {
            self.serving.abort();
        }
        let database = self.database;
        // The thread has printed its panic, if it had one.
        let _ = tokio::task::spawn_blocking(|| database.stop()).await;
    }
}

/// Where nobody but this machine's programs can ask.
const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

fn listen(address: IpAddr, port: u16, flag: &'static str) -> Result<TcpListener> {
    TcpListener::bind((address, port)).map_err(|problem| match problem.kind() {
        ErrorKind::AddrInUse => Error::PortTaken { port, flag },
        _ => Error::io(format!("port {port} of {address}"))(problem),
    })
}

#[cfg(test)]
mod tests;
