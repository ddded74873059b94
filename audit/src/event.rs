//! What is to be written, before it has a place in a log.
//!
//! It must never hold a value about a person: ids are opaque, texts are codes or short labels.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::canonical::MAX_SAFE_INTEGER;
use crate::{Code, Decision, Digest, EntryId, Label, OpaqueId};

/// The largest entry, in bytes of canonical JSON: its length must fit the two bytes that an entry
/// bundle gives it.
///
/// # Source
///
/// C2SP tlog-tiles, "Log entries".
pub const MAX_ENTRY_BYTES: usize = 65_535;

/// Which of the four trails an entry belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trail {
    /// Requests for, and disclosures of, a student's records (34 CFR 99.32).
    Disclosure,
    /// Launches, agent requests, grades.
    Activity,
    /// Who changed what, before and after.
    Administration,
    /// Attacks, failed credentials, break-glass.
    Security,
}

/// What an entry is to the deed it speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    /// The deed is about to be done.
    Open,
    /// The deed has ended.
    Close {
        /// The entry that opened it.
        of: EntryId,
    },
    /// The whole of it stands in this one entry.
    Note,
}

/// A further fact about an event, by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Detail {
    /// Yes or no.
    Flag(bool),
    /// A count, a size, an instant in microseconds: within ±(2^53 - 1).
    Number(i64),
    /// A short text.
    Text(Label),
    /// Short texts.
    List(Vec<Label>),
}

/// Why an event cannot be described.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    /// Its instant lies before 1970 or beyond what JSON readers keep exact.
    #[error("the event's instant is out of range")]
    TimeOutOfRange,
    /// Its phase and the entry it closes contradict each other.
    #[error("only a closing entry names the entry it closes")]
    Phase,
}

impl EventError {
    /// A stable code for logs and answers.
    pub fn code(self) -> &'static str {
        match self {
            Self::TimeOutOfRange => "audit-time-out-of-range",
            Self::Phase => "audit-phase-contradictory",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum PhaseName {
    Open,
    Close,
    Note,
}

/// A deed, described in pseudonyms, names and codes.
///
/// ```
/// use agent_factory_audit::{EntryId, Event, OpaqueId, Phase, Trail, code};
///
/// let at = time::OffsetDateTime::UNIX_EPOCH + time::Duration::days(20_000);
/// let event = Event::new(EntryId::from_bytes([7; 16]), at, Trail::Activity, Phase::Open, code!("launch"))?
///     .actor(OpaqueId::uuid([9; 16]))
///     .element(code!("given_name"), code!("withheld"));
/// assert_eq!(event.action().as_str(), "launch");
/// # Ok::<(), agent_factory_audit::EventError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    id: EntryId,
    at: i64,
    trail: Trail,
    phase: PhaseName,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    closes: Option<EntryId>,
    action: Code,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    actor: Option<OpaqueId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    subject: Option<OpaqueId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    agent: Option<OpaqueId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    deployment: Option<OpaqueId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    context: Option<OpaqueId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    resource: Option<OpaqueId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    session: Option<OpaqueId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    purpose: Option<Code>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    elements: BTreeMap<Code, Code>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    decision: Option<Decision>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    outcome: Option<Code>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    request_bytes: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    response_bytes: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reference: Option<OpaqueId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    before: Option<Digest>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    after: Option<Digest>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    commitment: Option<Digest>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    details: BTreeMap<Code, Detail>,
}

impl Event {
    /// An event with its necessary parts. The instant is kept in whole microseconds.
    ///
    /// # Errors
    ///
    /// [`EventError::TimeOutOfRange`].
    pub fn new(
        id: EntryId,
        at: OffsetDateTime,
        trail: Trail,
        phase: Phase,
        action: Code,
    ) -> Result<Self, EventError> {
        let at = i64::try_from(at.unix_timestamp_nanos().div_euclid(1_000))
            .map_err(|_| EventError::TimeOutOfRange)?;
        let (phase, closes) = match phase {
            Phase::Open => (PhaseName::Open, None),
            Phase::Close { of } => (PhaseName::Close, Some(of)),
            Phase::Note => (PhaseName::Note, None),
        };
        let event = Self {
            id,
            at,
            trail,
            phase,
            closes,
            action,
            actor: None,
            subject: None,
            agent: None,
            deployment: None,
            context: None,
            resource: None,
            session: None,
            purpose: None,
            elements: BTreeMap::new(),
            decision: None,
            outcome: None,
            status: None,
            request_bytes: None,
            response_bytes: None,
            reference: None,
            before: None,
            after: None,
            commitment: None,
            details: BTreeMap::new(),
        };
        event.consistent()?;
        Ok(event)
    }

    /// What a parsed event must also satisfy: serde has seen each field alone, not together.
    pub(crate) fn consistent(&self) -> Result<(), EventError> {
        if !(0..=MAX_SAFE_INTEGER).contains(&self.at) {
            return Err(EventError::TimeOutOfRange);
        }
        match (self.phase, self.closes) {
            (PhaseName::Close, Some(_)) | (PhaseName::Open | PhaseName::Note, None) => Ok(()),
            _ => Err(EventError::Phase),
        }
    }

    /// Who did it.
    #[must_use]
    pub fn actor(mut self, actor: OpaqueId) -> Self {
        self.actor = Some(actor);
        self
    }

    /// Whose records are meant.
    #[must_use]
    pub fn subject(mut self, subject: OpaqueId) -> Self {
        self.subject = Some(subject);
        self
    }

    /// Which agent received or asked.
    #[must_use]
    pub fn agent(mut self, agent: OpaqueId) -> Self {
        self.agent = Some(agent);
        self
    }

    /// The deployment it came through.
    #[must_use]
    pub fn deployment(mut self, deployment: OpaqueId) -> Self {
        self.deployment = Some(deployment);
        self
    }

    /// The course.
    #[must_use]
    pub fn context(mut self, context: OpaqueId) -> Self {
        self.context = Some(context);
        self
    }

    /// The thing acted on: a link, a consent, an agreement, a placement.
    #[must_use]
    pub fn resource(mut self, resource: OpaqueId) -> Self {
        self.resource = Some(resource);
        self
    }

    /// The session it happened in.
    #[must_use]
    pub fn session(mut self, session: OpaqueId) -> Self {
        self.session = Some(session);
        self
    }

    /// What the data was asked for.
    #[must_use]
    pub fn purpose(mut self, purpose: Code) -> Self {
        self.purpose = Some(purpose);
        self
    }

    /// What became of one data element, by its name: disclosed, tokenised, or why withheld.
    #[must_use]
    pub fn element(mut self, name: Code, disposition: Code) -> Self {
        self.elements.insert(name, disposition);
        self
    }

    /// The decision behind it.
    #[must_use]
    pub fn decision(mut self, decision: Decision) -> Self {
        self.decision = Some(decision);
        self
    }

    /// How it ended.
    #[must_use]
    pub fn outcome(mut self, outcome: Code) -> Self {
        self.outcome = Some(outcome);
        self
    }

    /// The status the other side answered with.
    #[must_use]
    pub fn status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// How many bytes of body went out, and how many came back.
    #[must_use]
    pub fn bytes(mut self, request: u64, response: u64) -> Self {
        self.request_bytes = Some(request);
        self.response_bytes = Some(response);
        self
    }

    /// The short id that people were shown.
    #[must_use]
    pub fn reference(mut self, reference: OpaqueId) -> Self {
        self.reference = Some(reference);
        self
    }

    /// The hash of the thing before the change.
    #[must_use]
    pub fn before(mut self, hash: Digest) -> Self {
        self.before = Some(hash);
        self
    }

    /// The hash of the thing after the change.
    #[must_use]
    pub fn after(mut self, hash: Digest) -> Self {
        self.after = Some(hash);
        self
    }

    /// The salted commitment to what is sealed beside the entry.
    #[must_use]
    pub fn commitment(mut self, commitment: Digest) -> Self {
        self.commitment = Some(commitment);
        self
    }

    /// A further fact.
    #[must_use]
    pub fn detail(mut self, name: Code, detail: Detail) -> Self {
        self.details.insert(name, detail);
        self
    }

    /// The id the entry will have.
    pub fn id(&self) -> EntryId {
        self.id
    }

    /// When it happened, in microseconds since 1970.
    pub fn at_micros(&self) -> i64 {
        self.at
    }

    /// Its trail.
    pub fn trail(&self) -> Trail {
        self.trail
    }

    /// What it is to its deed.
    pub fn phase(&self) -> Phase {
        match (self.phase, self.closes) {
            (PhaseName::Close, Some(of)) => Phase::Close { of },
            (PhaseName::Open, _) => Phase::Open,
            _ => Phase::Note,
        }
    }

    /// What was done.
    pub fn action(&self) -> &Code {
        &self.action
    }

    /// The subject, if there is one.
    pub fn subject_id(&self) -> Option<&OpaqueId> {
        self.subject.as_ref()
    }

    /// The agent, if there is one.
    pub fn agent_id(&self) -> Option<&OpaqueId> {
        self.agent.as_ref()
    }

    /// The decision, if there was one.
    pub fn decision_made(&self) -> Option<&Decision> {
        self.decision.as_ref()
    }
}
