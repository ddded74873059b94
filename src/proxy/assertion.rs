//! The assertion: what an agent is told about a request, signed. It must never hold an element that
//! was not permitted, nor say why one is missing.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;
use moka::sync::Cache;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::clock::Timestamp;
use crate::ids::{SessionId, Slug};
use crate::vault::{AssertionKey, SigningKeyError};

/// The header that carries it.
pub const ASSERTION_HEADER: &str = "x-agent-factory-assertion";

/// Ours: the longest an assertion may be valid.
pub const MAX_ASSERTION_LIFE: Duration = Duration::from_mins(5);

/// Ours: how long one assertion may be used again for the same session and decision.
pub const ASSERTION_REUSE: Duration = Duration::from_mins(1);

/// The claims, in the order in which they are written; what is absent is left out.
///
/// `Debug` shows only which assertion it is.
#[derive(Clone, Serialize)]
pub struct AssertionClaims {
    /// The gateway's public URL.
    pub iss: String,
    /// For whom.
    pub aud: Audience,
    /// The actor's pairwise pseudonym.
    pub sub: String,
    /// From when until when.
    #[serde(flatten)]
    pub lifetime: AssertionLifetime,
    /// Which assertion this is; an agent may see it more than once.
    pub jti: String,
    /// The session's pairwise pseudonym.
    pub sid: String,
    /// The tenant.
    pub tenant: Slug,
    /// The agent.
    pub agent: Slug,
    /// Why data is disclosed.
    pub purpose: String,
    /// The actor's roles.
    pub roles: Vec<AssertionRole>,
    /// The subject's age band, where there is a subject and it is permitted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age_band: Option<AssertionAgeBand>,
    /// The course.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<NamedPseudonym>,
    /// The resource link.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<NamedPseudonym>,
    /// Custom parameters that the manifest lists.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub custom: Map<String, Value>,
    /// Elements permitted in clear, and their values.
    pub disclosed: Map<String, Value>,
    /// Elements asked for and not given.
    pub withheld: BTreeMap<String, Withheld>,
    /// The decision under which this was disclosed.
    pub decision: String,
    /// The fingerprint of the policy that decided.
    pub policy: String,
    /// The version of the terms of use that bind the agent.
    ///
    /// # Source
    /// 34 CFR 99.33(d).
    pub terms: String,
    /// The handle for the classroom API.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub launch: Option<String>,
    /// The message type of the launch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_type: Option<String>,
    /// The subject's pairwise pseudonym, where that is another person than the actor.
    #[serde(rename = "for", skip_serializing_if = "Option::is_none")]
    pub for_subject: Option<String>,
    /// The reader's language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// The family of the platform.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    /// A test student or somebody acting as another: `true`, or absent.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub preview: bool,
}

impl fmt::Debug for AssertionClaims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AssertionClaims({} for {})", self.jti, self.aud.0)
    }
}

/// For whom an assertion is: one agent of one tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Audience(String);

impl Audience {
    /// `{tenant}/{agent}`.
    pub fn of(tenant: &Slug, agent: &Slug) -> Self {
        Self(format!("{tenant}/{agent}"))
    }

    /// As it stands in the claim.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// `iat` and `exp`, never further apart than [`MAX_ASSERTION_LIFE`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct AssertionLifetime {
    iat: i64,
    exp: i64,
}

impl AssertionLifetime {
    /// From `now` for `life`, cut to the longest allowed.
    pub fn starting(now: Timestamp, life: Duration) -> Self {
        Self::until(now, now.plus(life))
    }

    /// From `now` until `end` (say, when the facts of the decision grow old), cut to the longest
    /// allowed. Both are rounded down, so that it never outlives `end`.
    pub fn until(now: Timestamp, end: Timestamp) -> Self {
        let iat = now.as_seconds();
        let latest = now.plus(MAX_ASSERTION_LIFE).as_seconds();
        Self {
            iat,
            exp: end.as_seconds().clamp(iat, latest),
        }
    }

    /// When it ends.
    pub fn expires_at(&self) -> Timestamp {
        Timestamp::from_seconds(self.exp)
    }
}

/// What somebody is in a course, as agents see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AssertionRole {
    /// Learns.
    Learner,
    /// Teaches.
    Instructor,
    /// Helps to teach.
    TeachingAssistant,
    /// Administers.
    Administrator,
    /// Looks on, as a parent does.
    Observer,
}

/// The subject's age, as far as the law asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum AssertionAgeBand {
    /// Under 13.
    #[serde(rename = "under_13")]
    Under13,
    /// From 13 to 17.
    #[serde(rename = "13_to_17")]
    From13To17,
    /// 18 or over.
    #[serde(rename = "18_or_over")]
    From18,
}

/// A course or resource: its pairwise pseudonym, and its title where that is permitted.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct NamedPseudonym {
    /// The pseudonym.
    pub id: String,
    /// The title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
}

impl fmt::Debug for NamedPseudonym {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NamedPseudonym({})", self.id)
    }
}

/// That an element is missing; never why: an opt-out or a custody order is itself in the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Withheld {
    /// The decision does not permit it.
    NotPermitted,
    /// It was permitted, and the platform did not send it.
    NotAvailable,
}

/// Signs assertions with the active key.
#[derive(Debug, Clone)]
pub struct AssertionSigner(Arc<AssertionKey>);

impl AssertionSigner {
    /// A signer with this key.
    pub fn new(key: Arc<AssertionKey>) -> Self {
        Self(key)
    }

    /// The signed assertion as a header value, marked sensitive.
    ///
    /// # Errors
    /// [`AssertionError`].
    pub fn sign(&self, claims: &AssertionClaims) -> Result<HeaderValue, AssertionError> {
        let token = self.0.sign_compact(claims)?;
        let mut value = HeaderValue::try_from(token).map_err(|_| AssertionError::NotAHeader)?;
        value.set_sensitive(true);
        Ok(value)
    }
}

/// Why an assertion was not signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AssertionError {
    /// The key did not sign.
    #[error(transparent)]
    Key(#[from] SigningKeyError),
    /// The token does not fit into a header.
    #[error("the assertion does not fit into a header")]
    NotAHeader,
}

impl AssertionError {
    /// Its stable name.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Key(error) => error.code(),
            Self::NotAHeader => "assertion-not-a-header",
        }
    }
}

/// Assertions signed a moment ago, per session and decision.
///
/// It grants nothing: whoever asks has been admitted for this very request.
#[derive(Clone)]
pub struct AssertionCache(Cache<(SessionId, String), Signed>);

#[derive(Clone)]
struct Signed {
    at: Timestamp,
    until: Timestamp,
    value: HeaderValue,
}

impl AssertionCache {
    /// A cache of at most `max_entries` assertions.
    pub fn new(max_entries: u64) -> Self {
        // The life here only frees memory; what counts is the clock that callers pass.
        let cache = Cache::builder()
            .max_capacity(max_entries)
            .time_to_live(ASSERTION_REUSE);
        Self(cache.build())
    }

    /// The assertion of this session under this decision, signed anew where none is fresh.
    ///
    /// # Errors
    /// [`AssertionError`] when it had to be signed and was not.
    pub fn get_or_sign(
        &self,
        session: SessionId,
        decision: &str,
        now: Timestamp,
        signer: &AssertionSigner,
        claims: impl FnOnce() -> AssertionClaims,
    ) -> Result<HeaderValue, AssertionError> {
        let key = (session, decision.to_owned());
        if let Some(signed) = self.0.get(&key)
            && signed.serves(now)
        {
            return Ok(signed.value);
        }
        let claims = claims();
        let value = signer.sign(&claims)?;
        let until = claims.lifetime.expires_at();
        self.0.insert(
            key,
            Signed {
                at: now,
                until,
                value: value.clone(),
            },
        );
        Ok(value)
    }
}

impl Signed {
    fn serves(&self, now: Timestamp) -> bool {
        // A clock set back must not lengthen the reuse.
        self.at <= now && now < self.at.plus(ASSERTION_REUSE) && now < self.until
    }
}

impl fmt::Debug for AssertionCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AssertionCache({} assertions)", self.0.entry_count())
    }
}

#[cfg(test)]
mod tests;
