//! The port through which a token's key is found.

use std::future::Future;
use std::pin::Pin;

use time::OffsetDateTime;
use url::Url;

use crate::algorithm::Algorithm;
use crate::key_set::PlatformKey;

/// Why no key was given.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum KeySourceError {
    /// The platform publishes no key of this name for this algorithm.
    #[error("platform has no such key")]
    Unknown,
    /// The platform's keys could not be had, and none of this name is held.
    #[error("platform keys cannot be fetched")]
    Unavailable,
}

impl KeySourceError {
    /// The stable name of the cause.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unknown => "key-unknown",
            Self::Unavailable => "keys-unavailable",
        }
    }
}

/// A future that borrows for `'a` and can cross threads.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Finds the public keys of platforms.
///
/// # Obligations
/// - A key is searched in the set published at `address` and nowhere else: neither another
///   platform's set nor anything a token brings along.
/// - At most one fetch of an address runs at a time, and none starts within
///   [`REFETCH_PAUSE`](crate::key_cache::REFETCH_PAUSE) of the last, whoever asks for whatever key.
/// - Time is the `now` that is passed in.
pub trait KeySource: Send + Sync {
    /// The key named `kid` that serves `algorithm`, of the platform whose keys are at `address`.
    fn find_key<'a>(
        &'a self,
        address: &'a Url,
        kid: &'a str,
        algorithm: Algorithm,
        now: OffsetDateTime,
    ) -> BoxFuture<'a, Result<PlatformKey, KeySourceError>>;
}
