//! What is durable: one file per noun, one set of statements for SQLite and PostgreSQL.
//!
//! A tenant's rows are reached only through a [`Unit`], opened inside that tenant; what is asked
//! before a tenant is known stands in the [`Directory`]. It must never decide anything: it keeps
//! what use cases tell it, and says who was first.

mod chain;
mod database_config;
mod db;
mod entries;
mod hot;
mod log_store;
mod many;
mod postgres_connect;
mod record;
mod schema;
mod sealed_bytes;
mod sql;
mod sqlite_connect;
mod store_error;
mod unit;
mod value;

mod age_bands;
mod agent_enablements;
mod agents;
mod agreements;
mod consents;
mod contexts;
mod directory;
mod ground_events;
mod idempotency;
mod nonces;
mod people;
mod person_keys;
mod placements;
mod school_authorizations;
mod sealed_parts;
mod sessions;
mod signing_keys;
mod tenant_keys;

use std::sync::Arc;

use tokio::sync::Notify;

pub use age_bands::{AgeBand, AgeBands};
pub use agent_enablements::{AgentEnablement, AgentEnablements};
pub use agents::{Agent, AgentStanding, AgentVersion, Agents};
pub use agreements::{Agreement, Agreements, GroundStanding};
pub use chain::EntryRef;
pub use consents::{Consent, ConsentKind, ConsentStanding, Consents};
pub use contexts::{Context, Contexts};
pub use database_config::{DatabaseConfig, Pooler, PrivilegedRole};
pub use directory::{
    ApiToken, ApiTokens, CoppaMode, Counted, DIRECTORY_TABLES, Deployment, DeploymentStanding,
    Deployments, Directory, NewDeployments, Registration, RegistrationStanding, Registrations,
    RevocationCounter, RevocationScope, Revocations, Sharing, Tenant, TenantKind, TenantStanding,
    Tenants,
};
pub use entries::{Entries, EntryRow};
pub use ground_events::{GroundEvent, GroundEvents};
pub use hot::{Hot, HotOutcome, HotWrite};
pub use idempotency::{IdempotencyKey, IdempotencyKeys};
pub use log_store::{LogToSequence, TenantLogs};
pub use nonces::{Nonce, Nonces};
pub use people::{NewPerson, People, Person, PersonStanding};
pub use person_keys::{PersonKey, PersonKeyPurpose, PersonKeys};
pub use placements::{Placement, Placements};
pub use school_authorizations::{SchoolAuthorization, SchoolAuthorizations};
pub use sealed_bytes::SealedBytes;
pub use sealed_parts::{SealedPart, SealedParts};
pub use sessions::{Session, Sessions};
pub use signing_keys::{KeyStanding, SigningKey, SigningKeyKind, SigningKeys};
pub use store_error::StoreError;
pub use tenant_keys::{TenantKey, TenantKeys};
pub use unit::{Tenancy, Unit};

use chain::Chain;
use database_config::DatabaseKind;
use db::Db;

use crate::dice::Dice;
use crate::ids::TenantId;

/// A context, as a launch first brings it.
pub type NewContext = Context;
/// A placement, as a launch first binds it.
pub type NewPlacement = Placement;
/// A session, as a launch opens it.
pub type NewSession = Session;
/// A nonce, as a launch uses it up.
pub type NewNonce = Nonce;

/// The store of one process. Cloning shares it.
#[derive(Debug, Clone)]
pub struct Store {
    db: Db,
    chain: Arc<Chain>,
    hot: Hot,
}

impl Store {
    /// Opens the database and starts the hot writer.
    ///
    /// # Errors
    /// [`StoreError::UnknownSchema`] when the schema is not the one this program knows,
    /// [`StoreError::PrivilegedRole`] and [`StoreError::Pooler`] on PostgreSQL when the wall between
    /// tenants would not stand.
    pub async fn open(config: &DatabaseConfig, dice: Dice) -> Result<Self, StoreError> {
        let db = match DatabaseConfig::kind(&config.url)? {
            DatabaseKind::Sqlite => sqlite_connect::open(config).await?,
            DatabaseKind::Postgres => postgres_connect::open(config).await?,
        };
        schema::refuse_unknown(&db).await?;
        let chain = Arc::new(Chain::new(dice, &config.log_host)?);
        let hot = Hot::start(db.clone(), Arc::clone(&chain));
        Ok(Self { db, chain, hot })
    }

    /// Brings the schema up to date, under the role that owns it, and grants the gateway's role its
    /// rights.
    pub async fn migrate(config: &DatabaseConfig) -> Result<(), StoreError> {
        match DatabaseConfig::kind(config.migration_url())? {
            DatabaseKind::Sqlite => sqlite_connect::migrate(config).await,
            DatabaseKind::Postgres => postgres_connect::migrate(config).await,
        }
    }

    /// The reads and writes that belong to no tenant's unit of work, each in a commit of its own.
    pub fn directory(&self) -> Directory<'_> {
        Directory::in_store(&self.db)
    }

    /// One tenant's rows.
    pub fn tenant(&self, tenant: TenantId) -> Tenancy {
        Tenancy {
            db: self.db.clone(),
            chain: Arc::clone(&self.chain),
            tenant,
        }
    }

    /// The group-committed writes of launches and agent requests.
    pub fn hot(&self) -> &Hot {
        &self.hot
    }

    /// The audit crate's port.
    pub fn log_store(&self) -> TenantLogs {
        TenantLogs::new(self.db.clone(), Arc::clone(&self.chain))
    }

    /// Rung after each commit that wrote entries: the sequencer's call to work.
    pub fn entries_written(&self) -> Arc<Notify> {
        Arc::clone(&self.chain.written)
    }

    /// Finishes what was submitted and closes every connection.
    pub async fn close(&self) {
        self.hot.stop().await;
        self.db.close().await;
    }
}
