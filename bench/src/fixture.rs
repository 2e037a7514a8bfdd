//! The environment of the functions: a library with a book and a reader, secrets, and events.

use std::fs;
use std::net::Ipv4Addr;

use local::Data;
use local::cloud::{Cloud, Options};
use local::template::Template;
use serde_json::{Value, json};

use crate::bootstrap::{Bootstrap, Failure};
use crate::build::{Built, root};

/// A function that is measured.
pub(crate) struct Measured {
    /// Its name.
    pub(crate) function: String,
    /// An event of `events/` for which the function reads something.
    pub(crate) event: String,
}

/// The events that functions are measured with. A function without a line here gets the first GET of its folder in
/// `events/`.
const EVENTS: [&str; 9] = [
    "auth/list-sessions",
    "books/get",
    "dispatch/sweep",
    "imports/list",
    "indexer/journal",
    "live/list-events",
    "reservations/list",
    "site/health",
    "users/get-me",
];

/// Returns the functions to measure: the baseline, and then every function of the template, by name.
///
/// # Errors
/// If a function has no event.
pub(crate) fn functions() -> Result<Vec<Measured>, Failure> {
    let mut measured = vec![Measured { function: "hello".to_owned(), event: "books/get".to_owned() }];
    let mut functions = Template::embedded()?.functions.clone();
    functions.sort();
    for function in functions {
        let chosen = EVENTS.iter().find(|event| event.split('/').next() == Some(function.as_str()));
        let event = match chosen {
            Some(event) => (*event).to_owned(),
            None => first_get(&function)?,
        };
        measured.push(Measured { function, event });
    }
    Ok(measured)
}

fn first_get(function: &str) -> Result<String, Failure> {
    let mut names = Vec::new();
    for file in fs::read_dir(root().join("events").join(function))? {
        let path = file?.path();
        let event: Value = serde_json::from_str(&fs::read_to_string(&path)?)?;
        if event["httpMethod"] == "GET" {
            names.extend(path.file_stem().and_then(|name| name.to_str()).map(|name| format!("{function}/{name}")));
        }
    }
    names.into_iter().min().ok_or_else(|| format!("events/{function} has no GET").into())
}

impl Measured {
    /// Checks the answer to the event.
    ///
    /// # Errors
    /// If it is not the expected one.
    pub(crate) fn expect(&self, answer: &Value) -> Result<(), Failure> {
        let is_expected = match self.event.as_str() {
            "dispatch/sweep" => *answer == json!({"done": 0}),
            "indexer/journal" => *answer == json!({"batchItemFailures": []}),
            // The book has no cover, and no other catalogue is asked.
            "pictures/get-cover" | "metadata/look-up" => answer["statusCode"] == 404,
            // Once an hour.
            "data/fetch" => answer["statusCode"] == 200 || answer["statusCode"] == 429,
            _ => answer["statusCode"] == 200,
        };
        if is_expected { Ok(()) } else { Err(format!("{} was answered with {answer}", self.event).into()) }
    }
}

/// The book of the events in `events/`.
const BOOK: &str = "0192f3a4-5b6c-7d8e-9f01-23456789abcd";
const READER: (&str, &str) = ("johndoe@example.com", "password");

/// The environment of the functions.
pub(crate) struct Fixture {
    environment: Vec<(&'static str, String)>,
    token: String,
    book: String,
    /// The peak of auth's memory after one sign-in, in bytes.
    pub(crate) signed_in: u64,
    /// Ends when this is dropped.
    _cloud: Cloud,
}

impl Fixture {
    /// Starts a library in memory, and fills it with the functions themselves. Its only user is a librarian, who has
    /// added a book, and has it as a favorite and a reservation. `more` is added to the environment of the functions.
    pub(crate) async fn start(built: &Built, more: &[(&'static str, String)]) -> Result<Self, Failure> {
        let options = Options { aws_port: 0, address: Ipv4Addr::LOCALHOST.into(), env_file: None };
        let cloud = Cloud::start(0, &Data::Memory, &options).await?;
        cloud.create_admin(READER.0, READER.1).await?;
        let mut environment = cloud.environment();
        let of_lambda = [
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"),
            ("AWS_LAMBDA_FUNCTION_NAME", "bench"),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
            ("AWS_LAMBDA_LOG_FORMAT", "JSON"),
            ("AWS_LAMBDA_LOG_LEVEL", "INFO"),
        ];
        environment.extend(of_lambda.map(|(name, value)| (name, value.to_owned())));
        environment.extend_from_slice(more);
        let mut fixture =
            Fixture { environment, token: String::new(), book: BOOK.to_owned(), signed_in: 0, _cloud: cloud };
        let password = json!({"email": READER.0, "password": READER.1});
        let (answer, memory) = fixture.invoke(built, "auth/login", Some(password)).await?;
        (fixture.token, fixture.signed_in) = (text(&answer, "accessToken")?, memory);
        fixture.book = text(&fixture.invoke(built, "books/create", None).await?.0, "id")?;
        fixture.invoke(built, "favorites/add", None).await?;
        fixture.invoke(built, "reservations/reserve", None).await?;
        Ok(fixture)
    }

    /// Returns the environment variables of the template, and those of Lambda.
    pub(crate) fn environment(&self) -> &[(&'static str, String)] {
        &self.environment
    }

    /// Returns the event in `events/{name}.json`, with the token of the reader and the id of the book.
    ///
    /// # Errors
    /// If there is no such event.
    pub(crate) fn event(&self, name: &str) -> Result<String, Failure> {
        Ok(self.event_with(name, None)?.to_string())
    }

    fn event_with(&self, name: &str, body: Option<Value>) -> Result<Value, Failure> {
        let text = fs::read_to_string(root().join(format!("events/{name}.json")))?;
        let mut event: Value = serde_json::from_str(&text.replace(BOOK, &self.book))?;
        let authorization = format!("Bearer {}", self.token);
        if let Some(sent) = event.pointer_mut("/headers/Authorization") {
            *sent = json!(authorization);
            event["multiValueHeaders"]["Authorization"] = json!([authorization]);
        }
        if let Some(body) = body {
            event["body"] = json!(body.to_string());
        }
        Ok(event)
    }

    /// Sends an event, with another body if there is one. Returns the body of the answer, and the peak of the
    /// function's memory.
    async fn invoke(&self, built: &Built, name: &str, body: Option<Value>) -> Result<(Value, u64), Failure> {
        let (function, _) = name.split_once('/').unwrap_or((name, ""));
        let (mut bootstrap, _) = Bootstrap::start(&built.bootstrap(function), &self.environment).await?;
        let (answer, _) = bootstrap.answer(&self.event_with(name, body)?.to_string()).await?;
        if !answer["statusCode"].as_u64().is_some_and(|status| (200..300).contains(&status)) {
            return Err(format!("{name} was answered with {answer}").into());
        }
        Ok((serde_json::from_str(&text(&answer, "body")?)?, bootstrap.memory()?))
    }
}

fn text(answer: &Value, name: &str) -> Result<String, Failure> {
    Ok(answer[name].as_str().ok_or_else(|| format!("there is no {name} in {answer}"))?.to_owned())
}
