//! Deployments: which tenant a platform's deployment id belongs to. Only the owner of a dedicated
//! platform, or the installation, may say so: else one tenant could take another's launches.

use agent_factory_audit::{Event, OpaqueId, code};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::administration::digest_of;
use super::{Deed, Moment, OperatorError, Page, PageRequest, Reach, agents, enablements, text};
use crate::disclosure::RevocationScope;
use crate::gateway::Gateway;
use crate::ids::{DeploymentRowId, RegistrationId, TenantId};
use crate::store::{Deployment, DeploymentStanding, Registration, Unit};

/// At most so many framing origins; ours, and what one header can hold.
const MAX_ORIGINS: usize = 20;

/// A deployment to be bound to a tenant.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeploymentDraft {
    /// The platform's id here.
    #[schema(value_type = Uuid)]
    pub platform: RegistrationId,
    /// The platform's own id of the deployment.
    pub deployment_id: String,
    /// Origins that may frame its agents, besides the platform's own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub framing_origins: Vec<String>,
    /// The slug of the agent that opens where no link says otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_agent: Option<String>,
}

/// A framing origin to be added.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FramingOriginDraft {
    /// Scheme, host and port.
    pub origin: String,
}

/// To whom a pending deployment is given.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// The tenant's slug.
    pub tenant: String,
}

/// A deployment, as operators see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DeploymentView {
    /// Its id here.
    #[schema(value_type = Uuid)]
    pub id: DeploymentRowId,
    /// The platform's id here.
    #[schema(value_type = Uuid)]
    pub platform: RegistrationId,
    /// The platform's own id of it.
    pub deployment_id: String,
    /// The name the platform gave itself.
    pub platform_name: Option<String>,
    /// `active`, `pending` or `disabled`.
    pub standing: &'static str,
    /// Origins that may frame its agents, besides the platform's own.
    pub framing_origins: Vec<String>,
    /// When it was first seen.
    pub first_seen_at: Moment,
    /// How often it launched while pending.
    pub seen_count: i64,
}

impl DeploymentView {
    /// The view of a deployment.
    pub fn of(row: &Deployment) -> Self {
        Self {
            id: row.deployment_row_id,
            platform: row.registration_id,
            deployment_id: row.deployment_id.clone(),
            platform_name: row.platform_name.clone(),
            standing: row.standing.as_str(),
            framing_origins: row.framing_origins.clone(),
            first_seen_at: Moment(row.first_seen_at),
            seen_count: row.seen_count,
        }
    }
}

/// Binds a deployment to a tenant: a new one, or one that waits for approval.
///
/// # Errors
/// [`OperatorError::Conflict`] `deployment-exists` when it is bound already, to whomever.
pub async fn add(
    deed: &Deed,
    tenant: TenantId,
    draft: DeploymentDraft,
) -> Result<DeploymentView, OperatorError> {
    let gateway = &deed.gateway;
    let registration = bindable(deed, tenant, draft.platform).await?;
    let deployment_id = text::identifier("deployment_id", &draft.deployment_id)?;
    if draft.framing_origins.len() > MAX_ORIGINS {
        return Err(OperatorError::invalid("framing_origins", "holds too many"));
    }
    let origins = draft
        .framing_origins
        .iter()
        .map(|origin| text::framing_origin("framing_origins", origin, &gateway.config))
        .collect::<Result<Vec<_>, _>>()?;
    let mut change = deed.begin(tenant).await?;
    let fresh = Deployment {
        deployment_row_id: DeploymentRowId::new(gateway.dice, deed.now)?,
        registration_id: registration.registration_id,
        deployment_id,
        tenant_id: Some(tenant),
        guid: None,
        platform_name: None,
        standing: DeploymentStanding::Active,
        framing_origins: origins,
        first_seen_at: deed.now,
        seen_count: 0,
    };
    let row = bind_or_insert(&mut change.unit, tenant, fresh).await?;
    if let Some(agent) = &draft.default_agent {
        let agent = agents::find(&mut change.unit, "default_agent", agent).await?;
        let place = (row.deployment_row_id, None);
        enablements::make_default(&mut change.unit, agent.agent_id, place, deed.now).await?;
    }
    let view = DeploymentView::of(&row);
    let after = digest_of(&view)?;
    change.record(code!("deployment-bound"), |event| {
        about(event, view.id).after(after)
    })?;
    change.revoke(RevocationScope::Deployment(view.id));
    change.finish(&view).await?;
    Ok(view)
}

async fn bind_or_insert(
    unit: &mut Unit,
    tenant: TenantId,
    fresh: Deployment,
) -> Result<Deployment, OperatorError> {
    let taken = OperatorError::conflict("deployment-exists", "this deployment is bound already");
    let known = unit
        .directory()
        .deployments()
        .find(fresh.registration_id, &fresh.deployment_id)
        .await?;
    let Some(known) = known else {
        unit.directory()
            .deployments()
            .insert(&fresh)
            .await
            .map_err(OperatorError::on_conflict(
                "deployments_registration_id_deployment_id_unique",
                "deployment-exists",
                "this deployment is bound already",
            ))?;
        return Ok(fresh);
    };
    let row = known.deployment_row_id;
    if !unit.directory().deployments().bind(row, tenant).await? {
        return Err(taken);
    }
    for origin in &fresh.framing_origins {
        unit.directory()
            .deployments()
            .add_framing_origin(tenant, row, origin)
            .await?;
    }
    unit.directory()
        .deployments()
        .get(row)
        .await?
        .ok_or(OperatorError::NotFound)
}

/// The platform, if whoever asks may bind its deployments to the tenant.
async fn bindable(
    deed: &Deed,
    tenant: TenantId,
    platform: RegistrationId,
) -> Result<Registration, OperatorError> {
    let unknown = || OperatorError::invalid("platform", "names no platform of this tenant");
    let found = deed
        .gateway
        .store
        .directory()
        .registrations()
        .get(platform)
        .await?;
    let registration = found.ok_or_else(unknown)?;
    let owned = registration.owner_tenant_id == tenant;
    let shared = registration.sharing == crate::store::Sharing::Shared;
    if owned || (shared && deed.caller.reach() == Reach::Installation) {
        Ok(registration)
    } else {
        Err(unknown())
    }
}

/// Gives a pending deployment to a tenant.
///
/// # Errors
/// [`OperatorError::NotFound`] when it is not pending (any more).
pub async fn approve(
    deed: &Deed,
    id: DeploymentRowId,
    tenant: TenantId,
) -> Result<DeploymentView, OperatorError> {
    let mut change = deed.begin(tenant).await?;
    if !change
        .unit
        .directory()
        .deployments()
        .bind(id, tenant)
        .await?
    {
        return Err(OperatorError::NotFound);
    }
    let row = change.unit.directory().deployments().get(id).await?;
    let view = DeploymentView::of(&row.ok_or(OperatorError::NotFound)?);
    let after = digest_of(&view)?;
    change.record(code!("deployment-bound"), |event| {
        about(event, id).after(after)
    })?;
    change.revoke(RevocationScope::Deployment(id));
    change.finish(&view).await?;
    Ok(view)
}

/// A tenant's deployments.
///
/// # Errors
/// [`OperatorError::Store`].
pub async fn list(
    gateway: &Gateway,
    tenant: TenantId,
    page: PageRequest,
) -> Result<Page<DeploymentView>, OperatorError> {
    let deployments = gateway.store.directory().deployments();
    let rows = deployments
        .list(tenant, page.after.map(DeploymentRowId), page.fetch())
        .await?;
    Ok(page.page(
        rows,
        |row| row.deployment_row_id.0,
        |row| DeploymentView::of(&row),
    ))
}

/// The deployments that belong to nobody yet.
///
/// # Errors
/// [`OperatorError::Store`].
pub async fn list_pending(
    gateway: &Gateway,
    page: PageRequest,
) -> Result<Page<DeploymentView>, OperatorError> {
    let deployments = gateway.store.directory().deployments();
    let rows = deployments
        .list_pending(page.after.map(DeploymentRowId), page.fetch())
        .await?;
    Ok(page.page(
        rows,
        |row| row.deployment_row_id.0,
        |row| DeploymentView::of(&row),
    ))
}

/// A tenant's deployment.
///
/// # Errors
/// [`OperatorError::NotFound`].
pub async fn find(
    gateway: &Gateway,
    tenant: TenantId,
    id: DeploymentRowId,
) -> Result<Deployment, OperatorError> {
    let found = gateway.store.directory().deployments().get(id).await?;
    found
        .filter(|row| row.tenant_id == Some(tenant))
        .ok_or(OperatorError::NotFound)
}

/// Takes a deployment's launches or not. Open streams of a disabled one end.
///
/// # Errors
/// [`OperatorError::NotFound`].
pub async fn set_standing(
    deed: &Deed,
    tenant: TenantId,
    id: DeploymentRowId,
    standing: DeploymentStanding,
) -> Result<DeploymentView, OperatorError> {
    let mut row = find(&deed.gateway, tenant, id).await?;
    let before = digest_of(&DeploymentView::of(&row))?;
    let mut change = deed.begin(tenant).await?;
    if !change
        .unit
        .directory()
        .deployments()
        .set_standing(tenant, id, standing)
        .await?
    {
        return Err(OperatorError::NotFound);
    }
    row.standing = standing;
    let view = DeploymentView::of(&row);
    let after = digest_of(&view)?;
    let action = match standing {
        DeploymentStanding::Disabled => code!("deployment-disabled"),
        DeploymentStanding::Active | DeploymentStanding::Pending => code!("deployment-enabled"),
    };
    change.record(action, |event| about(event, id).before(before).after(after))?;
    change.revoke(RevocationScope::Deployment(id));
    change.finish(&view).await?;
    Ok(view)
}

/// Lets one more origin frame a deployment's agents.
///
/// # Errors
/// [`OperatorError::NotFound`].
pub async fn add_framing_origin(
    deed: &Deed,
    tenant: TenantId,
    id: DeploymentRowId,
    draft: FramingOriginDraft,
) -> Result<DeploymentView, OperatorError> {
    let origin = text::framing_origin("origin", &draft.origin, &deed.gateway.config)?;
    let row = find(&deed.gateway, tenant, id).await?;
    if row.framing_origins.len() >= MAX_ORIGINS {
        return Err(OperatorError::invalid("origin", "is one too many"));
    }
    let before = digest_of(&DeploymentView::of(&row))?;
    let mut change = deed.begin(tenant).await?;
    if !change
        .unit
        .directory()
        .deployments()
        .add_framing_origin(tenant, id, &origin)
        .await?
    {
        return Err(OperatorError::NotFound);
    }
    let row = change.unit.directory().deployments().get(id).await?;
    let view = DeploymentView::of(&row.ok_or(OperatorError::NotFound)?);
    let after = digest_of(&view)?;
    change.record(code!("deployment-changed"), |event| {
        about(event, id).before(before).after(after)
    })?;
    change.finish(&view).await?;
    Ok(view)
}

fn about(event: Event, id: DeploymentRowId) -> Event {
    let opaque = OpaqueId::uuid(*id.as_bytes());
    event.deployment(opaque.clone()).resource(opaque)
}
