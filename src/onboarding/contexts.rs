//! Courses, as operators name them before or after their first launch: by row id, or by the
//! platform's own id in a deployment. A course never seen is entered under that id.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Deed, Moment, OperatorError, Page, PageRequest, deployments, text};
use crate::gateway::Gateway;
use crate::ids::{ContextRowId, DeploymentRowId, TenantId};
use crate::store::{Context, Unit};

/// A course, named by an operator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum ContextName {
    /// The id here, or the platform's own where the tenant has one deployment.
    Id(String),
    /// The platform's own id, in one deployment.
    InDeployment(ContextInDeployment),
}

/// The platform's own id of a course, in one deployment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContextInDeployment {
    /// The deployment's id here.
    #[schema(value_type = Uuid)]
    pub deployment: DeploymentRowId,
    /// The platform's own id of the course.
    pub context_id: String,
}

/// A course, as operators see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ContextView {
    /// Its id here.
    #[schema(value_type = Uuid)]
    pub id: ContextRowId,
    /// The deployment's id here.
    #[schema(value_type = Uuid)]
    pub deployment: DeploymentRowId,
    /// The platform's own id.
    pub context_id: String,
    /// Its short name.
    pub label: Option<String>,
    /// Its name.
    pub title: Option<String>,
    /// When it was first seen.
    pub created_at: Moment,
}

impl ContextView {
    /// The view of a course.
    pub fn of(row: &Context) -> Self {
        Self {
            id: row.context_row_id,
            deployment: row.deployment_row_id,
            context_id: row.platform_context_id.clone(),
            label: row.label.clone(),
            title: row.title.clone(),
            created_at: Moment(row.created_at),
        }
    }
}

/// A tenant's courses.
///
/// # Errors
/// [`OperatorError::Store`].
pub async fn list(unit: &mut Unit, page: PageRequest) -> Result<Page<ContextView>, OperatorError> {
    let rows = unit
        .contexts()
        .list(page.after.map(ContextRowId), page.fetch())
        .await?;
    Ok(page.page(
        rows,
        |row| row.context_row_id.0,
        |row| ContextView::of(&row),
    ))
}

/// A course of a deployment by the platform's id; entered when it was never seen.
///
/// # Errors
/// [`OperatorError`].
pub async fn find_or_enter(
    deed: &Deed,
    unit: &mut Unit,
    deployment: DeploymentRowId,
    context_id: &str,
) -> Result<Context, OperatorError> {
    let id = text::identifier("context", context_id)?;
    if let Some(known) = unit.contexts().find(deployment, &id).await? {
        return Ok(known);
    }
    let row = Context {
        context_row_id: ContextRowId::new(deed.gateway.dice, deed.now)?,
        deployment_row_id: deployment,
        platform_context_id: id,
        label: None,
        title: None,
        created_at: deed.now,
    };
    unit.contexts().insert(&row).await?;
    Ok(row)
}

/// The one deployment of a tenant that is meant where none is named.
///
/// # Errors
/// [`OperatorError::Invalid`] when there is not exactly one.
pub async fn only_deployment(
    gateway: &Gateway,
    tenant: TenantId,
) -> Result<DeploymentRowId, OperatorError> {
    let rows = gateway
        .store
        .directory()
        .deployments()
        .list(tenant, None, 2)
        .await?;
    match rows.as_slice() {
        [only] => Ok(only.deployment_row_id),
        _ => Err(OperatorError::invalid(
            "context",
            "needs `{deployment, context_id}`: the tenant has not exactly one deployment",
        )),
    }
}

/// What a name of a course comes to, before a unit of work is open: an id here, or the platform's
/// id in a deployment of the tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    /// A row that must be there.
    Row(ContextRowId),
    /// A course of this deployment.
    Course(DeploymentRowId, String),
}

/// Reads a name; the deployment it names must be the tenant's.
///
/// # Errors
/// [`OperatorError::Invalid`] naming `context`.
pub async fn read_name(
    gateway: &Gateway,
    tenant: TenantId,
    name: &ContextName,
) -> Result<Named, OperatorError> {
    match name {
        ContextName::InDeployment(named) => {
            own_deployment(gateway, tenant, "context", named.deployment).await?;
            Ok(Named::Course(named.deployment, named.context_id.clone()))
        }
        ContextName::Id(text) => {
            if let Ok(row) = text.parse::<ContextRowId>() {
                let known = gateway
                    .store
                    .tenant(tenant)
                    .read()
                    .await?
                    .contexts()
                    .get(row)
                    .await?;
                if known.is_some() {
                    return Ok(Named::Row(row));
                }
            }
            let deployment = only_deployment(gateway, tenant).await?;
            Ok(Named::Course(deployment, text.clone()))
        }
    }
}

/// The row of a name that was read.
///
/// # Errors
/// [`OperatorError`].
pub async fn row_of(deed: &Deed, unit: &mut Unit, named: &Named) -> Result<Context, OperatorError> {
    match named {
        Named::Row(row) => unit
            .contexts()
            .get(*row)
            .await?
            .ok_or_else(|| OperatorError::invalid("context", "names no course of this tenant")),
        Named::Course(deployment, id) => find_or_enter(deed, unit, *deployment, id).await,
    }
}

/// Goes on only when the deployment is the tenant's.
///
/// # Errors
/// [`OperatorError::Invalid`] naming `field`.
pub async fn own_deployment(
    gateway: &Gateway,
    tenant: TenantId,
    field: &'static str,
    id: DeploymentRowId,
) -> Result<(), OperatorError> {
    match deployments::find(gateway, tenant, id).await {
        Ok(_) => Ok(()),
        Err(OperatorError::NotFound) => Err(OperatorError::invalid(
            field,
            "names no deployment of this tenant",
        )),
        Err(error) => Err(error),
    }
}
