//! Where a test stands: a database of its own, migrated, and gone afterwards.

use std::sync::atomic::{AtomicU32, Ordering};

use agent_factory::dice::Dice;
use agent_factory::store::{DatabaseConfig, Store};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, Row, SqliteConnection};
use url::Url;

const OWNER: &str = "agent_factory_test_owner";
const APP: &str = "agent_factory_test_app";
pub const LOG_HOST: &str = "gate.example";

static NEXT: AtomicU32 = AtomicU32::new(0);

/// A store on a database of its own.
pub struct Ground {
    pub store: Store,
    pub config: DatabaseConfig,
    place: Place,
}

enum Place {
    Sqlite { _folder: tempfile::TempDir },
    Postgres(PostgresGround),
}

/// A database of its own on the PostgreSQL server under test, with an owner's and an app role.
pub struct PostgresGround {
    admin: Url,
    name: String,
}

impl PostgresGround {
    /// Makes one; `None`, said aloud, where no server was named.
    ///
    /// # Panics
    /// In CI without a server: there a skip would be a lie.
    pub async fn make() -> Option<Self> {
        let Ok(admin) = std::env::var("TEST_POSTGRES_URL") else {
            assert!(
                std::env::var("CI").as_deref() != Ok("true"),
                "TEST_POSTGRES_URL is not set, and in CI PostgreSQL may not be skipped"
            );
            println!("skipped: on PostgreSQL (TEST_POSTGRES_URL is not set)");
            return None;
        };
        let next = NEXT.fetch_add(1, Ordering::SeqCst);
        let name = format!("agent_factory_test_{}_{next}", std::process::id());
        let admin = Url::parse(&admin).unwrap();
        let mut connection = PgConnection::connect(admin.as_str()).await.unwrap();
        connection
            .execute("select pg_advisory_lock(4711)")
            .await
            .unwrap();
        for role in [OWNER, APP] {
            let known = sqlx::query("select 1 from pg_roles where rolname = $1")
                .bind(role)
                .fetch_optional(&mut connection)
                .await
                .unwrap();
            if known.is_none() {
                let create = format!("create role {role} login password 'test'");
                connection.execute(AssertSqlSafe(create)).await.unwrap();
            }
        }
        let create = format!("create database {name} owner {OWNER}");
        connection.execute(AssertSqlSafe(create)).await.unwrap();
        connection.close().await.unwrap();
        let ground = Self { admin, name };
        let mut connection = ground.connect_admin().await;
        let hand_over = format!("alter schema public owner to {OWNER}");
        connection.execute(AssertSqlSafe(hand_over)).await.unwrap();
        connection.close().await.unwrap();
        Some(ground)
    }

    fn url(&self, role: Option<&str>) -> String {
        let mut url = self.admin.clone();
        url.set_path(&self.name);
        if let Some(role) = role {
            url.set_username(role).unwrap();
            url.set_password(Some("test")).unwrap();
        }
        url.to_string()
    }

    /// The configuration of a gateway here.
    pub fn config(&self) -> DatabaseConfig {
        let mut config = DatabaseConfig::new(self.url(Some(APP)), LOG_HOST);
        config.direct_url = Some(self.url(Some(OWNER)));
        config.app_role = Some(APP.to_owned());
        config
    }

    /// The configuration of a gateway here whose login role is a superuser.
    pub fn superuser_config(&self) -> DatabaseConfig {
        DatabaseConfig::new(self.url(None), LOG_HOST)
    }

    /// The configuration of a gateway here whose login role owns the tables.
    pub fn owner_config(&self) -> DatabaseConfig {
        DatabaseConfig::new(self.url(Some(OWNER)), LOG_HOST)
    }

    pub async fn connect_admin(&self) -> PgConnection {
        PgConnection::connect(&self.url(None)).await.unwrap()
    }

    pub async fn connect_owner(&self) -> PgConnection {
        PgConnection::connect(&self.url(Some(OWNER))).await.unwrap()
    }

    pub async fn connect_app(&self) -> PgConnection {
        PgConnection::connect(&self.url(Some(APP))).await.unwrap()
    }

    pub async fn drop_database(self) {
        let mut connection = PgConnection::connect(self.admin.as_str()).await.unwrap();
        let drop = format!("drop database if exists {} with (force)", self.name);
        connection.execute(AssertSqlSafe(drop)).await.unwrap();
    }
}

impl Ground {
    /// On SQLite, in a folder of its own.
    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("gate.db");
        let config = DatabaseConfig::new(format!("sqlite://{}", path.display()), LOG_HOST);
        Store::migrate(&config).await.unwrap();
        let store = Store::open(&config, Dice).await.unwrap();
        Self {
            store,
            config,
            place: Place::Sqlite { _folder: folder },
        }
    }

    /// On PostgreSQL, when there is a server.
    pub async fn postgres() -> Option<Self> {
        let ground = PostgresGround::make().await?;
        let config = ground.config();
        Store::migrate(&config).await.unwrap();
        let store = Store::open(&config, Dice).await.unwrap();
        Some(Self {
            store,
            config,
            place: Place::Postgres(ground),
        })
    }

    /// The PostgreSQL side of it, where it stands there.
    pub fn on_postgres(&self) -> Option<&PostgresGround> {
        match &self.place {
            Place::Postgres(ground) => Some(ground),
            Place::Sqlite { .. } => None,
        }
    }

    /// A second store over the same database: another replica.
    pub async fn replica(&self) -> Store {
        Store::open(&self.config, Dice).await.unwrap()
    }

    /// Runs a text behind the store's back, as whoever owns the database.
    pub async fn tamper(&self, sql: &str) -> Result<u64, sqlx::Error> {
        let sql = AssertSqlSafe(sql.to_owned());
        match &self.place {
            Place::Sqlite { .. } => {
                let mut connection = SqliteConnection::connect(&self.config.url).await?;
                Ok(sqlx::query(sql)
                    .execute(&mut connection)
                    .await?
                    .rows_affected())
            }
            Place::Postgres(ground) => {
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
        match &self.place {
            Place::Sqlite { .. } => {
                let mut connection = SqliteConnection::connect(&self.config.url).await.unwrap();
                sqlx::query(sql)
                    .fetch_one(&mut connection)
                    .await
                    .unwrap()
                    .get(0)
            }
            Place::Postgres(ground) => {
                let mut connection = ground.connect_admin().await;
                sqlx::query(sql)
                    .fetch_one(&mut connection)
                    .await
                    .unwrap()
                    .get(0)
            }
        }
    }

    pub async fn leave(self) {
        self.store.close().await;
        if let Place::Postgres(ground) = self.place {
            ground.drop_database().await;
        }
    }
}

/// Runs each test on SQLite and, when there is a server, on PostgreSQL.
macro_rules! on_both_databases {
    ($($name:ident),+ $(,)?) => {
        mod on_sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let ground = $crate::storage::ground::Ground::sqlite().await;
                super::$name(&ground).await;
                ground.leave().await;
            })+
        }
        mod on_postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let Some(ground) = $crate::storage::ground::Ground::postgres().await else { return };
                super::$name(&ground).await;
                ground.leave().await;
            })+
        }
    };
}

pub(crate) use on_both_databases;
