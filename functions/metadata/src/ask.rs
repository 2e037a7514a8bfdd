//! Asks a catalogue: one HTTP request, within two seconds.
//!
//! What a catalogue sends is a stranger's. At most a megabyte of it is read, and it may redirect once, to itself: an address
//! that it names could be that of Lambda's own runtime API.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use reqwest::redirect::{Attempt, Policy};
use reqwest::{StatusCode, header};
use rustls::{ClientConfig, RootCertStore};

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
    pub(crate) fn new(contact: &str) -> Result<Self, Box<dyn Error + Send + Sync>> {
        // Mozilla's roots: not every image of a system has its own.
        let roots = RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        let tls = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()));
        let tls = tls.with_safe_default_protocol_versions()?.with_root_certificates(roots).with_no_client_auth();
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
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
