//! The catalogue of data elements: what the law makes of each, and what becomes of it by default.
//!
//! A default may only be made stricter by a rule.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::agent::AgentKind;
use crate::disposition::Disposition;
use crate::element::Element;
use crate::facts::Facts;
use crate::operation::Operation;
use crate::recipient::Recipient;
use crate::vocabulary::vocabulary;

vocabulary! {
    /// What an element is under FERPA.
    pub enum FerpaClass {
        /// May be directory information where the institution designates it.
        Directory = "directory",
        /// Personally identifiable information of an education record.
        EducationRecord = "education_record",
        /// The same, and of a kind that hurts.
        Sensitive = "sensitive",
        /// Nothing personal by itself.
        NotPersonal = "not_personal",
    }
}

vocabulary! {
    /// What an element is under 16 CFR 312.2.
    pub enum CoppaClass {
        /// Personal information by itself.
        PersonalInformation = "personal_information",
        /// A persistent identifier.
        PersistentIdentifier = "persistent_identifier",
        /// Personal information once combined with an identifier.
        Combined = "combined",
        /// Not personal information.
        None = "none",
    }
}

vocabulary! {
    /// The kinds of recipient that the catalogue tells apart.
    pub enum RecipientKind {
        /// The institution's own agent.
        InHouseAgent = "in_house_agent",
        /// A contractor's agent, a school official.
        ContractorAgent = "contractor_agent",
        /// Anybody else's agent.
        ThirdPartyAgent = "third_party_agent",
        /// An official of the institution, or the party an official names in an emergency.
        Institution = "institution",
        /// The person who asks by right, or to whom an answer goes.
        Requester = "requester",
        /// Somebody outside the institution.
        Outside = "outside",
        /// Everybody.
        Public = "public",
    }
}

impl RecipientKind {
    /// The kind of recipient in a situation.
    pub fn of(facts: &Facts) -> Self {
        match (facts.operation, facts.recipient) {
            (Operation::Publish, _) => Self::Public,
            (
                Operation::Launch
                | Operation::AgentRequest
                | Operation::RosterRead
                | Operation::MemoryRead,
                Recipient::Agent,
            ) => match facts.agent.kind {
                AgentKind::InHouse => Self::InHouseAgent,
                AgentKind::SchoolOfficial => Self::ContractorAgent,
                AgentKind::ThirdParty => Self::ThirdPartyAgent,
            },
            (
                Operation::BreakGlass
                | Operation::PlaintextRead
                | Operation::PrivacyLaunch
                | Operation::ScoreWrite
                | Operation::DeidentifiedRelease
                | Operation::TelemetryExport
                | Operation::RetentionPurge
                | Operation::ErasureRequest
                | Operation::AgentRegistration
                | Operation::AgeScreen,
                _,
            ) => Self::Institution,
            (
                Operation::AccessRequest
                | Operation::DisclosureRecordRead
                | Operation::AgentResponse,
                _,
            ) => Self::Requester,
            (_, Recipient::OutsideInstitution) => Self::Outside,
            _ => Self::Institution,
        }
    }
}

/// One element of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogueEntry {
    ferpa: FerpaClass,
    coppa: CoppaClass,
    dispositions: BTreeMap<RecipientKind, Disposition>,
    note: String,
}

impl CatalogueEntry {
    /// What the element is under FERPA.
    pub fn ferpa(&self) -> FerpaClass {
        self.ferpa
    }

    /// What the element is under COPPA.
    pub fn coppa(&self) -> CoppaClass {
        self.coppa
    }

    /// What becomes of the element by default; a recipient the catalogue does not name gets nothing.
    pub fn disposition(&self, recipient: RecipientKind) -> Disposition {
        self.dispositions
            .get(&recipient)
            .copied()
            .unwrap_or(Disposition::Redact)
    }

    /// Why, in a sentence for readers.
    pub fn note(&self) -> &str {
        &self.note
    }
}

/// The catalogue: every element, exactly once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catalogue {
    entries: BTreeMap<Element, CatalogueEntry>,
}

/// Why a catalogue could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CatalogueError {
    /// It is not the TOML it should be.
    #[error("the catalogue cannot be read: {reason}")]
    Unreadable {
        /// What the parser says.
        reason: String,
    },
    /// It names an element twice.
    #[error("the catalogue names element `{element}` twice")]
    Twice {
        /// The element at fault.
        element: Element,
    },
    /// It lacks an element.
    #[error("the catalogue lacks element `{element}`")]
    Missing {
        /// The element at fault.
        element: Element,
    },
}

impl CatalogueError {
    /// The stable code of this error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "catalogue-unreadable",
            Self::Twice { .. } => "catalogue-element-twice",
            Self::Missing { .. } => "catalogue-element-missing",
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CatalogueFile {
    element: Vec<ElementRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ElementRow {
    name: Element,
    ferpa: FerpaClass,
    coppa: CoppaClass,
    in_house_agent: Disposition,
    contractor_agent: Disposition,
    third_party_agent: Disposition,
    outside: Disposition,
    public: Disposition,
    #[serde(default)]
    note: String,
}

impl Catalogue {
    /// Reads a catalogue.
    ///
    /// The institution and a person who asks by right have no column: what they ask for passes,
    /// and whether they may ask at all is for the rules.
    ///
    /// # Errors
    /// Text that is not such a catalogue, an element named twice, or one left out.
    pub fn parse(text: &str) -> Result<Self, CatalogueError> {
        let file: CatalogueFile =
            toml::from_str(text).map_err(|error| CatalogueError::Unreadable {
                reason: error.message().to_owned(),
            })?;
        let mut entries = BTreeMap::new();
        for row in file.element {
            let element = row.name;
            if entries.insert(element, CatalogueEntry::from(row)).is_some() {
                return Err(CatalogueError::Twice { element });
            }
        }
        match Element::ALL
            .iter()
            .find(|element| !entries.contains_key(*element))
        {
            Some(&element) => Err(CatalogueError::Missing { element }),
            None => Ok(Self { entries }),
        }
    }

    /// The entry of an element.
    pub fn get(&self, element: Element) -> Option<&CatalogueEntry> {
        self.entries.get(&element)
    }

    /// Every element with its entry, in the order of the vocabulary.
    pub fn iter(&self) -> impl Iterator<Item = (Element, &CatalogueEntry)> {
        self.entries
            .iter()
            .map(|(element, entry)| (*element, entry))
    }

    /// What becomes of an element by default.
    pub fn disposition(&self, element: Element, recipient: RecipientKind) -> Disposition {
        self.get(element)
            .map_or(Disposition::Redact, |entry| entry.disposition(recipient))
    }
}

impl From<ElementRow> for CatalogueEntry {
    fn from(row: ElementRow) -> Self {
        let dispositions = BTreeMap::from([
            (RecipientKind::InHouseAgent, row.in_house_agent),
            (RecipientKind::ContractorAgent, row.contractor_agent),
            (RecipientKind::ThirdPartyAgent, row.third_party_agent),
            (RecipientKind::Institution, Disposition::Pass),
            (RecipientKind::Requester, Disposition::Pass),
            (RecipientKind::Outside, row.outside),
            (RecipientKind::Public, row.public),
        ]);
        Self {
            ferpa: row.ferpa,
            coppa: row.coppa,
            dispositions,
            note: row.note,
        }
    }
}
