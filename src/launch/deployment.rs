//! Whose launch it is: the registration and deployment of a verified token decide the tenant, and
//! nothing else does. A deployment nobody knows is accepted or kept pending, by the registration's
//! own setting.

use agent_factory_audit::{Trail, code};

use super::verify_launch::VerifiedLaunch;
use crate::clock::Timestamp;
use crate::dice::Dice;
use crate::disclosure::{Circumstance, Gate};
use crate::ids::{DeploymentRowId, TenantId};
use crate::launch::LaunchFailure;
use crate::store::{
    Deployment, DeploymentStanding, NewDeployments, Registration, Sharing, Store, StoreError,
    Tenant,
};

/// At most so many deployments of one registration wait for approval; ours.
const MAX_PENDING: u32 = 100;

/// Whose deployment a launch came through.
#[derive(Debug)]
pub enum Belonging {
    /// This tenant's.
    Active(Box<Tenant>, Box<Deployment>),
    /// Nobody's yet.
    Pending,
    /// This tenant's, and switched off.
    Disabled(TenantId, Box<Deployment>),
}

/// Resolves the deployment of a launch.
///
/// # Errors
/// [`LaunchFailure::Store`]; [`LaunchFailure::Gate`] when a deployment to be accepted could not be
/// written down first.
pub async fn resolve(
    store: &Store,
    gate: &Gate,
    launch: &VerifiedLaunch,
    dice: Dice,
    now: Timestamp,
) -> Result<Belonging, LaunchFailure> {
    let registration = &launch.registration;
    let id = launch.message.deployment_id().as_str();
    let known = store
        .directory()
        .deployments()
        .find(registration.registration_id, id)
        .await?;
    let deployment = match known {
        Some(known) => known,
        None if accepts(store, registration, launch).await? => {
            accept(store, gate, launch, dice, now).await?
        }
        None => {
            let pending = row(launch, None, DeploymentStanding::Pending, dice, now)?;
            let _counted = store
                .directory()
                .deployments()
                .insert_pending(&pending, MAX_PENDING)
                .await?;
            return Ok(Belonging::Pending);
        }
    };
    match (deployment.standing, deployment.tenant_id) {
        (DeploymentStanding::Active, Some(tenant)) => {
            let found = store.directory().tenants().find(tenant).await?;
            Ok(match found {
                Some(tenant) => Belonging::Active(Box::new(tenant), Box::new(deployment)),
                None => Belonging::Pending,
            })
        }
        (DeploymentStanding::Disabled, Some(tenant)) => {
            Ok(Belonging::Disabled(tenant, Box::new(deployment)))
        }
        _ => {
            let deployments = store.directory().deployments();
            deployments
                .count_seen(registration.registration_id, id)
                .await?;
            Ok(Belonging::Pending)
        }
    }
}

/// Only a dedicated registration accepts by itself, and only while the platform instance stays the
/// one its other deployments came from.
async fn accepts(
    store: &Store,
    registration: &Registration,
    launch: &VerifiedLaunch,
) -> Result<bool, StoreError> {
    if registration.sharing != Sharing::Dedicated
        || registration.new_deployments != NewDeployments::Accept
    {
        return Ok(false);
    }
    let owned = store
        .directory()
        .deployments()
        .list(registration.owner_tenant_id, None, MAX_PENDING)
        .await?;
    let sent = launch.message.tool_platform().guid.as_deref();
    let same = |deployment: &Deployment| match (deployment.guid.as_deref(), sent) {
        (Some(known), Some(sent)) => known == sent,
        _ => true,
    };
    Ok(owned
        .iter()
        .filter(|d| d.registration_id == registration.registration_id)
        .all(same))
}

/// The entry is durable before the deployment is: an accepted one never exists without it. A race
/// or a kill in between leaves an entry too many, never one too few.
async fn accept(
    store: &Store,
    gate: &Gate,
    launch: &VerifiedLaunch,
    dice: Dice,
    now: Timestamp,
) -> Result<Deployment, LaunchFailure> {
    let owner = launch.registration.owner_tenant_id;
    let fresh = row(launch, Some(owner), DeploymentStanding::Active, dice, now)?;
    let mut circumstance = Circumstance::new(owner, code!("deployment-accepted"));
    circumstance.deployment = Some(fresh.deployment_row_id);
    gate.record(&circumstance, Trail::Administration, code!("accepted"))
        .await?;
    match store.directory().deployments().insert(&fresh).await {
        Ok(()) => Ok(fresh),
        // Another launch through it was first.
        Err(StoreError::Conflict { .. }) => {
            let deployments = store.directory().deployments();
            let id = launch.message.deployment_id().as_str();
            let found = deployments
                .find(launch.registration.registration_id, id)
                .await?;
            found.ok_or(LaunchFailure::Raced)
        }
        Err(error) => Err(error.into()),
    }
}

fn row(
    launch: &VerifiedLaunch,
    tenant_id: Option<TenantId>,
    standing: DeploymentStanding,
    dice: Dice,
    now: Timestamp,
) -> Result<Deployment, LaunchFailure> {
    let platform = launch.message.tool_platform();
    Ok(Deployment {
        deployment_row_id: DeploymentRowId::new(dice, now)?,
        registration_id: launch.registration.registration_id,
        deployment_id: launch.message.deployment_id().as_str().to_owned(),
        tenant_id,
        guid: platform.guid.clone(),
        platform_name: platform
            .name
            .as_ref()
            .map(|name| name.chars().take(200).collect()),
        standing,
        framing_origins: Vec::new(),
        first_seen_at: now,
        seen_count: 1,
    })
}
