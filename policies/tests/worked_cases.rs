//! Every worked case passes by rules, except those listed here as not yet covered.

use std::collections::BTreeSet;

use agent_factory_policies::{Effect, cases};

use crate::shipped;

/// The cases that came with the reading of the law.
const CASES: &str = include_str!("../cases/cases.json");

/// Our own, for the rules that no case of the others fires.
const MORE_CASES: &str = include_str!("../cases/more.json");

/// Cases that the rules do not yet answer rightly. Only ever shrinks.
const NOT_YET: &[&str] = &[];

/// Rules that no case fires yet. Only ever shrinks.
const NOT_FIRED: &[&str] = &[];

/// The cases that a first launch cannot do without.
fn is_required(case: &cases::Case) -> bool {
    let deed = case.facts.get("op").and_then(serde_json::Value::as_str);
    case.id.starts_with(['A', 'B', 'C'])
        && matches!(deed, Some("launch" | "agent_request"))
        && case.id != "B14"
}

#[test]
fn every_worked_case_comes_out_as_the_law_says() {
    let report = cases::run(CASES, &shipped()).expect("the cases can be read");
    let wrong: Vec<_> = report.mismatches().map(|case| case.id.as_str()).collect();
    assert_eq!(report.results.len(), 71);
    assert_eq!(wrong, NOT_YET, "{report}");
}

#[test]
fn the_cases_of_a_first_launch_are_all_covered() {
    let required: Vec<_> = cases::parse(CASES)
        .expect("cases")
        .into_iter()
        .filter(is_required)
        .collect();
    assert_eq!(required.len(), 27);
    assert!(
        required
            .iter()
            .all(|case| !NOT_YET.contains(&case.id.as_str()))
    );
}

#[test]
fn our_own_cases_come_out_as_they_say() {
    let report = cases::run(MORE_CASES, &shipped()).expect("the cases can be read");
    assert!(report.all_pass(), "{report}");
}

#[test]
fn every_rule_is_fired_by_a_case() {
    let engine = shipped();
    let mut fired = BTreeSet::new();
    for text in [CASES, MORE_CASES] {
        let report = cases::run(text, &engine).expect("the cases can be read");
        fired.extend(report.results.into_iter().flat_map(|case| case.rules));
    }
    let silent: Vec<String> = engine
        .policy_set()
        .rules()
        .into_iter()
        .map(|rule| rule.id.to_string())
        .filter(|id| !fired.contains(id))
        .collect();
    assert_eq!(silent, NOT_FIRED, "rules that no case fires");
}

#[test]
fn a_case_that_expects_something_else_is_reported() {
    let wrong = r#"[{"id": "X1", "facts": {"op": "launch", "agent.barred": true},
        "effect": "allow", "record_99_32": "exempt_d2", "source": "law"}]"#;
    let report = cases::run(wrong, &shipped()).expect("the case can be read");
    assert!(!report.all_pass());
    assert_eq!(report.results[0].got.effect, Effect::Deny);
    assert!(
        report
            .to_string()
            .contains("X1: expected allow / exempt_d2, got deny / required")
    );
}

#[test]
fn a_case_with_an_unknown_fact_is_an_error_that_names_it() {
    let wrong = r#"[{"id": "X2", "facts": {"agent.bared": true},
        "effect": "deny", "record_99_32": "required", "source": "law"}]"#;
    let error = cases::run(wrong, &shipped()).expect_err("no such fact");
    assert_eq!(error.code(), "unknown-fact");
    assert_eq!(
        error.to_string(),
        "case `X2`: there is no fact `agent.bared`"
    );
}
