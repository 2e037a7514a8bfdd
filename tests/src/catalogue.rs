//! A catalogue of others, as the function `metadata` sees it.

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::http::{HeaderMap, Uri, header};
use axum::response::{IntoResponse, Response};

/// A server on this machine that answers as a test says.
pub struct Catalogue {
    address: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

/// A request that a catalogue got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The path with its query.
    pub path: String,
    /// The header `User-Agent`.
    pub user_agent: String,
}

impl Catalogue {
    /// Starts a catalogue that answers each path with `answer`.
    ///
    /// # Panics
    /// If no port is free.
    pub async fn start<A: IntoResponse>(answer: impl Fn(&str) -> A + Clone + Send + Sync + 'static) -> Self {
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let asked = Arc::<Mutex<Vec<Asked>>>::default();
        let log = Arc::clone(&asked);
        let handle = move |uri: Uri, headers: HeaderMap| {
            let user_agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
            let asked = Asked { path: uri.to_string(), user_agent: user_agent.to_owned() };
            log.lock().unwrap_or_else(PoisonError::into_inner).push(asked);
            let answer: Response = answer(uri.path()).into_response();
            async move { answer }
        };
        tokio::spawn(async move { axum::serve(listener, Router::new().fallback(handle)).await });
        Catalogue { address, asked }
    }

    /// Returns the setting that has it asked as that kind of catalogue: `dnb`, `openlibrary`.
    pub fn setting(&self, kind: &str) -> String {
        format!("{kind}={}/{{isbn}}", self.address)
    }

    /// Returns its requests.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
