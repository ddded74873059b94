//! A launch that was found genuine, and what it says.
//!
//! It exists only as the outcome of every check: there is no other way to make one.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Map, Value};
use time::OffsetDateTime;
use url::Url;

use crate::claim;
use crate::course_claims::{Context, ResourceLink};
use crate::identifier::{ClientId, DeploymentId, Issuer};
use crate::json_object::Lenient as _;
use crate::masquerade::{Family, MASQUERADE_PARAMETERS, Masquerade};
use crate::message_type::MessageType;
use crate::person_claims::{ForUser, Lis, PersonClaims};
use crate::platform_claims::{LaunchPresentation, ToolPlatform};
use crate::role::{Roles, Standing};

/// What the checks established, before the lenient rest is read.
pub(crate) struct Established {
    pub(crate) issuer: Issuer,
    pub(crate) client_id: ClientId,
    pub(crate) deployment_id: DeploymentId,
    pub(crate) message_type: MessageType,
    pub(crate) issued_at: OffsetDateTime,
    pub(crate) expires_at: OffsetDateTime,
    pub(crate) target_link_uri: Option<Url>,
    pub(crate) sub: Option<String>,
    pub(crate) resource_link: Option<ResourceLink>,
    pub(crate) context: Option<Context>,
    pub(crate) for_user: Option<ForUser>,
}

/// A verified message of a platform.
#[derive(Clone)]
pub struct LaunchMessage {
    issuer: Issuer,
    client_id: ClientId,
    deployment_id: DeploymentId,
    message_type: MessageType,
    issued_at: OffsetDateTime,
    expires_at: OffsetDateTime,
    target_link_uri: Option<Url>,
    sub: Option<String>,
    person: PersonClaims,
    roles: Roles,
    context: Option<Context>,
    resource_link: Option<ResourceLink>,
    custom: BTreeMap<String, String>,
    tool_platform: ToolPlatform,
    presentation: LaunchPresentation,
    lis: Lis,
    mentor_of: Vec<String>,
    for_user: Option<ForUser>,
    ags_endpoint: Option<Value>,
    names_and_roles: Option<Value>,
    deep_linking_settings: Option<Value>,
}

impl LaunchMessage {
    /// Reads the lenient rest: a wrong type in an optional claim makes it absent, never a refusal.
    pub(crate) fn read(established: Established, claims: &Map<String, Value>) -> Self {
        let roles = Roles::parse(&claims.texts(claim::ROLES));
        let mentor_of = if roles.is_mentor_in_context() {
            claims.texts(claim::ROLE_SCOPE_MENTOR)
        } else {
            // Only a mentor may be sent this; from anybody else it grants nothing.
            Vec::new()
        };
        let service = |name| claims.object(name).cloned().map(Value::Object);
        Self {
            issuer: established.issuer,
            client_id: established.client_id,
            deployment_id: established.deployment_id,
            message_type: established.message_type,
            issued_at: established.issued_at,
            expires_at: established.expires_at,
            target_link_uri: established.target_link_uri,
            sub: established.sub,
            person: PersonClaims::read(claims),
            roles,
            context: established.context,
            resource_link: established.resource_link,
            custom: claims.object(claim::CUSTOM).map(custom).unwrap_or_default(),
            tool_platform: claims
                .object(claim::TOOL_PLATFORM)
                .map(ToolPlatform::read)
                .unwrap_or_default(),
            presentation: claims
                .object(claim::LAUNCH_PRESENTATION)
                .map(LaunchPresentation::read)
                .unwrap_or_default(),
            lis: claims.object(claim::LIS).map(Lis::read).unwrap_or_default(),
            mentor_of,
            for_user: established.for_user,
            ags_endpoint: service(claim::AGS_ENDPOINT),
            names_and_roles: service(claim::NAMES_AND_ROLES),
            deep_linking_settings: service(claim::DEEP_LINKING_SETTINGS),
        }
    }

    /// The platform that sent it.
    pub fn issuer(&self) -> &Issuer {
        &self.issuer
    }

    /// The registration's client id.
    pub fn client_id(&self) -> &ClientId {
        &self.client_id
    }

    /// The deployment, which with the registration decides the tenant.
    pub fn deployment_id(&self) -> &DeploymentId {
        &self.deployment_id
    }

    /// What the launch wants.
    pub fn message_type(&self) -> MessageType {
        self.message_type
    }

    /// When the platform wrote it.
    pub fn issued_at(&self) -> OffsetDateTime {
        self.issued_at
    }

    /// When it stops being good.
    pub fn expires_at(&self) -> OffsetDateTime {
        self.expires_at
    }

    /// Where the launch is to end: on our public origin. Always there for a resource link.
    pub fn target_link_uri(&self) -> Option<&Url> {
        self.target_link_uri.as_ref()
    }

    /// The person, unique within the issuer; absent in an anonymous launch.
    pub fn sub(&self) -> Option<&str> {
        self.sub.as_deref()
    }

    /// What the platform says about the person.
    pub fn person(&self) -> &PersonClaims {
        &self.person
    }

    /// The person's roles.
    pub fn roles(&self) -> &Roles {
        &self.roles
    }

    /// What the roles make of the person here: as [`Roles::standing`], and in a privacy launch an
    /// administrator of system or institution is one too.
    pub fn standing(&self) -> Standing {
        match self.message_type {
            MessageType::DataPrivacy => self.roles.standing_in_privacy_launch(),
            _ => self.roles.standing(),
        }
    }

    /// The course or group, where there is one.
    pub fn context(&self) -> Option<&Context> {
        self.context.as_ref()
    }

    /// The link that was followed; always there for a resource link message.
    pub fn resource_link(&self) -> Option<&ResourceLink> {
        self.resource_link.as_ref()
    }

    /// All custom parameters as texts, unresolved variables included.
    pub fn custom_parameters(&self) -> &BTreeMap<String, String> {
        &self.custom
    }

    /// A custom parameter that has a value: neither empty nor an unresolved `$variable`. Typed by
    /// teachers, so it may select, never authorise.
    pub fn custom(&self, name: &str) -> Option<&str> {
        let value = self.custom.get(name)?.as_str();
        (!value.is_empty() && !value.starts_with('$')).then_some(value)
    }

    /// The platform's account of itself; empty when it sends none.
    pub fn tool_platform(&self) -> &ToolPlatform {
        &self.tool_platform
    }

    /// How the platform shows the tool; empty when it does not say.
    pub fn presentation(&self) -> &LaunchPresentation {
        &self.presentation
    }

    /// Ids of the student information system.
    pub fn lis(&self) -> &Lis {
        &self.lis
    }

    /// Whom a mentor accompanies, by `sub`; empty for anybody without a mentor's role in the course.
    pub fn mentor_of(&self) -> &[String] {
        &self.mentor_of
    }

    /// Whose records a review or privacy launch is about.
    pub fn for_user(&self) -> Option<&ForUser> {
        self.for_user.as_ref()
    }

    /// The grade service's claim, as sent.
    pub fn ags_endpoint(&self) -> Option<&Value> {
        self.ags_endpoint.as_ref()
    }

    /// The roster service's claim, as sent.
    pub fn names_and_roles(&self) -> Option<&Value> {
        self.names_and_roles.as_ref()
    }

    /// The deep linking settings, as sent; always there for a deep linking message.
    pub fn deep_linking_settings(&self) -> Option<&Value> {
        self.deep_linking_settings.as_ref()
    }

    /// Whether somebody acts as the person, as far as the platform tells.
    pub fn masquerade(&self) -> Masquerade {
        let family = match self.tool_platform.product_family_code.as_deref() {
            Some(code) if code.eq_ignore_ascii_case("canvas") => Family::Canvas,
            _ => Family::Other,
        };
        let sent = MASQUERADE_PARAMETERS
            .iter()
            .filter_map(|name| self.custom.get(*name));
        // Of two parameters the one that reports somebody counts.
        let value = sent
            .clone()
            .find(|value| !value.is_empty() && !value.starts_with('$'));
        Masquerade::read(value.or(sent.clone().next()).map(String::as_str), family)
    }
}

/// Shows what kind of launch it is and where from, nothing about the person.
impl fmt::Debug for LaunchMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LaunchMessage")
            .field("message_type", &self.message_type)
            .field("issuer", &self.issuer)
            .field("client_id", &self.client_id)
            .field("deployment_id", &self.deployment_id)
            .finish_non_exhaustive()
    }
}

/// Numbers and booleans become texts; null, lists and objects are dropped.
fn custom(member: &Map<String, Value>) -> BTreeMap<String, String> {
    member
        .iter()
        .filter_map(|(name, value)| {
            let text = match value {
                Value::String(text) => text.clone(),
                Value::Number(number) => number.to_string(),
                Value::Bool(flag) => flag.to_string(),
                Value::Null | Value::Array(_) | Value::Object(_) => return None,
            };
            Some((name.clone(), text))
        })
        .collect()
}
