//! Asks a catalogue: one HTTP request, within two seconds.
//!
//! What a catalogue sends is a stranger's. At most a megabyte of it is read, and it may redirect once, to itself: an address
//! that it names could be that of Lambda's own runtime API.

use std::sync::Once;
use std::time::Duration;

use reqwest::redirect::{Attempt, Policy};
use reqwest::{StatusCode, header};

/// How long a catalogue may take, the connection and the last byte included.
const PATIENCE: Duration = Duration::from_secs(2);
/// How much of an answer is read, in bytes.
const LONGEST: usize = 1 << 20;

/// The client that asks catalogues.
#[derive(Clone)]
pub(crate) struct Client(reqwest::Client);

/// Why a catalogue did not answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Silence {
    #[error("there is no answer, or none in time")]
    Unreachable(#[source] reqwest::Error),
    #[error("the answer is {0}")]
    Status(StatusCode),
    #[error("the answer is longer than {LONGEST} bytes")]
    TooLong,
}

impl Client {
    /// Makes the client. Its requests say whom to write to, as the catalogues ask for
    /// (<https://openlibrary.org/developers/api>, "User-Agent").
    pub(crate) fn new(contact: &str) -> Result<Self, reqwest::Error> {
        static PROVIDER: Once = Once::new();
        // An error means that another part of the process was first, with the same one.
        PROVIDER.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
        let client = reqwest::Client::builder()
            .user_agent(format!("Carrel/{} ({contact})", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::custom(to_itself_once))
            .timeout(PATIENCE)
            .no_proxy();
        Ok(Client(client.build()?))
    }

    /// Returns what is at an address. A 404 is an answer: the empty one.
    pub(crate) async fn get(&self, address: &str, accept: &str) -> Result<Vec<u8>, Silence> {
        let request = self.0.get(address).header(header::ACCEPT, accept);
        let mut answer = request.send().await.map_err(Silence::Unreachable)?;
        match answer.status() {
            StatusCode::NOT_FOUND => return Ok(Vec::new()),
            status if status.is_success() => {}
            status => return Err(Silence::Status(status)),
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(Silence::Unreachable)? {
            if bytes.len() + chunk.len() > LONGEST {
                return Err(Silence::TooLong);
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    }
}

/// Follows one redirect, to the same scheme, host and port. What else is redirected is no success.
fn to_itself_once(attempt: Attempt<'_>) -> reqwest::redirect::Action {
    let is_itself = attempt.previous().first().is_some_and(|first| first.origin() == attempt.url().origin());
    if is_itself && attempt.previous().len() == 1 { attempt.follow() } else { attempt.stop() }
}
