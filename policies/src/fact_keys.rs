//! The names under which facts are written: one row for each, in both directions.
//!
//! An unknown key is an error that names it, so that a misspelt fact never silently keeps its default.

use serde_json::{Map, Value};

use crate::actor::{ActorFacts, ActorRole};
use crate::fact_value::{FactValue, Misfit};
use crate::facts::Facts;
use crate::operation::Operation;
use crate::tenant::TenantKind;

/// The list of LTI roles that decides the actor's role where it is given.
const LTI_ROLES: &str = "actor.lti_roles";

/// Why facts could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FactsError {
    /// There is no fact of this name.
    #[error("there is no fact `{key}`")]
    UnknownKey {
        /// The name at fault.
        key: String,
    },
    /// The fact's vocabulary does not have this word.
    #[error("fact `{key}` has no value `{word}`")]
    UnknownValue {
        /// The fact at fault.
        key: String,
        /// The word at fault.
        word: String,
    },
    /// The fact's value has the wrong shape.
    #[error("fact `{key}` must be {wanted}")]
    WrongShape {
        /// The fact at fault.
        key: String,
        /// What was wanted instead.
        wanted: &'static str,
    },
}

impl FactsError {
    /// The stable code of this error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownKey { .. } => "unknown-fact",
            Self::UnknownValue { .. } => "unknown-fact-value",
            Self::WrongShape { .. } => "fact-of-wrong-shape",
        }
    }

    fn misfit(key: &str, misfit: Misfit) -> Self {
        let key = key.to_owned();
        match misfit {
            Misfit::Shape(wanted) => Self::WrongShape { key, wanted },
            Misfit::Word(word) => Self::UnknownValue { key, word },
        }
    }
}

/// Declares the rows: the name of a fact and its place in [`Facts`].
macro_rules! fact_keys {
    ($( $key:literal => $($place:ident).+, )+) => {
        /// The name of every fact, in the order in which facts are written.
        pub const FACT_KEYS: &[&str] = &[$( $key, )+ LTI_ROLES];

        fn set(facts: &mut Facts, key: &str, value: &Value) -> Result<(), FactsError> {
            match key {
                $( $key => {
                    facts.$($place).+ = FactValue::read(value)
                        .map_err(|misfit| FactsError::misfit(key, misfit))?;
                } )+
                LTI_ROLES => {}
                _ => return Err(FactsError::UnknownKey { key: key.to_owned() }),
            }
            Ok(())
        }

        fn differences(facts: &Facts, base: &Facts) -> Map<String, Value> {
            let mut map = Map::new();
            $( if facts.$($place).+ != base.$($place).+ {
                map.insert($key.to_owned(), FactValue::write(&facts.$($place).+));
            } )+
            map
        }
    };
}

fact_keys! {
    "op" => operation,
    "purpose" => purpose,
    "elements" => elements,
    "identifiable" => identifiable,
    "recipient" => recipient,
    "resource.other_tenant" => other_tenant,
    "tenant.kind" => tenant.kind,
    "tenant.state" => tenant.state,
    "tenant.agreement" => tenant.agreement,
    "tenant.annual_notice_attested" => tenant.annual_notice_attested,
    "tenant.coppa_mode" => tenant.coppa_mode,
    "tenant.assistants_are_officials" => tenant.assistants_are_officials,
    "platform.kind" => platform.kind,
    "platform.institution_agreement" => platform.institution_agreement,
    "subject.age" => subject.age,
    "subject.postsecondary" => subject.postsecondary,
    "subject.anonymous" => subject.anonymous,
    "subject.former" => subject.former,
    "subject.directory_opt_out" => subject.directory_opt_out,
    "subject.idea" => subject.idea,
    "actor.role" => actor.role,
    "actor.is_subject" => actor.is_subject,
    "actor.masquerading" => actor.masquerading,
    "actor.verified" => actor.verified,
    "actor.linked_to_subject" => actor.linked_to_subject,
    "actor.in_course" => actor.in_course,
    "actor.has_custody" => actor.has_custody,
    "actor.barred_by_court_order" => actor.barred_by_court_order,
    "actor.dependency_attested" => actor.dependency_attested,
    "agent.kind" => agent.kind,
    "agent.written_assurances" => agent.written_assurances,
    "agent.retention" => agent.retention,
    "agent.other_commercial_use" => agent.other_commercial_use,
    "agent.barred" => agent.barred,
    "agent.elicits_protected_topics" => agent.elicits_protected_topics,
    "agent.subprocessors" => agent.subprocessors,
    "agent.required_elements" => agent.required_elements,
    "agent.required_elements_justified" => agent.required_elements_justified,
    "agreement" => agreement,
    "consent.ferpa" => consent.ferpa,
    "consent.school_authorization" => consent.school_authorization,
    "consent.parental_use" => consent.parental_use,
    "consent.parental_disclosure" => consent.parental_disclosure,
    "consent.revoked" => consent.revoked,
    "notice" => notice,
    "content.personal_information" => content.personal_information,
    "content.audio" => content.audio,
    "content.names_other_subject" => content.names_other_subject,
    "record.disagreement_statement" => disagreement_statement,
    "deidentification.determination" => deidentification.determination,
    "deidentification.record_code" => deidentification.record_code,
    "deidentification.smallest_cell" => deidentification.smallest_cell,
    "emergency.threat_recorded" => emergency.threat_recorded,
    "emergency.official_determination" => emergency.official_determination,
    "legal_process.sealed" => legal_process_sealed,
    "telemetry.personal_data" => telemetry_personal_data,
    "hold.open" => hold.open,
    "hold.access_request_open" => hold.access_request_open,
    "retention.elapsed" => retention_elapsed,
    "erasure.includes_disclosure_record" => erasure_includes_disclosure_record,
    "score.own_line_item" => score_own_line_item,
    "age_screen.neutral" => age_screen_neutral,
    "system.degraded" => system_degraded,
}

impl Facts {
    /// Reads facts from a flat map of dotted names; those not given keep their default.
    ///
    /// Defaults that hang on other facts (the actor's role on the operation, the school's
    /// authorization on the kind of tenant) are taken after those facts are known.
    /// `actor.lti_roles`, where given, decides `actor.role`.
    ///
    /// # Errors
    /// An unknown name, an unknown word, or a value of the wrong shape; each names what is at fault.
    pub fn from_json(map: &Map<String, Value>) -> Result<Self, FactsError> {
        let operation = read_or(map, "op", Operation::Launch)?;
        let kind = read_or(map, "tenant.kind", TenantKind::K12)?;
        let mut facts = Self::unremarkable(operation, kind);
        let given_role = read_or(map, "actor.role", facts.actor.role)?;
        let role = lti_role(map, operation)?.unwrap_or(given_role);
        facts.actor = ActorFacts::in_role(role);
        for (key, value) in map {
            set(&mut facts, key, value)?;
        }
        facts.actor.role = role;
        Ok(facts)
    }

    /// Writes the facts that differ from their default, in a fixed order.
    pub fn to_json(&self) -> Map<String, Value> {
        let mut base = Self::unremarkable(Operation::Launch, TenantKind::K12);
        let usual = Self::unremarkable(self.operation, self.tenant.kind);
        base.subject.postsecondary = usual.subject.postsecondary;
        base.consent.school_authorization = usual.consent.school_authorization;
        base.actor = ActorFacts::in_role(self.actor.role);
        base.actor.role = usual.actor.role;
        differences(self, &base)
    }
}

fn read_or<T: FactValue>(map: &Map<String, Value>, key: &str, default: T) -> Result<T, FactsError> {
    map.get(key).map_or(Ok(default), |value| {
        T::read(value).map_err(|misfit| FactsError::misfit(key, misfit))
    })
}

fn lti_role(
    map: &Map<String, Value>,
    operation: Operation,
) -> Result<Option<ActorRole>, FactsError> {
    let Some(value) = map.get(LTI_ROLES) else {
        return Ok(None);
    };
    let wrong = || FactsError::misfit(LTI_ROLES, Misfit::Shape("a list of role names"));
    let list = value.as_array().ok_or_else(wrong)?;
    let roles = list
        .iter()
        .map(|role| role.as_str().ok_or_else(wrong))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Some(ActorRole::from_lti(roles, operation)))
}
