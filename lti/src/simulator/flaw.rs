//! Broken launches, each by its name and with the refusal it must meet.
//!
//! One flaw breaks one thing: a launch refused for a second reason would prove nothing about the
//! first.

use serde_json::{Value, json};

use super::draft::{Draft, Finish, Payload, Signing};
use super::platform::{curve_kid, encryption_kid};
use crate::claim;
use crate::id_token::TOKEN_MAX_BYTES;
use crate::message_type::MessageType;

macro_rules! flaws {
    ($($(#[$doc:meta])* $flaw:ident, $name:literal => $code:literal, $apply:expr;)+) => {
        /// One thing wrong with a launch.
        #[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
        pub enum Flaw {
            $($(#[$doc])* $flaw,)+
        }

        impl Flaw {
            /// Every flaw.
            pub const ALL: &'static [Self] = &[$(Self::$flaw),+];

            /// The stable name, in kebab-case.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$flaw => $name,)+
                }
            }

            /// The code of the refusal it must meet, in a launch that is otherwise right: from
            /// [`IdTokenError`](crate::IdTokenError) or [`LaunchRefused`](crate::LaunchRefused).
            pub const fn expected_code(self) -> &'static str {
                match self {
                    $(Self::$flaw => $code,)+
                }
            }

            /// The flaw of this name.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|flaw| flaw.name() == name)
            }

            /// Whether the launch is refused before its signature is shown to be the platform's.
            pub fn is_before_signature(self) -> bool {
                crate::LaunchRefused::ALL.iter().all(|refusal| refusal.code() != self.expected_code())
            }

            pub(super) fn apply(self, draft: &mut Draft<'_>) {
                let apply: fn(&mut Draft<'_>) = match self {
                    $(Self::$flaw => $apply,)+
                };
                apply(draft);
            }
        }
    };
}

flaws! {
    // --- Form, header and signature.

    /// The header names no key (certification T1).
    NoKid, "no-kid" => "kid-missing", |d| { d.header.shift_remove("kid"); };
    /// The header names a key the platform does not publish (T2).
    UnknownKid, "unknown-kid" => "key-unknown", |d| d.head("kid", "no-such-key");
    /// The key id is a number.
    KidNumber, "kid-number" => "kid-missing", |d| d.head("kid", 1);
    /// The key id is absurdly long.
    KidTooLong, "kid-too-long" => "kid-too-long", |d| d.head("kid", "k".repeat(300));
    /// The key named is published for encryption, and is the signing key's twin.
    KidOfEncryptionKey, "kid-of-encryption-key" => "key-unknown",
        |d| { let kid = encryption_kid(d.platform.key.kid()); d.head("kid", kid); };
    /// The key named is on a curve, the algorithm RSA's.
    KidOfCurveKey, "kid-of-curve-key" => "key-unknown",
        |d| { let kid = curve_kid(d.platform.key.kid()); d.head("kid", kid); };
    /// The header names no algorithm.
    AlgorithmMissing, "algorithm-missing" => "algorithm-missing",
        |d| { d.header.shift_remove("alg"); };
    /// `alg: none`, unsigned.
    AlgorithmNone, "algorithm-none" => "algorithm-none",
        |d| { d.head("alg", "none"); d.signing = Signing::Unsigned; };
    /// `alg: nOnE`, unsigned.
    AlgorithmNoneMixedCase, "algorithm-none-mixed-case" => "algorithm-none",
        |d| { d.head("alg", "nOnE"); d.signing = Signing::Unsigned; };
    /// HS256 with the public key as the secret: key confusion.
    SharedSecretOfPublicKey, "shared-secret-of-public-key" => "algorithm-symmetric",
        |d| { d.head("alg", "HS256"); d.signing = Signing::SharedSecret; };
    /// RS256 in the header, HS256 with the public key underneath.
    SharedSecretLabelledRsa, "shared-secret-labelled-rsa" => "signature-wrong",
        |d| d.signing = Signing::SharedSecret;
    /// An asymmetric algorithm that is not on the list.
    AlgorithmPss, "algorithm-pss" => "algorithm-unsupported", |d| d.head("alg", "PS256");
    /// Critical header extensions.
    CriticalHeader, "critical-header" => "header-critical",
        |d| { d.head("crit", json!(["exp"])); d.head("exp", 1); };
    /// The algorithm twice in the header.
    DuplicateHeader, "duplicate-header" => "header-duplicate",
        |d| d.header_member = Some("\"alg\":\"none\"".to_owned());
    /// Signed with somebody else's key under the platform's key id.
    SignedByStranger, "signed-by-stranger" => "signature-wrong",
        |d| d.signing = Signing::Stranger;
    /// Signed with a key that the header brings along.
    EmbeddedKey, "embedded-key" => "signature-wrong", |d| {
        d.signing = Signing::Stranger;
        if let Ok(stranger) = d.platform.stranger() {
            let key = stranger.jwks().pointer("/keys/0").cloned().unwrap_or(Value::Null);
            d.head("jwk", key);
        }
    };
    /// The header says where to fetch the key.
    KeyAddressInHeader, "key-address-in-header" => "signature-wrong", |d| {
        d.signing = Signing::Stranger;
        d.head("jku", "https://keys.example.net/jwks");
    };
    /// No signature.
    SignatureEmpty, "signature-empty" => "signature-wrong", |d| d.signing = Signing::Unsigned;
    /// One bit of the signature turned.
    SignatureBitTurned, "signature-bit-turned" => "signature-wrong",
        |d| d.signing = Signing::BitTurned;
    /// The person exchanged after signing.
    SubAlteredAfterSigning, "sub-altered-after-signing" => "signature-wrong",
        |d| d.payload = Payload::AlteredAfterSigning("sub", json!("somebody-else"));
    /// The roles exchanged after signing.
    RolesAlteredAfterSigning, "roles-altered-after-signing" => "signature-wrong",
        |d| d.payload = Payload::AlteredAfterSigning(claim::ROLES, json!(["Instructor"]));
    /// The signature cut off.
    Truncated, "truncated" => "token-malformed", |d| d.finish = Finish::Truncated;
    /// Four parts.
    FourParts, "four-parts" => "token-malformed", |d| d.finish = Finish::FourParts;
    /// Not base64url.
    NotBase64, "not-base64" => "token-malformed", |d| d.finish = Finish::NotBase64;
    /// Claims that are no JSON.
    ClaimsNotJson, "claims-not-json" => "token-malformed",
        |d| d.payload = Payload::Bytes("launch".to_owned());
    /// Claims that are a list.
    ClaimsNotObject, "claims-not-object" => "token-malformed",
        |d| d.payload = Payload::Bytes("[]".to_owned());
    /// The person twice, with two values.
    DuplicateClaim, "duplicate-claim" => "claim-duplicate",
        |d| d.payload = Payload::AndMember("\"sub\":\"somebody-else\"".to_owned());
    /// Larger than any launch.
    Oversized, "oversized" => "token-too-large",
        |d| d.set("padding", "x".repeat(TOKEN_MAX_BYTES));

    // --- Who it is from and for.

    /// No issuer.
    IssuerMissing, "issuer-missing" => "issuer-missing", |d| d.drop_claim("iss");
    /// Another issuer.
    IssuerOther, "issuer-other" => "issuer-other",
        |d| d.set("iss", "https://other.example.net");
    /// The issuer with a slash more.
    IssuerTrailingSlash, "issuer-trailing-slash" => "issuer-other",
        |d| { let issuer = d.text("iss"); d.set("iss", format!("{issuer}/")); };
    /// The issuer in capitals.
    IssuerOtherCase, "issuer-other-case" => "issuer-other",
        |d| { let issuer = d.text("iss"); d.set("iss", issuer.to_uppercase()); };
    /// No audience.
    AudienceMissing, "audience-missing" => "audience-missing", |d| d.drop_claim("aud");
    /// Another client's token.
    AudienceOther, "audience-other" => "audience-other", |d| d.set("aud", "another-client");
    /// A list of audiences without us.
    AudienceListOther, "audience-list-other" => "audience-other",
        |d| d.set("aud", json!(["another-client"]));
    /// An audience besides us.
    AudienceExtra, "audience-extra" => "audience-shared",
        |d| { let ours = d.platform.client_id.as_str(); d.set("aud", json!([ours, "another-client"])); };
    /// Another authorized party.
    AuthorizedPartyOther, "azp-other" => "azp-other", |d| d.set("azp", "another-client");

    // --- When.

    /// Expired beyond any leeway, issued before (T7).
    Expired, "expired" => "expired", |d| {
        let (issued, expired) = (d.at(-7200), d.at(-3600));
        d.set("iat", issued);
        d.set("exp", expired);
    };
    /// Issued in the future (T7).
    IssuedInFuture, "iat-future" => "iat-future", |d| {
        let (issued, expires) = (d.at(3600), d.at(7200));
        d.set("iat", issued);
        d.set("exp", expires);
    };
    /// Expires before it was issued (T7).
    ExpiresBeforeIssued, "exp-before-iat" => "lifetime-absurd", |d| {
        let (issued, expires) = (d.at(60), d.at(30));
        d.set("iat", issued);
        d.set("exp", expires);
    };
    /// Lives for a week.
    LivesTooLong, "lives-too-long" => "lifetime-absurd",
        |d| { let expires = d.at(7 * 86_400); d.set("exp", expires); };
    /// No expiry.
    ExpiryMissing, "exp-missing" => "exp-missing", |d| d.drop_claim("exp");
    /// Expiry in a text.
    ExpiryText, "exp-text" => "exp-not-number",
        |d| { let expires = d.at(60).to_string(); d.set("exp", expires); };
    /// Expiry far beyond any calendar.
    ExpiryAbsurd, "exp-absurd" => "exp-absurd", |d| d.set("exp", 1e18);
    /// No time of issue.
    IssuedAtMissing, "iat-missing" => "iat-missing", |d| d.drop_claim("iat");
    /// Time of issue in a text.
    IssuedAtText, "iat-text" => "iat-not-number",
        |d| { let issued = d.at(0).to_string(); d.set("iat", issued); };
    /// Time of issue in milliseconds.
    IssuedAtMilliseconds, "iat-milliseconds" => "iat-absurd",
        |d| { let issued = d.at(0) * 1000; d.set("iat", issued); };
    /// Time of issue below zero.
    IssuedAtNegative, "iat-negative" => "iat-absurd", |d| d.set("iat", -1);
    /// Not yet valid.
    NotYetValid, "not-yet-valid" => "not-yet-valid",
        |d| { let from = d.at(3600); d.set("nbf", from); };
    /// Start of validity in a text.
    NotBeforeText, "nbf-text" => "nbf-not-number",
        |d| { let from = d.at(0).to_string(); d.set("nbf", from); };
    /// Start of validity far beyond any calendar.
    NotBeforeAbsurd, "nbf-absurd" => "nbf-absurd", |d| d.set("nbf", i64::MAX);

    // --- The answer to which login.

    /// No nonce.
    NonceMissing, "nonce-missing" => "nonce-missing", |d| d.drop_claim("nonce");
    /// An empty nonce.
    NonceEmpty, "nonce-empty" => "nonce-missing", |d| d.set("nonce", "");
    /// Another login's nonce.
    NonceOther, "nonce-other" => "nonce-other", |d| d.set("nonce", "another-logins-nonce");
    /// A nonce that is a list holding ours.
    NonceList, "nonce-list" => "nonce-other",
        |d| { let nonce = d.text("nonce"); d.set("nonce", json!([nonce])); };

    // --- What kind of message.

    /// LTI 1.1's version (T3).
    VersionOther, "version-other" => "version-unsupported", |d| d.set(claim::VERSION, "LTI-1p0");
    /// The version as a number (T3).
    VersionNumber, "version-number" => "version-unsupported", |d| d.set(claim::VERSION, 1.3);
    /// No version (T4).
    VersionMissing, "version-missing" => "version-missing", |d| d.drop_claim(claim::VERSION);
    /// A genuine id_token without anything of LTI (T5).
    NotLti, "not-lti" => "version-missing",
        |d| d.claims.retain(|name, _| !name.starts_with("https://purl.imsglobal.org/"));
    /// Of LTI only the version (T6).
    RequiredClaimsMissing, "required-claims-missing" => "message-type-missing",
        |d| d.claims.retain(|name, _| {
            name == claim::VERSION || !name.starts_with("https://purl.imsglobal.org/")
        });
    /// No message type (T8).
    MessageTypeMissing, "message-type-missing" => "message-type-missing",
        |d| d.drop_claim(claim::MESSAGE_TYPE);
    /// A message type nobody knows.
    MessageTypeUnknown, "message-type-unknown" => "message-type-unsupported",
        |d| d.set(claim::MESSAGE_TYPE, "LtiUnheardOfRequest");
    /// A message that only a tool sends.
    MessageTypeOfTool, "message-type-of-tool" => "message-type-unsupported",
        |d| d.set(claim::MESSAGE_TYPE, "LtiDeepLinkingResponse");

    // --- Which deployment.

    /// No deployment (T10).
    DeploymentMissing, "deployment-missing" => "deployment-missing",
        |d| d.drop_claim(claim::DEPLOYMENT_ID);
    /// An empty deployment.
    DeploymentEmpty, "deployment-empty" => "deployment-empty",
        |d| d.set(claim::DEPLOYMENT_ID, "");
    /// A deployment longer than the protocol allows.
    DeploymentTooLong, "deployment-too-long" => "deployment-too-long",
        |d| d.set(claim::DEPLOYMENT_ID, "d".repeat(256));
    /// A deployment that is a number.
    DeploymentNumber, "deployment-number" => "deployment-malformed",
        |d| d.set(claim::DEPLOYMENT_ID, 1);
    /// Another deployment than the login spelt; for platforms that spell one.
    DeploymentNotOfLogin, "deployment-not-of-login" => "deployment-not-of-login",
        |d| d.set(claim::DEPLOYMENT_ID, "another-schools-deployment");

    // --- Who.

    /// No person (T12).
    SubMissing, "sub-missing" => "sub-missing", |d| d.drop_claim("sub");
    /// An empty person.
    SubEmpty, "sub-empty" => "sub-empty", |d| d.set("sub", "");
    /// A person who is a number.
    SubNumber, "sub-number" => "sub-not-text", |d| d.set("sub", 3);
    /// A person's id longer than the protocol allows.
    SubTooLong, "sub-too-long" => "sub-too-long", |d| d.set("sub", "s".repeat(256));
    /// A person's id with a null character in it.
    SubControlCharacter, "sub-control-character" => "sub-malformed", |d| d.set("sub", "a\0b");
    /// No roles claim (T9).
    RolesMissing, "roles-missing" => "roles-missing", |d| d.drop_claim(claim::ROLES);
    /// Roles in one text.
    RolesText, "roles-text" => "roles-not-list", |d| d.set(claim::ROLES, "Instructor,Learner");

    // --- Which link and course.

    /// No link.
    ResourceLinkMissing, "resource-link-missing" => "resource-link-missing",
        |d| d.drop_claim(claim::RESOURCE_LINK);
    /// A link without an id (T11).
    ResourceLinkIdMissing, "resource-link-id-missing" => "resource-link-id-missing",
        |d| d.set(claim::RESOURCE_LINK, json!({ "title": "Tutor" }));
    /// A link with an empty id (T11).
    ResourceLinkIdEmpty, "resource-link-id-empty" => "resource-link-id-missing",
        |d| d.set_member(claim::RESOURCE_LINK, "id", "");
    /// A link's id longer than the protocol allows.
    ResourceLinkIdTooLong, "resource-link-id-too-long" => "resource-link-id-too-long",
        |d| d.set_member(claim::RESOURCE_LINK, "id", "l".repeat(256));
    /// A link's id with a null character in it.
    ResourceLinkIdControl, "resource-link-id-control-character" => "resource-link-id-malformed",
        |d| d.set_member(claim::RESOURCE_LINK, "id", "a\0b");
    /// A course's id with a null character in it.
    ContextIdControl, "context-id-control-character" => "context-id-malformed",
        |d| d.set(claim::CONTEXT, json!({ "id": "a\0b" }));
    /// A course's id longer than the protocol allows.
    ContextIdTooLong, "context-id-too-long" => "context-id-too-long",
        |d| d.set(claim::CONTEXT, json!({ "id": "c".repeat(256) }));

    // --- Where it ends.

    /// No target.
    TargetMissing, "target-missing" => "target-link-missing",
        |d| d.drop_claim(claim::TARGET_LINK_URI);
    /// A target that is no URL.
    TargetNotUrl, "target-not-url" => "target-link-malformed",
        |d| d.set(claim::TARGET_LINK_URI, "/launch");
    /// A target elsewhere.
    TargetForeign, "target-foreign" => "target-link-foreign",
        |d| d.set(claim::TARGET_LINK_URI, "https://elsewhere.example.net/launch");
    /// A target that is script.
    TargetScript, "target-script" => "target-link-foreign",
        |d| d.set(claim::TARGET_LINK_URI, "javascript:alert(1)");
    /// A target on our host, at another port.
    TargetOtherPort, "target-other-port" => "target-link-foreign",
        |d| target(d, |url| { let _ = url.set_port(Some(1)); });
    /// A target that has our host as a user's name.
    TargetUserinfo, "target-userinfo" => "target-link-userinfo",
        |d| target(d, |url| { let _ = url.set_username("somebody"); });
    /// A target that browsers and parsers read differently.
    TargetBackslash, "target-backslash" => "target-link-malformed", |d| {
        let url = d.text(claim::TARGET_LINK_URI).replacen("://", ":\\\\elsewhere.example.net\\@", 1);
        d.set(claim::TARGET_LINK_URI, url);
    };
    /// A target with a line break in it.
    TargetLineBreak, "target-line-break" => "target-link-malformed",
        |d| { let url = d.text(claim::TARGET_LINK_URI); d.set(claim::TARGET_LINK_URI, format!("{url}\n")); };

    // --- What other messages need.

    /// Deep linking without settings.
    DeepLinkingWithoutSettings, "deep-linking-without-settings" => "deep-linking-settings-missing",
        |d| retype(d, MessageType::DeepLinking);
    /// Deep linking that returns into script.
    DeepLinkingReturnsToScript, "deep-linking-returns-to-script" => "deep-link-return-url-invalid",
        |d| {
            retype(d, MessageType::DeepLinking);
            d.set(
                claim::DEEP_LINKING_SETTINGS,
                json!({ "deep_link_return_url": "javascript:alert(1)" }),
            );
        };
    /// Review of a submission to nothing.
    ReviewWithoutLineItem, "review-without-line-item" => "line-item-missing", |d| {
        retype(d, MessageType::SubmissionReview);
        d.set(claim::FOR_USER, json!({ "user_id": "somebody" }));
        d.drop_claim(claim::AGS_ENDPOINT);
    };
    /// Review of nobody's submission.
    ReviewForNobody, "review-for-nobody" => "for-user-missing", |d| {
        retype(d, MessageType::SubmissionReview);
        d.set(claim::AGS_ENDPOINT, json!({ "lineitem": "https://grades.example.edu/1" }));
        d.drop_claim(claim::FOR_USER);
    };
    /// A privacy launch about nobody.
    PrivacyForNobody, "privacy-for-nobody" => "for-user-missing",
        |d| { retype(d, MessageType::DataPrivacy); d.drop_claim(claim::FOR_USER); };
    /// A context launch without a context.
    ContextLaunchWithoutContext, "context-launch-without-context" => "context-missing",
        |d| { retype(d, MessageType::Context); d.drop_claim(claim::CONTEXT); };
}

fn retype(draft: &mut Draft<'_>, message_type: MessageType) {
    draft.set(claim::MESSAGE_TYPE, message_type.name());
    draft.drop_claim(claim::DEEP_LINKING_SETTINGS);
}

fn target(draft: &mut Draft<'_>, change: fn(&mut url::Url)) {
    if let Ok(mut url) = url::Url::parse(&draft.text(claim::TARGET_LINK_URI)) {
        change(&mut url);
        draft.set(claim::TARGET_LINK_URI, url.as_str());
    }
}
