//! Answers kept for requests that are sent again with the same key.

use super::record::stored;
use super::sql::sql;
use super::store_error::StoreError;
use super::unit::Unit;
use super::value::values;
use crate::clock::Timestamp;

stored! {
    /// What was answered to a request with a key.
    pub struct IdempotencyKey in "idempotency_keys" by "key_hash" {
        /// SHA-256 of credential and key.
        key_hash: [u8; 32],
        /// The route.
        route: String,
        /// SHA-256 of the body.
        body_hash: [u8; 32],
        /// The status answered.
        status: i64,
        /// The body answered.
        response: serde_json::Value,
        /// When it was answered.
        created_at: Timestamp,
        /// When it is forgotten.
        expires_at: Timestamp,
    }
}

sql! {
    const INSERT = "
        insert into idempotency_keys (
            tenant_id, key_hash, route, body_hash, status, response, created_at, expires_at
        )
        values (
            $1, $2, $3, $4, $5, $6, $7, $8
        )
        ";
    const FIND = "
        select
            key_hash, route, body_hash, status, response, created_at, expires_at
        from idempotency_keys
        where tenant_id = $1
            and key_hash = $2
            and route = $3
            and expires_at > $4
        ";
    const FORGET_EXPIRED = "
        delete from idempotency_keys
        where tenant_id = $1
            and expires_at <= $2
        ";
}

impl Unit {
    /// Answers kept for the tenant's requests.
    pub fn idempotency_keys(&mut self) -> IdempotencyKeys<'_> {
        IdempotencyKeys { unit: self }
    }
}

/// Kept answers of the tenant of a unit of work.
#[derive(Debug)]
pub struct IdempotencyKeys<'u> {
    unit: &'u mut Unit,
}

impl IdempotencyKeys<'_> {
    /// Keeps an answer, in the unit of work of what it answers.
    ///
    /// # Errors
    /// `idempotency_keys_pkey` when the same request was answered at the same time.
    pub async fn insert(self, key: &IdempotencyKey) -> Result<(), StoreError> {
        self.unit.run(INSERT, key.values()).await.map(drop)
    }

    /// The answer kept for a key on a route, until it is forgotten.
    pub async fn find(
        self,
        key_hash: &[u8; 32],
        route: &str,
        now: Timestamp,
    ) -> Result<Option<IdempotencyKey>, StoreError> {
        self.unit
            .one(FIND, values![*key_hash, route.to_owned(), now])
            .await
    }

    /// Forgets the answers whose time is over; how many. An expired one must go before its key can
    /// be kept again.
    pub async fn forget_expired(self, now: Timestamp) -> Result<u64, StoreError> {
        self.unit.run(FORGET_EXPIRED, values![now]).await
    }
}
