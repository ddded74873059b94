//! API tokens: made, listed, revoked. A secret is shown once and only its hash is kept; nobody
//! hands out more than they have.

use std::time::Duration;

use agent_factory_audit::{OpaqueId, code};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Deed, Moment, OperatorError, Page, PageRequest, Scope, Until, text};
use crate::clock::Timestamp;
use crate::gateway::Gateway;
use crate::ids::{INSTALLATION, TenantId, TokenId};
use crate::store::ApiToken;
use crate::vault;

/// How long a token lives when nothing is said; ours.
const DEFAULT_LIFE: Duration = Duration::from_secs(90 * 24 * 3600);
/// How long a token lives at most: no token is for ever; ours.
const MAX_LIFE: Duration = Duration::from_secs(2 * 365 * 24 * 3600);
/// A list as long as this holds every token that a tenant can reasonably have; ours.
const SEARCH_PAGE: u32 = 200;

/// A token to be made.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenDraft {
    /// What its maker calls it.
    pub name: String,
    /// What it may do: for the installation `installation`; for a tenant any of `tenant:read`,
    /// `tenant:write`, `compliance`, `audit:read`. All that its maker may, when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Vec<String>>,
    /// When it lapses; 90 days on when left out, two years at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Until>,
}

/// A token, as operators see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TokenView {
    /// Its id.
    #[schema(value_type = Uuid)]
    pub id: TokenId,
    /// What its maker called it.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<String>,
    /// Whether it is the token of the first start.
    pub bootstrap: bool,
    /// When it lapses.
    pub expires_at: Option<Moment>,
    /// When it was revoked.
    pub revoked_at: Option<Moment>,
    /// When it was first used.
    pub first_used_at: Option<Moment>,
    /// When it was made.
    pub created_at: Moment,
}

/// A token just made: the only time its secret is shown.
#[derive(Clone, Serialize, ToSchema)]
pub struct NewToken {
    /// What is known of it.
    #[serde(flatten)]
    pub token: TokenView,
    /// The secret. Kept nowhere: an answer replayed by its idempotency key has none.
    pub secret: Option<String>,
}

impl std::fmt::Debug for NewToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewToken")
            .field("token", &self.token)
            .finish_non_exhaustive()
    }
}

impl TokenView {
    /// The view of a token.
    pub fn of(row: &ApiToken) -> Self {
        Self {
            id: row.token_id,
            name: row.name.clone(),
            scopes: row.scopes.clone(),
            bootstrap: row.bootstrap,
            expires_at: row.expires_at.map(Moment),
            revoked_at: row.revoked_at.map(Moment),
            first_used_at: row.first_used_at.map(Moment),
            created_at: Moment(row.created_at),
        }
    }
}

/// The scopes a new token gets, each of which its maker has.
fn scopes(
    deed: &Deed,
    tenant: Option<TenantId>,
    asked: Option<Vec<String>>,
) -> Result<Vec<Scope>, OperatorError> {
    let fits = |scope: &Scope| (*scope == Scope::Installation) == tenant.is_none();
    let Some(words) = asked else {
        return Ok(Scope::ALL
            .into_iter()
            .filter(fits)
            .filter(|s| deed.caller.has(*s))
            .collect());
    };
    let mut scopes = Vec::new();
    for word in words {
        let scope = Scope::parse(&word).filter(fits).ok_or_else(|| {
            OperatorError::invalid("scopes", "holds one that does not exist here")
        })?;
        if !deed.caller.has(scope) {
            return Err(OperatorError::Forbidden);
        }
        if !scopes.contains(&scope) {
            scopes.push(scope);
        }
    }
    if scopes.is_empty() {
        return Err(OperatorError::invalid("scopes", "names none"));
    }
    Ok(scopes)
}

fn expiry(asked: Option<Until>, now: Timestamp) -> Result<Timestamp, OperatorError> {
    let at = asked.map_or_else(|| now.plus(DEFAULT_LIFE), |until| until.0);
    if at <= now {
        return Err(OperatorError::invalid("expires_at", "lies in the past"));
    }
    if at > now.plus(MAX_LIFE) {
        return Err(OperatorError::invalid(
            "expires_at",
            "is over two years away",
        ));
    }
    Ok(at)
}

/// Makes a token for a tenant, or for the installation.
///
/// # Errors
/// [`OperatorError::Forbidden`] for a scope that its maker has not.
pub async fn create(
    deed: &Deed,
    tenant: Option<TenantId>,
    draft: TokenDraft,
) -> Result<NewToken, OperatorError> {
    let scopes = scopes(deed, tenant, draft.scopes)?;
    let secret = vault::ApiToken::generate(deed.gateway.dice)?;
    let row = ApiToken {
        token_id: TokenId::new(deed.gateway.dice, deed.now)?,
        token_hash: secret.hash(),
        tenant_id: tenant,
        name: text::name("name", &draft.name)?,
        scopes: scopes
            .iter()
            .map(|scope| scope.as_str().to_owned())
            .collect(),
        bootstrap: false,
        expires_at: Some(expiry(draft.expires_at, deed.now)?),
        revoked_at: None,
        first_used_at: None,
        created_at: deed.now,
    };
    let mut change = deed.begin(tenant.unwrap_or(INSTALLATION)).await?;
    change.unit.directory().api_tokens().insert(&row).await?;
    change.record(code!("token-created"), |event| {
        event.resource(OpaqueId::uuid(*row.token_id.as_bytes()))
    })?;
    let kept = NewToken {
        token: TokenView::of(&row),
        secret: None,
    };
    change.finish(&kept).await?;
    Ok(NewToken {
        secret: Some(secret.to_text()),
        ..kept
    })
}

/// Tokens of a tenant, or of the installation.
///
/// # Errors
/// [`OperatorError::Store`].
pub async fn list(
    gateway: &Gateway,
    tenant: Option<TenantId>,
    page: PageRequest,
) -> Result<Page<TokenView>, OperatorError> {
    let tokens = gateway.store.directory().api_tokens();
    let rows = tokens
        .list(tenant, page.after.map(TokenId), page.fetch())
        .await?;
    Ok(page.page(rows, |row| row.token_id.0, |row| TokenView::of(&row)))
}

/// Revokes a token of a tenant, or of the installation; at once, on every replica.
///
/// # Errors
/// [`OperatorError::NotFound`] when it is not there or is another's.
pub async fn revoke(
    deed: &Deed,
    tenant: Option<TenantId>,
    id: TokenId,
) -> Result<TokenView, OperatorError> {
    let mut row = find(&deed.gateway, tenant, id).await?;
    let mut change = deed.begin(tenant.unwrap_or(INSTALLATION)).await?;
    if change
        .unit
        .directory()
        .api_tokens()
        .revoke(id, deed.now)
        .await?
    {
        row.revoked_at = Some(deed.now);
        change.record(code!("token-revoked"), |event| {
            event.resource(OpaqueId::uuid(*id.as_bytes()))
        })?;
    }
    let view = TokenView::of(&row);
    change.finish(&view).await?;
    Ok(view)
}

async fn find(
    gateway: &Gateway,
    tenant: Option<TenantId>,
    id: TokenId,
) -> Result<ApiToken, OperatorError> {
    let mut after = None;
    loop {
        let tokens = gateway.store.directory().api_tokens();
        let rows = tokens.list(tenant, after, SEARCH_PAGE).await?;
        after = rows.last().map(|row| row.token_id);
        let last_page = rows.len() < usize::try_from(SEARCH_PAGE).unwrap_or(usize::MAX);
        if let Some(row) = rows.into_iter().find(|row| row.token_id == id) {
            return Ok(row);
        }
        if last_page {
            return Err(OperatorError::NotFound);
        }
    }
}
