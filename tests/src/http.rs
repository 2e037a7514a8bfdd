//! The HTTP client of the tests.

use reqwest::{Certificate, Client, redirect};

/// Returns a client for HTTP and HTTPS. It trusts the certificates that the system trusts, or `certificate` alone. It follows a
/// redirect within a site, and to no other: the website of a deployed library may be elsewhere.
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
    let within_a_site = redirect::Policy::custom(|to| match to.previous().last() {
        Some(from) if from.origin() == to.url().origin() && to.previous().len() < 5 => to.follow(),
        _ => to.stop(),
    });
    builder.redirect(within_a_site).build().expect("a client")
}
