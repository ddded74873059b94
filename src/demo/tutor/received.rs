//! What reached the tutors, kept in memory for the inspector beside the launch. It is bounded, and
//! gone with the process.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::{HeaderMap, Method, Uri};
use serde::Serialize;
use serde_json::Value;

use super::ASSERTION_HEADER;
use super::assertion_check::BelievedAssertion;
use crate::clock::Timestamp;

/// How many requests are remembered over all sessions.
const MAX_REQUESTS: usize = 500;

/// One request as it reached the tutor.
#[derive(Clone, Serialize)]
pub struct ReceivedRequest {
    /// When, RFC 3339.
    pub at: String,
    /// Method.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// Header names and values, the assertion shortened: it is shown decoded.
    pub headers: Vec<(String, String)>,
    /// The question, where there was one.
    pub question: Option<String>,
    /// The assertion's header.
    #[serde(skip)]
    pub assertion_header: Value,
    /// The assertion's claims.
    #[serde(skip)]
    pub assertion_claims: Value,
}

impl std::fmt::Debug for ReceivedRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReceivedRequest")
            .field("at", &self.at)
            .finish_non_exhaustive()
    }
}

impl ReceivedRequest {
    pub(super) fn new(
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
        question: &str,
        assertion: BelievedAssertion,
        now: Timestamp,
    ) -> Self {
        let shown = |name: &str, value: &str| {
            if name == ASSERTION_HEADER {
                let start: String = value.chars().take(24).collect();
                format!("{start}\u{2026} (see Assertion)")
            } else {
                value.to_owned()
            }
        };
        Self {
            at: now.to_rfc3339(),
            method: method.to_string(),
            path: uri
                .path_and_query()
                .map_or_else(|| "/".to_owned(), ToString::to_string),
            headers: headers
                .iter()
                .map(|(name, value)| {
                    let value = String::from_utf8_lossy(value.as_bytes());
                    (name.to_string(), shown(name.as_str(), &value))
                })
                .collect(),
            question: (!question.is_empty()).then(|| question.to_owned()),
            assertion_header: assertion.header,
            assertion_claims: assertion.claims,
        }
    }

    fn session(&self) -> Option<&str> {
        self.assertion_claims.get("sid").and_then(Value::as_str)
    }
}

/// What all tutors of the demo received, oldest first.
#[derive(Clone, Debug, Default)]
pub struct Received(Arc<Mutex<VecDeque<ReceivedRequest>>>);

impl Received {
    pub(super) fn remember(&self, request: ReceivedRequest) {
        let mut requests = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if requests.len() == MAX_REQUESTS {
            requests.pop_front();
        }
        requests.push_back(request);
    }

    /// The requests of one session (`sid` of the assertion), oldest first.
    pub fn of_session(&self, sid: &str) -> Vec<ReceivedRequest> {
        let requests = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        requests
            .iter()
            .filter(|request| request.session() == Some(sid))
            .cloned()
            .collect()
    }
}
