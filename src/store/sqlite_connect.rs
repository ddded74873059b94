//! Opening SQLite: one connection that writes, several that only read.

use std::str::FromStr;
use std::time::Duration;

use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use super::database_config::DatabaseConfig;
use super::db::Db;
use super::schema;
use super::store_error::StoreError;

/// Ours: how long a unit of work waits for its turn before it is refused.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);

/// Ours: how long a statement waits for another process's lock.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

fn options(url: &str) -> Result<SqliteConnectOptions, StoreError> {
    Ok(SqliteConnectOptions::from_str(url)
        .map_err(|_| StoreError::Address {
            cause: "it is no SQLite address",
        })?
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(BUSY_TIMEOUT)
        .foreign_keys(true)
        .pragma("secure_delete", "on"))
}

/// Opens the pools. The file must be there: [`migrate`] makes it.
pub(super) async fn open(config: &DatabaseConfig) -> Result<Db, StoreError> {
    let options = options(&config.url)?.create_if_missing(false);
    let writer = SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .connect_with(options.clone())
        .await
        .map_err(|_| StoreError::UnknownSchema)?;
    let readers = SqlitePoolOptions::new()
        .max_connections(config.max_connections.get())
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .connect_with(options.pragma("query_only", "on"))
        .await?;
    Ok(Db::Sqlite { writer, readers })
}

/// A new file is for its owner alone, before anything stands in it. Where it cannot be made here,
/// opening says why.
fn keep_private(file: &std::path::Path) {
    use std::os::unix::fs::OpenOptionsExt as _;
    if !file.exists() {
        let _made = std::fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(file);
    }
}

/// Makes the file if need be, and brings its schema up to date.
pub(super) async fn migrate(config: &DatabaseConfig) -> Result<(), StoreError> {
    let options = options(config.migration_url())?.create_if_missing(true);
    keep_private(options.get_filename());
    let pool: SqlitePool = SqlitePoolOptions::new()
        .max_connections(1)
        .connect_with(options)
        .await?;
    let migrated = schema::SQLITE
        .run(&pool)
        .await
        .map_err(schema::migration_error);
    pool.close().await;
    migrated
}
