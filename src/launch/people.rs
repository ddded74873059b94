//! A platform's `sub` becomes a Person: one per tenant, issuer and `sub`, sealed, found again by a
//! blind index. Never by e-mail, never across tenants.

use agent_factory_lti::PersonClaims;
use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

use crate::clock::Timestamp;
use crate::dice::Dice;
use crate::ids::{PersonId, TenantId};
use crate::key_custody::{KeyCustody, KeyCustodyError};
use crate::store::{NewPerson, Person, PersonStanding, SealedBytes, Unit};
use crate::store::{PersonKey as PersonKeyRow, PersonKeyPurpose as PurposeRow};
use crate::vault::{Location, PersonKey, PersonKeyPurpose, PurposeClass, TenantKeys};

/// A person of a launch, with the key that seals what is theirs.
pub struct KnownPerson {
    /// Their id.
    pub id: PersonId,
    /// The key that erasure destroys.
    pub content: PersonKey,
    /// The rows to write, when they were never seen before.
    pub new: Option<NewPerson>,
}

/// What is kept of a person's names. `Debug` shows nothing.
#[derive(Serialize, Deserialize, Zeroize)]
pub struct Profile {
    name: Option<String>,
    given_name: Option<String>,
    family_name: Option<String>,
    email: Option<String>,
}

impl std::fmt::Debug for Profile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Profile(..)")
    }
}

impl Profile {
    /// The names a launch brought; nothing when it brought none.
    pub fn of(claims: &PersonClaims) -> Option<Self> {
        let profile = Self {
            name: claims.name.clone(),
            given_name: claims.given_name.clone(),
            family_name: claims.family_name.clone(),
            email: claims.email.clone(),
        };
        let any = [
            &profile.name,
            &profile.given_name,
            &profile.family_name,
            &profile.email,
        ]
        .iter()
        .any(|field| field.is_some());
        any.then_some(profile)
    }
}

/// The blind index of a platform's person.
pub fn sub_index(keys: &TenantKeys, issuer: &str, sub: &str) -> [u8; 32] {
    keys.blind_index("people.sub", &[issuer.as_bytes(), sub.as_bytes()])
}

/// Finds the person of an issuer and `sub`, or prepares their rows.
///
/// # Errors
/// [`KeyCustodyError`].
pub async fn find_or_prepare(
    unit: &mut Unit,
    custody: &KeyCustody,
    keys: &TenantKeys,
    (issuer, sub): (&str, &str),
    profile: Option<Profile>,
    (dice, now): (Dice, Timestamp),
) -> Result<KnownPerson, KeyCustodyError> {
    let index = sub_index(keys, issuer, sub);
    if let Some(person) = unit.people().find_by_sub_index(&index).await? {
        let id = person.person_id;
        let content = custody
            .person_key(unit, id, PersonKeyPurpose::Content)
            .await?;
        return Ok(KnownPerson {
            id,
            content,
            new: None,
        });
    }
    prepare(keys, index, sub, profile, dice, now)
}

fn prepare(
    keys: &TenantKeys,
    index: [u8; 32],
    sub: &str,
    profile: Option<Profile>,
    dice: Dice,
    now: Timestamp,
) -> Result<KnownPerson, KeyCustodyError> {
    let id = PersonId::new(dice, now)?;
    let (content_wrapped, content) = keys.new_person_key(id, PersonKeyPurpose::Content, dice)?;
    let (record_wrapped, record) = keys.new_person_key(id, PersonKeyPurpose::Record, dice)?;
    let at = location(keys.tenant(), "platform_sub", id, PurposeClass::Record);
    let platform_sub = record.seal(at, &sub, dice)?;
    let profile = match profile {
        Some(profile) => {
            let at = location(keys.tenant(), "profile", id, PurposeClass::Identity);
            Some(SealedBytes::new(
                content.seal(at, &profile, dice)?.into_bytes(),
            ))
        }
        None => None,
    };
    let key_row = |purpose, wrapped: Vec<u8>| PersonKeyRow {
        person_id: id,
        purpose,
        wrapped: Some(SealedBytes::new(wrapped)),
        destroyed_at: None,
    };
    let new = NewPerson {
        person: Person {
            person_id: id,
            sub_index: index,
            platform_sub: SealedBytes::new(platform_sub.into_bytes()),
            profile,
            standing: PersonStanding::Active,
            created_at: now,
            last_seen_at: now,
        },
        keys: vec![
            key_row(PurposeRow::Content, content_wrapped.0),
            key_row(PurposeRow::Record, record_wrapped.0),
        ],
    };
    Ok(KnownPerson {
        id,
        content,
        new: Some(new),
    })
}

fn location(
    tenant: TenantId,
    column: &'static str,
    person: PersonId,
    purpose: PurposeClass,
) -> Location {
    Location {
        tenant,
        table: "people",
        column,
        row: *person.as_bytes(),
        purpose,
    }
}
