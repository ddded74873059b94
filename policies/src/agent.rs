//! The agent that would receive data: what its manifest and its contract say.

use std::collections::BTreeSet;

use crate::element::Element;
use crate::vocabulary::vocabulary;

vocabulary! {
    /// Whose agent it is (`agent.kind`).
    pub enum AgentKind {
        /// The institution's own.
        InHouse = "in_house",
        /// A contractor's, under a contract that makes it a school official.
        SchoolOfficial = "school_official",
        /// Anybody else's.
        ThirdParty = "third_party",
    }
}

vocabulary! {
    /// How long the agent keeps what it receives (`agent.retention`).
    pub enum AgentRetention {
        /// A term, then deletion.
        Finite = "finite",
        /// No term.
        Indefinite = "indefinite",
    }
}

vocabulary! {
    /// Whom the agent lets work for it (`agent.subprocessors`).
    pub enum Subprocessors {
        /// Nobody.
        None = "none",
        /// Parties it has named.
        Declared = "declared",
        /// Parties it has not named.
        Undeclared = "undeclared",
    }
}

/// What is known of the agent.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own, asked apart"
)]
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AgentFacts {
    /// Whose it is.
    pub kind: AgentKind,
    /// Whether its operator gave the written assurances of 16 CFR 312.8(c).
    pub written_assurances: bool,
    /// How long it keeps what it receives.
    pub retention: AgentRetention,
    /// Whether its operator uses the data for another commercial end.
    pub other_commercial_use: bool,
    /// Whether the party is under the five-year bar of 34 CFR 99.67.
    pub barred: bool,
    /// Whether it asks about the protected topics of 20 USC 1232h(b).
    pub elicits_protected_topics: bool,
    /// Whom it lets work for it.
    pub subprocessors: Subprocessors,
    /// The elements without which it refuses to work.
    pub required_elements: BTreeSet<Element>,
    /// Whether it justified each of those.
    pub required_elements_justified: bool,
}

impl AgentFacts {
    /// A contractor's agent under a good contract.
    pub(crate) fn unremarkable() -> Self {
        Self {
            kind: AgentKind::SchoolOfficial,
            written_assurances: true,
            retention: AgentRetention::Finite,
            other_commercial_use: false,
            barred: false,
            elicits_protected_topics: false,
            subprocessors: Subprocessors::None,
            required_elements: BTreeSet::new(),
            required_elements_justified: true,
        }
    }
}
