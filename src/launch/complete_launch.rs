//! Someone has arrived: a genuine launch becomes a session, or a page that says what is missing.
//! Everything a launch writes goes into one commit with its entry, or nothing does.

use std::sync::Arc;
use std::time::Duration;

use agent_factory_audit::{Detail, OpaqueId, code};
use agent_factory_lti::MessageType;

use super::deployment::{self, Belonging};
use super::hand_over::HandOverCode;
use super::launch_stop::{LaunchStop, LikelyChild, Reader, StopReason};
use super::opening::{self, Opening, Prepared};
use super::reference::new_reference;
use super::verify_launch::{
    LaunchVerifier, PlatformAnswer, Verification, VerifiedLaunch, VerifyLaunchError,
};
use crate::clock::{Clock, Timestamp};
use crate::dice::{Dice, DiceError};
use crate::disclosure::{FactsError, Gate, GateError, LaunchAdmission, RefusedBefore};
use crate::ids::TenantId;
use crate::key_custody::{KeyCustody, KeyCustodyError};
use crate::launch::AgentHost;
use crate::store::{Deployment, NewPerson, Store, StoreError, Tenant, TenantStanding};
use crate::vault::SealError;

/// A launch that raced another is tried again so often.
const MAX_ATTEMPTS: usize = 4;

/// A nonce is kept this long after its token can no longer be valid.
pub(super) const NONCE_SLACK: Duration = Duration::from_secs(600);

/// What a launch led to.
#[derive(Debug)]
pub enum LaunchOutcome {
    /// An agent opens: hand this code to that host.
    Opened(OpenedLaunch),
    /// No agent opens.
    Stopped(LaunchStop),
}

/// A launch that opened a session.
#[derive(Debug)]
pub struct OpenedLaunch {
    /// The agent's own host for this launch.
    pub host: AgentHost,
    /// The one-time code.
    pub code: HandOverCode,
    /// The reader's language.
    pub locale: Option<String>,
}

/// Why a launch could be neither opened nor refused. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum LaunchFailure {
    /// The database did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A key is not at hand.
    #[error(transparent)]
    Key(#[from] KeyCustodyError),
    /// The gate could not answer.
    #[error(transparent)]
    Gate(#[from] GateError),
    /// Facts could not be gathered.
    #[error(transparent)]
    Facts(#[from] FactsError),
    /// A value could not be sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// A stored manifest is no manifest.
    #[error("a stored manifest is no manifest")]
    Manifest,
    /// There was no randomness.
    #[error(transparent)]
    Dice(#[from] DiceError),
    /// Other launches kept getting in between.
    #[error("the launch raced others too often")]
    Raced,
}

impl LaunchFailure {
    /// A stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Store(error) => error.code(),
            Self::Key(error) => error.code(),
            Self::Gate(error) => error.code(),
            Self::Facts(error) => error.code(),
            Self::Seal(error) => error.code(),
            Self::Manifest => "manifest-corrupt",
            Self::Dice(_) => "no-randomness",
            Self::Raced => "launch-raced",
        }
    }
}

/// Completes launches.
#[derive(Clone)]
pub struct Launches {
    /// Where rows lie.
    pub store: Store,
    /// Whether a launch is genuine.
    pub verifier: LaunchVerifier,
    /// Tenants' keys.
    pub custody: KeyCustody,
    /// The door to the engine and the log.
    pub gate: Gate,
    /// What is refused before anything is verified.
    pub refused_before: Arc<RefusedBefore>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The dice.
    pub dice: Dice,
    /// A session's life.
    pub session_life: Duration,
}

/// One launch on its way, after verification.
pub(super) struct Arrival<'a> {
    pub launch: &'a VerifiedLaunch,
    pub reference: String,
    pub now: Timestamp,
}

impl Launches {
    /// Completes a launch.
    ///
    /// # Errors
    /// [`LaunchFailure`]: the answer is 503, and nothing was used up.
    pub async fn complete(&self, answer: &PlatformAnswer) -> Result<LaunchOutcome, LaunchFailure> {
        let now = self.clock.now();
        let reference = new_reference(self.dice)?;
        let verified = match self.verifier.verify(answer, now).await {
            Ok(Verification::Genuine(launch)) => launch,
            Ok(Verification::Refused(refused)) => {
                return self.refuse_signed(&refused, reference, now).await;
            }
            Err(VerifyLaunchError::Store(error)) => return Err(error.into()),
            Err(error) => return Ok(self.refuse_unverified(&error, reference, now)),
        };
        let arrival = Arrival {
            launch: &verified,
            reference,
            now,
        };
        let belonging =
            deployment::resolve(&self.store, &self.gate, &verified, self.dice, now).await?;
        let (tenant, deployment) = match belonging {
            Belonging::Active(tenant, deployment) => (tenant, deployment),
            Belonging::Pending => {
                let deployment_id = verified.message.deployment_id().as_str().to_owned();
                let reason = StopReason::PendingDeployment { deployment_id };
                let owner = verified.registration.owner_tenant_id;
                return self.stop(&arrival, owner, None, reason, None).await;
            }
            Belonging::Disabled(tenant, deployment) => {
                let row = Some(deployment.deployment_row_id);
                return self
                    .stop(&arrival, tenant, row, StopReason::Suspended, None)
                    .await;
            }
        };
        self.arrive(&arrival, &tenant, &deployment).await
    }

    async fn arrive(
        &self,
        arrival: &Arrival<'_>,
        tenant: &Tenant,
        deployment: &Deployment,
    ) -> Result<LaunchOutcome, LaunchFailure> {
        let row = Some(deployment.deployment_row_id);
        let id = tenant.tenant_id;
        if tenant.standing != TenantStanding::Active {
            return self
                .stop(arrival, id, row, StopReason::Suspended, Some(tenant.kind))
                .await;
        }
        if !is_answered(arrival.launch.message.message_type()) {
            let reason = StopReason::UnsupportedMessage;
            return self.stop(arrival, id, row, reason, Some(tenant.kind)).await;
        }
        for _ in 0..MAX_ATTEMPTS {
            let prepared = opening::prepare(self, arrival.launch, tenant, deployment, arrival.now);
            let opening = match prepared.await? {
                Prepared::Ready(opening) => *opening,
                Prepared::Stops(reason) => {
                    return self.stop(arrival, id, row, reason, Some(tenant.kind)).await;
                }
                Prepared::Enter(new) => {
                    self.enter(id, &new).await?;
                    continue;
                }
            };
            if let Some(outcome) = self.admit(arrival, tenant, opening).await? {
                return Ok(outcome);
            }
        }
        Err(LaunchFailure::Raced)
    }

    /// Enters somebody a decision is about, with no other connection held. Who was entered by
    /// another launch meanwhile is found at the next attempt.
    async fn enter(&self, tenant: TenantId, new: &NewPerson) -> Result<(), LaunchFailure> {
        let mut unit = self.store.tenant(tenant).begin().await?;
        match unit.people().insert(new).await {
            Ok(()) => Ok(unit.commit().await?),
            Err(StoreError::Conflict { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// `None` when another launch wrote the same person or course first.
    #[expect(
        clippy::too_many_lines,
        reason = "each answer of the gate, one after the other"
    )]
    async fn admit(
        &self,
        arrival: &Arrival<'_>,
        tenant: &Tenant,
        opening: Opening,
    ) -> Result<Option<LaunchOutcome>, LaunchFailure> {
        let Opening {
            mut circumstance,
            mut write,
            gathered,
            agent,
            host_label,
            code,
            locale,
        } = opening;
        circumstance.reference = OpaqueId::parse(arrival.reference.clone()).ok();
        if !arrival.launch.target_as_announced {
            circumstance
                .details
                .push((code!("target-differs-from-login"), Detail::Flag(true)));
        }
        write.nonce = Some(Self::nonce(arrival.launch, arrival.now));
        let child = gathered.facts.counted_age() == agent_factory_policies::AgeBand::Under13;
        let reader = Reader {
            standing: Some(arrival.launch.message.roles().standing()),
            child: if child {
                LikelyChild::Yes
            } else {
                LikelyChild::No
            },
        };
        let stopped = |reason| {
            Ok(Some(LaunchOutcome::Stopped(LaunchStop {
                reason,
                reference: arrival.reference.clone(),
                reader,
                locale: locale.clone(),
            })))
        };
        match self
            .gate
            .admit_launch(&gathered.facts, &circumstance, write)
            .await
        {
            Ok(LaunchAdmission::Admitted(_)) => {
                count("opened");
                let host = AgentHost {
                    agent,
                    tenant: tenant.slug.clone(),
                    s: host_label,
                };
                Ok(Some(LaunchOutcome::Opened(OpenedLaunch {
                    host,
                    code,
                    locale,
                })))
            }
            Ok(LaunchAdmission::Refused(refusal)) => {
                count("refused");
                stopped(StopReason::Refused(Box::new(refusal)))
            }
            Ok(LaunchAdmission::Replayed) => {
                count("replayed");
                stopped(StopReason::Replayed)
            }
            Ok(LaunchAdmission::Raced) | Err(GateError::Log(StoreError::Conflict { .. })) => {
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// The messages that open an agent in this version; the others are recognised and answered by a
/// page.
fn is_answered(message_type: MessageType) -> bool {
    matches!(
        message_type,
        MessageType::ResourceLink | MessageType::Context
    )
}

pub(super) fn count(outcome: &'static str) {
    metrics::counter!("launches_total", "outcome" => outcome).increment(1);
}
