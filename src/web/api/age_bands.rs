//! Age bands: how old a person, or everybody in a course, is taken to be.

use std::sync::Arc;

use axum::extract::{Path, State};
use http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Shared;
use super::answers::{PageQuery, Paged, created, ok};
use super::credential::Authenticated;
use super::scopes::{COMPLIANCE, READ};
use super::sent::Sent;
use super::stop::Answer;
use crate::consent::age_bands::{self, AgeBandDraft, AgeBandView};
use crate::gateway::Gateway;
use crate::onboarding::Page;

pub(super) fn routes() -> OpenApiRouter<Arc<Gateway>> {
    OpenApiRouter::new().routes(routes!(record_age_band, list_age_bands))
}

/// Records the age band of a person or of a course; it takes the place of the one before.
#[utoipa::path(
    post,
    path = "/api/v1/tenants/{tenant}/people/age-bands",
    tag = "age-bands",
    request_body = AgeBandDraft,
    responses((status = 201, description = "Made", body = AgeBandView))
)]
async fn record_age_band(
    State(gateway): Shared,
    Authenticated(caller): Authenticated,
    Path(tenant): Path<String>,
    sent: Sent,
) -> Answer {
    let tenant = caller.tenant(&gateway, &tenant, COMPLIANCE).await?;
    let deed = sent
        .deed(&gateway, &caller, tenant.tenant_id, StatusCode::CREATED)
        .await?;
    let draft: AgeBandDraft = sent.parse()?;
    created(&age_bands::record(&deed, tenant.tenant_id, draft).await?)
}

/// A tenant's age bands, superseded ones too.
#[utoipa::path(
    get,
    path = "/api/v1/tenants/{tenant}/people/age-bands",
    tag = "age-bands",
    params(PageQuery),
    responses((status = 200, description = "As asked", body = Page<AgeBandView>))
)]
async fn list_age_bands(
    State(gateway): Shared,
    Authenticated(caller): Authenticated,
    Path(tenant): Path<String>,
    Paged(page): Paged,
) -> Answer {
    let tenant = caller.tenant(&gateway, &tenant, READ).await?;
    let mut unit = gateway.store.tenant(tenant.tenant_id).read().await?;
    ok(&age_bands::list(&mut unit, page).await?)
}
