//! Where the database is and how it is reached. The address may hold a password: it must never be
//! shown.

use std::fmt;
use std::num::NonZeroU32;

use super::store_error::StoreError;

/// What stands between the gateway and PostgreSQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pooler {
    /// Nothing, or a pooler that gives a session its own connection.
    #[default]
    Session,
    /// A pooler that gives each transaction whatever connection is free. Every statement then runs
    /// in an explicit transaction and has no name, since names would be shared between clients.
    Transaction,
}

/// Whether a login role that could pass the wall between tenants is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PrivilegedRole {
    /// Refused.
    #[default]
    Refused,
    /// Taken; for an installation that accepts losing row-level security as a second wall.
    Allowed,
}

/// Where the database is and how it is reached.
#[derive(Clone)]
pub struct DatabaseConfig {
    /// `sqlite://FILE` or `postgres://...`, for the gateway's own role.
    pub url: String,
    /// The address for migrations, under the role that owns the tables; `url` when there is none.
    pub direct_url: Option<String>,
    /// What stands between.
    pub pooler: Pooler,
    /// The most connections this process opens.
    pub max_connections: NonZeroU32,
    /// The role that `migrate` grants the gateway's rights to (PostgreSQL); nobody when absent.
    pub app_role: Option<String>,
    /// Whether a privileged login role is taken.
    pub privileged_role: PrivilegedRole,
    /// The public host, which begins the name of each tenant's log: `{host}/audit/{tenant}`.
    pub log_host: String,
}

impl DatabaseConfig {
    /// A configuration for this address, everything else at its default.
    pub fn new(url: impl Into<String>, log_host: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            direct_url: None,
            pooler: Pooler::Session,
            max_connections: DEFAULT_MAX_CONNECTIONS,
            app_role: None,
            privileged_role: PrivilegedRole::Refused,
            log_host: log_host.into(),
        }
    }

    pub(super) fn kind(url: &str) -> Result<DatabaseKind, StoreError> {
        if url.starts_with("sqlite:") {
            Ok(DatabaseKind::Sqlite)
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Ok(DatabaseKind::Postgres)
        } else {
            Err(StoreError::Address {
                cause: "it begins neither with `sqlite:` nor `postgres:`",
            })
        }
    }

    pub(super) fn migration_url(&self) -> &str {
        self.direct_url.as_deref().unwrap_or(&self.url)
    }
}

impl fmt::Debug for DatabaseConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DatabaseConfig")
            .field("pooler", &self.pooler)
            .field("max_connections", &self.max_connections)
            .field("app_role", &self.app_role)
            .field("privileged_role", &self.privileged_role)
            .field("log_host", &self.log_host)
            .finish_non_exhaustive()
    }
}

/// Ours: enough for the hot writer, the sequencer and a few dozen units of work at once.
const DEFAULT_MAX_CONNECTIONS: NonZeroU32 = NonZeroU32::new(16).unwrap();

/// Which database an address names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DatabaseKind {
    /// Embedded.
    Sqlite,
    /// A server.
    Postgres,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_configuration_does_not_show_its_address() {
        let config = DatabaseConfig::new("postgres://gate:hunter2@db/gate", "localhost");
        assert!(!format!("{config:?}").contains("hunter2"));
    }
}
