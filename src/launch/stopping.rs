//! A launch that opens no agent: counted when nothing was verified, recorded with its nonce used up
//! when signature and binding were shown. It must never say a cause before that.

use agent_factory_audit::{Code, Detail, Label, OpaqueId, Phase, Trail, code};
use agent_factory_lti::{LaunchMessage, Standing};

use super::complete_launch::{Arrival, LaunchFailure, LaunchOutcome, Launches, NONCE_SLACK, count};
use super::launch_stop::{LaunchStop, LikelyChild, Reader, StopReason};
use super::login_state::LoginStateError;
use super::reference::hash;
use super::verify_launch::{RefusedLaunch, VerifiedLaunch, VerifyLaunchError};
use crate::clock::Timestamp;
use crate::disclosure::{Circumstance, GateError, entry_id};
use crate::ids::{DeploymentRowId, TenantId};
use crate::store::{HotOutcome, HotWrite, NewNonce, TenantKind};

impl Launches {
    /// Refuses what failed before signature and binding were shown: counted, nothing used up, no
    /// cause shown. The console finds the cause by the reference.
    pub(super) fn refuse_unverified(
        &self,
        error: &VerifyLaunchError,
        reference: String,
        now: Timestamp,
    ) -> LaunchOutcome {
        self.refused_before
            .count(error.code(), "lti-launch", None, now);
        tracing::warn!(
            code = error.code(),
            reference,
            "a launch was refused before verification"
        );
        let reason = match error {
            VerifyLaunchError::BindingMissing => StopReason::BindingMissing,
            VerifyLaunchError::TooFast => StopReason::TooFast,
            VerifyLaunchError::State(LoginStateError::Expired) => StopReason::Expired,
            _ => StopReason::NotGenuine,
        };
        count(reason.code());
        LaunchOutcome::Stopped(LaunchStop {
            reason,
            reference,
            reader: Reader::UNKNOWN,
            locale: None,
        })
    }

    /// Refuses a launch that is signed and bound but fails a check: its nonce is used up, and the
    /// check stands in the entry.
    pub(super) async fn refuse_signed(
        &self,
        refused: &RefusedLaunch,
        reference: String,
        now: Timestamp,
    ) -> Result<LaunchOutcome, LaunchFailure> {
        let registration = &refused.registration;
        let found = match &refused.deployment_id {
            Some(id) => {
                let deployments = self.store.directory().deployments();
                deployments.find(registration.registration_id, id).await?
            }
            None => None,
        };
        let tenant = found
            .as_ref()
            .and_then(|deployment| deployment.tenant_id)
            .unwrap_or(registration.owner_tenant_id);
        let mut circumstance = Circumstance::new(tenant, code!("launch"));
        circumstance.deployment = found.map(|deployment| deployment.deployment_row_id);
        circumstance.reference = OpaqueId::parse(reference.clone()).ok();
        if let Ok(check) = Label::parse(refused.code) {
            circumstance
                .details
                .push((code!("check"), Detail::Text(check)));
        }
        let nonce = (!refused.nonce.is_empty()).then(|| NewNonce {
            registration_id: registration.registration_id,
            nonce_hash: hash(refused.nonce.as_bytes()),
            expires_at: now.plus(NONCE_SLACK),
        });
        let replayed = self
            .write_note(&circumstance, nonce, code!("refused"), Trail::Security, now)
            .await?;
        let reason = match (replayed, refused.code) {
            (Replayed::Yes, _) => StopReason::Replayed,
            (Replayed::No, "expired") => StopReason::Expired,
            (Replayed::No, "message-type-unsupported") => StopReason::UnsupportedMessage,
            (Replayed::No, _) => StopReason::NotGenuine,
        };
        count(refused.code);
        tracing::warn!(
            code = refused.code,
            reference,
            "a signed launch was refused"
        );
        Ok(LaunchOutcome::Stopped(LaunchStop {
            reason,
            reference,
            reader: Reader::UNKNOWN,
            locale: None,
        }))
    }

    /// Stops a genuine launch for a reason that needs no decision; the nonce is used up.
    pub(super) async fn stop(
        &self,
        arrival: &Arrival<'_>,
        tenant: TenantId,
        deployment: Option<DeploymentRowId>,
        reason: StopReason,
        kind: Option<TenantKind>,
    ) -> Result<LaunchOutcome, LaunchFailure> {
        let mut circumstance = Circumstance::new(tenant, code!("launch"));
        circumstance.deployment = deployment;
        circumstance.reference = OpaqueId::parse(arrival.reference.clone()).ok();
        if let Ok(stopped) = Label::parse(reason.code()) {
            circumstance
                .details
                .push((code!("stopped"), Detail::Text(stopped)));
        }
        let nonce = Some(Self::nonce(arrival.launch, arrival.now));
        let outcome = code!("stopped");
        let replayed = self
            .write_note(&circumstance, nonce, outcome, Trail::Activity, arrival.now)
            .await?;
        let reason = if replayed == Replayed::Yes {
            StopReason::Replayed
        } else {
            reason
        };
        count(reason.code());
        Ok(LaunchOutcome::Stopped(LaunchStop {
            reason,
            reference: arrival.reference.clone(),
            reader: reader(&arrival.launch.message, kind),
            locale: arrival.launch.message.presentation().locale.clone(),
        }))
    }

    async fn write_note(
        &self,
        circumstance: &Circumstance,
        nonce: Option<NewNonce>,
        outcome: Code,
        trail: Trail,
        now: Timestamp,
    ) -> Result<Replayed, LaunchFailure> {
        let event = |outcome: Code, trail| -> Result<_, GateError> {
            let id = entry_id(self.dice, now)?;
            Ok(circumstance
                .event(id, now, trail, Phase::Note)?
                .outcome(outcome))
        };
        let mut write = HotWrite::of_events(circumstance.tenant, vec![event(outcome, trail)?]);
        write.nonce = nonce;
        write.events_if_replayed = vec![event(code!("replayed"), Trail::Security)?];
        match self.store.hot().submit(write).await? {
            HotOutcome::Replayed { .. } => Ok(Replayed::Yes),
            _ => Ok(Replayed::No),
        }
    }

    pub(super) fn nonce(launch: &VerifiedLaunch, now: Timestamp) -> NewNonce {
        let expires = Timestamp::from_offset_date_time(launch.message.expires_at());
        NewNonce {
            registration_id: launch.registration.registration_id,
            nonce_hash: hash(launch.nonce.as_bytes()),
            expires_at: expires.max(now).plus(NONCE_SLACK),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Replayed {
    Yes,
    No,
}

fn reader(message: &LaunchMessage, kind: Option<TenantKind>) -> Reader {
    let standing = message.roles().standing();
    let learner = matches!(standing, Standing::Learner | Standing::None);
    let child = learner && kind == Some(TenantKind::K12);
    Reader {
        standing: Some(standing),
        child: if child {
            LikelyChild::Yes
        } else {
            LikelyChild::No
        },
    }
}
