//! The HTTP client of the SDK: HTTP/1.1 and TLS, from the same libraries as the SDK's own client. The SDK's own client
//! adds HTTP/2, proxies and the system's certificates: a twentieth of every function's size, and never used here.

use std::error::Error;
use std::io;
use std::iter::successors;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use aws_sdk_dynamodb::config::SharedHttpClient;
use aws_smithy_runtime_api::client::connection::{CaptureSmithyConnection, ConnectionMetadata};
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::retry::ErrorKind;
use http::Uri;
use hyper_rustls::{HttpsConnectorBuilder, MaybeHttpsStream};
use hyper_util::client::legacy::connect::{self, CaptureConnection, capture_connection};
use hyper_util::client::legacy::{self, Client};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tower::BoxError;
use tower::timeout::Timeout;
use tower::util::BoxCloneSyncService;

/// The longest time until a connection is open.
const CONNECT: Duration = Duration::from_secs(1);

type Connect = BoxCloneSyncService<Uri, MaybeHttpsStream<TokioIo<TcpStream>>, BoxError>;

/// Returns the client. It reuses up to `idle` connections. Only the local runner has addresses with `http:`.
pub fn client(idle: usize) -> SharedHttpClient {
    let https = SharedHttpConnector::new(Https::new(idle));
    http_client_fn(move |_, _| https.clone())
}

/// Amazon Root CA 1 to 4, and Starfield Services Root CA G2, to which some endpoints of AWS chain: the roots of
/// <https://www.amazontrust.com/repository/>. They are in DER because every start reads them.
const ROOTS: [&[u8]; 5] = [
    include_bytes!("amazon-roots/1.der"),
    include_bytes!("amazon-roots/2.der"),
    include_bytes!("amazon-roots/3.der"),
    include_bytes!("amazon-roots/4.der"),
    include_bytes!("amazon-roots/starfield.der"),
];

/// TLS with ring. aws-lc would gather entropy from CPU jitter for its first random number: 30 ms of CPU, most of a
/// small function's cold start. The roots are Amazon's only, because reading the system's certificates would take 3 ms.
static TLS: LazyLock<ClientConfig> = LazyLock::new(|| {
    let mut roots = RootCertStore::empty();
    for root in ROOTS {
        roots.add(CertificateDer::from_slice(root)).expect("the roots are certificates");
    }
    #[cfg(feature = "test-root")]
    roots.add(test_root()).expect("it is a certificate");
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()));
    let config = config.with_safe_default_protocol_versions().expect("ring has what TLS needs");
    config.with_root_certificates(roots).with_no_client_auth()
});

/// The root in the file that `TEST_ROOT` names.
#[cfg(feature = "test-root")]
fn test_root() -> CertificateDer<'static> {
    let file = std::env::var_os("TEST_ROOT").expect("TEST_ROOT names a certificate");
    std::fs::read(file).expect("the file of TEST_ROOT can be read").into()
}

#[derive(Debug)]
struct Https(Client<Connect, SdkBody>);

impl Https {
    fn new(idle: usize) -> Self {
        let mut tcp = connect::HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        let tls = HttpsConnectorBuilder::new().with_tls_config(ClientConfig::clone(&TLS)).https_or_http();
        let connect = Connect::new(Timeout::new(tls.enable_http1().wrap_connector(tcp), CONNECT));
        let mut client = Client::builder(TokioExecutor::new());
        Https(client.pool_timer(TokioTimer::new()).pool_max_idle_per_host(idle).build(connect))
    }
}

impl HttpConnector for Https {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let mut request = match request.try_into_http1x() {
            Ok(request) => request,
            Err(error) => return HttpConnectorFuture::ready(Err(ConnectorError::user(error.into()))),
        };
        let connection = capture_connection(&mut request);
        if let Some(capture) = request.extensions().get::<CaptureSmithyConnection>() {
            capture.set_connection_retriever(move || metadata(&connection));
        }
        let answer = self.0.request(request);
        HttpConnectorFuture::new(async move {
            let answer = answer.await.map_err(connector_error)?;
            let answer = HttpResponse::try_from(answer.map(SdkBody::from_body_1_x));
            answer.map_err(|error| ConnectorError::other(error.into(), None))
        })
    }
}

/// Describes a request's connection to the SDK, so that it can close the connection of a failed call.
fn metadata(connection: &CaptureConnection) -> Option<ConnectionMetadata> {
    connection.connection_metadata().as_ref()?;
    let connection = connection.clone();
    let close = move || connection.connection_metadata().iter().for_each(connect::Connected::poison);
    Some(ConnectionMetadata::builder().proxied(false).poison_fn(close).build())
}

/// Why no connection to a service is possible.
#[derive(Debug, thiserror::Error)]
#[error(
    "the service's certificate is not valid, or leads to none of Amazon's roots in shared/src/runtime/amazon-roots: \
     an endpoint of another partition, or a proxy that opens TLS?"
)]
struct WrongCertificate(#[source] legacy::Error);

/// Returns the error of TLS. An `io::Error` that wraps another one has it, and what an `io::Error` wraps is not among its
/// sources.
fn tls_error(error: &io::Error) -> Option<&rustls::Error> {
    let inner: &io::Error = error.get_ref()?.downcast_ref()?;
    inner.get_ref()?.downcast_ref()
}

/// Converts an error into the kind by which the SDK decides whether to retry.
fn connector_error(error: legacy::Error) -> ConnectorError {
    fn find<E: Error + 'static>(error: &legacy::Error) -> Option<&E> {
        successors(Some(error as &(dyn Error + 'static)), |&error| error.source())
            .find_map(|error| error.downcast_ref())
    }
    if let Some(rustls::Error::InvalidCertificate(_)) = find::<io::Error>(&error).and_then(tls_error) {
        return ConnectorError::other(WrongCertificate(error).into(), None);
    }
    let hyper = find::<hyper::Error>(&error);
    let is = |kind: fn(&hyper::Error) -> bool| hyper.is_some_and(kind);
    let ended = is(hyper::Error::is_closed) || is(hyper::Error::is_canceled);
    if is(hyper::Error::is_user) {
        ConnectorError::user(error.into())
    } else if ended || error.is_connect() || find::<io::Error>(&error).is_some() {
        ConnectorError::io(error.into())
    } else {
        let kind = is(hyper::Error::is_incomplete_message).then_some(ErrorKind::TransientError);
        ConnectorError::other(error.into(), kind)
    }
}

#[cfg(test)]
mod tests {
    use rcgen::{CertifiedKey, generate_simple_self_signed};
    use rustls::ServerConfig;
    use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
    use sha2::{Digest, Sha256};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};
    use tokio_rustls::TlsAcceptor;

    use super::*;

    /// Sends a request to a server that handles the connection with `serve`.
    async fn request<D: Future>(
        scheme: &str,
        serve: impl FnOnce(TcpStream) -> D,
    ) -> Result<HttpResponse, ConnectorError> {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let mut request = HttpRequest::new(SdkBody::from("{}"));
        request.set_uri(format!("{scheme}://{address}/")).expect("an address");
        let https = Https::new(1);
        let serve = async { serve(listener.accept().await.expect("a connection").0).await };
        let (answer, _) = tokio::join!(https.call(request), serve);
        answer
    }

    async fn read(connection: &mut TcpStream) -> Vec<u8> {
        let mut bytes = vec![0; 1024];
        let length = connection.read(&mut bytes).await.expect("a request");
        bytes.truncate(length);
        bytes
    }

    #[test]
    fn aw18_the_roots_are_those_that_amazon_publishes() {
        // The fingerprints of the repository's page.
        let published = [
            "8ecde6884f3d87b1125ba31ac3fcb13d7016de7f57cc904fe1cb97c6ae98196e",
            "1ba5b2aa8c65401a82960118f80bec4f62304d83cec4713a19c39c011ea46db4",
            "18ce6cfe7bf14e60b2e347b8dfe868cb31d02ebb3ada271569f50343b46db3a4",
            "e35d28419ed02025cfa69038cd623962458da5c695fbdea3c22b0bfb25897092",
            "568d6905a2c88708a4b3025190edcfedb1974a606a13c6e5290fcb2ae63edab5",
        ];
        let fingerprint =
            |root: &&[u8]| Sha256::digest(root).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        assert_eq!(ROOTS.iter().map(fingerprint).collect::<Vec<_>>(), published);
        assert_eq!(TLS.alpn_protocols.len(), 0, "all of them are certificates");
    }

    #[tokio::test]
    async fn a_request_is_answered() {
        let answer = request("http", async |mut connection| {
            assert!(read(&mut connection).await.starts_with(b"GET / HTTP/1.1\r\n"));
            connection.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi").await.expect("the client reads");
        });
        let answer = answer.await.expect("an answer");
        assert_eq!(answer.status().as_u16(), 200);
        let body = axum::body::to_bytes(axum::body::Body::new(answer.into_body()), 10).await.expect("a body");
        assert_eq!(body, "hi");
    }

    #[tokio::test]
    async fn a_connection_that_ends_without_an_answer_is_retryable() {
        let answer = request("http", async |mut connection| drop(read(&mut connection).await));
        let error = answer.await.expect_err("no answer");
        assert_eq!(error.as_other(), Some(ErrorKind::TransientError), "{error:?}");
    }

    #[tokio::test]
    async fn a_server_without_tls_gets_no_request() {
        let answer = request("https", async |mut connection| {
            // A TLS record with a handshake in it.
            assert!(read(&mut connection).await.starts_with(&[22, 3]));
            connection.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi").await.expect("the client reads");
        });
        let error = answer.await.expect_err("an answer without TLS");
        assert!(error.is_io(), "{error:?}");
    }

    #[tokio::test]
    async fn aw18_an_unknown_root_is_said_and_not_tried_again() {
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(["127.0.0.1".to_owned()]).expect("a certificate");
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(signing_key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()));
        let config = config.with_safe_default_protocol_versions().expect("versions of TLS").with_no_client_auth();
        let config = config.with_single_cert(vec![cert.der().clone()], key).expect("a key of the certificate");
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let answer = request("https", async |connection| {
            acceptor.accept(connection).await.expect_err("the client refuses the certificate");
        });
        let error = answer.await.expect_err("an unknown root");
        let said = crate::runtime::log::chain(&error);
        assert!(said.contains("none of Amazon's roots") && said.contains("UnknownIssuer"), "{said}");
        assert!(!error.is_io() && error.as_other().is_none(), "the SDK would try again: {error:?}");
    }

    #[tokio::test]
    async fn a_refused_connection_is_retryable() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let mut request = HttpRequest::new(SdkBody::empty());
        request.set_uri(format!("http://{}/", listener.local_addr().expect("an address"))).expect("an address");
        drop(listener);
        let error = Https::new(1).call(request).await.expect_err("the port is closed");
        assert!(error.is_io(), "{error:?}");
    }
}
