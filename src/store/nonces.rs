//! Nonces: used once, whichever replica sees them. Using one up is a hot write; here they are
//! forgotten when their token can no longer be valid.

use super::record::stored;
use super::sql::sql;
use super::store_error::StoreError;
use super::unit::Unit;
use super::value::values;
use crate::clock::Timestamp;
use crate::ids::RegistrationId;

stored! {
    /// A nonce of a verified launch.
    pub struct Nonce in "nonces" by "registration_id" {
        /// The registration that sent it.
        registration_id: RegistrationId,
        /// SHA-256 of the nonce.
        nonce_hash: [u8; 32],
        /// When the token can no longer be valid.
        expires_at: Timestamp,
    }
}

sql! {
    const USE_UP = "
        insert into nonces (tenant_id, registration_id, nonce_hash, expires_at)
        values ($1, $2, $3, $4)
        on conflict (tenant_id, registration_id, nonce_hash) do nothing
        ";
    const FORGET_EXPIRED = "
        delete from nonces
        where tenant_id = $1
            and expires_at < $2
        ";
}

impl Unit {
    /// The tenant's nonces.
    pub fn nonces(&mut self) -> Nonces<'_> {
        Nonces { unit: self }
    }
}

/// Nonces of the tenant of a unit of work.
#[derive(Debug)]
pub struct Nonces<'u> {
    unit: &'u mut Unit,
}

impl Nonces<'_> {
    /// Uses a nonce up; `false` when it was used before.
    pub async fn use_up(self, nonce: &Nonce) -> Result<bool, StoreError> {
        Ok(self.unit.run(USE_UP, nonce.values()).await? == 1)
    }

    /// Forgets those that expired before `before`; how many.
    pub async fn forget_expired(self, before: Timestamp) -> Result<u64, StoreError> {
        self.unit.run(FORGET_EXPIRED, values![before]).await
    }
}
