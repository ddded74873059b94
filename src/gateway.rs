//! The assembled gateway: every use case with what it needs, ready for the web and the jobs. It
//! only holds; what is done is written where it is done.

use std::sync::Arc;

use agent_factory_policies::Engine;
use moka::sync::Cache;
use serde_json::Value;

use crate::clock::Clock;
use crate::config::Config;
use crate::dice::Dice;
use crate::disclosure::{Gate, RefusedBefore, Revocations};
use crate::ids::{Slug, TenantId};
use crate::key_custody::KeyCustody;
use crate::launch::{AgentsDomain, LaunchPace, LaunchVerifier, Launches, Logins, Sessions};
use crate::proxy::Carrier;
use crate::store::{Store, StoreError, Tenant};
use crate::telemetry::Metrics;

/// Everything a request may need.
pub struct Gateway {
    /// The configuration.
    pub config: Config,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The dice.
    pub dice: Dice,
    /// What is durable.
    pub store: Store,
    /// Tenants' keys.
    pub custody: KeyCustody,
    /// The rules.
    pub engine: Arc<Engine>,
    /// The door to engine and log.
    pub gate: Gate,
    /// What was revoked.
    pub revocations: Arc<Revocations>,
    /// What is refused before verification.
    pub refused_before: Arc<RefusedBefore>,
    /// Logins.
    pub logins: Logins,
    /// Launches.
    pub launches: Launches,
    /// How many launches of one registration are taken.
    pub pace: Arc<LaunchPace>,
    /// Whether a launch is genuine.
    pub verifier: LaunchVerifier,
    /// Sessions.
    pub sessions: Sessions,
    /// The way to agents.
    pub carrier: Carrier,
    /// Where agents are served.
    pub agents_domain: AgentsDomain,
    /// The public half of the key that signs assertions.
    pub assertion_jwk: Value,
    /// Metrics of this process.
    pub metrics: Metrics,
    /// Tenants' ids by slug: a slug is never given again, so it is never stale.
    pub tenant_ids: Cache<Slug, TenantId>,
}

impl std::fmt::Debug for Gateway {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Gateway")
    }
}

impl Gateway {
    /// The id of a tenant by its slug.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn tenant_id(&self, slug: &Slug) -> Result<Option<TenantId>, StoreError> {
        if let Some(id) = self.tenant_ids.get(slug) {
            return Ok(Some(id));
        }
        let found: Option<Tenant> = self.store.directory().tenants().find_by_slug(slug).await?;
        Ok(found.map(|tenant| {
            self.tenant_ids.insert(slug.clone(), tenant.tenant_id);
            tenant.tenant_id
        }))
    }

    /// The scheme and port agents are served with: those of the public address.
    pub fn scheme(&self) -> &str {
        self.config.public_url.scheme()
    }
}
