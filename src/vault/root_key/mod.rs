//! The root key and the port behind which other holders of one can stand. The root key must never
//! reach the database, a log or an error; a provider that fails never falls back to plaintext.

mod env;
mod file;

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use futures_util::future::BoxFuture;
use secrecy::{ExposeSecret, SecretBox};
use zeroize::Zeroizing;

use super::derivation::{Key, derive, derive_hmac, tag};
use super::field_cipher::{self, CipherError, Envelope};
use super::framing::frame;
use super::key_ring::WrappedKey;
use crate::dice::{Dice, DiceError};
use crate::ids::TenantId;

/// Who holds the root key, and wraps and unwraps tenant keys with it.
///
/// # Obligations
/// - What `wrap` gives opens only for the same [`TenantKeyBinding`].
/// - The root key is never given out, and no failure is answered with an unwrapped key.
/// - A slow or denying holder is an error ([`RootKeyError::Unavailable`]) within seconds.
pub trait RootKeyProvider: Send + Sync + fmt::Debug {
    /// Wraps the bytes of a tenant key.
    fn wrap<'a>(
        &'a self,
        binding: TenantKeyBinding,
        key: &'a [u8],
        dice: Dice,
    ) -> BoxFuture<'a, Result<WrappedKey, RootKeyError>>;

    /// Unwraps them again.
    fn unwrap<'a>(
        &'a self,
        binding: TenantKeyBinding,
        wrapped: &'a WrappedKey,
    ) -> BoxFuture<'a, Result<Zeroizing<Vec<u8>>, RootKeyError>>;
}

/// Which tenant key is wrapped: part of the binding, so that it unwraps as no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TenantKeyBinding {
    /// Whose key.
    pub tenant: TenantId,
    /// Which version of it, from 1.
    pub version: u32,
}

impl TenantKeyBinding {
    /// What the wrapped key is bound to.
    pub fn associated_data(&self) -> Vec<u8> {
        frame(&[
            b"wrapped key",
            self.tenant.as_bytes(),
            b"tenant",
            &self.version.to_be_bytes(),
        ])
    }
}

/// 32 bytes that everything else is wrapped under, held in this process.
pub struct RootKey(Key);

impl RootKey {
    /// Reads a key from the value of an environment variable: base64 or hexadecimal.
    ///
    /// # Errors
    /// [`RootKeyError::NotAKey`] when it is not 32 bytes in one of those forms.
    pub fn from_env_value(value: &str) -> Result<Self, RootKeyError> {
        env::read(value)
    }

    /// Reads a key from a file that only its owner can read: base64 or hexadecimal.
    ///
    /// # Errors
    /// [`RootKeyError::FileUnreadable`], [`RootKeyError::FileTooOpen`], [`RootKeyError::NotAKey`].
    pub fn from_file(path: &std::path::Path) -> Result<Self, RootKeyError> {
        file::read(path)
    }

    /// Makes a key and writes it to a new file with mode 0600.
    ///
    /// # Errors
    /// [`RootKeyError::FileExists`]: a root key is never overwritten, its loss is the loss of
    /// everything sealed. [`RootKeyError::FileNotWritten`], [`RootKeyError::NoRandomness`].
    pub fn generate_file(path: &std::path::Path, dice: Dice) -> Result<Self, RootKeyError> {
        let key = Self::generate(dice)?;
        file::write(path, &key)?;
        Ok(key)
    }

    /// Makes a key that lives in this process only.
    ///
    /// # Errors
    /// [`RootKeyError::NoRandomness`].
    pub fn generate(dice: Dice) -> Result<Self, RootKeyError> {
        Ok(Self(SecretBox::new(Box::new(dice.bytes()?))))
    }

    /// Eight hexadecimal digits that tell this root key from another and say nothing about it.
    pub fn fingerprint(&self) -> String {
        format!("{:08x}", self.key_id())
    }

    /// The first four bytes of a one-way value: which root key wrapped a tenant key.
    fn key_id(&self) -> u32 {
        let [a, b, c, d, ..] = tag(&derive_hmac(&self.0, "root key fingerprint", &[]), &[]);
        u32::from_be_bytes([a, b, c, d])
    }

    /// Reads base64 (any alphabet, padded or not) or hexadecimal.
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let bytes = if text.len() == 64 {
            hexadecimal(text)?
        } else {
            let text = text.trim_end_matches('=');
            let url_safe = text.contains(['-', '_']);
            let engine = if url_safe {
                &URL_SAFE_NO_PAD
            } else {
                &STANDARD_NO_PAD
            };
            Zeroizing::new(engine.decode(text).ok()?)
        };
        let bytes: &[u8; 32] = bytes.as_slice().try_into().ok()?;
        // Zeros are what an empty template writes, not what a generator gives.
        (bytes != &[0; 32]).then(|| Self(SecretBox::new(Box::new(*bytes))))
    }

    fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(STANDARD_NO_PAD.encode(self.0.expose_secret()))
    }

    fn wrapping_key(&self) -> Key {
        derive(&self.0, "wrap tenant key", &[])
    }

    fn wrap_now(
        &self,
        binding: TenantKeyBinding,
        key: &[u8],
        dice: Dice,
    ) -> Result<WrappedKey, RootKeyError> {
        let mut buffer = field_cipher::buffer(key.len());
        buffer.extend_from_slice(key);
        let data = binding.associated_data();
        let bytes = field_cipher::seal(&self.wrapping_key(), self.key_id(), &data, buffer, dice)?;
        Ok(WrappedKey(bytes))
    }

    fn unwrap_now(
        &self,
        binding: TenantKeyBinding,
        wrapped: &WrappedKey,
    ) -> Result<Zeroizing<Vec<u8>>, RootKeyError> {
        let envelope = Envelope::parse(&wrapped.0)?;
        if envelope.key_id() != self.key_id() {
            return Err(RootKeyError::OtherRootKey);
        }
        Ok(envelope.open(&self.wrapping_key(), &binding.associated_data())?)
    }
}

impl RootKeyProvider for RootKey {
    fn wrap<'a>(
        &'a self,
        binding: TenantKeyBinding,
        key: &'a [u8],
        dice: Dice,
    ) -> BoxFuture<'a, Result<WrappedKey, RootKeyError>> {
        Box::pin(std::future::ready(self.wrap_now(binding, key, dice)))
    }

    fn unwrap<'a>(
        &'a self,
        binding: TenantKeyBinding,
        wrapped: &'a WrappedKey,
    ) -> BoxFuture<'a, Result<Zeroizing<Vec<u8>>, RootKeyError>> {
        Box::pin(std::future::ready(self.unwrap_now(binding, wrapped)))
    }
}

impl fmt::Debug for RootKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RootKey({})", self.fingerprint())
    }
}

/// Why there is no root key, or why it did not wrap or unwrap.
#[derive(Debug, thiserror::Error)]
pub enum RootKeyError {
    /// The text is not 32 bytes in base64 or hexadecimal, or they are all zero.
    #[error("the root key must be 32 random bytes in base64 or hexadecimal")]
    NotAKey,
    /// The file cannot be read.
    #[error("the root key file cannot be read: {0}")]
    FileUnreadable(std::io::ErrorKind),
    /// Others than its owner have rights on the file.
    #[error("the root key file has mode `{0:04o}`; only its owner may have access, as in `0600`")]
    FileTooOpen(u32),
    /// There is a file already.
    #[error("a root key file exists already and is not overwritten")]
    FileExists,
    /// The file cannot be written.
    #[error("the root key file cannot be written: {0}")]
    FileNotWritten(std::io::ErrorKind),
    /// The tenant key was wrapped under another root key.
    #[error("the tenant key is wrapped under another root key than the one given")]
    OtherRootKey,
    /// The wrapped key is of a layout this version does not know.
    #[error("the wrapped tenant key has an unknown layout")]
    UnknownLayout,
    /// Changed, or another tenant's or version's.
    #[error("the wrapped tenant key does not open: it was changed or belongs elsewhere")]
    NotAuthentic,
    /// There is no randomness.
    #[error("no randomness to wrap a tenant key")]
    NoRandomness,
    /// A holder outside the process did not answer, or refused.
    #[error("the holder of the root key is not available")]
    Unavailable,
}

impl RootKeyError {
    /// Its stable name.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotAKey => "root-key-not-a-key",
            Self::FileUnreadable(_) => "root-key-file-unreadable",
            Self::FileTooOpen(_) => "root-key-file-too-open",
            Self::FileExists => "root-key-file-exists",
            Self::FileNotWritten(_) => "root-key-file-not-written",
            Self::OtherRootKey => "root-key-other",
            Self::UnknownLayout => "root-key-unknown-layout",
            Self::NotAuthentic => "root-key-not-authentic",
            Self::NoRandomness => "root-key-no-randomness",
            Self::Unavailable => "root-key-unavailable",
        }
    }
}

impl From<DiceError> for RootKeyError {
    fn from(_: DiceError) -> Self {
        Self::NoRandomness
    }
}

impl From<CipherError> for RootKeyError {
    fn from(error: CipherError) -> Self {
        match error {
            CipherError::NotAuthentic | CipherError::TooLong => Self::NotAuthentic,
            CipherError::NoRandomness => Self::NoRandomness,
            CipherError::Malformed
            | CipherError::UnknownVersion(_)
            | CipherError::UnknownAlgorithm(_) => Self::UnknownLayout,
        }
    }
}

fn hexadecimal(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len() / 2));
    for pair in text.as_bytes().chunks(2) {
        let [high, low] = pair else { return None };
        let digit = |byte: u8| {
            char::from(byte)
                .to_digit(16)
                .and_then(|it| u8::try_from(it).ok())
        };
        bytes.push(digit(*high)? << 4 | digit(*low)?);
    }
    Some(bytes)
}
