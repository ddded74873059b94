//! The authentication request: the one shape LTI allows, beside the endpoint's own query.

use std::collections::BTreeMap;

use agent_factory_lti::{AuthenticationRequest, ClientId, LoginRequest};
use url::Url;

fn login(more: &str) -> LoginRequest {
    let plain =
        "iss=https://lms.example.edu&login_hint=7%208&target_link_uri=https://g.example.org";
    LoginRequest::parse(plain, more).unwrap()
}

fn request(endpoint: &str, login: &LoginRequest) -> AuthenticationRequest {
    AuthenticationRequest::new(
        &Url::parse(endpoint).unwrap(),
        &ClientId::parse("client-1").unwrap(),
        login,
        &Url::parse("https://gateway.example.org/lti/launch").unwrap(),
        "the-state",
        "the-nonce",
    )
}

#[test]
fn has_every_required_parameter() {
    let url = request("https://lms.example.edu/auth", &login(""))
        .url()
        .unwrap();
    let given: BTreeMap<_, _> = url.query_pairs().into_owned().collect();
    let wanted = [
        ("scope", "openid"),
        ("response_type", "id_token"),
        ("response_mode", "form_post"),
        ("prompt", "none"),
        ("client_id", "client-1"),
        ("redirect_uri", "https://gateway.example.org/lti/launch"),
        ("login_hint", "7 8"),
        ("state", "the-state"),
        ("nonce", "the-nonce"),
    ];
    let wanted: BTreeMap<_, _> = wanted
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    assert_eq!(
        given, wanted,
        "and no message hint, since none was received"
    );
}

#[test]
fn echoes_the_message_hint_unaltered_if_it_was_received() {
    let hint = r#"{"cmid":2,"launchid":"ltilaunch1"}"#;
    let body: String = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("lti_message_hint", hint)
        .finish();
    let url = request("https://lms.example.edu/auth", &login(&body))
        .url()
        .unwrap();
    let echoed = url
        .query_pairs()
        .find(|(name, _)| name == "lti_message_hint")
        .unwrap();
    assert_eq!(echoed.1, hint);
}

#[test]
fn keeps_the_endpoints_own_query() {
    let request = request("https://lms.example.edu/?lti-platform&auth", &login(""));
    let url = request.url().unwrap();
    assert!(
        url.as_str()
            .starts_with("https://lms.example.edu/?lti-platform&auth&scope=openid&")
    );
    assert_eq!(
        request.form().0.as_str(),
        "https://lms.example.edu/?lti-platform&auth"
    );
}

#[test]
fn drops_a_fragment_that_would_swallow_the_parameters() {
    let url = request("https://lms.example.edu/auth#top", &login(""))
        .url()
        .unwrap();
    assert_eq!(url.fragment(), None);
}

#[test]
fn becomes_a_form_when_the_url_reaches_two_thousand_bytes() {
    let with_hint = |length: usize| {
        request(
            "https://lms.example.edu/auth",
            &login(&format!("lti_message_hint={}", "h".repeat(length))),
        )
    };
    let short = with_hint(1).url().unwrap().as_str().len();
    let longest = 1999 - short + 1;
    assert_eq!(with_hint(longest).url().unwrap().as_str().len(), 1999);
    let too_long = with_hint(longest + 1);
    assert_eq!(too_long.url(), None);

    let (action, fields) = too_long.form();
    assert_eq!(action.as_str(), "https://lms.example.edu/auth");
    assert_eq!(fields.len(), 10);
    assert!(fields.contains(&("lti_message_hint".to_owned(), "h".repeat(longest + 1))));
}
