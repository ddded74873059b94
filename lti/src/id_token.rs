//! The id_token, in the two states it passes: unverified, and signed by its platform.
//!
//! An unverified token says only which key to try. No claim of it may be acted on: even the
//! checks of [`SignedToken::check`] are out of reach until the signature is shown.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};
use time::OffsetDateTime;
use url::Url;

use crate::algorithm::Algorithm;
use crate::json_object::{self, Lenient as _, ObjectError};
use crate::key_set::PlatformKey;
use crate::key_source::{KeySource, KeySourceError};

/// Longest token that is read, in bytes. Ours; real ones are two to six thousand.
pub const TOKEN_MAX_BYTES: usize = 64 * 1024;
/// Longest key id, in bytes. Ours.
pub const KID_MAX_BYTES: usize = 255;

/// Why a token is not a genuine one, as far as its header, form and signature tell.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum IdTokenError {
    /// Longer than [`TOKEN_MAX_BYTES`].
    #[error("id_token is too large")]
    TooLarge,
    /// Not three base64url parts of which two are JSON objects.
    #[error("id_token is not a compact JWS")]
    Malformed,
    /// The header has one name twice.
    #[error("id_token header has a duplicate member")]
    DuplicateHeader,
    /// The claims have one name twice: two readers might see different messages.
    #[error("id_token has a duplicate claim")]
    DuplicateClaim,
    /// `alg` is absent or no text.
    #[error("id_token names no algorithm")]
    AlgorithmMissing,
    /// `alg` is `none`.
    #[error("id_token is not signed")]
    AlgorithmNone,
    /// `alg` is a shared-secret one: the key-confusion attack.
    #[error("id_token is signed with a shared secret")]
    AlgorithmSymmetric,
    /// `alg` is none of those allowed.
    #[error("id_token algorithm is not allowed")]
    AlgorithmUnsupported,
    /// `kid` is absent, empty or no text.
    #[error("id_token names no key")]
    KidMissing,
    /// `kid` is longer than [`KID_MAX_BYTES`].
    #[error("id_token key id is too long")]
    KidTooLong,
    /// `crit` is there: the token wants extensions understood that are not.
    #[error("id_token has critical header extensions")]
    CriticalHeader,
    /// The key at hand is not the one named, or does not serve the algorithm.
    #[error("key does not serve the id_token")]
    KeyMismatch,
    /// The signature is not the platform's.
    #[error("id_token signature is wrong")]
    SignatureWrong,
    /// No key could be had.
    #[error(transparent)]
    Key(#[from] KeySourceError),
}

impl IdTokenError {
    /// The stable name of the cause.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLarge => "token-too-large",
            Self::Malformed => "token-malformed",
            Self::DuplicateHeader => "header-duplicate",
            Self::DuplicateClaim => "claim-duplicate",
            Self::AlgorithmMissing => "algorithm-missing",
            Self::AlgorithmNone => "algorithm-none",
            Self::AlgorithmSymmetric => "algorithm-symmetric",
            Self::AlgorithmUnsupported => "algorithm-unsupported",
            Self::KidMissing => "kid-missing",
            Self::KidTooLong => "kid-too-long",
            Self::CriticalHeader => "header-critical",
            Self::KeyMismatch => "key-mismatch",
            Self::SignatureWrong => "signature-wrong",
            Self::Key(error) => error.code(),
        }
    }
}

struct TokenParts {
    compact: String,
    /// Where the signature begins, after its dot.
    signature_at: usize,
    kid: String,
    algorithm: Algorithm,
    claims: Map<String, Value>,
}

/// A token whose header was found acceptable. Nothing is known about who wrote it. Cheap to clone.
///
/// It cannot be checked before its signature is shown:
///
/// ```compile_fail
/// use agent_factory_lti::{Expected, LaunchMessage, UnverifiedToken};
///
/// fn launch(token: UnverifiedToken, expected: &Expected<'_>) -> Option<LaunchMessage> {
///     token.check(expected).ok()
/// }
/// ```
///
/// With its platform's key it can:
///
/// ```
/// use agent_factory_lti::{Expected, LaunchMessage, PlatformKey, UnverifiedToken};
///
/// fn launch(
///     token: UnverifiedToken,
///     key: &PlatformKey,
///     expected: &Expected<'_>,
/// ) -> Option<LaunchMessage> {
///     token.verify_signature(key).ok()?.check(expected).ok()
/// }
/// ```
#[derive(Clone)]
pub struct UnverifiedToken(Arc<TokenParts>);

impl UnverifiedToken {
    /// Reads a compact JWS. The headers `jku`, `jwk`, `x5u` and `x5c` are ignored: a token does not
    /// bring its own key.
    ///
    /// # Errors
    /// When it is too large, malformed, or its header is not acceptable.
    ///
    /// # Source
    /// LTI Security Framework 1.0, section 5.1.3; RFC 7515.
    pub fn parse(compact: &str) -> Result<Self, IdTokenError> {
        if compact.len() > TOKEN_MAX_BYTES {
            return Err(IdTokenError::TooLarge);
        }
        let mut parts = compact.split('.');
        let (Some(header), Some(payload), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(IdTokenError::Malformed);
        };
        let header = object(header, IdTokenError::DuplicateHeader)?;
        let algorithm = algorithm_of(&header)?;
        if header.contains_key("crit") {
            return Err(IdTokenError::CriticalHeader);
        }
        let kid = header.text("kid").ok_or(IdTokenError::KidMissing)?;
        if kid.len() > KID_MAX_BYTES {
            return Err(IdTokenError::KidTooLong);
        }
        let claims = object(payload, IdTokenError::DuplicateClaim)?;
        URL_SAFE_NO_PAD
            .decode(signature)
            .map_err(|_| IdTokenError::Malformed)?;
        let signature_at = compact.len() - signature.len();
        let compact = compact.to_owned();
        Ok(Self(Arc::new(TokenParts {
            compact,
            signature_at,
            kid,
            algorithm,
            claims,
        })))
    }

    /// The key the token says it is signed with.
    pub fn kid(&self) -> &str {
        &self.0.kid
    }

    /// The algorithm the token says it is signed by: one of those allowed.
    pub fn algorithm(&self) -> Algorithm {
        self.0.algorithm
    }

    /// The unverified `iss`; good for finding the registration, for nothing else.
    pub fn issuer(&self) -> Option<&str> {
        self.0.claims.get("iss").and_then(Value::as_str)
    }

    /// The unverified `aud`; good for finding the registration, for nothing else.
    pub fn audiences(&self) -> Vec<&str> {
        match self.0.claims.get("aud") {
            Some(Value::String(audience)) => vec![audience],
            Some(Value::Array(audiences)) => audiences.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }

    /// Checks the signature with the key that was found for it.
    ///
    /// # Errors
    /// When the key is another or of another kind, or the signature is wrong.
    pub fn verify_signature(self, key: &PlatformKey) -> Result<SignedToken, IdTokenError> {
        let parts = &self.0;
        if key.kid() != parts.kid || !key.serves(parts.algorithm) {
            return Err(IdTokenError::KeyMismatch);
        }
        let signature = parts.compact.get(parts.signature_at..).unwrap_or_default();
        let message = parts
            .compact
            .get(..parts.signature_at.saturating_sub(1))
            .unwrap_or_default();
        if key.verifies(signature, message.as_bytes(), parts.algorithm) {
            Ok(SignedToken(self.0))
        } else {
            Err(IdTokenError::SignatureWrong)
        }
    }

    /// Finds the key at the platform's registered `address` and checks the signature with it.
    ///
    /// # Errors
    /// As [`Self::verify_signature`], and when no key can be had.
    pub async fn verify_with(
        self,
        keys: &dyn KeySource,
        address: &Url,
        now: OffsetDateTime,
    ) -> Result<SignedToken, IdTokenError> {
        let key = keys
            .find_key(address, self.kid(), self.algorithm(), now)
            .await?;
        self.verify_signature(&key)
    }
}

/// A token its platform signed. Its claims are the platform's words, not yet found right for us.
/// Cheap to clone.
#[derive(Clone)]
pub struct SignedToken(Arc<TokenParts>);

impl SignedToken {
    /// The nonce, so that it can be used up even when a check refuses the launch.
    pub fn nonce(&self) -> Option<&str> {
        self.claims().get("nonce").and_then(Value::as_str)
    }

    /// The deployment as claimed, for the console's account of a refused launch.
    pub fn claimed_deployment(&self) -> Option<&str> {
        self.claims()
            .get(crate::claim::DEPLOYMENT_ID)
            .and_then(Value::as_str)
    }

    pub(crate) fn claims(&self) -> &Map<String, Value> {
        &self.0.claims
    }
}

/// Shows the key and the algorithm; claims are about a person.
impl fmt::Debug for UnverifiedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        shown(f, "UnverifiedToken", &self.0)
    }
}

/// Shows the key and the algorithm; claims are about a person.
impl fmt::Debug for SignedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        shown(f, "SignedToken", &self.0)
    }
}

fn shown(f: &mut fmt::Formatter<'_>, name: &str, parts: &TokenParts) -> fmt::Result {
    f.debug_struct(name)
        .field("kid", &parts.kid)
        .field("algorithm", &parts.algorithm)
        .finish_non_exhaustive()
}

fn object(part: &str, duplicate: IdTokenError) -> Result<Map<String, Value>, IdTokenError> {
    let bytes = URL_SAFE_NO_PAD
        .decode(part)
        .map_err(|_| IdTokenError::Malformed)?;
    json_object::parse(&bytes).map_err(|error| match error {
        ObjectError::Malformed => IdTokenError::Malformed,
        ObjectError::DuplicateName => duplicate,
    })
}

fn algorithm_of(header: &Map<String, Value>) -> Result<Algorithm, IdTokenError> {
    let name = header.text("alg").ok_or(IdTokenError::AlgorithmMissing)?;
    if let Some(algorithm) = Algorithm::from_name(&name) {
        return Ok(algorithm);
    }
    // Spelt in any case: `nOnE` is how the attack got past filters.
    let folded = name.to_ascii_lowercase();
    Err(if folded == "none" {
        IdTokenError::AlgorithmNone
    } else if folded.starts_with("hs") {
        IdTokenError::AlgorithmSymmetric
    } else {
        IdTokenError::AlgorithmUnsupported
    })
}
