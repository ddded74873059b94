//! The nouns of FERPA and COPPA, the rules as Cedar files, and the engine that alone can issue a permit.
//!
//! Pure and synchronous: facts in, a [`Decision`] out. Nothing here reads a clock, a file or a socket,
//! and nothing here knows a person.
//!
//! ```
//! use agent_factory_policies::{Effect, Engine, Facts, Operation, PolicySet, TenantKind};
//!
//! let engine = Engine::new(PolicySet::shipped()?);
//! let facts = Facts::unremarkable(Operation::Launch, TenantKind::K12);
//! assert_eq!(engine.decide(&facts).effect(), Effect::AllowMinimised);
//! # Ok::<(), agent_factory_policies::PolicySetError>(())
//! ```

pub mod actor;
pub mod agent;
pub mod cache;
pub mod cases;
pub mod catalogue;
pub mod consent;
pub mod constants;
pub mod content;
pub mod decision;
pub mod disposition;
pub mod effect;
pub mod element;
pub mod engine;
pub mod explain;
mod fact_keys;
mod fact_value;
pub mod facts;
pub mod fingerprint;
pub mod operation;
pub mod platform;
pub mod policy_set;
pub mod purpose;
pub mod recipient;
pub mod record;
pub mod release;
mod request;
pub mod rule;
pub mod subject;
pub mod tenant;
pub mod vocabulary;

pub use actor::{ActorFacts, ActorRole, Masquerade};
pub use agent::{AgentFacts, AgentKind, AgentRetention, Subprocessors};
pub use cache::DecisionCache;
pub use cases::{CaseReport, CasesError};
pub use catalogue::{
    Catalogue, CatalogueEntry, CatalogueError, CoppaClass, FerpaClass, RecipientKind,
};
pub use consent::{
    ConsentFacts, FerpaConsent, Notice, ParentalDisclosure, SchoolAuthorization, WrittenAgreement,
};
pub use constants::{Constant, Constants, ConstantsError};
pub use content::{ContentFacts, ContentKind};
pub use decision::{Decision, DecisionId, Disclosure, Refusal, RefusalCause};
pub use disposition::Disposition;
pub use effect::Effect;
pub use element::Element;
pub use engine::Engine;
pub use explain::Explanation;
pub use fact_keys::{FACT_KEYS, FactsError};
pub use facts::{EmergencyFacts, Facts, HoldFacts};
pub use fingerprint::Fingerprint;
pub use operation::Operation;
pub use platform::{PlatformFacts, PlatformKind};
pub use policy_set::{PolicySet, PolicySetError, PolicySource};
pub use purpose::Purpose;
pub use recipient::Recipient;
pub use record::{DisagreementStatement, Record99_32};
pub use release::{DeidentificationFacts, RecordCode};
pub use rule::{FiredRule, RuleError, RuleKind, Source};
pub use subject::{AgeBand, CoppaParent, FerpaRightsHolder, SubjectFacts};
pub use tenant::{CoppaMode, State, TenantAgreement, TenantFacts, TenantKind};
pub use vocabulary::{UnknownWord, Vocabulary};

/// Every vocabulary that stands in the schema of the rules, with its words.
pub fn vocabularies() -> Vec<(&'static str, Vec<&'static str>)> {
    request::Phrasing::vocabularies()
}
