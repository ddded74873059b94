//! The gate: facts in, a decision, an entry in the log that is durable, and only then something to
//! spend. Nothing else in the gateway asks the engine about a request, and nothing else can make an
//! [`Admitted`].

use std::collections::BTreeMap;
use std::sync::Arc;

use agent_factory_audit::{self as audit, Code, EntryId, Event, Phase, code};
use agent_factory_policies::{
    Decision, DecisionCache, Disclosure, Disposition, Element, Engine, Facts, Refusal, RefusalCause,
};

use super::record::{self, Circumstance};
use crate::clock::{Clock, Timestamp};
use crate::dice::{Dice, DiceError};
use crate::store::{Hot, HotOutcome, HotWrite, StoreError};

/// Why the gate could not answer. Nothing was admitted; the answer to the world is 503.
#[derive(Debug, thiserror::Error)]
pub enum GateError {
    /// The log could not be written.
    #[error("the entry could not be made durable")]
    Log(#[from] StoreError),
    /// An entry could not be put into words.
    #[error("the entry could not be put into words")]
    Entry(#[from] audit::WordError),
    /// An entry's instant or shape is outside the log's rules.
    #[error("the entry could not be built")]
    Event(#[from] audit::EventError),
    /// An open entry was lost between two lines; never met.
    #[error("the open entry was lost")]
    Lost,
    /// There was no randomness for an id.
    #[error(transparent)]
    Dice(#[from] DiceError),
}

impl GateError {
    /// A stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Log(error) => error.code(),
            Self::Entry(_) | Self::Event(_) | Self::Lost => "entry-not-writable",
            Self::Dice(_) => "no-randomness",
        }
    }
}

/// What a request came to.
#[derive(Debug)]
pub enum Admission {
    /// It may be carried to the agent.
    Admitted(Box<Admitted>),
    /// It may not; the refusal is on record.
    Refused(Refusal),
}

/// What a launch came to.
#[derive(Debug)]
pub enum LaunchAdmission {
    /// Everything the launch writes is durable.
    Admitted(Disclosure),
    /// A decision against, on record.
    Refused(Refusal),
    /// The nonce had been used; on record, nothing else written.
    Replayed,
    /// Another launch wrote the same person or placement first; nothing was written, try again.
    Raced,
}

/// A request that may be carried: the permit and its durable, open entry.
///
/// ```compile_fail
/// use agent_factory::disclosure::{Admitted, OpenEntry};
/// use agent_factory_policies::Disclosure;
/// fn forge(disclosure: Disclosure, open: OpenEntry) -> Admitted {
///     Admitted { disclosure, open }
/// }
/// ```
///
/// What may be done with one:
///
/// ```
/// use agent_factory::disclosure::{Admitted, OpenEntry};
/// use agent_factory_policies::Disclosure;
/// fn spend(admitted: Admitted) -> (Disclosure, OpenEntry) {
///     (admitted.disclosure().clone(), admitted.into_open_entry())
/// }
/// ```
#[derive(Debug)]
#[must_use = "an admission that is not spent closes its entry as abandoned"]
pub struct Admitted {
    disclosure: Disclosure,
    open: OpenEntry,
}

impl Admitted {
    /// The permit.
    pub fn disclosure(&self) -> &Disclosure {
        &self.disclosure
    }

    /// The id of the open entry.
    pub fn entry(&self) -> EntryId {
        self.open.id
    }

    /// Spends the permit; what remains is to close the entry.
    pub fn into_open_entry(self) -> OpenEntry {
        self.open
    }
}

/// How a deed ended.
#[derive(Debug, Clone)]
pub struct Ending {
    /// `completed`, `client-gone`, `cut`, ...
    pub outcome: Code,
    /// The status the agent answered with.
    pub status: Option<u16>,
    /// Bytes of body sent to the agent.
    pub request_bytes: u64,
    /// Bytes of body that came back.
    pub response_bytes: u64,
}

/// An entry that was opened and has not been closed. Dropped, it closes itself.
#[must_use]
pub struct OpenEntry {
    id: EntryId,
    circumstance: Option<Circumstance>,
    trail: audit::Trail,
    hot: Hot,
    clock: Arc<dyn Clock>,
    dice: Dice,
}

impl std::fmt::Debug for OpenEntry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpenEntry")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl OpenEntry {
    /// Closes the entry. Not waited for: the deed is done, and an entry that stays open is itself
    /// visible.
    pub fn close(mut self, ending: &Ending) {
        self.write(ending);
    }

    fn write(&mut self, ending: &Ending) {
        let Some(circumstance) = self.circumstance.take() else {
            return;
        };
        let now = self.clock.now();
        let event = closing(self.dice, &circumstance, (self.id, self.trail), now, ending);
        let Ok(event) = event else {
            tracing::error!(entry = %self.id, "an entry could not be closed");
            return;
        };
        let write = HotWrite::of_events(circumstance.tenant, vec![event]);
        let owed = self.hot.owe(write);
        let id = self.id;
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                if let Err(error) = owed.settled().await {
                    tracing::error!(entry = %id, code = error.code(), "an entry stays open");
                }
            });
        }
    }
}

impl Drop for OpenEntry {
    fn drop(&mut self) {
        self.write(&Ending {
            outcome: code!("abandoned"),
            status: None,
            request_bytes: 0,
            response_bytes: 0,
        });
    }
}

fn closing(
    dice: Dice,
    circumstance: &Circumstance,
    (of, trail): (EntryId, audit::Trail),
    now: Timestamp,
    ending: &Ending,
) -> Result<Event, GateError> {
    let id = entry_id(dice, now)?;
    let mut event = circumstance
        .event(id, now, trail, Phase::Close { of })?
        .outcome(ending.outcome.clone())
        .bytes(ending.request_bytes, ending.response_bytes);
    if let Some(status) = ending.status {
        event = event.status(status);
    }
    Ok(event)
}

/// A new entry's id.
///
/// # Errors
/// [`DiceError`] when there is no randomness.
pub fn entry_id(dice: Dice, now: Timestamp) -> Result<EntryId, DiceError> {
    Ok(EntryId::from_bytes(*dice.uuid_v7(now)?.as_bytes()))
}

/// The one door to the engine for requests.
#[derive(Clone)]
pub struct Gate {
    engine: Arc<Engine>,
    decisions: Arc<DecisionCache>,
    hot: Hot,
    clock: Arc<dyn Clock>,
    dice: Dice,
}

impl Gate {
    /// A gate over an engine and a log.
    pub fn new(
        engine: Arc<Engine>,
        decisions: Arc<DecisionCache>,
        hot: Hot,
        clock: Arc<dyn Clock>,
        dice: Dice,
    ) -> Self {
        Self {
            engine,
            decisions,
            hot,
            clock,
            dice,
        }
    }

    /// What the rules say of these facts. It admits nothing: see [`Self::admit_request`].
    fn decide(&self, facts: &Facts) -> Arc<Decision> {
        let decision = self.decisions.decide(&self.engine, facts);
        if let Decision::Refused(refusal) = decision.as_ref() {
            let reason = refusal
                .codes()
                .first()
                .map_or(Refusal::NO_LEGAL_BASIS, |code| code);
            metrics::counter!("refusals_total", "code" => reason.to_owned()).increment(1);
            if refusal.cause() == RefusalCause::EvaluationError {
                metrics::counter!("evaluation_errors_total").increment(1);
                tracing::error!("a rule could not be evaluated; the request was refused");
            }
        }
        decision
    }

    /// Decides about a launch and writes everything it writes in one commit: nonce, person,
    /// session and entry when permitted; nonce, person and entry when refused.
    ///
    /// # Errors
    /// [`GateError`]; then nothing was written and nothing may be shown.
    pub async fn admit_launch(
        &self,
        facts: &Facts,
        circumstance: &Circumstance,
        mut write: HotWrite,
    ) -> Result<LaunchAdmission, GateError> {
        let decision = self.decide(facts);
        let now = self.clock.now();
        let id = entry_id(self.dice, now)?;
        let event = circumstance
            .event(id, now, record::trail(&decision), Phase::Note)?
            .outcome(record::outcome(&decision));
        write.events.push(record::with_decision(event, &decision)?);
        let replayed = circumstance
            .event(
                entry_id(self.dice, now)?,
                now,
                audit::Trail::Security,
                Phase::Note,
            )?
            .outcome(code!("replayed"));
        write.events_if_replayed.push(replayed);
        if let Decision::Refused(_) = decision.as_ref() {
            write.session = None;
            write.placement = None;
        }
        Ok(match self.hot.submit(write).await? {
            HotOutcome::Replayed { .. } => LaunchAdmission::Replayed,
            HotOutcome::PersonRaced | HotOutcome::ContextRaced | HotOutcome::PlacementRaced => {
                LaunchAdmission::Raced
            }
            HotOutcome::Written { .. } => match decision.as_ref() {
                Decision::Permitted(disclosure) => LaunchAdmission::Admitted(disclosure.clone()),
                Decision::Refused(refusal) => LaunchAdmission::Refused(refusal.clone()),
            },
        })
    }

    /// Decides about one request to an agent and opens its entry; durable when it returns.
    ///
    /// # Errors
    /// [`GateError`]; then nothing may be sent.
    pub async fn admit_request(
        &self,
        facts: &Facts,
        circumstance: Circumstance,
    ) -> Result<Admission, GateError> {
        let decision = self.decide(facts);
        let now = self.clock.now();
        let id = entry_id(self.dice, now)?;
        let phase = match decision.as_ref() {
            Decision::Permitted(_) => Phase::Open,
            Decision::Refused(_) => Phase::Note,
        };
        let trail = record::trail(&decision);
        let event = circumstance
            .event(id, now, trail, phase)?
            .outcome(record::outcome(&decision));
        let event = record::with_decision(event, &decision)?;
        let write = HotWrite::of_events(circumstance.tenant, vec![event]);
        // Made before the write is waited for: a client that hangs up during the commit leaves an
        // entry that closes itself, and the queue keeps the order of the two.
        let mut open = decision.permitted().map(|_| OpenEntry {
            id,
            circumstance: Some(circumstance),
            trail,
            hot: self.hot.clone(),
            clock: self.clock.clone(),
            dice: self.dice,
        });
        if let Err(error) = self.hot.submit(write).await {
            if let Some(open) = &mut open {
                open.circumstance = None;
            }
            return Err(error.into());
        }
        match (decision.as_ref(), open) {
            (Decision::Permitted(disclosure), Some(open)) => {
                let disclosure = disclosure.clone();
                Ok(Admission::Admitted(Box::new(Admitted { disclosure, open })))
            }
            (Decision::Refused(refusal), _) => Ok(Admission::Refused(refusal.clone())),
            (Decision::Permitted(_), None) => Err(GateError::Lost),
        }
    }

    /// What the rules would let pass in this situation, element by element, to tell the person it
    /// is about; `None` when they would refuse. It admits nothing.
    pub fn preview(&self, facts: &Facts) -> Option<BTreeMap<Element, Disposition>> {
        let decision = self.decisions.decide(&self.engine, facts);
        decision.permitted().map(|permit| permit.elements().clone())
    }

    /// Records something that needs no decision: a note in a tenant's log, durable on return.
    ///
    /// # Errors
    /// [`GateError`] when the log could not be written.
    pub async fn record(
        &self,
        circumstance: &Circumstance,
        trail: audit::Trail,
        outcome: Code,
    ) -> Result<EntryId, GateError> {
        let now = self.clock.now();
        let id = entry_id(self.dice, now)?;
        let event = circumstance
            .event(id, now, trail, Phase::Note)?
            .outcome(outcome);
        self.hot
            .submit(HotWrite::of_events(circumstance.tenant, vec![event]))
            .await?;
        Ok(id)
    }
}
