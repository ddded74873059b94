//! The private listener: is the process alive, may it be sent work, and its metrics.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::{StatusCode, header};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::disclosure::Freshness;
use crate::gateway::Gateway;
use crate::ids::INSTALLATION;

/// The operations routes.
pub fn operations_router(gateway: Arc<Gateway>) -> Router {
    Router::new()
        .route("/livez", get(live))
        .route("/readyz", get(ready))
        .route("/startupz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(gateway)
}

async fn live() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

/// Each component by name; ready only when every one is.
async fn ready(State(gateway): State<Arc<Gateway>>) -> Response {
    let database = gateway.store.directory().tenants().find(INSTALLATION).await;
    let keys = gateway.custody.tenant(INSTALLATION).await;
    let revocations = gateway.revocations.freshness(Instant::now());
    let word = |ok: bool| if ok { "ok" } else { "failing" };
    let components = [
        ("database", matches!(database, Ok(Some(_)))),
        ("keys", keys.is_ok()),
        ("revocations", revocations == Freshness::Fresh),
    ];
    let all = components.iter().all(|(_, ok)| *ok);
    let named: serde_json::Map<String, Value> = components
        .iter()
        .map(|(name, ok)| ((*name).to_owned(), word(*ok).into()))
        .collect();
    let status = if all {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (
        status,
        Json(json!({ "status": word(all), "components": named })),
    )
        .into_response()
}

async fn metrics(State(gateway): State<Arc<Gateway>>) -> Response {
    let text = gateway.metrics.render();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response()
}
