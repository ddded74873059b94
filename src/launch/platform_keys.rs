//! The platforms' public keys: fetched through the egress rules, kept in the process, one fetch of
//! an address at a time. The rules of how long they live are the `lti` crate's.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use agent_factory_lti::{
    Algorithm, BoxFuture, CachedKeySet, KeyLookup, KeySet, KeySource, KeySourceError, PlatformKey,
};
use time::OffsetDateTime;
use url::Url;

use crate::egress::{EgressRules, PlatformClient};

/// The largest key set that is read, in bytes; the `lti` crate's bound.
const MAX_KEY_SET_BYTES: usize = 1024 * 1024;

/// At most so many addresses are held; beyond, the one held longest goes.
const MAX_ADDRESSES: usize = 4_096;

/// Finds platform keys, fetching a set when the cache says so.
pub struct PlatformKeys {
    client: PlatformClient,
    addresses: Mutex<HashMap<Url, Arc<Address>>>,
}

struct Address {
    cached: Mutex<CachedKeySet>,
    flight: tokio::sync::Mutex<()>,
}

impl Address {
    fn cached(&self) -> CachedKeySet {
        self.cached
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn replace(&self, state: CachedKeySet) {
        *self.cached.lock().unwrap_or_else(PoisonError::into_inner) = state;
    }
}

impl PlatformKeys {
    /// A cache that fetches under `rules`.
    ///
    /// # Errors
    /// [`reqwest::Error`] when the client cannot be built.
    pub fn new(rules: Arc<EgressRules>) -> Result<Self, reqwest::Error> {
        Ok(Self {
            client: PlatformClient::new(rules)?,
            addresses: Mutex::default(),
        })
    }

    fn address(&self, url: &Url) -> Arc<Address> {
        let mut held = self
            .addresses
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if held.len() >= MAX_ADDRESSES && !held.contains_key(url) {
            let idle = held
                .iter()
                .find(|(_, a)| Arc::strong_count(a) == 1)
                .map(|(u, _)| u.clone());
            if let Some(idle) = idle {
                held.remove(&idle);
            }
        }
        held.entry(url.clone())
            .or_insert_with(|| {
                Arc::new(Address {
                    cached: Mutex::new(CachedKeySet::never_fetched()),
                    flight: tokio::sync::Mutex::new(()),
                })
            })
            .clone()
    }

    async fn fetch(&self, url: &Url, before: &CachedKeySet, now: OffsetDateTime) -> CachedKeySet {
        let outcome = self.client.get_bounded(url, MAX_KEY_SET_BYTES).await;
        let host = url.host_str().unwrap_or_default();
        match outcome {
            Ok(fetched) => match KeySet::parse(&fetched.bytes) {
                Ok(set) => CachedKeySet::new(set, now, fetched.cache_control.as_deref()),
                Err(error) => {
                    tracing::warn!(host, code = error.code(), "platform keys cannot be read");
                    before.after_failure(now)
                }
            },
            Err(error) => {
                tracing::warn!(host, code = error.code(), "platform keys cannot be fetched");
                before.after_failure(now)
            }
        }
    }
}

impl KeySource for PlatformKeys {
    fn find_key<'a>(
        &'a self,
        address: &'a Url,
        kid: &'a str,
        algorithm: Algorithm,
        now: OffsetDateTime,
    ) -> BoxFuture<'a, Result<PlatformKey, KeySourceError>> {
        Box::pin(async move {
            let held = self.address(address);
            match held.cached().lookup(kid, algorithm, now) {
                KeyLookup::Use(key) => return Ok(key),
                KeyLookup::Unknown => return Err(KeySourceError::Unknown),
                KeyLookup::Fetch => {}
            }
            // Who waited here finds what the one before it fetched.
            let _flight = held.flight.lock().await;
            let before = held.cached();
            if let KeyLookup::Use(key) = before.lookup(kid, algorithm, now) {
                return Ok(key);
            }
            if let KeyLookup::Fetch = before.lookup(kid, algorithm, now) {
                held.replace(self.fetch(address, &before, now).await);
            }
            let after = held.cached();
            match after.lookup(kid, algorithm, now) {
                KeyLookup::Use(key) => Ok(key),
                _ if after.expires_at().is_none() => Err(KeySourceError::Unavailable),
                _ => Err(KeySourceError::Unknown),
            }
        })
    }
}
