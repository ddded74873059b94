//! Signing keys: ES256 for assertions, an Ed25519 seed for checkpoints. A private key must leave
//! this process only sealed.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde::Serialize;
use serde_json::{Value, json};
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::derivation::sha256;
use super::secret::SecretBytes;
use crate::dice::{Dice, DiceError};

/// An ECDSA key on P-256 that signs assertions, read once and used often.
pub struct AssertionKey {
    pair: EcdsaKeyPair,
    point: Point,
    kid: String,
    header: String,
}

impl AssertionKey {
    /// A new key, and its PKCS #8 form to be sealed.
    ///
    /// # Errors
    /// [`SigningKeyError::NotMade`].
    pub fn generate() -> Result<(SecretBytes, Self), SigningKeyError> {
        // ring takes its own view of the operating system's generator and no other.
        let pkcs8 =
            EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new())
                .map_err(|_| SigningKeyError::NotMade)?;
        let pkcs8 = SecretBytes::new(pkcs8.as_ref().to_vec());
        let key = Self::from_pkcs8(&pkcs8)?;
        Ok((pkcs8, key))
    }

    /// The key from its PKCS #8 form.
    ///
    /// # Errors
    /// [`SigningKeyError::NotAKey`].
    pub fn from_pkcs8(pkcs8: &SecretBytes) -> Result<Self, SigningKeyError> {
        let pair = EcdsaKeyPair::from_pkcs8(
            &ECDSA_P256_SHA256_FIXED_SIGNING,
            pkcs8.expose(),
            &SystemRandom::new(),
        )
        .map_err(|_| SigningKeyError::NotAKey)?;
        let point = Point::parse(pair.public_key().as_ref()).ok_or(SigningKeyError::NotAKey)?;
        let kid = point.thumbprint();
        let header = json!({ "alg": "ES256", "kid": kid, "typ": "JWT" }).to_string();
        let header = URL_SAFE_NO_PAD.encode(header);
        Ok(Self {
            pair,
            point,
            kid,
            header,
        })
    }

    /// Its name: the thumbprint of its public half.
    ///
    /// # Source
    /// RFC 7638.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// Its public half, for the key set.
    ///
    /// # Source
    /// RFC 7517; RFC 7518, section 6.2.
    pub fn public_jwk(&self) -> Value {
        json!({
            "kty": "EC",
            "crv": "P-256",
            "x": self.point.x,
            "y": self.point.y,
            "use": "sig",
            "alg": "ES256",
            "kid": self.kid,
        })
    }

    /// `claims` as a signed JWT in compact form.
    ///
    /// # Errors
    /// [`SigningKeyError::ClaimsNotSerialisable`], [`SigningKeyError::NotSigned`].
    ///
    /// # Source
    /// RFC 7515, section 3.1; RFC 7518, section 3.4.
    pub fn sign_compact<T: Serialize>(&self, claims: &T) -> Result<String, SigningKeyError> {
        let claims =
            serde_json::to_vec(claims).map_err(|_| SigningKeyError::ClaimsNotSerialisable)?;
        let mut token = format!("{}.{}", self.header, URL_SAFE_NO_PAD.encode(claims));
        let signature = self
            .pair
            .sign(&SystemRandom::new(), token.as_bytes())
            .map_err(|_| SigningKeyError::NotSigned)?;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature.as_ref(), &mut token);
        Ok(token)
    }
}

impl fmt::Debug for AssertionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AssertionKey({})", self.kid)
    }
}

/// The 32 bytes from which a log's Ed25519 checkpoint key is made.
#[derive(Clone, Default, Zeroize, ZeroizeOnDrop)]
pub struct CheckpointSeed([u8; 32]);

impl CheckpointSeed {
    /// A new seed.
    ///
    /// # Errors
    /// [`DiceError`] when there is no randomness.
    pub fn generate(dice: Dice) -> Result<Self, DiceError> {
        dice.bytes().map(Self)
    }

    /// The seed, for the log's signer.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// The form in which it is sealed.
    pub fn to_secret_bytes(&self) -> SecretBytes {
        SecretBytes::new(self.0.to_vec())
    }

    /// Reads that form back.
    ///
    /// # Errors
    /// [`SigningKeyError::NotAKey`] when it is not 32 bytes.
    pub fn from_secret_bytes(bytes: &SecretBytes) -> Result<Self, SigningKeyError> {
        bytes
            .expose()
            .try_into()
            .map(Self)
            .map_err(|_| SigningKeyError::NotAKey)
    }
}

impl fmt::Debug for CheckpointSeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CheckpointSeed(..)")
    }
}

/// Why a signing key was not made or did not sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SigningKeyError {
    /// No key could be made.
    #[error("no signing key could be made")]
    NotMade,
    /// The bytes are no key of this kind.
    #[error("the stored signing key cannot be read")]
    NotAKey,
    /// The claims cannot be written as JSON.
    #[error("the claims cannot be serialised")]
    ClaimsNotSerialisable,
    /// The signature failed.
    #[error("the signature could not be made")]
    NotSigned,
}

impl SigningKeyError {
    /// Its stable name.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotMade => "signing-key-not-made",
            Self::NotAKey => "signing-key-not-a-key",
            Self::ClaimsNotSerialisable => "signing-claims-not-serialisable",
            Self::NotSigned => "signing-failed",
        }
    }
}

/// A public point, its coordinates in base64url.
struct Point {
    x: String,
    y: String,
}

impl Point {
    /// Reads the uncompressed form (SEC 1, section 2.3.3).
    fn parse(bytes: &[u8]) -> Option<Self> {
        let (4, rest) = bytes.split_first()? else {
            return None;
        };
        let (x, y) = rest.split_at_checked(32)?;
        (y.len() == 32).then(|| Self {
            x: URL_SAFE_NO_PAD.encode(x),
            y: URL_SAFE_NO_PAD.encode(y),
        })
    }

    /// RFC 7638, section 3: the required members in lexical order, without white space.
    fn thumbprint(&self) -> String {
        let canonical = format!(
            r#"{{"crv":"P-256","kty":"EC","x":"{}","y":"{}"}}"#,
            self.x, self.y
        );
        URL_SAFE_NO_PAD.encode(sha256(canonical.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::jwk::{Jwk, ThumbprintHash};
    use jsonwebtoken::{Algorithm, DecodingKey, Validation};
    use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};

    use super::*;

    #[test]
    fn a_stock_library_verifies_the_signature_by_the_public_key_alone() {
        let (_, key) = AssertionKey::generate().unwrap();
        let token = key
            .sign_compact(&json!({ "sub": "x", "exp": 9_000_000_000_u64 }))
            .unwrap();
        let jwk: Jwk = serde_json::from_value(key.public_jwk()).unwrap();
        let mut validation = Validation::new(Algorithm::ES256);
        validation.validate_aud = false;
        let decoding = DecodingKey::from_jwk(&jwk).unwrap();
        let read = jsonwebtoken::decode::<Value>(&token, &decoding, &validation).unwrap();
        assert_eq!(read.claims["sub"], "x");
        assert_eq!(read.header.kid.as_deref(), Some(key.kid()));
        assert_eq!(read.header.typ.as_deref(), Some("JWT"));
        assert_eq!(jwk.common.key_id.as_deref(), Some(key.kid()));
    }

    #[test]
    fn ring_verifies_it_and_refuses_it_changed() {
        let (_, key) = AssertionKey::generate().unwrap();
        let token = key.sign_compact(&json!({ "sub": "x" })).unwrap();
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        assert_eq!(signature.len(), 64);
        let public =
            UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key.pair.public_key().as_ref());
        assert!(public.verify(signed.as_bytes(), &signature).is_ok());
        let changed = signed.replacen('.', ".A", 1);
        assert!(public.verify(changed.as_bytes(), &signature).is_err());
    }

    #[test]
    fn the_key_id_is_the_thumbprint_that_others_compute() {
        let (_, key) = AssertionKey::generate().unwrap();
        let jwk: Jwk = serde_json::from_value(key.public_jwk()).unwrap();
        assert_eq!(jwk.thumbprint(ThumbprintHash::SHA256).unwrap(), key.kid());
    }

    #[test]
    fn the_public_key_tells_no_private_part() {
        let (_, key) = AssertionKey::generate().unwrap();
        let names: Vec<_> = key
            .public_jwk()
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect();
        assert_eq!(names, ["kty", "crv", "x", "y", "use", "alg", "kid"]);
    }

    #[test]
    fn a_key_read_back_is_the_same_key_and_its_debug_is_silent() {
        let (pkcs8, key) = AssertionKey::generate().unwrap();
        let json = serde_json::to_string(&pkcs8).unwrap();
        let again = AssertionKey::from_pkcs8(&serde_json::from_str(&json).unwrap()).unwrap();
        assert_eq!(again.kid(), key.kid());
        assert_eq!(format!("{key:?}"), format!("AssertionKey({})", key.kid()));
        let bad = AssertionKey::from_pkcs8(&SecretBytes::new(vec![1, 2, 3])).unwrap_err();
        assert_eq!(bad.code(), "signing-key-not-a-key");
    }

    #[test]
    fn a_checkpoint_seed_survives_its_sealed_form() {
        let seed = CheckpointSeed::generate(Dice).unwrap();
        let again = CheckpointSeed::from_secret_bytes(&seed.to_secret_bytes()).unwrap();
        assert_eq!(seed.expose(), again.expose());
        assert_eq!(format!("{seed:?}"), "CheckpointSeed(..)");
        let short = SecretBytes::new(vec![0; 31]);
        assert!(CheckpointSeed::from_secret_bytes(&short).is_err());
    }
}
