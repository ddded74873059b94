//! Where everything durable lies.

use secrecy::SecretString;
use serde::Deserialize;

/// The database.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseSection {
    /// `sqlite://path` or `postgres://...`; the latter as the role that owns nothing.
    pub url: SecretString,
    /// PostgreSQL only: the owner's address, for migrations and listening, past any pooler.
    #[serde(default)]
    pub direct_url: Option<SecretString>,
    /// PostgreSQL only: whether a pooler hands out a connection per session or per transaction.
    #[serde(default)]
    pub pooler: PoolerSection,
    /// PostgreSQL only: at most so many connections.
    #[serde(default = "default_max_connections")]
    pub max_connections: u32,
    /// PostgreSQL only: the role that `migrate` grants rights to.
    #[serde(default = "default_app_role")]
    pub app_role: String,
}

/// How a pooler shares connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PoolerSection {
    /// None, or one connection for a session's life.
    #[default]
    Session,
    /// One connection for a transaction only (PgBouncer, Supavisor).
    Transaction,
}

fn default_max_connections() -> u32 {
    16
}

fn default_app_role() -> String {
    "agent_factory_app".to_owned()
}
