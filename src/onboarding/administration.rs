//! How an operator's change is made: one unit of work, one commit, with the entry that tells of it,
//! the counters it raises and the answer kept for a repeated request. Nothing is changed otherwise.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use agent_factory_audit::{Code, Digest, Event, Phase, Trail, canonical};
use serde::Serialize;

use super::{Caller, OperatorError};
use crate::clock::Timestamp;
use crate::dice::Dice;
use crate::disclosure::{RevocationScope, entry_id};
use crate::gateway::Gateway;
use crate::ids::TenantId;
use crate::store::{IdempotencyKey, Unit};
use crate::vault::TenantKeys;

/// How long an answer is kept for a request that is sent again; ours.
const ANSWER_LIFE: Duration = Duration::from_secs(24 * 3600);

/// Under which key an answer is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptUnder {
    /// SHA-256 of credential and key.
    pub key_hash: [u8; 32],
    /// The method and path.
    pub route: String,
    /// SHA-256 of the body.
    pub body_hash: [u8; 32],
    /// The status that is answered.
    pub status: u16,
}

/// An operator's request: by whom, when, and how it is answered again.
#[derive(Clone)]
pub struct Deed {
    /// The gateway.
    pub gateway: Arc<Gateway>,
    /// Who asks.
    pub caller: Caller,
    /// When.
    pub now: Timestamp,
    /// Where the answer is kept.
    pub kept_under: Option<KeptUnder>,
}

impl std::fmt::Debug for Deed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Deed")
    }
}

impl Deed {
    /// Begins a change inside a tenant.
    ///
    /// # Errors
    /// [`OperatorError::Store`].
    pub async fn begin(&self, tenant: TenantId) -> Result<Change<'_>, OperatorError> {
        let unit = self.gateway.store.tenant(tenant).begin().await?;
        Ok(Change {
            deed: self,
            unit,
            events: Vec::new(),
            revoked: BTreeSet::new(),
        })
    }

    /// One consistent view of a tenant.
    ///
    /// # Errors
    /// [`OperatorError::Store`].
    pub async fn read(&self, tenant: TenantId) -> Result<Unit, OperatorError> {
        Ok(self.gateway.store.tenant(tenant).read().await?)
    }
}

/// A change under way. Dropped, it leaves no trace.
#[must_use]
#[derive(Debug)]
pub struct Change<'d> {
    deed: &'d Deed,
    /// The unit of work.
    pub unit: Unit,
    events: Vec<Event>,
    revoked: BTreeSet<RevocationScope>,
}

impl Change<'_> {
    /// What happened, for the administration trail; `shape` adds what it was about.
    ///
    /// # Errors
    /// [`OperatorError`] when the event cannot be described.
    pub fn record(
        &mut self,
        action: Code,
        shape: impl FnOnce(Event) -> Event,
    ) -> Result<(), OperatorError> {
        let event = plain_event(
            self.deed.gateway.dice,
            self.deed.now,
            Trail::Administration,
            action,
        )?;
        self.events
            .push(shape(event.actor(self.deed.caller.opaque())));
        Ok(())
    }

    /// Decisions that rest on this are made anew once it is committed.
    pub fn revoke(&mut self, scope: RevocationScope) {
        self.revoked.insert(scope);
    }

    /// Commits rows, counters, kept answer and entries as one.
    ///
    /// # Errors
    /// [`OperatorError`]; then nothing may be relied on.
    pub async fn finish<T: Serialize>(self, answer: &T) -> Result<(), OperatorError> {
        let Self {
            deed,
            mut unit,
            events,
            revoked,
        } = self;
        let tenant = unit.tenant();
        // In one order in every process, so that two changes never wait for each other.
        for scope in &revoked {
            let (scope, id) = scope.to_row();
            unit.directory()
                .revocations()
                .raise(tenant, scope, &id, deed.now)
                .await?;
        }
        if let Some(kept) = &deed.kept_under {
            let response = serde_json::to_value(answer).map_err(|_| OperatorError::Unwritable)?;
            let row = IdempotencyKey {
                key_hash: kept.key_hash,
                route: kept.route.clone(),
                body_hash: kept.body_hash,
                status: i64::from(kept.status),
                response,
                created_at: deed.now,
                expires_at: deed.now.plus(ANSWER_LIFE),
            };
            unit.idempotency_keys().forget_expired(deed.now).await?;
            unit.idempotency_keys()
                .insert(&row)
                .await
                .map_err(OperatorError::on_conflict(
                    "idempotency_keys_pkey",
                    "idempotency-key-in-use",
                    "the same request is being answered at this moment",
                ))?;
        }
        unit.commit_recording(events).await?;
        if !revoked.is_empty() {
            deed.gateway.revocations.read_soon();
        }
        Ok(())
    }
}

/// An event of its own, with nothing but what happened.
pub(super) fn plain_event(
    dice: Dice,
    now: Timestamp,
    trail: Trail,
    action: Code,
) -> Result<Event, OperatorError> {
    let id = entry_id(dice, now)?;
    Ok(Event::new(
        id,
        now.to_offset_date_time(),
        trail,
        Phase::Note,
        action,
    )?)
}

fn canonical_bytes<T: Serialize>(thing: &T) -> Result<Vec<u8>, OperatorError> {
    let value = serde_json::to_value(thing).map_err(|_| OperatorError::Unwritable)?;
    // Settings may hold fractions, which canonical bytes do not: then the plain bytes count.
    canonical(&value)
        .or_else(|_| serde_json::to_vec(&value))
        .map_err(|_| OperatorError::Unwritable)
}

/// The hash of a thing as it stands, for before and after.
///
/// # Errors
/// [`OperatorError::Unwritable`].
pub fn digest_of<T: Serialize>(thing: &T) -> Result<Digest, OperatorError> {
    Ok(Digest::of(&[&canonical_bytes(thing)?]))
}

/// The same for what is about a person, under the tenant's key: a plain hash of so few possible
/// values would tell which it is.
///
/// # Errors
/// [`OperatorError::Unwritable`].
pub fn keyed_digest_of<T: Serialize>(
    keys: &TenantKeys,
    thing: &T,
) -> Result<Digest, OperatorError> {
    let bytes = canonical_bytes(thing)?;
    Ok(Digest::from_bytes(
        keys.blind_index("administration.hash", &[&bytes]),
    ))
}
