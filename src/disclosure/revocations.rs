//! What has been revoked, as last read from the database: one counter per tenant, agent, course,
//! person, deployment and session. A fact gathered under other counters is not used again.
//!
//! It must never grant anything: counters that were not read lately stop admissions, and then end
//! streams.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use crate::ids::{AgentId, ContextRowId, DeploymentRowId, PersonId, SessionId, TenantId};
use crate::store::RevocationScope as Scope;

/// A replica that has not read the counters for this long admits nothing.
pub const ADMITS_NOTHING_AFTER: Duration = Duration::from_secs(2);
/// A replica that has not read the counters for this long ends its streams.
pub const ENDS_STREAMS_AFTER: Duration = Duration::from_secs(10);

/// What a counter counts the revocations of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RevocationScope {
    /// The whole tenant: suspended, or a ground that touches everybody.
    Tenant,
    /// One agent: switched off, or its agreement ended.
    Agent(AgentId),
    /// One course: an age band changed, or it was switched off.
    Context(ContextRowId),
    /// One person: a consent withdrawn, an age band changed, switched off.
    Person(PersonId),
    /// One deployment.
    Deployment(DeploymentRowId),
    /// One session.
    Session(SessionId),
}

impl RevocationScope {
    /// The scope's kind and id as the database holds them.
    pub fn to_row(self) -> (Scope, String) {
        match self {
            Self::Tenant => (Scope::Tenant, String::new()),
            Self::Agent(id) => (Scope::Agent, id.to_string()),
            Self::Context(id) => (Scope::Context, id.to_string()),
            Self::Person(id) => (Scope::Person, id.to_string()),
            Self::Deployment(id) => (Scope::Deployment, id.to_string()),
            Self::Session(id) => (Scope::Session, id.to_string()),
        }
    }

    /// The scope of a row; `None` when its id is none.
    pub fn from_row(scope: Scope, id: &str) -> Option<Self> {
        Some(match scope {
            Scope::Tenant => Self::Tenant,
            Scope::Agent => Self::Agent(id.parse().ok()?),
            Scope::Context => Self::Context(id.parse().ok()?),
            Scope::Person => Self::Person(id.parse().ok()?),
            Scope::Deployment => Self::Deployment(id.parse().ok()?),
            Scope::Session => Self::Session(id.parse().ok()?),
        })
    }
}

/// One counter, as read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RevocationCount {
    /// The tenant.
    pub tenant: TenantId,
    /// What is counted.
    pub scope: RevocationScope,
    /// How often it was revoked.
    pub count: i64,
}

/// The counters that a set of facts was gathered under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CounterSnapshot {
    tenant: TenantId,
    counts: Vec<(RevocationScope, i64)>,
}

/// How lately the counters were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// Lately enough to admit.
    Fresh,
    /// Too long ago to admit anything new.
    Stale,
    /// Too long ago to let streams go on.
    Lost,
}

/// The counters of this replica.
pub struct Revocations {
    read: RwLock<Read>,
    changed: watch::Sender<u64>,
    refresh: tokio::sync::Notify,
}

struct Read {
    counts: HashMap<(TenantId, RevocationScope), i64>,
    at: Option<Instant>,
}

impl Default for Revocations {
    fn default() -> Self {
        Self {
            read: RwLock::new(Read {
                counts: HashMap::new(),
                at: None,
            }),
            changed: watch::Sender::new(0),
            refresh: tokio::sync::Notify::new(),
        }
    }
}

impl Revocations {
    /// Takes in what was read from the database by a reading begun at `began`.
    pub fn took(&self, counts: impl IntoIterator<Item = RevocationCount>, began: Instant) {
        let mut any = false;
        {
            let mut read = self.read.write().unwrap_or_else(PoisonError::into_inner);
            for RevocationCount {
                tenant,
                scope,
                count,
            } in counts
            {
                let held = read.counts.entry((tenant, scope)).or_insert(0);
                any |= *held != count;
                *held = count;
            }
            read.at = Some(began);
        }
        if any {
            self.changed
                .send_modify(|version| *version = version.wrapping_add(1));
        }
    }

    /// How lately the counters were read.
    pub fn freshness(&self, now: Instant) -> Freshness {
        let at = self.read.read().unwrap_or_else(PoisonError::into_inner).at;
        match at.map(|at| now.saturating_duration_since(at)) {
            Some(age) if age < ADMITS_NOTHING_AFTER => Freshness::Fresh,
            Some(age) if age < ENDS_STREAMS_AFTER => Freshness::Stale,
            _ => Freshness::Lost,
        }
    }

    /// The counters of these scopes now. Taken before facts are gathered, so that a revocation in
    /// between is seen as a change.
    pub fn snapshot(&self, tenant: TenantId, scopes: &[RevocationScope]) -> CounterSnapshot {
        let read = self.read.read().unwrap_or_else(PoisonError::into_inner);
        let counts = scopes
            .iter()
            .map(|scope| {
                (
                    *scope,
                    read.counts.get(&(tenant, *scope)).copied().unwrap_or(0),
                )
            })
            .collect();
        CounterSnapshot { tenant, counts }
    }

    /// Whether nothing of the snapshot was revoked since.
    pub fn unchanged(&self, snapshot: &CounterSnapshot) -> bool {
        let read = self.read.read().unwrap_or_else(PoisonError::into_inner);
        snapshot.counts.iter().all(|(scope, count)| {
            read.counts
                .get(&(snapshot.tenant, *scope))
                .copied()
                .unwrap_or(0)
                == *count
        })
    }

    /// Wakes up at each change, for open streams.
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// Asks for the counters to be read at once: this replica has just revoked something.
    pub fn read_soon(&self) {
        self.refresh.notify_one();
    }

    /// Resolves when [`Self::read_soon`] was called, for the job that reads.
    pub async fn wanted(&self) {
        self.refresh.notified().await;
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const TENANT: TenantId = TenantId(Uuid::from_u128(1));

    fn person(n: u128) -> RevocationScope {
        RevocationScope::Person(PersonId(Uuid::from_u128(n)))
    }

    fn count(tenant: TenantId, scope: RevocationScope, count: i64) -> RevocationCount {
        RevocationCount {
            tenant,
            scope,
            count,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn counters_never_read_admit_nothing_and_grow_stale_by_themselves() {
        let revocations = Revocations::default();
        assert_eq!(revocations.freshness(Instant::now()), Freshness::Lost);
        revocations.took([], Instant::now());
        assert_eq!(revocations.freshness(Instant::now()), Freshness::Fresh);
        tokio::time::advance(ADMITS_NOTHING_AFTER).await;
        assert_eq!(revocations.freshness(Instant::now()), Freshness::Stale);
        tokio::time::advance(ENDS_STREAMS_AFTER).await;
        assert_eq!(revocations.freshness(Instant::now()), Freshness::Lost);
    }

    #[tokio::test]
    async fn a_revocation_touches_its_own_scope_and_tenant_only() {
        let revocations = Revocations::default();
        let other = TenantId(Uuid::from_u128(2));
        let one = revocations.snapshot(TENANT, &[RevocationScope::Tenant, person(1)]);
        let two = revocations.snapshot(TENANT, &[RevocationScope::Tenant, person(2)]);
        let elsewhere = revocations.snapshot(other, &[RevocationScope::Tenant, person(1)]);
        let mut woken = revocations.subscribe();
        revocations.took([count(TENANT, person(1), 1)], Instant::now());
        assert!(!revocations.unchanged(&one));
        assert!(revocations.unchanged(&two) && revocations.unchanged(&elsewhere));
        assert!(woken.has_changed().unwrap());
        woken.mark_unchanged();
        revocations.took([count(TENANT, person(1), 1)], Instant::now());
        assert!(!woken.has_changed().unwrap());
    }

    #[test]
    fn every_scope_survives_its_row() {
        let id = Uuid::from_u128(7);
        for scope in [
            RevocationScope::Tenant,
            RevocationScope::Agent(AgentId(id)),
            RevocationScope::Context(ContextRowId(id)),
            person(7),
            RevocationScope::Deployment(DeploymentRowId(id)),
            RevocationScope::Session(SessionId(id)),
        ] {
            let (name, row) = scope.to_row();
            assert_eq!(RevocationScope::from_row(name, &row), Some(scope));
        }
        assert_eq!(RevocationScope::from_row(Scope::Agent, "no id"), None);
    }
}
