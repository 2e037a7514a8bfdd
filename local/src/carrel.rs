//! Carrel itself: the functions that run on Lambda, born here with what the cloud would have given them.

use auth::{Auth, Secrets};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::Region;
use shared::app::{App, Clock, Settings, TableNames, sdk_config};
use shared::seal::LetterKey;

use crate::Functions;
use crate::error::{Error, Result};

/// The functions, ready to answer, and the means to make an administrator.
pub struct Carrel {
    /// The functions.
    pub functions: Functions,
    pub(crate) auth: Auth,
    /// Writes the letters.
    pub(crate) letters: LetterKey,
}

impl Carrel {
    /// The functions on the DynamoDB at `endpoint`, which has the template's tables.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn on(endpoint: &str, secrets: &Secrets, settings: Settings, clock: Clock) -> Result<Self> {
        Self::on_each(|_| endpoint.to_owned(), secrets, settings, clock).await
    }

    /// The same, with each function on the endpoint that `endpoints` gives it: to tell whose calls are whose.
    ///
    /// # Errors
    /// As [`Carrel::on`].
    pub async fn on_each(
        endpoints: impl Fn(&str) -> String,
        secrets: &Secrets,
        settings: Settings,
        clock: Clock,
    ) -> Result<Self> {
        let app = async |function: &str| {
            let app = App::new(&client(&endpoints(function)).await, &names(), settings.clone(), clock.clone());
            app.warm().await;
            app
        };
        let auth = Auth::new(app("auth").await, secrets).await;
        let auth =
            auth.map_err(|fault| Error::Database(format!("the signing key could not be published: {fault:?}")))?;
        let functions = [
            ("auth", auth::app(auth.clone())),
            ("books", books::app(app("books").await)),
            ("favorites", favorites::app(app("favorites").await)),
            ("users", users::app(app("users").await)),
        ];
        let functions = functions.map(|(name, router)| (name.to_owned(), router)).into();
        Ok(Carrel { functions, auth, letters: secrets.letter_key() })
    }
}

/// A client as the functions have it, with the only things that Lambda would have put into the environment.
pub(crate) async fn client(endpoint: &str) -> Client {
    let credentials = Credentials::new("local", "local", None, None, "local");
    let config = sdk_config(Some(endpoint.to_owned())).await.into_builder();
    let config =
        config.region(Region::from_static("local")).credentials_provider(SharedCredentialsProvider::new(credentials));
    Client::new(&config.build())
}

pub(crate) fn names() -> TableNames {
    TableNames {
        accounts: "carrel-accounts".into(),
        sessions: "carrel-sessions".into(),
        library: "carrel-library".into(),
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
        admin_email: None,
    }
}
