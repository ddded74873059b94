//! The pooled client that carries requests to agents. It must never follow a redirect, add a header
//! that names the client, or reach a host the egress rules refuse.

use std::sync::Arc;
use std::time::Duration;

use http::uri::PathAndQuery;
use http::{HeaderMap, Method, Request, Response, StatusCode, Uri, Version};
use hyper::body::Incoming;
use hyper_util::client::legacy::{Client, Error as ClientError};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use url::Url;

use super::streams::{Carried, Outcome, StreamError, StreamLimits};
use crate::egress::{
    CheckedConnector, ConnectRefused, EgressRefusal, EgressRules, TlsConnector, tls_connector,
};

#[cfg(test)]
mod tests;

/// Ours: uvicorn, the commonest server of agents, closes an idle connection after 5 s; a request
/// that meets the closing one fails and may not be sent twice.
const POOL_IDLE: Duration = Duration::from_secs(4);

/// Ours: more than the streams one host is expected to hold between two requests.
const POOL_IDLE_PER_HOST: usize = 1024;

/// Ours: the longest response head, as servers commonly allow.
const MAX_HEAD_BYTES: usize = 64 * 1024;

/// How long an exchange with an agent may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadlines {
    /// From sending to the response's head; connecting and the request's body included.
    pub first_byte: Duration,
    /// Between two chunks of a body.
    pub idle: Duration,
    /// From a body's beginning to its end.
    pub total: Duration,
}

impl Deadlines {
    /// The limits of a body under these deadlines.
    pub const fn limits(self, max_bytes: u64) -> StreamLimits {
        StreamLimits {
            idle: self.idle,
            total: self.total,
            max_bytes,
        }
    }
}

/// A request ready to leave: its headers rebuilt, its body bounded.
#[derive(Debug)]
pub struct UpstreamRequest<'a> {
    /// Where the agent is served; its path is put before the request's.
    pub base: &'a Url,
    /// What [`super::request_path::safe_path`] let pass.
    pub path_and_query: &'a PathAndQuery,
    /// The client's method.
    pub method: Method,
    /// The headers that pass, and the gateway's own.
    pub headers: HeaderMap,
    /// The client's body.
    pub body: Carried,
}

/// Why an agent did not answer. It names neither host nor path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UpstreamError {
    /// The egress rules refuse the agent's address.
    #[error(transparent)]
    Refused(#[from] EgressRefusal),
    /// No connection could be made.
    #[error("the agent could not be reached")]
    Unreachable,
    /// No connection, or no response head, in time.
    #[error("the agent did not answer in time")]
    Timeout,
    /// The connection broke, or what came was not HTTP as it should be.
    #[error("the agent broke off or did not speak HTTP")]
    Protocol,
    /// The request's own body ended early: too large, cut, too slow, or the client left.
    #[error("the request's body ended early: `{}`", .0.code())]
    RequestBody(Outcome),
    /// Address and path make no request target.
    #[error("the agent's address and the path make no request target")]
    BadTarget,
}

impl UpstreamError {
    /// The stable code of this error.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Refused(refusal) => refusal.code(),
            Self::Unreachable => "upstream-unreachable",
            Self::Timeout => "upstream-timeout",
            Self::Protocol => "upstream-protocol",
            Self::RequestBody(Outcome::TooLarge) => "request-too-large",
            Self::RequestBody(outcome) => outcome.code(),
            Self::BadTarget => "upstream-bad-target",
        }
    }
}

/// Sends requests to agents over pooled connections, http/1.1 or, over TLS, h2.
#[derive(Clone)]
pub struct UpstreamClient {
    client: Client<TlsConnector, Carried>,
}

impl UpstreamClient {
    /// A client under these rules that gives a connection `connect` to open, TLS apart.
    ///
    /// # Errors
    ///
    /// When the TLS configuration cannot be built.
    pub fn new(rules: Arc<EgressRules>, connect: Duration) -> Result<Self, rustls::Error> {
        let connector = tls_connector(CheckedConnector::new(rules, connect))?;
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .timer(TokioTimer::new())
            .pool_idle_timeout(POOL_IDLE)
            .pool_max_idle_per_host(POOL_IDLE_PER_HOST)
            .http1_max_buf_size(MAX_HEAD_BYTES)
            .build(connector);
        Ok(Self { client })
    }

    /// Sends a request and waits for the response's head. Its body is the agent's own, unbounded:
    /// carry it with [`Carried::to_client`] under [`Deadlines::limits`].
    ///
    /// # Errors
    ///
    /// [`UpstreamError`]; a request that may have reached the agent is not sent again.
    pub async fn send(
        &self,
        request: UpstreamRequest<'_>,
        deadlines: Deadlines,
    ) -> Result<Response<Incoming>, UpstreamError> {
        let mut outgoing = Request::new(request.body);
        *outgoing.method_mut() = request.method;
        *outgoing.uri_mut() = target(request.base, request.path_and_query)?;
        *outgoing.version_mut() = Version::HTTP_11;
        *outgoing.headers_mut() = request.headers;
        let response = tokio::time::timeout(deadlines.first_byte, self.client.request(outgoing))
            .await
            .map_err(|_| UpstreamError::Timeout)?
            .map_err(|error| cause(&error))?;
        // Nobody asked for an upgrade: what follows on the connection would not be HTTP.
        if response.status() == StatusCode::SWITCHING_PROTOCOLS {
            return Err(UpstreamError::Protocol);
        }
        Ok(response)
    }
}

/// The request target: the path of the agent's address, then the request's path and query as they
/// stand, neither decoded nor resolved.
fn target(base: &Url, path_and_query: &PathAndQuery) -> Result<Uri, UpstreamError> {
    let prefix = base.path().trim_end_matches('/');
    let authority = base.host_str().ok_or(UpstreamError::BadTarget)?;
    let authority = match base.port() {
        Some(port) => format!("{authority}:{port}"),
        None => authority.to_owned(),
    };
    Uri::builder()
        .scheme(base.scheme())
        .authority(authority)
        .path_and_query(format!("{prefix}{path_and_query}"))
        .build()
        .map_err(|_| UpstreamError::BadTarget)
}

fn cause(error: &ClientError) -> UpstreamError {
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        if let Some(stream) = inner.downcast_ref::<StreamError>() {
            return UpstreamError::RequestBody(stream.outcome());
        }
        if let Some(refused) = inner.downcast_ref::<ConnectRefused>() {
            return match refused {
                ConnectRefused::Egress(EgressRefusal::NotResolved)
                | ConnectRefused::Unreachable => UpstreamError::Unreachable,
                ConnectRefused::Egress(refusal) => UpstreamError::Refused(*refusal),
                ConnectRefused::TimedOut => UpstreamError::Timeout,
            };
        }
        source = inner.source();
    }
    if error.is_connect() {
        UpstreamError::Unreachable
    } else {
        UpstreamError::Protocol
    }
}
