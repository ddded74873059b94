//! Randomness, from the operating system's generator and nowhere else. Failure is an error, never
//! a weaker source.

use rand_core::TryRng;
use uuid::Uuid;

use crate::clock::Timestamp;

/// The operating system had no randomness to give.
#[derive(Debug, thiserror::Error)]
#[error("the operating system gave no randomness")]
pub struct DiceError;

/// The source of secrets, nonces and row ids.
#[derive(Debug, Clone, Copy, Default)]
pub struct Dice;

impl Dice {
    /// `N` random bytes.
    ///
    /// # Errors
    /// [`DiceError`] when the operating system's generator fails.
    pub fn bytes<const N: usize>(self) -> Result<[u8; N], DiceError> {
        let mut bytes = [0_u8; N];
        self.rng()
            .try_fill_bytes(&mut bytes)
            .map_err(|_| DiceError)?;
        Ok(bytes)
    }

    /// A UUIDv7 (RFC 9562) for the instant `now`.
    ///
    /// # Errors
    /// [`DiceError`] when the operating system's generator fails.
    pub fn uuid_v7(self, now: Timestamp) -> Result<Uuid, DiceError> {
        let millis = u64::try_from(now.as_millis()).unwrap_or(0);
        Ok(uuid::Builder::from_unix_timestamp_millis(millis, &self.bytes::<10>()?).into_uuid())
    }

    /// The generator itself, for callers that take one.
    pub fn rng(self) -> getrandom::SysRng {
        getrandom::SysRng
    }
}
