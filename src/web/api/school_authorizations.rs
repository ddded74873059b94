//! School authorizations: a school consenting for parents (COPPA), with history.

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
use crate::consent::school_authorizations::{
    self, SchoolAuthorizationDraft, SchoolAuthorizationView, SignedSchoolAuthorization,
};
use crate::gateway::Gateway;
use crate::onboarding::{Deed, Page, Scope};

pub(super) fn routes() -> OpenApiRouter<Arc<Gateway>> {
    OpenApiRouter::new()
        .routes(routes!(
            record_school_authorization,
            list_school_authorizations
        ))
        .routes(routes!(show_school_authorization))
        .routes(routes!(withdraw_school_authorization))
}

/// Records a school authorization.
#[utoipa::path(
    post,
    path = "/api/v1/tenants/{tenant}/school-authorizations",
    tag = "school-authorizations",
    request_body = SchoolAuthorizationDraft,
    responses((status = 201, description = "Made", body = SchoolAuthorizationView))
)]
async fn record_school_authorization(
    State(gateway): Shared,
    Authenticated(caller): Authenticated,
    Path(tenant): Path<String>,
    sent: Sent,
) -> Answer {
    let tenant = caller.tenant(&gateway, &tenant, COMPLIANCE).await?;
    let deed = sent
        .deed(&gateway, &caller, tenant.tenant_id, StatusCode::CREATED)
        .await?;
    let draft: SchoolAuthorizationDraft = sent.parse()?;
    created(&school_authorizations::record(&deed, tenant.tenant_id, draft).await?)
}

/// A tenant's school authorizations, without who signed.
#[utoipa::path(
    get,
    path = "/api/v1/tenants/{tenant}/school-authorizations",
    tag = "school-authorizations",
    params(PageQuery),
    responses((status = 200, description = "As asked", body = Page<SchoolAuthorizationView>))
)]
async fn list_school_authorizations(
    State(gateway): Shared,
    Authenticated(caller): Authenticated,
    Path(tenant): Path<String>,
    Paged(page): Paged,
) -> Answer {
    let tenant = caller.tenant(&gateway, &tenant, READ).await?;
    let mut unit = gateway.store.tenant(tenant.tenant_id).read().await?;
    ok(&school_authorizations::list(&mut unit, page).await?)
}

/// A school authorization; with who signed, for a token with `compliance`, and that look is recorded.
#[utoipa::path(
    get,
    path = "/api/v1/tenants/{tenant}/school-authorizations/{id}",
    tag = "school-authorizations",
    responses((status = 200, description = "As asked", body = SignedSchoolAuthorization))
)]
async fn show_school_authorization(
    State(gateway): Shared,
    Authenticated(caller): Authenticated,
    Path((tenant, id)): Path<(String, String)>,
) -> Answer {
    let tenant = caller.tenant(&gateway, &tenant, READ).await?;
    let id = answers_id(&id)?;
    if !caller.has(Scope::Compliance) {
        let mut unit = gateway.store.tenant(tenant.tenant_id).read().await?;
        let authorization = school_authorizations::get(&mut unit, id).await?;
        return ok(&SignedSchoolAuthorization {
            authorization,
            signer: None,
        });
    }
    let now = gateway.clock.now();
    let deed = Deed {
        gateway,
        caller,
        now,
        kept_under: None,
    };
    ok(&school_authorizations::look(&deed, tenant.tenant_id, id).await?)
}

/// Withdraws a school authorization: nothing more is disclosed on it.
#[utoipa::path(
    post,
    path = "/api/v1/tenants/{tenant}/school-authorizations/{id}/withdraw",
    tag = "school-authorizations",
    responses((status = 200, description = "As asked", body = SchoolAuthorizationView))
)]
async fn withdraw_school_authorization(
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
    ok(&school_authorizations::withdraw(&deed, tenant.tenant_id, answers_id(&id)?).await?)
}
