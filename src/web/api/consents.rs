//! Consents and refusals of parents and of students with the rights, with history.

use std::sync::Arc;

use axum::extract::{Path, State};
use http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Shared;
use super::answers::id as answers_id;
use super::answers::{Nothing, PageQuery, Paged, created, ok};
use super::credential::Authenticated;
use super::scopes::{COMPLIANCE, READ};
use super::sent::Sent;
use super::stop::Answer;
use crate::consent::consents::{self, ConsentDraft, ConsentView};
use crate::gateway::Gateway;
use crate::onboarding::Page;

pub(super) fn routes() -> OpenApiRouter<Arc<Gateway>> {
    OpenApiRouter::new()
        .routes(routes!(record_consent, list_consents))
        .routes(routes!(show_consent))
        .routes(routes!(withdraw_consent))
}

/// Records a consent, or a refusal.
#[utoipa::path(
    post,
    path = "/api/v1/tenants/{tenant}/consents",
    tag = "consents",
    request_body = ConsentDraft,
    responses((status = 201, description = "Made", body = ConsentView))
)]
async fn record_consent(
    State(gateway): Shared,
    Authenticated(caller): Authenticated,
    Path(tenant): Path<String>,
    sent: Sent,
) -> Answer {
    let tenant = caller.tenant(&gateway, &tenant, COMPLIANCE).await?;
    let deed = sent
        .deed(&gateway, &caller, tenant.tenant_id, StatusCode::CREATED)
        .await?;
    let draft: ConsentDraft = sent.parse()?;
    created(&consents::record(&deed, tenant.tenant_id, draft).await?)
}

/// A tenant's consents.
#[utoipa::path(
    get,
    path = "/api/v1/tenants/{tenant}/consents",
    tag = "consents",
    params(PageQuery),
    responses((status = 200, description = "As asked", body = Page<ConsentView>))
)]
async fn list_consents(
    State(gateway): Shared,
    Authenticated(caller): Authenticated,
    Path(tenant): Path<String>,
    Paged(page): Paged,
) -> Answer {
    let tenant = caller.tenant(&gateway, &tenant, READ).await?;
    let mut unit = gateway.store.tenant(tenant.tenant_id).read().await?;
    ok(&consents::list(&mut unit, page).await?)
}

/// A consent.
#[utoipa::path(
    get,
    path = "/api/v1/tenants/{tenant}/consents/{id}",
    tag = "consents",
    responses((status = 200, description = "As asked", body = ConsentView))
)]
async fn show_consent(
    State(gateway): Shared,
    Authenticated(caller): Authenticated,
    Path((tenant, id)): Path<(String, String)>,
) -> Answer {
    let tenant = caller.tenant(&gateway, &tenant, READ).await?;
    let mut unit = gateway.store.tenant(tenant.tenant_id).read().await?;
    ok(&consents::get(&mut unit, answers_id(&id)?).await?)
}

/// Withdraws a consent: open streams that rest on it end.
#[utoipa::path(
    post,
    path = "/api/v1/tenants/{tenant}/consents/{id}/withdraw",
    tag = "consents",
    responses((status = 200, description = "As asked", body = ConsentView))
)]
async fn withdraw_consent(
    State(gateway): Shared,
    Authenticated(caller): Authenticated,
    Path((tenant, id)): Path<(String, String)>,
    sent: Sent,
) -> Answer {
    let tenant = caller.tenant(&gateway, &tenant, COMPLIANCE).await?;
    let deed = sent
        .deed(&gateway, &caller, tenant.tenant_id, StatusCode::OK)
        .await?;
    let Nothing {} = sent.parse()?;
    ok(&consents::withdraw(&deed, tenant.tenant_id, answers_id(&id)?).await?)
}
