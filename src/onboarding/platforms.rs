//! Platforms: registrations with an issuer and a client id. A tenant owns its dedicated ones; shared
//! ones are the installation's, and a tenant sees those that its deployments use.

use agent_factory_audit::{OpaqueId, code};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::administration::digest_of;
use super::{Deed, Moment, OperatorError, Page, PageRequest, text};
use crate::config::Config;
use crate::gateway::Gateway;
use crate::ids::{INSTALLATION, RegistrationId, TenantId};
use crate::store::{
    Deployment, NewDeployments, Registration, RegistrationStanding, Sharing, StoreError,
};

/// A platform to be registered.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlatformDraft {
    /// The platform, exactly as its tokens name it (`iss`).
    pub issuer: String,
    /// Our client id there.
    pub client_id: String,
    /// Where logins continue (OIDC authorization endpoint).
    pub authorization_url: String,
    /// Where service tokens are asked for.
    pub token_url: String,
    /// Where its keys are read.
    pub jwks_url: String,
    /// The kind of platform: `canvas`, `moodle`, `publisher`, ...
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preset: Option<String>,
    /// `dedicated` to its owner, or `shared` by many tenants; the latter at installation level only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sharing: Option<String>,
    /// What becomes of a deployment never seen before: `accept` or `ask` (the default).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new_deployments: Option<String>,
    /// Whether launches without a subject are taken.
    #[serde(default)]
    pub allow_anonymous: bool,
}

/// A platform, as operators see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PlatformView {
    /// Its id.
    #[schema(value_type = Uuid)]
    pub id: RegistrationId,
    /// The platform, as its tokens name it.
    pub issuer: String,
    /// Our client id there.
    pub client_id: String,
    /// Where logins continue.
    pub authorization_url: String,
    /// Where service tokens are asked for.
    pub token_url: String,
    /// Where its keys are read.
    pub jwks_url: String,
    /// The kind of platform.
    pub preset: Option<String>,
    /// `dedicated` or `shared`.
    pub sharing: &'static str,
    /// `active` or `inactive`.
    pub standing: &'static str,
    /// `accept` or `ask`.
    pub new_deployments: &'static str,
    /// Whether launches without a subject are taken.
    pub allow_anonymous: bool,
    /// When it was entered.
    pub created_at: Moment,
}

impl PlatformView {
    /// The view of a registration. Its owner is not shown: a tenant that uses a shared one need not
    /// know it.
    pub fn of(row: &Registration) -> Self {
        Self {
            id: row.registration_id,
            issuer: row.issuer.clone(),
            client_id: row.client_id.clone(),
            authorization_url: row.authorization_url.clone(),
            token_url: row.token_url.clone(),
            jwks_url: row.jwks_url.clone(),
            preset: row.preset.clone(),
            sharing: row.sharing.as_str(),
            standing: row.standing.as_str(),
            new_deployments: row.new_deployments.as_str(),
            allow_anonymous: row.allow_anonymous,
            created_at: Moment(row.created_at),
        }
    }
}

impl PlatformDraft {
    fn registration(
        &self,
        id: RegistrationId,
        owner: TenantId,
        deed: &Deed,
    ) -> Result<Registration, OperatorError> {
        let config: &Config = &deed.gateway.config;
        let sharing = match (self.sharing.as_deref(), owner) {
            (None, INSTALLATION) => Sharing::Shared,
            (None, _) => Sharing::Dedicated,
            (Some(word), _) => Sharing::from_word(word).ok_or_else(|| {
                OperatorError::invalid("sharing", "is neither `dedicated` nor `shared`")
            })?,
        };
        if (sharing == Sharing::Shared) != (owner == INSTALLATION) {
            let reason = "is `shared` at installation level and `dedicated` in a tenant";
            return Err(OperatorError::invalid("sharing", reason));
        }
        let new_deployments = match self.new_deployments.as_deref() {
            None if sharing == Sharing::Dedicated => NewDeployments::Accept,
            None => NewDeployments::Ask,
            Some(word) => NewDeployments::from_word(word).ok_or_else(|| {
                OperatorError::invalid("new_deployments", "is neither `accept` nor `ask`")
            })?,
        };
        let preset = self
            .preset
            .as_deref()
            .map(|word| text::name("preset", word))
            .transpose()?;
        let address = |field, url: &String| text::address(field, url, config).map(|_| url.clone());
        Ok(Registration {
            registration_id: id,
            owner_tenant_id: owner,
            sharing,
            issuer: text::identifier("issuer", &self.issuer)?,
            client_id: text::identifier("client_id", &self.client_id)?,
            authorization_url: address("authorization_url", &self.authorization_url)?,
            token_url: address("token_url", &self.token_url)?,
            jwks_url: address("jwks_url", &self.jwks_url)?,
            preset,
            standing: RegistrationStanding::Active,
            new_deployments,
            allow_anonymous: self.allow_anonymous,
            created_at: deed.now,
        })
    }
}

/// Registers a platform for a tenant, or a shared one for the installation.
///
/// # Errors
/// [`OperatorError::Conflict`] `platform-exists` when issuer and client id are taken, by whomever.
pub async fn add(
    deed: &Deed,
    owner: TenantId,
    draft: PlatformDraft,
) -> Result<PlatformView, OperatorError> {
    let id = RegistrationId::new(deed.gateway.dice, deed.now)?;
    let row = draft.registration(id, owner, deed)?;
    let view = PlatformView::of(&row);
    let mut change = deed.begin(owner).await?;
    change
        .unit
        .directory()
        .registrations()
        .insert(&row)
        .await
        .map_err(OperatorError::on_conflict(
            "registrations_issuer_client_id_unique",
            "platform-exists",
            "this issuer and client id are registered already",
        ))?;
    let after = digest_of(&view)?;
    change.record(code!("platform-added"), |event| {
        event.resource(OpaqueId::uuid(*id.as_bytes())).after(after)
    })?;
    change.finish(&view).await?;
    Ok(view)
}

/// The platforms a tenant owns or has a deployment of.
///
/// # Errors
/// [`OperatorError::Store`].
pub async fn list(
    gateway: &Gateway,
    tenant: TenantId,
    page: PageRequest,
) -> Result<Page<PlatformView>, OperatorError> {
    let registrations = gateway.store.directory().registrations();
    let after = page.after.map(RegistrationId);
    let rows = registrations
        .list_for_tenant(tenant, after, page.fetch())
        .await?;
    Ok(page.page(
        rows,
        |row| row.registration_id.0,
        |row| PlatformView::of(&row),
    ))
}

/// Every registration of the installation, whoever owns it.
///
/// # Errors
/// [`OperatorError::Store`].
pub async fn list_all(
    gateway: &Gateway,
    page: PageRequest,
) -> Result<Page<PlatformView>, OperatorError> {
    let registrations = gateway.store.directory().registrations();
    let rows = registrations
        .list(page.after.map(RegistrationId), page.fetch())
        .await?;
    Ok(page.page(
        rows,
        |row| row.registration_id.0,
        |row| PlatformView::of(&row),
    ))
}

/// A platform that a tenant may see.
///
/// # Errors
/// [`OperatorError::NotFound`].
pub async fn visible(
    gateway: &Gateway,
    tenant: TenantId,
    id: RegistrationId,
) -> Result<Registration, OperatorError> {
    let found = gateway.store.directory().registrations().get(id).await?;
    let row = found.ok_or(OperatorError::NotFound)?;
    if row.owner_tenant_id == tenant || uses(gateway, tenant, id).await? {
        return Ok(row);
    }
    Err(OperatorError::NotFound)
}

async fn uses(gateway: &Gateway, tenant: TenantId, id: RegistrationId) -> Result<bool, StoreError> {
    let mut after = None;
    loop {
        let deployments = gateway.store.directory().deployments();
        let rows: Vec<Deployment> = deployments.list(tenant, after, 200).await?;
        if rows.iter().any(|row| row.registration_id == id) {
            return Ok(true);
        }
        match rows.last() {
            Some(last) if rows.len() == 200 => after = Some(last.deployment_row_id),
            _ => return Ok(false),
        }
    }
}
