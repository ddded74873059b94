//! Situations to try the rules on: every fact may take every value, most keep their default.

use agent_factory_policies::Facts;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// Every fact with the values it is tried with.
#[expect(clippy::too_many_lines, reason = "one row a fact")]
fn choices() -> Vec<(&'static str, Vec<Value>)> {
    let flag = || vec![json!(true), json!(false)];
    let words = |words: &str| {
        words
            .split_whitespace()
            .map(Value::from)
            .collect::<Vec<_>>()
    };
    vec![
        (
            "op",
            words(
                "launch agent_request agent_response roster_read score_write memory_read publish deidentified_release access_request erasure_request disclosure_record_read privacy_launch plaintext_read safety_alert break_glass legal_process retention_purge telemetry_export age_screen agent_registration other_exception",
            ),
        ),
        (
            "purpose",
            words(
                "tutoring school_analytics vendor_analytics product_improvement model_training targeted_advertising contextual_advertising marketing audit_or_evaluation study internal_operations",
            ),
        ),
        (
            "elements",
            vec![
                json!([]),
                json!(["session_cookie"]),
                json!(["name", "email"]),
                json!(["grade"]),
                json!(["name", "course_enrolment"]),
                json!(["prompt", "audio", "memory"]),
                json!(["role"]),
            ],
        ),
        ("identifiable", flag()),
        (
            "recipient",
            words("agent school_official outside_institution"),
        ),
        ("resource.other_tenant", flag()),
        ("tenant.kind", words("k12 higher_ed")),
        ("tenant.state", vec![json!("NY"), json!("CA"), json!(null)]),
        ("tenant.agreement", words("valid expired none")),
        ("tenant.annual_notice_attested", flag()),
        (
            "tenant.coppa_mode",
            words("school_authorization parental_consent_only"),
        ),
        ("tenant.assistants_are_officials", flag()),
        ("platform.kind", words("lms publisher")),
        ("platform.institution_agreement", flag()),
        ("subject.age", words("under_13 13_to_17 18_or_over unknown")),
        ("subject.postsecondary", flag()),
        ("subject.anonymous", flag()),
        ("subject.former", flag()),
        ("subject.directory_opt_out", flag()),
        ("subject.idea", flag()),
        (
            "actor.role",
            words(
                "learner instructor teaching_assistant observer administrator records_custodian auditor parent vendor_support",
            ),
        ),
        ("actor.is_subject", flag()),
        ("actor.masquerading", words("no yes undetectable")),
        ("actor.verified", flag()),
        ("actor.linked_to_subject", flag()),
        ("actor.in_course", flag()),
        ("actor.has_custody", flag()),
        ("actor.barred_by_court_order", flag()),
        ("actor.dependency_attested", flag()),
        ("agent.kind", words("in_house school_official third_party")),
        ("agent.written_assurances", flag()),
        ("agent.retention", words("finite indefinite")),
        ("agent.other_commercial_use", flag()),
        ("agent.barred", flag()),
        ("agent.elicits_protected_topics", flag()),
        ("agent.subprocessors", words("none declared undeclared")),
        (
            "agent.required_elements",
            vec![json!(["birthdate"]), json!([])],
        ),
        ("agent.required_elements_justified", flag()),
        ("agreement", words("none incomplete complete")),
        (
            "consent.ferpa",
            words("none valid expired revoked other_party_or_purpose"),
        ),
        (
            "consent.school_authorization",
            words("none teacher_only valid expired"),
        ),
        ("consent.parental_use", flag()),
        (
            "consent.parental_disclosure",
            words("none refused granted training"),
        ),
        ("consent.revoked", flag()),
        ("notice", words("current superseded")),
        (
            "content.personal_information",
            vec![json!(["phone", "address"]), json!([])],
        ),
        ("content.audio", flag()),
        ("content.names_other_subject", flag()),
        (
            "record.disagreement_statement",
            words("none attached cannot_attach"),
        ),
        ("deidentification.determination", flag()),
        ("deidentification.record_code", words("none random derived")),
        (
            "deidentification.smallest_cell",
            vec![json!(3), json!(25), json!(null)],
        ),
        ("emergency.threat_recorded", flag()),
        ("emergency.official_determination", flag()),
        ("legal_process.sealed", flag()),
        ("telemetry.personal_data", flag()),
        ("hold.open", flag()),
        ("hold.access_request_open", flag()),
        ("retention.elapsed", flag()),
        ("erasure.includes_disclosure_record", flag()),
        ("score.own_line_item", flag()),
        ("age_screen.neutral", flag()),
        ("system.degraded", flag()),
    ]
}

/// Facts that may differ from the unremarkable in every way, each in about one situation of six:
/// with more, some wall nearly always stands and nothing is learnt of the others.
pub fn any_map() -> impl Strategy<Value = Map<String, Value>> {
    let choices = choices();
    let picks = proptest::collection::vec((0_u8..6, any::<prop::sample::Index>()), choices.len());
    (
        picks,
        any::<prop::sample::Index>(),
        any::<prop::sample::Index>(),
    )
        .prop_map(move |(picks, op, role)| {
            let mut map = Map::new();
            for ((key, values), (chance, index)) in choices.iter().zip(picks) {
                let index = match *key {
                    // What is done and by whom is varied evenly.
                    "op" => op,
                    "actor.role" if chance > 2 => role,
                    _ if chance == 0 => index,
                    _ => continue,
                };
                map.insert((*key).to_owned(), index.get(values).clone());
            }
            map
        })
}

/// The facts of [`any_map`].
pub fn any_facts() -> impl Strategy<Value = Facts> {
    any_map().prop_map(|map| Facts::from_json(&map).expect("facts that exist"))
}
