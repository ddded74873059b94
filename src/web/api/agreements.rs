//! Agreements: contracts with the operators of agents, as plain records with history.

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
use crate::consent::agreements::{self, AgreementDraft, AgreementView, SignedAgreement};
use crate::gateway::Gateway;
use crate::onboarding::{Deed, Page, Scope};

pub(super) fn routes() -> OpenApiRouter<Arc<Gateway>> {
    OpenApiRouter::new()
        .routes(routes!(record_agreement, list_agreements))
        .routes(routes!(show_agreement))
        .routes(routes!(withdraw_agreement))
}

/// Records an agreement about an agent.
#[utoipa::path(
    post,
    path = "/api/v1/tenants/{tenant}/agreements",
    tag = "agreements",
    request_body = AgreementDraft,
    responses((status = 201, description = "Made", body = AgreementView))
)]
async fn record_agreement(
    State(gateway): Shared,
    Authenticated(caller): Authenticated,
    Path(tenant): Path<String>,
    sent: Sent,
) -> Answer {
    let tenant = caller.tenant(&gateway, &tenant, COMPLIANCE).await?;
    let deed = sent
        .deed(&gateway, &caller, tenant.tenant_id, StatusCode::CREATED)
        .await?;
    let draft: AgreementDraft = sent.parse()?;
    created(&agreements::record(&deed, tenant.tenant_id, draft).await?)
}

/// A tenant's agreements, without who signed.
#[utoipa::path(
    get,
    path = "/api/v1/tenants/{tenant}/agreements",
    tag = "agreements",
    params(PageQuery),
    responses((status = 200, description = "As asked", body = Page<AgreementView>))
)]
async fn list_agreements(
    State(gateway): Shared,
    Authenticated(caller): Authenticated,
    Path(tenant): Path<String>,
    Paged(page): Paged,
) -> Answer {
    let tenant = caller.tenant(&gateway, &tenant, READ).await?;
    let mut unit = gateway.store.tenant(tenant.tenant_id).read().await?;
    ok(&agreements::list(&mut unit, page).await?)
}

/// An agreement; with who signed, for a token with `compliance`, and that look is recorded.
#[utoipa::path(
    get,
    path = "/api/v1/tenants/{tenant}/agreements/{id}",
    tag = "agreements",
    responses((status = 200, description = "As asked", body = SignedAgreement))
)]
async fn show_agreement(
    State(gateway): Shared,
    Authenticated(caller): Authenticated,
    Path((tenant, id)): Path<(String, String)>,
) -> Answer {
    let tenant = caller.tenant(&gateway, &tenant, READ).await?;
    let id = answers_id(&id)?;
    if !caller.has(Scope::Compliance) {
        let mut unit = gateway.store.tenant(tenant.tenant_id).read().await?;
        let agreement = agreements::get(&mut unit, id).await?;
        return ok(&SignedAgreement {
            agreement,
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
    ok(&agreements::look(&deed, tenant.tenant_id, id).await?)
}

/// Withdraws an agreement: nothing more is disclosed on it.
#[utoipa::path(
    post,
    path = "/api/v1/tenants/{tenant}/agreements/{id}/withdraw",
    tag = "agreements",
    responses((status = 200, description = "As asked", body = AgreementView))
)]
async fn withdraw_agreement(
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
    ok(&agreements::withdraw(&deed, tenant.tenant_id, answers_id(&id)?).await?)
}
