//! A decision in plain words: what it came to, why, and where the law says so.
//!
//! For operators. What the person in front of a refusal reads is told elsewhere and says less.

use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::decision::Decision;
use crate::disposition::Disposition;
use crate::effect::Effect;
use crate::facts::Facts;
use crate::record::Record99_32;
use crate::rule::{RuleKind, Source};

/// A decision, told.
#[derive(Debug, Clone, Serialize)]
pub struct Explanation {
    /// The decision's name.
    pub decision: String,
    /// The fingerprint of the rules it was made under.
    pub policy: String,
    /// What it came to.
    pub effect: Effect,
    /// Its status in the record of disclosures.
    pub record_99_32: Record99_32,
    /// The codes of a refusal, or the bases of a permit.
    pub codes: Vec<String>,
    /// Every rule that fired.
    pub rules: Vec<ExplainedRule>,
    /// What becomes of each element that was asked for; empty on a refusal.
    pub elements: Vec<ExplainedElement>,
    /// The facts that differ from their default.
    pub facts: Map<String, Value>,
}

/// A rule that fired, told.
#[derive(Debug, Clone, Serialize)]
pub struct ExplainedRule {
    /// Its name.
    pub id: String,
    /// What it does.
    pub kind: RuleKind,
    /// Where the law says so.
    pub cite: String,
    /// Whose word it is.
    pub source: Source,
    /// Its code or basis.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

/// What becomes of an element, told.
#[derive(Debug, Clone, Serialize)]
pub struct ExplainedElement {
    /// Its name.
    pub element: String,
    /// What becomes of it.
    pub disposition: Disposition,
}

/// Tells a decision.
pub fn explain(facts: &Facts, decision: &Decision) -> Explanation {
    let codes = match decision {
        Decision::Permitted(disclosure) => {
            disclosure.bases().into_iter().map(str::to_owned).collect()
        }
        Decision::Refused(refusal) => refusal.codes().iter().map(ToString::to_string).collect(),
    };
    let rules = decision.rules().iter().map(|rule| ExplainedRule {
        id: rule.id.to_string(),
        kind: rule.kind,
        cite: rule.cite.to_string(),
        source: rule.source,
        code: rule.code.as_deref().map(str::to_owned),
    });
    let elements = decision.permitted().into_iter().flat_map(|disclosure| {
        disclosure
            .elements()
            .iter()
            .map(|(element, disposition)| ExplainedElement {
                element: element.to_string(),
                disposition: *disposition,
            })
    });
    Explanation {
        decision: decision.id().to_string(),
        policy: decision.fingerprint().to_hex(),
        effect: decision.effect(),
        record_99_32: decision.record(),
        codes,
        rules: rules.collect(),
        elements: elements.collect(),
        facts: facts.to_json(),
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", sentence(self.effect))?;
        writeln!(f, "  codes: {}", self.codes.join(", "))?;
        writeln!(
            f,
            "  record of disclosures (34 CFR 99.32): {}",
            self.record_99_32
        )?;
        for rule in &self.rules {
            let code = rule
                .code
                .as_deref()
                .map_or(String::new(), |code| format!(", {code}"));
            let deed = deed(rule.kind);
            writeln!(
                f,
                "  {deed} {} ({}{code}): {}",
                rule.id, rule.source, rule.cite
            )?;
        }
        for told in &self.elements {
            writeln!(f, "  {}: {}", told.element, fate(told.disposition))?;
        }
        write!(
            f,
            "  decision {} under policy {}",
            self.decision, self.policy
        )
    }
}

fn sentence(effect: Effect) -> &'static str {
    match effect {
        Effect::Allow => "Allowed: what was asked for may go as it is.",
        Effect::AllowMinimised => "Allowed, with less than was asked for in clear.",
        Effect::HoldForConsent => "On hold: somebody's consent or authorization can be asked for.",
        Effect::HoldForReview => "On hold: a named official of the institution has to decide.",
        Effect::Deny => "Refused.",
    }
}

fn deed(kind: RuleKind) -> &'static str {
    match kind {
        RuleKind::Ground => "on the ground of",
        RuleKind::Wall => "stopped by",
        RuleKind::Ask => "can be asked for by",
        RuleKind::Minimise => "made stricter by",
    }
}

fn fate(disposition: Disposition) -> &'static str {
    match disposition {
        Disposition::Pass => "goes as it is",
        Disposition::Pseudonym => "goes under a pseudonym",
        Disposition::Generalise => "goes in coarser form",
        Disposition::NeedsConsent => "stays, as there is no consent to it",
        Disposition::KeepSealed => "stays sealed at the gateway",
        Disposition::Redact => "is cut out",
    }
}
