//! The client for what platforms publish, their keys first: no redirects, five seconds, a bounded
//! body. It must never be handed to code that chooses hosts from unverified input without
//! [`EgressRules::check_url`].

use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect;
use url::Url;

use super::connector::tls_config;
use super::{EgressRefusal, EgressRules, canonical_host};

/// Ours: a platform's key set answers in tens of milliseconds; a launch waits for it.
const FETCH_DEADLINE: Duration = Duration::from_secs(5);

/// What a fetch brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// The whole body, at most as many bytes as were asked for.
    pub bytes: Vec<u8>,
    /// The answer's `Cache-Control`, when it was text.
    pub cache_control: Option<String>,
}

/// Why a fetch failed. It names neither host nor path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// The egress rules refuse the URL or its addresses.
    #[error(transparent)]
    Refused(#[from] EgressRefusal),
    /// The answer was not 200; redirects are not followed.
    #[error("the platform answered `{0}`")]
    Status(u16),
    /// The body is longer than asked for.
    #[error("the platform's answer is too long")]
    TooLarge,
    /// Nothing, or not everything, came within five seconds.
    #[error("the platform did not answer in time")]
    TimedOut,
    /// The connection could not be made, or broke.
    #[error("the platform could not be reached")]
    Unreachable,
}

impl FetchError {
    /// The stable code of this error.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Refused(refusal) => refusal.code(),
            Self::Status(_) => "fetch-status",
            Self::TooLarge => "fetch-too-large",
            Self::TimedOut => "fetch-timed-out",
            Self::Unreachable => "fetch-unreachable",
        }
    }
}

/// A client for platforms that checks each URL before it is called.
#[derive(Clone)]
pub struct PlatformClient {
    rules: Arc<EgressRules>,
    client: reqwest::Client,
}

impl PlatformClient {
    /// A client under these rules.
    ///
    /// # Errors
    ///
    /// When the TLS configuration cannot be built.
    pub fn new(rules: Arc<EgressRules>) -> Result<Self, reqwest::Error> {
        let client = platform_client(Arc::clone(&rules))?;
        Ok(Self { rules, client })
    }

    /// Fetches a document of at most `max_bytes`.
    ///
    /// # Errors
    ///
    /// [`FetchError`]; an answer other than 200 is one.
    pub async fn get_bounded(&self, url: &Url, max_bytes: usize) -> Result<Fetched, FetchError> {
        // The client's resolver never sees address literals: this check does.
        self.rules.check_url(url)?;
        let mut response = self
            .client
            .get(url.clone())
            .send()
            .await
            .map_err(|error| cause(&error))?;
        if response.status() != http::StatusCode::OK {
            return Err(FetchError::Status(response.status().as_u16()));
        }
        let cache_control = response
            .headers()
            .get(http::header::CACHE_CONTROL)
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned);
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| cause(&error))? {
            if bytes.len().saturating_add(chunk.len()) > max_bytes {
                return Err(FetchError::TooLarge);
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(Fetched {
            bytes,
            cache_control,
        })
    }
}

fn cause(error: &reqwest::Error) -> FetchError {
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        if let Some(refusal) = inner.downcast_ref::<EgressRefusal>() {
            return FetchError::Refused(*refusal);
        }
        source = inner.source();
    }
    if error.is_timeout() {
        FetchError::TimedOut
    } else {
        FetchError::Unreachable
    }
}

/// A bare reqwest client under the egress rules: checked names, no redirects, no system proxy, five
/// seconds. Call [`EgressRules::check_url`] before each call: address literals pass no resolver.
///
/// # Errors
///
/// When the TLS configuration cannot be built.
pub fn platform_client(rules: Arc<EgressRules>) -> Result<reqwest::Client, reqwest::Error> {
    let builder = reqwest::Client::builder()
        .redirect(redirect::Policy::none())
        .no_proxy()
        .connect_timeout(FETCH_DEADLINE)
        .timeout(FETCH_DEADLINE)
        .dns_resolver(PlatformResolver::new(rules));
    match tls_config() {
        Ok(tls) => builder.tls_backend_preconfigured(tls).build(),
        // Without our own configuration the client's answers for itself, or says why it cannot.
        Err(_) => builder.build(),
    }
}

/// Resolves names for reqwest under the egress rules.
#[derive(Clone)]
pub struct PlatformResolver {
    rules: Arc<EgressRules>,
}

impl PlatformResolver {
    /// A resolver under these rules.
    pub fn new(rules: Arc<EgressRules>) -> Self {
        Self { rules }
    }
}

impl Resolve for PlatformResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let rules = Arc::clone(&self.rules);
        Box::pin(async move {
            // Port 0 is replaced by the URL's own. A named private host is checked under its name;
            // that it is called at a named port only, `check_url` has seen to.
            let host = canonical_host(name.as_str())?;
            let port = rules.named_port(&host).unwrap_or(0);
            let mut addresses = rules.resolve_checked(name.as_str(), port).await?;
            for address in &mut addresses {
                address.set_port(0);
            }
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}
