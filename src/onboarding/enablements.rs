//! Where an agent may be opened: a whole deployment, or one course of it; and which is the default
//! there. At most one agent is the default of a place.

use crate::clock::Timestamp;
use crate::ids::{AgentId, ContextRowId, DeploymentRowId};
use crate::store::{AgentEnablement, StoreError, Unit};

/// A deployment, or one course of it.
pub type Place = (DeploymentRowId, Option<ContextRowId>);

/// Enables an agent at a place; whether it is the default there stays as it is.
///
/// # Errors
/// [`StoreError`].
pub async fn enable(
    unit: &mut Unit,
    agent: AgentId,
    place: Place,
    now: Timestamp,
) -> Result<(), StoreError> {
    let known = at(unit, place).await?;
    if known.iter().any(|row| row.agent_id == agent) {
        return Ok(());
    }
    unit.agent_enablements()
        .put(&row(agent, place, IsDefault::No, now))
        .await
}

/// Enables an agent at a place and makes it the default there, instead of any other.
///
/// # Errors
/// [`StoreError`].
pub async fn make_default(
    unit: &mut Unit,
    agent: AgentId,
    place: Place,
    now: Timestamp,
) -> Result<(), StoreError> {
    for mut other in at(unit, place).await? {
        if other.is_default && other.agent_id != agent {
            other.is_default = false;
            unit.agent_enablements().put(&other).await?;
        }
    }
    unit.agent_enablements()
        .put(&row(agent, place, IsDefault::Yes, now))
        .await
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum IsDefault {
    Yes,
    No,
}

fn row(agent: AgentId, place: Place, default: IsDefault, now: Timestamp) -> AgentEnablement {
    AgentEnablement {
        agent_id: agent,
        deployment_row_id: place.0,
        context_row_id: place.1,
        is_default: default == IsDefault::Yes,
        created_at: now,
    }
}

/// What is enabled at exactly this place.
async fn at(unit: &mut Unit, place: Place) -> Result<Vec<AgentEnablement>, StoreError> {
    let mut rows = unit.agent_enablements().list_for(place.0, place.1).await?;
    rows.retain(|row| row.context_row_id == place.1);
    Ok(rows)
}
