//! The runner: its start, what a test can ask of it, and its stop.

use std::collections::HashMap;
use std::sync::Arc;

use auth::Auth;
use axum::body::Body;
use axum::http::{Request, Response};
use serde_json::Value;

use crate::database::{Data, Database};
use crate::deployment::{Deployment, MAIL_SENDER};
use crate::dev;
use crate::error::Result;
use crate::function::Handler;
use crate::functions::{self, Carrel};
use crate::gateway::Gateway;
use crate::live::{self, Sockets};
use crate::log::Log;
use crate::mailbox;
use crate::options::Options;
use crate::plans::Plans;
use crate::records::Records;
use crate::refold::refold;
use crate::reindex::reindex;
use crate::schedules::Schedules;
use crate::secrets::secrets;
use crate::ses::{self, Account};
use crate::streams::{self, Pace, Streams};
use crate::surroundings::{DRAIN, LOOPBACK, Port, Served, Surroundings};
use crate::template::Template;

/// A running library. Dropped, it stops in its own time; [`Local::stop`] waits until it has.
pub struct Local {
    site: String,
    url: String,
    mailbox: String,
    records: Arc<Records>,
    gateway: Arc<Gateway>,
    sockets: Option<Arc<Sockets>>,
    auth: Auth,
    streams: Streams,
    schedules: Schedules,
    handlers: HashMap<String, Handler>,
    served: Served,
}

impl Local {
    /// Starts the library: its database, the functions on it, and the gateway in front of them.
    ///
    /// Everything but the database runs on the tokio runtime of the caller.
    ///
    /// # Errors
    /// If a port or the data folder is taken, or the template names a function that does not exist.
    pub async fn start(options: Options) -> Result<Self> {
        let (data, clock) = (options.data.clone(), options.clock.clone());
        let carrel = async |database: &Database, deployment: Deployment| {
            Carrel::on(database.endpoint(), &secrets(&data)?, deployment, clock).await
        };
        Self::start_with(options, carrel).await
    }

    /// Starts the library with functions that `carrel` starts once the database runs, so that a test can put something
    /// between them. `carrel` uses the options' clock.
    ///
    /// # Errors
    /// As [`Local::start`], and those of `carrel`.
    pub async fn start_with(
        options: Options,
        carrel: impl AsyncFnOnce(&Database, Deployment) -> Result<Carrel>,
    ) -> Result<Self> {
        let template = Template::for_origins(&options.settings.allowed_origins)?;
        functions::check(&template)?;
        Self::start_from(&template, options, carrel).await
    }

    pub(crate) async fn start_from(
        template: &Template,
        options: Options,
        carrel: impl AsyncFnOnce(&Database, Deployment) -> Result<Carrel>,
    ) -> Result<Self> {
        let (mut settings, log) = (options.settings, Log { on: options.access_log });
        let port = Port { number: options.port, flag: "--port" };
        let surroundings = Surroundings::start(LOOPBACK, port, options.dynamodb_port, &options.data, &template.tables)?;
        let (origin, records) = (surroundings.origin(), Arc::clone(&surroundings.records));
        let url = format!("{origin}/{}", template.api.stage);
        if settings.site_url.is_empty() {
            settings.site_url.clone_from(&origin);
        }
        if let Data::Folder(_) = &options.data {
            refold(&surroundings.database, &records).await?;
            reindex(&surroundings.database, &records).await?;
        }
        let deployment = Deployment::at(&origin, settings, surroundings.database.access_key());
        // Boxed: a start is a deep stack of futures, deeper than the compiler looks.
        let started = Box::pin(carrel(&surroundings.database, deployment)).await?;
        let Carrel { functions, handlers, auth } = started;
        let sockets = template.sockets.as_ref().map(|api| Sockets::new(api, &handlers, log)).transpose()?;
        let plans = options.usage_plans.then(|| Plans::new(&template.plans));
        let gateway = Arc::new(Gateway::new(template, &origin, functions, plans, options.most_calls, log)?);
        if !options.opens_at_once {
            gateway.hold();
        }
        let account =
            Account { sender: MAIL_SENDER.to_owned(), sandbox: options.sandbox, policy: template.mail.clone() };
        let mut routes = mailbox::router(Arc::clone(&records))
            .merge(ses::router(Arc::clone(&records), account))
            .merge(streams::dead_letters::router(Arc::clone(&records)));
        if let Some(sockets) = &sockets {
            routes = routes.merge(live::router(Arc::clone(sockets)));
        }
        let served = surroundings.serve(Arc::clone(&gateway).behind(routes));
        if let Some(sockets) = sockets.clone() {
            // A library that is only dropped closes its sockets, too.
            let stopping = served.stopping.clone();
            tokio::spawn(async move {
                stopping.cancelled().await;
                sockets.close_all().await;
            });
        }
        // Last: the functions behind a stream may call what is served.
        let Options { poll_interval, retry_pause, shards, .. } = options;
        let pace = Pace { poll_interval, retry_pause, shards };
        let streams =
            Streams::start(&template.mappings, served.database.engine(), &handlers, Arc::clone(&records), pace, log)?;
        Ok(Local {
            site: origin.clone(),
            url,
            mailbox: format!("{origin}{}", dev::MAIL),
            streams,
            schedules: Schedules::start(&template.schedules, &handlers, log)?,
            handlers,
            records,
            gateway,
            sockets,
            auth,
            served,
        })
    }

    /// Returns the URL of the API, with the stage: `http://127.0.0.1:9000/v1`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns the URL of the website: `http://127.0.0.1:9000`.
    pub fn site(&self) -> &str {
        &self.site
    }

    /// Returns the URL of the mailbox, which has the letters that the cloud would send.
    pub fn mailbox(&self) -> &str {
        &self.mailbox
    }

    /// Returns the embedded DynamoDB.
    pub fn database(&self) -> &Database {
        &self.served.database
    }

    /// Returns the runner's own records.
    pub(crate) fn records(&self) -> &Records {
        &self.records
    }

    /// Returns the gateway.
    pub(crate) fn gateway(&self) -> &Gateway {
        &self.gateway
    }

    /// Creates an administrator, unless the email is taken. Returns whether it did.
    ///
    /// # Errors
    /// If the database fails, or the email is invalid.
    pub async fn create_admin(&self, email: &str, password: &str) -> Result<bool> {
        functions::create_admin(&self.auth, email, password).await
    }

    /// Lets the gateway answer clients, if it does not yet. Until then their requests wait.
    pub fn open(&self) {
        self.gateway.open();
    }

    /// Answers a request as a client's, without a connection and without a usage plan.
    pub async fn send(&self, request: Request<Body>) -> Response<Body> {
        self.gateway.send(request).await
    }

    /// Waits until the functions have handled everything that was written before, or it is among the dead letters.
    pub async fn drained(&self) {
        self.streams.drained().await;
    }

    /// Calls a function now, once for each of its schedules, and returns its answers.
    ///
    /// # Errors
    /// The function's own, or that it has no schedule.
    pub async fn run_schedule(&self, binary: &str) -> Result<Vec<Value>, String> {
        self.schedules.run(binary).await
    }

    /// Calls a function that takes events, as `aws lambda invoke` does, and returns its answer.
    ///
    /// # Errors
    /// The function's own, or that there is no such function.
    pub async fn call(&self, binary: &str, event: Value) -> Result<Value, String> {
        let handler = self.handlers.get(binary).ok_or_else(|| format!("{binary} takes no events"))?;
        handler(event).await
    }

    /// Stops: refuses new requests, finishes running ones, ends the schedules, handles what waits in the streams, closes the
    /// sockets and the database. Each step takes at most five seconds; the next start does what is left.
    pub async fn stop(self) {
        let _ = tokio::time::timeout(DRAIN, self.gateway.close()).await;
        let _ = tokio::time::timeout(DRAIN, self.schedules.stop()).await;
        let _ = tokio::time::timeout(DRAIN, self.streams.drained()).await;
        let _ = tokio::time::timeout(DRAIN, self.streams.stop()).await;
        let close_sockets = async {
            if let Some(sockets) = &self.sockets {
                sockets.close_all().await;
            }
        };
        self.served.stop(close_sockets).await;
    }
}

#[cfg(test)]
mod tests;
