//! Agents: their manifests, replaced as a whole, and whether they may be opened.

use std::sync::Arc;

use axum::extract::{Path, State};
use http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Shared;
use super::answers::{Nothing, PageQuery, Paged, created, ok, ok_tagged};
use super::credential::Authenticated;
use super::scopes::{READ, WRITE};
use super::sent::Sent;
use super::stop::Answer;
use crate::gateway::Gateway;
use crate::onboarding::Page;
use crate::onboarding::agents::{self, AgentDraft, AgentView};
use crate::store::AgentStanding;

pub(super) fn routes() -> OpenApiRouter<Arc<Gateway>> {
    OpenApiRouter::new()
        .routes(routes!(add_agent, list_agents))
        .routes(routes!(show_agent, change_agent))
        .routes(routes!(disable_agent))
        .routes(routes!(enable_agent))
}

/// Enters an agent with its manifest.
#[utoipa::path(
    post,
    path = "/api/v1/tenants/{tenant}/agents",
    tag = "agents",
    request_body = AgentDraft,
    responses((status = 201, description = "Made", body = AgentView))
)]
async fn add_agent(
    State(gateway): Shared,
    Authenticated(caller): Authenticated,
    Path(tenant): Path<String>,
    sent: Sent,
) -> Answer {
    let tenant = caller.tenant(&gateway, &tenant, WRITE).await?;
    let deed = sent
        .deed(&gateway, &caller, tenant.tenant_id, StatusCode::CREATED)
        .await?;
    let draft: AgentDraft = sent.parse()?;
    created(&agents::add(&deed, tenant.tenant_id, draft).await?)
}

/// A tenant's agents.
#[utoipa::path(
    get,
    path = "/api/v1/tenants/{tenant}/agents",
    tag = "agents",
    params(PageQuery),
    responses((status = 200, description = "As asked", body = Page<AgentView>))
)]
async fn list_agents(
    State(gateway): Shared,
    Authenticated(caller): Authenticated,
    Path(tenant): Path<String>,
    Paged(page): Paged,
) -> Answer {
    let tenant = caller.tenant(&gateway, &tenant, READ).await?;
    let mut unit = gateway.store.tenant(tenant.tenant_id).read().await?;
    ok(&agents::list(&mut unit, page).await?)
}

/// An agent, with the ETag of its manifest.
#[utoipa::path(
    get,
    path = "/api/v1/tenants/{tenant}/agents/{agent}",
    tag = "agents",
    responses((status = 200, description = "As asked", body = AgentView))
)]
async fn show_agent(
    State(gateway): Shared,
    Authenticated(caller): Authenticated,
    Path((tenant, agent)): Path<(String, String)>,
) -> Answer {
    let tenant = caller.tenant(&gateway, &tenant, READ).await?;
    let mut unit = gateway.store.tenant(tenant.tenant_id).read().await?;
    let view = AgentView::of(&agents::get(&mut unit, &agent).await?);
    ok_tagged(&view, &view.manifest_version.to_string())
}

/// Replaces an agent's name, address and manifest. Decisions are made anew at once.
#[utoipa::path(
    put,
    path = "/api/v1/tenants/{tenant}/agents/{agent}",
    tag = "agents",
    request_body = AgentDraft,
    responses((status = 200, description = "As asked", body = AgentView))
)]
async fn change_agent(
    State(gateway): Shared,
    Authenticated(caller): Authenticated,
    Path((tenant, agent)): Path<(String, String)>,
    sent: Sent,
) -> Answer {
    let tenant = caller.tenant(&gateway, &tenant, WRITE).await?;
    let etag = sent.if_match()?;
    let deed = sent
        .deed(&gateway, &caller, tenant.tenant_id, StatusCode::OK)
        .await?;
    let draft: AgentDraft = sent.parse()?;
    let view = agents::change(&deed, tenant.tenant_id, &agent, etag, draft).await?;
    ok_tagged(&view, &view.manifest_version.to_string())
}

/// Switches an agent off; its open streams end.
#[utoipa::path(
    post,
    path = "/api/v1/tenants/{tenant}/agents/{agent}/disable",
    tag = "agents",
    responses((status = 200, description = "As asked", body = AgentView))
)]
async fn disable_agent(
    State(gateway): Shared,
    Authenticated(caller): Authenticated,
    Path((tenant, agent)): Path<(String, String)>,
    sent: Sent,
) -> Answer {
    let tenant = caller.tenant(&gateway, &tenant, WRITE).await?;
    let deed = sent
        .deed(&gateway, &caller, tenant.tenant_id, StatusCode::OK)
        .await?;
    let Nothing {} = sent.parse()?;
    ok(&agents::set_standing(&deed, tenant.tenant_id, &agent, AgentStanding::Disabled).await?)
}

/// Switches an agent on again.
#[utoipa::path(
    post,
    path = "/api/v1/tenants/{tenant}/agents/{agent}/enable",
    tag = "agents",
    responses((status = 200, description = "As asked", body = AgentView))
)]
async fn enable_agent(
    State(gateway): Shared,
    Authenticated(caller): Authenticated,
    Path((tenant, agent)): Path<(String, String)>,
    sent: Sent,
) -> Answer {
    let tenant = caller.tenant(&gateway, &tenant, WRITE).await?;
    let deed = sent
        .deed(&gateway, &caller, tenant.tenant_id, StatusCode::OK)
        .await?;
    let Nothing {} = sent.parse()?;
    ok(&agents::set_standing(&deed, tenant.tenant_id, &agent, AgentStanding::Active).await?)
}
