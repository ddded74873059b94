//! Revocation counters: how every replica learns, within a second, that what it relies on was
//! revoked. Nothing here ever grants anything.

use super::Reach;
use crate::clock::Timestamp;
use crate::ids::TenantId;
use crate::store::record::{stored, words};
use crate::store::sql::sql;
use crate::store::store_error::StoreError;
use crate::store::value::values;

words! {
    /// What was revoked.
    pub enum RevocationScope {
        /// Everything of a tenant.
        Tenant = "tenant",
        /// An agent.
        Agent = "agent",
        /// A course.
        Context = "context",
        /// A person.
        Person = "person",
        /// A deployment.
        Deployment = "deployment",
        /// A session.
        Session = "session",
    }
}

stored! {
    /// How often something was revoked.
    pub struct RevocationCounter in "revocation_counters" by "tenant_id" {
        /// The tenant whose row this is.
        tenant_id: TenantId,
        /// Tenant, agent, context, person, deployment or session.
        scope: RevocationScope,
        /// Which one.
        scope_id: String,
        /// How many revocations so far.
        counter: i64,
        /// When it was last raised.
        raised_at: Timestamp,
    }
}

sql! {
    const RAISE = "
        insert into revocation_counters (tenant_id, scope, scope_id, counter, raised_at)
        values ($1, $2, $3, 1, $4)
        on conflict (tenant_id, scope, scope_id) do update
            set counter = revocation_counters.counter + 1, raised_at = excluded.raised_at
        returning tenant_id, scope, scope_id, counter, raised_at
        ";
    const READ_SINCE = "
        select
            tenant_id, scope, scope_id, counter, raised_at
        from revocation_counters
        where raised_at >= $1
        order by raised_at
        ";
    const READ_ALL = "
        select
            tenant_id, scope, scope_id, counter, raised_at
        from revocation_counters
        where counter > 0
        ";
}

/// Revocation counters, in the Directory.
#[derive(Debug)]
pub struct Revocations<'a> {
    pub(super) reach: Reach<'a>,
}

impl Revocations<'_> {
    /// Raises a counter and gives its new value. Call it inside the unit of work that revokes: both
    /// become visible in one commit.
    pub async fn raise(
        mut self,
        tenant: TenantId,
        scope: RevocationScope,
        scope_id: &str,
        now: Timestamp,
    ) -> Result<i64, StoreError> {
        let values = values![tenant, scope, scope_id.to_owned(), now];
        let raised: Option<RevocationCounter> = self.reach.write_one(RAISE, values).await?;
        raised
            .map(|raised| raised.counter)
            .ok_or(StoreError::Unavailable)
    }

    /// Counters raised at or after `since`. A unit that raised one may commit a little after
    /// `raised_at`, and clocks of replicas differ: ask from a minute before the last reading.
    pub async fn read_all_since(
        mut self,
        since: Timestamp,
    ) -> Result<Vec<RevocationCounter>, StoreError> {
        self.reach.all(READ_SINCE, values![since]).await
    }

    /// Every counter.
    pub async fn read_all(mut self) -> Result<Vec<RevocationCounter>, StoreError> {
        self.reach.all(READ_ALL, Vec::new()).await
    }
}
