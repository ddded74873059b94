//! The simulated platforms: each in the manner of its model, and as strict.

use agent_factory_lti::simulator::{
    AuthenticationParams, Flavour, LoginMethod, Platform, PlatformRefusal, PlatformSigningKey,
};
use agent_factory_lti::{KeySource as _, KeySourceError, UnverifiedToken};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::harness::{FLAVOURS, Tool, learner_launch, now, platform, url};

fn parameter(platform: &Platform, name: &str) -> Option<String> {
    let parameters = platform.login_parameters(&learner_launch());
    parameters
        .into_iter()
        .find(|(given, _)| given == name)
        .map(|(_, value)| value)
}

fn claims(platform: &Platform) -> Value {
    let spec = learner_launch();
    let tool = Tool::logged_in(platform, &spec);
    let fields = platform.answer(&tool.request, &spec, now()).unwrap();
    let payload = fields[0].1.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

#[test]
fn each_logs_in_after_its_manner() {
    let canvas = platform(Flavour::Canvas);
    assert_eq!(canvas.login_method(), LoginMethod::Post);
    assert_eq!(
        parameter(&canvas, "deployment_id").as_deref(),
        Some("deployment-1")
    );
    assert_eq!(parameter(&canvas, "lti_deployment_id"), None);
    assert!(parameter(&canvas, "canvas_region").is_some());
    assert!(parameter(&canvas, "lti_message_hint").unwrap().len() > 600);

    let moodle = platform(Flavour::Moodle);
    assert_eq!(moodle.login_method(), LoginMethod::Post);
    assert_eq!(
        parameter(&moodle, "lti_deployment_id").as_deref(),
        Some("deployment-1")
    );
    assert_eq!(
        parameter(&moodle, "lti_message_hint").as_deref(),
        Some(r#"{"cmid":2,"launchid":"launch-1"}"#),
    );

    let publisher = platform(Flavour::Publisher);
    assert_eq!(publisher.login_method(), LoginMethod::Get);
    assert_eq!(parameter(&publisher, "lti_message_hint"), None);
    assert_eq!(parameter(&publisher, "lti_deployment_id"), None);
}

#[test]
fn each_writes_its_tokens_after_its_manner() {
    let life = |claims: &Value| claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();

    let canvas = claims(&platform(Flavour::Canvas));
    assert!(canvas["aud"].is_string());
    assert_eq!(canvas["azp"], "client-1");
    assert_eq!(life(&canvas), 3600);
    let link = &canvas["https://purl.imsglobal.org/spec/lti/claim/resource_link"];
    assert!(link["validation_context"].is_null() && link["errors"].is_object());

    let moodle = claims(&platform(Flavour::Moodle));
    assert!(moodle["aud"].is_string() && moodle.get("azp").is_none());
    assert_eq!(life(&moodle), 60);
    let context = &moodle["https://purl.imsglobal.org/spec/lti/claim/context"];
    assert_eq!(context["type"][0], "CourseSection");

    let publisher = claims(&platform(Flavour::Publisher));
    assert!(publisher["aud"].is_array());
    assert_eq!(life(&publisher), 300);
    let keys = platform(Flavour::Publisher).jwks();
    let signing = keys["keys"].as_array().unwrap().last().unwrap();
    assert!(signing.get("alg").is_none() && signing.get("use").is_none());
}

#[test]
fn each_refuses_an_authentication_request_that_its_model_would() {
    type Change = fn(&mut AuthenticationParams);
    let changes: [(&str, Change); 9] = [
        ("scope", |request| {
            request.scope = Some("openid profile".to_owned());
        }),
        ("response type", |request| {
            request.response_type = Some("code".to_owned());
        }),
        ("response mode", |request| request.response_mode = None),
        ("prompt", |request| request.prompt = None),
        ("nonce", |request| request.nonce = None),
        ("redirect", |request| {
            request.redirect_uri = Some("https://x.example.net/".to_owned());
        }),
        ("client", |request| {
            request.client_id = Some("another".to_owned());
        }),
        ("login hint", |request| {
            request.login_hint = Some("another".to_owned());
        }),
        ("message hint", |request| {
            request.lti_message_hint = Some("another".to_owned());
        }),
    ];
    for flavour in FLAVOURS {
        let platform = platform(flavour);
        let spec = learner_launch();
        let tool = Tool::logged_in(&platform, &spec);
        assert!(platform.answer(&tool.request, &spec, now()).is_ok());
        for (name, change) in &changes {
            let mut request = tool.request.clone();
            change(&mut request);
            let answer = platform.answer(&request, &spec, now());
            assert!(answer.is_err(), "{flavour:?} takes another {name}");
        }
    }
}

#[test]
fn refusals_go_to_the_tool_or_stay_with_the_platform_as_their_models_do() {
    let error = |flavour: Flavour, change: fn(&mut AuthenticationParams)| {
        let platform = platform(flavour);
        let spec = learner_launch();
        let mut request = Tool::logged_in(&platform, &spec).request;
        change(&mut request);
        platform.answer(&request, &spec, now()).unwrap_err()
    };
    let refusal = error(Flavour::Canvas, |request| request.login_hint = None);
    let fields = refusal.fields().unwrap();
    assert!(fields.contains(&("error".to_owned(), "login_required".to_owned())));
    assert!(fields.iter().any(|(name, _)| name == "state"));

    let refusal = error(Flavour::Moodle, |request| request.login_hint = None);
    assert!(matches!(
        refusal,
        PlatformRefusal::Posted {
            error: "access_denied",
            ..
        }
    ));
    let refusal = error(Flavour::Moodle, |request| request.nonce = None);
    assert_eq!(refusal.fields(), None);
    let refusal = error(Flavour::Canvas, |request| request.redirect_uri = None);
    assert_eq!(
        refusal.fields(),
        None,
        "never posted to an address that is not registered"
    );
}

#[test]
fn a_request_continues_the_login_of_its_own_launch_only() {
    for flavour in FLAVOURS {
        let platform = platform(flavour);
        let spec = learner_launch();
        let request = Tool::logged_in(&platform, &spec).request;
        assert!(platform.continues(&request, &spec));
        let mut another = learner_launch();
        another.launch_id = "launch-2".to_owned();
        assert!(!platform.continues(&request, &another), "{flavour:?}");
        assert!(platform.answer(&request, &another, now()).is_err());
    }
}

#[test]
fn only_canvas_compares_the_redirect_without_its_query() {
    for flavour in FLAVOURS {
        let platform = platform(flavour);
        let spec = learner_launch();
        let mut request = Tool::logged_in(&platform, &spec).request;
        request.redirect_uri = Some(format!("{}?x=1", platform.redirect_uri()));
        let accepted = platform.answer(&request, &spec, now()).is_ok();
        assert_eq!(accepted, flavour == Flavour::Canvas, "{flavour:?}");
    }
}

#[test]
fn a_signing_key_survives_being_kept() {
    let key = PlatformSigningKey::generate().unwrap();
    let kept = PlatformSigningKey::from_pkcs8(&key.to_pkcs8().unwrap()).unwrap();
    assert_eq!(key.kid(), kept.kid());
    assert_eq!(key.jwks(), kept.jwks());
    assert_eq!(
        PlatformSigningKey::from_pkcs8(b"no key")
            .unwrap_err()
            .code(),
        "signing-key-malformed"
    );
    assert_ne!(key.kid(), PlatformSigningKey::generate().unwrap().kid());
}

/// Runs a future that never waits.
fn at_once<T>(future: impl Future<Output = T>) -> T {
    let mut future = std::pin::pin!(future);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match future.as_mut().poll(&mut context) {
        std::task::Poll::Ready(value) => value,
        std::task::Poll::Pending => panic!("it waits"),
    }
}

#[test]
fn a_token_verifies_through_the_key_source_and_not_with_another_platforms_keys() {
    let platform = platform(Flavour::Moodle);
    let spec = learner_launch();
    let tool = Tool::logged_in(&platform, &spec);
    let fields = platform.answer(&tool.request, &spec, now()).unwrap();
    let token = UnverifiedToken::parse(&fields[0].1).unwrap();
    assert_eq!(token.issuer(), Some(platform.issuer().as_str()));
    assert_eq!(token.audiences(), ["client-1"]);

    let address = url("https://moodle.example.edu/certs.php");
    let signed = at_once(token.clone().verify_with(&platform, &address, now())).unwrap();
    assert!(signed.check(&tool.expected()).is_ok());

    let other = Platform::new(
        Flavour::Moodle,
        platform.issuer().clone(),
        platform.client_id().clone(),
        platform.deployment_id().clone(),
        platform.authorization_endpoint().clone(),
        platform.redirect_uri().clone(),
        PlatformSigningKey::generate().unwrap(),
    );
    let refused = at_once(token.clone().verify_with(&other, &address, now())).unwrap_err();
    assert_eq!(refused.code(), "key-unknown");
    let found = at_once(other.find_key(&address, token.kid(), token.algorithm(), now()));
    assert_eq!(found.unwrap_err(), KeySourceError::Unknown);
}
