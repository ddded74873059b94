//! A person's two keys, wrapped: `content`, which erasure destroys, and `record`, which keeps the link
//! to the log until the institution lets it go.

use super::record::{stored, words};
use super::sealed_bytes::SealedBytes;
use super::sql::sql;
use super::store_error::StoreError;
use super::unit::Unit;
use super::value::values;
use crate::clock::Timestamp;
use crate::ids::PersonId;

words! {
    /// What a key is for.
    pub enum PersonKeyPurpose {
        /// Everything that erasure makes unreadable.
        Content = "content",
        /// The link between the institution's identifier and the log.
        Record = "record",
    }
}

stored! {
    /// One of a person's keys.
    pub struct PersonKey in "person_keys" by "person_id" {
        /// Whose key.
        person_id: PersonId,
        /// Content or record.
        purpose: PersonKeyPurpose,
        /// The key, wrapped by the tenant key; nothing once destroyed (sealed).
        wrapped: Option<SealedBytes>,
        /// When it was destroyed.
        destroyed_at: Option<Timestamp>,
    }
}

sql! {
    const INSERT = "
        insert into person_keys (
            tenant_id, person_id, purpose, wrapped, destroyed_at
        )
        values (
            $1, $2, $3, $4, $5
        )
        ";
    const FIND = "
        select
            person_id, purpose, wrapped, destroyed_at
        from person_keys
        where tenant_id = $1
            and person_id = $2
            and purpose = $3
        ";
    const DESTROY = "
        update person_keys
        set wrapped = null, destroyed_at = $4
        where tenant_id = $1
            and person_id = $2
            and purpose = $3
            and destroyed_at is null
        ";
}

impl Unit {
    /// The keys of the tenant's people.
    pub fn person_keys(&mut self) -> PersonKeys<'_> {
        PersonKeys { unit: self }
    }
}

/// Keys of people of the tenant of a unit of work.
#[derive(Debug)]
pub struct PersonKeys<'u> {
    unit: &'u mut Unit,
}

impl PersonKeys<'_> {
    /// Enters a key.
    pub async fn insert(self, key: &PersonKey) -> Result<(), StoreError> {
        self.unit.run(INSERT, key.values()).await.map(drop)
    }

    /// A person's key for a purpose; destroyed ones too, without their bytes.
    pub async fn find(
        self,
        person: PersonId,
        purpose: PersonKeyPurpose,
    ) -> Result<Option<PersonKey>, StoreError> {
        self.unit.one(FIND, values![person, purpose]).await
    }

    /// Destroys a key; `false` when it is not there or destroyed already.
    pub async fn destroy(
        self,
        person: PersonId,
        purpose: PersonKeyPurpose,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(self
            .unit
            .run(DESTROY, values![person, purpose, now])
            .await?
            == 1)
    }
}
