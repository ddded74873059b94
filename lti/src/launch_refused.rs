//! Why a signed message is no launch for us: one name a check.
//!
//! A refusal names the check and never a value: values are about people, or an attacker's.

macro_rules! refusals {
    ($($(#[$doc:meta])* $variant:ident = $code:literal, $message:literal;)+) => {
        /// The check a signed message failed.
        #[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, thiserror::Error)]
        pub enum LaunchRefused {
            $($(#[$doc])* #[error($message)] $variant,)+
        }

        impl LaunchRefused {
            /// Every refusal, in the order of the checks.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable name of the cause.
            pub const fn code(&self) -> &'static str {
                match self {
                    $(Self::$variant => $code,)+
                }
            }
        }
    };
}

refusals! {
    /// `iss` is absent.
    IssuerMissing = "issuer-missing", "`iss` is missing";
    /// `iss` is not the registration's issuer, to the last byte.
    IssuerOther = "issuer-other", "`iss` is another issuer";
    /// `aud` is absent.
    AudienceMissing = "audience-missing", "`aud` is missing";
    /// `aud` does not hold the registration's client id.
    AudienceOther = "audience-other", "`aud` is another client";
    /// `aud` holds somebody else besides us.
    AudienceShared = "audience-shared", "`aud` holds a further audience";
    /// `azp` is there and not the registration's client id.
    AuthorizedPartyOther = "azp-other", "`azp` is another client";
    /// `exp` is absent.
    ExpiryMissing = "exp-missing", "`exp` is missing";
    /// `exp` is not a JSON number.
    ExpiryNotNumber = "exp-not-number", "`exp` is not a number";
    /// `exp` lies outside any plausible time.
    ExpiryAbsurd = "exp-absurd", "`exp` is no plausible time";
    /// `exp` is past, leeway included.
    Expired = "expired", "token has expired";
    /// `iat` is absent.
    IssuedAtMissing = "iat-missing", "`iat` is missing";
    /// `iat` is not a JSON number.
    IssuedAtNotNumber = "iat-not-number", "`iat` is not a number";
    /// `iat` lies outside any plausible time.
    IssuedAtAbsurd = "iat-absurd", "`iat` is no plausible time";
    /// `iat` is in the future, beyond the leeway.
    IssuedInFuture = "iat-future", "token was issued in the future";
    /// `exp` is before `iat`, or more than a day after it.
    LifetimeAbsurd = "lifetime-absurd", "token lives for no plausible time";
    /// `nbf` is there and not a JSON number.
    NotBeforeNotNumber = "nbf-not-number", "`nbf` is not a number";
    /// `nbf` lies outside any plausible time.
    NotBeforeAbsurd = "nbf-absurd", "`nbf` is no plausible time";
    /// `nbf` is in the future, beyond the leeway.
    NotYetValid = "not-yet-valid", "token is not yet valid";
    /// `nonce` is absent or empty.
    NonceMissing = "nonce-missing", "`nonce` is missing";
    /// `nonce` is not the one of the authentication request.
    NonceOther = "nonce-other", "`nonce` is not the one sent";
    /// The version is absent: no LTI 1.3 message at all.
    VersionMissing = "version-missing", "LTI version is missing";
    /// The version is not `1.3.0`.
    VersionUnsupported = "version-unsupported", "LTI version is not supported";
    /// The message type is absent or empty.
    MessageTypeMissing = "message-type-missing", "message type is missing";
    /// The message type is none that is understood.
    MessageTypeUnsupported = "message-type-unsupported", "message type is not supported";
    /// The deployment id is absent.
    DeploymentMissing = "deployment-missing", "deployment id is missing";
    /// The deployment id is empty.
    DeploymentEmpty = "deployment-empty", "deployment id is empty";
    /// The deployment id is longer than 255 bytes.
    DeploymentTooLong = "deployment-too-long", "deployment id is too long";
    /// The deployment id is no text, or holds control characters.
    DeploymentMalformed = "deployment-malformed", "deployment id is malformed";
    /// The deployment id is not the one spelt at login.
    DeploymentNotOfLogin = "deployment-not-of-login", "deployment is not the login's";
    /// `sub` is absent where a person is needed.
    SubMissing = "sub-missing", "`sub` is missing";
    /// `sub` is empty.
    SubEmpty = "sub-empty", "`sub` is empty";
    /// `sub` is longer than 255 bytes.
    SubTooLong = "sub-too-long", "`sub` is too long";
    /// `sub` holds control characters.
    SubMalformed = "sub-malformed", "`sub` is malformed";
    /// `sub` is not a text.
    SubNotText = "sub-not-text", "`sub` is not a text";
    /// A resource link without the roles claim; an empty list would do.
    RolesMissing = "roles-missing", "roles are missing";
    /// A resource link whose roles are not a list.
    RolesNotList = "roles-not-list", "roles are not a list";
    /// Deep linking without its settings.
    DeepLinkingSettingsMissing = "deep-linking-settings-missing",
        "deep linking settings are missing";
    /// Deep linking with no web address to return to.
    DeepLinkReturnUrlInvalid = "deep-link-return-url-invalid",
        "deep linking return URL is not a web address";
    /// Submission review without a line item.
    LineItemMissing = "line-item-missing", "line item is missing";
    /// A resource link message without the link.
    ResourceLinkMissing = "resource-link-missing", "resource link is missing";
    /// A resource link without an id.
    ResourceLinkIdMissing = "resource-link-id-missing", "resource link id is missing";
    /// A resource link id longer than 255 bytes.
    ResourceLinkIdTooLong = "resource-link-id-too-long", "resource link id is too long";
    /// A resource link id with control characters.
    ResourceLinkIdMalformed = "resource-link-id-malformed", "resource link id is malformed";
    /// A context launch without its context.
    ContextMissing = "context-missing", "context is missing";
    /// A context id longer than 255 bytes.
    ContextIdTooLong = "context-id-too-long", "context id is too long";
    /// A context id with control characters.
    ContextIdMalformed = "context-id-malformed", "context id is malformed";
    /// A review or privacy launch that does not say whose records are meant.
    ForUserMissing = "for-user-missing", "`for_user` is missing";
    /// A resource link without a target.
    TargetMissing = "target-link-missing", "target link is missing";
    /// The target is no URL, or one that readers understand differently.
    TargetMalformed = "target-link-malformed", "target link is malformed";
    /// The target carries a user name or password.
    TargetHasUserinfo = "target-link-userinfo", "target link carries user information";
    /// The target is not on our public origin.
    TargetForeign = "target-link-foreign", "target link is not on our origin";
}
