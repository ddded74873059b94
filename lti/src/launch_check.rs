//! The checks between a signed token and a launch, in the order the protocol writes them, one
//! refusal each.
//!
//! Any check left out is a known attack let in; none may be skipped because another "covers" it.

use std::fmt;

use serde_json::{Map, Value};
use time::{Duration, OffsetDateTime};
use url::Url;

use crate::claim;
use crate::course_claims::{Context, ResourceLink};
use crate::id_token::SignedToken;
use crate::identifier::{ClientId, DeploymentId, IDENTIFIER_MAX_BYTES, IdentifierError, Issuer};
use crate::json_object::Lenient as _;
use crate::launch_message::{Established, LaunchMessage};
use crate::launch_refused::LaunchRefused;
use crate::message_type::MessageType;
use crate::person_claims::ForUser;
use crate::target_link::check_target;
use crate::token_times::check_times;

/// Whether a deployment takes launches without a `sub`.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum AnonymousLaunches {
    /// A missing `sub` is refused, as certification wants.
    #[default]
    Refuse,
    /// A missing `sub` is an anonymous person, as the core specification allows.
    Allow,
}

/// What a launch must agree with: the registration's words and those of the login.
#[derive(Clone)]
pub struct Expected<'a> {
    /// The registration's issuer.
    pub issuer: &'a Issuer,
    /// The registration's client id.
    pub client_id: &'a ClientId,
    /// The nonce of the authentication request.
    pub nonce: &'a str,
    /// The deployment as spelt at login, when it was.
    pub deployment_hint: Option<&'a str>,
    /// Where we are reached; the launch must end there.
    pub public_origin: &'a Url,
    /// When the POST arrived.
    pub now: OffsetDateTime,
    /// How far clocks may differ; held between zero and [`CLOCK_LEEWAY_MAX`](crate::CLOCK_LEEWAY_MAX).
    pub leeway: Duration,
    /// Whether a launch may be anonymous.
    pub anonymous: AnonymousLaunches,
}

/// Shows the registration and the time; the nonce is this login's secret.
impl fmt::Debug for Expected<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Expected")
            .field("issuer", self.issuer)
            .field("client_id", self.client_id)
            .field("deployment_hint", &self.deployment_hint)
            .field("now", &self.now)
            .finish_non_exhaustive()
    }
}

impl SignedToken {
    /// Checks every claim against what is expected, in the written order.
    ///
    /// Whether the nonce was used before is not asked here: that is the database's to decide.
    ///
    /// # Errors
    /// The first check that fails.
    ///
    /// # Source
    /// LTI Security Framework 1.0, section 5.1.3; LTI Core 1.3, section 5.3.
    pub fn check(&self, expected: &Expected<'_>) -> Result<LaunchMessage, LaunchRefused> {
        let claims = self.claims();
        check_issuer(claims, expected.issuer)?;
        check_audience(claims, expected.client_id)?;
        check_authorized_party(claims, expected.client_id)?;
        let times = check_times(claims, expected.now, expected.leeway)?;
        check_nonce(claims, expected.nonce)?;
        check_version(claims)?;
        let message_type = check_message_type(claims)?;
        let deployment_id = check_deployment(claims, expected.deployment_hint)?;
        let sub = check_sub(claims, message_type, expected.anonymous)?;
        check_required(claims, message_type)?;
        let resource_link = check_resource_link(claims, message_type)?;
        let context = check_context(claims, message_type)?;
        let for_user = check_for_user(claims, message_type)?;
        let target_link_uri = check_target(claims, message_type, expected.public_origin)?;
        let established = Established {
            issuer: expected.issuer.clone(),
            client_id: expected.client_id.clone(),
            deployment_id,
            message_type,
            issued_at: times.issued_at,
            expires_at: times.expires_at,
            target_link_uri,
            sub,
            resource_link,
            context,
            for_user,
        };
        Ok(LaunchMessage::read(established, claims))
    }
}

type Claims = Map<String, Value>;

fn check_issuer(claims: &Claims, issuer: &Issuer) -> Result<(), LaunchRefused> {
    match claims.present("iss") {
        None => Err(LaunchRefused::IssuerMissing),
        Some(Value::String(claimed)) if claimed == issuer.as_str() => Ok(()),
        Some(_) => Err(LaunchRefused::IssuerOther),
    }
}

/// Ours alone: a token also meant for somebody else could be replayed by them.
fn check_audience(claims: &Claims, client_id: &ClientId) -> Result<(), LaunchRefused> {
    let audiences: Vec<&Value> = match claims.present("aud") {
        None => return Err(LaunchRefused::AudienceMissing),
        Some(Value::Array(audiences)) => audiences.iter().collect(),
        Some(audience) => vec![audience],
    };
    let is_ours = |audience: &&Value| audience.as_str() == Some(client_id.as_str());
    if !audiences.iter().any(is_ours) {
        return Err(LaunchRefused::AudienceOther);
    }
    if audiences.iter().all(is_ours) {
        Ok(())
    } else {
        Err(LaunchRefused::AudienceShared)
    }
}

fn check_authorized_party(claims: &Claims, client_id: &ClientId) -> Result<(), LaunchRefused> {
    match claims.present("azp") {
        None => Ok(()),
        Some(Value::String(party)) if party == client_id.as_str() => Ok(()),
        Some(_) => Err(LaunchRefused::AuthorizedPartyOther),
    }
}

fn check_nonce(claims: &Claims, nonce: &str) -> Result<(), LaunchRefused> {
    use subtle::ConstantTimeEq as _;

    match claims.present("nonce") {
        None => Err(LaunchRefused::NonceMissing),
        Some(Value::String(claimed)) if claimed.is_empty() => Err(LaunchRefused::NonceMissing),
        Some(Value::String(claimed)) if bool::from(claimed.as_bytes().ct_eq(nonce.as_bytes())) => {
            Ok(())
        }
        Some(_) => Err(LaunchRefused::NonceOther),
    }
}

fn check_version(claims: &Claims) -> Result<(), LaunchRefused> {
    match claims.present(claim::VERSION) {
        None => Err(LaunchRefused::VersionMissing),
        Some(Value::String(version)) if version == "1.3.0" => Ok(()),
        Some(_) => Err(LaunchRefused::VersionUnsupported),
    }
}

fn check_message_type(claims: &Claims) -> Result<MessageType, LaunchRefused> {
    match claims.present(claim::MESSAGE_TYPE) {
        None => Err(LaunchRefused::MessageTypeMissing),
        Some(Value::String(name)) if name.is_empty() => Err(LaunchRefused::MessageTypeMissing),
        Some(value) => value
            .as_str()
            .and_then(MessageType::from_name)
            .ok_or(LaunchRefused::MessageTypeUnsupported),
    }
}

fn check_deployment(claims: &Claims, hint: Option<&str>) -> Result<DeploymentId, LaunchRefused> {
    let deployment = match claims.present(claim::DEPLOYMENT_ID) {
        None => return Err(LaunchRefused::DeploymentMissing),
        Some(Value::String(id)) => {
            DeploymentId::parse(id.as_str()).map_err(|error| match error {
                IdentifierError::Empty => LaunchRefused::DeploymentEmpty,
                IdentifierError::TooLong => LaunchRefused::DeploymentTooLong,
                IdentifierError::ControlCharacter => LaunchRefused::DeploymentMalformed,
            })?
        }
        Some(_) => return Err(LaunchRefused::DeploymentMalformed),
    };
    if hint.is_some_and(|hint| hint != deployment.as_str()) {
        return Err(LaunchRefused::DeploymentNotOfLogin);
    }
    Ok(deployment)
}

fn check_sub(
    claims: &Claims,
    message_type: MessageType,
    anonymous: AnonymousLaunches,
) -> Result<Option<String>, LaunchRefused> {
    match claims.present("sub") {
        None if message_type.goes_without_sub() || anonymous == AnonymousLaunches::Allow => {
            Ok(None)
        }
        None => Err(LaunchRefused::SubMissing),
        Some(Value::String(sub)) if sub.is_empty() => Err(LaunchRefused::SubEmpty),
        Some(Value::String(sub)) if sub.len() > IDENTIFIER_MAX_BYTES => {
            Err(LaunchRefused::SubTooLong)
        }
        Some(Value::String(sub)) if sub.contains(char::is_control) => {
            Err(LaunchRefused::SubMalformed)
        }
        Some(Value::String(sub)) => Ok(Some(sub.clone())),
        Some(_) => Err(LaunchRefused::SubNotText),
    }
}

/// What each type must bring besides link, course and person.
fn check_required(claims: &Claims, message_type: MessageType) -> Result<(), LaunchRefused> {
    match message_type {
        MessageType::ResourceLink => match claims.present(claim::ROLES) {
            None => Err(LaunchRefused::RolesMissing),
            Some(Value::Array(_)) => Ok(()),
            Some(_) => Err(LaunchRefused::RolesNotList),
        },
        MessageType::DeepLinking => {
            let settings = claims
                .object(claim::DEEP_LINKING_SETTINGS)
                .ok_or(LaunchRefused::DeepLinkingSettingsMissing)?;
            let return_url = settings
                .text("deep_link_return_url")
                .and_then(|text| Url::parse(&text).ok());
            match return_url {
                Some(url) if matches!(url.scheme(), "https" | "http") => Ok(()),
                _ => Err(LaunchRefused::DeepLinkReturnUrlInvalid),
            }
        }
        MessageType::SubmissionReview => claims
            .object(claim::AGS_ENDPOINT)
            .and_then(|endpoint| endpoint.text("lineitem"))
            .map(|_| ())
            .ok_or(LaunchRefused::LineItemMissing),
        _ => Ok(()),
    }
}

fn check_resource_link(
    claims: &Claims,
    message_type: MessageType,
) -> Result<Option<ResourceLink>, LaunchRefused> {
    let link = claims
        .object(claim::RESOURCE_LINK)
        .and_then(ResourceLink::read);
    if link
        .as_ref()
        .is_some_and(|link| link.id.len() > IDENTIFIER_MAX_BYTES)
    {
        return Err(LaunchRefused::ResourceLinkIdTooLong);
    }
    if link
        .as_ref()
        .is_some_and(|link| link.id.contains(char::is_control))
    {
        return Err(LaunchRefused::ResourceLinkIdMalformed);
    }
    if link.is_some() || message_type != MessageType::ResourceLink {
        return Ok(link);
    }
    Err(if claims.object(claim::RESOURCE_LINK).is_some() {
        LaunchRefused::ResourceLinkIdMissing
    } else {
        LaunchRefused::ResourceLinkMissing
    })
}

fn check_context(
    claims: &Claims,
    message_type: MessageType,
) -> Result<Option<Context>, LaunchRefused> {
    let context = claims.object(claim::CONTEXT).and_then(Context::read);
    if context
        .as_ref()
        .is_some_and(|context| context.id.len() > IDENTIFIER_MAX_BYTES)
    {
        return Err(LaunchRefused::ContextIdTooLong);
    }
    if context
        .as_ref()
        .is_some_and(|context| context.id.contains(char::is_control))
    {
        return Err(LaunchRefused::ContextIdMalformed);
    }
    if context.is_none() && message_type == MessageType::Context {
        return Err(LaunchRefused::ContextMissing);
    }
    Ok(context)
}

fn check_for_user(
    claims: &Claims,
    message_type: MessageType,
) -> Result<Option<ForUser>, LaunchRefused> {
    let for_user = claims.object(claim::FOR_USER).and_then(ForUser::read);
    let required = matches!(
        message_type,
        MessageType::SubmissionReview | MessageType::DataPrivacy
    );
    if for_user.is_none() && required {
        return Err(LaunchRefused::ForUserMissing);
    }
    Ok(for_user)
}
