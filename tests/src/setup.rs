//! The setup of a test's own library.

use std::sync::Arc;
use std::time::Duration;

use auth::Secrets;
use futures_util::FutureExt;
use local::{Carrel, Deployment, Handler, Local, Options};
use serde_json::Value;
use shared::runtime::app::{Clock, Settings};
use tokio::sync::Semaphore;

use crate::database::{Client as DynamoDb, Proxy, recorded};
use crate::http::client;
use crate::library::ADMIN;
use crate::{Crashes, Library, Post, SocketApi, Stream};

/// The secret that the signing keys are made from. A test can sign with it what the library never would.
pub const SIGNING_SECRET: &str = "the signing secret of every story's library, known to every story";
const PEPPER_SECRET: &str = "the pepper of every story's library";
const LETTER_SECRET: &str = "the letters of every story's library";
/// Returns the secrets of a test's library, with another signing secret.
pub fn secrets(signing: &str) -> Secrets {
    Secrets::new(signing, PEPPER_SECRET, LETTER_SECRET).expect("32 bytes each")
}

/// The setup of a test's own library.
pub struct Setup {
    options: Options,
    secrets: Secrets,
    is_proxied: bool,
    is_metered: bool,
    around: Vec<(&'static str, Around)>,
    has_admin: bool,
}

/// A wrapper around a function that takes events.
type Around = Box<dyn FnOnce(Handler) -> Handler>;

impl Default for Setup {
    fn default() -> Self {
        // The readers of a test are at the library.
        let mut options = Options::default();
        options.settings.library_addresses = vec!["127.0.0.1/32".parse().expect("a network")];
        Setup {
            options,
            secrets: secrets(SIGNING_SECRET),
            is_proxied: false,
            is_metered: false,
            around: Vec::new(),
            has_admin: true,
        }
    }
}

impl Setup {
    /// Changes the settings, which are the template's defaults.
    pub fn settings(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(&mut self.options.settings);
        self
    }

    /// Signs with another key than the libraries of other tests.
    pub fn signing_secret(mut self, secret: &str) -> Self {
        self.secrets = secrets(secret);
        self
    }

    /// Enforces the template's usage plans.
    pub fn usage_plans(mut self) -> Self {
        self.options.usage_plans = true;
        self
    }

    /// Lets so many calls of functions run at once.
    pub fn most_calls(mut self, calls: usize) -> Self {
        self.options.most_calls = calls;
        self
    }

    /// Puts the mail service into SES's sandbox, with these addresses and domains verified.
    pub fn sandbox(mut self, verified: &[&str]) -> Self {
        self.options.sandbox = Some(verified.iter().map(ToString::to_string).collect());
        self
    }

    /// Stops the clock: only [`Library::wait`] moves it.
    pub fn standing_clock(mut self) -> Self {
        self.options.clock = Clock::fixed();
        self
    }

    /// Stops the clock at a moment.
    ///
    /// # Panics
    /// If it is not a time.
    pub fn clock_at(mut self, moment: &str) -> Self {
        self.options.clock = Clock::fixed_at(moment.parse().expect("a time"));
        self
    }

    /// Puts a proxy between each function and DynamoDB, which can hold calls and let them fail.
    pub fn proxied(mut self) -> Self {
        self.is_proxied = true;
        self
    }

    /// Puts in the same proxies, which also count the calls.
    pub fn metered(mut self) -> Self {
        self.is_metered = true;
        self.proxied()
    }

    /// Hands every batch to each follower of the stream twice, as a stream may.
    pub fn everything_twice(mut self) -> Self {
        self.around.push(("dispatch", Box::new(calling_twice)));
        self.around.push(("indexer", Box::new(calling_twice)));
        self
    }

    /// Hands every row to each follower of the stream twice in the same batch, as a stream may.
    pub fn every_row_twice(mut self) -> Self {
        self.around.push(("dispatch", Box::new(with_every_row_twice)));
        self.around.push(("indexer", Box::new(with_every_row_twice)));
        self
    }

    /// Gives the stream so many shards, each of which `dispatch` handles by itself.
    pub fn shards(mut self, shards: u64) -> Self {
        self.options.shards = shards;
        self
    }

    /// Answers handshakes only when `gate` has a permit.
    pub fn handshakes_wait_for(mut self, gate: Arc<Semaphore>) -> Self {
        self.around.push(("live", Box::new(|live| answering_later(live, gate))));
        self
    }

    /// Hands a failed batch to `dispatch` again almost at once.
    pub fn retries_at_once(mut self) -> Self {
        self.options.retry_pause = Duration::from_millis(1);
        self
    }

    /// Hands a failed batch to `dispatch` again after an hour only.
    pub fn retries_too_late(mut self) -> Self {
        self.options.retry_pause = Duration::from_secs(60 * 60);
        self
    }

    /// Never calls `dispatch`: Lambda has given up every row. [`Local::call`] still does.
    pub fn dispatch_is_away(mut self) -> Self {
        let nothing = |dispatch: Handler| -> Handler {
            Arc::new(move |event| match event["Records"].is_array() {
                true => async { Ok(Value::Null) }.boxed(),
                false => dispatch(event),
            })
        };
        self.around.push(("dispatch", Box::new(nothing)));
        self
    }

    /// Starts without the administrator, whom only the local runner creates.
    pub fn without_admin(mut self) -> Self {
        self.has_admin = false;
        self
    }

    /// Starts the library.
    pub async fn start(self) -> Library {
        let Setup { options, secrets, is_proxied, is_metered, around, has_admin } = self;
        let clock = options.clock.clone();
        let (mut proxy, post, socket_api, stream) = (None, Post::default(), SocketApi::default(), Stream::default());
        let (mut dynamodb, crashes) = (None, Crashes::default());
        let carrel = async |database: &local::Database, mut deployment: Deployment| {
            deployment.ses = post.start(&deployment.ses).await;
            deployment.sockets = socket_api.start(&deployment.sockets).await;
            let database = &*dynamodb.insert(recorded(DynamoDb::of(database)).await);
            let mut carrel = if is_proxied {
                let started = Proxy::new(database.clone(), is_metered);
                let endpoints = started.start().await;
                proxy = Some(started);
                Carrel::on_each(|function| endpoints[function].clone(), &secrets, deployment, clock).await?
            } else {
                Carrel::on(database.endpoint(), &secrets, deployment, clock).await?
            };
            for function in ["dispatch", "indexer"] {
                let handler = carrel.handlers.remove(function).expect("it takes events");
                carrel.handlers.insert(function.to_owned(), crashes.around(handler));
            }
            for (function, around) in around {
                let handler = carrel.handlers.remove(function).expect("it takes events");
                carrel.handlers.insert(function.to_owned(), around(handler));
            }
            let dispatch = carrel.handlers.remove("dispatch").expect("it takes events");
            carrel.handlers.insert("dispatch".to_owned(), stream.before(dispatch));
            Ok(carrel)
        };
        let clock = options.clock.clone();
        let local = Local::start_with(options, carrel).await.unwrap_or_else(|error| panic!("{error}"));
        if has_admin {
            local.create_admin(ADMIN.0, ADMIN.1).await.unwrap_or_else(|error| panic!("{error}"));
        }
        Library {
            url: local.url().to_owned(),
            http: client(None),
            api_key: None,
            local: Some(local),
            dynamodb,
            clock,
            proxy,
            post,
            socket_api,
            stream,
            crashes,
        }
    }
}

/// Wraps a function: it is called twice, and the second answer counts.
fn calling_twice(handler: Handler) -> Handler {
    Arc::new(move |event| {
        let (first, second) = (handler(event.clone()), Arc::clone(&handler));
        async move {
            first.await?;
            second(event).await
        }
        .boxed()
    })
}

/// Wraps a function: its batches have every record twice.
fn with_every_row_twice(handler: Handler) -> Handler {
    Arc::new(move |mut event| {
        if let Some(records) = event["Records"].as_array_mut() {
            *records = records.iter().flat_map(|record| [record.clone(), record.clone()]).collect();
        }
        handler(event)
    })
}

/// Wraps a function: its answers to handshakes are late.
fn answering_later(handler: Handler, gate: Arc<Semaphore>) -> Handler {
    Arc::new(move |event| {
        let is_handshake = event["requestContext"]["eventType"] == "CONNECT";
        let (answer, gate) = (handler(event), Arc::clone(&gate));
        async move {
            let answer = answer.await;
            if is_handshake {
                gate.acquire().await.expect("it is never closed").forget();
            }
            answer
        }
        .boxed()
    })
}
