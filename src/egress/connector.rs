//! The connector below every proxied call: resolve, check, connect to what was checked. It must
//! never hand a name to something that resolves it a second time.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use hyper_rustls::{ConfigBuilderExt as _, HttpsConnector, HttpsConnectorBuilder};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tower_service::Service;
use url::Url;

use super::{EgressRefusal, EgressRules};

/// [`CheckedConnector`] with TLS above it.
pub type TlsConnector = HttpsConnector<CheckedConnector>;

/// Opens connections to checked addresses.
#[derive(Clone)]
pub struct CheckedConnector {
    rules: Arc<EgressRules>,
    deadline: Duration,
}

impl CheckedConnector {
    /// A connector under these rules that gives up on a host after `deadline`.
    pub fn new(rules: Arc<EgressRules>, deadline: Duration) -> Self {
        Self { rules, deadline }
    }

    async fn connect(self, uri: Uri) -> Result<TokioIo<TcpStream>, ConnectRefused> {
        // A URL reads hosts as browsers do; the checks of both ways out are then the same.
        let url = Url::parse(&uri.to_string()).map_err(|_| EgressRefusal::BadHost)?;
        self.rules.check_url(&url)?;
        let host = url.host_str().ok_or(EgressRefusal::BadHost)?;
        let port = url
            .port_or_known_default()
            .ok_or(EgressRefusal::SchemeRefused)?;
        let mut last = ConnectRefused::Unreachable;
        for address in self.rules.resolve_checked(host, port).await? {
            match TcpStream::connect(address).await {
                Ok(stream) => {
                    // Small events of a stream must not wait for the next one.
                    if stream.set_nodelay(true).is_ok() {
                        return Ok(TokioIo::new(stream));
                    }
                }
                Err(_) => last = ConnectRefused::Unreachable,
            }
        }
        Err(last)
    }
}

/// Why no connection was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ConnectRefused {
    /// The egress rules refuse the host.
    #[error(transparent)]
    Egress(#[from] EgressRefusal),
    /// No address of the host took the connection.
    #[error("no address of the host took the connection")]
    Unreachable,
    /// The deadline passed.
    #[error("the host did not take the connection in time")]
    TimedOut,
}

impl Service<Uri> for CheckedConnector {
    type Response = TokioIo<TcpStream>;
    type Error = ConnectRefused;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let this = self.clone();
        Box::pin(async move {
            tokio::time::timeout(this.deadline, this.connect(uri))
                .await
                .unwrap_or(Err(ConnectRefused::TimedOut))
        })
    }
}

/// The checked connector with TLS above it: http/1.1 and h2 by ALPN, the public web's roots, ring.
///
/// # Errors
///
/// When the crypto provider offers no protocol version.
pub fn tls_connector(connector: CheckedConnector) -> Result<TlsConnector, rustls::Error> {
    Ok(HttpsConnectorBuilder::new()
        .with_tls_config(tls_config()?)
        .https_or_http()
        .enable_http1()
        .enable_http2()
        .wrap_connector(connector))
}

/// The one TLS configuration of outbound calls.
pub(super) fn tls_config() -> Result<rustls::ClientConfig, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    Ok(rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_webpki_roots()
        .with_no_client_auth())
}
