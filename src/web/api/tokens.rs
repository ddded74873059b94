//! Tokens: of the installation, and of each tenant. A secret is shown once.

use std::sync::Arc;

use axum::extract::{Path, State};
use http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Shared;
use super::answers::id as answers_id;
use super::answers::{Nothing, PageQuery, Paged, created, ok};
use super::credential::Authenticated;
use super::scopes::{INSTALLATION_ONLY, WRITE};
use super::sent::Sent;
use super::stop::Answer;
use crate::gateway::Gateway;
use crate::ids::INSTALLATION;
use crate::onboarding::Page;
use crate::onboarding::tokens::{self, NewToken, TokenDraft, TokenView};

pub(super) fn routes() -> OpenApiRouter<Arc<Gateway>> {
    OpenApiRouter::new()
        .routes(routes!(create_token, list_tokens))
        .routes(routes!(revoke_token))
        .routes(routes!(create_tenant_token, list_tenant_tokens))
        .routes(routes!(revoke_tenant_token))
}

/// Makes a token of the installation. The bootstrap token is over with the first.
#[utoipa::path(
    post,
    path = "/api/v1/tokens",
    tag = "tokens",
    request_body = TokenDraft,
    responses((status = 201, description = "Made", body = NewToken))
)]
async fn create_token(
    State(gateway): Shared,
    Authenticated(caller): Authenticated,
    sent: Sent,
) -> Answer {
    caller.needs(INSTALLATION_ONLY)?;
    let deed = sent
        .deed(&gateway, &caller, INSTALLATION, StatusCode::CREATED)
        .await?;
    let draft: TokenDraft = sent.parse()?;
    created(&tokens::create(&deed, None, draft).await?)
}

/// The installation's tokens.
#[utoipa::path(
    get,
    path = "/api/v1/tokens",
    tag = "tokens",
    params(PageQuery),
    responses((status = 200, description = "As asked", body = Page<TokenView>))
)]
async fn list_tokens(
    State(gateway): Shared,
    Authenticated(caller): Authenticated,
    Paged(page): Paged,
) -> Answer {
    caller.needs(INSTALLATION_ONLY)?;
    ok(&tokens::list(&gateway, None, page).await?)
}

/// Revokes a token of the installation.
#[utoipa::path(
    post,
    path = "/api/v1/tokens/{id}/revoke",
    tag = "tokens",
    responses((status = 200, description = "As asked", body = TokenView))
)]
async fn revoke_token(
    State(gateway): Shared,
    Authenticated(caller): Authenticated,
    Path(id): Path<String>,
    sent: Sent,
) -> Answer {
    caller.needs(INSTALLATION_ONLY)?;
    let deed = sent
        .deed(&gateway, &caller, INSTALLATION, StatusCode::OK)
        .await?;
    let Nothing {} = sent.parse()?;
    ok(&tokens::revoke(&deed, None, answers_id(&id)?).await?)
}

/// Makes a token of a tenant, with no more scopes than the one that asks.
#[utoipa::path(
    post,
    path = "/api/v1/tenants/{tenant}/tokens",
    tag = "tokens",
    request_body = TokenDraft,
    responses((status = 201, description = "Made", body = NewToken))
)]
async fn create_tenant_token(
    State(gateway): Shared,
    Authenticated(caller): Authenticated,
    Path(tenant): Path<String>,
    sent: Sent,
) -> Answer {
    let tenant = caller.tenant(&gateway, &tenant, WRITE).await?;
    let deed = sent
        .deed(&gateway, &caller, tenant.tenant_id, StatusCode::CREATED)
        .await?;
    let draft: TokenDraft = sent.parse()?;
    created(&tokens::create(&deed, Some(tenant.tenant_id), draft).await?)
}

/// A tenant's tokens.
#[utoipa::path(
    get,
    path = "/api/v1/tenants/{tenant}/tokens",
    tag = "tokens",
    params(PageQuery),
    responses((status = 200, description = "As asked", body = Page<TokenView>))
)]
async fn list_tenant_tokens(
    State(gateway): Shared,
    Authenticated(caller): Authenticated,
    Path(tenant): Path<String>,
    Paged(page): Paged,
) -> Answer {
    let tenant = caller.tenant(&gateway, &tenant, WRITE).await?;
    ok(&tokens::list(&gateway, Some(tenant.tenant_id), page).await?)
}

/// Revokes a token of a tenant.
#[utoipa::path(
    post,
    path = "/api/v1/tenants/{tenant}/tokens/{id}/revoke",
    tag = "tokens",
    responses((status = 200, description = "As asked", body = TokenView))
)]
async fn revoke_tenant_token(
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
    ok(&tokens::revoke(&deed, Some(tenant.tenant_id), answers_id(&id)?).await?)
}
