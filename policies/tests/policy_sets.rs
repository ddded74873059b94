//! A policy set that is not in order is not served, and says what is wrong.

use std::collections::BTreeMap;

use agent_factory_policies::{
    Catalogue, Constants, Element, PolicySet, PolicySource, RuleKind, Source, vocabularies,
};

use crate::shipped_with;

/// Why a set with one more rule is refused.
fn refused(rule: &str) -> (&'static str, String) {
    let error = PolicySet::load(&shipped_with(rule)).expect_err("not in order");
    (error.code(), error.to_string())
}

/// A wall with one more condition.
fn wall(condition: &str) -> String {
    format!(
        r#"@id("one-more") @cite("34 CFR 99.30") @source("policy") @effect("deny") @code("one-more")
           @record("not_a_disclosure") forbid (principal, action, resource) when {{ {condition} }};"#
    )
}

#[test]
fn the_shipped_set_loads() {
    let set = PolicySet::shipped().expect("the shipped set");
    let rules = set.rules();
    assert!(
        rules
            .iter()
            .any(|rule| rule.kind == RuleKind::Ground && rule.source == Source::Law)
    );
    assert!(rules.iter().all(|rule| !rule.cite.is_empty()));
}

#[test]
fn a_rule_in_order_is_taken() {
    let rule = wall(r#"context.subject.age == AgeBand::"under_13""#);
    assert!(PolicySet::load(&shipped_with(&rule)).is_ok());
}

#[test]
fn a_misspelt_word_fails_validation() {
    let (code, message) = refused(&wall(r#"context.subject.age == AgeBand::"udner_13""#));
    assert_eq!(code, "rules-invalid");
    assert!(message.contains("udner_13"), "{message}");
}

#[test]
fn a_misspelt_word_fails_validation_in_every_vocabulary() {
    for (noun, words) in vocabularies() {
        let rule = format!(
            r#"[{noun}::"{}"].contains({noun}::"{}x")"#,
            words[0], words[0]
        );
        let (code, message) = refused(&wall(&rule));
        assert_eq!(code, "rules-invalid", "{noun}: {message}");
    }
}

#[test]
fn a_misspelt_fact_or_deed_fails_validation() {
    assert_eq!(
        refused(&wall("context.subject.aeg_known")).0,
        "rules-invalid"
    );
    let rule = wall("true").replace("action,", r#"action == Action::"lunch","#);
    assert_eq!(refused(&rule).0, "rules-invalid");
}

#[test]
fn a_warning_of_the_validator_is_refused() {
    let never = r#"context.subject.age == AgeBand::"under_13" && context has no_such_fact"#;
    let (code, message) = refused(&wall(never));
    assert_eq!(code, "rules-invalid", "{message}");
}

#[test]
fn each_annotation_is_needed_and_no_other_is_taken() {
    for annotation in ["id", "cite", "source", "effect", "code", "record"] {
        let rule = wall("context.other_tenant").replacen(&format!("@{annotation}("), "@note(", 1);
        let (code, message) = refused(&rule);
        let expected = if annotation == "id" {
            "rule-unnamed"
        } else {
            "rule-annotation-misplaced"
        };
        assert_eq!(code, expected, "{annotation}: {message}");
        let start = wall("context.other_tenant");
        let left_out = start
            .split_inclusive(')')
            .filter(|part| !part.trim_start().starts_with(&format!("@{annotation}(")))
            .collect::<String>();
        let expected = if annotation == "id" {
            "rule-unnamed"
        } else {
            "rule-annotation-missing"
        };
        assert_eq!(refused(&left_out).0, expected, "{annotation}");
    }
}

#[test]
fn an_annotation_that_says_something_unknown_is_refused() {
    for (right, wrong) in [
        (r#"@effect("deny")"#, r#"@effect("allow")"#),
        (r#"@effect("deny")"#, r#"@effect("forbid")"#),
        (r#"@source("policy")"#, r#"@source("hearsay")"#),
        (r#"@record("not_a_disclosure")"#, r#"@record("exempt_d9")"#),
        (r#"@code("one-more")"#, r#"@code("One More")"#),
    ] {
        let rule = wall("context.other_tenant").replace(right, wrong);
        assert_eq!(refused(&rule).0, "rule-annotation-unknown", "{wrong}");
    }
    let rule = wall("context.other_tenant").replace(r#"@id("one-more")"#, r#"@id("One_More")"#);
    assert_eq!(refused(&rule).0, "rule-ill-named");
}

#[test]
fn two_rules_of_one_name_are_refused() {
    let rule = wall("context.other_tenant")
        .replace(r#"@id("one-more")"#, r#"@id("records-of-another-tenant")"#);
    assert_eq!(refused(&rule).0, "rule-named-twice");
}

#[test]
fn an_overlay_that_permits_or_asks_is_refused() {
    let set = PolicySet::shipped().expect("the shipped set");
    let permit = r#"@id("ours") @cite("-") @source("policy") @basis("ours") @record("exempt_d2")
        permit (principal, action, resource);"#;
    let ask = r#"@id("ours") @cite("-") @source("policy") @asks("consent") @code("ours")
        @record("required") forbid (principal, action, resource);"#;
    for overlay in [permit, ask] {
        let error = set
            .with_overlay(overlay)
            .expect_err("it does not only forbid");
        assert_eq!(error.code(), "overlay-not-forbid-only");
    }
    assert!(set.with_overlay(&wall("context.other_tenant")).is_ok());
}

#[test]
fn an_overlay_is_validated_and_changes_the_fingerprint() {
    let set = PolicySet::shipped().expect("the shipped set");
    let misspelt = set.with_overlay(&wall(r#"context.purpose == Purpose::"tutorign""#));
    assert_eq!(misspelt.expect_err("misspelt").code(), "rules-invalid");
    let one = set
        .with_overlay(&wall("context.other_tenant"))
        .expect("an overlay");
    let two = set
        .with_overlay(&wall("context.system_degraded"))
        .expect("an overlay");
    assert_ne!(one.fingerprint(), set.fingerprint());
    assert_ne!(one.fingerprint(), two.fingerprint());
}

#[test]
fn the_fingerprint_changes_with_every_byte_of_every_text() {
    let shipped = PolicySource::shipped();
    let fingerprint = shipped.fingerprint();
    assert_eq!(
        &fingerprint,
        PolicySet::shipped().expect("the shipped set").fingerprint()
    );
    for file in 0..shipped.rules.len() {
        for place in (0..shipped.rules[file].1.len()).step_by(131) {
            let mut source = shipped.clone();
            let mut bytes = source.rules[file].1.clone().into_bytes();
            bytes[place] = if bytes[place] == b'x' { b'y' } else { b'x' };
            source.rules[file].1 = String::from_utf8(bytes).expect("rules are ASCII");
            assert_ne!(
                source.fingerprint(),
                fingerprint,
                "file {file}, byte {place}"
            );
        }
    }
    let changed: [fn(&mut PolicySource); 4] = [
        |source| source.schema.push(' '),
        |source| source.catalogue.push(' '),
        |source| source.constants.push(' '),
        |source| drop(source.rules.pop()),
    ];
    for change in changed {
        let mut source = shipped.clone();
        change(&mut source);
        assert_ne!(source.fingerprint(), fingerprint);
    }
}

#[test]
fn line_endings_do_not_change_the_fingerprint() {
    let mut source = PolicySource::shipped();
    let fingerprint = source.fingerprint();
    for (_, text) in &mut source.rules {
        *text = text.replace('\n', "\r\n");
    }
    assert_eq!(source.fingerprint(), fingerprint);
}

#[test]
fn the_schema_has_the_words_of_the_nouns_and_no_other() {
    let source = PolicySource::shipped();
    let (fragment, _) =
        cedar_policy::SchemaFragment::from_cedarschema_str(&source.schema).expect("a schema");
    let json = fragment.to_json_value().expect("a schema in JSON");
    let entities = json[""]["entityTypes"].as_object().expect("entity types");
    let in_schema: BTreeMap<String, Vec<String>> = entities
        .iter()
        .filter_map(|(noun, entity)| Some((noun, entity.get("enum")?.as_array()?)))
        .map(|(noun, words)| {
            let words = words
                .iter()
                .filter_map(|word| word.as_str())
                .map(str::to_owned);
            (noun.clone(), words.collect())
        })
        .collect();
    let in_code: BTreeMap<String, Vec<String>> = vocabularies()
        .into_iter()
        .map(|(noun, words)| {
            (
                noun.to_owned(),
                words.into_iter().map(str::to_owned).collect(),
            )
        })
        .collect();
    assert_eq!(in_schema, in_code);
}

#[test]
fn the_catalogue_names_every_element_once() {
    let text = PolicySource::shipped().catalogue;
    let catalogue = Catalogue::parse(&text).expect("the shipped catalogue");
    assert_eq!(catalogue.iter().count(), Element::ALL.len());
    let first = text.split("[[element]]").nth(1).expect("an element");
    let twice = format!("{text}\n[[element]]{first}");
    assert_eq!(
        Catalogue::parse(&twice).expect_err("twice").code(),
        "catalogue-element-twice"
    );
    let missing = text.replacen(&format!("[[element]]{first}"), "", 1);
    assert_eq!(
        Catalogue::parse(&missing).expect_err("missing").code(),
        "catalogue-element-missing"
    );
    let misspelt = text.replacen("\"pseudonym\"", "\"pseudonmy\"", 1);
    assert_eq!(
        Catalogue::parse(&misspelt).expect_err("misspelt").code(),
        "catalogue-unreadable"
    );
}

#[test]
fn every_constant_says_where_it_is_written() {
    let constants = Constants::parse(&PolicySource::shipped().constants).expect("the constants");
    assert!(
        constants
            .iter()
            .all(|(_, constant)| !constant.cite().is_empty())
    );
    assert_eq!(
        constants
            .get("ferpa.access_days")
            .map(agent_factory_policies::Constant::value),
        Some(45)
    );
    assert_eq!(
        Constants::parse("").expect_err("nothing there").code(),
        "constant-missing"
    );
}
