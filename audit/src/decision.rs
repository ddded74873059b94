//! What an entry says of the decision behind a deed.
//!
//! The words (effects, refusal codes, the 34 CFR 99.32 status) are the policy engine's; this crate
//! knows no law and must never interpret them.

use serde::{Deserialize, Serialize};

use crate::{Code, Digest, Label, OpaqueId};

/// A decision, as evidence: who may check it later finds the rules by fingerprint and id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    id: OpaqueId,
    effect: Code,
    policy: Digest,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    rules: Vec<CitedRule>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    codes: Vec<Code>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    record_99_32: Option<Code>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    idea: Option<bool>,
}

/// A rule that determined a decision, with its citation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CitedRule {
    /// The rule's id, as in its file.
    pub id: Label,
    /// Where in the law it stands.
    pub cite: Label,
}

impl Decision {
    /// A decision with this id and effect, made under the policies with this fingerprint.
    pub fn new(id: OpaqueId, effect: Code, policy: Digest) -> Self {
        Self {
            id,
            effect,
            policy,
            rules: Vec::new(),
            codes: Vec::new(),
            record_99_32: None,
            idea: None,
        }
    }

    /// Adds a rule that determined it.
    #[must_use]
    pub fn rule(mut self, id: Label, cite: Label) -> Self {
        self.rules.push(CitedRule { id, cite });
        self
    }

    /// Adds a code: why it was refused, or what was attached.
    #[must_use]
    pub fn reason(mut self, code: Code) -> Self {
        self.codes.push(code);
        self
    }

    /// Says whether 34 CFR 99.32 asks for a record of the disclosure, in the policies' words.
    #[must_use]
    pub fn record_99_32(mut self, status: Code) -> Self {
        self.record_99_32 = Some(status);
        self
    }

    /// Says that 34 CFR 300.614 (IDEA) applies, or that it does not.
    #[must_use]
    pub fn idea_300_614(mut self, applies: Option<bool>) -> Self {
        self.idea = applies;
        self
    }

    /// The decision's id.
    pub fn id(&self) -> &OpaqueId {
        &self.id
    }

    /// Permitted or refused, in the policies' word.
    pub fn effect(&self) -> &Code {
        &self.effect
    }

    /// The fingerprint of the policies it was made under.
    pub fn policy(&self) -> &Digest {
        &self.policy
    }

    /// The rules that determined it.
    pub fn rules(&self) -> &[CitedRule] {
        &self.rules
    }

    /// Its codes.
    pub fn codes(&self) -> &[Code] {
        &self.codes
    }

    /// The 34 CFR 99.32 status, if it was a disclosure.
    pub fn record_99_32_status(&self) -> Option<&Code> {
        self.record_99_32.as_ref()
    }

    /// Whether 34 CFR 300.614 applies, where that was asked.
    pub fn idea(&self) -> Option<bool> {
        self.idea
    }
}
