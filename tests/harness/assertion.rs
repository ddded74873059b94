//! What an agent reads of an assertion with a stock JWT library and the gateway's public key.

use std::collections::BTreeSet;

use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde_json::{Map, Value};

use super::agent::Received;
use super::browser::Browser;
use super::hop::Hop;
use super::world::GATE;

/// The header that carries it.
const HEADER: &str = "x-agent-factory-assertion";

/// A verified assertion.
#[derive(Debug, Clone)]
pub struct Assertion(pub Map<String, Value>);

impl Assertion {
    /// Verifies the one a request carried, for this audience.
    ///
    /// # Panics
    /// When there is none, or it does not verify.
    pub async fn of(browser: &mut Browser, received: &Received, audience: &str) -> Self {
        let keys = browser
            .answer(Hop::navigate(&format!("{GATE}/.well-known/jwks.json")))
            .await;
        let keys: JwkSet = serde_json::from_slice(&keys.is(200).body).unwrap();
        let token = received
            .header(HEADER)
            .expect("the request carries an assertion");
        let head = decode_header(token).unwrap();
        let key = keys.find(&head.kid.unwrap()).expect("the key is published");
        let mut validation = Validation::new(Algorithm::ES256);
        // The clock of the tests stands still; the times are looked at by themselves.
        validation.validate_exp = false;
        validation.set_audience(&[audience]);
        validation.set_issuer(&[GATE]);
        let key = DecodingKey::from_jwk(key).unwrap();
        let claims = decode::<Map<String, Value>>(token, &key, &validation)
            .unwrap()
            .claims;
        Self(claims)
    }

    pub fn claim(&self, name: &str) -> &Value {
        self.0.get(name).unwrap_or(&Value::Null)
    }

    pub fn names(&self) -> BTreeSet<&str> {
        self.0.keys().map(String::as_str).collect()
    }
}
