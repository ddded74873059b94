//! What a decision becomes in the audit log: element names, codes and citations; never a value.

use std::collections::BTreeSet;

use agent_factory_audit as audit;
use agent_factory_audit::{Code, Digest, EntryId, Event, Label, OpaqueId, Phase, Trail, code};
use agent_factory_policies::{Decision, Element, FiredRule, Record99_32, RuleKind};

use crate::clock::Timestamp;
use crate::ids::{
    AgentId, ContextRowId, DeploymentRowId, PersonId, PlacementId, SessionId, TenantId,
};

/// Who did what where: the pseudonymous ids that an entry names.
#[derive(Debug, Clone)]
pub struct Circumstance {
    /// Whose log it is.
    pub tenant: TenantId,
    /// The deed.
    pub action: Code,
    /// Who does it.
    pub actor: Option<PersonId>,
    /// Whose records are meant.
    pub subject: Option<PersonId>,
    /// Who would receive.
    pub agent: Option<AgentId>,
    /// Through which deployment.
    pub deployment: Option<DeploymentRowId>,
    /// In which course.
    pub context: Option<ContextRowId>,
    /// By which placement.
    pub placement: Option<PlacementId>,
    /// In which session.
    pub session: Option<SessionId>,
    /// For which purpose.
    pub purpose: Option<Code>,
    /// What the agent asks for and no authorization covers.
    pub not_authorized: BTreeSet<Element>,
    /// The short id people are shown.
    pub reference: Option<OpaqueId>,
    /// Further codes, such as the rule that chose the agent.
    pub details: Vec<(Code, audit::Detail)>,
}

impl Circumstance {
    /// A circumstance of which only the tenant and the deed are known.
    pub fn new(tenant: TenantId, action: Code) -> Self {
        Self {
            tenant,
            action,
            actor: None,
            subject: None,
            agent: None,
            deployment: None,
            context: None,
            placement: None,
            session: None,
            purpose: None,
            not_authorized: BTreeSet::new(),
            reference: None,
            details: Vec::new(),
        }
    }

    /// The event of this circumstance.
    ///
    /// # Errors
    /// [`audit::EventError`] when the instant is out of the log's range.
    pub fn event(
        &self,
        id: EntryId,
        at: Timestamp,
        trail: Trail,
        phase: Phase,
    ) -> Result<Event, audit::EventError> {
        let mut event = Event::new(
            id,
            at.to_offset_date_time(),
            trail,
            phase,
            self.action.clone(),
        )?;
        if let Some(actor) = self.actor {
            event = event.actor(OpaqueId::uuid(*actor.as_bytes()));
        }
        if let Some(subject) = self.subject {
            event = event.subject(OpaqueId::uuid(*subject.as_bytes()));
        }
        if let Some(agent) = self.agent {
            event = event.agent(OpaqueId::uuid(*agent.as_bytes()));
        }
        if let Some(deployment) = self.deployment {
            event = event.deployment(OpaqueId::uuid(*deployment.as_bytes()));
        }
        if let Some(context) = self.context {
            event = event.context(OpaqueId::uuid(*context.as_bytes()));
        }
        if let Some(placement) = self.placement {
            event = event.resource(OpaqueId::uuid(*placement.as_bytes()));
        }
        if let Some(session) = self.session {
            event = event.session(OpaqueId::uuid(*session.as_bytes()));
        }
        if let Some(purpose) = &self.purpose {
            event = event.purpose(purpose.clone());
        }
        if let Some(reference) = &self.reference {
            event = event.reference(reference.clone());
        }
        for element in &self.not_authorized {
            if let Ok(name) = Code::parse(element.as_str()) {
                event = event.element(name, code!("not_authorized"));
            }
        }
        for (name, detail) in &self.details {
            event = event.detail(name.clone(), detail.clone());
        }
        Ok(event)
    }
}

/// The trail a decision's entry belongs to: what the law wants recorded, or might, is a disclosure;
/// what stopped on the institution's own side is activity.
pub fn trail(decision: &Decision) -> Trail {
    match decision.record() {
        Record99_32::NotADisclosure => Trail::Activity,
        _ => Trail::Disclosure,
    }
}

/// The event with what the decision says.
///
/// # Errors
/// [`audit::WordError`] when a rule's id or citation is no word of the log: a fault of the rules.
pub fn with_decision(mut event: Event, decision: &Decision) -> Result<Event, audit::WordError> {
    let hex = decision.fingerprint().to_hex();
    let fingerprint = Digest::from_hex(&hex).unwrap_or_else(|| Digest::of(&[hex.as_bytes()]));
    let mut made = audit::Decision::new(
        OpaqueId::parse(decision.id().as_str())?,
        Code::parse(decision.effect().as_str())?,
        fingerprint,
    )
    .record_99_32(Code::parse(decision.record().as_str())?);
    for FiredRule { id, cite, .. } in decision.rules() {
        made = made.rule(Label::parse(&**id)?, Label::parse(&**cite)?);
    }
    match decision {
        Decision::Permitted(disclosure) => {
            for (element, disposition) in disclosure.elements() {
                event = event.element(
                    Code::parse(element.as_str())?,
                    Code::parse(disposition.as_str())?,
                );
            }
        }
        Decision::Refused(refusal) => {
            for reason in refusal.codes() {
                made = made.reason(Code::parse(&**reason)?);
            }
        }
    }
    Ok(event.decision(made))
}

/// The outcome word of a decision's own entry.
pub fn outcome(decision: &Decision) -> Code {
    match decision {
        Decision::Permitted(_) => code!("permitted"),
        Decision::Refused(_) => code!("refused"),
    }
}

/// Whether a rule that fired is a ground.
pub fn is_ground(rule: &FiredRule) -> bool {
    rule.kind == RuleKind::Ground
}
