//! TLS before the embedded services, which have none: what a function spends on it, it spends on AWS too.

use std::path::Path;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use crate::bootstrap::Failure;

/// Doors with TLS to servers of this machine. They close when this is dropped.
pub(crate) struct Doors {
    acceptor: TlsAcceptor,
    open: Vec<JoinHandle<()>>,
}

impl Doors {
    /// Makes a root, an authority below it, and a certificate of this machine. Writes the root to `file`.
    pub(crate) fn below_a_new_root(file: &Path) -> Result<Self, Failure> {
        let authority = || {
            let mut params = CertificateParams::default();
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            params
        };
        let root = CertifiedIssuer::self_signed(authority(), KeyPair::generate()?)?;
        let between = CertifiedIssuer::signed_by(authority(), KeyPair::generate()?, &root)?;
        let key = KeyPair::generate()?;
        let own = CertificateParams::new(["localhost".to_owned()])?.signed_by(&key, &between)?;
        std::fs::write(file, root.der())?;
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()));
        let config = config.with_safe_default_protocol_versions()?.with_no_client_auth();
        let chain = vec![own.der().clone(), between.der().clone()];
        let config = config.with_single_cert(chain, PrivateKeyDer::try_from(key.serialize_der())?)?;
        Ok(Doors { acceptor: TlsAcceptor::from(Arc::new(config)), open: Vec::new() })
    }

    /// Opens a door to the server of a URL. Returns its own URL.
    pub(crate) async fn before(&mut self, url: &str) -> Result<String, Failure> {
        let rest = url.strip_prefix("http://").ok_or_else(|| format!("{url} has TLS already"))?;
        let (server, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let server = server.to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let own = format!("https://localhost:{}{path}", listener.local_addr()?.port());
        let acceptor = self.acceptor.clone();
        self.open.push(tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(pass(acceptor.clone(), client, server.clone()));
            }
        }));
        Ok(own)
    }
}

/// Passes on what a client sends, and what it gets. Who does not speak TLS, or goes away, ends the connection.
async fn pass(acceptor: TlsAcceptor, client: TcpStream, server: String) {
    let passed = async {
        client.set_nodelay(true)?;
        let (mut client, mut server) = (acceptor.accept(client).await?, TcpStream::connect(server).await?);
        server.set_nodelay(true)?;
        copy_bidirectional(&mut client, &mut server).await
    };
    // The function says what it missed.
    let _: std::io::Result<_> = passed.await;
}

impl Drop for Doors {
    fn drop(&mut self) {
        self.open.iter().for_each(JoinHandle::abort);
    }
}
