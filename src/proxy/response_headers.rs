//! The headers of an agent's answer that reach the browser, by allow-list, and the gateway's own
//! beside them. It must never let an agent speak for another origin, nor reach past its own.

use http::HeaderMap;
use http::header::{self, HeaderName, HeaderValue};
use http::uri::PathAndQuery;
use url::Url;

use super::Upgrade;
use super::content_security_policy::{AgentPolicy, agents_own};

mod location;
mod set_cookie;
#[cfg(test)]
mod tests;

/// Ours: the most cookies one answer may set.
const MAX_COOKIES: usize = 20;

/// Whether an agent's cookies reach the browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AgentCookies {
    /// They are rewritten and set.
    #[default]
    Kept,
    /// They are dropped: public paths.
    Dropped,
}

/// A browser's power that an agent may ask for in its manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Power {
    /// The camera.
    Camera,
    /// The microphone.
    Microphone,
    /// The place.
    Geolocation,
}

/// What one agent's answers may carry.
#[derive(Debug, Clone)]
pub struct ResponsePolicy {
    /// The web origin the agent is served on: scheme, host and port; its path is not looked at.
    pub own_origin: Url,
    /// Where the agent is served upstream, its path prefix included.
    pub upstream: Url,
    /// The path that was asked for, against which a relative redirect is read.
    pub request_path: PathAndQuery,
    /// The Content-Security-Policy laid over the agent's own.
    pub content_security: AgentPolicy,
    /// Powers that were declared and accepted.
    pub powers: Vec<Power>,
    /// What becomes of cookies.
    pub cookies: AgentCookies,
    /// Whether this answers a WebSocket handshake.
    pub upgrade: Upgrade,
}

/// Why an agent's answer was refused. Expected, counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ResponseRefusal {
    /// `Location` leads to another origin, or cannot be read.
    #[error("the agent redirects to another origin")]
    RedirectElsewhere,
    /// A header that may come once came twice.
    #[error("the agent sent a header twice that may come once")]
    Duplicate,
}

impl ResponseRefusal {
    /// The stable code of this refusal.
    pub const fn code(self) -> &'static str {
        match self {
            Self::RedirectElsewhere => "response-redirect-elsewhere",
            Self::Duplicate => "response-duplicate-header",
        }
    }
}

/// The headers that reach the browser.
#[derive(Debug, Clone)]
pub struct ResponseHeaders;

/// What passes as it stands. Left out on purpose: `Link` (fetches from hosts no policy governs),
/// `Refresh`, `WWW-Authenticate` (asks for a password in a dialogue of the browser's), `Server`.
const PASSING: [HeaderName; 14] = [
    header::ACCEPT_RANGES,
    header::AGE,
    header::CACHE_CONTROL,
    header::CONTENT_DISPOSITION,
    header::CONTENT_ENCODING,
    header::CONTENT_LANGUAGE,
    header::CONTENT_LENGTH,
    header::CONTENT_RANGE,
    header::CONTENT_TYPE,
    header::ETAG,
    header::EXPIRES,
    header::LAST_MODIFIED,
    header::RETRY_AFTER,
    header::VARY,
];

const SINGLE: [HeaderName; 5] = [
    header::CONTENT_LENGTH,
    header::CONTENT_TYPE,
    header::CONTENT_DISPOSITION,
    header::CONTENT_RANGE,
    header::LOCATION,
];

const WEBSOCKET: [HeaderName; 3] = [
    header::SEC_WEBSOCKET_ACCEPT,
    header::SEC_WEBSOCKET_EXTENSIONS,
    header::SEC_WEBSOCKET_PROTOCOL,
];

impl ResponseHeaders {
    /// The headers of an agent's answer that may go on, and the gateway's own.
    ///
    /// # Errors
    ///
    /// [`ResponseRefusal`]: answer 502.
    pub fn from_agent(
        received: &HeaderMap,
        policy: &ResponsePolicy,
    ) -> Result<HeaderMap, ResponseRefusal> {
        if SINGLE
            .iter()
            .any(|name| received.get_all(name).iter().nth(1).is_some())
        {
            return Err(ResponseRefusal::Duplicate);
        }
        let mut passing = HeaderMap::new();
        copy(received, &mut passing, &PASSING);
        if policy.upgrade == Upgrade::WebSocket {
            copy(received, &mut passing, &WEBSOCKET);
            passing.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
            passing.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
        }
        if let Some(location) = received.get(header::LOCATION) {
            let here = location::rewritten(location, policy)?;
            passing.insert(header::LOCATION, here);
        }
        if policy.cookies == AgentCookies::Kept {
            for cookie in received
                .get_all(header::SET_COOKIE)
                .iter()
                .take(MAX_COOKIES)
            {
                if let Some(rewritten) =
                    set_cookie::rewritten(cookie, policy.upstream.path().trim_end_matches('/'))
                {
                    passing.append(header::SET_COOKIE, rewritten);
                }
            }
        }
        add_ours(received, &mut passing, policy);
        if is_event_stream(&passing) {
            passing.insert("x-accel-buffering", HeaderValue::from_static("no"));
            passing.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        }
        Ok(passing)
    }
}

/// Whether an answer is a stream of server-sent events.
pub fn is_event_stream(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|value| {
        let kind = value
            .as_bytes()
            .split(|byte| *byte == b';')
            .next()
            .unwrap_or_default();
        kind.trim_ascii().eq_ignore_ascii_case(b"text/event-stream")
    })
}

fn copy(received: &HeaderMap, passing: &mut HeaderMap, names: &[HeaderName]) {
    for name in names {
        for value in received.get_all(name) {
            passing.append(name, value.clone());
        }
    }
}

fn add_ours(received: &HeaderMap, passing: &mut HeaderMap, policy: &ResponsePolicy) {
    for own in received.get_all(header::CONTENT_SECURITY_POLICY) {
        if let Some(kept) = agents_own(own) {
            passing.append(header::CONTENT_SECURITY_POLICY, kept);
        }
    }
    // Several policies hold together: a page does only what all of them allow.
    passing.append(
        header::CONTENT_SECURITY_POLICY,
        policy.content_security.to_header_value(),
    );
    passing.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("same-origin"),
    );
    passing.insert(
        "cross-origin-resource-policy",
        HeaderValue::from_static("same-origin"),
    );
    passing.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    passing.insert("permissions-policy", permissions(&policy.powers));
}

fn permissions(powers: &[Power]) -> HeaderValue {
    let whole = [
        ("camera", Power::Camera),
        ("microphone", Power::Microphone),
        ("geolocation", Power::Geolocation),
    ]
    .map(|(name, power)| {
        if powers.contains(&power) {
            format!("{name}=(self)")
        } else {
            format!("{name}=()")
        }
    })
    .join(", ");
    // INVARIANT: three fixed words; were it otherwise, the strictest stands.
    HeaderValue::from_str(&whole)
        .unwrap_or_else(|_| HeaderValue::from_static("camera=(), microphone=(), geolocation=()"))
}
