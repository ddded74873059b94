//! How the API answers: JSON that nobody keeps, a page of a list, an ETag where a thing can be
//! replaced.

use std::str::FromStr;
use std::sync::Arc;

use axum::Json;
use axum::extract::{FromRequestParts, Query};
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{HeaderValue, StatusCode, header};
use serde::{Deserialize, Serialize};

use super::stop::{Answer, Stop};
use crate::gateway::Gateway;
use crate::onboarding::page::{DEFAULT_LIMIT, MAX_LIMIT};
use crate::onboarding::{OperatorError, PageRequest};
use crate::web::problem::Problem;

/// An answer with a status.
#[expect(
    clippy::unnecessary_wraps,
    reason = "it is what every operation ends with"
)]
pub(super) fn answer<T: Serialize>(status: StatusCode, body: &T) -> Answer {
    let mut response = (status, Json(body)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// Something was made.
pub(super) fn created<T: Serialize>(body: &T) -> Answer {
    answer(StatusCode::CREATED, body)
}

/// As asked.
pub(super) fn ok<T: Serialize>(body: &T) -> Answer {
    answer(StatusCode::OK, body)
}

/// As asked, with the ETag by which it can be replaced.
pub(super) fn ok_tagged<T: Serialize>(body: &T, etag: &str) -> Answer {
    let mut response: Response = ok(body)?;
    if let Ok(value) = HeaderValue::from_str(&format!("\"{etag}\"")) {
        response.headers_mut().insert(header::ETAG, value);
    }
    Ok(response)
}

/// An id in a path; one that is none names nothing.
pub(super) fn id<T: FromStr>(text: &str) -> Result<T, OperatorError> {
    text.parse().map_err(|_| OperatorError::NotFound)
}

/// Which page of a list is asked for.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// What the page before gave as `next`.
    #[param(value_type = Option<uuid::Uuid>)]
    after: Option<String>,
    /// How many at most: 1 to 200, 50 when left out.
    #[param(value_type = Option<u32>)]
    limit: Option<String>,
}

/// The page that a request asks for.
#[derive(Debug, Clone, Copy)]
pub struct Paged(pub PageRequest);

impl FromRequestParts<Arc<Gateway>> for Paged {
    type Rejection = Stop;

    async fn from_request_parts(
        parts: &mut Parts,
        _: &Arc<Gateway>,
    ) -> Result<Self, Self::Rejection> {
        let Query(query) = Query::<PageQuery>::try_from_uri(&parts.uri)
            .map_err(|_| Problem::invalid("query", "the query cannot be read"))?;
        let after = query
            .after
            .map(|text| text.parse())
            .transpose()
            .map_err(|_| Problem::invalid("after", "`after` is what `next` gave before"))?;
        let limit = query
            .limit
            .map_or(Ok(DEFAULT_LIMIT), |text| text.parse())
            .ok()
            .filter(|limit| (1..=MAX_LIMIT).contains(limit))
            .ok_or_else(|| Problem::invalid("limit", "`limit` is a number from 1 to 200"))?;
        Ok(Self(PageRequest { after, limit }))
    }
}

/// The body of an operation that takes none.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}
