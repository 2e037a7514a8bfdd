//! The tests' client reaches a library behind HTTPS, as every deployed one is.

use std::net::Ipv4Addr;
use std::sync::Arc;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use reqwest::Certificate;
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use serde_json::json;
use tests::{Library, client};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// Starts an HTTPS server that hands all bytes on to `address`. Returns its own address and its certificate.
async fn https(address: String) -> (String, Certificate) {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(["127.0.0.1".to_owned()]).expect("a certificate");
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(signing_key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()));
    let config = config.with_safe_default_protocol_versions().expect("versions of TLS").with_no_client_auth();
    let config = config.with_single_cert(vec![cert.der().clone()], key).expect("a key of the certificate");
    let (acceptor, listener) =
        (TlsAcceptor::from(Arc::new(config)), TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port"));
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            let (acceptor, address) = (acceptor.clone(), address.clone());
            tokio::spawn(async move {
                let Ok(mut outside) = acceptor.accept(connection).await else { return };
                let mut inside = TcpStream::connect(address).await.expect("the library listens");
                let _ = tokio::io::copy_bidirectional(&mut outside, &mut inside).await;
            });
        }
    });
    (format!("https://127.0.0.1:{port}"), Certificate::from_der(cert.der()).expect("a certificate"))
}

#[tokio::test]
async fn the_tests_can_ask_a_library_behind_https_that_has_the_right_certificate() {
    let library = Library::own().start().await;
    let (root, path) = library.url().split_at(library.url().rfind('/').expect("a path"));
    let (url, certificate) = https(root.trim_start_matches("http://").to_owned()).await;
    let behind = Library::at(&format!("{url}{path}"), client(Some(certificate)));
    let reader = behind.reader().await;
    let book = reader.adds("Kindred", "Octavia E. Butler").await;
    assert_eq!(behind.stranger().get(&format!("/books/{book}")).await.expect(200).string("title"), "Kindred");
    assert!(client(None).post(format!("{url}{path}/auth/login")).json(&json!({})).send().await.is_err());
}
