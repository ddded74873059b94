//! The unit of work: one transaction inside one tenant. It is the only way to a tenant's rows.

use std::sync::Arc;

use agent_factory_audit::Event;

use super::chain::{Chain, EntryRef};
use super::db::{Db, Intent, Link};
use super::directory::Directory;
use super::entries::insert_entries;
use super::record::Stored;
use super::sql::Statement;
use super::store_error::StoreError;
use super::value::{Value, values};
use crate::ids::TenantId;

/// One tenant of the store.
#[derive(Debug, Clone)]
pub struct Tenancy {
    pub(super) db: Db,
    pub(super) chain: Arc<Chain>,
    pub(super) tenant: TenantId,
}

impl Tenancy {
    /// Opens a unit of work that writes.
    ///
    /// # Errors
    /// [`StoreError::Overloaded`] when no connection came free in time.
    pub async fn begin(&self) -> Result<Unit, StoreError> {
        self.open(Intent::Write).await
    }

    /// Opens a unit of work that only reads: one consistent view. The database refuses its writes.
    pub async fn read(&self) -> Result<Unit, StoreError> {
        self.open(Intent::Read).await
    }

    async fn open(&self, intent: Intent) -> Result<Unit, StoreError> {
        let mut link = self.db.begin(intent).await?;
        link.enter(self.tenant).await?;
        Ok(Unit {
            link,
            chain: Arc::clone(&self.chain),
            tenant: self.tenant,
        })
    }
}

/// A transaction inside one tenant. Dropped, it leaves no trace.
///
/// While a unit that writes is open on SQLite, every other write waits: nothing slow may be awaited
/// in between, and no other write of the store (its Directory, the hot writer) at all: inside a unit
/// the Directory is reached by [`Unit::directory`].
///
/// After a failed statement the unit runs no other and cannot be committed.
#[must_use]
#[derive(Debug)]
pub struct Unit {
    pub(super) link: Link,
    chain: Arc<Chain>,
    tenant: TenantId,
}

impl Unit {
    /// The tenant it is inside of.
    pub fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// The Directory, inside this transaction.
    pub fn directory(&mut self) -> Directory<'_> {
        Directory::in_unit(self)
    }

    /// Makes everything durable.
    pub async fn commit(self) -> Result<(), StoreError> {
        self.link.commit().await
    }

    /// Makes everything durable together with the entries that tell of it.
    ///
    /// # Errors
    /// Any error means that nothing may be relied on: a commit of unknown outcome is one.
    pub async fn commit_recording(
        mut self,
        events: Vec<Event>,
    ) -> Result<Vec<EntryRef>, StoreError> {
        let log = self.chain.names.of(&mut self.link, self.tenant).await?;
        let mut batch = self.chain.begin().await?;
        let mut entries = Vec::with_capacity(events.len());
        for event in &events {
            match batch.stamp(&log, event) {
                Ok(entry) => entries.push(entry),
                Err(error) => {
                    batch.abandon()?;
                    return Err(error);
                }
            }
        }
        if let Err(error) = insert_entries(&mut self.link, self.tenant, &entries).await {
            batch.abandon()?;
            return Err(error);
        }
        batch.commit(self.link).await?;
        Ok(entries.iter().map(EntryRef::of).collect())
    }

    /// Gives up what was written; as dropping, but the connection is free at once.
    pub async fn abandon(self) -> Result<(), StoreError> {
        self.link.roll_back().await
    }

    /// Runs a statement whose `$1` is the tenant.
    pub(super) async fn all<T: Stored>(
        &mut self,
        statement: Statement,
        rest: Vec<Value>,
    ) -> Result<Vec<T>, StoreError> {
        let values = self.within(rest);
        self.link.all(statement, values).await
    }

    /// The same, for at most one row.
    pub(super) async fn one<T: Stored>(
        &mut self,
        statement: Statement,
        rest: Vec<Value>,
    ) -> Result<Option<T>, StoreError> {
        let values = self.within(rest);
        self.link.one(statement, values).await
    }

    /// The same, for how many rows were touched.
    pub(super) async fn run(
        &mut self,
        statement: Statement,
        rest: Vec<Value>,
    ) -> Result<u64, StoreError> {
        let values = self.within(rest);
        self.link.execute(statement, values).await
    }

    fn within(&self, rest: Vec<Value>) -> Vec<Value> {
        let mut values = values![self.tenant];
        values.extend(rest);
        values
    }
}
