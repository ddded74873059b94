//! Platform keys: what is accepted by type, and what never verifies anything.

use agent_factory_lti::{Algorithm, IdTokenError, KeySet, KeySetError, UnverifiedToken};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair,
    EcdsaSigningAlgorithm, KeyPair as _,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::harness::signing_key;

fn parse(set: &Value) -> KeySet {
    KeySet::parse(set.to_string().as_bytes()).unwrap()
}

/// The signing key's entry under the name `k`, with members changed (null drops one).
fn entry(changes: &Value) -> Value {
    let mut entry = signing_key().jwks()["keys"][0].clone();
    entry["kid"] = json!("k");
    for (name, value) in changes.as_object().unwrap() {
        entry[name] = value.clone();
    }
    entry
}

fn is_found(changes: &Value, algorithm: Algorithm) -> bool {
    parse(&json!({ "keys": [entry(changes)] }))
        .find("k", algorithm)
        .is_some()
}

#[test]
fn a_key_is_found_by_its_name_and_an_algorithm_it_serves() {
    let set = parse(&signing_key().jwks());
    let kid = signing_key().kid().to_owned();
    assert_eq!(set.find(&kid, Algorithm::Rs256).unwrap().kid(), kid);
    assert!(set.find("other", Algorithm::Rs256).is_none());
    assert!(
        set.find(&kid, Algorithm::Rs512).is_none(),
        "published for RS256 alone"
    );
    assert!(set.find(&kid, Algorithm::Es256).is_none());
}

#[test]
fn a_key_without_algorithm_or_use_is_accepted_by_type() {
    let bare = json!({ "alg": null, "use": null });
    for algorithm in [Algorithm::Rs256, Algorithm::Rs384, Algorithm::Rs512] {
        assert!(is_found(&bare, algorithm));
    }
    assert!(!is_found(&bare, Algorithm::Es256));
    assert!(is_found(
        &json!({ "use": null, "key_ops": ["verify"] }),
        Algorithm::Rs256
    ));
}

#[test]
fn a_key_for_anything_but_verifying_is_never_found() {
    for changes in [
        json!({ "use": "enc" }),
        json!({ "use": "enc", "alg": null }),
        json!({ "use": 1 }),
        json!({ "use": null, "key_ops": ["encrypt"] }),
        json!({ "alg": "RSA-OAEP" }),
        json!({ "alg": "PS256" }),
        json!({ "alg": "HS256" }),
        json!({ "kid": null }),
        json!({ "kid": "" }),
        json!({ "kty": "oct", "k": "c2VjcmV0" }),
        json!({ "n": null }),
        json!({ "n": "!" }),
        json!({ "e": "AQ" }),
        json!({ "e": "AA" }),
    ] {
        assert!(!is_found(&changes, Algorithm::Rs256), "{changes}");
    }
    assert!(
        is_found(&json!({}), Algorithm::Rs256),
        "unchanged it is found"
    );
}

#[test]
fn padding_and_leading_zeros_are_tolerated() {
    let n = signing_key().jwks()["keys"][0]["n"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(is_found(
        &json!({ "n": format!("{n}==") }),
        Algorithm::Rs256
    ));
    let mut bytes = vec![0];
    bytes.extend(URL_SAFE_NO_PAD.decode(&n).unwrap());
    assert!(is_found(
        &json!({ "n": URL_SAFE_NO_PAD.encode(bytes) }),
        Algorithm::Rs256
    ));
}

#[test]
fn a_weak_modulus_is_refused_however_it_is_written() {
    let weak = vec![0xff; 255];
    assert!(!is_found(
        &json!({ "n": URL_SAFE_NO_PAD.encode(&weak) }),
        Algorithm::Rs256
    ));
    let mut inflated = vec![0; 10];
    inflated.extend(&weak);
    assert!(!is_found(
        &json!({ "n": URL_SAFE_NO_PAD.encode(inflated) }),
        Algorithm::Rs256
    ));
    let mut short_by_a_bit = vec![0x7f];
    short_by_a_bit.extend([0xff; 255]);
    assert!(!is_found(
        &json!({ "n": URL_SAFE_NO_PAD.encode(short_by_a_bit) }),
        Algorithm::Rs256
    ));
    let huge = vec![0xff; 1025];
    assert!(!is_found(
        &json!({ "n": URL_SAFE_NO_PAD.encode(huge) }),
        Algorithm::Rs256
    ));
}

#[test]
fn a_bad_key_spoils_only_itself() {
    let set = parse(&json!({ "keys": [null, "text", { "kty": "XYZ" }, entry(&json!({}))] }));
    assert_eq!((set.len(), set.unusable()), (1, 3));
    assert!(!set.is_empty());
    assert!(set.find("k", Algorithm::Rs256).is_some());
}

#[test]
fn what_is_no_key_set_is_refused_as_a_whole() {
    let error = |bytes: &[u8]| KeySet::parse(bytes).unwrap_err();
    assert_eq!(error(b"<html>"), KeySetError::Malformed);
    assert_eq!(error(b"[]"), KeySetError::Malformed);
    assert_eq!(error(b"{}"), KeySetError::Malformed);
    assert_eq!(error(br#"{"keys":{}}"#), KeySetError::Malformed);
    assert_eq!(error(&vec![b' '; 1024 * 1024 + 1]), KeySetError::TooLarge);
    let many = json!({ "keys": vec![json!({}); 101] }).to_string();
    assert_eq!(error(many.as_bytes()), KeySetError::TooManyKeys);
    assert!(KeySet::parse(br#"{"keys":[]}"#).unwrap().is_empty());
}

/// A token signed on a curve, and the key set that belongs to it.
fn on_curve(
    signing: &'static EcdsaSigningAlgorithm,
    curve: &str,
    algorithm: &str,
) -> (String, Value) {
    let pair = EcdsaKeyPair::generate(signing).unwrap();
    let point = &pair.public_key().as_ref()[1..];
    let (x, y) = point.split_at(point.len() / 2);
    let set = json!({ "keys": [{
        "kty": "EC", "crv": curve, "kid": "curve",
        "x": URL_SAFE_NO_PAD.encode(x), "y": URL_SAFE_NO_PAD.encode(y),
    }]});
    let header = URL_SAFE_NO_PAD.encode(json!({ "alg": algorithm, "kid": "curve" }).to_string());
    let message = format!("{header}.{}", URL_SAFE_NO_PAD.encode(r#"{"nonce":"n"}"#));
    let signature = pair.sign(&SystemRandom::new(), message.as_bytes()).unwrap();
    (
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature)),
        set,
    )
}

#[test]
fn signatures_on_both_curves_verify_with_their_own_key_only() {
    for (signing, curve, name, algorithm) in [
        (
            &ECDSA_P256_SHA256_FIXED_SIGNING,
            "P-256",
            "ES256",
            Algorithm::Es256,
        ),
        (
            &ECDSA_P384_SHA384_FIXED_SIGNING,
            "P-384",
            "ES384",
            Algorithm::Es384,
        ),
    ] {
        let (token, set) = on_curve(signing, curve, name);
        let token = UnverifiedToken::parse(&token).unwrap();
        assert_eq!(token.algorithm(), algorithm);
        let key = parse(&set).find("curve", algorithm).unwrap();
        assert_eq!(
            token.clone().verify_signature(&key).unwrap().nonce(),
            Some("n")
        );

        let (_, others) = on_curve(signing, curve, name);
        let key = parse(&others).find("curve", algorithm).unwrap();
        let refused = token.clone().verify_signature(&key).unwrap_err();
        assert_eq!(refused, IdTokenError::SignatureWrong);

        let rsa = parse(&json!({ "keys": [entry(&json!({ "kid": "curve" }))] }));
        let key = rsa.find("curve", Algorithm::Rs256).unwrap();
        assert_eq!(
            token.verify_signature(&key).unwrap_err(),
            IdTokenError::KeyMismatch
        );
    }
}
