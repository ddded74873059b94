//! The process's one writer chain: it gives entries their place while a transaction is open.
//!
//! Order that matters: connection first, every row that could wait for another transaction next,
//! the chain last, and under it nothing but entries and the commit. Anything else written under the
//! chain could wait for a transaction that itself waits for the chain.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use agent_factory_audit::{Entry, Event, LogName, StampError, WriterChain};
use tokio::sync::{Mutex, MutexGuard, Notify};

use super::db::Link;
use super::record::stored;
use super::sql::sql;
use super::store_error::StoreError;
use super::value::values;
use crate::dice::Dice;
use crate::ids::{EntryId, Slug, TenantId};

sql! {
    const FIND_SLUG = "
        select tenant_id, slug
        from tenants
        where tenant_id = $1
        ";
    const FIND_TENANT = "
        select tenant_id, slug
        from tenants
        where slug = $1
        ";
}

stored! {
    /// A tenant's name in log names.
    pub struct NamedTenant in "tenants" by "tenant_id" {
        /// The tenant.
        tenant_id: TenantId,
        /// Its slug, which never changes.
        slug: Slug,
    }
}

/// Where a written entry is found, and what it hashes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryRef {
    /// The entry.
    pub entry_id: EntryId,
    /// Its RFC 6962 leaf hash.
    pub leaf_hash: [u8; 32],
}

impl EntryRef {
    pub(super) fn of(entry: &Entry) -> Self {
        Self {
            entry_id: EntryId(uuid::Uuid::from_bytes(*entry.id().as_bytes())),
            leaf_hash: *entry.leaf_hash().as_bytes(),
        }
    }
}

/// The names of the tenants' logs, kept once read: a slug never changes.
#[derive(Debug)]
pub(super) struct LogNames {
    host: String,
    known: RwLock<HashMap<TenantId, LogName>>,
}

impl LogNames {
    pub(super) fn new(host: &str) -> Self {
        Self {
            host: host.to_owned(),
            known: RwLock::default(),
        }
    }

    /// The name of a tenant's log, asked on the connection that is at hand: a second one could be
    /// waited for while the first is held.
    pub(super) async fn of(
        &self,
        link: &mut Link,
        tenant: TenantId,
    ) -> Result<LogName, StoreError> {
        let known = self
            .known
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&tenant)
            .cloned();
        if let Some(name) = known {
            return Ok(name);
        }
        let found: Option<NamedTenant> = link.one(FIND_SLUG, values![tenant]).await?;
        let slug = found.ok_or(StoreError::UnknownTenant)?.slug;
        let name = LogName::parse(format!("{}/audit/{slug}", self.host)).map_err(|_| {
            StoreError::Address {
                cause: "the public host cannot name a log",
            }
        })?;
        self.known
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(tenant, name.clone());
        Ok(name)
    }

    /// The tenant whose log has this name.
    pub(super) async fn tenant(
        &self,
        link: &mut Link,
        log: &LogName,
    ) -> Result<TenantId, StoreError> {
        let slug = log
            .as_str()
            .strip_prefix(self.host.as_str())
            .and_then(|rest| rest.strip_prefix("/audit/"))
            .and_then(|slug| slug.parse::<Slug>().ok())
            .ok_or(StoreError::UnknownTenant)?;
        let found: Option<NamedTenant> = link.one(FIND_TENANT, values![slug]).await?;
        found
            .map(|tenant| tenant.tenant_id)
            .ok_or(StoreError::UnknownTenant)
    }
}

/// The chain, its logs' names, and the bell that is rung when entries were committed.
#[derive(Debug)]
pub(super) struct Chain {
    writer: Mutex<WriterChain>,
    dice: Dice,
    pub(super) names: LogNames,
    pub(super) written: Arc<Notify>,
}

impl Chain {
    pub(super) fn new(dice: Dice, log_host: &str) -> Result<Self, StoreError> {
        Ok(Self {
            writer: Mutex::new(WriterChain::new(dice.bytes::<16>()?)),
            dice,
            names: LogNames::new(log_host),
            written: Arc::new(Notify::new()),
        })
    }

    /// Takes the chain, until the batch is settled. A batch before that was cut off without a known
    /// outcome makes it go on under a new writer id.
    pub(super) async fn begin(&self) -> Result<ChainBatch<'_>, StoreError> {
        let mut writer = self.writer.lock().await;
        if let Err(StampError::BatchOpen) = writer.begin() {
            writer.renew(self.dice.bytes::<16>()?);
            writer.begin()?;
        }
        Ok(ChainBatch {
            writer,
            chain: self,
        })
    }
}

/// The chain, held from the first stamp to the outcome of the commit. Dropped unsettled, its
/// outcome counts as unknown.
#[must_use]
pub(super) struct ChainBatch<'c> {
    writer: MutexGuard<'c, WriterChain>,
    chain: &'c Chain,
}

impl ChainBatch<'_> {
    /// Gives an event its place.
    pub(super) fn stamp(&mut self, log: &LogName, event: &Event) -> Result<Entry, StoreError> {
        Ok(self.writer.stamp(log, event)?)
    }

    /// The transaction is known not to be durable.
    pub(super) fn abandon(mut self) -> Result<(), StoreError> {
        Ok(self.writer.abandon()?)
    }

    /// Commits, and settles the chain by what came of it.
    pub(super) async fn commit(mut self, link: Link) -> Result<(), StoreError> {
        match link.commit().await {
            Ok(()) => {
                self.writer.confirm()?;
                self.chain.written.notify_one();
                Ok(())
            }
            Err(StoreError::Aborted) => {
                self.writer.abandon()?;
                Err(StoreError::Aborted)
            }
            Err(error) => {
                // The commit may or may not have reached the disk.
                self.writer.renew(self.chain.dice.bytes::<16>()?);
                Err(error)
            }
        }
    }
}
