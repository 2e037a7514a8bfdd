//! A library for one test.

use std::sync::atomic::{AtomicU32, Ordering};

use local::Local;
use reqwest::Client;
use serde_json::json;
use shared::crypto::ed25519;
use shared::runtime::app::Clock;

use crate::database::{Client as DynamoDb, Proxy};
use crate::http::client;
use crate::{Answer, Crashes, Person, Post, Setup, SocketApi, Stream};

/// A running library. Each test has its own, empty and in memory. If `BASE_URL` is set, the tests share the deployed library
/// that it names, with `API_KEY`, `ADMIN_EMAIL` and `ADMIN_PASSWORD`.
pub struct Library {
    pub(crate) url: String,
    pub(crate) http: Client,
    pub(crate) api_key: Option<String>,
    pub(crate) local: Option<Local>,
    pub(crate) dynamodb: Option<DynamoDb>,
    pub(crate) clock: Clock,
    pub(crate) proxy: Option<Proxy>,
    pub(crate) post: Post,
    pub(crate) socket_api: SocketApi,
    pub(crate) stream: Stream,
    pub(crate) crashes: Crashes,
}

/// Email and password of the administrator of a test's own library.
pub(crate) const ADMIN: (&str, &str) = ("johndoe@example.com", "password");
/// The password of every reader.
pub const PASSWORD: &str = "correct horse battery";

impl Library {
    /// Starts the library of a test that runs against any library.
    pub async fn start() -> Library {
        match std::env::var("BASE_URL") {
            Ok(url) => Library::at(&url, client(None)),
            Err(_) => Library::own().start().await,
        }
    }

    /// Returns a library that runs elsewhere, which `http` reaches.
    pub fn at(url: &str, http: Client) -> Library {
        // A library of the test's own installs it; tests verify tokens of deployed ones too.
        ed25519::install();
        Library {
            url: url.trim_end_matches('/').to_owned(),
            http,
            api_key: std::env::var("API_KEY").ok(),
            local: None,
            dynamodb: None,
            clock: Clock::system(),
            proxy: None,
            post: Post::default(),
            socket_api: SocketApi::default(),
            stream: Stream::default(),
            crashes: Crashes::default(),
        }
    }

    /// Starts the library of a test that needs the gateway. If `WITHOUT_GATEWAY` is set, `BASE_URL` is that of
    /// `cargo lambda watch`, which has no gateway, and the test gets a library of its own.
    pub async fn behind_gateway() -> Library {
        match std::env::var_os("WITHOUT_GATEWAY") {
            Some(_) => Library::own().start().await,
            None => Library::start().await,
        }
    }

    /// Sets up the test's own library, whatever `BASE_URL` says: for tests that need other settings, an empty catalogue, or
    /// the clock.
    pub fn own() -> Setup {
        Setup::default()
    }

    /// Returns the address of the API.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Moves the library's clock forward.
    ///
    /// # Panics
    /// With a deployed library.
    pub fn wait(&self, seconds: i64) {
        assert!(self.local.is_some(), "a deployed library has the time of day");
        self.clock.advance(jiff::SignedDuration::from_secs(seconds));
    }

    /// Returns the proxies between the functions and DynamoDB.
    ///
    /// # Panics
    /// If the library was not set up with them.
    pub fn proxy(&self) -> &Proxy {
        self.proxy.as_ref().expect("set up with proxies")
    }

    /// Returns the library's DynamoDB, without functions and proxies: to prepare what would take too long through the API,
    /// and to read what the API does not show.
    ///
    /// # Panics
    /// With a deployed library.
    pub fn dynamodb(&self) -> DynamoDb {
        self.dynamodb.clone().expect("a deployed library has a database of its own")
    }

    /// Returns the stream of the library's journal.
    pub fn stream(&self) -> &Stream {
        &self.stream
    }

    /// Returns what ends the functions behind the stream.
    pub fn crashes(&self) -> &Crashes {
        &self.crashes
    }

    /// Returns the mail service of the library.
    pub fn post(&self) -> &Post {
        &self.post
    }

    /// Returns the management API of the library's WebSockets.
    pub fn socket_api(&self) -> &SocketApi {
        &self.socket_api
    }

    /// Returns the library's local runner.
    ///
    /// # Panics
    /// With a deployed library.
    pub fn local(&self) -> &Local {
        self.local.as_ref().expect("a library of one's own")
    }

    /// Returns a person who has not signed in.
    pub fn stranger(&self) -> Person {
        Person {
            http: self.http.clone(),
            url: self.url.clone(),
            api_key: self.api_key.clone(),
            id: String::new(),
            email: String::new(),
            access_token: None,
            refresh_token: None,
        }
    }

    /// Registers a reader whose address counts as verified, if the library is the test's own. Others get no letters about
    /// books.
    pub async fn reader(&self) -> Person {
        let reader = self.newcomer().await;
        if self.local.is_some() {
            self.verify(&reader.id).await;
        }
        reader
    }

    /// Makes the address of a user count as verified, without a letter.
    pub async fn verify(&self, user: &str) {
        self.dynamodb().verify(user).await;
    }

    /// Registers a reader who has not verified the address.
    pub async fn newcomer(&self) -> Person {
        let email = unique_email();
        let stranger = self.stranger();
        let welcome = stranger.post("/auth/register", json!({"email": email, "password": PASSWORD})).await.expect(201);
        let id = welcome.json()["user"]["id"].as_str().unwrap_or_default().to_owned();
        Person { id, email, ..stranger.with_tokens(&welcome) }
    }

    /// Registers a reader, and gives them a role: `assistant` or `admin`.
    pub async fn with_role(&self, role: &str) -> Person {
        let person = self.reader().await;
        self.admin().await.patch(&format!("/users/{}", person.id), json!({"role": role})).await.expect(200);
        person
    }

    /// Registers so many readers.
    pub async fn readers(&self, count: usize) -> Vec<Person> {
        let mut readers = Vec::new();
        for _ in 0..count {
            readers.push(self.reader().await);
        }
        readers
    }

    /// Signs in as the administrator.
    pub async fn admin(&self) -> Person {
        let (email, password) = match &self.local {
            Some(_) => (ADMIN.0.to_owned(), ADMIN.1.to_owned()),
            None => (deployed("ADMIN_EMAIL"), deployed("ADMIN_PASSWORD")),
        };
        let stranger = self.stranger();
        let tokens = stranger.post("/auth/login", json!({"email": email, "password": password})).await.expect(200);
        Person { email, ..stranger.with_tokens(&tokens) }
    }

    /// Signs a person in again, whose tokens have expired.
    pub async fn signs_in(&self, person: &Person) -> Person {
        let password = if person.email == ADMIN.0 { ADMIN.1 } else { PASSWORD };
        person.with_tokens(&self.login(&person.email, password).await.expect(200))
    }

    /// Sends a sign-in.
    pub async fn login(&self, email: &str, password: &str) -> Answer {
        self.stranger().logs_in(email, password).await
    }
}

fn deployed(variable: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| panic!("{variable} is needed with BASE_URL"))
}

/// Returns a word that no other test uses, so that tests do not meet in a shared library.
pub fn unique(word: &str) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    format!("{word}{:x}{:x}{count}", now.as_micros(), std::process::id())
}

/// Returns an address that no other test uses.
pub fn unique_email() -> String {
    format!("{}@example.com", unique("reader"))
}
