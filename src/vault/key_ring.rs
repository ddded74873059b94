//! Tenant keys: made and unwrapped under the root key, versioned, one active and the older ones for
//! reading. A tenant's keys must never seal, open or name anything of another tenant.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use secrecy::{ExposeSecret, SecretBox};
use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::{Zeroize, Zeroizing};

use super::derivation::{Key, derive, derive_hmac};
use super::field_cipher::CipherError;
use super::location::Location;
use super::root_key::{RootKey, RootKeyError, RootKeyProvider, TenantKeyBinding};
use super::sealed::{OpenError, Opened, Purpose, SealError, Sealed, open_value, seal_value};
use crate::dice::{Dice, DiceError};
use crate::ids::TenantId;

/// A key sealed under the key above it: what the database keeps.
#[derive(Clone, PartialEq, Eq)]
pub struct WrappedKey(pub Vec<u8>);

impl fmt::Debug for WrappedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WrappedKey({} bytes)", self.0.len())
    }
}

/// The root key at work: makes and opens tenants' keys.
#[derive(Debug, Clone)]
pub struct Vault {
    root: Arc<dyn RootKeyProvider>,
}

impl Vault {
    /// A vault under a root key held in this process.
    pub fn new(root: RootKey) -> Self {
        Self::with_provider(Arc::new(root))
    }

    /// A vault under a root key held anywhere.
    pub fn with_provider(root: Arc<dyn RootKeyProvider>) -> Self {
        Self { root }
    }

    /// Keys for a new tenant; the wrapped key is version 1.
    ///
    /// # Errors
    /// [`KeyError`] when there is no randomness or no root key.
    pub async fn new_tenant(
        &self,
        tenant: TenantId,
        dice: Dice,
    ) -> Result<(WrappedKey, TenantKeys), KeyError> {
        let key = TenantKey {
            sealing: random(dice)?,
            naming: random(dice)?,
        };
        let wrapped = self.wrap(tenant, FIRST_VERSION, &key, dice).await?;
        let keys = BTreeMap::from([(FIRST_VERSION, key)]);
        Ok((
            wrapped,
            TenantKeys {
                tenant,
                active: FIRST_VERSION,
                keys,
            },
        ))
    }

    /// A tenant's keys from their wrapped versions, in any order; the highest is active.
    ///
    /// # Errors
    /// [`KeyError`] when there is none, a version comes twice, or one does not unwrap.
    pub async fn open_tenant(
        &self,
        tenant: TenantId,
        wrapped: &[(u32, WrappedKey)],
    ) -> Result<TenantKeys, KeyError> {
        let mut keys = BTreeMap::new();
        for (version, wrapped) in wrapped {
            let binding = TenantKeyBinding {
                tenant,
                version: *version,
            };
            let key = TenantKey::parse(&self.root.unwrap(binding, wrapped).await?)?;
            if keys.insert(*version, key).is_some() {
                return Err(KeyError::VersionTwice(*version));
            }
        }
        let active = *keys.keys().next_back().ok_or(KeyError::NoVersion)?;
        Ok(TenantKeys {
            tenant,
            active,
            keys,
        })
    }

    /// A further version of a tenant's keys, active from now on; the older stay for reading.
    ///
    /// The naming secret is carried over: pseudonyms and blind indexes must outlive a rotation.
    ///
    /// # Errors
    /// [`KeyError`] when there is no randomness or no root key.
    pub async fn rotate_tenant(
        &self,
        mut keys: TenantKeys,
        dice: Dice,
    ) -> Result<(u32, WrappedKey, TenantKeys), KeyError> {
        let version = keys.active.checked_add(1).ok_or(KeyError::NoVersion)?;
        let naming = SecretBox::new(Box::new(*keys.naming()?.expose_secret()));
        let key = TenantKey {
            sealing: random(dice)?,
            naming,
        };
        let wrapped = self.wrap(keys.tenant, version, &key, dice).await?;
        keys.keys.insert(version, key);
        keys.active = version;
        Ok((version, wrapped, keys))
    }

    async fn wrap(
        &self,
        tenant: TenantId,
        version: u32,
        key: &TenantKey,
        dice: Dice,
    ) -> Result<WrappedKey, KeyError> {
        let binding = TenantKeyBinding { tenant, version };
        Ok(self.root.wrap(binding, &key.to_bytes(), dice).await?)
    }
}

/// The keys of one tenant.
pub struct TenantKeys {
    tenant: TenantId,
    active: u32,
    keys: BTreeMap<u32, TenantKey>,
}

impl TenantKeys {
    /// Whose keys they are.
    pub fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// The version that seals.
    pub fn active_version(&self) -> u32 {
        self.active
    }

    /// Seals a value that belongs to the tenant and to no person.
    ///
    /// # Errors
    /// [`SealError`].
    pub fn seal<T: Serialize>(
        &self,
        at: Location,
        value: &T,
        dice: Dice,
    ) -> Result<Sealed<T>, SealError> {
        let key = self
            .field_key(self.active, at)
            .ok_or(SealError::WrongTenant(at))?;
        seal_value(&key, self.active, at, value, dice)
    }

    /// Opens a value that [`TenantKeys::seal`] sealed, under any version at hand.
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
        open_value(|version| self.field_key(version, at), at, sealed, purpose)
    }

    fn field_key(&self, version: u32, at: Location) -> Option<Key> {
        if at.tenant != self.tenant {
            return None;
        }
        let parts: [&[u8]; 2] = [at.table.as_bytes(), at.column.as_bytes()];
        Some(derive(
            &self.keys.get(&version)?.sealing,
            "tenant field",
            &parts,
        ))
    }

    /// The active key for a use of its own, with its version.
    pub(super) fn active_key(&self, use_label: &str) -> Result<(u32, Key), KeyError> {
        Ok((self.active, self.key_of_version(self.active, use_label)?))
    }

    /// The same of one version.
    pub(super) fn key_of_version(&self, version: u32, use_label: &str) -> Result<Key, KeyError> {
        let key = self
            .keys
            .get(&version)
            .ok_or(KeyError::UnknownKey(version))?;
        Ok(derive(&key.sealing, use_label, &[]))
    }

    /// The keys of every version for a use of its own.
    pub(super) fn keys_for_use(&self, use_label: &str) -> Vec<(u32, Key)> {
        let of = |(version, key): (&u32, &TenantKey)| {
            (
                *version,
                derive(&key.sealing, "ticket", &[use_label.as_bytes()]),
            )
        };
        self.keys.iter().map(of).collect()
    }

    /// The key of an index or of a kind of pseudonym.
    #[expect(
        clippy::expect_used,
        reason = "the active version is always among the keys"
    )]
    pub(super) fn naming_key(&self, use_label: &str, parts: &[&[u8]]) -> ring::hmac::Key {
        // INVARIANT: every way to make or change a `TenantKeys` puts `active` among `keys`.
        derive_hmac(self.naming().expect("the active version"), use_label, parts)
    }

    fn naming(&self) -> Result<&Key, KeyError> {
        let key = self
            .keys
            .get(&self.active)
            .ok_or(KeyError::UnknownKey(self.active))?;
        Ok(&key.naming)
    }
}

impl fmt::Debug for TenantKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TenantKeys({}, version {})", self.tenant, self.active)
    }
}

/// Why a key was not made, wrapped or unwrapped.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The root key is missing, unavailable or another one.
    #[error(transparent)]
    Root(#[from] RootKeyError),
    /// No version of the tenant's key was given, or none is left to come.
    #[error("no version of the tenant's key")]
    NoVersion,
    /// One version was given twice.
    #[error("version {0} of the tenant's key comes twice")]
    VersionTwice(u32),
    /// A person's key is wrapped under a version that is not at hand.
    #[error("the key is wrapped under version {0}, which is not at hand")]
    UnknownKey(u32),
    /// The wrapped key is of a layout this version does not know.
    #[error("the wrapped key has an unknown layout")]
    UnknownLayout,
    /// Changed, or another tenant's, person's or kind's.
    #[error("the wrapped key does not open: it was changed or belongs elsewhere")]
    NotAuthentic,
    /// There is no randomness.
    #[error("no randomness to make a key")]
    NoRandomness,
}

impl KeyError {
    /// Its stable name.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Root(error) => error.code(),
            Self::NoVersion => "key-no-version",
            Self::VersionTwice(_) => "key-version-twice",
            Self::UnknownKey(_) => "key-unknown",
            Self::UnknownLayout => "key-unknown-layout",
            Self::NotAuthentic => "key-not-authentic",
            Self::NoRandomness => "key-no-randomness",
        }
    }
}

impl From<DiceError> for KeyError {
    fn from(_: DiceError) -> Self {
        Self::NoRandomness
    }
}

impl From<CipherError> for KeyError {
    fn from(error: CipherError) -> Self {
        match error {
            CipherError::NotAuthentic | CipherError::TooLong => Self::NotAuthentic,
            CipherError::NoRandomness => Self::NoRandomness,
            CipherError::Malformed
            | CipherError::UnknownVersion(_)
            | CipherError::UnknownAlgorithm(_) => Self::UnknownLayout,
        }
    }
}

/// Ours: versions count from one, so that zero can never pass for one.
const FIRST_VERSION: u32 = 1;

/// One version of a tenant's key: a secret that seals and wraps, new in each version, and a secret
/// that names (indexes, pseudonyms), the same in all of them.
struct TenantKey {
    sealing: Key,
    naming: Key,
}

impl TenantKey {
    fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(64));
        bytes.extend_from_slice(self.sealing.expose_secret());
        bytes.extend_from_slice(self.naming.expose_secret());
        bytes
    }

    fn parse(bytes: &[u8]) -> Result<Self, KeyError> {
        let (sealing, naming) = bytes
            .split_first_chunk::<32>()
            .ok_or(KeyError::UnknownLayout)?;
        let naming: &[u8; 32] = naming.try_into().map_err(|_| KeyError::UnknownLayout)?;
        let boxed = |key: &[u8; 32]| SecretBox::new(Box::new(*key));
        Ok(Self {
            sealing: boxed(sealing),
            naming: boxed(naming),
        })
    }
}

/// A random key.
pub(super) fn random(dice: Dice) -> Result<Key, DiceError> {
    Ok(SecretBox::new(Box::new(dice.bytes()?)))
}
