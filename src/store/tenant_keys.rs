//! Keys of a tenant, wrapped by the root key. Unwrapped keys are never here.

use super::record::stored;
use super::sealed_bytes::SealedBytes;
use super::signing_keys::KeyStanding;
use super::sql::sql;
use super::store_error::StoreError;
use super::unit::Unit;
use super::value::values;
use crate::clock::Timestamp;

stored! {
    /// A version of a tenant's key.
    pub struct TenantKey in "tenant_keys" by "version" {
        /// Which key of this tenant.
        version: i64,
        /// The key, wrapped (sealed).
        wrapped: SealedBytes,
        /// Active or retired.
        standing: KeyStanding,
        /// When it was made.
        created_at: Timestamp,
    }
}

sql! {
    const INSERT = "
        insert into tenant_keys (
            tenant_id, version, wrapped, standing, created_at
        )
        values (
            $1, $2, $3, $4, $5
        )
        ";
    const FIND = "
        select
            version, wrapped, standing, created_at
        from tenant_keys
        where tenant_id = $1
            and version = $2
        ";
    const LIST = "
        select
            version, wrapped, standing, created_at
        from tenant_keys
        where tenant_id = $1
        order by version
        ";
    const SET_STANDING = "
        update tenant_keys
        set standing = $3
        where tenant_id = $1
            and version = $2
        ";
    const REWRAP = "
        update tenant_keys
        set wrapped = $3
        where tenant_id = $1
            and version = $2
        ";
}

impl Unit {
    /// The tenant's keys.
    pub fn tenant_keys(&mut self) -> TenantKeys<'_> {
        TenantKeys { unit: self }
    }
}

/// Keys of the tenant of a unit of work.
#[derive(Debug)]
pub struct TenantKeys<'u> {
    unit: &'u mut Unit,
}

impl TenantKeys<'_> {
    /// Enters a version of the key.
    ///
    /// # Errors
    /// `tenant_keys_pkey` when another replica made this version first.
    pub async fn insert(self, key: &TenantKey) -> Result<(), StoreError> {
        self.unit.run(INSERT, key.values()).await.map(drop)
    }

    /// A version.
    pub async fn find(self, version: i64) -> Result<Option<TenantKey>, StoreError> {
        self.unit.one(FIND, values![version]).await
    }

    /// Every version, oldest first.
    pub async fn list(self) -> Result<Vec<TenantKey>, StoreError> {
        self.unit.all(LIST, Vec::new()).await
    }

    /// Retires a version, or makes it the active one; `false` when it is not there.
    pub async fn set_standing(
        self,
        version: i64,
        standing: KeyStanding,
    ) -> Result<bool, StoreError> {
        Ok(self
            .unit
            .run(SET_STANDING, values![version, standing])
            .await?
            == 1)
    }

    /// Replaces the wrapping by another root key; `false` when the version is not there.
    pub async fn rewrap(self, version: i64, wrapped: &SealedBytes) -> Result<bool, StoreError> {
        Ok(self
            .unit
            .run(REWRAP, values![version, wrapped.clone()])
            .await?
            == 1)
    }
}
