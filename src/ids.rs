//! Row ids and slugs: newtypes that parse at the edge, so that one kind is never taken for another.
//! A row id tells time and order; it must never leave the gateway as a person's or session's name.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::dice::{Dice, DiceError};

macro_rules! row_ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, sqlx::Type)]
        #[sqlx(transparent)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new id for a row made at `now`.
            ///
            /// # Errors
            /// [`DiceError`] when there is no randomness.
            pub fn new(dice: Dice, now: Timestamp) -> Result<Self, DiceError> {
                dice.uuid_v7(now).map(Self)
            }

            /// The sixteen bytes.
            pub fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    )+};
}

row_ids! {
    /// A school, district, university or publisher; or the installation itself.
    TenantId,
    /// One platform with one client id.
    RegistrationId,
    /// The row of a deployment inside a registration (the platform's own id is text).
    DeploymentRowId,
    /// Anyone a platform sent.
    PersonId,
    /// A course or section of a deployment.
    ContextRowId,
    /// An upstream AI service with a manifest.
    AgentId,
    /// Which agent a link opens.
    PlacementId,
    /// An actor in an agent after a launch.
    SessionId,
    /// An entry of the audit log.
    EntryId,
    /// A ground on file: agreement, school authorization or consent.
    GroundId,
    /// A recorded age band.
    AgeBandId,
    /// A stored API token.
    TokenId,
    /// A signing key of the installation or of a tenant.
    SigningKeyId,
}

/// The installation itself, as a tenant: fixed, so that it is the same in every database.
pub const INSTALLATION: TenantId =
    TenantId(Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0001));

/// Why a text is no slug.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "a slug has 3 to 24 characters of `a-z`, `0-9` and single inner hyphens, and does not begin with `xn`"
)]
pub struct SlugError;

/// A tenant's or agent's name in hosts, paths and claims: 3 to 24 characters of `[a-z0-9]` with
/// single inner hyphens, not beginning with `xn`.
///
/// A double hyphen separates the parts of an agent's host, so it can never stand inside one.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, sqlx::Type,
)]
#[sqlx(transparent)]
#[serde(try_from = "String", into = "String")]
pub struct Slug(String);

impl Slug {
    /// The slug as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Slug {
    type Err = SlugError;
    fn from_str(text: &str) -> Result<Self, SlugError> {
        let fits = (3..=24).contains(&text.len())
            && text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !text.starts_with('-')
            && !text.ends_with('-')
            && !text.contains("--")
            && !text.starts_with("xn");
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(SlugError)
        }
    }
}

impl TryFrom<String> for Slug {
    type Error = SlugError;
    fn try_from(text: String) -> Result<Self, SlugError> {
        text.parse()
    }
}

impl From<Slug> for String {
    fn from(slug: Slug) -> Self {
        slug.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_that_could_break_out_of_its_place_in_a_host_is_refused() {
        for bad in [
            "ab",
            "a--b",
            "-ab",
            "ab-",
            "xn-a",
            "Abc",
            "a.b",
            "a_b",
            "",
            &"a".repeat(25),
        ] {
            assert_eq!(bad.parse::<Slug>(), Err(SlugError), "{bad}");
        }
        for good in ["abc", "lincoln", "k-12", "a1-b2", &"a".repeat(24)] {
            assert!(good.parse::<Slug>().is_ok(), "{good}");
        }
    }
}
