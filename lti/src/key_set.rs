//! A platform's public keys (JWKS), read once and ready to verify with.
//!
//! A key must never be used for what it was not published for: encryption keys, weak keys and keys
//! of another type than the algorithm wants do not exist here.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::DecodingKey;
use serde_json::{Map, Value};

use crate::algorithm::Algorithm;
use crate::json_object::{self, Lenient as _};

/// Largest key set that is read, in bytes. Ours.
pub const KEY_SET_MAX_BYTES: usize = 1024 * 1024;
/// Most keys a set may hold. Ours; real platforms publish one to five.
pub const KEY_SET_MAX_KEYS: usize = 100;
/// Smallest RSA modulus that is trusted, in bits. Ours, and the verifier's floor.
pub const RSA_MIN_BITS: usize = 2048;
/// Largest RSA modulus that is trusted, in bits. The verifier's ceiling: cost grows with size.
pub const RSA_MAX_BITS: usize = 8192;

/// Why bytes are no key set at all. A single bad key only makes itself unusable.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum KeySetError {
    /// Larger than [`KEY_SET_MAX_BYTES`].
    #[error("key set is too large")]
    TooLarge,
    /// Not JSON, or without a list named `keys`.
    #[error("key set is not a JSON object with a list `keys`")]
    Malformed,
    /// More keys than [`KEY_SET_MAX_KEYS`].
    #[error("key set holds too many keys")]
    TooManyKeys,
}

impl KeySetError {
    /// The stable name of the cause.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLarge => "key-set-too-large",
            Self::Malformed => "key-set-malformed",
            Self::TooManyKeys => "key-set-too-many-keys",
        }
    }
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum KeyType {
    Rsa,
    P256,
    P384,
}

impl KeyType {
    const fn carries(self, algorithm: Algorithm) -> bool {
        match self {
            Self::Rsa => {
                matches!(
                    algorithm,
                    Algorithm::Rs256 | Algorithm::Rs384 | Algorithm::Rs512
                )
            }
            Self::P256 => matches!(algorithm, Algorithm::Es256),
            Self::P384 => matches!(algorithm, Algorithm::Es384),
        }
    }
}

struct KeyParts {
    kid: String,
    key_type: KeyType,
    /// What the platform says the key is for; many say nothing.
    declared: Option<Algorithm>,
    key: DecodingKey,
}

/// One public key of a platform. Cheap to clone.
#[derive(Clone)]
pub struct PlatformKey(Arc<KeyParts>);

impl PlatformKey {
    /// The platform's name for the key.
    pub fn kid(&self) -> &str {
        &self.0.kid
    }

    /// Whether a signature by `algorithm` may be checked with this key: its type carries it, and
    /// the platform did not publish it for another.
    pub fn serves(&self, algorithm: Algorithm) -> bool {
        self.0.key_type.carries(algorithm)
            && self.0.declared.is_none_or(|declared| declared == algorithm)
    }

    pub(crate) fn verifies(&self, signature: &str, message: &[u8], algorithm: Algorithm) -> bool {
        self.serves(algorithm)
            && jsonwebtoken::crypto::verify(signature, message, &self.0.key, algorithm.primitive())
                .unwrap_or(false)
    }
}

impl fmt::Debug for PlatformKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PlatformKey")
            .field("kid", &self.0.kid)
            .field("key_type", &self.0.key_type)
            .field("declared", &self.0.declared)
            .finish_non_exhaustive()
    }
}

/// The usable keys of one platform.
///
/// # Source
/// LTI Security Framework 1.0, section 6; RFC 7517.
#[derive(Clone, Debug, Default)]
pub struct KeySet {
    keys: Vec<PlatformKey>,
    unusable: usize,
}

impl KeySet {
    /// Reads a JWK set. Padded base64url is tolerated, as are keys without `alg` or `use`; keys
    /// that cannot be used are left out and counted.
    ///
    /// # Errors
    /// When the whole set is too large, malformed, or holds too many keys.
    pub fn parse(bytes: &[u8]) -> Result<Self, KeySetError> {
        if bytes.len() > KEY_SET_MAX_BYTES {
            return Err(KeySetError::TooLarge);
        }
        let set = json_object::parse(bytes).map_err(|_| KeySetError::Malformed)?;
        let Some(Value::Array(entries)) = set.get("keys") else {
            return Err(KeySetError::Malformed);
        };
        if entries.len() > KEY_SET_MAX_KEYS {
            return Err(KeySetError::TooManyKeys);
        }
        let keys: Vec<_> = entries
            .iter()
            .filter_map(Value::as_object)
            .filter_map(usable_key)
            .collect();
        let unusable = entries.len() - keys.len();
        Ok(Self { keys, unusable })
    }

    /// The key of this name that serves this algorithm.
    pub fn find(&self, kid: &str, algorithm: Algorithm) -> Option<PlatformKey> {
        self.keys
            .iter()
            .find(|key| key.kid() == kid && key.serves(algorithm))
            .cloned()
    }

    /// How many keys can be used.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether no key can be used.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// How many entries were left out: other types, encryption keys, weak or broken ones.
    pub fn unusable(&self) -> usize {
        self.unusable
    }
}

fn usable_key(entry: &Map<String, Value>) -> Option<PlatformKey> {
    let for_signatures = match entry.get("use") {
        None | Some(Value::Null) => true,
        Some(Value::String(purpose)) => purpose == "sig",
        Some(_) => false,
    };
    let operations = entry.texts("key_ops");
    let for_verifying = operations.is_empty() || operations.iter().any(|name| name == "verify");
    if !for_signatures || !for_verifying {
        return None;
    }
    let declared = match entry.get("alg") {
        None | Some(Value::Null) => None,
        // A key published for an algorithm we do not verify serves none we do.
        Some(Value::String(name)) => Some(Algorithm::from_name(name)?),
        Some(_) => return None,
    };
    let (key_type, key) = match entry.text("kty")?.as_str() {
        "RSA" => (KeyType::Rsa, rsa_key(entry)?),
        "EC" => match entry.text("crv")?.as_str() {
            "P-256" => (KeyType::P256, ec_key(entry, 32)?),
            "P-384" => (KeyType::P384, ec_key(entry, 48)?),
            _ => return None,
        },
        _ => return None,
    };
    let kid = entry.text("kid")?;
    Some(PlatformKey(Arc::new(KeyParts {
        kid,
        key_type,
        declared,
        key,
    })))
}

fn rsa_key(entry: &Map<String, Value>) -> Option<DecodingKey> {
    let modulus = unsigned(&decoded(&entry.text("n")?)?);
    let exponent = unsigned(&decoded(&entry.text("e")?)?);
    let bits = modulus.len() * 8 - modulus.first()?.leading_zeros() as usize;
    let odd = exponent.last()? & 1 == 1;
    let usable = (RSA_MIN_BITS..=RSA_MAX_BITS).contains(&bits)
        && odd
        && exponent != [1]
        && exponent.len() <= 8;
    usable.then(|| DecodingKey::from_rsa_raw_components(&modulus, &exponent))
}

fn ec_key(entry: &Map<String, Value>, coordinate_bytes: usize) -> Option<DecodingKey> {
    let x = padded(&decoded(&entry.text("x")?)?, coordinate_bytes)?;
    let y = padded(&decoded(&entry.text("y")?)?, coordinate_bytes)?;
    DecodingKey::from_ec_components(&URL_SAFE_NO_PAD.encode(x), &URL_SAFE_NO_PAD.encode(y)).ok()
}

/// Base64url, also with padding: 1EdTech's own examples carry it.
fn decoded(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok()
}

/// A big-endian number without leading zero bytes.
fn unsigned(bytes: &[u8]) -> Vec<u8> {
    bytes
        .iter()
        .copied()
        .skip_while(|byte| *byte == 0)
        .collect()
}

/// A big-endian number at a fixed length: some libraries drop leading zeros of a coordinate.
fn padded(bytes: &[u8], length: usize) -> Option<Vec<u8>> {
    let digits = unsigned(bytes);
    let missing = length.checked_sub(digits.len())?;
    let mut number = vec![0; missing];
    number.extend_from_slice(&digits);
    Some(number)
}
