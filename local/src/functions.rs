//! The functions as they run on Lambda, started with what the cloud would have given them. [`FUNCTIONS`] lists them all.

use std::collections::HashMap;
use std::sync::Arc;

use auth::{Auth, Secrets};
use axum::Router;
use data::Data;
use dispatch::{Dispatch, Mailer, Monitors};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use indexer::Indexer;
use live::Live;
use metadata::Metadata;
use serde::Serialize;
use serde::de::DeserializeOwned;
use shared::runtime::app::{App, Clock, public_library};
use shared::runtime::log::chain;
use utoipa::openapi::OpenApi;
use web::Web;

use crate::deployment::{Deployment, Environment, LOG_RETENTION, MAIL_SENDER, WEBSITE_KEY, app, config, table_names};
use crate::dev;
use crate::error::{Error, Result};
use crate::template::Template;
use crate::{Functions, Handler};

/// A function of the template: its contract, and how it is started.
pub struct Function {
    /// The crate and binary: `books`.
    pub binary: &'static str,
    /// Returns its operations. `None` for a function that has none in the contract.
    pub routes: Option<fn() -> OpenApi>,
    /// The routes whose answers are streamed: `("GET", "/users/{userId}/picture")`.
    pub streamed: &'static [(&'static str, &'static str)],
    /// Its GETs that are no operations of the contract: pages, and what they load.
    pub pages: &'static [&'static str],
    start: Start,
}

impl Function {
    const fn new(
        binary: &'static str,
        routes: Option<fn() -> OpenApi>,
        streamed: &'static [(&'static str, &'static str)],
        start: Start,
    ) -> Self {
        Function { binary, routes, streamed, pages: &[], start }
    }

    const fn with_pages(self, pages: &'static [&'static str]) -> Self {
        Function { pages, ..self }
    }
}

/// How a function is started.
enum Start {
    /// It needs its app, and answers requests.
    App(fn(App) -> Router),
    /// It needs something else, or takes other events.
    With(fn(Environment) -> BoxFuture<'static, Started>),
}

/// Every function, one line each, in the order of the contract. A test compares them with the template.
pub const FUNCTIONS: &[Function] = &[
    Function::new("auth", Some(|| auth::routes().openapi()), &[], Start::With(start_auth)),
    Function::new("users", Some(|| users::routes().openapi()), &[], Start::App(users::app)),
    Function::new("pictures", Some(|| pictures::routes().openapi()), pictures::STREAMED, Start::App(pictures::app)),
    Function::new("books", Some(|| books::routes().openapi()), &[], Start::App(books::app)),
    Function::new("search", Some(|| search::routes().openapi()), &[], Start::App(search::app)),
    Function::new("favorites", Some(|| favorites::routes().openapi()), &[], Start::App(favorites::app)),
    Function::new("reservations", Some(|| reservations::routes().openapi()), &[], Start::App(reservations::app)),
    Function::new("desk", Some(|| desk::routes().openapi()), &[], Start::App(desk::app)),
    Function::new("imports", Some(|| imports::routes().openapi()), &[], Start::App(imports::app)),
    Function::new("metadata", Some(|| metadata::routes().openapi()), &[], Start::With(start_metadata)),
    Function::new("data", Some(|| data::routes().openapi()), data::STREAMED, Start::With(start_data)),
    Function::new("live", Some(|| live::routes().openapi()), &[], Start::With(start_live)),
    Function::new("site", Some(|| site::routes().openapi()), &[], Start::With(start_site)),
    Function::new("web", None, web::STREAMED, Start::With(start_web)).with_pages(&web::ROUTES),
    Function::new("dispatch", None, &[], Start::With(start_dispatch)),
    Function::new("indexer", None, &[], Start::With(start_indexer)),
];

/// A function that is ready to be called.
#[derive(Default)]
struct Started {
    router: Option<Router>,
    handler: Option<Handler>,
}

fn start_auth(environment: Environment) -> BoxFuture<'static, Started> {
    async move { Started { router: Some(auth::app(environment.auth)), handler: None } }.boxed()
}

fn start_live(environment: Environment) -> BoxFuture<'static, Started> {
    async move {
        let live = Live::new(environment.app().await, live_url(&environment.deployment.origin));
        let handler = handler({
            let live = live.clone();
            move |event| live::socket::handle(live.clone(), event)
        });
        Started { router: Some(live::app(live)), handler: Some(handler) }
    }
    .boxed()
}

/// Returns where a runner at `origin` has its live events.
fn live_url(origin: &str) -> String {
    format!("{}{}", origin.replacen("http", "ws", 1), dev::LIVE)
}

fn start_metadata(environment: Environment) -> BoxFuture<'static, Started> {
    async move {
        let metadata = Metadata::new(environment.app().await, MAIL_SENDER).unwrap_or_else(|error| panic!("{error}"));
        Started { router: Some(metadata::app(metadata)), handler: None }
    }
    .boxed()
}

fn start_data(environment: Environment) -> BoxFuture<'static, Started> {
    async move {
        let data = Data::new(environment.app().await, LOG_RETENTION);
        Started { router: Some(data::app(data)), handler: None }
    }
    .boxed()
}

fn start_site(environment: Environment) -> BoxFuture<'static, Started> {
    async move { Started { router: Some(site::app(Arc::new(environment.deployment.settings))), handler: None } }.boxed()
}

fn start_web(environment: Environment) -> BoxFuture<'static, Started> {
    async move {
        let Deployment { settings, access_key, origin, .. } = environment.deployment;
        let library = public_library(&config(&environment.dynamodb, &access_key).await, &table_names());
        let web = Web::new(settings, WEBSITE_KEY.to_owned(), None, &live_url(&origin), library, environment.clock);
        Started { router: Some(web::app(web)), handler: None }
    }
    .boxed()
}

fn start_dispatch(environment: Environment) -> BoxFuture<'static, Started> {
    async move {
        let app = environment.app().await;
        let Deployment { settings, origin, ses, sockets, access_key } = &environment.deployment;
        let key = environment.secrets.letter_key();
        let api = format!("{origin}{}", settings.base_path);
        let mailer = Mailer::new(&app, &config(ses, access_key).await, MAIL_SENDER.to_owned(), api, key);
        let monitors = Monitors::new(&config(sockets, access_key).await);
        let dispatch = Dispatch::new(app, mailer, monitors);
        Started { router: None, handler: Some(handler(move |event| dispatch::handle(dispatch.clone(), event))) }
    }
    .boxed()
}

fn start_indexer(environment: Environment) -> BoxFuture<'static, Started> {
    async move {
        let indexer = Indexer::new(environment.app().await);
        Started { router: None, handler: Some(handler(move |event| indexer::handle(indexer.clone(), event))) }
    }
    .boxed()
}

/// The functions, ready to be called.
pub struct Carrel {
    /// Those that answer requests.
    pub functions: Functions,
    /// Those that take other events, by binary.
    pub handlers: HashMap<String, Handler>,
    pub(crate) auth: Auth,
}

impl Carrel {
    /// Starts the functions on the DynamoDB at `endpoint`, which has the template's tables.
    ///
    /// # Errors
    /// If the database cannot be reached.
    pub async fn on(endpoint: &str, secrets: &Secrets, deployment: Deployment, clock: Clock) -> Result<Self> {
        Self::on_each(|_| endpoint.to_owned(), secrets, deployment, clock).await
    }

    /// Starts each function on the endpoint that `endpoints` returns for it, so that a test can tell their calls apart.
    ///
    /// # Errors
    /// As [`Carrel::on`].
    pub async fn on_each(
        endpoints: impl Fn(&str) -> String,
        secrets: &Secrets,
        deployment: Deployment,
        clock: Clock,
    ) -> Result<Self> {
        let auth = Auth::new(app(&endpoints("auth"), &deployment, &clock).await, secrets).await;
        let auth = auth.map_err(Error::database)?;
        let mut carrel = Carrel { functions: HashMap::new(), handlers: HashMap::new(), auth: auth.clone() };
        for function in FUNCTIONS {
            let environment = Environment {
                dynamodb: endpoints(function.binary),
                deployment: deployment.clone(),
                secrets: secrets.clone(),
                clock: clock.clone(),
                auth: auth.clone(),
            };
            let Started { router, handler } = match function.start {
                Start::App(start) => Started { router: Some(start(environment.app().await)), handler: None },
                Start::With(start) => start(environment).await,
            };
            carrel.functions.extend(router.map(|router| (function.binary.to_owned(), router)));
            carrel.handlers.extend(handler.map(|handler| (function.binary.to_owned(), handler)));
        }
        Ok(carrel)
    }
}

/// Creates an administrator, unless the email is taken. Returns whether it did.
pub(crate) async fn create_admin(auth: &Auth, email: &str, password: &str) -> Result<bool> {
    let created = auth::create_local_admin(auth, email, password).await;
    created.map_err(|problem| Error::Admin { email: email.to_owned(), source: format!("{problem:?}").into() })
}

fn handler<E, A, F, R>(function: F) -> Handler
where
    E: DeserializeOwned,
    A: Serialize,
    F: Fn(E) -> R + Send + Sync + 'static,
    R: Future<Output = std::result::Result<A, shared::runtime::lambda::Error>> + Send + 'static,
{
    Arc::new(move |event| {
        let answer = serde_json::from_value(event).map(&function);
        async move {
            let answer = answer.map_err(|error| error.to_string())?.await.map_err(|error| chain(&*error))?;
            serde_json::to_value(answer).map_err(|error| error.to_string())
        }
        .boxed()
    })
}

/// Checks that the template and [`FUNCTIONS`] list the same functions.
///
/// # Errors
/// Names the first function that only one of them has.
pub(crate) fn check(template: &Template) -> Result<()> {
    let known = |binary: &str| FUNCTIONS.iter().any(|function| function.binary == binary);
    if let Some(binary) = template.functions.iter().find(|binary| !known(binary)) {
        return Err(Error::template(binary, "the function has no line in local/src/functions.rs"));
    }
    match FUNCTIONS.iter().find(|function| !template.functions.iter().any(|binary| binary == function.binary)) {
        Some(function) => Err(Error::template(function.binary, "the template has no such function")),
        None => Ok(()),
    }
}
