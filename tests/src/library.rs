//! A library for one story.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use auth::Secrets;
use futures_util::FutureExt;
use local::{Carrel, Handler, Local, Options, Place};
use reqwest::Client;
use serde_json::{Value, json};
use shared::runtime::app::{Clock, Settings};
use tokio::sync::Semaphore;

use crate::meter::Meter;
use crate::{Answer, Person, Post};

/// A running library. Each story has its own, empty one in memory; or, where `BASE_URL` is set, they all share the
/// deployed one that it names, with `API_KEY`, `ADMIN_EMAIL` and `ADMIN_PASSWORD` for it.
pub struct Library {
    url: String,
    http: Client,
    api_key: Option<String>,
    local: Option<Local>,
    clock: Clock,
    meter: Option<Meter>,
    post: Post,
}

/// How a library of one's own is set up.
pub struct Setup {
    options: Options,
    secrets: Secrets,
    metered: bool,
    around: Vec<(&'static str, Around)>,
    has_admin: bool,
}

/// Something around a function that takes events.
type Around = Box<dyn FnOnce(Handler) -> Handler>;

/// The administrator of a library of one's own.
const ADMIN: (&str, &str) = ("johndoe@example.com", "password");
/// What the keys of a library of one's own are made from, so that a story can sign what the library never would.
pub const SIGNING_SECRET: &str = "the signing secret of every story's library, known to every story";
const PEPPER_SECRET: &str = "the pepper of every story's library";
const LETTER_SECRET: &str = "the letters of every story's library";
/// The password of every reader.
pub const PASSWORD: &str = "correct horse battery";

/// The secrets of every story's library, but for what it signs with.
pub fn secrets(signing: &str) -> Secrets {
    Secrets::new(signing, PEPPER_SECRET, LETTER_SECRET).expect("32 bytes each")
}

impl Setup {
    /// Another setting than the template's default.
    pub fn settings(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(&mut self.options.settings);
        self
    }

    /// Signing with another key than the other stories' libraries.
    pub fn signing_secret(mut self, secret: &str) -> Self {
        self.secrets = secrets(secret);
        self
    }

    /// With the template's usage plans in force.
    pub fn usage_plans(mut self) -> Self {
        self.options.usage_plans = true;
        self
    }

    /// With a clock that only [`Library::wait`] moves.
    pub fn standing_clock(mut self) -> Self {
        self.options.clock = Clock::standing();
        self
    }

    /// With every call of DynamoDB counted.
    pub fn metered(mut self) -> Self {
        self.metered = true;
        self
    }

    /// With everything that is handed to `dispatch` handed to it twice, as a stream may.
    pub fn everything_twice(mut self) -> Self {
        self.around.push(("dispatch", Box::new(calling_twice)));
        self
    }

    /// With handshakes that are answered only once `gate` lets them.
    pub fn handshakes_wait_for(mut self, gate: Arc<Semaphore>) -> Self {
        self.around.push(("live", Box::new(|live| answering_later(live, gate))));
        self
    }

    /// With hardly a pause before `dispatch` is handed again what it failed on.
    pub fn retries_at_once(mut self) -> Self {
        self.options.retry_pause = Duration::from_millis(1);
        self
    }

    /// Without the administrator that only the local runner makes.
    pub fn without_admin(mut self) -> Self {
        self.has_admin = false;
        self
    }

    /// Starts it.
    pub async fn start(self) -> Library {
        let Setup { options, secrets, metered, around, has_admin } = self;
        let clock = options.clock.clone();
        let (mut meter, post) = (None, Post::default());
        let carrel = async |database: &local::Database, mut place: Place| {
            place.ses = post.start(&place.ses).await;
            let mut carrel = if metered {
                let started = Meter::new(database.endpoint());
                let endpoints = started.endpoints().await;
                meter = Some(started);
                Carrel::on_each(|function| endpoints[function].clone(), &secrets, place, clock).await?
            } else {
                Carrel::on(database.endpoint(), &secrets, place, clock).await?
            };
            for (function, around) in around {
                let handler = carrel.handlers.remove(function).expect("it takes events");
                carrel.handlers.insert(function.to_owned(), around(handler));
            }
            Ok(carrel)
        };
        let clock = options.clock.clone();
        let local = Local::start_with(options, carrel).await.unwrap_or_else(|error| panic!("{error}"));
        if has_admin {
            local.create_admin(ADMIN.0, ADMIN.1).await.unwrap_or_else(|error| panic!("{error}"));
        }
        Library {
            url: local.url().to_owned(),
            http: Client::new(),
            api_key: None,
            local: Some(local),
            clock,
            meter,
            post,
        }
    }
}

impl Library {
    /// The library of a story that any library can tell.
    pub async fn start() -> Library {
        match std::env::var("BASE_URL") {
            Ok(url) => Library {
                url: url.trim_end_matches('/').to_owned(),
                http: Client::new(),
                api_key: std::env::var("API_KEY").ok(),
                local: None,
                clock: Clock::system(),
                meter: None,
                post: Post::default(),
            },
            Err(_) => Library::own().start().await,
        }
    }

    /// The library of a story that the gateway has a part in. Where `WITHOUT_GATEWAY` is set, `BASE_URL` is that of
    /// `cargo lambda watch`, which has none, and the story is told in a library of its own.
    pub async fn behind_gateway() -> Library {
        match std::env::var_os("WITHOUT_GATEWAY") {
            Some(_) => Library::own().start().await,
            None => Library::start().await,
        }
    }

    /// A library of one's own, whatever `BASE_URL` says: for stories that need another setting, an empty catalogue,
    /// or the clock.
    pub fn own() -> Setup {
        let secrets = secrets(SIGNING_SECRET);
        Setup { options: Options::default(), secrets, metered: false, around: Vec::new(), has_admin: true }
    }

    /// Where it is.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Moves the library's clock on.
    ///
    /// # Panics
    /// With a deployed library.
    pub fn wait(&self, seconds: i64) {
        assert!(self.local.is_some(), "a deployed library has the time of day");
        self.clock.advance(jiff::SignedDuration::from_secs(seconds));
    }

    /// What counts the calls of DynamoDB.
    ///
    /// # Panics
    /// Where the library was not set up metered.
    pub fn meter(&self) -> &Meter {
        self.meter.as_ref().expect("set up metered")
    }

    /// What its letters go through.
    pub fn post(&self) -> &Post {
        &self.post
    }

    /// The library's process, to look behind the API.
    ///
    /// # Panics
    /// With a deployed library.
    pub fn local(&self) -> &Local {
        self.local.as_ref().expect("a library of one's own")
    }

    /// Somebody who has not signed in.
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

    /// A reader who has just registered.
    pub async fn reader(&self) -> Person {
        let email = unique_email();
        let stranger = self.stranger();
        let welcome = stranger.post("/auth/register", json!({"email": email, "password": PASSWORD})).await.expect(201);
        let id = welcome.json()["user"]["id"].as_str().unwrap_or_default().to_owned();
        Person { id, email, ..stranger.with_tokens(&welcome) }
    }

    /// So many of them.
    pub async fn readers(&self, count: usize) -> Vec<Person> {
        let mut readers = Vec::new();
        for _ in 0..count {
            readers.push(self.reader().await);
        }
        readers
    }

    /// A librarian.
    pub async fn admin(&self) -> Person {
        let (email, password) = match &self.local {
            Some(_) => (ADMIN.0.to_owned(), ADMIN.1.to_owned()),
            None => (deployed("ADMIN_EMAIL"), deployed("ADMIN_PASSWORD")),
        };
        let stranger = self.stranger();
        let tokens = stranger.post("/auth/login", json!({"email": email, "password": password})).await.expect(200);
        Person { email, ..stranger.with_tokens(&tokens) }
    }

    /// Somebody whose tokens have expired, signed in again.
    pub async fn signs_in(&self, person: &Person) -> Person {
        let password = if person.email == ADMIN.0 { ADMIN.1 } else { PASSWORD };
        person.with_tokens(&self.login(&person.email, password).await.expect(200))
    }

    /// Tries to sign in.
    pub async fn login(&self, email: &str, password: &str) -> Answer {
        let credentials: Value = json!({"email": email, "password": password});
        self.stranger().post("/auth/login", credentials).await
    }
}

/// A function that does everything again, and answers what it answers then.
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

/// A function that has let a socket in before its answer says so.
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

fn deployed(variable: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| panic!("{variable} is needed with BASE_URL"))
}

/// A word that no other story uses, so that stories don't meet in a library that they share.
pub fn unique(word: &str) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    format!("{word}{:x}{:x}{count}", now.as_micros(), std::process::id())
}

/// An address that no other story uses.
pub fn unique_email() -> String {
    format!("{}@example.com", unique("reader"))
}
