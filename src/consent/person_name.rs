//! Whom a ground or fact is about, as an operator names them: by id here, or by platform and the
//! platform's id of the person. Somebody who never launched is entered, sealed, under that name.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ids::{PersonId, RegistrationId, TenantId};
use crate::key_custody::KeyCustodyError;
use crate::launch::find_or_prepare;
use crate::onboarding::{Deed, OperatorError, platforms, text};
use crate::store::Unit;
use crate::vault::TenantKeys;

/// A person, named by an operator.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum PersonName {
    /// The id here.
    #[schema(value_type = Uuid)]
    Id(PersonId),
    /// The platform, and its id of the person.
    OnPlatform(PlatformPerson),
}

/// A platform, and its id of a person.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlatformPerson {
    /// The platform's id here.
    #[schema(value_type = Uuid)]
    pub platform: RegistrationId,
    /// The person's id there (`sub`).
    pub platform_user_id: String,
}

impl std::fmt::Debug for PersonName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PersonName(..)")
    }
}

impl std::fmt::Debug for PlatformPerson {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PlatformPerson(..)")
    }
}

/// A name that was read: what it needs was looked up before a unit of work is open.
pub(super) enum NamedPerson {
    /// A row that must be there.
    Row(PersonId),
    /// Issuer and `sub`.
    Subject(String, String),
}

/// Reads a name; the platform must be one that the tenant may see.
pub(super) async fn read_name(
    deed: &Deed,
    tenant: TenantId,
    name: &PersonName,
) -> Result<NamedPerson, OperatorError> {
    match name {
        PersonName::Id(id) => Ok(NamedPerson::Row(*id)),
        PersonName::OnPlatform(named) => {
            let platform = platforms::visible(&deed.gateway, tenant, named.platform)
                .await
                .map_err(|error| match error {
                    OperatorError::NotFound => {
                        OperatorError::invalid("platform", "names no platform of this tenant")
                    }
                    other => other,
                })?;
            let sub = text::identifier("platform_user_id", &named.platform_user_id)?;
            Ok(NamedPerson::Subject(platform.issuer, sub))
        }
    }
}

/// The person, entered if they were never seen.
pub(super) async fn person_of(
    deed: &Deed,
    unit: &mut Unit,
    keys: &TenantKeys,
    named: &NamedPerson,
) -> Result<PersonId, OperatorError> {
    let gateway = &deed.gateway;
    match named {
        NamedPerson::Row(id) => match unit.people().find(*id).await? {
            Some(person) => Ok(person.person_id),
            None => Err(OperatorError::invalid(
                "person",
                "names nobody of this tenant",
            )),
        },
        NamedPerson::Subject(issuer, sub) => {
            let (dice, now) = (gateway.dice, deed.now);
            let pair = (issuer.as_str(), sub.as_str());
            let known = find_or_prepare(unit, &gateway.custody, keys, pair, None, (dice, now))
                .await
                .map_err(|error| match error {
                    KeyCustodyError::PersonKeyGone => {
                        OperatorError::conflict("person-erased", "this person's record was erased")
                    }
                    other => other.into(),
                })?;
            if let Some(new) = &known.new {
                unit.people().insert(new).await?;
            }
            Ok(known.id)
        }
    }
}
