//! The operators' API: `/api/v1/*`, its OpenAPI document and the page that shows it. One family of
//! routes a file; each parses, calls one use case, and answers. It must never decide anything.

mod age_bands;
mod agents;
mod agreements;
mod answers;
mod audit;
mod consents;
mod contexts;
mod credential;
mod deployments;
mod document;
mod placements;
mod platforms;
mod reference;
mod school_authorizations;
mod scopes;
mod sent;
mod sessions;
mod stop;
mod tenants;
#[cfg(test)]
pub(crate) mod tests;
mod tokens;

use std::sync::Arc;

use axum::routing::any;
use axum::{Extension, Router};
use utoipa_axum::router::OpenApiRouter;

use crate::gateway::Gateway;
use crate::web::problem::Problem;
use credential::Throttle;

/// The gateway, as an operation gets it.
type Shared = axum::extract::State<Arc<Gateway>>;

/// Every route of the API, with its description.
fn described() -> OpenApiRouter<Arc<Gateway>> {
    OpenApiRouter::new()
        .merge(tenants::routes())
        .merge(platforms::routes())
        .merge(deployments::routes())
        .merge(contexts::routes())
        .merge(agents::routes())
        .merge(placements::routes())
        .merge(agreements::routes())
        .merge(school_authorizations::routes())
        .merge(consents::routes())
        .merge(age_bands::routes())
        .merge(sessions::routes())
        .merge(tokens::routes())
        .merge(audit::routes())
}

/// The API's routes, for the public listener; its document and reference page among them.
pub fn router() -> Router<Arc<Gateway>> {
    let (router, _) = described().split_for_parts();
    router
        .merge(reference::routes())
        .route("/api/{*elsewhere}", any(nothing_here))
        .layer(Extension(Arc::new(Throttle::default())))
}

/// An address below `/api/` that is none: a problem, not a page.
async fn nothing_here() -> Problem {
    Problem::not_found()
}

/// The OpenAPI 3.1 document, without a running server.
pub fn openapi() -> utoipa::openapi::OpenApi {
    document::finished(described().into_openapi())
}
