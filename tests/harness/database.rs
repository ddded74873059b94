//! The database under a world: a SQLite file of its own, or a PostgreSQL database of its own with
//! an owner's role and a role that owns nothing.

use std::collections::BTreeMap;
use std::path::PathBuf;

use agent_factory::store::DatabaseConfig;
use sqlx::{AssertSqlSafe, Connection, Row, SqliteConnection};

use crate::storage::PostgresGround;

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Database {
    Sqlite,
    Postgres,
}

impl Database {
    /// Whether it can be had; where not, said aloud.
    ///
    /// # Panics
    /// In CI without a server: there a skip would be a lie.
    pub fn is_there(self) -> bool {
        if self == Self::Sqlite || std::env::var_os("TEST_POSTGRES_URL").is_some() {
            return true;
        }
        assert!(
            std::env::var("CI").as_deref() != Ok("true"),
            "TEST_POSTGRES_URL is not set, and in CI PostgreSQL may not be skipped"
        );
        println!("skipped: on PostgreSQL (TEST_POSTGRES_URL is not set)");
        false
    }
}

/// A made database.
pub enum Place {
    Sqlite {
        _folder: tempfile::TempDir,
        file: PathBuf,
    },
    Postgres(PostgresGround),
}

/// Every table a request could write to.
const TABLES: [&str; 27] = [
    "tenants",
    "registrations",
    "deployments",
    "api_tokens",
    "revocation_counters",
    "tenant_keys",
    "signing_keys",
    "people",
    "person_keys",
    "contexts",
    "agents",
    "agent_versions",
    "agent_enablements",
    "placements",
    "agreements",
    "school_authorizations",
    "consents",
    "ground_events",
    "age_bands",
    "nonces",
    "sessions",
    "entries",
    "unsequenced",
    "leaves",
    "checkpoints",
    "sealed_parts",
    "idempotency_keys",
];

impl Place {
    pub async fn make(database: Database) -> Self {
        match database {
            Database::Sqlite => {
                let folder = tempfile::tempdir().unwrap();
                let file = folder.path().join("gate.db");
                Self::Sqlite {
                    _folder: folder,
                    file,
                }
            }
            Database::Postgres => Self::Postgres(PostgresGround::make().await.unwrap()),
        }
    }

    /// How a gateway reaches it; of this only the addresses and the role are used.
    pub fn config(&self) -> DatabaseConfig {
        match self {
            Self::Sqlite { file, .. } => {
                DatabaseConfig::new(format!("sqlite://{}", file.display()), "unused.example")
            }
            Self::Postgres(ground) => ground.config(),
        }
    }

    /// Runs a text behind the gateway's back, as whoever owns the database.
    pub async fn tamper(&self, sql: &str) -> Result<u64, sqlx::Error> {
        let sql = AssertSqlSafe(sql.to_owned());
        match self {
            Self::Sqlite { .. } => {
                let mut connection = SqliteConnection::connect(&self.config().url).await?;
                Ok(sqlx::query(sql)
                    .execute(&mut connection)
                    .await?
                    .rows_affected())
            }
            Self::Postgres(ground) => {
                let mut connection = ground.connect_admin().await;
                Ok(sqlx::query(sql)
                    .execute(&mut connection)
                    .await?
                    .rows_affected())
            }
        }
    }

    /// How many rows a table has, over all tenants.
    pub async fn rows(&self, table: &str) -> i64 {
        let sql = AssertSqlSafe(format!("select count(*) from {table}"));
        match self {
            Self::Sqlite { .. } => {
                let mut connection = SqliteConnection::connect(&self.config().url).await.unwrap();
                sqlx::query(sql)
                    .fetch_one(&mut connection)
                    .await
                    .unwrap()
                    .get(0)
            }
            Self::Postgres(ground) => {
                let mut connection = ground.connect_admin().await;
                sqlx::query(sql)
                    .fetch_one(&mut connection)
                    .await
                    .unwrap()
                    .get(0)
            }
        }
    }

    /// How many rows each table has.
    pub async fn all_rows(&self) -> BTreeMap<&'static str, i64> {
        let mut counted = BTreeMap::new();
        for table in TABLES {
            counted.insert(table, self.rows(table).await);
        }
        counted
    }

    /// The bytes of the database's files, where it has files of its own.
    pub fn file_bytes(&self) -> Option<Vec<u8>> {
        let Self::Sqlite { file, .. } = self else {
            return None;
        };
        let mut bytes = std::fs::read(file).unwrap();
        let wal = file.with_extension("db-wal");
        if wal.exists() {
            bytes.extend(std::fs::read(wal).unwrap());
        }
        Some(bytes)
    }

    pub async fn leave(self) {
        if let Self::Postgres(ground) = self {
            ground.drop_database().await;
        }
    }
}
