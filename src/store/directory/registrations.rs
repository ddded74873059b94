//! Registrations: one platform with one client id, and one owner.

use super::Reach;
use crate::clock::Timestamp;
use crate::ids::{RegistrationId, TenantId};
use crate::store::record::{stored, words};
use crate::store::sql::sql;
use crate::store::store_error::StoreError;
use crate::store::value::values;

words! {
    /// For whom it launches.
    pub enum Sharing {
        /// For its owner alone.
        Dedicated = "dedicated",
        /// For many tenants, each by deployments of its own.
        Shared = "shared",
    }
}

words! {
    /// Whether its launches are taken.
    pub enum RegistrationStanding {
        /// They are.
        Active = "active",
        /// They are not, or not yet.
        Inactive = "inactive",
    }
}

words! {
    /// What becomes of a deployment that was never seen.
    pub enum NewDeployments {
        /// It belongs to the owner at once.
        Accept = "accept",
        /// It waits for approval.
        Ask = "ask",
    }
}

stored! {
    /// One platform with one client id.
    pub struct Registration in "registrations" by "registration_id" {
        /// The registration.
        registration_id: RegistrationId,
        /// Who may change it.
        owner_tenant_id: TenantId,
        /// Dedicated to its owner or shared by many tenants.
        sharing: Sharing,
        /// The platform, as its tokens name it.
        issuer: String,
        /// Our client id there.
        client_id: String,
        /// Where logins continue.
        authorization_url: String,
        /// Where service tokens are asked for.
        token_url: String,
        /// Where its keys are read.
        jwks_url: String,
        /// The kind of platform, for advice in its own words.
        preset: Option<String>,
        /// Active or inactive.
        standing: RegistrationStanding,
        /// Accept or ask.
        new_deployments: NewDeployments,
        /// Whether launches without a subject are taken.
        allow_anonymous: bool,
        /// When it was entered.
        created_at: Timestamp,
    }
}

sql! {
    const INSERT = "
        insert into registrations (
            registration_id, owner_tenant_id, sharing, issuer, client_id,
            authorization_url, token_url, jwks_url, preset, standing, new_deployments,
            allow_anonymous, created_at
        )
        values (
            $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13
        )
        ";
    const GET = "
        select
            registration_id, owner_tenant_id, sharing, issuer, client_id,
            authorization_url, token_url, jwks_url, preset, standing, new_deployments,
            allow_anonymous, created_at
        from registrations
        where registration_id = $1
        ";
    const FIND = "
        select
            registration_id, owner_tenant_id, sharing, issuer, client_id,
            authorization_url, token_url, jwks_url, preset, standing, new_deployments,
            allow_anonymous, created_at
        from registrations
        where issuer = $1
            and client_id = $2
        ";
    const FIND_BY_ISSUER = "
        select
            registration_id, owner_tenant_id, sharing, issuer, client_id,
            authorization_url, token_url, jwks_url, preset, standing, new_deployments,
            allow_anonymous, created_at
        from registrations
        where issuer = $1
        order by registration_id
        ";
    const LIST = "
        select
            registration_id, owner_tenant_id, sharing, issuer, client_id,
            authorization_url, token_url, jwks_url, preset, standing, new_deployments,
            allow_anonymous, created_at
        from registrations
        where ($1 is null or registration_id > $1)
        order by registration_id
        limit $2
        ";
    const LIST_FOR_TENANT = "
        select
            registration_id, owner_tenant_id, sharing, issuer, client_id,
            authorization_url, token_url, jwks_url, preset, standing, new_deployments,
            allow_anonymous, created_at
        from registrations
        where (
                owner_tenant_id = $1
                or registration_id in (
                    select registration_id from deployments where tenant_id = $1
                )
            )
            and ($2 is null or registration_id > $2)
        order by registration_id
        limit $3
        ";
    const SET_STANDING = "
        update registrations
        set standing = $2
        where registration_id = $1
        ";
}

/// Registrations, in the Directory.
#[derive(Debug)]
pub struct Registrations<'a> {
    pub(super) reach: Reach<'a>,
}

impl Registrations<'_> {
    /// Enters a registration.
    ///
    /// # Errors
    /// `registrations_issuer_client_id_unique` when somebody has it already: the answer must not say
    /// who.
    pub async fn insert(mut self, registration: &Registration) -> Result<(), StoreError> {
        self.reach
            .write(INSERT, registration.values())
            .await
            .map(drop)
    }

    /// The registration with this id.
    pub async fn get(mut self, id: RegistrationId) -> Result<Option<Registration>, StoreError> {
        self.reach.one(GET, values![id]).await
    }

    /// The registration of this issuer and client id.
    pub async fn find(
        mut self,
        issuer: &str,
        client_id: &str,
    ) -> Result<Option<Registration>, StoreError> {
        self.reach
            .one(FIND, values![issuer.to_owned(), client_id.to_owned()])
            .await
    }

    /// All registrations of this issuer.
    pub async fn find_by_issuer(mut self, issuer: &str) -> Result<Vec<Registration>, StoreError> {
        self.reach
            .all(FIND_BY_ISSUER, values![issuer.to_owned()])
            .await
    }

    /// Registrations after `after`, by id.
    pub async fn list(
        mut self,
        after: Option<RegistrationId>,
        limit: u32,
    ) -> Result<Vec<Registration>, StoreError> {
        self.reach.all(LIST, values![after, i64::from(limit)]).await
    }

    /// Those a tenant owns or has a deployment of, after `after`, by id.
    pub async fn list_for_tenant(
        mut self,
        tenant: TenantId,
        after: Option<RegistrationId>,
        limit: u32,
    ) -> Result<Vec<Registration>, StoreError> {
        self.reach
            .all(LIST_FOR_TENANT, values![tenant, after, i64::from(limit)])
            .await
    }

    /// Takes its launches or not; `false` when there is no such registration.
    pub async fn set_standing(
        mut self,
        id: RegistrationId,
        standing: RegistrationStanding,
    ) -> Result<bool, StoreError> {
        Ok(self
            .reach
            .write(SET_STANDING, values![id, standing])
            .await?
            == 1)
    }
}
