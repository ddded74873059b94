//! The audit crate's storage port over the tenants' logs. It must never decide what is appended: it
//! compares and swaps one head per log.

use std::sync::Arc;

use agent_factory_audit::{
    Advance, Digest, EntryId as LogEntryId, Frontier, Head, Leaf, LogName, LogStore, LogStoreError,
    Pending, SequencedEntry, StoredEntry,
};
use uuid::Uuid;

use super::chain::Chain;
use super::db::{Db, Intent, Link};
use super::many::ManyRows;
use super::record::stored;
use super::sql::sql;
use super::store_error::StoreError;
use super::value::values;
use crate::clock::Timestamp;
use crate::ids::TenantId;

stored! {
    /// A log's signed head.
    pub struct HeadRow in "checkpoints" by "size" {
        /// How many leaves it covers.
        size: i64,
        /// The root hash.
        root: [u8; 32],
        /// The hashes needed to go on.
        frontier: Vec<u8>,
        /// The signed checkpoint.
        note: String,
        /// When it was signed.
        at: Timestamp,
    }
}

stored! {
    /// An entry without a place.
    pub struct UnsequencedRow in "entries" by "entry_id" {
        /// The entry.
        entry_id: Uuid,
        /// Its leaf hash.
        leaf_hash: [u8; 32],
    }
}

stored! {
    /// An entry with a place.
    pub struct SequencedRow in "entries" by "leaf_index" {
        /// The place.
        leaf_index: i64,
        /// The bytes.
        bytes: Vec<u8>,
    }
}

stored! {
    /// A log with entries that have no place.
    pub struct Waiting in "unsequenced" by "tenant_id" {
        /// Whose log.
        tenant_id: TenantId,
    }
}

sql! {
    const HEAD = "
        select size, root, frontier, note, at
        from checkpoints
        where tenant_id = $1
        ";
    const UNSEQUENCED = "
        select e.entry_id, e.leaf_hash
        from unsequenced u
        join entries e
            on e.tenant_id = u.tenant_id
            and e.entry_id = u.entry_id
        where u.tenant_id = $1
            and e.tenant_id = $1
        order by u.committed_order
        limit $2
        ";
    const FIRST_HEAD = "
        insert into checkpoints (tenant_id, size, root, frontier, note, note_hash, at)
        values ($1, $2, $3, $4, $5, $6, $7)
        on conflict (tenant_id) do nothing
        ";
    const NEXT_HEAD = "
        update checkpoints
        set size = $2, root = $3, frontier = $4, note = $5, note_hash = $6, at = $7
        where tenant_id = $1
            and size = $8
            and note_hash = $9
        ";
    /// Those that have a place now, by the places just given.
    const SEQUENCED_NOW = "
        delete from unsequenced
        where tenant_id = $1
            and entry_id in (
                select l.entry_id
                from leaves l
                where l.tenant_id = $1
                    and l.leaf_index >= $2
                    and l.leaf_index < $3
            )
        ";
    const ENTRIES = "
        select l.leaf_index, e.bytes
        from leaves l
        join entries e
            on e.tenant_id = l.tenant_id
            and e.entry_id = l.entry_id
        where l.tenant_id = $1
            and e.tenant_id = $1
            and l.leaf_index >= $2
        order by l.leaf_index
        limit $3
        ";
    const WAITING = "
        select tenant_id
        from unsequenced
        group by tenant_id
        order by min(committed_order)
        limit $1
        ";
}

/// A log that has entries without a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogToSequence {
    /// Whose log.
    pub tenant: TenantId,
    /// Its name.
    pub log: LogName,
}

/// The logs of all tenants, each reached inside its own tenant.
#[derive(Debug, Clone)]
pub struct TenantLogs {
    db: Db,
    chain: Arc<Chain>,
}

impl TenantLogs {
    pub(super) fn new(db: Db, chain: Arc<Chain>) -> Self {
        Self { db, chain }
    }

    /// The name of a tenant's log: `{public host}/audit/{slug}`.
    ///
    /// # Errors
    /// [`StoreError::UnknownTenant`].
    pub async fn name_of(&self, tenant: TenantId) -> Result<LogName, StoreError> {
        let mut link = self.db.single(Intent::Read).await?;
        let name = self.chain.names.of(&mut link, tenant).await?;
        link.commit().await?;
        Ok(name)
    }

    /// Logs that have entries without a place, the longest waiting first.
    pub async fn logs_to_sequence(&self, limit: u32) -> Result<Vec<LogToSequence>, StoreError> {
        let mut link = self.db.single(Intent::Read).await?;
        let waiting: Vec<Waiting> = link.all(WAITING, values![i64::from(limit)]).await?;
        let mut logs = Vec::with_capacity(waiting.len());
        for Waiting { tenant_id } in waiting {
            let log = self.chain.names.of(&mut link, tenant_id).await?;
            logs.push(LogToSequence {
                tenant: tenant_id,
                log,
            });
        }
        link.commit().await?;
        Ok(logs)
    }

    /// A transaction inside the tenant whose log this is.
    async fn enter(&self, log: &LogName, intent: Intent) -> Result<(Link, TenantId), StoreError> {
        let mut link = self.db.begin(intent).await?;
        let tenant = self.chain.names.tenant(&mut link, log).await?;
        link.enter(tenant).await?;
        Ok((link, tenant))
    }

    async fn read_head(&self, log: &LogName) -> Result<Option<Head>, StoreError> {
        let (mut link, tenant) = self.enter(log, Intent::Read).await?;
        let row: Option<HeadRow> = link.one(HEAD, values![tenant]).await?;
        link.commit().await?;
        row.map(|row| row.into_head(tenant)).transpose()
    }

    async fn read_unsequenced(
        &self,
        log: &LogName,
        limit: usize,
    ) -> Result<Vec<StoredEntry>, StoreError> {
        let (mut link, tenant) = self.enter(log, Intent::Read).await?;
        let rows: Vec<UnsequencedRow> = link
            .all(UNSEQUENCED, values![tenant, bounded(limit)])
            .await?;
        link.commit().await?;
        let stored = rows.into_iter().map(|row| StoredEntry {
            id: LogEntryId::from_bytes(row.entry_id.into_bytes()),
            leaf_hash: Digest::from_bytes(row.leaf_hash),
        });
        Ok(stored.collect())
    }

    async fn swap(
        &self,
        log: &LogName,
        expected: Option<&Head>,
        leaves: &[Leaf],
        head: &Head,
    ) -> Result<Advance, StoreError> {
        let (mut link, tenant) = self.enter(log, Intent::Write).await?;
        let mut bound = values![
            tenant,
            number(head.size)?,
            *head.root.as_bytes(),
            head.frontier.to_bytes(),
            head.note.clone(),
            note_hash(&head.note),
            Timestamp::from_offset_date_time(head.signed_at),
        ];
        let statement = match expected {
            None => FIRST_HEAD,
            Some(expected) => {
                bound.extend(values![number(expected.size)?, note_hash(&expected.note)]);
                NEXT_HEAD
            }
        };
        if link.execute(statement, bound).await? != 1 {
            link.roll_back().await?;
            return Ok(Advance::Lost);
        }
        let mut rows = Vec::with_capacity(leaves.len());
        for leaf in leaves {
            rows.push(values![
                number(leaf.index)?,
                Uuid::from_bytes(*leaf.id.as_bytes()),
                *leaf.leaf_hash.as_bytes(),
            ]);
        }
        link.insert_many(ManyRows::Leaves, tenant, rows).await?;
        if let Some(first) = leaves.first() {
            let span = values![tenant, number(first.index)?, number(head.size)?];
            link.execute(SEQUENCED_NOW, span).await?;
        }
        link.commit().await?;
        Ok(Advance::Done)
    }

    async fn read_entries(
        &self,
        log: &LogName,
        from_index: u64,
        limit: usize,
    ) -> Result<Vec<SequencedEntry>, StoreError> {
        let (mut link, tenant) = self.enter(log, Intent::Read).await?;
        let values = values![tenant, number(from_index)?, bounded(limit)];
        let rows: Vec<SequencedRow> = link.all(ENTRIES, values).await?;
        link.commit().await?;
        rows.into_iter()
            .map(|row| {
                let index = u64::try_from(row.leaf_index).map_err(|_| StoreError::Corrupt {
                    table: "leaves",
                    column: "leaf_index",
                    row: row.leaf_index.to_string(),
                })?;
                Ok(SequencedEntry {
                    index,
                    bytes: row.bytes,
                })
            })
            .collect()
    }
}

impl HeadRow {
    fn into_head(self, tenant: TenantId) -> Result<Head, StoreError> {
        let corrupt = |column| StoreError::Corrupt {
            table: "checkpoints",
            column,
            row: tenant.to_string(),
        };
        Ok(Head {
            size: u64::try_from(self.size).map_err(|_| corrupt("size"))?,
            root: Digest::from_bytes(self.root),
            note: self.note,
            frontier: Frontier::from_bytes(&self.frontier).map_err(|_| corrupt("frontier"))?,
            signed_at: self.at.to_offset_date_time(),
        })
    }
}

impl LogStore for TenantLogs {
    fn head<'a>(&'a self, log: &'a LogName) -> Pending<'a, Option<Head>> {
        Box::pin(async move { self.read_head(log).await.map_err(told) })
    }

    fn unsequenced<'a>(&'a self, log: &'a LogName, limit: usize) -> Pending<'a, Vec<StoredEntry>> {
        Box::pin(async move { self.read_unsequenced(log, limit).await.map_err(told) })
    }

    fn advance<'a>(
        &'a self,
        log: &'a LogName,
        expected: Option<&'a Head>,
        leaves: &'a [Leaf],
        head: &'a Head,
    ) -> Pending<'a, Advance> {
        Box::pin(async move { self.swap(log, expected, leaves, head).await.map_err(told) })
    }

    fn entries<'a>(
        &'a self,
        log: &'a LogName,
        from_index: u64,
        limit: usize,
    ) -> Pending<'a, Vec<SequencedEntry>> {
        Box::pin(async move {
            self.read_entries(log, from_index, limit)
                .await
                .map_err(told)
        })
    }
}

/// The port's error; the cause stays here, as a log line.
#[expect(clippy::needless_pass_by_value, reason = "it is handed to `map_err`")]
fn told(error: StoreError) -> LogStoreError {
    tracing::warn!(code = error.code(), "the audit log's storage failed");
    match error {
        StoreError::Corrupt { table, .. } => LogStoreError::Corrupt(table),
        _ => LogStoreError::Unavailable,
    }
}

fn note_hash(note: &str) -> [u8; 32] {
    *Digest::of(&[note.as_bytes()]).as_bytes()
}

fn bounded(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

fn number(count: u64) -> Result<i64, StoreError> {
    i64::try_from(count).map_err(|_| StoreError::Conflict {
        constraint: "unstorable_value".into(),
    })
}
