//! The nouns of this crate as entities and context of the rules: the one place where facts become Cedar.
//!
//! Nothing is decided here; what counts as what (an unknown age, a rights holder) is the nouns' own word.

use std::collections::{BTreeSet, HashMap};
use std::str::FromStr;

use cedar_policy::{
    Context, EntityId, EntityTypeName, EntityUid, Request, RestrictedExpression, Schema,
};

use crate::actor::{ActorRole, Masquerade};
use crate::agent::{AgentKind, AgentRetention, Subprocessors};
use crate::catalogue::{Catalogue, CatalogueEntry, CoppaClass, FerpaClass};
use crate::consent::{
    FerpaConsent, Notice, ParentalDisclosure, SchoolAuthorization, WrittenAgreement,
};
use crate::constants::Constants;
use crate::content::ContentKind;
use crate::element::Element;
use crate::facts::Facts;
use crate::platform::PlatformKind;
use crate::purpose::Purpose;
use crate::recipient::Recipient;
use crate::record::DisagreementStatement;
use crate::release::RecordCode;
use crate::subject::{AgeBand, CoppaParent, FerpaRightsHolder};
use crate::tenant::{CoppaMode, State, TenantAgreement, TenantKind};
use crate::vocabulary::Vocabulary;

/// Why a request could not be put to the rules.
#[derive(Debug)]
pub(crate) struct RequestError;

/// A record under construction.
type Fields = Vec<(String, RestrictedExpression)>;

/// Puts facts into the words of the rules.
#[derive(Debug, Clone)]
pub(crate) struct Phrasing {
    types: HashMap<&'static str, EntityTypeName>,
}

impl Phrasing {
    /// Every vocabulary that stands in the schema, with its words.
    pub(crate) fn vocabularies() -> Vec<(&'static str, Vec<&'static str>)> {
        fn words<V: Vocabulary>() -> (&'static str, Vec<&'static str>) {
            (V::NOUN, V::ALL.iter().map(|word| word.as_str()).collect())
        }
        vec![
            words::<ActorRole>(),
            words::<AgeBand>(),
            words::<AgentKind>(),
            words::<AgentRetention>(),
            words::<ContentKind>(),
            words::<CoppaClass>(),
            words::<CoppaMode>(),
            words::<CoppaParent>(),
            words::<DisagreementStatement>(),
            words::<Element>(),
            words::<FerpaClass>(),
            words::<FerpaConsent>(),
            words::<FerpaRightsHolder>(),
            words::<Masquerade>(),
            words::<Notice>(),
            words::<ParentalDisclosure>(),
            words::<PlatformKind>(),
            words::<Purpose>(),
            words::<Recipient>(),
            words::<RecordCode>(),
            words::<SchoolAuthorization>(),
            words::<State>(),
            words::<Subprocessors>(),
            words::<TenantAgreement>(),
            words::<TenantKind>(),
            words::<WrittenAgreement>(),
        ]
    }

    /// Reads the names of the vocabularies once.
    pub(crate) fn new() -> Self {
        let nouns = Self::vocabularies().into_iter().map(|(noun, _)| noun);
        let fixed = ["Action", "Requester", "Records"];
        let types = nouns
            .chain(fixed)
            .filter_map(|noun| Some((noun, EntityTypeName::from_str(noun).ok()?)))
            .collect();
        Self { types }
    }

    /// The request that asks about these facts.
    pub(crate) fn request(
        &self,
        facts: &Facts,
        catalogue: &Catalogue,
        constants: &Constants,
        schema: &Schema,
    ) -> Result<Request, RequestError> {
        let context = self.context(facts, catalogue, constants)?;
        Request::new(
            self.entity("Requester", "actor")?,
            self.entity("Action", facts.operation.as_str())?,
            self.entity("Records", "asked_for")?,
            context,
            Some(schema),
        )
        .map_err(|_| RequestError)
    }

    fn context(
        &self,
        facts: &Facts,
        catalogue: &Catalogue,
        constants: &Constants,
    ) -> Result<Context, RequestError> {
        let mut fields = self.asked(facts, catalogue)?;
        fields.extend([
            ("tenant".to_owned(), self.tenant(facts)?),
            ("platform".to_owned(), self.platform(facts)?),
            ("subject".to_owned(), self.subject(facts)?),
            ("actor".to_owned(), self.actor(facts)?),
            ("agent".to_owned(), self.agent(facts)?),
            ("consent".to_owned(), self.consent(facts)?),
            ("content".to_owned(), self.content(facts)?),
            ("deidentification".to_owned(), self.deidentification(facts)?),
            ("emergency".to_owned(), emergency(facts)?),
            ("hold".to_owned(), hold(facts)?),
            ("constants".to_owned(), numbers(constants)?),
            flag("legal_process_sealed", facts.legal_process_sealed),
            flag("telemetry_personal_data", facts.telemetry_personal_data),
            flag("retention_elapsed", facts.retention_elapsed),
            flag(
                "erasure_includes_disclosure_record",
                facts.erasure_includes_disclosure_record,
            ),
            flag("score_own_line_item", facts.score_own_line_item),
            flag("age_screen_neutral", facts.age_screen_neutral),
            flag("system_degraded", facts.system_degraded),
        ]);
        Context::from_pairs(fields).map_err(|_| RequestError)
    }

    fn asked(&self, facts: &Facts, catalogue: &Catalogue) -> Result<Fields, RequestError> {
        let entries = || {
            facts
                .elements
                .iter()
                .filter_map(|element| catalogue.get(*element))
        };
        let ferpa: BTreeSet<FerpaClass> = entries().map(CatalogueEntry::ferpa).collect();
        let coppa: BTreeSet<CoppaClass> = entries().map(CatalogueEntry::coppa).collect();
        Ok(vec![
            self.word("purpose", facts.purpose)?,
            self.words("elements", &facts.elements)?,
            self.words("ferpa_classes", &ferpa)?,
            self.words("coppa_classes", &coppa)?,
            flag("identifiable", facts.identifiable),
            self.word("recipient", facts.recipient)?,
            flag("other_tenant", facts.other_tenant),
            self.word("agreement", facts.agreement)?,
            self.word("notice", facts.notice)?,
            self.word("disagreement_statement", facts.disagreement_statement)?,
        ])
    }

    fn tenant(&self, facts: &Facts) -> Result<RestrictedExpression, RequestError> {
        let tenant = &facts.tenant;
        let mut fields = vec![
            self.word("kind", tenant.kind)?,
            self.word("agreement", tenant.agreement)?,
            flag("annual_notice_attested", tenant.annual_notice_attested),
            self.word("coppa_mode", tenant.coppa_mode)?,
            flag("assistants_are_officials", tenant.assistants_are_officials),
        ];
        if let Some(state) = tenant.state {
            fields.push(self.word("state", state)?);
        }
        record(fields)
    }

    fn platform(&self, facts: &Facts) -> Result<RestrictedExpression, RequestError> {
        record(vec![
            self.word("kind", facts.platform.kind)?,
            flag(
                "institution_agreement",
                facts.platform.institution_agreement,
            ),
        ])
    }

    fn subject(&self, facts: &Facts) -> Result<RestrictedExpression, RequestError> {
        let subject = &facts.subject;
        record(vec![
            self.word("age", facts.counted_age())?,
            self.word("ferpa_rights_holder", facts.ferpa_rights_holder())?,
            self.word("coppa_parent", facts.coppa_parent())?,
            flag("postsecondary", subject.postsecondary),
            flag("anonymous", subject.anonymous),
            flag("former", subject.former),
            flag("directory_opt_out", subject.directory_opt_out),
            flag("idea", subject.idea),
        ])
    }

    fn actor(&self, facts: &Facts) -> Result<RestrictedExpression, RequestError> {
        let actor = &facts.actor;
        record(vec![
            self.word("role", actor.role)?,
            flag("is_subject", actor.is_subject),
            self.word("masquerading", actor.masquerading)?,
            flag("verified", actor.verified),
            flag("linked_to_subject", actor.linked_to_subject),
            flag("in_course", actor.in_course),
            flag("has_custody", actor.has_custody),
            flag("barred_by_court_order", actor.barred_by_court_order),
            flag("dependency_attested", actor.dependency_attested),
        ])
    }

    fn agent(&self, facts: &Facts) -> Result<RestrictedExpression, RequestError> {
        let agent = &facts.agent;
        record(vec![
            self.word("kind", agent.kind)?,
            flag("written_assurances", agent.written_assurances),
            self.word("retention", agent.retention)?,
            flag("other_commercial_use", agent.other_commercial_use),
            flag("barred", agent.barred),
            flag("elicits_protected_topics", agent.elicits_protected_topics),
            self.word("subprocessors", agent.subprocessors)?,
            self.words("required_elements", &agent.required_elements)?,
            flag(
                "required_elements_justified",
                agent.required_elements_justified,
            ),
        ])
    }

    fn consent(&self, facts: &Facts) -> Result<RestrictedExpression, RequestError> {
        let consent = &facts.consent;
        record(vec![
            self.word("ferpa", consent.ferpa)?,
            self.word("school_authorization", consent.school_authorization)?,
            flag("parental_use", consent.parental_use),
            self.word("parental_disclosure", consent.parental_disclosure)?,
            flag("revoked", consent.revoked),
        ])
    }

    fn content(&self, facts: &Facts) -> Result<RestrictedExpression, RequestError> {
        let content = &facts.content;
        record(vec![
            self.words("personal_information", &content.personal_information)?,
            flag("audio", content.audio),
            flag("names_other_subject", content.names_other_subject),
        ])
    }

    fn deidentification(&self, facts: &Facts) -> Result<RestrictedExpression, RequestError> {
        let release = &facts.deidentification;
        let mut fields = vec![
            flag("determination", release.determination),
            self.word("record_code", release.record_code)?,
        ];
        if let Some(cell) = release.smallest_cell {
            let cell = RestrictedExpression::new_long(i64::from(cell));
            fields.push(("smallest_cell".to_owned(), cell));
        }
        record(fields)
    }

    fn word<V: Vocabulary>(
        &self,
        name: &str,
        word: V,
    ) -> Result<(String, RestrictedExpression), RequestError> {
        let entity = self.entity(V::NOUN, word.as_str())?;
        Ok((
            name.to_owned(),
            RestrictedExpression::new_entity_uid(entity),
        ))
    }

    fn words<V: Vocabulary>(
        &self,
        name: &str,
        words: &BTreeSet<V>,
    ) -> Result<(String, RestrictedExpression), RequestError> {
        let entities = words
            .iter()
            .map(|word| {
                self.entity(V::NOUN, word.as_str())
                    .map(RestrictedExpression::new_entity_uid)
            })
            .collect::<Result<Vec<_>, _>>()?;
        Ok((name.to_owned(), RestrictedExpression::new_set(entities)))
    }

    fn entity(&self, noun: &str, word: &str) -> Result<EntityUid, RequestError> {
        let kind = self.types.get(noun).ok_or(RequestError)?;
        Ok(EntityUid::from_type_name_and_id(
            kind.clone(),
            EntityId::new(word),
        ))
    }
}

fn emergency(facts: &Facts) -> Result<RestrictedExpression, RequestError> {
    record(vec![
        flag("threat_recorded", facts.emergency.threat_recorded),
        flag(
            "official_determination",
            facts.emergency.official_determination,
        ),
    ])
}

fn hold(facts: &Facts) -> Result<RestrictedExpression, RequestError> {
    record(vec![
        flag("open", facts.hold.open),
        flag("access_request_open", facts.hold.access_request_open),
    ])
}

fn numbers(constants: &Constants) -> Result<RestrictedExpression, RequestError> {
    let cell = constants
        .get(Constants::SMALLEST_CELL)
        .ok_or(RequestError)?;
    let cell = RestrictedExpression::new_long(i64::from(cell.value()));
    record(vec![("smallest_cell".to_owned(), cell)])
}

fn flag(name: &str, value: bool) -> (String, RestrictedExpression) {
    (name.to_owned(), RestrictedExpression::new_bool(value))
}

fn record(fields: Fields) -> Result<RestrictedExpression, RequestError> {
    RestrictedExpression::new_record(fields).map_err(|_| RequestError)
}
