//! Courses: those of a tenant's deployments, as launches and operators entered them.

use std::sync::Arc;

use axum::extract::{Path, State};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Shared;
use super::answers::{PageQuery, Paged, ok};
use super::credential::Authenticated;
use super::scopes::READ;
use super::stop::Answer;
use crate::gateway::Gateway;
use crate::onboarding::Page;
use crate::onboarding::contexts::{self, ContextView};

pub(super) fn routes() -> OpenApiRouter<Arc<Gateway>> {
    OpenApiRouter::new().routes(routes!(list_contexts))
}

/// A tenant's courses.
#[utoipa::path(
    get,
    path = "/api/v1/tenants/{tenant}/contexts",
    tag = "contexts",
    params(PageQuery),
    responses((status = 200, description = "As asked", body = Page<ContextView>))
)]
async fn list_contexts(
    State(gateway): Shared,
    Authenticated(caller): Authenticated,
    Path(tenant): Path<String>,
    Paged(page): Paged,
) -> Answer {
    let tenant = caller.tenant(&gateway, &tenant, READ).await?;
    let mut unit = gateway.store.tenant(tenant.tenant_id).read().await?;
    ok(&contexts::list(&mut unit, page).await?)
}
