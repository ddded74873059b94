//! The tutor believes the gateway alone, streams its answer, and remembers what it was given.

use axum::http::Request;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http_body_util::BodyExt as _;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::json;
use tower::ServiceExt as _;

use super::*;
use crate::clock::{MockClock, Timestamp};

const NOW: i64 = 1_795_000_000;

struct Gateway {
    pair: EcdsaKeyPair,
    rng: ring::rand::SystemRandom,
}

impl Gateway {
    fn new() -> Self {
        let rng = ring::rand::SystemRandom::new();
        let scheme = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(scheme, &rng).unwrap();
        Self {
            pair: EcdsaKeyPair::from_pkcs8(scheme, pkcs8.as_ref(), &rng).unwrap(),
            rng,
        }
    }

    fn jwk(&self) -> Value {
        let point = self.pair.public_key().as_ref();
        json!({
            "kty": "EC", "crv": "P-256", "kid": "k1",
            "x": URL_SAFE_NO_PAD.encode(&point[1..33]), "y": URL_SAFE_NO_PAD.encode(&point[33..]),
        })
    }

    fn sign(&self, header: &Value, claims: &Value) -> String {
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", encode(header), encode(claims));
        let signature = self.pair.sign(&self.rng, signed.as_bytes()).unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    fn assertion(&self) -> String {
        self.sign(&header(), &claims())
    }
}

fn header() -> Value {
    json!({ "alg": "ES256", "kid": "k1", "typ": "JWT" })
}

fn claims() -> Value {
    json!({
        "iss": "http://gateway.localhost:8080", "aud": "lincoln/tutor", "sub": "p-7Qk2",
        "sid": "s-1", "iat": NOW, "exp": NOW + 300, "roles": ["learner"], "age_band": "under_13",
    })
}

fn changed(key: &str, value: Value) -> Value {
    let mut claims = claims();
    claims[key] = value;
    claims
}

fn check(gateway: &Gateway) -> AssertionCheck {
    let jwk = gateway.jwk();
    AssertionCheck::new(
        Arc::new(move || vec![jwk.clone()]),
        "http://gateway.localhost:8080",
        "lincoln/tutor",
    )
}

fn tutor(gateway: &Gateway) -> (Router, Received) {
    let received = Received::default();
    let clock = Arc::new(MockClock::at(Timestamp::from_seconds(NOW)));
    let tutor = Tutor::new(check(gateway), received.clone(), clock, Duration::ZERO);
    (tutor.router(), received)
}

async fn body(response: Response) -> String {
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[tokio::test]
async fn a_page_without_an_assertion_is_refused_and_nothing_is_remembered() {
    let (router, received) = tutor(&Gateway::new());
    let response = router
        .oneshot(Request::get("/").body(Body::empty()).unwrap())
        .await
        .unwrap();
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    assert!(body(response).await.contains("assertion-missing"));
    assert!(received.of_session("s-1").is_empty());
}

#[tokio::test]
async fn the_greeting_uses_a_made_up_name_and_the_request_is_remembered() {
    let gateway = Gateway::new();
    let (router, received) = tutor(&gateway);
    let request = Request::get("/")
        .header(ASSERTION_HEADER, gateway.assertion())
        .header("accept", "text/html")
        .body(Body::empty())
        .unwrap();
    let response = router.oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let page = body(response).await;
    assert!(page.contains(&answers::friendly_name("p-7Qk2")), "{page}");
    assert!(page.contains(ABOUT_ME_PATH));
    let remembered = received.of_session("s-1");
    assert_eq!(remembered.len(), 1);
    assert_eq!(remembered[0].assertion_claims["age_band"], "under_13");
    assert!(
        remembered[0]
            .headers
            .iter()
            .any(|(name, _)| name == "accept")
    );
    assert!(received.of_session("s-2").is_empty());
}

#[tokio::test]
async fn the_answer_arrives_word_by_word_and_ends() {
    let gateway = Gateway::new();
    let (router, received) = tutor(&gateway);
    let request = Request::post("/api/ask")
        .header(ASSERTION_HEADER, gateway.assertion())
        .header("content-type", "application/json")
        .body(Body::from(r#"{"question":"How do plants eat?"}"#))
        .unwrap();
    let response = router.oneshot(request).await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let stream = body(response).await;
    let words = stream.matches("event: word\n").count();
    assert_eq!(words, answers::answer("plants", true).split(' ').count());
    assert!(stream.ends_with("event: done\ndata: {}\n\n"));
    assert_eq!(
        received.of_session("s-1")[0].question.as_deref(),
        Some("How do plants eat?")
    );
}

#[tokio::test]
async fn without_script_the_answer_is_a_page_and_markup_in_the_question_stays_text() {
    let gateway = Gateway::new();
    let (router, _) = tutor(&gateway);
    let request = Request::post("/ask")
        .header(ASSERTION_HEADER, gateway.assertion())
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from("question=%3Cb%3Eessay"))
        .unwrap();
    let page = body(router.oneshot(request).await.unwrap()).await;
    assert!(page.contains("one thing you really think"), "{page}");
    assert!(!page.contains("<b>essay"));
}

#[test]
fn each_wrong_assertion_is_refused_by_its_own_name() {
    let gateway = Gateway::new();
    let check = check(&gateway);
    let now = Timestamp::from_seconds(NOW);
    let sign = |claims: Value| gateway.sign(&header(), &claims);
    let other = Gateway::new();
    let table = [
        ("nothing".to_owned(), AssertionRefused::Malformed),
        ("a.b.c".to_owned(), AssertionRefused::Malformed),
        (
            gateway.sign(&json!({ "alg": "none", "kid": "k1" }), &claims()),
            AssertionRefused::Algorithm,
        ),
        (
            gateway.sign(&json!({ "alg": "ES256", "kid": "k2" }), &claims()),
            AssertionRefused::UnknownKey,
        ),
        (other.assertion(), AssertionRefused::Signature),
        (
            sign(changed("iss", json!("http://evil.example"))),
            AssertionRefused::Issuer,
        ),
        (
            sign(changed("aud", json!("prairie/tutor"))),
            AssertionRefused::Audience,
        ),
        (
            sign(changed("exp", json!(NOW - 31))),
            AssertionRefused::Time,
        ),
        (sign(changed("exp", json!("soon"))), AssertionRefused::Time),
        (
            sign(changed("iat", json!(NOW + 31))),
            AssertionRefused::Time,
        ),
    ];
    for (compact, refused) in table {
        assert_eq!(
            check.check(&compact, now),
            Err(refused),
            "{}",
            refused.code()
        );
    }
    assert!(check.check(&gateway.assertion(), now).is_ok());
}

#[test]
fn a_friendly_name_is_the_same_for_the_same_pseudonym_only() {
    assert_eq!(answers::friendly_name("a"), answers::friendly_name("a"));
    let names: std::collections::HashSet<_> = (0..200)
        .map(|n| answers::friendly_name(&n.to_string()))
        .collect();
    assert!(names.len() > 100, "{}", names.len());
}
