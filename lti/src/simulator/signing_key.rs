//! The key a simulated platform signs with: parsed once, used for every token.

use std::fmt;

use aws_lc_rs::digest;
use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// Why there is no signing key.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum SigningKeyError {
    /// The library could not make one.
    #[error("signing key cannot be generated")]
    Generation,
    /// The bytes are no RSA key in PKCS#8.
    #[error("signing key is not an RSA key in PKCS#8")]
    Malformed,
}

impl SigningKeyError {
    /// The stable name of the cause.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Generation => "signing-key-generation",
            Self::Malformed => "signing-key-malformed",
        }
    }
}

/// An RSA key of 2048 bits that signs RS256.
pub struct PlatformSigningKey {
    pair: RsaKeyPair,
    kid: String,
}

impl PlatformSigningKey {
    /// Makes a new key. The randomness is the library's own: RSA keys cannot be made from another.
    ///
    /// # Errors
    /// When the library fails.
    pub fn generate() -> Result<Self, SigningKeyError> {
        let pair =
            RsaKeyPair::generate(KeySize::Rsa2048).map_err(|_| SigningKeyError::Generation)?;
        Ok(Self::of(pair))
    }

    /// Reads a key kept as PKCS#8.
    ///
    /// # Errors
    /// When the bytes are not such a key.
    pub fn from_pkcs8(bytes: &[u8]) -> Result<Self, SigningKeyError> {
        RsaKeyPair::from_pkcs8(bytes)
            .map(Self::of)
            .map_err(|_| SigningKeyError::Malformed)
    }

    /// The key as PKCS#8, to be kept: it is secret.
    ///
    /// # Errors
    /// When the library cannot write it.
    pub fn to_pkcs8(&self) -> Result<Vec<u8>, SigningKeyError> {
        let der: Pkcs8V1Der<'_> = self.pair.as_der().map_err(|_| SigningKeyError::Malformed)?;
        Ok(der.as_ref().to_vec())
    }

    /// The key's name: a digest of its public part.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The public half as a JWK set of one, with `alg` and `use`.
    pub fn jwks(&self) -> Value {
        json!({ "keys": [{
            "kty": "RSA", "alg": "RS256", "use": "sig", "kid": self.kid,
            "n": self.modulus(), "e": self.exponent(),
        }]})
    }

    /// The modulus, base64url.
    pub(super) fn modulus(&self) -> String {
        let public = self.pair.public_key();
        URL_SAFE_NO_PAD.encode(public.modulus().big_endian_without_leading_zero())
    }

    /// The exponent, base64url.
    pub(super) fn exponent(&self) -> String {
        let public = self.pair.public_key();
        URL_SAFE_NO_PAD.encode(public.exponent().big_endian_without_leading_zero())
    }

    /// The public key's bytes: what a confused verifier would take for a shared secret.
    pub(super) fn public_bytes(&self) -> &[u8] {
        self.pair.public_key().as_ref()
    }

    /// The RS256 signature of a message.
    #[expect(
        clippy::expect_used,
        reason = "a simulator's; signing with a sound key cannot fail"
    )]
    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair
            .sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                message,
                &mut signature,
            )
            // INVARIANT: the pair was generated or checked when parsed, and the buffer fits.
            .expect("a sound RSA key signs");
        signature
    }

    fn of(pair: RsaKeyPair) -> Self {
        let digest = digest::digest(&digest::SHA256, pair.public_key().as_ref());
        let name: Vec<u8> = digest.as_ref().iter().copied().take(12).collect();
        Self {
            pair,
            kid: URL_SAFE_NO_PAD.encode(name),
        }
    }
}

impl fmt::Debug for PlatformSigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PlatformSigningKey")
            .field("kid", &self.kid)
            .finish_non_exhaustive()
    }
}
