//! The two drivers behind one face: pools, links, and the only place where a statement is run.

use sqlx::pool::PoolConnection;
use sqlx::{PgPool, Postgres, Sqlite, SqlitePool, Transaction};

use super::database_config::Pooler;
use super::record::{Record, Stored};
use super::sql::{Statement, sql};
use super::store_error::StoreError;
use super::value::{Value, postgres_arguments, sqlite_arguments, values};
use crate::ids::TenantId;

sql! {
    /// PostgreSQL only: the tenant that row-level security lets this transaction see.
    const ENTER_TENANT = "select set_config('app.tenant', $1, true)";
}

/// Whether something will be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Intent {
    /// Reads only; the database refuses anything else.
    Read,
    /// Writes.
    Write,
}

/// The pools of one database.
#[derive(Debug, Clone)]
pub(super) enum Db {
    /// One writer, several readers.
    Sqlite {
        /// The one connection that writes.
        writer: SqlitePool,
        /// Connections that can only read.
        readers: SqlitePool,
    },
    /// A server, perhaps behind a pooler.
    Postgres {
        /// The connections.
        pool: PgPool,
        /// What stands between.
        pooler: Pooler,
    },
}

impl Db {
    /// Opens a transaction; dropped, it leaves no trace.
    pub(super) async fn begin(&self, intent: Intent) -> Result<Link, StoreError> {
        Ok(match (self, intent) {
            (Self::Sqlite { writer, .. }, Intent::Write) => {
                Link::over(Wire::Sqlite(writer.begin_with("begin immediate").await?))
            }
            (Self::Sqlite { readers, .. }, Intent::Read) => {
                Link::over(Wire::Sqlite(readers.begin().await?))
            }
            (Self::Postgres { pool, pooler }, Intent::Write) => {
                Link::begin_postgres(pool, *pooler).await?
            }
            (Self::Postgres { pool, pooler }, Intent::Read) => {
                let transaction = pool.begin_with("begin read only").await?;
                Link::over(Wire::Postgres(transaction, *pooler))
            }
        })
    }

    /// A connection for one statement: without a transaction where that is safe.
    pub(super) async fn single(&self, intent: Intent) -> Result<Link, StoreError> {
        Ok(match (self, intent) {
            (Self::Sqlite { writer, .. }, Intent::Write) => {
                Link::over(Wire::SqliteBare(writer.acquire().await?))
            }
            (Self::Sqlite { readers, .. }, Intent::Read) => {
                Link::over(Wire::SqliteBare(readers.acquire().await?))
            }
            (
                Self::Postgres {
                    pool,
                    pooler: Pooler::Session,
                },
                _,
            ) => Link::to_postgres(pool).await?,
            (
                Self::Postgres {
                    pooler: Pooler::Transaction,
                    ..
                },
                _,
            ) => self.begin(intent).await?,
        })
    }

    /// Closes every connection.
    pub(super) async fn close(&self) {
        match self {
            Self::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Self::Postgres { pool, .. } => pool.close().await,
        }
    }
}

/// What a statement runs on.
#[derive(Debug)]
enum Wire {
    /// A transaction on SQLite.
    Sqlite(Transaction<'static, Sqlite>),
    /// A connection of SQLite.
    SqliteBare(PoolConnection<Sqlite>),
    /// A transaction on PostgreSQL.
    Postgres(Transaction<'static, Postgres>, Pooler),
    /// A connection of PostgreSQL, in session pooling only.
    PostgresBare(PoolConnection<Postgres>),
}

/// One connection, inside a transaction or not.
///
/// After a failed statement it runs no other and cannot be committed: PostgreSQL would answer such a commit with a
/// rollback that looks like success, and SQLite would keep the half that worked.
#[derive(Debug)]
pub(super) struct Link {
    wire: Wire,
    failed: bool,
}

/// Which database's form of a statement a link takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// SQLite's.
    Sqlite,
    /// PostgreSQL's.
    Postgres,
}

impl Link {
    fn over(wire: Wire) -> Self {
        Self {
            wire,
            failed: false,
        }
    }

    /// A connection of PostgreSQL without a transaction.
    pub(super) async fn to_postgres(pool: &PgPool) -> Result<Self, StoreError> {
        Ok(Self::over(Wire::PostgresBare(pool.acquire().await?)))
    }

    /// A transaction of PostgreSQL.
    pub(super) async fn begin_postgres(pool: &PgPool, pooler: Pooler) -> Result<Self, StoreError> {
        Ok(Self::over(Wire::Postgres(pool.begin().await?, pooler)))
    }

    /// Which form of a statement it takes.
    pub(super) fn dialect(&self) -> Dialect {
        match self.wire {
            Wire::Sqlite(_) | Wire::SqliteBare(_) => Dialect::Sqlite,
            Wire::Postgres(..) | Wire::PostgresBare(_) => Dialect::Postgres,
        }
    }

    /// Runs a statement and gives all its rows.
    pub(super) async fn fetch(
        &mut self,
        statement: Statement,
        values: Vec<Value>,
    ) -> Result<Vec<Record>, StoreError> {
        self.refuse_if_failed()?;
        let rows = self.wire.fetch(statement.text(), values).await;
        self.failed |= rows.is_err();
        rows
    }

    /// Runs a statement and says how many rows it touched.
    pub(super) async fn execute(
        &mut self,
        statement: Statement,
        values: Vec<Value>,
    ) -> Result<u64, StoreError> {
        self.refuse_if_failed()?;
        let touched = self.wire.execute(statement.text(), values).await;
        self.failed |= touched.is_err();
        touched
    }

    fn refuse_if_failed(&self) -> Result<(), StoreError> {
        if self.failed {
            Err(StoreError::Aborted)
        } else {
            Ok(())
        }
    }

    /// All rows, parsed.
    pub(super) async fn all<T: Stored>(
        &mut self,
        statement: Statement,
        values: Vec<Value>,
    ) -> Result<Vec<T>, StoreError> {
        self.fetch(statement, values)
            .await?
            .iter()
            .map(Record::parse)
            .collect()
    }

    /// The only row, parsed, if there is one.
    pub(super) async fn one<T: Stored>(
        &mut self,
        statement: Statement,
        values: Vec<Value>,
    ) -> Result<Option<T>, StoreError> {
        self.fetch(statement, values)
            .await?
            .first()
            .map(Record::parse)
            .transpose()
    }

    /// Makes a tenant the one whose rows row-level security shows; nothing to do on SQLite, where
    /// the statements' own predicate is the wall.
    pub(super) async fn enter(&mut self, tenant: TenantId) -> Result<(), StoreError> {
        if matches!(self.wire, Wire::Postgres(..)) {
            self.fetch(ENTER_TENANT, values![tenant.to_string()])
                .await?;
        }
        Ok(())
    }

    /// Commits; on a bare connection there is nothing to commit.
    ///
    /// # Errors
    /// [`StoreError::Aborted`] after a failed statement; anything else: the outcome is unknown.
    pub(super) async fn commit(self) -> Result<(), StoreError> {
        if self.failed {
            self.roll_back().await?;
            return Err(StoreError::Aborted);
        }
        match self.wire {
            Wire::Sqlite(transaction) => transaction.commit().await?,
            Wire::Postgres(transaction, _) => transaction.commit().await?,
            Wire::SqliteBare(_) | Wire::PostgresBare(_) => {}
        }
        Ok(())
    }

    /// Rolls back and gives the connection free at once.
    pub(super) async fn roll_back(self) -> Result<(), StoreError> {
        match self.wire {
            Wire::Sqlite(transaction) => transaction.rollback().await?,
            Wire::Postgres(transaction, _) => transaction.rollback().await?,
            Wire::SqliteBare(_) | Wire::PostgresBare(_) => {}
        }
        Ok(())
    }
}

impl Wire {
    async fn fetch(
        &mut self,
        text: &'static str,
        values: Vec<Value>,
    ) -> Result<Vec<Record>, StoreError> {
        let sqlite = |rows: Vec<_>| rows.into_iter().map(Record::Sqlite).collect();
        let postgres = |rows: Vec<_>| rows.into_iter().map(Record::Postgres).collect();
        Ok(match self {
            Self::Sqlite(transaction) => {
                let query = sqlx::query_with(text, sqlite_arguments(values)?);
                sqlite(query.fetch_all(&mut **transaction).await?)
            }
            Self::SqliteBare(connection) => {
                let query = sqlx::query_with(text, sqlite_arguments(values)?);
                sqlite(query.fetch_all(&mut **connection).await?)
            }
            Self::Postgres(transaction, pooler) => {
                let query = sqlx::query_with(text, postgres_arguments(values)?)
                    .persistent(*pooler == Pooler::Session);
                postgres(query.fetch_all(&mut **transaction).await?)
            }
            Self::PostgresBare(connection) => {
                let query = sqlx::query_with(text, postgres_arguments(values)?);
                postgres(query.fetch_all(&mut **connection).await?)
            }
        })
    }

    async fn execute(&mut self, text: &'static str, values: Vec<Value>) -> Result<u64, StoreError> {
        Ok(match self {
            Self::Sqlite(transaction) => {
                let query = sqlx::query_with(text, sqlite_arguments(values)?);
                query.execute(&mut **transaction).await?.rows_affected()
            }
            Self::SqliteBare(connection) => {
                let query = sqlx::query_with(text, sqlite_arguments(values)?);
                query.execute(&mut **connection).await?.rows_affected()
            }
            Self::Postgres(transaction, pooler) => {
                let query = sqlx::query_with(text, postgres_arguments(values)?)
                    .persistent(*pooler == Pooler::Session);
                query.execute(&mut **transaction).await?.rows_affected()
            }
            Self::PostgresBare(connection) => {
                let query = sqlx::query_with(text, postgres_arguments(values)?);
                query.execute(&mut **connection).await?.rows_affected()
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    sql! {
        const NAMED = "
            select statement as name
            from pg_prepared_statements
            where statement like '%a mark of this test%'
            ";
        const ANY = "select 1 as one, 'a mark of this test' as mark";
    }

    #[tokio::test]
    async fn behind_a_transaction_pooler_no_statement_has_a_name() {
        let Ok(url) = std::env::var("TEST_POSTGRES_URL") else {
            println!("skipped: on PostgreSQL (TEST_POSTGRES_URL is not set)");
            return;
        };
        let pool = PgPool::connect(&url).await.unwrap();
        for (pooler, named) in [(Pooler::Transaction, 0), (Pooler::Session, 1)] {
            let mut link = Link::begin_postgres(&pool, pooler).await.unwrap();
            link.fetch(ANY, Vec::new()).await.unwrap();
            link.execute(ANY, Vec::new()).await.unwrap();
            let mut rows = link.fetch(NAMED, Vec::new()).await.unwrap();
            // The question about the statements bears the mark itself.
            rows.retain(|row| {
                matches!(row, Record::Postgres(row) if {
                    let name: String = sqlx::Row::get(row, "name");
                    name == ANY.text()
                })
            });
            assert_eq!(rows.len(), named, "{pooler:?}");
            link.roll_back().await.unwrap();
        }
    }
}
