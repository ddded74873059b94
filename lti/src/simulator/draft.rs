//! A token before it is sealed: header, claims, and how it will be signed. Flaws are put in here.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};
use time::OffsetDateTime;

use super::platform::Platform;

/// How the token is signed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Signing {
    /// With the platform's key.
    Platform,
    /// With somebody else's key.
    Stranger,
    /// HS256 with the platform's public key as the secret.
    SharedSecret,
    /// Not at all: the third part is empty.
    Unsigned,
    /// With the platform's key, one bit of the signature turned.
    BitTurned,
}

/// What happens to the claims' bytes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Payload {
    /// They are the claims.
    Claims,
    /// They are these bytes instead.
    Bytes(String),
    /// They are the claims with this member written once more at the end.
    AndMember(String),
    /// They are the claims, and after signing this claim gets another value.
    AlteredAfterSigning(&'static str, Value),
}

/// What happens to the finished token.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Finish {
    /// Nothing.
    Whole,
    /// The signature and its dot are cut off.
    Truncated,
    /// A fourth part is added.
    FourParts,
    /// A character that is not base64url is put in front.
    NotBase64,
}

/// A token in the making.
pub(super) struct Draft<'a> {
    pub(super) platform: &'a Platform,
    pub(super) now: OffsetDateTime,
    pub(super) header: Map<String, Value>,
    pub(super) header_member: Option<String>,
    pub(super) claims: Map<String, Value>,
    pub(super) signing: Signing,
    pub(super) payload: Payload,
    pub(super) finish: Finish,
}

impl<'a> Draft<'a> {
    pub(super) fn new(
        platform: &'a Platform,
        header: Map<String, Value>,
        claims: Map<String, Value>,
        now: OffsetDateTime,
    ) -> Self {
        Self {
            platform,
            now,
            header,
            header_member: None,
            claims,
            signing: Signing::Platform,
            payload: Payload::Claims,
            finish: Finish::Whole,
        }
    }

    pub(super) fn set(&mut self, claim: &str, value: impl Into<Value>) {
        self.claims.insert(claim.to_owned(), value.into());
    }

    pub(super) fn drop_claim(&mut self, claim: &str) {
        self.claims.shift_remove(claim);
    }

    pub(super) fn head(&mut self, name: &str, value: impl Into<Value>) {
        self.header.insert(name.to_owned(), value.into());
    }

    /// Sets a member of a claim that is an object.
    pub(super) fn set_member(&mut self, claim: &str, member: &str, value: impl Into<Value>) {
        if let Some(Value::Object(members)) = self.claims.get_mut(claim) {
            members.insert(member.to_owned(), value.into());
        }
    }

    /// Seconds since 1970, this many from now.
    pub(super) fn at(&self, seconds: i64) -> i64 {
        self.now.unix_timestamp() + seconds
    }

    /// The text of a claim.
    pub(super) fn text(&self, claim: &str) -> String {
        self.claims
            .get(claim)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    }

    /// The compact token.
    pub(super) fn sealed(self) -> String {
        let header = with_member(&self.header, self.header_member.as_deref());
        let claims = match &self.payload {
            Payload::Claims | Payload::AlteredAfterSigning(..) => with_member(&self.claims, None),
            Payload::Bytes(bytes) => bytes.clone(),
            Payload::AndMember(member) => with_member(&self.claims, Some(member)),
        };
        let header = URL_SAFE_NO_PAD.encode(header);
        let message = format!("{header}.{}", URL_SAFE_NO_PAD.encode(claims));
        let signature = URL_SAFE_NO_PAD.encode(self.signature(message.as_bytes()));
        let message = match self.payload {
            Payload::AlteredAfterSigning(claim, value) => {
                let mut claims = self.claims;
                claims.insert(claim.to_owned(), value);
                format!(
                    "{header}.{}",
                    URL_SAFE_NO_PAD.encode(Value::Object(claims).to_string())
                )
            }
            _ => message,
        };
        match self.finish {
            Finish::Whole => format!("{message}.{signature}"),
            Finish::Truncated => message,
            Finish::FourParts => format!("{message}.{signature}.{signature}"),
            Finish::NotBase64 => format!("!{message}.{signature}"),
        }
    }

    #[expect(
        clippy::expect_used,
        reason = "a simulator's; without a second key there is no test"
    )]
    fn signature(&self, message: &[u8]) -> Vec<u8> {
        match self.signing {
            Signing::Platform => self.platform.key.sign(message),
            Signing::Stranger => self
                .platform
                .stranger()
                .expect("a second key can be made")
                .sign(message),
            Signing::SharedSecret => {
                let secret = hmac::Key::new(hmac::HMAC_SHA256, self.platform.key.public_bytes());
                hmac::sign(&secret, message).as_ref().to_vec()
            }
            Signing::Unsigned => Vec::new(),
            Signing::BitTurned => {
                let mut signature = self.platform.key.sign(message);
                if let Some(byte) = signature.last_mut() {
                    *byte ^= 1;
                }
                signature
            }
        }
    }
}

/// The object's text, with one more member written at its end: a name may so come twice.
fn with_member(members: &Map<String, Value>, extra: Option<&str>) -> String {
    let text = Value::Object(members.clone()).to_string();
    match extra {
        Some(extra) => format!("{},{extra}}}", text.strip_suffix('}').unwrap_or(&text)),
        None => text,
    }
}
