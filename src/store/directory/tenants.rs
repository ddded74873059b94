//! Tenants: whose records these are.

use super::Reach;
use crate::clock::Timestamp;
use crate::ids::{Slug, TenantId};
use crate::store::record::{stored, words};
use crate::store::sql::sql;
use crate::store::store_error::StoreError;
use crate::store::value::values;

words! {
    /// What kind of institution it is.
    pub enum TenantKind {
        /// A school or district.
        K12 = "k12",
        /// A college or university.
        HigherEd = "higher_ed",
        /// A publisher.
        Publisher = "publisher",
        /// The installation itself.
        Installation = "installation",
    }
}

words! {
    /// Whether it is served.
    pub enum TenantStanding {
        /// It is.
        Active = "active",
        /// It is not, and its open streams end.
        Suspended = "suspended",
    }
}

words! {
    /// On what ground children under 13 are let in.
    pub enum CoppaMode {
        /// The school authorizes for the parents, for educational use.
        SchoolAuthorization = "school_authorization",
        /// Each parent consents.
        ParentalConsentOnly = "parental_consent_only",
    }
}

stored! {
    /// A school, district, university or publisher, or the installation.
    pub struct Tenant in "tenants" by "tenant_id" {
        /// The tenant.
        tenant_id: TenantId,
        /// Its name in hosts, paths and claims.
        slug: Slug,
        /// Its name for people.
        name: String,
        /// K12, higher_ed, publisher or installation.
        kind: TenantKind,
        /// Two letters of the state whose law applies as well.
        state: Option<String>,
        /// Active or suspended.
        standing: TenantStanding,
        /// When the annual FERPA notice was last attested (34 CFR 99.7).
        annual_notice_attested_at: Option<Timestamp>,
        /// On what ground children under 13 are let in: school_authorization or parental_consent_only.
        coppa_mode: CoppaMode,
        /// Whether teaching assistants count as school officials.
        assistants_are_officials: bool,
        /// When it was entered.
        created_at: Timestamp,
    }
}

sql! {
    const INSERT = "
        insert into tenants (
            tenant_id, slug, name, kind, state, standing, annual_notice_attested_at,
            coppa_mode, assistants_are_officials, created_at
        )
        values (
            $1, $2, $3, $4, $5, $6, $7, $8, $9, $10
        )
        ";
    const FIND = "
        select
            tenant_id, slug, name, kind, state, standing, annual_notice_attested_at,
            coppa_mode, assistants_are_officials, created_at
        from tenants
        where tenant_id = $1
        ";
    const FIND_BY_SLUG = "
        select
            tenant_id, slug, name, kind, state, standing, annual_notice_attested_at,
            coppa_mode, assistants_are_officials, created_at
        from tenants
        where slug = $1
        ";
    const LIST = "
        select
            tenant_id, slug, name, kind, state, standing, annual_notice_attested_at,
            coppa_mode, assistants_are_officials, created_at
        from tenants
        where ($1 is null or tenant_id > $1)
        order by tenant_id
        limit $2
        ";
    const SET_STANDING = "
        update tenants
        set standing = $2
        where tenant_id = $1
        ";
    const SET_FACTS = "
        update tenants
        set name = $2, state = $3, annual_notice_attested_at = $4, coppa_mode = $5,
            assistants_are_officials = $6
        where tenant_id = $1
        ";
}

/// Tenants, in the Directory.
#[derive(Debug)]
pub struct Tenants<'a> {
    pub(super) reach: Reach<'a>,
}

impl Tenants<'_> {
    /// Enters a tenant.
    ///
    /// # Errors
    /// `tenants_slug_unique` when the slug is taken.
    pub async fn insert(mut self, tenant: &Tenant) -> Result<(), StoreError> {
        self.reach.write(INSERT, tenant.values()).await.map(drop)
    }

    /// The tenant with this id.
    pub async fn find(mut self, tenant: TenantId) -> Result<Option<Tenant>, StoreError> {
        self.reach.one(FIND, values![tenant]).await
    }

    /// The tenant with this slug.
    pub async fn find_by_slug(mut self, slug: &Slug) -> Result<Option<Tenant>, StoreError> {
        self.reach.one(FIND_BY_SLUG, values![slug.clone()]).await
    }

    /// Tenants after `after`, by id: the installation is the first.
    pub async fn list(
        mut self,
        after: Option<TenantId>,
        limit: u32,
    ) -> Result<Vec<Tenant>, StoreError> {
        self.reach.all(LIST, values![after, i64::from(limit)]).await
    }

    /// Suspends or serves again; `false` when there is no such tenant. Raise the tenant's
    /// revocation counter in the same unit.
    pub async fn set_standing(
        mut self,
        tenant: TenantId,
        standing: TenantStanding,
    ) -> Result<bool, StoreError> {
        Ok(self
            .reach
            .write(SET_STANDING, values![tenant, standing])
            .await?
            == 1)
    }

    /// Writes the facts that decisions read: name, state, notice, COPPA mode, assistants. Id, slug,
    /// kind and standing stay. `false` when there is no such tenant.
    pub async fn set_facts(mut self, tenant: &Tenant) -> Result<bool, StoreError> {
        let values = values![
            tenant.tenant_id,
            tenant.name,
            tenant.state,
            tenant.annual_notice_attested_at,
            tenant.coppa_mode,
            tenant.assistants_are_officials,
        ];
        Ok(self.reach.write(SET_FACTS, values).await? == 1)
    }
}
