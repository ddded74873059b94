//! How long a platform's keys are believed, and when they are asked for again: a pure state
//! machine for the keys of one address.
//!
//! It never fetches and never waits. Whoever holds it asks [`CachedKeySet::lookup`], fetches when
//! told to, and puts the new state in the old one's place. An attacker who invents key ids must
//! never be able to make the gateway fetch more often than once a minute.

use std::sync::Arc;

use time::{Duration, OffsetDateTime};

use crate::algorithm::Algorithm;
use crate::key_set::{KeySet, PlatformKey};

/// Shortest life of a fetched set, whatever the platform says; also its life under `no-store`. Ours.
pub const KEY_LIFE_MIN: Duration = Duration::minutes(5);
/// Longest life of a fetched set, whatever the platform says. Ours.
pub const KEY_LIFE_MAX: Duration = Duration::hours(24);
/// Life of a fetched set when the platform says nothing. Ours.
pub const KEY_LIFE_DEFAULT: Duration = Duration::hours(1);
/// Least time between two fetches of one address. Ours.
pub const REFETCH_PAUSE: Duration = Duration::seconds(60);
/// How long past its life a set stays usable while fetching fails. Ours: a platform that is down
/// for a day should not lock out its school, one that withdrew a key should not be ignored longer.
pub const STALE_MAX: Duration = Duration::hours(24);

/// What to do about a key that a token names.
#[derive(Clone, Debug)]
pub enum KeyLookup {
    /// Verify with this key.
    Use(PlatformKey),
    /// Fetch the set, put the outcome in place, and look up again.
    Fetch,
    /// The platform has no such key, or could not be asked; it is too early to ask again.
    Unknown,
}

/// The keys of one address, as last fetched. Cheap to clone.
#[derive(Clone, Debug)]
pub struct CachedKeySet {
    held: Option<Held>,
    attempted_at: Option<OffsetDateTime>,
}

#[derive(Clone, Debug)]
struct Held {
    set: Arc<KeySet>,
    expires_at: OffsetDateTime,
}

impl CachedKeySet {
    /// The state before the first fetch.
    pub const fn never_fetched() -> Self {
        Self {
            held: None,
            attempted_at: None,
        }
    }

    /// The state after a fetch that was answered with `set` under this `Cache-Control` header.
    pub fn new(set: KeySet, fetched_at: OffsetDateTime, cache_control: Option<&str>) -> Self {
        let expires_at = later(fetched_at, life(cache_control));
        Self {
            held: Some(Held {
                set: Arc::new(set),
                expires_at,
            }),
            attempted_at: Some(fetched_at),
        }
    }

    /// The state after a fetch that failed at `at`: what is held stays usable, at most
    /// [`STALE_MAX`] past its life.
    #[must_use]
    pub fn after_failure(&self, at: OffsetDateTime) -> Self {
        Self {
            held: self.held.clone(),
            attempted_at: Some(at),
        }
    }

    /// When the held set reaches the end of its life.
    pub fn expires_at(&self) -> Option<OffsetDateTime> {
        self.held.as_ref().map(|held| held.expires_at)
    }

    /// What to do about the key `kid`, wanted for `algorithm`, at `now`.
    pub fn lookup(&self, kid: &str, algorithm: Algorithm, now: OffsetDateTime) -> KeyLookup {
        let may_fetch = self
            .attempted_at
            .is_none_or(|at| now >= later(at, REFETCH_PAUSE));
        let known = self
            .held
            .as_ref()
            .and_then(|held| Some((held.set.find(kid, algorithm)?, held)));
        match known {
            Some((key, held)) if now < held.expires_at => KeyLookup::Use(key),
            _ if may_fetch => KeyLookup::Fetch,
            Some((key, held)) if now < later(held.expires_at, STALE_MAX) => KeyLookup::Use(key),
            _ => KeyLookup::Unknown,
        }
    }
}

fn later(at: OffsetDateTime, by: Duration) -> OffsetDateTime {
    at.saturating_add(by)
}

/// The life a `Cache-Control` header gives, held within our bounds.
fn life(cache_control: Option<&str>) -> Duration {
    let Some(header) = cache_control else {
        return KEY_LIFE_DEFAULT;
    };
    let mut max_age: Option<i64> = None;
    for directive in header.split(',') {
        let (name, value) = directive.split_once('=').unwrap_or((directive, ""));
        let name = name.trim();
        if name.eq_ignore_ascii_case("no-store") || name.eq_ignore_ascii_case("no-cache") {
            return KEY_LIFE_MIN;
        }
        if name.eq_ignore_ascii_case("max-age") {
            // Too large a number is a long life; one that is no number says nothing.
            let digits = value.trim().trim_matches('"');
            if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
                max_age = Some(digits.parse().unwrap_or(i64::MAX));
            }
        }
    }
    max_age.map_or(KEY_LIFE_DEFAULT, |seconds| {
        Duration::seconds(seconds).clamp(KEY_LIFE_MIN, KEY_LIFE_MAX)
    })
}
