//! Carrel itself: the functions that run on Lambda, born here with what the cloud would have given them.

use std::collections::HashMap;
use std::sync::Arc;

use auth::{Auth, Secrets};
use aws_config::SdkConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::Region;
use dispatch::{Dispatch, Monitors, PostOffice};
use futures_util::FutureExt;
use jiff::SignedDuration;
use live::Live;
use serde::Serialize;
use serde::de::DeserializeOwned;
use shared::runtime::app::{App, Clock, Settings, TableNames, sdk_config};
use shared::runtime::log::chain;

use crate::error::{Error, Result};
use crate::{Functions, Handler};

/// The functions, ready to answer, and the means to make an administrator.
pub struct Carrel {
    /// The functions.
    pub functions: Functions,
    /// The functions that take other events than requests, by binary.
    pub handlers: HashMap<String, Handler>,
    pub(crate) auth: Auth,
}

/// Where the functions find each other's outside, once the ports are known.
#[derive(Debug, Clone)]
pub struct Place {
    /// What the template's parameters say.
    pub settings: Settings,
    /// Where the gateway is: `http://127.0.0.1:9000`.
    pub origin: String,
    /// Where SES is.
    pub ses: String,
}

impl Place {
    /// Behind the gateway at `origin`, with what it serves beside the API.
    pub(crate) fn at(origin: &str, settings: Settings) -> Self {
        Place { settings, origin: origin.to_owned(), ses: format!("{origin}/dev/ses") }
    }

    /// For functions that no gateway leads to.
    pub fn nowhere(settings: Settings) -> Self {
        Place::at("http://localhost", settings)
    }
}

impl Carrel {
    /// The functions on the DynamoDB at `endpoint`, which has the template's tables.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn on(endpoint: &str, secrets: &Secrets, place: Place, clock: Clock) -> Result<Self> {
        Self::on_each(|_| endpoint.to_owned(), secrets, place, clock).await
    }

    /// The same, with each function on the endpoint that `endpoints` gives it: to tell whose calls are whose.
    ///
    /// # Errors
    /// As [`Carrel::on`].
    pub async fn on_each(
        endpoints: impl Fn(&str) -> String,
        secrets: &Secrets,
        place: Place,
        clock: Clock,
    ) -> Result<Self> {
        let Place { settings, origin, ses } = place;
        let app = async |function: &str| {
            let app = App::new(&client(&endpoints(function)).await, &names(), settings.clone(), clock.clone());
            app.warm().await;
            app
        };
        let auth = Auth::new(app("auth").await, secrets).await;
        let auth =
            auth.map_err(|fault| Error::Database(format!("the signing key could not be published: {fault:?}")))?;
        let live = Live { app: app("live").await, url: format!("{}/live", origin.replacen("http", "ws", 1)) };
        let dispatch = app("dispatch").await;
        let ses = config(&ses).await;
        let post = PostOffice::new(dispatch.clone(), &ses, MAIL_SENDER.to_owned(), secrets.letter_key());
        let monitors = Monitors::new(&config(&format!("{origin}/live")).await);
        let dispatch = Dispatch { app: dispatch, post, monitors };
        let functions = [
            ("auth", auth::app(auth.clone())),
            ("books", books::app(app("books").await)),
            ("favorites", favorites::app(app("favorites").await)),
            ("live", live::app(live.clone())),
            ("reservations", reservations::app(app("reservations").await)),
            ("site", site::app(Arc::new(settings.clone()))),
            ("users", users::app(app("users").await)),
        ];
        let functions = functions.map(|(name, router)| (name.to_owned(), router)).into();
        let handlers = [
            ("dispatch".to_owned(), handler(move |event| dispatch::handle(dispatch.clone(), event))),
            ("live".to_owned(), handler(move |event| live::socket::handle(live.clone(), event))),
        ];
        Ok(Carrel { functions, handlers: handlers.into(), auth })
    }
}

/// Makes an administrator, if nobody has that email, and says whether it did.
pub(crate) async fn create_admin(auth: &Auth, email: &str, password: &str) -> Result<bool> {
    let created = auth::create_local_admin(auth, email, password).await;
    created.map_err(|problem| Error::Database(format!("{email} could not be made an administrator: {problem:?}")))
}

/// Who the letters are from: nobody can own such an address.
pub(crate) const MAIL_SENDER: &str = "library@localhost";

/// A function that takes events, as the runner calls it.
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
            let answer = answer.map_err(|error| error.to_string())?.await.map_err(|error| chain(error.as_ref()))?;
            serde_json::to_value(answer).map_err(|error| error.to_string())
        }
        .boxed()
    })
}

/// A DynamoDB client as the functions have it.
async fn client(endpoint: &str) -> Client {
    Client::new(&config(endpoint).await)
}

/// How the functions reach AWS, with the only things that Lambda would have put into the environment.
async fn config(endpoint: &str) -> SdkConfig {
    let credentials = Credentials::new("local", "local", None, None, "local");
    let config = sdk_config(Some(endpoint.to_owned())).await.into_builder();
    config
        .region(Region::from_static("local"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .build()
}

/// The tables, by the names that the template's reader gives them.
pub(crate) fn names() -> TableNames {
    TableNames {
        accounts: "carrel-accounts".into(),
        sessions: "carrel-sessions".into(),
        library: "carrel-library".into(),
        journal: "carrel-journal".into(),
        connections: "carrel-connections".into(),
    }
}

/// The settings of a stack whose parameters all have their defaults, and which has no website. [`crate::Local`] fills in
/// where the links in its letters lead to, unless that is said here.
pub fn default_settings() -> Settings {
    Settings {
        base_path: "/v1".to_owned(),
        issuer: "carrel".to_owned(),
        members_only_reads: false,
        admins_only_writes: false,
        allowed_origins: Vec::new(),
        site_url: String::new(),
        activity_kept: SignedDuration::from_hours(90 * 24),
        admin_email: None,
    }
}
