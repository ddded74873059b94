//! Tenants' keys at work: made with the tenant, unwrapped once per process, kept while the process
//! lives. They change only by rotation, which tells every holder.

use std::sync::Arc;

use agent_factory_audit::{self as audit, CheckpointKey, LogName};
use moka::sync::Cache;

use crate::clock::Timestamp;
use crate::dice::{Dice, DiceError};
use crate::ids::{INSTALLATION, PersonId, SigningKeyId, TenantId};
use crate::store::{
    self, KeyStanding, SealedBytes, SigningKeyKind, Store, StoreError, TenantKey, Unit,
};
use crate::vault::{
    AssertionKey, CheckpointSeed, KeyError, Location, OpenError, PersonKey, PersonKeyPurpose,
    Purpose, PurposeClass, SealError, Sealed, SecretBytes, SigningKeyError, TenantKeys, Vault,
    WrappedKey,
};

/// Why a key is not at hand. Nothing falls back to plaintext.
#[derive(Debug, thiserror::Error)]
pub enum KeyCustodyError {
    /// The tenant has no keys: it does not exist, or was never set up.
    #[error("the tenant has no keys")]
    NoKeys,
    /// The person's key was destroyed.
    #[error("the person's key is gone")]
    PersonKeyGone,
    /// The database did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A key did not unwrap, or the root key is not at hand.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A signing key is not usable.
    #[error(transparent)]
    Signing(#[from] SigningKeyError),
    /// A signing key could not be sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// A signing key did not open.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// A checkpoint key is not usable.
    #[error("the checkpoint key is not usable")]
    Checkpoint(#[from] audit::KeyError),
    /// There was no randomness.
    #[error(transparent)]
    Dice(#[from] DiceError),
}

impl KeyCustodyError {
    /// A stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoKeys => "tenant-keys-missing",
            Self::PersonKeyGone => "person-key-gone",
            Self::Store(error) => error.code(),
            Self::Key(_) => "key-not-usable",
            Self::Signing(_) | Self::Checkpoint(_) => "signing-key-not-usable",
            Self::Seal(error) => error.code(),
            Self::Open(_) => "signing-key-not-openable",
            Self::Dice(_) => "no-randomness",
        }
    }
}

/// At most so many tenants' keys are held unwrapped.
const MAX_TENANTS: u64 = 20_000;

/// The keys of every tenant that this process has served.
#[derive(Clone)]
pub struct KeyCustody {
    store: Store,
    vault: Vault,
    tenants: Cache<TenantId, Arc<TenantKeys>>,
    dice: Dice,
}

impl KeyCustody {
    /// A custody over a vault.
    pub fn new(store: Store, vault: Vault, dice: Dice) -> Self {
        Self {
            store,
            vault,
            tenants: Cache::new(MAX_TENANTS),
            dice,
        }
    }

    /// A tenant's keys.
    ///
    /// # Errors
    /// [`KeyCustodyError`].
    pub async fn tenant(&self, tenant: TenantId) -> Result<Arc<TenantKeys>, KeyCustodyError> {
        if let Some(keys) = self.tenants.get(&tenant) {
            return Ok(keys);
        }
        let rows = self
            .store
            .tenant(tenant)
            .read()
            .await?
            .tenant_keys()
            .list()
            .await?;
        let wrapped: Vec<(u32, WrappedKey)> = rows
            .into_iter()
            .filter_map(|row| {
                Some((
                    u32::try_from(row.version).ok()?,
                    WrappedKey(row.wrapped.into_vec()),
                ))
            })
            .collect();
        if wrapped.is_empty() {
            return Err(KeyCustodyError::NoKeys);
        }
        let keys = Arc::new(self.vault.open_tenant(tenant, &wrapped).await?);
        self.tenants.insert(tenant, keys.clone());
        Ok(keys)
    }

    /// Makes a new tenant's keys inside the unit of work that makes the tenant: its own, and the
    /// one that signs its log.
    ///
    /// # Errors
    /// [`KeyCustodyError`].
    pub async fn create_tenant(
        &self,
        unit: &mut Unit,
        now: Timestamp,
    ) -> Result<(), KeyCustodyError> {
        let tenant = unit.tenant();
        let (wrapped, keys) = self.vault.new_tenant(tenant, self.dice).await?;
        unit.tenant_keys()
            .insert(&TenantKey {
                version: 1,
                wrapped: SealedBytes::new(wrapped.0),
                standing: KeyStanding::Active,
                created_at: now,
            })
            .await?;
        let seed = CheckpointSeed::generate(self.dice)?;
        self.insert_signing_key(
            unit,
            &keys,
            SigningKeyKind::Checkpoint,
            ("Ed25519", &seed.to_secret_bytes(), Vec::new()),
            now,
        )
        .await?;
        if tenant == INSTALLATION {
            let (secret, key) = AssertionKey::generate()?;
            let public = key.public_jwk().to_string().into_bytes();
            self.insert_signing_key(
                unit,
                &keys,
                SigningKeyKind::Assertion,
                ("ES256", &secret, public),
                now,
            )
            .await?;
        }
        Ok(())
    }

    async fn insert_signing_key(
        &self,
        unit: &mut Unit,
        keys: &TenantKeys,
        kind: SigningKeyKind,
        (algorithm, secret, public): (&str, &SecretBytes, Vec<u8>),
        now: Timestamp,
    ) -> Result<(), KeyCustodyError> {
        let id = SigningKeyId::new(self.dice, now)?;
        let at = signing_key_location(keys.tenant(), id);
        let sealed = keys.seal(at, &secret.expose().to_vec(), self.dice)?;
        let row = store::SigningKey {
            signing_key_id: id,
            kind,
            algorithm: algorithm.to_owned(),
            private: SealedBytes::new(sealed.into_bytes()),
            public,
            standing: KeyStanding::Active,
            created_at: now,
        };
        Ok(unit.signing_keys().insert(&row).await?)
    }

    async fn signing_key(
        &self,
        tenant: TenantId,
        kind: SigningKeyKind,
    ) -> Result<SecretBytes, KeyCustodyError> {
        let keys = self.tenant(tenant).await?;
        let rows = self
            .store
            .tenant(tenant)
            .read()
            .await?
            .signing_keys()
            .list(kind)
            .await?;
        let active = rows
            .into_iter()
            .find(|row| row.standing == KeyStanding::Active)
            .ok_or(KeyCustodyError::NoKeys)?;
        let at = signing_key_location(tenant, active.signing_key_id);
        let sealed: Sealed<Vec<u8>> = Sealed::from_bytes(active.private.into_vec());
        let opened = keys.open(at, &sealed, Purpose::Rotation)?;
        Ok(SecretBytes::new(opened.to_vec()))
    }

    /// The key that signs assertions of this installation.
    ///
    /// # Errors
    /// [`KeyCustodyError`].
    pub async fn assertion_key(&self) -> Result<AssertionKey, KeyCustodyError> {
        let secret = self
            .signing_key(INSTALLATION, SigningKeyKind::Assertion)
            .await?;
        Ok(AssertionKey::from_pkcs8(&secret)?)
    }

    /// The key that signs a tenant's checkpoints, under the log's name.
    ///
    /// # Errors
    /// [`KeyCustodyError`].
    pub async fn checkpoint_key(
        &self,
        tenant: TenantId,
        log: LogName,
    ) -> Result<CheckpointKey, KeyCustodyError> {
        let secret = self.signing_key(tenant, SigningKeyKind::Checkpoint).await?;
        let seed = CheckpointSeed::from_secret_bytes(&secret)?;
        Ok(CheckpointKey::from_seed(log, seed.expose())?)
    }

    /// One of a person's keys.
    ///
    /// # Errors
    /// [`KeyCustodyError::PersonKeyGone`] once erased.
    pub async fn person_key(
        &self,
        unit: &mut Unit,
        person: PersonId,
        purpose: PersonKeyPurpose,
    ) -> Result<PersonKey, KeyCustodyError> {
        let kept = match purpose {
            PersonKeyPurpose::Content => store::PersonKeyPurpose::Content,
            PersonKeyPurpose::Record => store::PersonKeyPurpose::Record,
        };
        let tenant = unit.tenant();
        let wrapped = unit
            .person_keys()
            .find(person, kept)
            .await?
            .and_then(|row| row.wrapped)
            .ok_or(KeyCustodyError::PersonKeyGone)?;
        let keys = self.tenant(tenant).await?;
        Ok(keys.open_person_key(person, purpose, &WrappedKey(wrapped.into_vec()))?)
    }
}

fn signing_key_location(tenant: TenantId, id: SigningKeyId) -> Location {
    Location {
        tenant,
        table: "signing_keys",
        column: "private",
        row: *id.as_bytes(),
        purpose: PurposeClass::Credential,
    }
}
