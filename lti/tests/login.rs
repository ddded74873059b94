//! The login request: query and body together, every fault named.

use agent_factory_lti::{LoginError, LoginRequest};

const PLAIN: &str = "iss=https%3A%2F%2Flms.example.edu&login_hint=7\
    &target_link_uri=https%3A%2F%2Fgateway.example.org%2Flti%2Flaunch";

fn refusal(query: &str, body: &str) -> (&'static str, &'static str) {
    let error = LoginRequest::parse(query, body).unwrap_err();
    (error.code(), error.parameter())
}

#[test]
fn reads_query_and_body_as_one() {
    let (query, body) = ("lti_storage_target=_parent&login_hint=7", PLAIN);
    let login = LoginRequest::parse(query, body).unwrap();
    assert_eq!(login.issuer().as_str(), "https://lms.example.edu");
    assert_eq!(login.login_hint(), "7");
    assert_eq!(
        login.target_link_uri(),
        "https://gateway.example.org/lti/launch"
    );
    assert_eq!(login.storage_target(), Some("_parent"));
    assert_eq!(
        login,
        LoginRequest::parse(&format!("{body}&{query}"), "").unwrap()
    );
}

#[test]
fn optional_parameters_may_be_absent() {
    let login = LoginRequest::parse(PLAIN, "").unwrap();
    assert_eq!(login.client_id(), None);
    assert_eq!(login.deployment_hint(), None);
    assert_eq!(login.lti_message_hint(), None);
    assert_eq!(login.storage_target(), None);
}

#[test]
fn names_each_missing_parameter() {
    for name in ["iss", "login_hint", "target_link_uri"] {
        let without: Vec<_> = PLAIN
            .split('&')
            .filter(|pair| !pair.starts_with(&format!("{name}=")))
            .collect();
        assert_eq!(
            refusal(&without.join("&"), ""),
            ("login-parameter-missing", name)
        );
        let empty = format!("{}&{name}=", without.join("&"));
        assert_eq!(refusal(&empty, ""), ("login-parameter-missing", name));
    }
}

#[test]
fn one_name_with_two_values_is_refused_and_the_same_value_twice_is_not() {
    assert_eq!(
        refusal(PLAIN, "iss=https://other.example.net"),
        ("login-parameter-conflicting", "iss")
    );
    assert_eq!(
        refusal(&format!("{PLAIN}&client_id=a&client_id=b"), ""),
        ("login-parameter-conflicting", "client_id"),
    );
    let twice = LoginRequest::parse(&format!("{PLAIN}&client_id=a"), "client_id=a").unwrap();
    assert_eq!(twice.client_id().unwrap().as_str(), "a");
}

#[test]
fn canvas_spelling_of_the_deployment_means_the_same() {
    let login = LoginRequest::parse(PLAIN, "deployment_id=1:ab").unwrap();
    assert_eq!(login.deployment_hint().unwrap().as_str(), "1:ab");
    let both = LoginRequest::parse(PLAIN, "deployment_id=1&lti_deployment_id=1").unwrap();
    assert_eq!(both.deployment_hint().unwrap().as_str(), "1");
    assert_eq!(
        refusal(PLAIN, "deployment_id=1&lti_deployment_id=2"),
        ("login-parameter-conflicting", "lti_deployment_id"),
    );
}

#[test]
fn a_message_hint_is_kept_to_the_byte_and_an_empty_one_was_still_received() {
    let hint = r#"{"cmid":2,"launchid":"ltilaunch1_1471694462"}"#;
    let body = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("lti_message_hint", hint)
        .finish();
    let login = LoginRequest::parse(PLAIN, &body).unwrap();
    assert_eq!(login.lti_message_hint(), Some(hint));
    let login = LoginRequest::parse(PLAIN, "lti_message_hint=").unwrap();
    assert_eq!(login.lti_message_hint(), Some(""));
}

#[test]
fn lengths_are_bounded() {
    for (name, length) in [
        ("lti_message_hint", 8193),
        ("client_id", 256),
        ("lti_deployment_id", 256),
        ("lti_storage_target", 256),
    ] {
        let body = format!("{name}={}", "x".repeat(length));
        assert_eq!(refusal(PLAIN, &body), ("login-parameter-too-long", name));
        let body = format!("{name}={}", "x".repeat(length - 1));
        assert!(LoginRequest::parse(PLAIN, &body).is_ok(), "{name}");
    }
    for (name, length) in [
        ("iss", 2049),
        ("login_hint", 4097),
        ("target_link_uri", 4097),
    ] {
        let others: Vec<_> = PLAIN
            .split('&')
            .filter(|pair| !pair.starts_with(&format!("{name}=")))
            .collect();
        let query = format!("{}&{name}={}", others.join("&"), "x".repeat(length));
        assert_eq!(refusal(&query, ""), ("login-parameter-too-long", name));
    }
}

#[test]
fn control_characters_in_identifiers_are_refused() {
    let error = LoginRequest::parse(PLAIN, "client_id=a%0D%0Ab").unwrap_err();
    assert_eq!(error, LoginError::Malformed { name: "client_id" });
}

#[test]
fn unknown_parameters_are_ignored() {
    let body = "canvas_region=us-east-1&canvas_environment=prod&canvas_environment=beta";
    assert!(LoginRequest::parse(PLAIN, body).is_ok());
}
