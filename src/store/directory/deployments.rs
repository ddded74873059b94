//! Deployments: what, inside a registration, belongs to a tenant. A pending one belongs to nobody,
//! and nothing is disclosed through it.

use super::Reach;
use crate::clock::Timestamp;
use crate::ids::{DeploymentRowId, RegistrationId, TenantId};
use crate::store::record::{stored, words};
use crate::store::sql::sql;
use crate::store::store_error::StoreError;
use crate::store::value::values;

words! {
    /// Whether its launches are taken.
    pub enum DeploymentStanding {
        /// They are.
        Active = "active",
        /// Nobody has said yet whose it is.
        Pending = "pending",
        /// They are not.
        Disabled = "disabled",
    }
}

/// Whether a pending deployment was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// It was there or was entered, and has now been seen so often.
    Seen(i64),
    /// It is not there, and the registration has as many pending ones as it may.
    Full,
}

stored! {
    /// A deployment inside a registration.
    pub struct Deployment in "deployments" by "deployment_row_id" {
        /// The row.
        deployment_row_id: DeploymentRowId,
        /// The registration it is part of.
        registration_id: RegistrationId,
        /// The platform's own id.
        deployment_id: String,
        /// Whose it is; nobody yet while pending.
        tenant_id: Option<TenantId>,
        /// The platform instance that first sent it.
        guid: Option<String>,
        /// The name the platform gave itself.
        platform_name: Option<String>,
        /// Active, pending or disabled.
        standing: DeploymentStanding,
        /// Origins that may frame its agents, as a list.
        framing_origins: Vec<String>,
        /// When it first launched.
        first_seen_at: Timestamp,
        /// How often it launched while pending.
        seen_count: i64,
    }
}

stored! {
    /// How often something was seen.
    pub struct SeenCount in "deployments" by "seen_count" {
        /// How often.
        seen_count: i64,
    }
}

sql! {
    const INSERT = "
        insert into deployments (
            deployment_row_id, registration_id, deployment_id, tenant_id, guid,
            platform_name, standing, framing_origins, first_seen_at, seen_count
        )
        values (
            $1, $2, $3, $4, $5, $6, $7, $8, $9, $10
        )
        ";
    const INSERT_PENDING = "
        insert into deployments (
            deployment_row_id, registration_id, deployment_id, tenant_id, guid,
            platform_name, standing, framing_origins, first_seen_at, seen_count
        )
        select
            $1, $2, $3, $4, $5, $6, $7, $8, $9, $10
        where (
                select count(*)
                from deployments
                where registration_id = $2
                    and standing = 'pending'
            ) < $11
        on conflict (registration_id, deployment_id) do update
            set seen_count = deployments.seen_count + 1
        returning seen_count
        ";
    const COUNT_SEEN = "
        update deployments
        set seen_count = seen_count + 1
        where registration_id = $1
            and deployment_id = $2
        returning seen_count
        ";
    const FIND = "
        select
            deployment_row_id, registration_id, deployment_id, tenant_id, guid,
            platform_name, standing, framing_origins, first_seen_at, seen_count
        from deployments
        where registration_id = $1
            and deployment_id = $2
        ";
    const GET = "
        select
            deployment_row_id, registration_id, deployment_id, tenant_id, guid,
            platform_name, standing, framing_origins, first_seen_at, seen_count
        from deployments
        where deployment_row_id = $1
        ";
    const LIST_FOR_TENANT = "
        select
            deployment_row_id, registration_id, deployment_id, tenant_id, guid,
            platform_name, standing, framing_origins, first_seen_at, seen_count
        from deployments
        where tenant_id = $1
            and ($2 is null or deployment_row_id > $2)
        order by deployment_row_id
        limit $3
        ";
    const LIST_PENDING = "
        select
            deployment_row_id, registration_id, deployment_id, tenant_id, guid,
            platform_name, standing, framing_origins, first_seen_at, seen_count
        from deployments
        where standing = 'pending'
            and ($1 is null or deployment_row_id > $1)
        order by deployment_row_id
        limit $2
        ";
    const BIND = "
        update deployments
        set tenant_id = $2, standing = 'active'
        where deployment_row_id = $1
            and standing = 'pending'
        ";
    const SET_STANDING = "
        update deployments
        set standing = $3
        where tenant_id = $1
            and deployment_row_id = $2
        ";
    const SET_FRAMING_ORIGINS = "
        update deployments
        set framing_origins = $3
        where tenant_id = $1
            and deployment_row_id = $2
        ";
}

/// Deployments, in the Directory.
#[derive(Debug)]
pub struct Deployments<'a> {
    pub(super) reach: Reach<'a>,
}

impl Deployments<'_> {
    /// Enters a deployment whose tenant is known.
    ///
    /// # Errors
    /// `deployments_registration_id_deployment_id_unique` when it is there already.
    pub async fn insert(mut self, deployment: &Deployment) -> Result<(), StoreError> {
        self.reach
            .write(INSERT, deployment.values())
            .await
            .map(drop)
    }

    /// Enters a deployment that nobody has approved, or counts that it was seen again. A
    /// registration has at most `cap` pending ones, so that nobody fills the table.
    pub async fn insert_pending(
        mut self,
        deployment: &Deployment,
        cap: u32,
    ) -> Result<Counted, StoreError> {
        let seen = values![deployment.registration_id, deployment.deployment_id];
        let known: Option<SeenCount> = self.reach.write_one(COUNT_SEEN, seen).await?;
        if let Some(seen) = known {
            return Ok(Counted::Seen(seen.seen_count));
        }
        let mut values = deployment.values();
        values.extend(values![i64::from(cap)]);
        let entered: Option<SeenCount> = self.reach.write_one(INSERT_PENDING, values).await?;
        Ok(entered.map_or(Counted::Full, |seen| Counted::Seen(seen.seen_count)))
    }

    /// The deployment of a registration with the platform's id.
    pub async fn find(
        mut self,
        registration: RegistrationId,
        deployment_id: &str,
    ) -> Result<Option<Deployment>, StoreError> {
        self.reach
            .one(FIND, values![registration, deployment_id.to_owned()])
            .await
    }

    /// The deployment with this row id.
    pub async fn get(mut self, row: DeploymentRowId) -> Result<Option<Deployment>, StoreError> {
        self.reach.one(GET, values![row]).await
    }

    /// A tenant's deployments after `after`, by row id.
    pub async fn list(
        mut self,
        tenant: TenantId,
        after: Option<DeploymentRowId>,
        limit: u32,
    ) -> Result<Vec<Deployment>, StoreError> {
        self.reach
            .all(LIST_FOR_TENANT, values![tenant, after, i64::from(limit)])
            .await
    }

    /// Those that nobody has approved, after `after`, by row id.
    pub async fn list_pending(
        mut self,
        after: Option<DeploymentRowId>,
        limit: u32,
    ) -> Result<Vec<Deployment>, StoreError> {
        self.reach
            .all(LIST_PENDING, values![after, i64::from(limit)])
            .await
    }

    /// Counts that it launched; how often it has, or `None` when it is not there.
    pub async fn count_seen(
        mut self,
        registration: RegistrationId,
        deployment_id: &str,
    ) -> Result<Option<i64>, StoreError> {
        let values = values![registration, deployment_id.to_owned()];
        let seen: Option<SeenCount> = self.reach.write_one(COUNT_SEEN, values).await?;
        Ok(seen.map(|seen| seen.seen_count))
    }

    /// Gives a pending deployment to a tenant; `false` when it is not pending (any more).
    pub async fn bind(
        mut self,
        row: DeploymentRowId,
        tenant: TenantId,
    ) -> Result<bool, StoreError> {
        Ok(self.reach.write(BIND, values![row, tenant]).await? == 1)
    }

    /// Takes its launches or not; `false` when the tenant has no such deployment.
    pub async fn set_standing(
        mut self,
        tenant: TenantId,
        row: DeploymentRowId,
        standing: DeploymentStanding,
    ) -> Result<bool, StoreError> {
        Ok(self
            .reach
            .write(SET_STANDING, values![tenant, row, standing])
            .await?
            == 1)
    }

    /// Adds an origin that may frame the deployment's agents; `false` when the tenant has no such
    /// deployment. Call it inside a unit of work: it reads, then writes.
    pub async fn add_framing_origin(
        mut self,
        tenant: TenantId,
        row: DeploymentRowId,
        origin: &str,
    ) -> Result<bool, StoreError> {
        let found: Option<Deployment> = self.reach.one(GET, values![row]).await?;
        let Some(deployment) = found.filter(|found| found.tenant_id == Some(tenant)) else {
            return Ok(false);
        };
        let mut origins = deployment.framing_origins;
        if origins.iter().any(|known| known == origin) {
            return Ok(true);
        }
        origins.push(origin.to_owned());
        Ok(self
            .reach
            .write(SET_FRAMING_ORIGINS, values![tenant, row, origins])
            .await?
            == 1)
    }
}
