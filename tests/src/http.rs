//! The HTTP client of the tests.

use reqwest::{Certificate, Client};

/// Returns a client for HTTP and HTTPS. It trusts the certificates that the system trusts, or `certificate` alone.
///
/// # Panics
/// If the system has no certificates.
pub fn client(certificate: Option<Certificate>) -> Client {
    // An error means that it is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = match certificate {
        Some(certificate) => Client::builder().tls_certs_only([certificate]),
        None => Client::builder(),
    };
    builder.build().expect("a client")
}
