//! The situation a decision is asked about: codes only, never a name or an id.
//!
//! Equal situations share one decision, so nothing that tells two people apart may stand here.

use std::collections::BTreeSet;

use crate::actor::ActorFacts;
use crate::agent::AgentFacts;
use crate::consent::{ConsentFacts, Notice, WrittenAgreement};
use crate::content::ContentFacts;
use crate::element::Element;
use crate::operation::Operation;
use crate::platform::PlatformFacts;
use crate::purpose::Purpose;
use crate::recipient::Recipient;
use crate::record::DisagreementStatement;
use crate::release::DeidentificationFacts;
use crate::subject::{AgeBand, CoppaParent, FerpaRightsHolder, SubjectFacts};
use crate::tenant::{TenantFacts, TenantKind};

/// The facts of one situation.
///
/// A plain record: every combination may be written down, and the engine answers each of them.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own, asked apart"
)]
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Facts {
    /// What is being done.
    pub operation: Operation,
    /// Why data is asked for.
    pub purpose: Purpose,
    /// The elements asked for.
    pub elements: BTreeSet<Element>,
    /// Whether the data can be traced to a student.
    pub identifiable: bool,
    /// Who would receive the data.
    pub recipient: Recipient,
    /// Whether what is asked for belongs to another tenant.
    pub other_tenant: bool,
    /// The institution.
    pub tenant: TenantFacts,
    /// The system that launched.
    pub platform: PlatformFacts,
    /// The student whose records are meant.
    pub subject: SubjectFacts,
    /// The person who asks.
    pub actor: ActorFacts,
    /// The agent.
    pub agent: AgentFacts,
    /// The written agreement of 34 CFR 99.31(a)(3) or (a)(6).
    pub agreement: WrittenAgreement,
    /// The consents and authorizations on file.
    pub consent: ConsentFacts,
    /// The notice that the grounds rest on.
    pub notice: Notice,
    /// What was found in the content.
    pub content: ContentFacts,
    /// The student's statement beside a contested record.
    pub disagreement_statement: DisagreementStatement,
    /// A de-identified release.
    pub deidentification: DeidentificationFacts,
    /// An emergency.
    pub emergency: EmergencyFacts,
    /// Whether an order forbids to speak of it.
    pub legal_process_sealed: bool,
    /// Whether the telemetry holds personal data.
    pub telemetry_personal_data: bool,
    /// Holds that forbid destruction.
    pub hold: HoldFacts,
    /// Whether the retention of the data has run out.
    pub retention_elapsed: bool,
    /// Whether an erasure is to reach the record of disclosures too.
    pub erasure_includes_disclosure_record: bool,
    /// Whether a score goes to the agent's own line item.
    pub score_own_line_item: bool,
    /// Whether the age question is neutral.
    pub age_screen_neutral: bool,
    /// Whether the engine, the rules or the log cannot be relied on.
    pub system_degraded: bool,
}

/// What is on record of an emergency.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct EmergencyFacts {
    /// Whether the articulable and significant threat is written down.
    pub threat_recorded: bool,
    /// Whether an official of the institution determined it.
    pub official_determination: bool,
}

/// Holds that forbid destruction.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct HoldFacts {
    /// A legal or other hold.
    pub open: bool,
    /// A request for access that is not yet answered.
    pub access_request_open: bool,
}

impl Facts {
    /// The unremarkable situation of an operation at an institution of a kind.
    pub fn unremarkable(operation: Operation, kind: TenantKind) -> Self {
        Self {
            operation,
            purpose: Purpose::Tutoring,
            elements: BTreeSet::from([Element::Pseudonym, Element::Role, Element::Context]),
            identifiable: true,
            recipient: Recipient::Agent,
            other_tenant: false,
            tenant: TenantFacts::unremarkable(kind),
            platform: PlatformFacts::unremarkable(),
            subject: SubjectFacts::unremarkable(kind),
            actor: ActorFacts::unremarkable(operation),
            agent: AgentFacts::unremarkable(),
            agreement: WrittenAgreement::None,
            consent: ConsentFacts::unremarkable(kind),
            notice: Notice::Current,
            content: ContentFacts::default(),
            disagreement_statement: DisagreementStatement::None,
            deidentification: DeidentificationFacts::unremarkable(),
            emergency: EmergencyFacts::default(),
            legal_process_sealed: false,
            telemetry_personal_data: false,
            hold: HoldFacts::default(),
            retention_elapsed: false,
            erasure_includes_disclosure_record: false,
            score_own_line_item: true,
            age_screen_neutral: true,
            system_degraded: false,
        }
    }

    /// The student's age as it counts.
    pub fn counted_age(&self) -> AgeBand {
        self.subject.counted_age(self.tenant.kind)
    }

    /// Who holds FERPA's rights over the records.
    pub fn ferpa_rights_holder(&self) -> FerpaRightsHolder {
        self.subject.ferpa_rights_holder(self.tenant.kind)
    }

    /// Whether COPPA asks for a parent.
    pub fn coppa_parent(&self) -> CoppaParent {
        self.subject.coppa_parent(self.tenant.kind)
    }

    /// One line that equal facts share and unequal facts do not.
    pub fn canonical(&self) -> String {
        serde_json::Value::Object(self.to_json()).to_string()
    }
}
