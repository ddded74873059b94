//! Commitments: how an entry vouches for something personal that is sealed beside it.
//!
//! The commitment must never be computed without its salt: unsalted, a short payload could be
//! found by trying. Once salt, payload or key is deleted, the meaning is gone and every proof
//! still holds.

use std::fmt;

use rand_core::TryCryptoRng;

use crate::{Digest, EntryId, LogName};

/// Thirty-two random bytes, kept beside the sealed payload and deleted with it.
#[derive(Clone, PartialEq, Eq)]
pub struct Salt([u8; 32]);

/// Why no salt could be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CommitmentError {
    /// The source of randomness failed.
    #[error("no randomness for a salt")]
    Randomness,
}

impl CommitmentError {
    /// A stable code for logs and answers.
    pub fn code(self) -> &'static str {
        match self {
            Self::Randomness => "audit-salt-randomness",
        }
    }
}

impl Salt {
    /// A fresh salt.
    ///
    /// # Errors
    ///
    /// [`CommitmentError::Randomness`].
    pub fn random(rng: &mut impl TryCryptoRng) -> Result<Self, CommitmentError> {
        let mut bytes = [0; 32];
        rng.try_fill_bytes(&mut bytes)
            .map_err(|_| CommitmentError::Randomness)?;
        Ok(Self(bytes))
    }

    /// A salt read back from where it was kept.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes, to be kept beside the payload and nowhere else.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Salt(..)")
    }
}

/// What an entry says of a payload sealed beside it: SHA-256 over salt, the length of the log's
/// name (two bytes, big end first), the name, the entry's id and the payload.
pub fn commitment(salt: &Salt, log: &LogName, entry: EntryId, payload: &[u8]) -> Digest {
    let name = log.as_str().as_bytes();
    // A log name is at most 400 bytes; its length keeps name and payload from running together.
    let length = u16::try_from(name.len()).unwrap_or(u16::MAX).to_be_bytes();
    Digest::of(&[&salt.0, &length, name, entry.as_bytes(), payload])
}
