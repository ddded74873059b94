//! Opening PostgreSQL: over TLS unless it is on this machine, under a role that owns nothing, and
//! never through a pooler that was not declared.

use std::str::FromStr;
use std::time::Duration;

use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions, PgSslMode};

use super::database_config::{DatabaseConfig, Pooler, PrivilegedRole};
use super::db::{Db, Intent, Link};
use super::record::stored;
use super::schema;
use super::sql::sql;
use super::store_error::StoreError;
use super::value::values;

/// Ours: how long a unit of work waits for a connection before it is refused.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);

sql! {
    const PRIVILEGES = "
        select r.rolsuper or r.rolbypassrls or exists (
            select 1
            from pg_class c
            where c.relkind in ('r', 'p')
                and c.relnamespace = (select oid from pg_namespace where nspname = current_schema())
                and pg_has_role(current_user, c.relowner, 'usage')
        ) as privileged
        from pg_roles r
        where r.rolname = current_user
        ";
    const LEAVE_MARK = "select set_config('app.probe', $1, false)";
    const READ_MARK = "
        select coalesce(current_setting('app.probe', true), '') as mark,
            pg_backend_pid()::bigint as backend
        ";
}

stored! {
    /// Whether the login role could pass or take down the wall between tenants.
    pub struct RoleCheck in "pg_roles" by "privileged" {
        /// It could.
        privileged: bool,
    }
}

stored! {
    /// What a connection says of the server process behind it.
    pub struct Probe in "pg_settings" by "backend" {
        /// What was last left there.
        mark: String,
        /// Which process it is.
        backend: i64,
    }
}

/// Reads the address. Elsewhere than on this machine the certificate is always verified; only the
/// root it is verified against (`sslrootcert`) is a choice.
fn options(url: &str) -> Result<PgConnectOptions, StoreError> {
    let options = PgConnectOptions::from_str(url).map_err(|_| StoreError::Address {
        cause: "it is no PostgreSQL address",
    })?;
    let host = options.get_host();
    let local = options.get_socket().is_some()
        || host.starts_with('/')
        || matches!(host, "localhost" | "127.0.0.1" | "::1" | "[::1]");
    if local {
        return Ok(options);
    }
    match options.get_ssl_mode() {
        PgSslMode::VerifyCa | PgSslMode::VerifyFull => Ok(options),
        _ if url.contains("sslmode=") => Err(StoreError::Address {
            cause: "`sslmode` must be `verify-full` or `verify-ca` for another machine",
        }),
        _ => Ok(options.ssl_mode(PgSslMode::VerifyFull)),
    }
}

/// Opens the pool and refuses what would weaken the wall.
pub(super) async fn open(config: &DatabaseConfig) -> Result<Db, StoreError> {
    let options = options(&config.url)?.application_name("agent-factory");
    let pool = PgPoolOptions::new()
        .max_connections(config.max_connections.get().max(2))
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .connect_with(options)
        .await?;
    if config.pooler == Pooler::Session {
        refuse_undeclared_pooler(&pool).await?;
    }
    let db = Db::Postgres {
        pool,
        pooler: config.pooler,
    };
    if config.privileged_role == PrivilegedRole::Refused {
        let mut link = db.single(Intent::Read).await?;
        let check: Option<RoleCheck> = link.one(PRIVILEGES, Vec::new()).await?;
        link.commit().await?;
        if check.is_none_or(|check| check.privileged) {
            return Err(StoreError::PrivilegedRole);
        }
    }
    Ok(db)
}

/// Leaves a mark on one connection and looks for it from a second one inside a transaction. Where a
/// server process is given out by the transaction, the mark shows there, or the first connection
/// finds itself on another process.
async fn refuse_undeclared_pooler(pool: &PgPool) -> Result<(), StoreError> {
    let mut first = Link::to_postgres(pool).await?;
    first.fetch(LEAVE_MARK, values!["left".to_owned()]).await?;
    let before: Option<Probe> = first.one(READ_MARK, Vec::new()).await?;
    let mut second = Link::begin_postgres(pool, Pooler::Transaction).await?;
    let beside: Option<Probe> = second.one(READ_MARK, Vec::new()).await?;
    let after: Option<Probe> = first.one(READ_MARK, Vec::new()).await?;
    second.roll_back().await?;
    first.fetch(LEAVE_MARK, values![String::new()]).await?;
    let (Some(before), Some(beside), Some(after)) = (before, beside, after) else {
        return Err(StoreError::Unavailable);
    };
    let own = before.mark == "left" && before == after && beside.mark.is_empty();
    if own && beside.backend != before.backend {
        Ok(())
    } else {
        Err(StoreError::Pooler)
    }
}

/// Brings the schema up to date under the owner's role, then grants.
pub(super) async fn migrate(config: &DatabaseConfig) -> Result<(), StoreError> {
    let options = options(config.migration_url())?.application_name("agent-factory migrate");
    let pool = PgPoolOptions::new()
        .max_connections(1)
        .connect_with(options)
        .await?;
    let migrated = async {
        schema::POSTGRES
            .run(&pool)
            .await
            .map_err(schema::migration_error)?;
        match &config.app_role {
            Some(role) => schema::grant(&pool, role).await,
            None => Ok(()),
        }
    }
    .await;
    pool.close().await;
    migrated
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_machine_is_reached_over_verified_tls_or_not_at_all() {
        let mode = |url: &str| options(url).map(|options| options.get_ssl_mode());
        assert!(matches!(
            mode("postgres://gate@db.example/gate"),
            Ok(PgSslMode::VerifyFull)
        ));
        assert!(matches!(
            mode("postgres://gate@db.example/gate?sslmode=verify-ca"),
            Ok(PgSslMode::VerifyCa)
        ));
        for weak in ["disable", "allow", "prefer", "require"] {
            let url = format!("postgres://gate@db.example/gate?sslmode={weak}");
            assert!(
                matches!(mode(&url), Err(StoreError::Address { .. })),
                "{weak}"
            );
        }
        assert!(mode("postgres://gate@localhost/gate?sslmode=disable").is_ok());
    }
}
