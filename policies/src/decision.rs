//! What the engine answers: a permit or a refusal.
//!
//! A [`Disclosure`] is the permit that sending student data takes. Only the engine makes one;
//! nothing outside this crate may construct, change or revive it.
//!
//! The engine hands one out, and it can be read:
//!
//! ```
//! use agent_factory_policies::{Decision, Disclosure, Engine, Facts, Operation, PolicySet, TenantKind};
//!
//! let engine = Engine::new(PolicySet::shipped()?);
//! let facts = Facts::unremarkable(Operation::Launch, TenantKind::HigherEd);
//! let permit: Disclosure = match engine.decide(&facts) {
//!     Decision::Permitted(disclosure) => disclosure,
//!     Decision::Refused(refusal) => return Err(refusal.codes().join(", ").into()),
//! };
//! assert_eq!(permit.operation(), Operation::Launch);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Nobody else can make one, not even out of another:
//!
//! ```compile_fail,E0451
//! use agent_factory_policies::{Decision, Disclosure, Engine, Facts, Operation, PolicySet, TenantKind};
//!
//! let engine = Engine::new(PolicySet::shipped()?);
//! let facts = Facts::unremarkable(Operation::Launch, TenantKind::HigherEd);
//! let permit: Disclosure = match engine.decide(&facts) {
//!     Decision::Permitted(disclosure) => Disclosure { operation: Operation::Publish, ..disclosure },
//!     Decision::Refused(refusal) => return Err(refusal.codes().join(", ").into()),
//! };
//! assert_eq!(permit.operation(), Operation::Publish);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use ring::digest;

use crate::disposition::Disposition;
use crate::effect::Effect;
use crate::element::Element;
use crate::facts::Facts;
use crate::fingerprint::{Fingerprint, hex};
use crate::operation::Operation;
use crate::purpose::Purpose;
use crate::record::Record99_32;
use crate::rule::{FiredRule, RuleKind};

/// The name of a decision: equal facts under equal rules share it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DecisionId(String);

impl DecisionId {
    pub(crate) fn of(fingerprint: &Fingerprint, facts: &Facts) -> Self {
        let mut context = digest::Context::new(&digest::SHA256);
        context.update(fingerprint.to_hex().as_bytes());
        context.update(facts.canonical().as_bytes());
        let digest = context.finish();
        Self(hex(digest.as_ref().get(..16).unwrap_or_default()))
    }

    /// 32 lower-case hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DecisionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What the engine answers.
#[derive(Debug, Clone)]
#[must_use]
pub enum Decision {
    /// The permit.
    Permitted(Disclosure),
    /// The refusal; expected and counted, not an error.
    Refused(Refusal),
}

impl Decision {
    /// What the decision comes to.
    pub fn effect(&self) -> Effect {
        match self {
            Self::Permitted(disclosure) => disclosure.effect(),
            Self::Refused(refusal) => refusal.effect(),
        }
    }

    /// Its status in the record of disclosures.
    pub fn record(&self) -> Record99_32 {
        match self {
            Self::Permitted(disclosure) => disclosure.record(),
            Self::Refused(refusal) => refusal.record(),
        }
    }

    /// Every rule that fired.
    pub fn rules(&self) -> &[FiredRule] {
        match self {
            Self::Permitted(disclosure) => disclosure.rules(),
            Self::Refused(refusal) => refusal.rules(),
        }
    }

    /// The rules it was made under.
    pub fn fingerprint(&self) -> &Fingerprint {
        match self {
            Self::Permitted(disclosure) => disclosure.fingerprint(),
            Self::Refused(refusal) => refusal.fingerprint(),
        }
    }

    /// The decision's name.
    pub fn id(&self) -> &DecisionId {
        match self {
            Self::Permitted(disclosure) => disclosure.id(),
            Self::Refused(refusal) => refusal.id(),
        }
    }

    /// The permit, if it is one.
    pub fn permitted(&self) -> Option<&Disclosure> {
        match self {
            Self::Permitted(disclosure) => Some(disclosure),
            Self::Refused(_) => None,
        }
    }

    /// The refusal, if it is one.
    pub fn refused(&self) -> Option<&Refusal> {
        match self {
            Self::Permitted(_) => None,
            Self::Refused(refusal) => Some(refusal),
        }
    }
}

/// The permit: what may go, in what form, and on what ground.
#[derive(Debug, Clone)]
#[must_use]
pub struct Disclosure {
    pub(crate) effect: Effect,
    pub(crate) operation: Operation,
    pub(crate) purpose: Purpose,
    pub(crate) elements: BTreeMap<Element, Disposition>,
    pub(crate) rules: Vec<FiredRule>,
    pub(crate) record: Record99_32,
    pub(crate) fingerprint: Fingerprint,
    pub(crate) id: DecisionId,
}

impl Disclosure {
    /// [`Effect::Allow`] or [`Effect::AllowMinimised`].
    pub fn effect(&self) -> Effect {
        self.effect
    }

    /// The one deed it is for.
    pub fn operation(&self) -> Operation {
        self.operation
    }

    /// The one purpose it is for.
    pub fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// The elements that were asked for, with what becomes of each.
    pub fn elements(&self) -> &BTreeMap<Element, Disposition> {
        &self.elements
    }

    /// What becomes of an element; one that was not asked for is cut out.
    pub fn disposition(&self, element: Element) -> Disposition {
        self.elements
            .get(&element)
            .copied()
            .unwrap_or(Disposition::Redact)
    }

    /// Whether an element was asked for and may go as it is.
    pub fn passes(&self, element: Element) -> bool {
        self.disposition(element) == Disposition::Pass
    }

    /// Every rule that fired: the grounds first, then what made elements stricter.
    pub fn rules(&self) -> &[FiredRule] {
        &self.rules
    }

    /// The codes of the grounds, in the order of the rules.
    pub fn bases(&self) -> Vec<&str> {
        self.rules
            .iter()
            .filter(|rule| rule.kind == RuleKind::Ground)
            .filter_map(|rule| rule.code.as_deref())
            .collect()
    }

    /// Its status in the record of disclosures.
    pub fn record(&self) -> Record99_32 {
        self.record
    }

    /// The rules it was made under.
    pub fn fingerprint(&self) -> &Fingerprint {
        &self.fingerprint
    }

    /// The decision's name.
    pub fn id(&self) -> &DecisionId {
        &self.id
    }
}

/// Whether a refusal says something about the situation or about the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalCause {
    /// The rules stand against it: expected and counted.
    Rules,
    /// The rules could not be evaluated: refused all the same, and somebody must be woken.
    EvaluationError,
}

/// A decision against.
#[derive(Debug, Clone)]
#[must_use]
pub struct Refusal {
    pub(crate) effect: Effect,
    pub(crate) codes: Vec<Arc<str>>,
    pub(crate) cause: RefusalCause,
    pub(crate) rules: Vec<FiredRule>,
    pub(crate) record: Record99_32,
    pub(crate) fingerprint: Fingerprint,
    pub(crate) id: DecisionId,
}

impl Refusal {
    /// The code where nothing in law allows it and no rule speaks against it by name.
    pub const NO_LEGAL_BASIS: &'static str = "no-legal-basis";
    /// The code where the rules could not be evaluated.
    pub const EVALUATION_ERROR: &'static str = "evaluation-error";

    /// [`Effect::Deny`], [`Effect::HoldForReview`] or [`Effect::HoldForConsent`].
    pub fn effect(&self) -> Effect {
        self.effect
    }

    /// The stable codes, the most severe first, each once.
    pub fn codes(&self) -> &[Arc<str>] {
        &self.codes
    }

    /// Whether it says something about the situation or about the engine.
    pub fn cause(&self) -> RefusalCause {
        self.cause
    }

    /// Every rule that fired, the most severe first; grounds that were not enough come last.
    pub fn rules(&self) -> &[FiredRule] {
        &self.rules
    }

    /// Its status in the record of disclosures.
    pub fn record(&self) -> Record99_32 {
        self.record
    }

    /// The rules it was made under.
    pub fn fingerprint(&self) -> &Fingerprint {
        &self.fingerprint
    }

    /// The decision's name.
    pub fn id(&self) -> &DecisionId {
        &self.id
    }
}
