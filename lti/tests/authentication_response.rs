//! The authentication response: exactly one token and one state, or a refusal.

use agent_factory_lti::{AuthenticationResponse, AuthenticationResponseError};

fn code(body: &str) -> &'static str {
    AuthenticationResponse::parse(body).unwrap_err().code()
}

#[test]
fn reads_a_token_and_ignores_other_fields() {
    let body =
        "utf8=%E2%9C%93&authenticity_token=x&id_token=a.b.c&state=s&lti_storage_target=_parent";
    let expected = AuthenticationResponse::Token {
        id_token: "a.b.c".to_owned(),
        state: "s".to_owned(),
    };
    assert_eq!(AuthenticationResponse::parse(body).unwrap(), expected);
}

#[test]
fn reads_a_refusal_with_and_without_state() {
    let AuthenticationResponse::Refused {
        error,
        description,
        state,
    } = AuthenticationResponse::parse("error=login_required&error_description=No+session&state=s")
        .unwrap()
    else {
        panic!("a refusal");
    };
    assert_eq!(error, "login_required");
    assert_eq!(description.as_deref(), Some("No session"));
    assert_eq!(state.as_deref(), Some("s"));

    let bare = AuthenticationResponse::parse("error=access_denied").unwrap();
    assert!(matches!(
        bare,
        AuthenticationResponse::Refused {
            description: None,
            state: None,
            ..
        }
    ));
}

#[test]
fn a_field_sent_twice_is_refused_even_with_the_same_value() {
    assert_eq!(
        code("id_token=a&id_token=a&state=s"),
        "response-field-duplicate"
    );
    assert_eq!(
        code("id_token=a&state=s&state=t"),
        "response-field-duplicate"
    );
}

#[test]
fn a_missing_or_empty_field_is_named() {
    for (body, name) in [
        ("state=s", "id_token"),
        ("id_token=&state=s", "id_token"),
        ("id_token=a", "state"),
        ("id_token=a&state=", "state"),
    ] {
        let error = AuthenticationResponse::parse(body).unwrap_err();
        assert_eq!(error, AuthenticationResponseError::Missing { name });
    }
}

#[test]
fn an_lti_1_1_launch_is_recognised() {
    let body = "oauth_consumer_key=k&lti_message_type=basic-lti-launch-request&lti_version=LTI-1p0";
    assert_eq!(code(body), "lti-1-1-launch");
}

#[test]
fn an_absurd_state_is_refused_and_an_absurd_description_is_cut_between_characters() {
    assert_eq!(
        code(&format!("id_token=a&state={}", "s".repeat(4097))),
        "response-field-too-long"
    );
    let body = format!("error=e&error_description=a{}", "%C3%A9".repeat(2000));
    let AuthenticationResponse::Refused {
        description: Some(text),
        ..
    } = AuthenticationResponse::parse(&body).unwrap()
    else {
        panic!("a refusal");
    };
    assert_eq!(text.len(), 999);
    assert!(text.ends_with('é'));
}

#[test]
fn an_error_that_is_no_word_is_not_passed_on() {
    for text in ["Mila+Okafor", "a%0Ab", "<script>", &"e".repeat(65)] {
        let response = AuthenticationResponse::parse(&format!("error={text}")).unwrap();
        let AuthenticationResponse::Refused { error, .. } = response else {
            panic!("a refusal");
        };
        assert_eq!(error, "unrecognised");
    }
}
