//! The headers of a client's request that reach an agent, by allow-list. It must never let pass a
//! header that names the client, carries a credential of ours, or could be taken for the gateway's
//! own.

use http::header::{self, HeaderMap, HeaderName, HeaderValue};

use super::Upgrade;

mod barred;
mod cookies;
mod framing;
mod refusal;
#[cfg(test)]
mod tests;

pub use barred::is_barred;
pub(super) use cookies::is_our_cookie_name;
pub use cookies::our_cookie;
pub use refusal::HeaderRefusal;

/// Ours: the longest value of one header.
const MAX_VALUE_BYTES: usize = 16 * 1024;
/// Ours: all names and values together.
const MAX_TOTAL_BYTES: usize = 64 * 1024;
/// Ours: how many headers a request may have.
const MAX_HEADERS: usize = 100;

/// What is done with client-sent headers that begin with `x-agent-factory-`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum StrictMode {
    /// The request is refused.
    Refuse,
    /// They are dropped and counted.
    #[default]
    Drop,
}

/// What kind of path the request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Carriage {
    /// A path behind the gate.
    #[default]
    Admitted,
    /// A public path of the manifest: no cookie, no body, next to no header.
    PublicPath,
}

/// What one agent's requests may carry.
#[derive(Debug, Clone, Default)]
pub struct HeaderPolicy {
    /// What happens to forged headers of ours.
    pub strict: StrictMode,
    /// What the manifest names and the catalogue permits; those that [`is_barred`] never pass.
    pub manifest_headers: Vec<HeaderName>,
    /// Whether this is a WebSocket handshake.
    pub upgrade: Upgrade,
    /// Behind the gate, or a public path.
    pub carriage: Carriage,
}

/// The headers that pass, and how many forged ones did not.
#[derive(Debug, Clone, Default)]
pub struct RequestHeaders {
    headers: HeaderMap,
    forged: usize,
}

const PUBLIC: [HeaderName; 8] = [
    header::ACCEPT,
    header::ACCEPT_ENCODING,
    header::RANGE,
    header::IF_MATCH,
    header::IF_NONE_MATCH,
    header::IF_MODIFIED_SINCE,
    header::IF_UNMODIFIED_SINCE,
    header::IF_RANGE,
];

const ADMITTED: [HeaderName; 4] = [
    header::CONTENT_TYPE,
    header::CONTENT_LENGTH,
    header::CACHE_CONTROL,
    HeaderName::from_static("last-event-id"),
];

const WEBSOCKET: [HeaderName; 4] = [
    header::SEC_WEBSOCKET_KEY,
    header::SEC_WEBSOCKET_VERSION,
    header::SEC_WEBSOCKET_PROTOCOL,
    header::SEC_WEBSOCKET_EXTENSIONS,
];

impl RequestHeaders {
    /// The headers of a client's request that may go on.
    ///
    /// # Errors
    ///
    /// [`HeaderRefusal`]: answer 400.
    pub fn from_client(received: &HeaderMap, policy: &HeaderPolicy) -> Result<Self, HeaderRefusal> {
        check_size(received)?;
        let forged = received
            .keys()
            .filter(|name| barred::is_forged(name))
            .count();
        if forged > 0 && policy.strict == StrictMode::Refuse {
            return Err(HeaderRefusal::Forged);
        }
        framing::check(received, policy.upgrade)?;
        let mut passing = Self {
            headers: HeaderMap::new(),
            forged,
        };
        passing.copy(received, &PUBLIC)?;
        if policy.carriage == Carriage::PublicPath {
            framing::check_bodyless(received)?;
            return Ok(passing);
        }
        passing.copy(received, &ADMITTED)?;
        passing.copy_language(received)?;
        for name in policy
            .manifest_headers
            .iter()
            .filter(|name| !is_barred(name))
        {
            passing.copy(received, std::slice::from_ref(name))?;
        }
        if let Some(kept) = cookies::agent_cookies(received) {
            passing.headers.insert(header::COOKIE, kept);
        }
        if policy.upgrade == Upgrade::WebSocket {
            passing.copy(received, &WEBSOCKET)?;
            passing
                .headers
                .insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
            passing
                .headers
                .insert(header::UPGRADE, HeaderValue::from_static("websocket"));
        }
        Ok(passing)
    }

    /// How many client-sent headers beginning with `x-agent-factory-` were dropped.
    pub const fn forged(&self) -> usize {
        self.forged
    }

    /// The headers that pass.
    pub fn into_headers(self) -> HeaderMap {
        self.headers
    }

    fn copy(&mut self, received: &HeaderMap, names: &[HeaderName]) -> Result<(), HeaderRefusal> {
        for name in names {
            if self.headers.contains_key(name) {
                continue;
            }
            for value in received.get_all(name) {
                if value.to_str().is_err() {
                    return Err(HeaderRefusal::NotText);
                }
                self.headers.append(name, value.clone());
            }
        }
        Ok(())
    }

    /// Only the first language, without its region: a list of them tells people apart.
    fn copy_language(&mut self, received: &HeaderMap) -> Result<(), HeaderRefusal> {
        let Some(value) = received.get(header::ACCEPT_LANGUAGE) else {
            return Ok(());
        };
        let text = value.to_str().map_err(|_| HeaderRefusal::NotText)?;
        let first = text
            .split([',', ';', '-', '_'])
            .next()
            .unwrap_or_default()
            .trim();
        if (2..=8).contains(&first.len())
            && first.bytes().all(|byte| byte.is_ascii_alphabetic())
            && let Ok(primary) = HeaderValue::from_str(&first.to_ascii_lowercase())
        {
            self.headers.insert(header::ACCEPT_LANGUAGE, primary);
        }
        Ok(())
    }
}

fn check_size(received: &HeaderMap) -> Result<(), HeaderRefusal> {
    let mut total = 0_usize;
    for (name, value) in received {
        if value.len() > MAX_VALUE_BYTES {
            return Err(HeaderRefusal::TooLong);
        }
        total = total
            .saturating_add(name.as_str().len())
            .saturating_add(value.len());
    }
    if total > MAX_TOTAL_BYTES {
        return Err(HeaderRefusal::TooLong);
    }
    if received.len() > MAX_HEADERS {
        return Err(HeaderRefusal::TooMany);
    }
    Ok(())
}
