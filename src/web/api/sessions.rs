//! Sessions: who is in which agent, in pseudonymous ids; ended at once.

use std::sync::Arc;

use axum::extract::{Path, State};
use http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Shared;
use super::answers::id as answers_id;
use super::answers::{Nothing, PageQuery, Paged, ok};
use super::credential::Authenticated;
use super::scopes::READ;
use super::sent::Sent;
use super::stop::Answer;
use crate::gateway::Gateway;
use crate::onboarding::sessions::{self, SessionView};
use crate::onboarding::{Page, Scope};

pub(super) fn routes() -> OpenApiRouter<Arc<Gateway>> {
    OpenApiRouter::new()
        .routes(routes!(list_sessions))
        .routes(routes!(end_session))
}

/// Sessions that were not ended.
#[utoipa::path(
    get,
    path = "/api/v1/tenants/{tenant}/sessions",
    tag = "sessions",
    params(PageQuery),
    responses((status = 200, description = "As asked", body = Page<SessionView>))
)]
async fn list_sessions(
    State(gateway): Shared,
    Authenticated(caller): Authenticated,
    Path(tenant): Path<String>,
    Paged(page): Paged,
) -> Answer {
    let tenant = caller.tenant(&gateway, &tenant, READ).await?;
    let mut unit = gateway.store.tenant(tenant.tenant_id).read().await?;
    ok(&sessions::list(&mut unit, page).await?)
}

/// Ends a session; its open streams end.
#[utoipa::path(
    post,
    path = "/api/v1/tenants/{tenant}/sessions/{id}/end",
    tag = "sessions",
    responses((status = 200, description = "As asked", body = SessionView))
)]
async fn end_session(
    State(gateway): Shared,
    Authenticated(caller): Authenticated,
    Path((tenant, id)): Path<(String, String)>,
    sent: Sent,
) -> Answer {
    let tenant = caller
        .tenant(&gateway, &tenant, &[Scope::TenantWrite, Scope::Compliance])
        .await?;
    let deed = sent
        .deed(&gateway, &caller, tenant.tenant_id, StatusCode::OK)
        .await?;
    let Nothing {} = sent.parse()?;
    ok(&sessions::end(&deed, tenant.tenant_id, answers_id(&id)?).await?)
}
