//! Who asks: a credential, what it may do, and how far it reaches. It must never tell a credential
//! of one tenant that another tenant exists.

use agent_factory_audit::{OpaqueId, Trail, code};

use super::OperatorError;
use super::administration::plain_event;
use crate::clock::Timestamp;
use crate::gateway::Gateway;
use crate::ids::{INSTALLATION, Slug, TenantId, TokenId};
use crate::store::{ApiToken, StoreError, Tenant};
use crate::vault;

/// What a credential may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Everything, in every tenant.
    Installation,
    /// See a tenant's settings, platforms, agents and grounds.
    TenantRead,
    /// Change a tenant's settings, platforms, deployments, agents, placements and tokens.
    TenantWrite,
    /// Record and withdraw grounds and age bands, and see who signed.
    Compliance,
    /// Read a tenant's audit log.
    AuditRead,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 5] = [
        Self::Installation,
        Self::TenantRead,
        Self::TenantWrite,
        Self::Compliance,
        Self::AuditRead,
    ];

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Installation => "installation",
            Self::TenantRead => "tenant:read",
            Self::TenantWrite => "tenant:write",
            Self::Compliance => "compliance",
            Self::AuditRead => "audit:read",
        }
    }

    /// Reads the word; `None` when it is none of them.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == word)
    }
}

/// How far a credential reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Every tenant, and what stands above them.
    Installation,
    /// One tenant.
    Tenant(TenantId),
}

/// A credential that was shown to be valid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    token: TokenId,
    reach: Reach,
    scopes: Vec<Scope>,
}

/// Why a credential does not count. It does not say which of the reasons it was.
#[derive(Debug, thiserror::Error)]
pub enum CredentialError {
    /// Unknown, lapsed, revoked, or a bootstrap token whose time is over.
    #[error("the credential is not valid")]
    NotValid,
    /// The database did not answer.
    #[error(transparent)]
    Store(#[from] OperatorError),
}

impl CredentialError {
    /// A stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotValid => "unauthenticated",
            Self::Store(error) => error.code(),
        }
    }
}

impl From<StoreError> for CredentialError {
    fn from(error: StoreError) -> Self {
        Self::Store(error.into())
    }
}

impl Caller {
    /// The caller whose bearer token was presented; its first use is written down.
    ///
    /// # Errors
    /// [`CredentialError::NotValid`] alike for whatever reason it does not count.
    pub async fn identify(
        gateway: &Gateway,
        presented: &str,
        now: Timestamp,
    ) -> Result<Self, CredentialError> {
        let hash = vault::ApiToken::hash_text(presented);
        let found = gateway
            .store
            .directory()
            .api_tokens()
            .find_by_hash(&hash)
            .await?;
        let token = found.ok_or(CredentialError::NotValid)?;
        let lapsed = token.expires_at.is_some_and(|at| at <= now);
        if lapsed || token.revoked_at.is_some() {
            return Err(CredentialError::NotValid);
        }
        if token.bootstrap
            && gateway
                .store
                .directory()
                .api_tokens()
                .count_lasting()
                .await?
                > 0
        {
            return Err(CredentialError::NotValid);
        }
        if token.first_used_at.is_none() {
            record_first_use(gateway, &token, now).await?;
        }
        let reach = token.tenant_id.map_or(Reach::Installation, Reach::Tenant);
        let scopes = token
            .scopes
            .iter()
            .filter_map(|word| Scope::parse(word))
            .collect();
        Ok(Self {
            token: token.token_id,
            reach,
            scopes,
        })
    }

    /// The credential.
    pub fn token(&self) -> TokenId {
        self.token
    }

    /// How far it reaches.
    pub fn reach(&self) -> Reach {
        self.reach
    }

    /// As the log names it.
    pub(super) fn opaque(&self) -> OpaqueId {
        OpaqueId::uuid(*self.token.as_bytes())
    }

    /// Whether it may do what the scope allows.
    pub fn has(&self, scope: Scope) -> bool {
        let everything =
            self.reach == Reach::Installation && self.scopes.contains(&Scope::Installation);
        everything || (scope != Scope::Installation && self.scopes.contains(&scope))
    }

    /// Goes on only when it has one of these scopes.
    ///
    /// # Errors
    /// [`OperatorError::Forbidden`].
    pub fn needs(&self, any_of: &[Scope]) -> Result<(), OperatorError> {
        if any_of.iter().any(|scope| self.has(*scope)) {
            Ok(())
        } else {
            Err(OperatorError::Forbidden)
        }
    }

    /// The tenant of this slug, if the credential reaches it and has one of these scopes.
    ///
    /// # Errors
    /// [`OperatorError::NotFound`] when there is none or it is another's, which looks the same;
    /// then [`OperatorError::Forbidden`].
    pub async fn tenant(
        &self,
        gateway: &Gateway,
        slug: &str,
        any_of: &[Scope],
    ) -> Result<Tenant, OperatorError> {
        let slug: Slug = slug.parse().map_err(|_| OperatorError::NotFound)?;
        let found = gateway
            .store
            .directory()
            .tenants()
            .find_by_slug(&slug)
            .await?;
        let tenant = found.ok_or(OperatorError::NotFound)?;
        if let Reach::Tenant(own) = self.reach
            && own != tenant.tenant_id
        {
            return Err(OperatorError::NotFound);
        }
        self.needs(any_of)?;
        Ok(tenant)
    }
}

async fn record_first_use(
    gateway: &Gateway,
    token: &ApiToken,
    now: Timestamp,
) -> Result<(), OperatorError> {
    let tenant = token.tenant_id.unwrap_or(INSTALLATION);
    let mut unit = gateway.store.tenant(tenant).begin().await?;
    // Of two requests at once, one records it.
    if !unit
        .directory()
        .api_tokens()
        .record_use(token.token_id, now)
        .await?
    {
        return Ok(unit.abandon().await?);
    }
    let action = if token.bootstrap {
        code!("bootstrap-token-used")
    } else {
        code!("token-first-used")
    };
    let id = OpaqueId::uuid(*token.token_id.as_bytes());
    let event = plain_event(gateway.dice, now, Trail::Security, action)?;
    unit.commit_recording(vec![event.actor(id.clone()).resource(id)])
        .await?;
    Ok(())
}
