//! What must be personal beside an entry: salt and sealed payload of a commitment. Deleting a part
//! erases its meaning and breaks no proof.

use super::record::stored;
use super::sealed_bytes::SealedBytes;
use super::sql::sql;
use super::store_error::StoreError;
use super::unit::Unit;
use super::value::values;
use crate::clock::Timestamp;
use crate::ids::EntryId;

stored! {
    /// A personal part of an entry.
    pub struct SealedPart in "sealed_parts" by "entry_id" {
        /// The entry.
        entry_id: EntryId,
        /// Which part of it.
        part: String,
        /// The salt of the commitment in the entry.
        salt: Vec<u8>,
        /// The payload (sealed).
        payload: SealedBytes,
        /// When it is to be deleted.
        expires_at: Option<Timestamp>,
    }
}

sql! {
    const INSERT = "
        insert into sealed_parts (
            tenant_id, entry_id, part, salt, payload, expires_at
        )
        values (
            $1, $2, $3, $4, $5, $6
        )
        ";
    const LIST_FOR_ENTRY = "
        select
            entry_id, part, salt, payload, expires_at
        from sealed_parts
        where tenant_id = $1
            and entry_id = $2
        order by part
        ";
    const DELETE = "
        delete from sealed_parts
        where tenant_id = $1
            and entry_id = $2
            and part = $3
        ";
    const DELETE_EXPIRED = "
        delete from sealed_parts
        where tenant_id = $1
            and expires_at < $2
        ";
}

impl Unit {
    /// The sealed parts beside the tenant's entries.
    pub fn sealed_parts(&mut self) -> SealedParts<'_> {
        SealedParts { unit: self }
    }
}

/// Sealed parts of the tenant of a unit of work.
#[derive(Debug)]
pub struct SealedParts<'u> {
    unit: &'u mut Unit,
}

impl SealedParts<'_> {
    /// Lays a part beside an entry that is there.
    pub async fn insert(self, part: &SealedPart) -> Result<(), StoreError> {
        self.unit.run(INSERT, part.values()).await.map(drop)
    }

    /// The parts of an entry that are left.
    pub async fn list_for_entry(self, entry: EntryId) -> Result<Vec<SealedPart>, StoreError> {
        self.unit.all(LIST_FOR_ENTRY, values![entry]).await
    }

    /// Deletes a part; `false` when it is not there.
    pub async fn delete(self, entry: EntryId, part: &str) -> Result<bool, StoreError> {
        Ok(self
            .unit
            .run(DELETE, values![entry, part.to_owned()])
            .await?
            == 1)
    }

    /// Deletes the parts whose time is over; how many.
    pub async fn delete_expired(self, now: Timestamp) -> Result<u64, StoreError> {
        self.unit.run(DELETE_EXPIRED, values![now]).await
    }
}
