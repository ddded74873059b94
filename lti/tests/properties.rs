//! What holds for any input: nothing panics, nothing altered passes, nothing unknown has power.

use std::sync::OnceLock;

use agent_factory_lti::simulator::Flavour;
use agent_factory_lti::{
    AuthenticationResponse, ContextRole, KeySet, LoginRequest, Role, Roles, Standing,
    UnverifiedToken,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::harness::{Tool, learner_launch, now, platform};

/// A sound token and the keys it verifies with.
fn sound() -> &'static (String, KeySet) {
    static SOUND: OnceLock<(String, KeySet)> = OnceLock::new();
    SOUND.get_or_init(|| {
        let platform = platform(Flavour::Canvas);
        let spec = learner_launch().with_custom("agent", "tutor");
        let tool = Tool::logged_in(&platform, &spec);
        let fields = platform.answer(&tool.request, &spec, now()).unwrap();
        assert!(tool.takes(&fields).is_ok());
        (fields[0].1.clone(), platform.key_set().unwrap())
    })
}

fn verifies(token: &str) -> bool {
    let Ok(token) = UnverifiedToken::parse(token) else {
        return false;
    };
    sound()
        .1
        .find(token.kid(), token.algorithm())
        .is_some_and(|key| token.verify_signature(&key).is_ok())
}

fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
        prop::collection::vec(".{0,8}", 0..3).prop_map(Value::from),
        Just(json!({ "id": "x" })),
    ]
}

#[test]
fn the_sound_token_verifies() {
    assert!(verifies(&sound().0));
}

proptest! {
    #[test]
    fn parsing_never_panics(text in any::<String>(), bytes in any::<Vec<u8>>()) {
        let _ = UnverifiedToken::parse(&text);
        let _ = LoginRequest::parse(&text, &String::from_utf8_lossy(&bytes));
        let _ = AuthenticationResponse::parse(&text);
        let _ = KeySet::parse(&bytes);
        let part = URL_SAFE_NO_PAD.encode(&bytes);
        let _ = UnverifiedToken::parse(&format!("{part}.{part}.{part}"));
    }

    /// Any claims under a good header, and any key: parsed or refused, never a panic.
    #[test]
    fn any_json_is_parsed_or_refused(
        header in prop::collection::vec(("(alg|kid|crit|x)", any_value()), 0..4),
        entry in prop::collection::vec(("(kty|n|e|kid|use|alg|crv|x|y)", any_value()), 0..8),
    ) {
        let header = Value::Object(header.into_iter().collect::<Map<_, _>>()).to_string();
        let token = format!("{}.e30.", URL_SAFE_NO_PAD.encode(header));
        let _ = UnverifiedToken::parse(&token);
        let entry = Value::Object(entry.into_iter().collect::<Map<_, _>>());
        let _ = KeySet::parse(json!({ "keys": [entry] }).to_string().as_bytes());
    }

    #[test]
    fn a_single_altered_claim_breaks_the_signature(
        index in any::<prop::sample::Index>(),
        value in any_value(),
    ) {
        let parts: Vec<_> = sound().0.split('.').collect();
        let payload = URL_SAFE_NO_PAD.decode(parts[1]).unwrap();
        let mut claims: Map<String, Value> = serde_json::from_slice(&payload).unwrap();
        let name = index.get(&claims.keys().cloned().collect::<Vec<_>>()).clone();
        prop_assume!(claims[&name] != value);
        claims.insert(name, value);
        let payload = URL_SAFE_NO_PAD.encode(Value::Object(claims).to_string());
        let altered = format!("{}.{payload}.{}", parts[0], parts[2]);
        prop_assert!(!verifies(&altered));
    }

    #[test]
    fn a_single_altered_byte_breaks_the_token(index in any::<prop::sample::Index>(), byte in 0x20_u8..0x7f) {
        let mut bytes = sound().0.clone().into_bytes();
        let at = index.index(bytes.len());
        prop_assume!(bytes[at] != byte);
        bytes[at] = byte;
        prop_assert!(!verifies(&String::from_utf8(bytes).unwrap()));
    }

    /// A role is known only by an exact name of the vocabulary; added to others, an unknown one
    /// changes nothing.
    #[test]
    fn an_unknown_role_never_gives_power(
        text in "(http://purl.imsglobal.org/vocab/lis/v2/)?(membership|institution/person)?[#/A-Za-z ]{0,30}",
        other in prop_oneof![Just("Learner"), Just("Instructor"), Just("Mentor"), Just("Member")],
    ) {
        let is_known = !matches!(Role::parse(&text), Role::Unknown(_));
        prop_assume!(!is_known);
        let alone = Roles::parse(std::slice::from_ref(&text));
        prop_assert_eq!(alone.standing(), Standing::None);
        prop_assert_eq!(alone.as_spelt(), std::slice::from_ref(&text));
        prop_assert!(!alone.is_system_or_institution_administrator());
        let before = Roles::parse(&[other.to_owned()]).standing();
        let after = Roles::parse(&[text, other.to_owned()]).standing();
        prop_assert_eq!(before, after);
    }

    #[test]
    fn roles_of_any_text_never_panic_and_are_kept_as_spelt(texts in prop::collection::vec(any::<String>(), 0..6)) {
        let roles = Roles::parse(&texts);
        prop_assert_eq!(roles.as_spelt(), &texts[..]);
        prop_assert_eq!(roles.iter().count(), texts.len());
        let _ = roles.standing();
    }

    /// Only a text that names the instructor's role makes an instructor.
    #[test]
    fn nothing_else_is_read_as_instructor(text in "[A-Za-z#/:.]{0,40}") {
        if Role::parse(&text) == Role::Context(ContextRole::Instructor) {
            prop_assert!(text.to_ascii_lowercase().ends_with("instructor"));
        }
    }
}
