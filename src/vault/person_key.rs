//! A person's two keys: `content`, which erasure destroys, and `record`, which goes only with the
//! education record itself. A person's values must never be sealed under anything else, or
//! destroying the key would not make them unreadable.

use std::fmt;

use secrecy::{ExposeSecret, SecretBox};
use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroize;

use super::derivation::{Key, derive};
use super::field_cipher::{self, Envelope};
use super::framing::frame;
use super::key_ring::{KeyError, TenantKeys, WrappedKey, random};
use super::location::Location;
use super::sealed::{OpenError, Opened, Purpose, SealError, Sealed, open_value, seal_value};
use crate::dice::Dice;
use crate::ids::{PersonId, TenantId};

/// Ours: a person's key has one version for life. Tenant keys rotate by wrapping it again; erasure
/// destroys it, and who comes back is a new person with a new key.
const KEY_ID: u32 = 1;

/// What a person's key is for.
///
/// # Source
/// 34 CFR 99.32(a)(2): the record of disclosures is kept as long as the education record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PersonKeyPurpose {
    /// Everything personal that erasure must make unreadable.
    Content,
    /// Only the link between the institution's identifier and the pseudonym in the log.
    Record,
}

impl PersonKeyPurpose {
    /// The stable name that wrapped keys are bound to.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Content => "content",
            Self::Record => "record",
        }
    }
}

/// One key of one person.
pub struct PersonKey {
    tenant: TenantId,
    secret: Key,
}

impl PersonKey {
    /// Seals a value of this person.
    ///
    /// # Errors
    /// [`SealError`].
    pub fn seal<T: Serialize>(
        &self,
        at: Location,
        value: &T,
        dice: Dice,
    ) -> Result<Sealed<T>, SealError> {
        if at.tenant != self.tenant {
            return Err(SealError::WrongTenant(at));
        }
        seal_value(&self.field_key(at), KEY_ID, at, value, dice)
    }

    /// Opens a value of this person.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open<T: DeserializeOwned + Zeroize>(
        &self,
        at: Location,
        sealed: &Sealed<T>,
        purpose: Purpose,
    ) -> Result<Opened<T>, OpenError> {
        if at.tenant != self.tenant {
            return Err(OpenError::WrongTenant(at));
        }
        let key_for = |key_id| (key_id == KEY_ID).then(|| self.field_key(at));
        open_value(key_for, at, sealed, purpose)
    }

    fn field_key(&self, at: Location) -> Key {
        derive(
            &self.secret,
            "person field",
            &[at.table.as_bytes(), at.column.as_bytes()],
        )
    }
}

impl fmt::Debug for PersonKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonKey(..)")
    }
}

impl TenantKeys {
    /// Makes a key for a person.
    ///
    /// # Errors
    /// [`KeyError`] when there is no randomness.
    pub fn new_person_key(
        &self,
        person: PersonId,
        purpose: PersonKeyPurpose,
        dice: Dice,
    ) -> Result<(WrappedKey, PersonKey), KeyError> {
        let key = PersonKey {
            tenant: self.tenant(),
            secret: random(dice)?,
        };
        Ok((self.wrap_person_key(person, purpose, &key, dice)?, key))
    }

    /// Unwraps a person's key.
    ///
    /// # Errors
    /// [`KeyError`] when it is another person's, purpose's or tenant's, was changed, or is wrapped
    /// under a version that is not at hand.
    pub fn open_person_key(
        &self,
        person: PersonId,
        purpose: PersonKeyPurpose,
        wrapped: &WrappedKey,
    ) -> Result<PersonKey, KeyError> {
        let envelope = Envelope::parse(&wrapped.0)?;
        let version = envelope.key_id();
        let wrapping = self.key_of_version(version, WRAPPING)?;
        let bytes = envelope.open(&wrapping, &self.binding(version, person, purpose))?;
        let secret: &[u8; 32] = bytes
            .as_slice()
            .try_into()
            .map_err(|_| KeyError::UnknownLayout)?;
        Ok(PersonKey {
            tenant: self.tenant(),
            secret: SecretBox::new(Box::new(*secret)),
        })
    }

    /// Wraps a person's key under the active version: rotation.
    ///
    /// # Errors
    /// [`KeyError`] as for opening, or when there is no randomness.
    pub fn rewrap_person_key(
        &self,
        person: PersonId,
        purpose: PersonKeyPurpose,
        wrapped: &WrappedKey,
        dice: Dice,
    ) -> Result<WrappedKey, KeyError> {
        let key = self.open_person_key(person, purpose, wrapped)?;
        self.wrap_person_key(person, purpose, &key, dice)
    }

    fn wrap_person_key(
        &self,
        person: PersonId,
        purpose: PersonKeyPurpose,
        key: &PersonKey,
        dice: Dice,
    ) -> Result<WrappedKey, KeyError> {
        let (version, wrapping) = self.active_key(WRAPPING)?;
        let mut buffer = field_cipher::buffer(32);
        buffer.extend_from_slice(key.secret.expose_secret());
        let data = self.binding(version, person, purpose);
        Ok(WrappedKey(field_cipher::seal(
            &wrapping, version, &data, buffer, dice,
        )?))
    }

    fn binding(&self, version: u32, person: PersonId, purpose: PersonKeyPurpose) -> Vec<u8> {
        frame(&[
            b"wrapped key",
            self.tenant().as_bytes(),
            purpose.as_str().as_bytes(),
            &version.to_be_bytes(),
            person.as_bytes(),
        ])
    }
}

/// The use of a tenant key that wraps persons' keys.
const WRAPPING: &str = "wrap person key";
