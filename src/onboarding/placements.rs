//! Placements: which agent a link opens, and where an agent is enabled by that. A link is bound
//! once; to open something else it is changed, not bound again.

use agent_factory_audit::{Digest, OpaqueId, code};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::administration::digest_of;
use super::contexts;
use super::{Deed, Moment, OperatorError, Page, PageRequest, agents, enablements, text};
use crate::ids::{AgentId, DeploymentRowId, PlacementId, TenantId};
use crate::launch::LinkKey;
use crate::store::{Placement, Unit};

/// The key of a launch without link and course; also of a deployment's default.
const WHOLE_DEPLOYMENT: &str = "deployment";

/// An agent to be placed: on a link, else in a course, else as the default of the deployment.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlacementDraft {
    /// The deployment's id here.
    #[schema(value_type = Uuid)]
    pub deployment: DeploymentRowId,
    /// The agent's slug or id.
    pub agent: String,
    /// The platform's id of the link that opens it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_link: Option<String>,
    /// The course in which it opens by default, by the platform's id; besides a link, only a note.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<String>,
}

/// A placement, as operators see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PlacementView {
    /// Its id.
    #[schema(value_type = Uuid)]
    pub id: PlacementId,
    /// The deployment's id here.
    #[schema(value_type = Uuid)]
    pub deployment: DeploymentRowId,
    /// The agent's id.
    #[schema(value_type = Uuid)]
    pub agent: AgentId,
    /// `link:` and the platform's id of a link, `context:` and that of a course, or `deployment`.
    pub link: String,
    /// When it was made.
    pub created_at: Moment,
}

impl PlacementView {
    /// The view of a placement.
    pub fn of(row: &Placement) -> Self {
        Self {
            id: row.placement_id,
            deployment: row.deployment_row_id,
            agent: row.agent_id,
            link: row.link_key.clone(),
            created_at: Moment(row.created_at),
        }
    }
}

/// Places an agent, and enables it there. A default that is there already is replaced; a link that
/// is bound already is not.
///
/// # Errors
/// [`OperatorError::Conflict`] `placement-exists` when the link is bound already.
pub async fn add(
    deed: &Deed,
    tenant: TenantId,
    draft: PlacementDraft,
) -> Result<PlacementView, OperatorError> {
    contexts::own_deployment(&deed.gateway, tenant, "deployment", draft.deployment).await?;
    let mut change = deed.begin(tenant).await?;
    let agent = agents::find(&mut change.unit, "agent", &draft.agent)
        .await?
        .agent_id;
    let unit = &mut change.unit;
    let key = enable_and_key(deed, unit, agent, &draft).await?;
    let fresh = Placement {
        placement_id: PlacementId::new(deed.gateway.dice, deed.now)?,
        deployment_row_id: draft.deployment,
        link_key: key,
        agent_id: agent,
        settings: Value::Object(serde_json::Map::new()),
        copied_from: None,
        created_at: deed.now,
    };
    let (row, before) = bind(unit, fresh, Binding::of(&draft)).await?;
    let view = PlacementView::of(&row);
    let after = digest_of(&view)?;
    change.record(code!("placement-set"), |event| {
        let event = event
            .agent(OpaqueId::uuid(*agent.as_bytes()))
            .deployment(OpaqueId::uuid(*draft.deployment.as_bytes()))
            .resource(OpaqueId::uuid(*row.placement_id.as_bytes()))
            .after(after);
        match before {
            Some(before) => event.before(before),
            None => event,
        }
    })?;
    change.finish(&view).await?;
    Ok(view)
}

/// What a draft binds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Binding {
    /// A link, once.
    Link,
    /// A default: the place stays, and the newest agent takes it.
    Default,
}

impl Binding {
    fn of(draft: &PlacementDraft) -> Self {
        match draft.resource_link {
            Some(_) => Self::Link,
            None => Self::Default,
        }
    }
}

/// Writes a placement; the hash of the one it replaced, where it did.
async fn bind(
    unit: &mut Unit,
    fresh: Placement,
    binding: Binding,
) -> Result<(Placement, Option<Digest>), OperatorError> {
    let (deployment, agent) = (fresh.deployment_row_id, fresh.agent_id);
    let known = unit
        .placements()
        .find_by_link(deployment, &fresh.link_key)
        .await?;
    if let (Some(known), Binding::Default) = (known, binding) {
        let before = digest_of(&PlacementView::of(&known))?;
        unit.placements()
            .change(known.placement_id, agent, &known.settings)
            .await?;
        return Ok((
            Placement {
                agent_id: agent,
                ..known
            },
            Some(before),
        ));
    }
    unit.placements()
        .insert(&fresh)
        .await
        .map_err(OperatorError::on_conflict(
            "placements_deployment_row_id_link_key_unique",
            "placement-exists",
            "this link is bound already",
        ))?;
    Ok((fresh, None))
}

/// Enables the agent where the draft says, and gives the key of that place.
async fn enable_and_key(
    deed: &Deed,
    unit: &mut Unit,
    agent: AgentId,
    draft: &PlacementDraft,
) -> Result<String, OperatorError> {
    let whole = (draft.deployment, None);
    Ok(match (&draft.resource_link, &draft.context) {
        (Some(link), _) => {
            let link = text::identifier("resource_link", link)?;
            enablements::enable(unit, agent, whole, deed.now).await?;
            LinkKey::of_resource_link(&link).as_str().to_owned()
        }
        (None, Some(course)) => {
            let row = contexts::find_or_enter(deed, unit, draft.deployment, course).await?;
            let place = (draft.deployment, Some(row.context_row_id));
            enablements::make_default(unit, agent, place, deed.now).await?;
            LinkKey::of_context(course).as_str().to_owned()
        }
        (None, None) => {
            enablements::make_default(unit, agent, whole, deed.now).await?;
            WHOLE_DEPLOYMENT.to_owned()
        }
    })
}

/// A tenant's placements.
///
/// # Errors
/// [`OperatorError::Store`].
pub async fn list(
    unit: &mut Unit,
    page: PageRequest,
) -> Result<Page<PlacementView>, OperatorError> {
    let rows = unit
        .placements()
        .list(page.after.map(PlacementId), page.fetch())
        .await?;
    Ok(page.page(
        rows,
        |row| row.placement_id.0,
        |row| PlacementView::of(&row),
    ))
}

/// A placement.
///
/// # Errors
/// [`OperatorError::NotFound`].
pub async fn get(unit: &mut Unit, id: PlacementId) -> Result<PlacementView, OperatorError> {
    let row = unit
        .placements()
        .get(id)
        .await?
        .ok_or(OperatorError::NotFound)?;
    Ok(PlacementView::of(&row))
}
