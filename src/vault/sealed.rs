//! `Sealed<T>`, the only type a personal column has, and `Opened<T>`, what it gives for a named
//! purpose. Neither may ever show what it holds.

use std::fmt;
use std::io::{self, Write};
use std::marker::PhantomData;
use std::ops::Deref;

use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroize;

use super::derivation::Key;
use super::field_cipher::{self, CipherError, Envelope};
use super::location::Location;
use crate::dice::Dice;

/// A value of type `T`, sealed: what the database keeps.
pub struct Sealed<T> {
    bytes: Vec<u8>,
    holds: PhantomData<fn() -> T>,
}

impl<T> Sealed<T> {
    /// The bytes for the database.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The bytes, for the database to own.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// What the database gave back; whether it is genuine shows on opening.
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Self {
            bytes,
            holds: PhantomData,
        }
    }
}

impl<T> Clone for Sealed<T> {
    fn clone(&self) -> Self {
        Self::from_bytes(self.bytes.clone())
    }
}

impl<T> fmt::Debug for Sealed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({} bytes)", self.bytes.len())
    }
}

/// An opened value: readable through `Deref`, silent in `Debug`, overwritten when dropped.
pub struct Opened<T: Zeroize>(T);

impl<T: Zeroize> Opened<T> {
    /// Takes the value out; from here on its new owner answers for it.
    pub fn take(mut self) -> T
    where
        T: Default,
    {
        std::mem::take(&mut self.0)
    }
}

impl<T: Zeroize> Deref for Opened<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Zeroize> Drop for Opened<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<T: Zeroize> fmt::Debug for Opened<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Opened(..)")
    }
}

/// Why a value is opened; each opening is counted by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Somebody arrives.
    Launch,
    /// An agent is told what it may know.
    Assertion,
    /// An agent asks for something of the LMS.
    ClassroomCall,
    /// An operator looks; the caller records it.
    OperatorView,
    /// An export is written.
    Export,
    /// A value is sealed anew under another key.
    Rotation,
}

impl Purpose {
    /// The label it is counted under.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Launch => "launch",
            Self::Assertion => "assertion",
            Self::ClassroomCall => "classroom_call",
            Self::OperatorView => "operator_view",
            Self::Export => "export",
            Self::Rotation => "rotation",
        }
    }
}

/// Why a value could not be sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The location belongs to another tenant than the keys.
    #[error("the keys of one tenant were asked to seal `{0}` of another")]
    WrongTenant(Location),
    /// The value cannot be written as JSON.
    #[error("the value for `{0}` cannot be serialised")]
    NotSerialisable(Location),
    /// The value is longer than the cipher takes.
    #[error("the value for `{0}` is too long")]
    TooLong(Location),
    /// There is no randomness for a nonce.
    #[error("no randomness to seal `{0}`")]
    NoRandomness(Location),
}

impl SealError {
    /// Its stable name.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::WrongTenant(_) => "seal-wrong-tenant",
            Self::NotSerialisable(_) => "seal-not-serialisable",
            Self::TooLong(_) => "seal-too-long",
            Self::NoRandomness(_) => "seal-no-randomness",
        }
    }
}

/// Why a value did not open. It names the place, never the content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// The location belongs to another tenant than the keys.
    #[error("the keys of one tenant were asked to open `{0}` of another")]
    WrongTenant(Location),
    /// The bytes are too short to be sealed.
    #[error("`{0}` holds no sealed value")]
    Malformed(Location),
    /// A later version of the gateway wrote it, or nobody did.
    #[error("`{at}` is sealed in the unknown version {version}")]
    UnknownVersion {
        /// The place.
        at: Location,
        /// The version it claims.
        version: u8,
    },
    /// A cipher that this version does not know.
    #[error("`{at}` is sealed with the unknown algorithm {algorithm}")]
    UnknownAlgorithm {
        /// The place.
        at: Location,
        /// The algorithm it claims.
        algorithm: u8,
    },
    /// The key that sealed it is not at hand.
    #[error("`{at}` is sealed under key {key_id}, which is not at hand")]
    UnknownKey {
        /// The place.
        at: Location,
        /// The key it claims.
        key_id: u32,
    },
    /// Changed, moved, or sealed under another key.
    #[error("`{0}` does not open: it was changed, moved, or sealed under another key")]
    NotAuthentic(Location),
    /// It opened, but is not the type that was expected.
    #[error("`{0}` opened, but holds something else than expected")]
    WrongShape(Location),
}

impl OpenError {
    /// Its stable name.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::WrongTenant(_) => "open-wrong-tenant",
            Self::Malformed(_) => "open-malformed",
            Self::UnknownVersion { .. } => "open-unknown-version",
            Self::UnknownAlgorithm { .. } => "open-unknown-algorithm",
            Self::UnknownKey { .. } => "open-unknown-key",
            Self::NotAuthentic(_) => "open-not-authentic",
            Self::WrongShape(_) => "open-wrong-shape",
        }
    }

    /// The cipher's error, at its place.
    fn at(at: Location, error: CipherError) -> Self {
        match error {
            CipherError::UnknownVersion(version) => Self::UnknownVersion { at, version },
            CipherError::UnknownAlgorithm(algorithm) => Self::UnknownAlgorithm { at, algorithm },
            CipherError::Malformed => Self::Malformed(at),
            CipherError::NotAuthentic | CipherError::TooLong | CipherError::NoRandomness => {
                Self::NotAuthentic(at)
            }
        }
    }
}

/// Seals `value` as JSON under `key`.
pub(super) fn seal_value<T: Serialize>(
    key: &Key,
    key_id: u32,
    at: Location,
    value: &T,
    dice: Dice,
) -> Result<Sealed<T>, SealError> {
    let mut length = Length(0);
    serde_json::to_writer(&mut length, value).map_err(|_| SealError::NotSerialisable(at))?;
    let mut buffer = field_cipher::buffer(length.0);
    serde_json::to_writer(&mut buffer, value).map_err(|_| SealError::NotSerialisable(at))?;
    field_cipher::seal(key, key_id, &at.associated_data(), buffer, dice)
        .map(Sealed::from_bytes)
        .map_err(|error| match error {
            CipherError::NoRandomness => SealError::NoRandomness(at),
            _ => SealError::TooLong(at),
        })
}

/// Opens `sealed` with the key that `key_for` finds for its key id, and counts it.
pub(super) fn open_value<T: DeserializeOwned + Zeroize>(
    key_for: impl FnOnce(u32) -> Option<Key>,
    at: Location,
    sealed: &Sealed<T>,
    purpose: Purpose,
) -> Result<Opened<T>, OpenError> {
    let envelope = Envelope::parse(&sealed.bytes).map_err(|error| OpenError::at(at, error))?;
    let key_id = envelope.key_id();
    let key = key_for(key_id).ok_or(OpenError::UnknownKey { at, key_id })?;
    let text = envelope
        .open(&key, &at.associated_data())
        .map_err(|error| OpenError::at(at, error))?;
    metrics::counter!("vault_opened_total", "purpose" => purpose.as_str()).increment(1);
    serde_json::from_slice(&text)
        .map(Opened)
        .map_err(|_| OpenError::WrongShape(at))
}

/// Counts what is written, so that the real buffer need never grow.
struct Length(usize);

impl Write for Length {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.saturating_add(bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
