//! What an agent reads from an assertion, and when one is used again.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::json;
use uuid::Uuid;

use super::*;

const NOW: Timestamp = Timestamp::from_micros(1_795_389_362_900_000);
const SESSION: SessionId = SessionId(Uuid::from_u128(5));

fn slug(text: &str) -> Slug {
    text.parse().unwrap()
}

fn least() -> AssertionClaims {
    AssertionClaims {
        iss: "https://gateway.example".into(),
        aud: Audience::of(&slug("lincoln"), &slug("tutor")),
        sub: "actor".into(),
        lifetime: AssertionLifetime::starting(NOW, Duration::from_mins(2)),
        jti: "assertion".into(),
        sid: "session".into(),
        tenant: slug("lincoln"),
        agent: slug("tutor"),
        purpose: "instruction".into(),
        roles: vec![AssertionRole::Learner],
        age_band: None,
        context: None,
        resource: None,
        custom: Map::new(),
        disclosed: Map::new(),
        withheld: BTreeMap::new(),
        decision: "decision".into(),
        policy: "fingerprint".into(),
        terms: "1".into(),
        launch: None,
        message_type: None,
        for_subject: None,
        locale: None,
        platform: None,
        preview: false,
    }
}

fn most() -> AssertionClaims {
    AssertionClaims {
        roles: vec![AssertionRole::TeachingAssistant, AssertionRole::Observer],
        age_band: Some(AssertionAgeBand::From13To17),
        context: Some(NamedPseudonym {
            id: "course".into(),
            title: Some("Algebra".into()),
        }),
        resource: Some(NamedPseudonym {
            id: "link".into(),
            title: None,
        }),
        custom: Map::from_iter([("level".to_owned(), json!("2"))]),
        disclosed: Map::from_iter([("given_name".to_owned(), json!("Ada"))]),
        withheld: BTreeMap::from([
            ("email".to_owned(), Withheld::NotPermitted),
            ("locale".to_owned(), Withheld::NotAvailable),
        ]),
        launch: Some("handle".into()),
        message_type: Some("LtiResourceLinkRequest".into()),
        for_subject: Some("child".into()),
        locale: Some("en".into()),
        platform: Some("canvas".into()),
        preview: true,
        ..least()
    }
}

fn signer() -> (AssertionSigner, Arc<AssertionKey>) {
    let key = Arc::new(AssertionKey::generate().unwrap().1);
    (AssertionSigner::new(Arc::clone(&key)), key)
}

fn names(claims: &AssertionClaims) -> Vec<String> {
    serde_json::to_value(claims)
        .unwrap()
        .as_object()
        .unwrap()
        .keys()
        .cloned()
        .collect()
}

#[test]
fn what_is_absent_is_left_out_and_the_rest_stands_in_the_order_of_the_contract() {
    assert_eq!(
        names(&least()).join(" "),
        "iss aud sub iat exp jti sid tenant agent purpose roles disclosed withheld decision \
         policy terms"
    );
    assert_eq!(
        names(&most()).join(" "),
        "iss aud sub iat exp jti sid tenant agent purpose roles age_band context resource custom \
         disclosed withheld decision policy terms launch message_type for locale platform preview"
    );
}

#[test]
fn values_are_those_of_the_contract() {
    let claims = serde_json::to_value(most()).unwrap();
    assert_eq!(claims["aud"], "lincoln/tutor");
    assert_eq!(claims["roles"], json!(["teaching_assistant", "observer"]));
    assert_eq!(claims["age_band"], "13_to_17");
    assert_eq!(
        claims["context"],
        json!({ "id": "course", "title": "Algebra" })
    );
    assert_eq!(claims["resource"], json!({ "id": "link" }));
    assert_eq!(
        claims["withheld"],
        json!({ "email": "not_permitted", "locale": "not_available" })
    );
    assert_eq!(
        (&claims["for"], &claims["preview"]),
        (&json!("child"), &json!(true))
    );
    let bands = [AssertionAgeBand::Under13, AssertionAgeBand::From18];
    assert_eq!(
        serde_json::to_value(bands).unwrap(),
        json!(["under_13", "18_or_over"])
    );
}

#[test]
fn an_agent_verifies_it_with_a_stock_library_and_the_published_key() {
    let (signer, key) = signer();
    let header = signer.sign(&most()).unwrap();
    assert!(header.is_sensitive());
    let jwk: Jwk = serde_json::from_value(key.public_jwk()).unwrap();
    let mut validation = Validation::new(Algorithm::ES256);
    validation.validate_exp = false;
    validation.set_audience(&["lincoln/tutor"]);
    validation.set_issuer(&["https://gateway.example"]);
    let decoding = DecodingKey::from_jwk(&jwk).unwrap();
    let token = header.to_str().unwrap();
    let read = jsonwebtoken::decode::<Value>(token, &decoding, &validation).unwrap();
    assert_eq!(read.claims["disclosed"]["given_name"], "Ada");

    let (others, _) = self::signer();
    let forged = others.sign(&most()).unwrap();
    let forged = jsonwebtoken::decode::<Value>(forged.to_str().unwrap(), &decoding, &validation);
    assert!(forged.is_err());
}

#[test]
fn no_assertion_outlives_five_minutes_or_the_end_it_was_given() {
    let life = |lifetime: AssertionLifetime| lifetime.exp - lifetime.iat;
    let of = |seconds| {
        life(AssertionLifetime::starting(
            NOW,
            Duration::from_secs(seconds),
        ))
    };
    assert_eq!(
        (of(0), of(120), of(300), of(301), of(u64::MAX)),
        (0, 120, 300, 300, 300)
    );
    let end = NOW.plus(Duration::from_millis(1_050));
    assert!(AssertionLifetime::until(NOW, end).expires_at() <= end);
    let past = AssertionLifetime::until(NOW, NOW.minus(Duration::from_secs(9)));
    assert_eq!(life(past), 0);
}

#[test]
fn debug_shows_no_claim_about_anyone() {
    let (signer, _) = signer();
    let claims = most();
    let shown = format!(
        "{claims:?} {:?} {:?}",
        claims.context,
        signer.sign(&claims).unwrap()
    );
    for secret in ["Ada", "Algebra", "13", "child", "eyJ"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

/// The `jti` of the assertion that the cache gives, each signed with the next number.
fn given(
    cache: &AssertionCache,
    session: SessionId,
    decision: &str,
    now: Timestamp,
) -> HeaderValue {
    let (signer, _) = signer();
    let claims = || AssertionClaims {
        lifetime: AssertionLifetime::starting(now, Duration::from_secs(45)),
        ..least()
    };
    cache
        .get_or_sign(session, decision, now, &signer, claims)
        .unwrap()
}

#[test]
fn an_assertion_is_used_again_for_its_session_and_decision_only() {
    let cache = AssertionCache::new(100);
    let first = given(&cache, SESSION, "d1", NOW);
    assert_eq!(
        given(&cache, SESSION, "d1", NOW.plus(Duration::from_secs(40))),
        first
    );
    assert_ne!(given(&cache, SESSION, "d2", NOW), first);
    assert_ne!(
        given(&cache, SessionId(Uuid::from_u128(6)), "d1", NOW),
        first
    );
}

#[test]
fn an_assertion_is_signed_anew_after_a_minute_at_its_end_and_when_the_clock_goes_back() {
    let (signer, _) = signer();
    let long = || AssertionClaims {
        lifetime: AssertionLifetime::starting(NOW, MAX_ASSERTION_LIFE),
        ..least()
    };
    let cache = AssertionCache::new(100);
    let sign = |now| cache.get_or_sign(SESSION, "d", now, &signer, long).unwrap();
    let first = sign(NOW);
    assert_eq!(sign(NOW.plus(Duration::from_secs(59))), first);
    assert_ne!(sign(NOW.plus(ASSERTION_REUSE)), first);

    let cache = AssertionCache::new(100);
    let first = given(&cache, SESSION, "d", NOW);
    assert_ne!(
        given(&cache, SESSION, "d", NOW.plus(Duration::from_secs(46))),
        first
    );

    let cache = AssertionCache::new(100);
    let first = given(&cache, SESSION, "d", NOW);
    assert_ne!(
        given(&cache, SESSION, "d", NOW.minus(Duration::from_secs(1))),
        first
    );
}

#[test]
fn the_token_has_three_parts_and_a_header_that_names_its_key() {
    let (signer, key) = signer();
    let header = signer.sign(&least()).unwrap();
    let parts: Vec<_> = header.to_str().unwrap().split('.').collect();
    assert_eq!(parts.len(), 3);
    let read: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[0]).unwrap()).unwrap();
    assert_eq!(
        read,
        json!({ "alg": "ES256", "kid": key.kid(), "typ": "JWT" })
    );
}
