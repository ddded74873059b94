//! What can go wrong in the store, and how a driver's error is read. It must never carry a
//! statement, a value or a driver's own words: those may name a person.

use agent_factory_audit::StampError;

use crate::dice::DiceError;

/// Why the store did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The database did not answer, or broke off; nothing is known to be written.
    #[error("the database is not available")]
    Unavailable,
    /// Too much is waiting already.
    #[error("too many writes are waiting")]
    Overloaded,
    /// An earlier statement of the same unit of work failed, and nothing of it is written.
    #[error("an earlier statement of the unit of work failed")]
    Aborted,
    /// A named constraint stands against it.
    #[error("the constraint `{constraint}` stands against it")]
    Conflict {
        /// The constraint's name; `foreign_key` for any reference to a row that is not there (or is
        /// still needed), `unstorable_value` for a value that no column can hold.
        constraint: String,
    },
    /// A row holds something that the gateway never writes.
    #[error("row `{row}` of `{table}` is corrupt in `{column}`")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The row's id.
        row: String,
    },
    /// The database's schema is not the one this program knows: missing, older, newer or altered.
    #[error(
        "the database's schema is not the one this program knows; `agent-factory migrate` brings it up to date"
    )]
    UnknownSchema,
    /// A migration could not be applied.
    #[error("migration {version} could not be applied")]
    Migration {
        /// Its number.
        version: i64,
    },
    /// The login role could pass or take down the wall between tenants.
    #[error("the database role is a superuser, passes row-level security or owns the tables")]
    PrivilegedRole,
    /// A transaction pooler stands before the database and was not declared.
    #[error("a transaction pooler stands before the database; set `database.pooler`")]
    Pooler,
    /// The address of the database cannot be used.
    #[error("the database address cannot be used: {cause}")]
    Address {
        /// What is wrong with it, without the address (it may hold a password).
        cause: &'static str,
    },
    /// No such tenant.
    #[error("there is no such tenant")]
    UnknownTenant,
    /// An event cannot become an entry.
    #[error("an event cannot become an entry: {0}")]
    Event(#[from] StampError),
    /// The operating system gave no randomness.
    #[error("the operating system gave no randomness")]
    NoRandomness,
}

impl StoreError {
    /// A code that stays the same across versions.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unavailable => "store-unavailable",
            Self::Overloaded => "store-overloaded",
            Self::Aborted => "store-aborted",
            Self::Conflict { .. } => "store-conflict",
            Self::Corrupt { .. } => "store-corrupt",
            Self::UnknownSchema => "store-unknown-schema",
            Self::Migration { .. } => "store-migration",
            Self::PrivilegedRole => "store-privileged-role",
            Self::Pooler => "store-pooler",
            Self::Address { .. } => "store-address",
            Self::UnknownTenant => "store-unknown-tenant",
            Self::Event(error) => error.code(),
            Self::NoRandomness => "store-no-randomness",
        }
    }

    /// Whether the named constraint stood against it.
    pub fn is_conflict_of(&self, name: &str) -> bool {
        matches!(self, Self::Conflict { constraint } if constraint == name)
    }
}

impl From<DiceError> for StoreError {
    fn from(_: DiceError) -> Self {
        Self::NoRandomness
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(database) => constraint_of(database.as_ref()).map_or_else(
                || {
                    tracing::warn!(code = ?database.code(), "the database refused a statement");
                    Self::Unavailable
                },
                |constraint| Self::Conflict { constraint },
            ),
            sqlx::Error::PoolTimedOut => Self::Overloaded,
            _ => Self::Unavailable,
        }
    }
}

/// The name of the constraint that an error is about.
///
/// PostgreSQL names it. SQLite names the columns of a broken unique key, from which the name
/// follows: `{table}_{columns}_unique`, the tenant left out, or `{table}_pkey`.
fn constraint_of(error: &dyn sqlx::error::DatabaseError) -> Option<String> {
    if error.is_foreign_key_violation() {
        return Some("foreign_key".to_owned());
    }
    if let Some(name) = error.constraint() {
        return Some(name.to_owned());
    }
    let code = error.code();
    // PostgreSQL class 22: a value the column cannot hold, such as text with a zero byte.
    if code
        .as_deref()
        .is_some_and(|code| code.len() == 5 && code.starts_with("22"))
    {
        return Some("unstorable_value".to_owned());
    }
    // SQLite: a trigger refused, and says its name.
    if code.as_deref() == Some("1811") {
        return Some(error.message().to_owned());
    }
    let (what, rest) = error.message().split_once(" constraint failed: ")?;
    match what {
        "UNIQUE" if code.as_deref() == Some("1555") => rest
            .split_once('.')
            .map(|(table, _)| format!("{table}_pkey")),
        "UNIQUE" => unique_name(rest),
        _ => Some(rest.to_owned()),
    }
    .or_else(|| Some("unnamed".to_owned()))
}

fn unique_name(columns: &str) -> Option<String> {
    let table = columns.split_once('.')?.0;
    let names: Vec<&str> = columns
        .split(", ")
        .filter_map(|column| column.split_once('.').map(|(_, name)| name))
        .filter(|name| *name != "tenant_id")
        .collect();
    Some(format!("{table}_{}_unique", names.join("_")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unique_key_is_named_by_its_columns_without_the_tenant() {
        assert_eq!(
            unique_name("placements.tenant_id, placements.deployment_row_id, placements.link_key"),
            Some("placements_deployment_row_id_link_key_unique".to_owned())
        );
    }
}
