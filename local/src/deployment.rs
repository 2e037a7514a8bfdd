//! What the functions are started with: the settings of a stack, the URLs that they call, and their clients of AWS.

use auth::{Auth, Secrets};
use aws_config::SdkConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::Region;
use jiff::SignedDuration;
use shared::runtime::app::{App, Clock, Settings, TableNames, sdk_config};

use crate::dev;

/// The settings of a stack, and the URLs that its functions call.
#[derive(Debug, Clone)]
pub struct Deployment {
    /// The values of the template's parameters.
    pub settings: Settings,
    /// Where the gateway is: `http://127.0.0.1:9000`.
    pub origin: String,
    /// Where SES is.
    pub ses: String,
    /// Where the management API of the WebSockets is.
    pub sockets: String,
    /// The access key that the calls of AWS are signed with.
    pub access_key: String,
}

impl Deployment {
    /// Returns that of a gateway at `origin`, which also serves SES and the WebSockets.
    pub(crate) fn at(origin: &str, settings: Settings, access_key: &str) -> Self {
        let [ses, sockets] = [dev::SES, dev::LIVE].map(|path| format!("{origin}{path}"));
        Deployment { settings, origin: origin.to_owned(), ses, sockets, access_key: access_key.to_owned() }
    }

    /// Returns that of functions without a gateway.
    pub fn without_gateway(settings: Settings, access_key: &str) -> Self {
        Deployment::at("http://localhost", settings, access_key)
    }
}

/// The origins of pages that a program on this machine serves, at every port. The cloud lets in none of them.
pub const PAGES_OF_THIS_MACHINE: [&str; 2] = ["http://localhost:*", "http://127.0.0.1:*"];

/// Returns the settings of a stack whose parameters have their defaults, and which has no website. [`crate::Local`] adds
/// the URL that links in letters begin with, unless the settings have one.
pub fn default_settings() -> Settings {
    Settings {
        base_path: "/v1".to_owned(),
        issuer: "carrel".to_owned(),
        members_only_reads: false,
        admins_only_writes: false,
        members_borrow: false,
        allowed_origins: Vec::new(),
        library_addresses: Vec::new(),
        metadata_sources: Vec::new(),
        site_url: String::new(),
        activity_retention: SignedDuration::from_hours(90 * 24),
        admin_email: None,
    }
}

/// What a function is started with: what Lambda's environment variables would name.
pub(crate) struct Environment {
    pub(crate) dynamodb: String,
    pub(crate) deployment: Deployment,
    pub(crate) secrets: Secrets,
    pub(crate) clock: Clock,
    pub(crate) auth: Auth,
}

impl Environment {
    /// Returns the app of the function.
    pub(crate) async fn app(&self) -> App {
        app(&self.dynamodb, &self.deployment, &self.clock).await
    }
}

/// The sender of the letters. Nobody can own such an address.
pub(crate) const MAIL_SENDER: &str = "library@localhost";

/// For how long the functions' logs are kept in the cloud: the default of the template's parameter. Here nobody keeps them.
pub(crate) const LOG_RETENTION: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The API key of the site's pages: the one that the runner makes for the websites' usage plan.
pub(crate) const WEBSITE_KEY: &str = "local-website";

/// Returns the app of a function on the DynamoDB at an endpoint.
pub(crate) async fn app(dynamodb: &str, deployment: &Deployment, clock: &Clock) -> App {
    let client = Client::new(&config(dynamodb, &deployment.access_key).await);
    let app = App::new(&client, &table_names(), deployment.settings.clone(), clock.clone());
    app.warm().await;
    app
}

/// Returns how the functions reach a service of AWS at `endpoint`. Region and credentials stand in for what Lambda would set.
pub(crate) async fn config(endpoint: &str, access_key: &str) -> SdkConfig {
    let credentials = Credentials::new(access_key, "local", None, None, "local");
    let config = sdk_config(Some(endpoint.to_owned())).await.into_builder();
    config
        .region(Region::from_static("local"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .build()
}

/// Returns the names that [`crate::template::Template`] gives the tables.
pub(crate) fn table_names() -> TableNames {
    TableNames::all(|variable| format!("carrel-{}", variable.trim_end_matches("_TABLE").to_lowercase()))
}
