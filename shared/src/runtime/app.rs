//! The state of every function. It is created once, before the first event.

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
use uuid::Uuid;

use crate::crypto::ed25519;
use crate::crypto::token::Keys;
use crate::runtime::environment::{self, Variable};
use crate::runtime::https;
use crate::runtime::random::Random;
use crate::tables::journal::Actor;
use crate::tables::library::PublicLibrary;
use crate::tables::library::codes::Codes;
use crate::tables::library::lending::rules::Known;
use crate::tables::library::metadata::Records;
use crate::tables::sessions::borrowing::Borrowing;
use crate::tables::{Accounts, Connections, Journal, Library, Search, Sessions, Table};
use crate::values::{Address, Day, Email, Network, UserId};

/// The state that every function needs to answer requests. Cloning it is cheap.
///
/// Each function has further tables in a state of its own. It opens them at its start: [`App::library`], …
#[derive(Clone)]
pub struct App {
    /// Each user's role and live sessions, and the public signing keys.
    pub sessions: Sessions,
    /// Verifies access tokens.
    pub keys: Arc<Keys>,
    /// The settings, from the template's parameters.
    pub settings: Arc<Settings>,
    /// The source of ids, tokens and random pauses.
    pub random: Random,
    client: Client,
    names: TableNames,
    clock: Clock,
    rules: Known,
}

impl App {
    /// Creates the state. `client` reaches the tables, and `names` has their names.
    ///
    /// # Panics
    /// If the name of the Sessions or the Journal table is missing: every function needs both.
    pub fn new(client: &Client, names: &TableNames, settings: Settings, clock: Clock) -> Self {
        ed25519::install();
        let (client, random) = (client.clone(), Random::system());
        let table = |name: &TableName| Table::new(client.clone(), name.required(), random.clone());
        let journal = Journal::new(table(&names.journal), settings.activity_retention);
        let sessions = Sessions::new(table(&names.sessions), journal);
        let keys = Arc::new(Keys::new(sessions.clone(), settings.issuer.clone()));
        App {
            sessions,
            keys,
            settings: Arc::new(settings),
            random,
            client,
            names: names.clone(),
            clock,
            rules: Known::default(),
        }
    }

    /// Creates the state of a Lambda function from the environment variables that the template declares.
    ///
    /// # Panics
    /// If a variable is missing or invalid: a function with wrong settings must fail at its start, not at its first
    /// request.
    pub async fn from_env() -> Self {
        let client = Client::new(&sdk_config(environment::DYNAMODB_ENDPOINT.url()).await);
        let app = App::new(&client, &TableNames::from_env(), Settings::from_env(), Clock::system());
        app.warm().await;
        app
    }

    /// Creates the state of an operator's program, which reaches the tables that environment variables name.
    ///
    /// # Panics
    /// If a variable of a table is missing.
    pub async fn of_operator(settings: Settings) -> Self {
        let client = Client::new(&sdk_config(environment::DYNAMODB_ENDPOINT.url()).await);
        App::new(&client, &TableNames::from_env(), settings, Clock::system())
    }

    /// Opens the connection and reads the public keys before the first request: Lambda's init runs at full CPU. A
    /// failure is only logged, because the first request reads the keys again.
    pub async fn warm(&self) {
        if let Err(error) = self.keys.refresh(self.now()).await {
            tracing::warn!(error = %crate::runtime::log::chain(&error), "reading the public keys at the start failed");
        }
    }

    /// Opens the Accounts table, and the cards and loans of the Library table.
    ///
    /// # Panics
    /// If the environment does not name them.
    pub fn accounts(&self) -> Accounts {
        Accounts::new(
            self.table(&self.names.accounts),
            self.sessions.clone(),
            self.journal(),
            self.library(),
            self.codes(),
        )
    }

    /// Opens the Library table.
    ///
    /// # Panics
    /// If the environment does not name it.
    pub fn library(&self) -> Library {
        Library::new(self.table(&self.names.library), self.sessions.clone(), self.journal(), self.rules.clone())
    }

    /// Opens the barcodes and cards of the Library table.
    ///
    /// # Panics
    /// If the environment does not name it.
    pub fn codes(&self) -> Codes {
        Codes::new(self.table(&self.names.library))
    }

    /// Opens the stored answers of other catalogues, in the Library table.
    ///
    /// # Panics
    /// If the environment does not name it.
    pub fn records(&self) -> Records {
        Records::new(self.table(&self.names.library))
    }

    /// Opens the Journal table.
    ///
    /// # Panics
    /// If the environment does not name it.
    pub fn journal(&self) -> Journal {
        Journal::new(self.table(&self.names.journal), self.settings.activity_retention)
    }

    /// Opens the Connections table.
    ///
    /// # Panics
    /// If the environment does not name it.
    pub fn connections(&self) -> Connections {
        Connections::new(self.table(&self.names.connections))
    }

    /// Opens the Search table.
    ///
    /// # Panics
    /// If the environment does not name it.
    pub fn search(&self) -> Search {
        Search::new(self.table(&self.names.search))
    }

    fn table(&self, name: &TableName) -> Table {
        Table::new(self.client.clone(), name.required(), self.random.clone())
    }

    /// Returns the time, to the millisecond.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Returns unpredictable random bytes.
    pub fn random<const N: usize>(&self) -> [u8; N] {
        self.random.bytes()
    }

    /// Returns a new id for a record. Books, users and sessions have id types of their own.
    pub fn id(&self) -> Uuid {
        self.random.uuid(self.now())
    }

    /// Returns what borrowing needs of a reader on a day.
    pub fn borrowing(&self, today: Day) -> Borrowing {
        Borrowing { approval: !self.settings.members_borrow, unblocked_on: Some(today) }
    }

    /// Returns the actor of an action that happens now, without a session. A caller's actor is `Caller::actor`.
    pub fn actor(&self, id: UserId, from: Address) -> Actor {
        Actor { id, at: self.now(), from, verdict: None }
    }
}

/// Returns the Library table for a function that reads books and rules and nothing else, and does not know its callers. It reaches
/// it with `config`.
///
/// # Panics
/// If `names` has no name of the Library table.
pub fn public_library(config: &SdkConfig, names: &TableNames) -> PublicLibrary {
    PublicLibrary::new(Table::new(Client::new(config), names.library.required(), Random::system()))
}

/// The names of the tables, which CloudFormation generates. A function has the names of the tables that it may use.
#[derive(Debug, Clone)]
pub struct TableNames {
    /// The Accounts table.
    pub accounts: TableName,
    /// The Sessions table.
    pub sessions: TableName,
    /// The Library table.
    pub library: TableName,
    /// The Journal table.
    pub journal: TableName,
    /// The Connections table.
    pub connections: TableName,
    /// The Search table.
    pub search: TableName,
}

/// The name of a table, and the environment variable that holds it.
#[derive(Debug, Clone)]
pub struct TableName {
    variable: Variable,
    name: Option<String>,
}

impl TableName {
    fn from_env(variable: Variable) -> Self {
        TableName { variable, name: variable.get() }
    }

    fn required(&self) -> &str {
        let missing = || panic!("the environment variable {} is not set", self.variable.name());
        self.name.as_deref().unwrap_or_else(missing)
    }
}

impl TableNames {
    /// Reads the names of the tables that the function may use.
    pub fn from_env() -> Self {
        TableNames::each(TableName::from_env)
    }

    /// Makes the names of all tables from those of their environment variables: `LIBRARY_TABLE` → `carrel-library`.
    pub fn all(name: impl Fn(&str) -> String) -> Self {
        TableNames::each(|variable| TableName { variable, name: Some(name(variable.name())) })
    }

    /// Returns the environment variables that hold the names, with their values.
    pub fn variables(&self) -> [(&'static str, &str); 6] {
        let TableNames { accounts, sessions, library, journal, connections, search } = self;
        [accounts, sessions, library, journal, connections, search].map(|name| (name.variable.name(), name.required()))
    }

    fn each(name: impl Fn(Variable) -> TableName) -> Self {
        TableNames {
            accounts: name(environment::ACCOUNTS_TABLE),
            sessions: name(environment::SESSIONS_TABLE),
            library: name(environment::LIBRARY_TABLE),
            journal: name(environment::JOURNAL_TABLE),
            connections: name(environment::CONNECTIONS_TABLE),
            search: name(environment::SEARCH_TABLE),
        }
    }
}

/// The settings, from the template's parameters.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The stage, the first part of every path that a client sees: `/v1`, or empty.
    pub base_path: String,
    /// `iss` of the access tokens: a stack refuses the tokens of other stacks.
    pub issuer: String,
    /// `CatalogReads = members`: only signed-in users read the catalogue.
    pub members_only_reads: bool,
    /// `CatalogWrites = admins`: only librarians add books.
    pub admins_only_writes: bool,
    /// `Loans = members`: all users reserve books, also without a verified address or a librarian's approval.
    pub members_borrow: bool,
    /// The websites whose pages may call the API: exact origins.
    pub allowed_origins: Vec<String>,
    /// The catalogues of others that a book is looked up in, in this order. Empty: none.
    pub metadata_sources: Vec<String>,
    /// The website's URL, without a slash at the end. Links in letters begin with it. Empty in a function that neither writes
    /// letters nor has to know it.
    pub site_url: String,
    /// The library's own networks, where a class can register.
    pub library_addresses: Vec<Network>,
    /// How long the journal keeps its rows.
    pub activity_retention: SignedDuration,
    /// The address that makes its owner a librarian, once they prove that it is theirs.
    pub admin_email: Option<Email>,
}

impl Settings {
    /// Reads the settings of a Lambda function from the environment variables that the template declares.
    ///
    /// # Panics
    /// If a variable is missing or invalid, unless it is optional: then that is logged.
    pub fn from_env() -> Self {
        Settings {
            base_path: environment::BASE_PATH.get().unwrap_or_default(),
            issuer: environment::TOKEN_ISSUER.required(),
            members_only_reads: environment::CATALOG_READS.is_yes(),
            admins_only_writes: environment::CATALOG_WRITES.is_yes(),
            members_borrow: environment::LOANS.is_yes(),
            allowed_origins: environment::ALLOWED_ORIGINS.list(),
            metadata_sources: environment::METADATA_SOURCES.list(),
            site_url: environment::SITE_URL.get().unwrap_or_default(),
            library_addresses: environment::LIBRARY_ADDRESSES.networks(),
            activity_retention: environment::ACTIVITY_DAYS.days(),
            admin_email: environment::ADMIN_EMAIL.get().and_then(|email| {
                // Nobody becomes a librarian by it; that is no reason to have no library.
                email.parse().inspect_err(|error| tracing::error!(error, "ADMIN_EMAIL is ignored")).ok()
            }),
        }
    }

    /// The path of a resource as clients see it, with the stage: `/books/1` → `/v1/books/1`.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base_path)
    }
}

/// The source of the time. Tests have a clock that they move forward.
#[derive(Clone)]
pub struct Clock {
    fixed_at: Option<Timestamp>,
    ahead_seconds: Arc<AtomicI64>,
}

impl Clock {
    /// Returns the system's clock.
    pub fn system() -> Self {
        Clock { fixed_at: None, ahead_seconds: Arc::default() }
    }

    /// Returns a clock that only [`Clock::advance`] moves.
    pub fn fixed() -> Self {
        Clock::fixed_at(Timestamp::now())
    }

    /// Returns a clock that begins at a moment, and that only [`Clock::advance`] moves.
    pub fn fixed_at(moment: Timestamp) -> Self {
        Clock { fixed_at: Some(moment), ..Clock::system() }
    }

    /// Moves this clock and all its clones forward by `duration`.
    pub fn advance(&self, duration: SignedDuration) {
        self.ahead_seconds.fetch_add(duration.as_secs(), Ordering::Relaxed);
    }

    /// Returns the time, to the millisecond.
    pub fn now(&self) -> Timestamp {
        let ahead = SignedDuration::from_secs(self.ahead_seconds.load(Ordering::Relaxed));
        let now = self.fixed_at.unwrap_or_else(Timestamp::now) + ahead;
        Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }
}

/// Returns the configuration of every SDK client of a function. An `endpoint` with `http:` is a service of the local
/// runner.
///
/// Region and credentials come from the environment, the only place where Lambda puts them. The SDK's default chain
/// would also look for files and metadata services that do not exist there.
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
