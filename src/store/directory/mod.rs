//! The Directory: what is read before a tenant is known, and nothing else. Its tables are a fixed
//! list and hold ids, hashes, addresses and times only; it must never learn anything about a subject.

mod api_tokens;
mod deployments;
mod registrations;
mod revocations;
mod tenants;

pub use api_tokens::{ApiToken, ApiTokens};
pub use deployments::{Counted, Deployment, DeploymentStanding, Deployments};
pub use registrations::{
    NewDeployments, Registration, RegistrationStanding, Registrations, Sharing,
};
pub use revocations::{RevocationCounter, RevocationScope, Revocations};
pub use tenants::{CoppaMode, Tenant, TenantKind, TenantStanding, Tenants};

use super::db::{Db, Intent};
use super::record::Stored;
use super::sql::Statement;
use super::store_error::StoreError;
use super::unit::Unit;
use super::value::Value;

/// The Directory's tables. Every other table with a `tenant_id` shows forced row-level security.
pub const DIRECTORY_TABLES: [&str; 6] = [
    "tenants",
    "registrations",
    "deployments",
    "api_tokens",
    "revocation_counters",
    "unsequenced",
];

/// The nouns of the Directory, each statement in a commit of its own or all inside one unit of work.
#[derive(Debug)]
pub struct Directory<'a> {
    reach: Reach<'a>,
}

impl<'a> Directory<'a> {
    pub(super) fn in_store(db: &'a Db) -> Self {
        Self {
            reach: Reach::Store(db),
        }
    }

    pub(super) fn in_unit(unit: &'a mut Unit) -> Self {
        Self {
            reach: Reach::Unit(unit),
        }
    }

    /// Schools, districts, universities, publishers, and the installation.
    pub fn tenants(self) -> Tenants<'a> {
        Tenants { reach: self.reach }
    }

    /// Platforms with a client id.
    pub fn registrations(self) -> Registrations<'a> {
        Registrations { reach: self.reach }
    }

    /// Deployments of registrations.
    pub fn deployments(self) -> Deployments<'a> {
        Deployments { reach: self.reach }
    }

    /// Credentials, by hash.
    pub fn api_tokens(self) -> ApiTokens<'a> {
        ApiTokens { reach: self.reach }
    }

    /// Revocation counters.
    pub fn revocations(self) -> Revocations<'a> {
        Revocations { reach: self.reach }
    }
}

/// Where the Directory's statements run.
#[derive(Debug)]
enum Reach<'a> {
    /// Each in a commit of its own.
    Store(&'a Db),
    /// In a unit of work's transaction.
    Unit(&'a mut Unit),
}

impl Reach<'_> {
    async fn all<T: Stored>(
        &mut self,
        statement: Statement,
        values: Vec<Value>,
    ) -> Result<Vec<T>, StoreError> {
        self.rows(Intent::Read, statement, values).await
    }

    async fn one<T: Stored>(
        &mut self,
        statement: Statement,
        values: Vec<Value>,
    ) -> Result<Option<T>, StoreError> {
        Ok(self.rows(Intent::Read, statement, values).await?.pop())
    }

    /// A write that gives back the row it left, if it touched one.
    async fn write_one<T: Stored>(
        &mut self,
        statement: Statement,
        values: Vec<Value>,
    ) -> Result<Option<T>, StoreError> {
        Ok(self.rows(Intent::Write, statement, values).await?.pop())
    }

    async fn write(&mut self, statement: Statement, values: Vec<Value>) -> Result<u64, StoreError> {
        match self {
            Self::Unit(unit) => unit.link.execute(statement, values).await,
            Self::Store(db) => {
                let mut link = db.single(Intent::Write).await?;
                let touched = link.execute(statement, values).await?;
                link.commit().await?;
                Ok(touched)
            }
        }
    }

    async fn rows<T: Stored>(
        &mut self,
        intent: Intent,
        statement: Statement,
        values: Vec<Value>,
    ) -> Result<Vec<T>, StoreError> {
        match self {
            Self::Unit(unit) => unit.link.all(statement, values).await,
            Self::Store(db) => {
                let mut link = db.single(intent).await?;
                let rows = link.all(statement, values).await?;
                link.commit().await?;
                Ok(rows)
            }
        }
    }
}
