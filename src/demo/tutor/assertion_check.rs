//! How an agent checks the gateway's assertion: one algorithm, the gateway's own keys, issuer,
//! audience and time. What fails is never read any further.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use serde_json::Value;

use crate::clock::Timestamp;

/// Gives the gateway's public keys as JWKs, as `/.well-known/jwks.json` lists them under `keys`.
pub type GatewayKeys = Arc<dyn Fn() -> Vec<Value> + Send + Sync>;

/// Why an assertion is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AssertionRefused {
    /// The request carries none.
    #[error("the request carries no assertion")]
    Missing,
    /// It is not a compact JWS of JSON.
    #[error("the assertion is not a compact token")]
    Malformed,
    /// It is signed with another algorithm than ES256.
    #[error("the assertion is not signed with `ES256`")]
    Algorithm,
    /// No key of the gateway has its `kid`.
    #[error("the assertion names no key of the gateway")]
    UnknownKey,
    /// The signature is wrong.
    #[error("the signature of the assertion is wrong")]
    Signature,
    /// Another issuer.
    #[error("the assertion comes from another issuer")]
    Issuer,
    /// Meant for another agent or tenant.
    #[error("the assertion is meant for another agent")]
    Audience,
    /// Its time is over, or not yet come.
    #[error("the assertion is not valid now")]
    Time,
}

impl AssertionRefused {
    /// Stable name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Missing => "assertion-missing",
            Self::Malformed => "assertion-malformed",
            Self::Algorithm => "assertion-algorithm",
            Self::UnknownKey => "assertion-key-unknown",
            Self::Signature => "assertion-signature",
            Self::Issuer => "assertion-issuer",
            Self::Audience => "assertion-audience",
            Self::Time => "assertion-time",
        }
    }
}

/// A believed assertion.
#[derive(Clone, PartialEq)]
pub struct BelievedAssertion {
    /// The token's header.
    pub header: Value,
    /// The token's claims.
    pub claims: Value,
}

impl std::fmt::Debug for BelievedAssertion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BelievedAssertion").finish_non_exhaustive()
    }
}

/// What an assertion must show.
#[derive(Clone)]
pub struct AssertionCheck {
    keys: GatewayKeys,
    issuer: String,
    audience: String,
}

impl std::fmt::Debug for AssertionCheck {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AssertionCheck")
            .field("audience", &self.audience)
            .finish_non_exhaustive()
    }
}

/// How far the two clocks may differ; ours, both run in one process in the demo.
const LEEWAY_SECONDS: i64 = 30;

impl AssertionCheck {
    /// Believes what `issuer` (the gateway's public URL) signed with one of `keys` for `audience`
    /// (`{tenant}/{agent}`).
    pub fn new(keys: GatewayKeys, issuer: impl Into<String>, audience: impl Into<String>) -> Self {
        Self {
            keys,
            issuer: issuer.into(),
            audience: audience.into(),
        }
    }

    /// Checks a compact JWS.
    ///
    /// # Errors
    /// [`AssertionRefused`] names the first check that fails.
    pub fn check(
        &self,
        compact: &str,
        now: Timestamp,
    ) -> Result<BelievedAssertion, AssertionRefused> {
        let (signed, signature) = compact
            .rsplit_once('.')
            .ok_or(AssertionRefused::Malformed)?;
        let (header, claims) = signed.split_once('.').ok_or(AssertionRefused::Malformed)?;
        let header = parse(header)?;
        if header.get("alg").and_then(Value::as_str) != Some("ES256") {
            return Err(AssertionRefused::Algorithm);
        }
        let signature = URL_SAFE_NO_PAD
            .decode(signature)
            .map_err(|_| AssertionRefused::Malformed)?;
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, self.point(&header)?)
            .verify(signed.as_bytes(), &signature)
            .map_err(|_| AssertionRefused::Signature)?;
        let claims = parse(claims)?;
        self.check_claims(&claims, now)?;
        Ok(BelievedAssertion { header, claims })
    }

    fn check_claims(&self, claims: &Value, now: Timestamp) -> Result<(), AssertionRefused> {
        let text = |key: &str| claims.get(key).and_then(Value::as_str);
        let seconds = |key: &str| claims.get(key).and_then(Value::as_i64);
        if text("iss") != Some(self.issuer.as_str()) {
            return Err(AssertionRefused::Issuer);
        }
        if text("aud") != Some(self.audience.as_str()) {
            return Err(AssertionRefused::Audience);
        }
        let now = now.as_seconds();
        let live = seconds("exp").is_some_and(|exp| now < exp.saturating_add(LEEWAY_SECONDS))
            && seconds("iat").is_some_and(|iat| iat <= now.saturating_add(LEEWAY_SECONDS));
        if live {
            Ok(())
        } else {
            Err(AssertionRefused::Time)
        }
    }

    // The uncompressed point of the key that the header names.
    fn point(&self, header: &Value) -> Result<Vec<u8>, AssertionRefused> {
        let kid = header
            .get("kid")
            .and_then(Value::as_str)
            .ok_or(AssertionRefused::UnknownKey)?;
        let key = (self.keys)()
            .into_iter()
            .find(|key| {
                key.get("kid").and_then(Value::as_str) == Some(kid)
                    && key.get("kty").and_then(Value::as_str) == Some("EC")
            })
            .ok_or(AssertionRefused::UnknownKey)?;
        let mut point = vec![0x04];
        for coordinate in ["x", "y"] {
            let bytes = key
                .get(coordinate)
                .and_then(Value::as_str)
                .and_then(|text| URL_SAFE_NO_PAD.decode(text).ok())
                .ok_or(AssertionRefused::UnknownKey)?;
            point.extend(bytes);
        }
        Ok(point)
    }
}

fn parse(part: &str) -> Result<Value, AssertionRefused> {
    let bytes = URL_SAFE_NO_PAD
        .decode(part)
        .map_err(|_| AssertionRefused::Malformed)?;
    serde_json::from_slice(&bytes).map_err(|_| AssertionRefused::Malformed)
}
