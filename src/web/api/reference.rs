//! The document itself, and the page that shows it to people. Both are open to everybody: they tell
//! nothing about any tenant.

use std::sync::{Arc, OnceLock};

use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::{HeaderMap, header};
use serde_json::Value;

use crate::gateway::Gateway;
use crate::pages::{ApiReference, Locale};
use crate::web::page_response::{FramingOrigins, page_response};

const ADDRESS: &str = "/api/openapi.json";

pub(super) fn routes() -> Router<Arc<Gateway>> {
    Router::new()
        .route(ADDRESS, get(document))
        .route("/api/docs", get(page))
}

/// The document, made once.
fn value() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    DOCUMENT.get_or_init(|| serde_json::to_value(super::openapi()).unwrap_or_default())
}

async fn document() -> Response {
    Json(value()).into_response()
}

async fn page(headers: HeaderMap) -> Response {
    let accepts = headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok());
    let page = ApiReference {
        locale: Locale::choose(None, accepts),
        document: value(),
        document_address: ADDRESS,
    };
    page_response(page.render(), &FramingOrigins::default())
}
