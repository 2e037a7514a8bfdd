//! Carrel on a laptop: the whole library in one process, with nothing installed but Rust.
//!
//! - [`template`]: what `template.yaml` says, the only list of routes, tables and usage plans
//! - [`database`]: the embedded DynamoDB
//! - `gateway`, `routes`, `event`, `answer`: API Gateway, as far as a client or a function can tell
//! - [`plans`]: its usage plans
//! - `function`: Lambda
//! - `carrel`, `secrets`: the functions, as they run on Lambda
//! - `mailbox`: the letters that the cloud would send
//! - `catalogue`: the books of the first start
//!
//! ```text
//! client → gateway → event → function (the same router as on Lambda) → SDK → database
//! ```

mod answer;
mod carrel;
mod catalogue;
pub mod database;
mod error;
mod event;
mod folder;
mod function;
mod gateway;
mod mailbox;
pub mod openapi;
pub mod plans;
mod routes;
mod secrets;
pub mod template;

use std::io::ErrorKind;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use auth::Auth;
use axum::body::Body;
use axum::http::{Request, Response};
use shared::app::{Clock, Settings};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub use carrel::{Carrel, default_settings};
pub use database::{Data, Database};
pub use error::{Error, Result};
pub use function::Functions;
use gateway::Gateway;
use mailbox::Mailbox;
use plans::Plans;
pub use secrets::{rotate_keys, secrets};
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
        }
    }
}

/// A running library. Dropped, it stops in its own time; [`Local::stop`] waits until it has.
pub struct Local {
    url: String,
    mailbox: String,
    data: Data,
    gateway: Arc<Gateway>,
    auth: Auth,
    database: Database,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<std::io::Result<()>>,
}

/// How long running requests may hold up the end.
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
        let carrel = async |database: &Database, settings: Settings| {
            Carrel::on(database.endpoint(), &secrets(&data)?, settings, clock).await
        };
        Self::start_with(options, carrel).await
    }

    /// The same, with functions that `carrel` makes of the settings once the database runs: with something between
    /// them, say. The options' clock is for it to use.
    ///
    /// # Errors
    /// As [`Local::start`], and whatever `carrel` fails with.
    pub async fn start_with(
        options: Options,
        carrel: impl AsyncFnOnce(&Database, Settings) -> Result<Carrel>,
    ) -> Result<Self> {
        let mut settings = options.settings;
        let template = Template::for_origins(&settings.allowed_origins)?;
        let listener = listen(options.port, "--port")?;
        let database = listen(options.dynamodb_port, "--dynamodb-port")?;
        let database = Database::start(database, &options.data, &template.tables)?;
        let address = listener.local_addr().and_then(|address| listener.set_nonblocking(true).map(|()| address));
        let address = address.map_err(Error::io("the gateway's port"))?;
        let url = format!("http://{address}/{}", template.api.stage);
        if settings.site_url.is_empty() {
            settings.site_url = format!("http://{address}/dev");
        }
        let site = settings.site_url.clone();
        // Boxed: starting is a deep stack of futures, deeper than the compiler looks.
        let Carrel { functions, auth, letters } = Box::pin(carrel(&database, settings)).await?;
        let mailbox = Mailbox {
            database: carrel::client(database.endpoint()).await,
            table: carrel::names().accounts,
            letters,
            site,
            api: url.clone(),
        };
        let plans = options.usage_plans.then(|| Plans::new(&template.plans));
        let gateway = Arc::new(Gateway::new(&template, functions, plans, options.access_log)?);
        let (stop, stopped) = oneshot::channel();
        // An error means that the other half was dropped: an end as well.
        let mailbox = mailbox::router(mailbox);
        let serving = Arc::clone(&gateway).serve(listener, mailbox, async { drop(stopped.await) });
        Ok(Local {
            url,
            mailbox: format!("http://{address}/dev/mail"),
            data: options.data,
            gateway,
            auth,
            database,
            stop,
            serving: tokio::spawn(serving),
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
        let created = auth::create_local_admin(&self.auth, email, password).await;
        created.map_err(|problem| Error::Database(format!("{email} could not be made an administrator: {problem:?}")))
    }

    /// Answers a request as a client's would be, without a connection and on nobody's usage plan.
    pub async fn send(&self, request: Request<Body>) -> Response<Body> {
        self.gateway.send(request).await
    }

    /// Takes no more connections, lets running requests finish, for at most five seconds, and closes the database.
    pub async fn stop(mut self) {
        drop(self.stop);
        if tokio::time::timeout(DRAIN, &mut self.serving).await.is_err() {
            self.serving.abort();
        }
        let database = self.database;
        // The thread has printed its panic, if it had one.
        let _ = tokio::task::spawn_blocking(|| database.stop()).await;
    }
}

fn listen(port: u16, flag: &'static str) -> Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(|problem| match problem.kind() {
        ErrorKind::AddrInUse => Error::PortTaken { port, flag },
        _ => Error::io(format!("port {port}"))(problem),
    })
}
