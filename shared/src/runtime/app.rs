//! The state that every function is born with. Made once, before the first event.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use aws_config::environment::{EnvironmentVariableCredentialsProvider, EnvironmentVariableRegionProvider};
use aws_config::meta::region::ProvideRegion;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_dynamodb::Client;
use jiff::{SignedDuration, Timestamp};

use crate::crypto::ed25519;
use crate::crypto::token::Keys;
use crate::runtime::{environment, https};
use crate::tables::table::Table;
use crate::values::Email;

/// What a function needs to answer requests. Cheap to clone.
#[derive(Clone)]
pub struct App {
    /// Users, sign-in names and password hashes. Only auth and users are let in, by their IAM policy.
    pub accounts: Table,
    /// Each user's role and live sessions, and the public signing keys.
    pub sessions: Table,
    /// Books, favorites, reservations, idempotency records.
    pub library: Table,
    /// A row for every sign-in and every write.
    pub journal: Table,
    /// The live monitors, and the tickets to become one.
    pub connections: Table,
    /// Verifies access tokens.
    pub keys: Arc<Keys>,
    /// What the template's parameters say.
    pub settings: Arc<Settings>,
    clock: Clock,
}

impl App {
    /// An app on the tables `names`, reached through `client`.
    pub fn new(client: &Client, names: &TableNames, settings: Settings, clock: Clock) -> Self {
        ed25519::install();
        let table = |name: &str| Table::new(client.clone(), name);
        let sessions = table(&names.sessions);
        App {
            accounts: table(&names.accounts),
            keys: Arc::new(Keys::new(sessions.clone(), settings.issuer.clone())),
            sessions,
            library: table(&names.library),
            journal: table(&names.journal),
            connections: table(&names.connections),
            settings: Arc::new(settings),
            clock,
        }
    }

    /// The app as a Lambda function finds it: everything from the environment that the template declares.
    ///
    /// # Panics
    /// Where a variable is missing or has no meaning: a function set up wrongly must fail at its start, not
    /// at its first reader.
    pub async fn from_env() -> Self {
        let client = Client::new(&sdk_config(environment::DYNAMODB_ENDPOINT.get()).await);
        let names = TableNames {
            accounts: environment::ACCOUNTS_TABLE.required(),
            sessions: environment::SESSIONS_TABLE.required(),
            library: environment::LIBRARY_TABLE.required(),
            journal: environment::JOURNAL_TABLE.required(),
            connections: environment::CONNECTIONS_TABLE.required(),
        };
        let app = App::new(&client, &names, Settings::from_env(), Clock::system());
        app.warm().await;
        app
    }

    /// Opens the connection and learns the public keys, while it costs no reader anything: Lambda's init runs at full
    /// CPU. A failure is not fatal, the first request will try again.
    pub async fn warm(&self) {
        let _ = self.keys.refresh(self.now()).await;
    }

    /// The time, to the millisecond.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Bytes nobody can guess, from the operating system.
    ///
    /// # Panics
    /// Where the operating system has no randomness to give: nothing can be done safely then.
    pub fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        getrandom::fill(&mut bytes).expect("the operating system gives randomness");
        bytes
    }

    /// The path of a resource as clients see it, with the stage: `/books/1` → `/v1/books/1`.
    pub fn url(&self, path: &str) -> String {
        self.settings.url(path)
    }
}

/// The tables' names, which CloudFormation makes up.
#[derive(Debug, Clone)]
pub struct TableNames {
    /// The Accounts table.
    pub accounts: String,
    /// The Sessions table.
    pub sessions: String,
    /// The Library table.
    pub library: String,
    /// The Journal table.
    pub journal: String,
    /// The Connections table.
    pub connections: String,
}

/// What the template's parameters say.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The stage in front of every path that a client sees: `/v1`, or nothing.
    pub base_path: String,
    /// `iss` of the access tokens: a stack takes no other stack's tokens.
    pub issuer: String,
    /// `CatalogReads = members`: who looks at books must be signed in.
    pub members_only_reads: bool,
    /// `CatalogWrites = admins`: only admins add books.
    pub admins_only_writes: bool,
    /// The websites whose pages may call the API: exact origins.
    pub allowed_origins: Vec<String>,
    /// Where the website is, without a slash at the end: links in letters begin with it.
    pub site_url: String,
    /// For how long the rows of the journal are kept.
    pub activity_kept: SignedDuration,
    /// The address that makes its owner an admin, once they prove that it is theirs.
    pub admin_email: Option<Email>,
}

impl Settings {
    /// The settings as a Lambda function finds them: in the environment that the template declares.
    ///
    /// # Panics
    /// As [`App::from_env`].
    pub fn from_env() -> Self {
        Settings {
            base_path: environment::BASE_PATH.get().unwrap_or_default(),
            issuer: environment::TOKEN_ISSUER.required(),
            members_only_reads: environment::CATALOG_READS.is_yes(),
            admins_only_writes: environment::CATALOG_WRITES.is_yes(),
            allowed_origins: environment::ALLOWED_ORIGINS.list(),
            site_url: environment::SITE_URL.required(),
            activity_kept: environment::ACTIVITY_DAYS.days(),
            admin_email: environment::ADMIN_EMAIL
                .get()
                .map(|email| email.parse().unwrap_or_else(|error| panic!("ADMIN_EMAIL {error}"))),
        }
    }

    /// The path of a resource as clients see it, with the stage: `/books/1` → `/v1/books/1`.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base_path)
    }
}

/// Where the time comes from. Tests move it on.
#[derive(Clone)]
pub struct Clock {
    stands_at: Option<Timestamp>,
    ahead_seconds: Arc<AtomicI64>,
}

impl Clock {
    /// The system's time.
    pub fn system() -> Self {
        Clock { stands_at: None, ahead_seconds: Arc::default() }
    }

    /// A clock that moves only when it is told to.
    pub fn standing() -> Self {
        Clock { stands_at: Some(Timestamp::now()), ..Clock::system() }
    }

    /// Moves this clock, and every clone of it, on by `duration`.
    pub fn advance(&self, duration: SignedDuration) {
        self.ahead_seconds.fetch_add(duration.as_secs(), Ordering::Relaxed);
    }

    fn now(&self) -> Timestamp {
        let ahead = SignedDuration::from_secs(self.ahead_seconds.load(Ordering::Relaxed));
        let now = self.stands_at.unwrap_or_else(Timestamp::now) + ahead;
        Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }
}

/// How every SDK client of a function is set up. An `endpoint` with `http:` is a local DynamoDB.
///
/// Region and credentials come from the environment, the only place where Lambda puts them: the default chain would cost
/// reads of files and of metadata services that are not there.
pub async fn sdk_config(endpoint: Option<String>) -> SdkConfig {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(1))
        .operation_attempt_timeout(Duration::from_secs(1))
        .operation_timeout(Duration::from_secs(3))
        .build();
    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(EnvironmentVariableRegionProvider::new().region().await)
        .credentials_provider(SharedCredentialsProvider::new(EnvironmentVariableCredentialsProvider::new()))
        .http_client(https::client(usize::MAX))
        .timeout_config(timeouts)
        .retry_config(RetryConfig::standard().with_initial_backoff(Duration::from_millis(50)))
        .sleep_impl(aws_smithy_async::rt::sleep::TokioSleep::new());
    config.set_endpoint_url(endpoint);
    config.build()
}
