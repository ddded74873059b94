//! An origin as a Content-Security-Policy names it. It must never hold a space, a semicolon or a
//! comma: those end a source, a directive and a policy.

use url::{Host, Url};

/// An https origin, or an http one on loopback; its host may begin with `*.` for every host below.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct HostSource(String);

/// Why a text is no source for a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadSource {
    /// Not an address of the form `https://host` or `https://host:port`.
    #[error("not an origin of the form `https://host`")]
    NotAnOrigin,
    /// http outside loopback, or another scheme.
    #[error("only https, and http on loopback")]
    Scheme,
    /// A wildcard elsewhere than in front of a name of two labels at least.
    #[error("a wildcard stands only in front of a name of at least two labels")]
    Wildcard,
}

impl BadSource {
    /// The stable code of this error.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotAnOrigin => "source-not-an-origin",
            Self::Scheme => "source-scheme",
            Self::Wildcard => "source-wildcard",
        }
    }
}

impl HostSource {
    /// Parses `https://host[:port]` or `https://*.host[:port]`; path, query and credentials are
    /// refused. A trailing slash is not.
    ///
    /// # Errors
    ///
    /// [`BadSource`].
    pub fn parse(text: &str) -> Result<Self, BadSource> {
        let (scheme, rest) = text.split_once("://").ok_or(BadSource::NotAnOrigin)?;
        match rest.strip_prefix("*.") {
            Some(below) => {
                let exact = Self::exact(&format!("{scheme}://{below}"))?;
                let url = Url::parse(&exact.0).map_err(|_| BadSource::NotAnOrigin)?;
                match url.host() {
                    Some(Host::Domain(name)) if name.contains('.') || name == "localhost" => {}
                    _ => return Err(BadSource::Wildcard),
                }
                Ok(Self(exact.0.replacen("://", "://*.", 1)))
            }
            None => Self::exact(text),
        }
    }

    /// The origin of a URL, for framing origins taken from verified tokens.
    ///
    /// # Errors
    ///
    /// [`BadSource`], as in [`HostSource::parse`].
    pub fn of(url: &Url) -> Result<Self, BadSource> {
        Self::exact(&url.origin().ascii_serialization())
    }

    /// The source as a policy writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn exact(text: &str) -> Result<Self, BadSource> {
        let url = Url::parse(text).map_err(|_| BadSource::NotAnOrigin)?;
        let bare = url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        let host = url.host().ok_or(BadSource::NotAnOrigin)?;
        if !bare {
            return Err(BadSource::NotAnOrigin);
        }
        let loopback = match &host {
            Host::Domain(name) => *name == "localhost" || name.ends_with(".localhost"),
            Host::Ipv4(address) => address.is_loopback(),
            Host::Ipv6(address) => address.is_loopback(),
        };
        match url.scheme() {
            "https" => {}
            "http" if loopback => {}
            _ => return Err(BadSource::Scheme),
        }
        let origin = url.origin().ascii_serialization();
        // The URL parser lets through, in hosts, signs that a policy reads as its own.
        let plain = origin.bytes().all(|byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'/' | b'.' | b'-' | b'[' | b']')
        });
        match (plain, origin.contains('*')) {
            (true, _) => Ok(Self(origin)),
            (false, true) => Err(BadSource::Wildcard),
            (false, false) => Err(BadSource::NotAnOrigin),
        }
    }
}
