//! Entries of a tenant's log as rows. They are written with a unit of work's commit or by the hot
//! writer, and only ever added.

use agent_factory_audit::{Entry, Trail};
use uuid::Uuid;

use super::db::Link;
use super::many::ManyRows;
use super::record::{Column, stored};
use super::sql::sql;
use super::store_error::StoreError;
use super::unit::Unit;
use super::value::values;
use crate::clock::Timestamp;
use crate::ids::{EntryId, TenantId};

impl Column for Trail {
    type Raw = String;
    fn parse(raw: String) -> Option<Self> {
        match raw.as_str() {
            "disclosure" => Some(Self::Disclosure),
            "activity" => Some(Self::Activity),
            "administration" => Some(Self::Administration),
            "security" => Some(Self::Security),
            _ => None,
        }
    }
    fn raw(&self) -> String {
        match self {
            Self::Disclosure => "disclosure",
            Self::Activity => "activity",
            Self::Administration => "administration",
            Self::Security => "security",
        }
        .to_owned()
    }
}

stored! {
    /// What happened, exactly as hashed.
    pub struct EntryRow in "entries" by "entry_id" {
        /// The entry.
        entry_id: EntryId,
        /// Its trail.
        trail: Trail,
        /// What was done.
        action: String,
        /// The process run that wrote it.
        writer: Uuid,
        /// Which entry of that writer in this log.
        counter: i64,
        /// The canonical bytes that were hashed.
        bytes: Vec<u8>,
        /// The RFC 6962 leaf hash of the bytes.
        leaf_hash: [u8; 32],
        /// The instant it tells of, just before the commit.
        committed_at: Timestamp,
    }
}

stored! {
    /// The place of an entry in its log.
    pub struct Place in "leaves" by "entry_id" {
        /// From 0.
        leaf_index: i64,
    }
}

sql! {
    const FIND = "
        select
            entry_id, trail, action, writer, counter, bytes, leaf_hash, committed_at
        from entries
        where tenant_id = $1
            and entry_id = $2
        ";
    const LIST = "
        select
            entry_id, trail, action, writer, counter, bytes, leaf_hash, committed_at
        from entries
        where tenant_id = $1
            and ($2 is null or entry_id < $2)
        order by entry_id desc
        limit $3
        ";
    const PLACE = "
        select leaf_index
        from leaves
        where tenant_id = $1
            and entry_id = $2
        ";
}

impl Unit {
    /// The tenant's entries.
    pub fn entries(&mut self) -> Entries<'_> {
        Entries { unit: self }
    }
}

/// Entries of the tenant of a unit of work.
#[derive(Debug)]
pub struct Entries<'u> {
    unit: &'u mut Unit,
}

impl Entries<'_> {
    /// The entry with this id.
    pub async fn find(self, entry: EntryId) -> Result<Option<EntryRow>, StoreError> {
        self.unit.one(FIND, values![entry]).await
    }

    /// Entries before `before`, newest first.
    pub async fn list(
        self,
        before: Option<EntryId>,
        limit: u32,
    ) -> Result<Vec<EntryRow>, StoreError> {
        self.unit.all(LIST, values![before, i64::from(limit)]).await
    }

    /// The index of an entry in the log; `None` until it is sequenced.
    pub async fn place(self, entry: EntryId) -> Result<Option<i64>, StoreError> {
        let place: Option<Place> = self.unit.one(PLACE, values![entry]).await?;
        Ok(place.map(|place| place.leaf_index))
    }
}

/// Writes entries of one tenant, and that they are to be sequenced, in this order.
pub(super) async fn insert_entries(
    link: &mut Link,
    tenant: TenantId,
    entries: &[Entry],
) -> Result<(), StoreError> {
    let rows = entries
        .iter()
        .map(|entry| {
            let event = entry.event();
            values![
                Uuid::from_bytes(*entry.id().as_bytes()),
                event.trail(),
                event.action().as_str().to_owned(),
                Uuid::from_bytes(*entry.writer().as_bytes()),
                i64::try_from(entry.counter()).unwrap_or(i64::MAX),
                entry.bytes().to_vec(),
                *entry.leaf_hash().as_bytes(),
                Timestamp::from_micros(event.at_micros()),
            ]
        })
        .collect();
    link.insert_many(ManyRows::Entries, tenant, rows).await?;
    let rows = entries
        .iter()
        .map(|entry| values![Uuid::from_bytes(*entry.id().as_bytes())]);
    link.insert_many(ManyRows::Unsequenced, tenant, rows.collect())
        .await?;
    Ok(())
}
