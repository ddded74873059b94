//! The public key that agents verify assertions with.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header;
use serde_json::json;

use crate::gateway::Gateway;

/// `GET /.well-known/jwks.json`
pub(in crate::web) async fn assertion_keys(State(gateway): State<Arc<Gateway>>) -> Response {
    let keys = json!({ "keys": [gateway.assertion_jwk] });
    ([(header::CACHE_CONTROL, "public, max-age=300")], Json(keys)).into_response()
}
