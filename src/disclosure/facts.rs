//! What the engine must know, gathered from the launch, the tenant, the registries and the grounds
//! on file. Facts are codes, never identities, and carry the instant until which they hold.

use std::collections::BTreeSet;
use std::time::Duration;

use agent_factory_policies as policies;
use agent_factory_policies::{
    ActorRole, Element, Facts, FerpaConsent, Masquerade, Operation, ParentalDisclosure, Purpose,
    SchoolAuthorization as AuthorizationFact, TenantAgreement,
};

use super::clockwork::Clockwork;
use super::covered::Covered;
use crate::clock::Timestamp;
use crate::ids::{AgentId, ContextRowId, PersonId};
use crate::manifest::Manifest;
use crate::store::{
    AgeBand, Agreement, Consent, ConsentKind, ConsentStanding, CoppaMode, GroundStanding,
    SchoolAuthorization, StoreError, Tenant, TenantKind, Unit,
};

/// The attestation of the annual notice goes stale after a year (34 CFR 99.7(a)).
const ATTESTATION_LIFE: Duration = Duration::from_secs(365 * 24 * 3600);

/// Facts that were gathered are gathered again after this long at the latest; ours.
const FACTS_LIFE: Duration = Duration::from_secs(900);

/// Why facts could not be gathered. Then nothing is admitted.
#[derive(Debug, thiserror::Error)]
pub enum FactsError {
    /// The database did not answer, or holds what it should not.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A stored word is none of the vocabulary.
    #[error("a stored `{noun}` is no word of the vocabulary")]
    Unknown {
        /// What the word should be.
        noun: &'static str,
    },
}

impl FactsError {
    /// A stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Store(error) => error.code(),
            Self::Unknown { .. } => "fact-unknown",
        }
    }
}

/// Whose situation it is.
#[derive(Debug, Clone, Copy)]
pub struct Situation<'a> {
    /// The institution.
    pub tenant: &'a Tenant,
    /// The agent.
    pub agent: AgentId,
    /// What the agent asks for.
    pub manifest: &'a Manifest,
    /// What the launch said.
    pub launch: LaunchFacts,
    /// Whose records are meant, where somebody's are.
    pub subject: Option<PersonId>,
    /// Whether the subject is the actor.
    pub actor_is_subject: ActorIs,
    /// In which course.
    pub context: Option<ContextRowId>,
    /// The preset of the platform.
    pub preset: Option<&'a str>,
}

/// What a launch says that a decision may rest on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LaunchFacts {
    /// The gateway's one reading of the roles.
    pub role: ActorRole,
    /// Whether somebody acts under another person's name.
    pub masquerade: Masquerade,
    /// Whether the platform vouches for the link from an observer to the subject.
    pub linked_to_subject: bool,
    /// Whether the launch named nobody.
    pub anonymous: bool,
}

/// What the actor is to the records meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActorIs {
    /// They are the actor's own.
    Subject,
    /// They are somebody else's, or nobody's.
    Another,
}

/// What is on file that a decision may rest on.
#[derive(Debug, Clone, Default)]
pub struct Grounds {
    agreements: Vec<Agreement>,
    authorizations: Vec<SchoolAuthorization>,
    consents: Vec<Consent>,
    age: Option<AgeBand>,
}

/// Facts, and until when they hold.
#[derive(Debug, Clone)]
pub struct Gathered {
    /// The facts of the operation they were gathered for.
    pub facts: Facts,
    /// What the agent asks for and no authorization covers: it is not even asked of the rules.
    pub not_authorized: BTreeSet<Element>,
    /// The earliest instant at which the clock alone changes one of them.
    pub valid_until: Timestamp,
}

impl Grounds {
    /// Reads what is on file for a situation.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn read(
        unit: &mut Unit,
        agent: AgentId,
        (actor, subject): (Option<PersonId>, Option<PersonId>),
        context: Option<ContextRowId>,
    ) -> Result<Self, StoreError> {
        let agreements = unit.agreements().list_for_agent(agent).await?;
        let authorizations = unit.school_authorizations().list_granted().await?;
        let mut consents = Vec::new();
        let mut age = None;
        if let Some(person) = subject {
            consents = unit.consents().list_for_person(person).await?;
            age = unit.age_bands().for_person(person).await?;
            if let (None, Some(context)) = (&age, context) {
                age = unit.age_bands().for_context(context).await?;
            }
        } else if let Some(person) = actor {
            // A course's band speaks of its pupils, not of who teaches it.
            age = unit.age_bands().for_person(person).await?;
        } else if let Some(context) = context {
            age = unit.age_bands().for_context(context).await?;
        }
        consents.sort_by_key(|consent| (consent.signed_at, consent.recorded_at));
        Ok(Self {
            agreements,
            authorizations,
            consents,
            age,
        })
    }

    /// The facts of an operation in a situation at `now`.
    ///
    /// # Errors
    /// [`FactsError::Unknown`] when a stored word is none of the vocabulary.
    pub fn facts(
        &self,
        situation: &Situation<'_>,
        operation: Operation,
        now: Timestamp,
    ) -> Result<Gathered, FactsError> {
        let kind = match situation.tenant.kind {
            TenantKind::HigherEd => policies::TenantKind::HigherEd,
            // A publisher's or unknown house is read as the strictest: a school for children.
            TenantKind::K12 | TenantKind::Publisher | TenantKind::Installation => {
                policies::TenantKind::K12
            }
        };
        let mut clock = Clockwork {
            now,
            until: now.plus(FACTS_LIFE),
        };
        let mut facts = Facts::unremarkable(operation, kind);
        facts.purpose = situation
            .manifest
            .launch_purpose()
            .ok_or(FactsError::Unknown { noun: "purpose" })?;
        facts.elements = situation.manifest.element_set();
        self.tenant_facts(&mut facts, situation, &mut clock)?;
        self.person_facts(&mut facts, situation)?;
        agent_facts(&mut facts, situation)?;
        self.consent_facts(&mut facts, situation, &mut clock);
        if situation.preset == Some("publisher") {
            facts.platform.kind = policies::PlatformKind::Publisher;
        }
        let asked = situation.manifest.element_set();
        let not_authorized = asked.difference(&facts.elements).copied().collect();
        Ok(Gathered {
            facts,
            not_authorized,
            valid_until: clock.until,
        })
    }

    fn tenant_facts(
        &self,
        facts: &mut Facts,
        situation: &Situation<'_>,
        clock: &mut Clockwork,
    ) -> Result<(), FactsError> {
        let tenant = situation.tenant;
        if let Some(code) = &tenant.state {
            let state = policies::State::from_postal_code(code)
                .map_err(|_| FactsError::Unknown { noun: "state" })?;
            facts.tenant.state = Some(state);
        }
        facts.tenant.coppa_mode = match tenant.coppa_mode {
            CoppaMode::SchoolAuthorization => policies::CoppaMode::SchoolAuthorization,
            CoppaMode::ParentalConsentOnly => policies::CoppaMode::ParentalConsentOnly,
        };
        facts.tenant.assistants_are_officials = tenant.assistants_are_officials;
        let mut agreement = TenantAgreement::None;
        let mut assurances = false;
        let mut attested_at = tenant.annual_notice_attested_at;
        for held in &self.agreements {
            let begun = clock.has_begun(held.valid_from);
            let in_term = held.valid_until.is_none_or(|until| clock.runs_until(until));
            if held.standing == GroundStanding::Granted && begun && in_term {
                agreement = TenantAgreement::Valid;
                if held.annual_notice_attested {
                    attested_at = attested_at.max(Some(held.recorded_at));
                }
                assurances |= held.terms.get("written_assurances") != Some(&false.into());
            } else if begun && agreement == TenantAgreement::None {
                agreement = TenantAgreement::Expired;
            }
        }
        facts.tenant.agreement = agreement;
        // Where no agreement is in force, that alone is what is missing: assurances are part of one.
        facts.agent.written_assurances = assurances || agreement != TenantAgreement::Valid;
        facts.tenant.annual_notice_attested =
            attested_at.is_some_and(|at| clock.runs_until(at.plus(ATTESTATION_LIFE)));
        facts.platform.institution_agreement = agreement == TenantAgreement::Valid;
        Ok(())
    }

    fn person_facts(&self, facts: &mut Facts, situation: &Situation<'_>) -> Result<(), FactsError> {
        let launch = situation.launch;
        facts.subject.anonymous = launch.anonymous;
        if let Some(age) = &self.age {
            facts.subject.age = policies::AgeBand::parse(&age.age_band)
                .map_err(|_| FactsError::Unknown { noun: "age band" })?;
        }
        facts.actor.role = launch.role;
        if situation.subject.is_none() && !launch.anonymous && self.age.is_none() {
            // Nobody's records are meant; who launched stands for the subject, and is taken for the
            // grown-up that staff are unless the school has said otherwise.
            facts.subject.age = policies::AgeBand::Adult;
        }
        facts.actor.is_subject = situation.actor_is_subject == ActorIs::Subject;
        facts.actor.linked_to_subject = launch.linked_to_subject;
        facts.actor.masquerading = launch.masquerade;
        Ok(())
    }

    fn consent_facts(&self, facts: &mut Facts, situation: &Situation<'_>, clock: &mut Clockwork) {
        let (authorization, by_school) =
            self.school_authorization(situation.agent, facts.purpose, clock);
        facts.consent.school_authorization = authorization;
        let mut covered = Covered::default();
        if facts.tenant.coppa_mode == policies::CoppaMode::SchoolAuthorization {
            covered.coppa = by_school;
        }
        let mut withdrawn_use = false;
        // Oldest first: of two words about the same, the later one counts.
        for consent in &self.consents {
            let covers = consent.agents.contains(&situation.agent)
                && consent.purposes.iter().any(|p| p == facts.purpose.as_str());
            let runs = consent
                .valid_until
                .is_none_or(|until| clock.runs_until(until));
            let granted = consent.standing == ConsentStanding::Granted && runs;
            match consent.kind {
                ConsentKind::Ferpa if covers => {
                    facts.consent.ferpa = ferpa_fact(consent.standing, runs);
                    covered.ferpa = granted.then(|| consent.elements.clone());
                }
                ConsentKind::Ferpa if facts.consent.ferpa == FerpaConsent::None => {
                    facts.consent.ferpa = FerpaConsent::OtherPartyOrPurpose;
                }
                ConsentKind::CoppaUse if covers => {
                    facts.consent.parental_use = granted;
                    withdrawn_use = consent.standing == ConsentStanding::Withdrawn;
                    covered.parents = granted.then(|| consent.elements.clone());
                }
                ConsentKind::CoppaDisclosure if covers => {
                    facts.consent.parental_disclosure = match consent.standing {
                        ConsentStanding::Granted if runs => ParentalDisclosure::Granted,
                        ConsentStanding::Refused => ParentalDisclosure::Refused,
                        _ => ParentalDisclosure::None,
                    };
                }
                _ => {}
            }
        }
        facts.consent.revoked = withdrawn_use && !facts.consent.parental_use;
        covered.narrow(facts);
    }

    fn school_authorization(
        &self,
        agent: AgentId,
        purpose: Purpose,
        clock: &mut Clockwork,
    ) -> (AuthorizationFact, Option<Vec<String>>) {
        let mut fact = AuthorizationFact::None;
        let mut covered = None;
        for held in &self.authorizations {
            let covers =
                held.agents.contains(&agent) && held.purposes.iter().any(|p| p == purpose.as_str());
            if held.standing != GroundStanding::Granted || !covers {
                continue;
            }
            let runs = held.valid_until.is_none_or(|until| clock.runs_until(until));
            let says = match (runs, signs_alone(&held.signer_role)) {
                (false, _) => AuthorizationFact::Expired,
                (true, true) => AuthorizationFact::TeacherOnly,
                (true, false) => AuthorizationFact::Valid,
            };
            if says == AuthorizationFact::Valid {
                covered
                    .get_or_insert_with(Vec::new)
                    .extend(held.elements.iter().cloned());
            }
            fact = better_authorization(fact, says);
        }
        (fact, covered)
    }
}

fn agent_facts(facts: &mut Facts, situation: &Situation<'_>) -> Result<(), FactsError> {
    let manifest = situation.manifest;
    facts.agent.kind = manifest
        .agent_kind()
        .map_err(|_| FactsError::Unknown { noun: "agent kind" })?;
    facts.agent.retention = manifest.retention();
    facts.agent.subprocessors = manifest.subprocessor_fact();
    facts.agent.other_commercial_use = manifest.other_commercial_use;
    facts.agent.elicits_protected_topics = manifest.elicits_protected_topics;
    facts.agent.required_elements = manifest.required_element_set();
    Ok(())
}

/// Whether a signer's role is that of a teacher, who may not sign for the institution.
fn signs_alone(role: &str) -> bool {
    let role = role.to_lowercase();
    ["teacher", "instructor", "lecturer", "faculty", "assistant"]
        .iter()
        .any(|word| role.contains(word))
}

fn ferpa_fact(standing: ConsentStanding, runs: bool) -> FerpaConsent {
    match (standing, runs) {
        (ConsentStanding::Refused, _) => FerpaConsent::None,
        (ConsentStanding::Withdrawn, _) => FerpaConsent::Revoked,
        (ConsentStanding::Granted, true) => FerpaConsent::Valid,
        (ConsentStanding::Granted, false) => FerpaConsent::Expired,
    }
}

fn better_authorization(one: AuthorizationFact, other: AuthorizationFact) -> AuthorizationFact {
    let rank = |fact| match fact {
        AuthorizationFact::Valid => 3,
        AuthorizationFact::TeacherOnly => 2,
        AuthorizationFact::Expired => 1,
        AuthorizationFact::None => 0,
    };
    if rank(other) > rank(one) { other } else { one }
}

/// The elements whose values the gateway itself holds and could put in clear into an assertion.
pub const VALUED_ELEMENTS: [Element; 6] = [
    Element::Name,
    Element::GivenName,
    Element::FamilyName,
    Element::Email,
    Element::Picture,
    Element::StudentNumber,
];
