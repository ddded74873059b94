//! Canonical JSON, against RFC 8785's own examples.

use agent_factory_audit::{CanonicalError, MAX_SAFE_INTEGER, canonical};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

fn text(value: &Value) -> String {
    String::from_utf8(canonical(value).unwrap()).unwrap()
}

#[test]
fn keys_stand_in_the_order_of_rfc_8785() {
    // RFC 8785 section 3.2.3.
    let value = json!({
        "\u{20ac}": "Euro Sign",
        "\r": "Carriage Return",
        "\u{fb33}": "Hebrew Letter Dalet With Dagesh",
        "1": "One",
        "\u{1f600}": "Emoji: Grinning Face",
        "\u{80}": "Control",
        "\u{f6}": "Latin Small Letter O With Diaeresis",
    });
    let expected = "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u{80}\":\"Control\",\
                    \"\u{f6}\":\"Latin Small Letter O With Diaeresis\",\
                    \"\u{20ac}\":\"Euro Sign\",\"\u{1f600}\":\"Emoji: Grinning Face\",\
                    \"\u{fb33}\":\"Hebrew Letter Dalet With Dagesh\"}";
    assert_eq!(text(&value), expected);
}

#[test]
fn strings_and_literals_are_written_as_in_rfc_8785() {
    // RFC 8785 section 3.2.2, without its floating-point numbers.
    let value: Value = serde_json::from_str(
        r#"{"string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false]}"#,
    )
    .unwrap();
    let expected =
        "{\"literals\":[null,true,false],\"string\":\"\u{20ac}$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}";
    assert_eq!(text(&value), expected);
}

#[test]
fn the_short_escapes_are_the_only_ones_below_a_space() {
    let expected = "\"\\u0000\\b\\t\\n\\u000b\\f\\r\\u001f\u{7f}\u{2028}\"";
    assert_eq!(
        text(&json!("\0\u{8}\t\n\u{b}\u{c}\r\u{1f}\u{7f}\u{2028}")),
        expected
    );
}

#[test]
fn floating_point_numbers_and_large_integers_are_refused() {
    for float in [json!(1.0), json!(0.5), json!([{"a": 1e9}])] {
        assert_eq!(canonical(&float), Err(CanonicalError::Float));
    }
    let minus_zero: Value = serde_json::from_str("-0").unwrap();
    assert_eq!(canonical(&minus_zero), Err(CanonicalError::Float));
    assert_eq!(
        text(&json!([MAX_SAFE_INTEGER, -MAX_SAFE_INTEGER, 0])),
        "[9007199254740991,-9007199254740991,0]"
    );
    for large in [
        json!(MAX_SAFE_INTEGER + 1),
        json!(-MAX_SAFE_INTEGER - 1),
        json!(u64::MAX),
    ] {
        assert_eq!(canonical(&large), Err(CanonicalError::IntegerTooLarge));
    }
}

#[test]
fn a_value_nested_without_end_is_refused() {
    let nested = (0..100).fold(json!(1), |inner, _| json!([inner]));
    assert_eq!(canonical(&nested), Err(CanonicalError::TooDeep));
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-MAX_SAFE_INTEGER..=MAX_SAFE_INTEGER).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((any::<String>(), inner), 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_written_reads_back_as_the_same_value_and_the_same_bytes(value in any_value()) {
        let bytes = canonical(&value).unwrap();
        prop_assert!(!bytes.contains(&b'\n'), "a canonical value is one line");
        let back: Value = serde_json::from_slice(&bytes).unwrap();
        prop_assert_eq!(&back, &value);
        prop_assert_eq!(canonical(&back).unwrap(), bytes);
    }
}
