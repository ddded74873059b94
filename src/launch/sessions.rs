//! Sessions at work: a one-time code becomes a cookie once, and a cookie finds what its launch may
//! still do. What is kept in the process is used only while nothing it rests on was revoked and no
//! clock has run out.

use std::sync::Arc;
use std::time::Duration;

use agent_factory_audit::{EventError, Phase, Trail, code};
use agent_factory_policies::Operation;
use moka::sync::Cache;

use super::hand_over::{AgentHost, HandOverCode};
use super::launch_record::LaunchRecord;
use super::opening::session_location;
use crate::clock::Timestamp;
use crate::dice::{Dice, DiceError};
use crate::disclosure::{
    ActorIs, Circumstance, CounterSnapshot, FactsError, Gathered, Grounds, RevocationScope,
    Revocations, Situation, entry_id,
};
use crate::ids::TenantId;
use crate::key_custody::{KeyCustody, KeyCustodyError};
use crate::manifest::Manifest;
use crate::store::{
    Agent, AgentStanding, DeploymentStanding, RegistrationStanding, Session, Store, StoreError,
    Tenant, TenantStanding,
};
use crate::vault::{OpenError, PersonKeyPurpose, Purpose, Sealed, Secret32, TenantKeys};

/// At most so many sessions are kept ready in the process.
const MAX_LIVE: u64 = 50_000;

/// A kept session is read again after this long, whatever the counters say.
const LIVE_FOR: Duration = Duration::from_secs(60);

/// Why a session cannot be used. Nothing is admitted.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The database did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A key is not at hand.
    #[error(transparent)]
    Key(#[from] KeyCustodyError),
    /// What the launch left does not open.
    #[error("the launch record does not open")]
    Open(#[from] OpenError),
    /// Facts could not be gathered.
    #[error(transparent)]
    Facts(#[from] FactsError),
    /// An entry could not be built.
    #[error("the entry could not be built")]
    Event(#[from] EventError),
    /// A stored manifest is no manifest.
    #[error("a stored manifest is no manifest")]
    Manifest,
    /// There was no randomness.
    #[error(transparent)]
    Dice(#[from] DiceError),
}

impl SessionError {
    /// A stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Store(error) => error.code(),
            Self::Key(error) => error.code(),
            Self::Open(_) => "launch-record-not-openable",
            Self::Facts(error) => error.code(),
            Self::Event(_) => "entry-not-writable",
            Self::Manifest => "manifest-corrupt",
            Self::Dice(_) => "no-randomness",
        }
    }
}

/// A session, and everything a request in it needs.
pub struct LiveSession {
    /// The session.
    pub session: Session,
    /// The institution.
    pub tenant: Tenant,
    /// The agent.
    pub agent: Agent,
    /// Its manifest.
    pub manifest: Manifest,
    /// What the launch left.
    pub launch: LaunchRecord,
    /// The tenant's keys, for pseudonyms.
    pub keys: Arc<TenantKeys>,
    /// The facts of a request in it.
    pub gathered: Gathered,
    /// The counters they were gathered under.
    pub counters: CounterSnapshot,
    read_at: Timestamp,
}

impl std::fmt::Debug for LiveSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LiveSession")
            .field("session", &self.session.session_id)
            .finish_non_exhaustive()
    }
}

impl LiveSession {
    /// Whether it may still be used without reading it again.
    pub fn holds(&self, revocations: &Revocations, now: Timestamp) -> bool {
        now < self.gathered.valid_until
            && now < self.session.expires_at
            && now < self.read_at.plus(LIVE_FOR)
            && revocations.unchanged(&self.counters)
    }
}

/// A code that became a cookie.
#[derive(Debug)]
pub struct Redemption {
    /// The session.
    pub session: Session,
    /// The secret of its cookie.
    pub cookie: Secret32,
}

/// Finds sessions.
#[derive(Clone)]
pub struct Sessions {
    store: Store,
    custody: KeyCustody,
    revocations: Arc<Revocations>,
    live: Cache<(TenantId, [u8; 32]), Arc<LiveSession>>,
    dice: Dice,
}

impl Sessions {
    /// Sessions over a store.
    pub fn new(
        store: Store,
        custody: KeyCustody,
        revocations: Arc<Revocations>,
        dice: Dice,
    ) -> Self {
        let live = Cache::builder()
            .max_capacity(MAX_LIVE)
            .time_to_live(LIVE_FOR)
            .build();
        Self {
            store,
            custody,
            revocations,
            live,
            dice,
        }
    }

    /// Redeems a one-time code on the host it was made for; `None` when there is no such code, it
    /// was redeemed, it lapsed, or it is of another host.
    ///
    /// # Errors
    /// [`SessionError`].
    pub async fn redeem(
        &self,
        host: &AgentHost,
        code: &HandOverCode,
        now: Timestamp,
    ) -> Result<Option<Redemption>, SessionError> {
        let Some(tenant) = self
            .store
            .directory()
            .tenants()
            .find_by_slug(&host.tenant)
            .await?
        else {
            return Ok(None);
        };
        let cookie = Secret32::generate(self.dice)?;
        let mut unit = self.store.tenant(tenant.tenant_id).begin().await?;
        let found = unit
            .sessions()
            .redeem(&code.hash(), host.s.as_str(), now, &cookie.hash())
            .await?;
        let Some(session) = found else {
            return Ok(None);
        };
        let agent = unit.agents().find(session.agent_id).await?;
        if agent.is_none_or(|agent| agent.slug != host.agent) {
            return Ok(None);
        }
        unit.commit().await?;
        Ok(Some(Redemption { session, cookie }))
    }

    /// The live session of a cookie on a host; `None` when there is none, it ended, or it belongs
    /// to another host.
    ///
    /// # Errors
    /// [`SessionError`].
    pub async fn find(
        &self,
        host: &AgentHost,
        tenant: TenantId,
        cookie: &Secret32,
        now: Timestamp,
    ) -> Result<Option<Arc<LiveSession>>, SessionError> {
        let key = (tenant, cookie.hash());
        let held = self
            .live
            .get(&key)
            .filter(|live| live.holds(&self.revocations, now));
        let live = if let Some(live) = held {
            live
        } else if let Some(live) = self.read(tenant, &key.1, now).await? {
            let live = Arc::new(live);
            self.live.insert(key, live.clone());
            live
        } else {
            self.live.invalidate(&key);
            return Ok(None);
        };
        let same = live.session.host_label == host.s.as_str()
            && live.agent.slug == host.agent
            && live.tenant.slug == host.tenant;
        Ok(same.then_some(live))
    }

    /// Ends a session at its own person's word: the row, the counter and the entry in one commit.
    ///
    /// # Errors
    /// [`SessionError`]; then nothing ended.
    pub async fn sign_out(&self, live: &LiveSession, now: Timestamp) -> Result<(), SessionError> {
        let (tenant, session) = (live.tenant.tenant_id, live.session.session_id);
        let mut circumstance = Circumstance::new(tenant, code!("sign-out"));
        circumstance.actor = live.session.actor_person_id;
        circumstance.agent = Some(live.agent.agent_id);
        circumstance.session = Some(session);
        let event = circumstance
            .event(entry_id(self.dice, now)?, now, Trail::Activity, Phase::Note)?
            .outcome(code!("ended"));
        let mut unit = self.store.tenant(tenant).begin().await?;
        unit.sessions().end(session, now, "signed-out").await?;
        let (scope, id) = RevocationScope::Session(session).to_row();
        unit.directory()
            .revocations()
            .raise(tenant, scope, &id, now)
            .await?;
        unit.commit_recording(vec![event]).await?;
        self.revocations.read_soon();
        Ok(())
    }

    /// Reads a session again, for a stream that is admitted anew.
    ///
    /// # Errors
    /// [`SessionError`].
    pub async fn reread(
        &self,
        live: &LiveSession,
        now: Timestamp,
    ) -> Result<Option<LiveSession>, SessionError> {
        match live.session.cookie_hash {
            Some(hash) => self.read(live.tenant.tenant_id, &hash, now).await,
            None => Ok(None),
        }
    }

    #[expect(
        clippy::too_many_lines,
        reason = "one straight walk from the cookie to the facts"
    )]
    async fn read(
        &self,
        tenant_id: TenantId,
        cookie_hash: &[u8; 32],
        now: Timestamp,
    ) -> Result<Option<LiveSession>, SessionError> {
        let keys = self.custody.tenant(tenant_id).await?;
        let tenancy = self.store.tenant(tenant_id);
        let first = tenancy
            .read()
            .await?
            .sessions()
            .find_by_cookie(cookie_hash)
            .await?;
        let Some(scopes) = first.as_ref().map(scopes) else {
            return Ok(None);
        };
        // Before the view that everything is read in: a revocation in between is seen as a change.
        let counters = self.revocations.snapshot(tenant_id, &scopes);
        let mut unit = tenancy.read().await?;
        let Some(session) = unit.sessions().find_by_cookie(cookie_hash).await? else {
            return Ok(None);
        };
        if session.ended_at.is_some() || session.expires_at <= now {
            return Ok(None);
        }
        let Some(tenant) = unit.directory().tenants().find(tenant_id).await? else {
            return Ok(None);
        };
        let Some(agent) = unit.agents().find(session.agent_id).await? else {
            return Ok(None);
        };
        let deployment = unit
            .directory()
            .deployments()
            .get(session.deployment_row_id)
            .await?;
        let Some(deployment) = deployment else {
            return Ok(None);
        };
        let served = tenant.standing == TenantStanding::Active
            && agent.standing == AgentStanding::Active
            && deployment.standing == DeploymentStanding::Active
            && deployment.tenant_id == Some(tenant_id);
        if !served {
            return Ok(None);
        }
        let registration = unit
            .directory()
            .registrations()
            .get(deployment.registration_id)
            .await?;
        if registration
            .as_ref()
            .is_none_or(|r| r.standing != RegistrationStanding::Active)
        {
            return Ok(None);
        }
        let manifest: Manifest =
            serde_json::from_value(agent.manifest.clone()).map_err(|_| SessionError::Manifest)?;
        let at = session_location(&keys, session.session_id);
        let sealed: Sealed<LaunchRecord> = Sealed::from_bytes(session.launch.as_slice().to_vec());
        let opened = match session.actor_person_id {
            Some(person) => {
                let purpose = PersonKeyPurpose::Content;
                let key = self.custody.person_key(&mut unit, person, purpose).await?;
                key.open(at, &sealed, Purpose::Assertion)?
            }
            None => keys.open(at, &sealed, Purpose::Assertion)?,
        };
        let launch: LaunchRecord = (*opened).clone();
        let grounds = Grounds::read(
            &mut unit,
            agent.agent_id,
            (session.actor_person_id, session.subject_person_id),
            session.context_row_id,
        )
        .await?;
        let own = session.actor_person_id == session.subject_person_id;
        let situation = Situation {
            tenant: &tenant,
            agent: agent.agent_id,
            manifest: &manifest,
            launch: launch.facts(),
            subject: session.subject_person_id,
            actor_is_subject: if own {
                ActorIs::Subject
            } else {
                ActorIs::Another
            },
            context: session.context_row_id,
            preset: registration.as_ref().and_then(|r| r.preset.as_deref()),
        };
        let gathered = grounds.facts(&situation, Operation::AgentRequest, now)?;
        Ok(Some(LiveSession {
            session,
            tenant,
            agent,
            manifest,
            launch,
            keys,
            gathered,
            counters,
            read_at: now,
        }))
    }
}

/// Everything whose revocation touches a session.
fn scopes(session: &Session) -> Vec<RevocationScope> {
    let mut scopes = vec![
        RevocationScope::Tenant,
        RevocationScope::Agent(session.agent_id),
        RevocationScope::Deployment(session.deployment_row_id),
        RevocationScope::Session(session.session_id),
    ];
    scopes.extend(session.context_row_id.map(RevocationScope::Context));
    scopes.extend(session.actor_person_id.map(RevocationScope::Person));
    scopes.extend(session.subject_person_id.map(RevocationScope::Person));
    scopes
}
