//! Deployments: which tenant a platform's deployment belongs to, and whether it is served.

use std::sync::Arc;

use axum::extract::{Path, State};
use http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Shared;
use super::answers::id as answers_id;
use super::answers::{Nothing, PageQuery, Paged, created, ok};
use super::credential::Authenticated;
use super::scopes::{INSTALLATION_ONLY, READ, WRITE};
use super::sent::Sent;
use super::stop::Answer;
use crate::gateway::Gateway;
use crate::onboarding::deployments::{
    self, Approval, DeploymentDraft, DeploymentView, FramingOriginDraft,
};
use crate::onboarding::{OperatorError, Page};
use crate::store::DeploymentStanding;

pub(super) fn routes() -> OpenApiRouter<Arc<Gateway>> {
    OpenApiRouter::new()
        .routes(routes!(add_deployment, list_deployments))
        .routes(routes!(show_deployment))
        .routes(routes!(disable_deployment))
        .routes(routes!(enable_deployment))
        .routes(routes!(add_framing_origin))
        .routes(routes!(list_pending_deployments))
        .routes(routes!(approve_deployment))
}

/// Binds a deployment to a tenant: a new one, or one that waits for approval.
#[utoipa::path(
    post,
    path = "/api/v1/tenants/{tenant}/deployments",
    tag = "deployments",
    request_body = DeploymentDraft,
    responses((status = 201, description = "Made", body = DeploymentView))
)]
async fn add_deployment(
    State(gateway): Shared,
    Authenticated(caller): Authenticated,
    Path(tenant): Path<String>,
    sent: Sent,
) -> Answer {
    let tenant = caller.tenant(&gateway, &tenant, WRITE).await?;
    let deed = sent
        .deed(&gateway, &caller, tenant.tenant_id, StatusCode::CREATED)
        .await?;
    let draft: DeploymentDraft = sent.parse()?;
    created(&deployments::add(&deed, tenant.tenant_id, draft).await?)
}

/// A tenant's deployments.
#[utoipa::path(
    get,
    path = "/api/v1/tenants/{tenant}/deployments",
    tag = "deployments",
    params(PageQuery),
    responses((status = 200, description = "As asked", body = Page<DeploymentView>))
)]
async fn list_deployments(
    State(gateway): Shared,
    Authenticated(caller): Authenticated,
    Path(tenant): Path<String>,
    Paged(page): Paged,
) -> Answer {
    let tenant = caller.tenant(&gateway, &tenant, READ).await?;
    ok(&deployments::list(&gateway, tenant.tenant_id, page).await?)
}

/// A deployment.
#[utoipa::path(
    get,
    path = "/api/v1/tenants/{tenant}/deployments/{id}",
    tag = "deployments",
    responses((status = 200, description = "As asked", body = DeploymentView))
)]
async fn show_deployment(
    State(gateway): Shared,
    Authenticated(caller): Authenticated,
    Path((tenant, id)): Path<(String, String)>,
) -> Answer {
    let tenant = caller.tenant(&gateway, &tenant, READ).await?;
    let row = deployments::find(&gateway, tenant.tenant_id, answers_id(&id)?).await?;
    ok(&DeploymentView::of(&row))
}

/// Takes no more launches of a deployment; its open streams end.
#[utoipa::path(
    post,
    path = "/api/v1/tenants/{tenant}/deployments/{id}/disable",
    tag = "deployments",
    responses((status = 200, description = "As asked", body = DeploymentView))
)]
async fn disable_deployment(
    State(gateway): Shared,
    Authenticated(caller): Authenticated,
    Path((tenant, id)): Path<(String, String)>,
    sent: Sent,
) -> Answer {
    let tenant = caller.tenant(&gateway, &tenant, WRITE).await?;
    let deed = sent
        .deed(&gateway, &caller, tenant.tenant_id, StatusCode::OK)
        .await?;
    let Nothing {} = sent.parse()?;
    ok(&deployments::set_standing(
        &deed,
        tenant.tenant_id,
        answers_id(&id)?,
        DeploymentStanding::Disabled,
    )
    .await?)
}

/// Takes a deployment's launches again.
#[utoipa::path(
    post,
    path = "/api/v1/tenants/{tenant}/deployments/{id}/enable",
    tag = "deployments",
    responses((status = 200, description = "As asked", body = DeploymentView))
)]
async fn enable_deployment(
    State(gateway): Shared,
    Authenticated(caller): Authenticated,
    Path((tenant, id)): Path<(String, String)>,
    sent: Sent,
) -> Answer {
    let tenant = caller.tenant(&gateway, &tenant, WRITE).await?;
    let deed = sent
        .deed(&gateway, &caller, tenant.tenant_id, StatusCode::OK)
        .await?;
    let Nothing {} = sent.parse()?;
    ok(&deployments::set_standing(
        &deed,
        tenant.tenant_id,
        answers_id(&id)?,
        DeploymentStanding::Active,
    )
    .await?)
}

/// Lets one more origin frame a deployment's agents.
#[utoipa::path(
    post,
    path = "/api/v1/tenants/{tenant}/deployments/{id}/framing-origins",
    tag = "deployments",
    request_body = FramingOriginDraft,
    responses((status = 200, description = "As asked", body = DeploymentView))
)]
async fn add_framing_origin(
    State(gateway): Shared,
    Authenticated(caller): Authenticated,
    Path((tenant, id)): Path<(String, String)>,
    sent: Sent,
) -> Answer {
    let tenant = caller.tenant(&gateway, &tenant, WRITE).await?;
    let deed = sent
        .deed(&gateway, &caller, tenant.tenant_id, StatusCode::OK)
        .await?;
    let draft: FramingOriginDraft = sent.parse()?;
    ok(&deployments::add_framing_origin(&deed, tenant.tenant_id, answers_id(&id)?, draft).await?)
}

/// Deployments that wait for approval; `state=pending` is the only state there is to ask for.
#[utoipa::path(
    get,
    path = "/api/v1/deployments",
    tag = "deployments",
    params(PageQuery),
    responses((status = 200, description = "As asked", body = Page<DeploymentView>))
)]
async fn list_pending_deployments(
    State(gateway): Shared,
    Authenticated(caller): Authenticated,
    Paged(page): Paged,
) -> Answer {
    caller.needs(INSTALLATION_ONLY)?;
    ok(&deployments::list_pending(&gateway, page).await?)
}

/// Gives a pending deployment to a tenant.
#[utoipa::path(
    post,
    path = "/api/v1/deployments/{id}/approve",
    tag = "deployments",
    request_body = Approval,
    responses((status = 200, description = "As asked", body = DeploymentView))
)]
async fn approve_deployment(
    State(gateway): Shared,
    Authenticated(caller): Authenticated,
    Path(id): Path<String>,
    sent: Sent,
) -> Answer {
    caller.needs(INSTALLATION_ONLY)?;
    let approval: Approval = sent.parse()?;
    let tenant = caller
        .tenant(&gateway, &approval.tenant, INSTALLATION_ONLY)
        .await;
    let tenant = tenant.map_err(|error| match error {
        OperatorError::NotFound => OperatorError::invalid("tenant", "names no tenant"),
        other => other,
    })?;
    let deed = sent
        .deed(&gateway, &caller, tenant.tenant_id, StatusCode::OK)
        .await?;
    ok(&deployments::approve(&deed, answers_id(&id)?, tenant.tenant_id).await?)
}
