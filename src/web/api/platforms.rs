//! Platforms: a tenant's own, those it uses, and at installation level all of them.

use std::sync::Arc;

use axum::extract::{Path, State};
use http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Shared;
use super::answers::id as answers_id;
use super::answers::{PageQuery, Paged, created, ok};
use super::credential::Authenticated;
use super::scopes::{INSTALLATION_ONLY, READ, WRITE};
use super::sent::Sent;
use super::stop::Answer;
use crate::gateway::Gateway;
use crate::ids::INSTALLATION;
use crate::onboarding::Page;
use crate::onboarding::platforms::{self, PlatformDraft, PlatformView};

pub(super) fn routes() -> OpenApiRouter<Arc<Gateway>> {
    OpenApiRouter::new()
        .routes(routes!(add_platform, list_platforms))
        .routes(routes!(show_platform))
        .routes(routes!(add_registration, list_registrations))
}

/// Registers a platform of a tenant.
#[utoipa::path(
    post,
    path = "/api/v1/tenants/{tenant}/platforms",
    tag = "platforms",
    request_body = PlatformDraft,
    responses((status = 201, description = "Made", body = PlatformView))
)]
async fn add_platform(
    State(gateway): Shared,
    Authenticated(caller): Authenticated,
    Path(tenant): Path<String>,
    sent: Sent,
) -> Answer {
    let tenant = caller.tenant(&gateway, &tenant, WRITE).await?;
    let deed = sent
        .deed(&gateway, &caller, tenant.tenant_id, StatusCode::CREATED)
        .await?;
    let draft: PlatformDraft = sent.parse()?;
    created(&platforms::add(&deed, tenant.tenant_id, draft).await?)
}

/// The platforms a tenant owns or has a deployment of.
#[utoipa::path(
    get,
    path = "/api/v1/tenants/{tenant}/platforms",
    tag = "platforms",
    params(PageQuery),
    responses((status = 200, description = "As asked", body = Page<PlatformView>))
)]
async fn list_platforms(
    State(gateway): Shared,
    Authenticated(caller): Authenticated,
    Path(tenant): Path<String>,
    Paged(page): Paged,
) -> Answer {
    let tenant = caller.tenant(&gateway, &tenant, READ).await?;
    ok(&platforms::list(&gateway, tenant.tenant_id, page).await?)
}

/// A platform that a tenant owns or uses.
#[utoipa::path(
    get,
    path = "/api/v1/tenants/{tenant}/platforms/{id}",
    tag = "platforms",
    responses((status = 200, description = "As asked", body = PlatformView))
)]
async fn show_platform(
    State(gateway): Shared,
    Authenticated(caller): Authenticated,
    Path((tenant, id)): Path<(String, String)>,
) -> Answer {
    let tenant = caller.tenant(&gateway, &tenant, READ).await?;
    let row = platforms::visible(&gateway, tenant.tenant_id, answers_id(&id)?).await?;
    ok(&PlatformView::of(&row))
}

/// Registers a platform that many tenants share.
#[utoipa::path(
    post,
    path = "/api/v1/registrations",
    tag = "platforms",
    request_body = PlatformDraft,
    responses((status = 201, description = "Made", body = PlatformView))
)]
async fn add_registration(
    State(gateway): Shared,
    Authenticated(caller): Authenticated,
    sent: Sent,
) -> Answer {
    caller.needs(INSTALLATION_ONLY)?;
    let deed = sent
        .deed(&gateway, &caller, INSTALLATION, StatusCode::CREATED)
        .await?;
    let draft: PlatformDraft = sent.parse()?;
    created(&platforms::add(&deed, INSTALLATION, draft).await?)
}

/// Every platform, whoever owns it.
#[utoipa::path(
    get,
    path = "/api/v1/registrations",
    tag = "platforms",
    params(PageQuery),
    responses((status = 200, description = "As asked", body = Page<PlatformView>))
)]
async fn list_registrations(
    State(gateway): Shared,
    Authenticated(caller): Authenticated,
    Paged(page): Paged,
) -> Answer {
    caller.needs(INSTALLATION_ONLY)?;
    ok(&platforms::list_all(&gateway, page).await?)
}
