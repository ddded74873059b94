//! What a decision carries: dispositions, codes, citations, its name; and how it is kept and told.

use std::sync::Arc;

use agent_factory_policies::{
    Decision, DecisionCache, Disposition, Effect, Element, Engine, Facts, Operation, Record99_32,
    RuleKind, TenantKind, explain::explain,
};

use crate::{decide, facts, shipped};

fn permit(text: &str) -> agent_factory_policies::Disclosure {
    match decide(text) {
        Decision::Permitted(disclosure) => disclosure,
        Decision::Refused(refusal) => panic!("refused: {}", refusal.codes().join(", ")),
    }
}

fn codes(text: &str) -> String {
    match decide(text) {
        Decision::Permitted(_) => panic!("it was permitted"),
        Decision::Refused(refusal) => refusal.codes().join(" "),
    }
}

#[test]
fn a_tutor_gets_its_minimum_under_a_pseudonym() {
    let permit = permit(r#"{"elements": ["pseudonym", "role", "context", "resource", "prompt"]}"#);
    assert_eq!(permit.effect(), Effect::AllowMinimised);
    assert_eq!(
        permit.disposition(Element::Pseudonym),
        Disposition::Pseudonym
    );
    for element in [Element::Role, Element::Resource, Element::Prompt] {
        assert!(permit.passes(element), "{element}");
    }
    assert_eq!(permit.bases(), ["school-official-contractor"]);
    assert_eq!(permit.record(), Record99_32::ExemptD2);
}

#[test]
fn identifiers_stay_sealed_from_every_agent_under_contract() {
    let sealed = [
        Element::Name,
        Element::GivenName,
        Element::FamilyName,
        Element::Email,
        Element::Picture,
        Element::PhoneNumber,
        Element::StudentNumber,
        Element::Address,
        Element::Birthdate,
    ];
    for kind in ["in_house", "school_official"] {
        let list = sealed.map(|element| format!("\"{element}\"")).join(",");
        let permit = permit(&format!(
            r#"{{"elements": [{list}], "agent.kind": "{kind}"}}"#
        ));
        for element in sealed {
            assert_eq!(
                permit.disposition(element),
                Disposition::KeepSealed,
                "{kind} {element}"
            );
        }
    }
}

#[test]
fn an_element_that_was_not_asked_for_never_passes() {
    let permit = permit(r#"{"elements": ["role"]}"#);
    assert_eq!(permit.effect(), Effect::Allow);
    assert!(!permit.passes(Element::Resource));
    assert_eq!(permit.elements().len(), 1);
}

#[test]
fn only_consent_opens_what_needs_consent() {
    let asked = r#""tenant.kind": "higher_ed", "agent.kind": "third_party", "elements": ["email"]"#;
    let consented = permit(&format!(r#"{{{asked}, "consent.ferpa": "valid"}}"#));
    assert!(consented.passes(Element::Email));
    let study = r#""purpose": "study", "agreement": "complete""#;
    let studied = permit(&format!("{{{asked}, {study}}}"));
    assert_eq!(
        studied.disposition(Element::Email),
        Disposition::NeedsConsent
    );
    assert!(!studied.passes(Element::Email));
}

#[test]
fn rules_make_dispositions_stricter_and_say_so() {
    let permit = permit(
        r#"{"op": "agent_request", "elements": ["prompt"], "content.personal_information": ["phone"]}"#,
    );
    assert_eq!(permit.disposition(Element::Prompt), Disposition::Redact);
    assert!(permit.rules().iter().any(|rule| {
        rule.kind == RuleKind::Minimise && &*rule.id == "cut-out-what-a-text-should-not-tell"
    }));
}

#[test]
fn where_nothing_allows_it_the_code_says_so() {
    assert_eq!(codes(r#"{"op": "roster_read"}"#), "no-legal-basis");
}

#[test]
fn a_named_wall_speaks_for_itself() {
    assert_eq!(codes(r#"{"agent.barred": true}"#), "party-barred");
}

#[test]
fn the_most_severe_code_comes_first() {
    let both = codes(
        r#"{"notice": "superseded", "consent.school_authorization": "teacher_only", "agent.barred": true}"#,
    );
    assert_eq!(
        both,
        "party-barred authorization-not-of-the-institution notice-superseded"
    );
}

#[test]
fn a_missing_ground_is_asked_for_only_where_nothing_harder_stands() {
    let expired =
        r#""tenant.kind": "higher_ed", "agent.kind": "third_party", "consent.ferpa": "expired""#;
    assert_eq!(
        decide(&format!("{{{expired}}}")).effect(),
        Effect::HoldForConsent
    );
    assert_eq!(
        decide(&format!(r#"{{{expired}, "agent.barred": true}}"#)).effect(),
        Effect::Deny
    );
    // Another ground stands by itself, and then nothing is missing.
    let contractor = expired.replace("third_party", "school_official");
    assert!(decide(&format!("{{{contractor}}}")).effect().permits());
}

#[test]
fn a_hold_of_an_overlay_does_not_soften_a_missing_basis() {
    let overlay = r#"@id("ours") @cite("-") @source("policy") @effect("hold_for_consent")
        @code("ours") @record("of_ground") forbid (principal, action, resource);"#;
    let engine = Engine::new(
        shipped()
            .policy_set()
            .with_overlay(overlay)
            .expect("an overlay"),
    );
    let decision = engine.decide(&facts(r#"{"op": "roster_read"}"#));
    let refusal = decision.refused().expect("a refusal");
    assert_eq!(refusal.effect(), Effect::Deny);
    assert_eq!(refusal.codes().join(" "), "no-legal-basis ours");
    assert_eq!(refusal.record(), Record99_32::Required);
}

#[test]
fn the_name_of_a_decision_hangs_on_the_facts_and_the_rules() {
    let (engine, plain) = (shipped(), facts("{}"));
    let id = engine.decide(&plain).id().clone();
    assert_eq!(id.as_str().len(), 32);
    assert_eq!(engine.decide(&plain).id(), &id);
    assert_ne!(engine.decide(&facts(r#"{"subject.idea": true}"#)).id(), &id);
    let overlay = r#"@id("ours") @cite("-") @source("policy") @effect("deny") @code("ours")
        @record("required") forbid (principal, action, resource) when { context.system_degraded };"#;
    let other = Engine::new(
        engine
            .policy_set()
            .with_overlay(overlay)
            .expect("an overlay"),
    );
    assert_ne!(other.decide(&plain).id(), &id);
}

#[test]
fn the_cache_gives_what_the_engine_gives_and_stays_bounded() {
    let (engine, cache) = (shipped(), DecisionCache::new(32));
    for cell in 0..200 {
        let mut facts = Facts::unremarkable(Operation::Launch, TenantKind::K12);
        facts.deidentification.smallest_cell = Some(cell);
        let kept = cache.decide(&engine, &facts);
        assert_eq!(kept.id(), engine.decide(&facts).id());
        assert!(
            Arc::ptr_eq(&kept, &cache.decide(&engine, &facts)),
            "the second time it is kept"
        );
    }
    assert!(cache.len() <= 32, "{} are kept", cache.len());
}

#[test]
fn the_cache_tells_two_policy_sets_apart() {
    let (engine, cache) = (shipped(), DecisionCache::new(100));
    let overlay = r#"@id("ours") @cite("-") @source("policy") @effect("deny") @code("ours")
        @record("required") forbid (principal, action, resource);"#;
    let stricter = Engine::new(
        engine
            .policy_set()
            .with_overlay(overlay)
            .expect("an overlay"),
    );
    let facts = facts("{}");
    assert!(cache.decide(&engine, &facts).effect().permits());
    assert_eq!(cache.decide(&stricter, &facts).effect(), Effect::Deny);
}

#[test]
fn an_explanation_names_each_rule_and_its_citation() {
    let given = facts(r#"{"subject.age": "under_13", "consent.school_authorization": "none"}"#);
    let told = explain(&given, &shipped().decide(&given));
    let text = told.to_string();
    assert!(text.starts_with("Refused."), "{text}");
    assert!(
        text.contains(
            "stopped by child-without-any-consent (law, coppa-no-consent): 16 CFR 312.5(a)(1)"
        ),
        "{text}"
    );
    let json = serde_json::to_value(&told).expect("it can be written");
    assert_eq!(json["effect"], "deny");
    assert_eq!(json["codes"][0], "coppa-no-consent");
    assert_eq!(json["facts"]["subject.age"], "under_13");
}

#[test]
fn a_permit_is_explained_element_by_element() {
    let given = facts(r#"{"elements": ["pseudonym", "email"]}"#);
    let text = explain(&given, &shipped().decide(&given)).to_string();
    assert!(text.contains("pseudonym: goes under a pseudonym"), "{text}");
    assert!(
        text.contains("email: stays sealed at the gateway"),
        "{text}"
    );
}
