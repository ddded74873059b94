//! Many rows of one tenant and one table in one statement. The two databases differ in how the rows
//! are bound, and in nothing else.

mod postgres;
mod sqlite;

use super::db::{Dialect, Link};
use super::record::Record;
use super::store_error::StoreError;
use super::value::Value;
use crate::ids::TenantId;

/// A table that is written many rows at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ManyRows {
    /// Gives back the nonces that were not used before.
    Nonces,
    /// Gives back the contexts that were not there.
    Contexts,
    /// Gives back the people that were not there.
    People,
    /// Their keys.
    PersonKeys,
    /// Gives back the placements whose link was not bound.
    Placements,
    /// Sessions.
    Sessions,
    /// Entries of the log.
    Entries,
    /// The entries to sequence.
    Unsequenced,
    /// Places in the log.
    Leaves,
}

impl Link {
    /// Inserts the rows of one tenant, each in the order of the table's columns without the tenant.
    pub(super) async fn insert_many(
        &mut self,
        table: ManyRows,
        tenant: TenantId,
        rows: Vec<Vec<Value>>,
    ) -> Result<Vec<Record>, StoreError> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let (statement, values) = match self.dialect() {
            Dialect::Sqlite => (sqlite::statement(table), sqlite::bind(tenant, rows)),
            Dialect::Postgres => (postgres::statement(table), postgres::bind(tenant, rows)),
        };
        self.fetch(statement, values).await
    }
}
