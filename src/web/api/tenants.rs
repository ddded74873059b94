//! Tenants: the installation enters, suspends and serves them; each changes its own settings.

use std::sync::Arc;

use axum::extract::{Path, State};
use http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Shared;
use super::answers::{Nothing, PageQuery, Paged, created, ok, ok_tagged};
use super::credential::Authenticated;
use super::scopes::{INSTALLATION_ONLY, READ, WRITE};
use super::sent::Sent;
use super::stop::Answer;
use crate::gateway::Gateway;
use crate::ids::INSTALLATION;
use crate::onboarding::Page;
use crate::onboarding::tenants::{self, TenantDraft, TenantSettings, TenantView};
use crate::store::TenantStanding;

pub(super) fn routes() -> OpenApiRouter<Arc<Gateway>> {
    OpenApiRouter::new()
        .routes(routes!(create_tenant, list_tenants))
        .routes(routes!(show_tenant, set_tenant))
        .routes(routes!(suspend_tenant))
        .routes(routes!(activate_tenant))
}

/// Enters a tenant, with its keys and its log.
#[utoipa::path(
    post,
    path = "/api/v1/tenants",
    tag = "tenants",
    request_body = TenantDraft,
    responses((status = 201, description = "Made", body = TenantView))
)]
async fn create_tenant(
    State(gateway): Shared,
    Authenticated(caller): Authenticated,
    sent: Sent,
) -> Answer {
    caller.needs(INSTALLATION_ONLY)?;
    let deed = sent
        .deed(&gateway, &caller, INSTALLATION, StatusCode::CREATED)
        .await?;
    let draft: TenantDraft = sent.parse()?;
    created(&tenants::create(&deed, draft).await?)
}

/// Every tenant.
#[utoipa::path(
    get,
    path = "/api/v1/tenants",
    tag = "tenants",
    params(PageQuery),
    responses((status = 200, description = "As asked", body = Page<TenantView>))
)]
async fn list_tenants(
    State(gateway): Shared,
    Authenticated(caller): Authenticated,
    Paged(page): Paged,
) -> Answer {
    caller.needs(INSTALLATION_ONLY)?;
    ok(&tenants::list(&gateway, page).await?)
}

/// A tenant, with the ETag of its settings.
#[utoipa::path(
    get,
    path = "/api/v1/tenants/{tenant}",
    tag = "tenants",
    responses((status = 200, description = "As asked", body = TenantView))
)]
async fn show_tenant(
    State(gateway): Shared,
    Authenticated(caller): Authenticated,
    Path(tenant): Path<String>,
) -> Answer {
    let tenant = caller.tenant(&gateway, &tenant, READ).await?;
    let view = TenantView::of(&tenant);
    ok_tagged(&view, &view.etag()?)
}

/// Replaces a tenant's settings. Decisions are made anew at once.
#[utoipa::path(
    put,
    path = "/api/v1/tenants/{tenant}",
    tag = "tenants",
    request_body = TenantSettings,
    responses((status = 200, description = "As asked", body = TenantView))
)]
async fn set_tenant(
    State(gateway): Shared,
    Authenticated(caller): Authenticated,
    Path(tenant): Path<String>,
    sent: Sent,
) -> Answer {
    let tenant = caller.tenant(&gateway, &tenant, WRITE).await?;
    let etag = sent.if_match()?;
    let deed = sent
        .deed(&gateway, &caller, tenant.tenant_id, StatusCode::OK)
        .await?;
    let settings: TenantSettings = sent.parse()?;
    let view = tenants::set(&deed, tenant.tenant_id, etag, settings).await?;
    ok_tagged(&view, &view.etag()?)
}

/// Stops serving a tenant; its open streams end.
#[utoipa::path(
    post,
    path = "/api/v1/tenants/{tenant}/suspend",
    tag = "tenants",
    responses((status = 200, description = "As asked", body = TenantView))
)]
async fn suspend_tenant(
    State(gateway): Shared,
    Authenticated(caller): Authenticated,
    Path(tenant): Path<String>,
    sent: Sent,
) -> Answer {
    let tenant = caller.tenant(&gateway, &tenant, INSTALLATION_ONLY).await?;
    let deed = sent
        .deed(&gateway, &caller, tenant.tenant_id, StatusCode::OK)
        .await?;
    let Nothing {} = sent.parse()?;
    ok(&tenants::set_standing(&deed, tenant.tenant_id, TenantStanding::Suspended).await?)
}

/// Serves a tenant again.
#[utoipa::path(
    post,
    path = "/api/v1/tenants/{tenant}/activate",
    tag = "tenants",
    responses((status = 200, description = "As asked", body = TenantView))
)]
async fn activate_tenant(
    State(gateway): Shared,
    Authenticated(caller): Authenticated,
    Path(tenant): Path<String>,
    sent: Sent,
) -> Answer {
    let tenant = caller.tenant(&gateway, &tenant, INSTALLATION_ONLY).await?;
    let deed = sent
        .deed(&gateway, &caller, tenant.tenant_id, StatusCode::OK)
        .await?;
    let Nothing {} = sent.parse()?;
    ok(&tenants::set_standing(&deed, tenant.tenant_id, TenantStanding::Active).await?)
}
