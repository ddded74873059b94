//! The schema this program knows: its migrations, the check that a database has exactly those, and
//! the rights of the gateway's role on PostgreSQL.

use std::borrow::Cow;
use std::sync::LazyLock;

use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::{PgPool, SqlSafeStr};

use super::database_config::Pooler;
use super::db::{Db, Intent, Link};
use super::record::stored;
use super::sql::sql;
use super::store_error::StoreError;
use super::value::values;

/// The migrations of one database, in order: numbers and names are the same for both.
macro_rules! migrations {
    ($database:literal: $($version:literal $name:literal),+ $(,)?) => {
        LazyLock::new(|| {
            Migrator::with_migrations(vec![$(
                Migration::new(
                    $version,
                    Cow::Borrowed($name),
                    MigrationType::Simple,
                    SqlSafeStr::into_sql_str(include_str!(concat!(
                        "../../migrations/", $database, "/", $name, ".sql"
                    ))),
                    false,
                ),
            )+])
        })
    };
}

/// SQLite's twin.
pub(super) static SQLITE: LazyLock<Migrator> = migrations! { "sqlite":
    1 "0001_directory",
    2 "0002_keys",
    3 "0003_people",
    4 "0004_agents",
    5 "0005_grounds",
    6 "0006_sessions",
    7 "0007_audit_log",
    8 "0008_idempotency",
};

/// PostgreSQL's twin.
pub(super) static POSTGRES: LazyLock<Migrator> = migrations! { "postgres":
    1 "0001_directory",
    2 "0002_keys",
    3 "0003_people",
    4 "0004_agents",
    5 "0005_grounds",
    6 "0006_sessions",
    7 "0007_audit_log",
    8 "0008_idempotency",
};

sql! {
    const APPLIED = "
        select version, success, checksum
        from _sqlx_migrations
        order by version
        ";
    /// PostgreSQL only: the role that the grants below go to.
    const NAME_ROLE = "select set_config('app.role', $1, true)";
    /// PostgreSQL only: takes back whatever was granted, then grants by list. A table that is not
    /// in the list stays out of reach. `entries` and `leaves` are only ever added to.
    const GRANT = "
        do $$
        declare
            role_name text := current_setting('app.role');
            table_name text;
        begin
            execute format('revoke all on all tables in schema %I from %I', current_schema(), role_name);
            execute format('grant usage on schema %I to %I', current_schema(), role_name);
            execute format('grant select on _sqlx_migrations to %I', role_name);
            foreach table_name in array array[
                'tenants', 'registrations', 'deployments', 'api_tokens', 'revocation_counters',
                'tenant_keys', 'signing_keys', 'people', 'person_keys', 'contexts',
                'agents', 'agent_enablements', 'placements', 'agreements', 'school_authorizations',
                'consents', 'age_bands', 'nonces', 'sessions', 'unsequenced', 'checkpoints',
                'sealed_parts', 'idempotency_keys'
            ] loop
                execute format('grant select, insert, update, delete on %I to %I', table_name, role_name);
            end loop;
            foreach table_name in array array['entries', 'leaves', 'ground_events', 'agent_versions'] loop
                execute format('grant select, insert on %I to %I', table_name, role_name);
            end loop;
        end
        $$
        ";
}

stored! {
    /// A migration that a database has.
    pub struct AppliedMigration in "_sqlx_migrations" by "version" {
        /// Its number.
        version: i64,
        /// Whether it went through.
        success: bool,
        /// What its text hashed to.
        checksum: Vec<u8>,
    }
}

/// Refuses a database whose migrations are not exactly the ones this program carries.
pub(super) async fn refuse_unknown(db: &Db) -> Result<(), StoreError> {
    let known = match db {
        Db::Sqlite { .. } => &*SQLITE,
        Db::Postgres { .. } => &*POSTGRES,
    };
    let mut link = db.single(Intent::Read).await?;
    let applied: Vec<AppliedMigration> = link.all(APPLIED, Vec::new()).await.map_err(|error| {
        tracing::warn!(
            code = error.code(),
            "the list of migrations could not be read"
        );
        StoreError::UnknownSchema
    })?;
    link.commit().await?;
    let same = applied.len() == known.iter().count()
        && known.iter().zip(&applied).all(|(ours, theirs)| {
            theirs.success && ours.version == theirs.version && *ours.checksum == *theirs.checksum
        });
    if same {
        Ok(())
    } else {
        Err(StoreError::UnknownSchema)
    }
}

/// Grants the gateway's role its rights, and nothing more.
pub(super) async fn grant(pool: &PgPool, role: &str) -> Result<(), StoreError> {
    let mut link = Link::begin_postgres(pool, Pooler::Session).await?;
    link.fetch(NAME_ROLE, values![role.to_owned()]).await?;
    link.execute(GRANT, Vec::new()).await?;
    link.commit().await
}

/// Which migration failed, without its text.
#[expect(clippy::needless_pass_by_value, reason = "it is handed to `map_err`")]
pub(super) fn migration_error(error: MigrateError) -> StoreError {
    match error {
        MigrateError::VersionMissing(_)
        | MigrateError::VersionMismatch(_)
        | MigrateError::VersionTooNew(..)
        | MigrateError::VersionTooOld(..)
        | MigrateError::Dirty(_) => StoreError::UnknownSchema,
        MigrateError::ExecuteMigration(_, version) => StoreError::Migration { version },
        _ => StoreError::Unavailable,
    }
}
