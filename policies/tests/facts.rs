//! Facts are read with their defaults, and never guessed.

use agent_factory_policies::{
    ActorRole, AgeBand, CoppaParent, Element, FACT_KEYS, Facts, FactsError, FerpaRightsHolder,
    Operation, SchoolAuthorization, TenantKind,
};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::facts;
use crate::situations::any_facts;

fn error(text: &str) -> FactsError {
    let map: Map<String, Value> = serde_json::from_str(text).expect("a JSON object");
    Facts::from_json(&map).expect_err("not facts")
}

#[test]
fn an_unknown_fact_is_an_error_that_names_it() {
    assert_eq!(
        error(r#"{"subject.agee": "under_13"}"#).to_string(),
        "there is no fact `subject.agee`"
    );
}

#[test]
fn an_unknown_value_is_an_error_that_names_both() {
    let wrong = error(r#"{"subject.age": "udner_13"}"#);
    assert_eq!(
        wrong.to_string(),
        "fact `subject.age` has no value `udner_13`"
    );
    assert_eq!(wrong.code(), "unknown-fact-value");
    let wrong = error(r#"{"elements": ["name", "shoe_size"]}"#);
    assert_eq!(
        wrong.to_string(),
        "fact `elements` has no value `shoe_size`"
    );
    assert_eq!(
        error(r#"{"tenant.state": "ZZ"}"#).code(),
        "unknown-fact-value"
    );
}

#[test]
fn a_value_of_the_wrong_shape_is_an_error() {
    assert_eq!(
        error(r#"{"agent.barred": "yes"}"#).to_string(),
        "fact `agent.barred` must be true or false"
    );
    assert_eq!(
        error(r#"{"elements": "name"}"#).code(),
        "fact-of-wrong-shape"
    );
    assert_eq!(
        error(r#"{"deidentification.smallest_cell": -1}"#).code(),
        "fact-of-wrong-shape"
    );
    assert_eq!(
        error(r#"{"actor.lti_roles": "Mentor"}"#).code(),
        "fact-of-wrong-shape"
    );
}

#[test]
fn every_fact_of_the_vocabulary_has_a_name() {
    assert_eq!(FACT_KEYS.len(), 64);
}

#[test]
fn the_default_is_the_unremarkable_launch_of_a_learner() {
    let usual = facts("{}");
    assert_eq!(
        usual,
        Facts::unremarkable(Operation::Launch, TenantKind::K12)
    );
    assert_eq!(usual.actor.role, ActorRole::Learner);
    assert!(usual.actor.is_subject);
    let minimum = [Element::Pseudonym, Element::Role, Element::Context];
    assert_eq!(usual.elements, minimum.into());
    assert!(usual.to_json().is_empty());
}

#[test]
fn an_unknown_age_counts_by_the_kind_of_institution() {
    assert_eq!(facts("{}").counted_age(), AgeBand::Under13);
    assert_eq!(
        facts(r#"{"tenant.kind": "higher_ed"}"#).counted_age(),
        AgeBand::Adult
    );
    let minor = r#"{"tenant.kind": "higher_ed", "subject.age": "13_to_17"}"#;
    assert_eq!(facts(minor).counted_age(), AgeBand::From13To17);
}

#[test]
fn defaults_that_hang_on_the_kind_of_institution_follow_it() {
    let school = facts("{}");
    assert_eq!(
        school.consent.school_authorization,
        SchoolAuthorization::Valid
    );
    assert!(!school.subject.postsecondary);
    let college = facts(r#"{"tenant.kind": "higher_ed"}"#);
    assert_eq!(
        college.consent.school_authorization,
        SchoolAuthorization::None
    );
    assert!(college.subject.postsecondary);
}

#[test]
fn the_default_actor_of_an_administrative_deed_is_an_administrator() {
    for operation in Operation::ALL
        .iter()
        .filter(|operation| operation.is_administrative())
    {
        let facts = facts(&format!(r#"{{"op": "{operation}"}}"#));
        assert_eq!(facts.actor.role, ActorRole::Administrator, "{operation}");
        assert!(!facts.actor.is_subject, "{operation}");
    }
    assert_eq!(
        facts(r#"{"op": "access_request"}"#).actor.role,
        ActorRole::Learner
    );
}

#[test]
fn rights_holder_and_coppa_parent_are_two_answers() {
    let dual_enrolled = facts(r#"{"subject.age": "under_13", "subject.postsecondary": true}"#);
    assert_eq!(
        dual_enrolled.ferpa_rights_holder(),
        FerpaRightsHolder::Student
    );
    assert_eq!(dual_enrolled.coppa_parent(), CoppaParent::Required);
    let teenager = facts(r#"{"subject.age": "13_to_17"}"#);
    assert_eq!(teenager.ferpa_rights_holder(), FerpaRightsHolder::Parent);
    assert_eq!(teenager.coppa_parent(), CoppaParent::NotRequired);
}

/// The roles of a launch, the deed where it is not a launch, and the role they amount to. `M#`, `M/`,
/// `I#` and `S#` stand for the vocabularies of membership, institution and system.
const ROLES: &[(&str, &str, ActorRole)] = &[
    ("", "launch", ActorRole::Learner),
    ("Wizard", "launch", ActorRole::Learner),
    ("NonCreditLearner Mentor", "launch", ActorRole::Observer),
    ("M#Learner M#Mentor", "launch", ActorRole::Observer),
    ("I#Observer M#Instructor", "launch", ActorRole::Observer),
    (
        "M#Instructor M/Instructor#TeachingAssistant",
        "launch",
        ActorRole::TeachingAssistant,
    ),
    (
        "Instructor/TeachingAssistantSection",
        "launch",
        ActorRole::TeachingAssistant,
    ),
    (
        "urn:lti:role:ims/lis/TeachingAssistant",
        "launch",
        ActorRole::TeachingAssistant,
    ),
    ("M#Instructor", "launch", ActorRole::Instructor),
    (
        "urn:lti:role:ims/lis/Instructor",
        "launch",
        ActorRole::Instructor,
    ),
    ("M/Instructor#Grader", "launch", ActorRole::Instructor),
    ("M#Learner I#Instructor", "launch", ActorRole::Learner),
    ("M#Administrator", "launch", ActorRole::Administrator),
    ("I#Administrator", "launch", ActorRole::Learner),
    (
        "urn:lti:instrole:ims/lis/Administrator",
        "launch",
        ActorRole::Learner,
    ),
    (
        "M/Administrator#ExternalSupport",
        "launch",
        ActorRole::Learner,
    ),
    (
        "I#Administrator",
        "privacy_launch",
        ActorRole::Administrator,
    ),
    (
        "S#Administrator M#Instructor",
        "privacy_launch",
        ActorRole::Administrator,
    ),
];

#[test]
fn the_roles_of_a_launch_decide_the_role_of_the_actor() {
    const LIS: &str = "http://purl.imsglobal.org/vocab/lis/v2";
    for (short, deed, expected) in ROLES {
        let roles: Vec<String> = short
            .split_whitespace()
            .map(|role| match role.split_at(1) {
                ("M", rest) if rest.starts_with(['#', '/']) => format!("{LIS}/membership{rest}"),
                ("I", rest) if rest.starts_with('#') => format!("{LIS}/institution/person{rest}"),
                ("S", rest) if rest.starts_with('#') => format!("{LIS}/system/person{rest}"),
                _ => role.to_owned(),
            })
            .collect();
        let map = json!({"op": deed, "actor.role": "auditor", "actor.lti_roles": roles});
        let read = Facts::from_json(map.as_object().expect("an object")).expect("facts");
        assert_eq!(read.actor.role, *expected, "{short}");
        assert_eq!(
            read.actor.is_subject,
            *expected == ActorRole::Learner,
            "{short}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn what_is_written_is_read_back(facts in any_facts()) {
        prop_assert_eq!(Facts::from_json(&facts.to_json()).expect("our own writing"), facts);
    }

    #[test]
    fn equal_facts_and_only_they_share_a_canonical_line(a in any_facts(), b in any_facts()) {
        prop_assert_eq!(a == b, a.canonical() == b.canonical());
    }
}
