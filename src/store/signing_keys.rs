//! Keys that sign assertions and checkpoints; the private halves sealed.

use super::record::{stored, words};
use super::sealed_bytes::SealedBytes;
use super::sql::sql;
use super::store_error::StoreError;
use super::unit::Unit;
use super::value::values;
use crate::clock::Timestamp;
use crate::ids::SigningKeyId;

words! {
    /// What a key signs.
    pub enum SigningKeyKind {
        /// Assertions to agents.
        Assertion = "assertion",
        /// Checkpoints of the audit log.
        Checkpoint = "checkpoint",
    }
}

words! {
    /// Whether a key is still used for new things.
    pub enum KeyStanding {
        /// It is.
        Active = "active",
        /// It is kept for what it made.
        Retired = "retired",
    }
}

stored! {
    /// A signing key.
    pub struct SigningKey in "signing_keys" by "signing_key_id" {
        /// The key.
        signing_key_id: SigningKeyId,
        /// Assertion or checkpoint.
        kind: SigningKeyKind,
        /// The algorithm it is for.
        algorithm: String,
        /// The private half (sealed).
        private: SealedBytes,
        /// The public half.
        public: Vec<u8>,
        /// Active or retired.
        standing: KeyStanding,
        /// When it was made.
        created_at: Timestamp,
    }
}

sql! {
    const INSERT = "
        insert into signing_keys (
            tenant_id, signing_key_id, kind, algorithm, private, public, standing,
            created_at
        )
        values (
            $1, $2, $3, $4, $5, $6, $7, $8
        )
        ";
    const FIND = "
        select
            signing_key_id, kind, algorithm, private, public, standing, created_at
        from signing_keys
        where tenant_id = $1
            and signing_key_id = $2
        ";
    const LIST = "
        select
            signing_key_id, kind, algorithm, private, public, standing, created_at
        from signing_keys
        where tenant_id = $1
            and kind = $2
        order by signing_key_id
        ";
    const SET_STANDING = "
        update signing_keys
        set standing = $3
        where tenant_id = $1
            and signing_key_id = $2
        ";
}

impl Unit {
    /// The tenant's signing keys.
    pub fn signing_keys(&mut self) -> SigningKeys<'_> {
        SigningKeys { unit: self }
    }
}

/// Signing keys of the tenant of a unit of work.
#[derive(Debug)]
pub struct SigningKeys<'u> {
    unit: &'u mut Unit,
}

impl SigningKeys<'_> {
    /// Enters a key.
    pub async fn insert(self, key: &SigningKey) -> Result<(), StoreError> {
        self.unit.run(INSERT, key.values()).await.map(drop)
    }

    /// The key with this id.
    pub async fn find(self, id: SigningKeyId) -> Result<Option<SigningKey>, StoreError> {
        self.unit.one(FIND, values![id]).await
    }

    /// Every key of a kind, oldest first; retired ones too, since what they signed is still read.
    pub async fn list(self, kind: SigningKeyKind) -> Result<Vec<SigningKey>, StoreError> {
        self.unit.all(LIST, values![kind]).await
    }

    /// Retires a key, or makes it active; `false` when it is not there.
    pub async fn set_standing(
        self,
        id: SigningKeyId,
        standing: KeyStanding,
    ) -> Result<bool, StoreError> {
        Ok(self.unit.run(SET_STANDING, values![id, standing]).await? == 1)
    }
}
