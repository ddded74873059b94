//! Placements: which agent a link, a course or a whole deployment opens.

use std::sync::Arc;

use axum::extract::{Path, State};
use http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Shared;
use super::answers::id as answers_id;
use super::answers::{PageQuery, Paged, created, ok};
use super::credential::Authenticated;
use super::scopes::{READ, WRITE};
use super::sent::Sent;
use super::stop::Answer;
use crate::gateway::Gateway;
use crate::onboarding::Page;
use crate::onboarding::placements::{self, PlacementDraft, PlacementView};

pub(super) fn routes() -> OpenApiRouter<Arc<Gateway>> {
    OpenApiRouter::new()
        .routes(routes!(add_placement, list_placements))
        .routes(routes!(show_placement))
}

/// Places an agent on a link, else in a course, else as the deployment's default; and enables it there.
#[utoipa::path(
    post,
    path = "/api/v1/tenants/{tenant}/placements",
    tag = "placements",
    request_body = PlacementDraft,
    responses((status = 201, description = "Made", body = PlacementView))
)]
async fn add_placement(
    State(gateway): Shared,
    Authenticated(caller): Authenticated,
    Path(tenant): Path<String>,
    sent: Sent,
) -> Answer {
    let tenant = caller.tenant(&gateway, &tenant, WRITE).await?;
    let deed = sent
        .deed(&gateway, &caller, tenant.tenant_id, StatusCode::CREATED)
        .await?;
    let draft: PlacementDraft = sent.parse()?;
    created(&placements::add(&deed, tenant.tenant_id, draft).await?)
}

/// A tenant's placements.
#[utoipa::path(
    get,
    path = "/api/v1/tenants/{tenant}/placements",
    tag = "placements",
    params(PageQuery),
    responses((status = 200, description = "As asked", body = Page<PlacementView>))
)]
async fn list_placements(
    State(gateway): Shared,
    Authenticated(caller): Authenticated,
    Path(tenant): Path<String>,
    Paged(page): Paged,
) -> Answer {
    let tenant = caller.tenant(&gateway, &tenant, READ).await?;
    let mut unit = gateway.store.tenant(tenant.tenant_id).read().await?;
    ok(&placements::list(&mut unit, page).await?)
}

/// A placement.
#[utoipa::path(
    get,
    path = "/api/v1/tenants/{tenant}/placements/{id}",
    tag = "placements",
    responses((status = 200, description = "As asked", body = PlacementView))
)]
async fn show_placement(
    State(gateway): Shared,
    Authenticated(caller): Authenticated,
    Path((tenant, id)): Path<(String, String)>,
) -> Answer {
    let tenant = caller.tenant(&gateway, &tenant, READ).await?;
    let mut unit = gateway.store.tenant(tenant.tenant_id).read().await?;
    ok(&placements::get(&mut unit, answers_id(&id)?).await?)
}
