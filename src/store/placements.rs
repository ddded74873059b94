//! Placements: which agent a link opens, and with what settings.

use super::record::stored;
use super::sql::sql;
use super::store_error::StoreError;
use super::unit::Unit;
use super::value::values;
use crate::clock::Timestamp;
use crate::ids::{AgentId, DeploymentRowId, PlacementId};

stored! {
    /// Which agent a link opens.
    pub struct Placement in "placements" by "placement_id" {
        /// The placement.
        placement_id: PlacementId,
        /// The deployment whose link it is.
        deployment_row_id: DeploymentRowId,
        /// The resource link, `context:` and a context, or `deployment`.
        link_key: String,
        /// The agent it opens.
        agent_id: AgentId,
        /// Its settings.
        settings: serde_json::Value,
        /// The placement it was copied from.
        copied_from: Option<PlacementId>,
        /// When it was made.
        created_at: Timestamp,
    }
}

sql! {
    const INSERT = "
        insert into placements (
            tenant_id, placement_id, deployment_row_id, link_key, agent_id, settings,
            copied_from, created_at
        )
        values (
            $1, $2, $3, $4, $5, $6, $7, $8
        )
        ";
    const GET = "
        select
            placement_id, deployment_row_id, link_key, agent_id, settings, copied_from,
            created_at
        from placements
        where tenant_id = $1
            and placement_id = $2
        ";
    const FIND_BY_LINK = "
        select
            placement_id, deployment_row_id, link_key, agent_id, settings, copied_from,
            created_at
        from placements
        where tenant_id = $1
            and deployment_row_id = $2
            and link_key = $3
        ";
    const LIST = "
        select
            placement_id, deployment_row_id, link_key, agent_id, settings, copied_from,
            created_at
        from placements
        where tenant_id = $1
            and ($2 is null or placement_id > $2)
        order by placement_id
        limit $3
        ";
    const CHANGE = "
        update placements
        set agent_id = $3, settings = $4
        where tenant_id = $1
            and placement_id = $2
        ";
    const REMOVE = "
        delete from placements
        where tenant_id = $1
            and placement_id = $2
        ";
}

impl Unit {
    /// The tenant's placements.
    pub fn placements(&mut self) -> Placements<'_> {
        Placements { unit: self }
    }
}

/// Placements of the tenant of a unit of work.
#[derive(Debug)]
pub struct Placements<'u> {
    unit: &'u mut Unit,
}

impl Placements<'_> {
    /// Binds a link.
    ///
    /// # Errors
    /// `placements_deployment_row_id_link_key_unique` when the link is bound already.
    pub async fn insert(self, placement: &Placement) -> Result<(), StoreError> {
        self.unit.run(INSERT, placement.values()).await.map(drop)
    }

    /// The placement with this id.
    pub async fn get(self, placement: PlacementId) -> Result<Option<Placement>, StoreError> {
        self.unit.one(GET, values![placement]).await
    }

    /// The placement bound to a link of a deployment.
    pub async fn find_by_link(
        self,
        deployment: DeploymentRowId,
        link_key: &str,
    ) -> Result<Option<Placement>, StoreError> {
        self.unit
            .one(FIND_BY_LINK, values![deployment, link_key.to_owned()])
            .await
    }

    /// Placements after `after`, by id.
    pub async fn list(
        self,
        after: Option<PlacementId>,
        limit: u32,
    ) -> Result<Vec<Placement>, StoreError> {
        self.unit.all(LIST, values![after, i64::from(limit)]).await
    }

    /// Opens another agent or uses other settings from now on; `false` when there is no such
    /// placement.
    pub async fn change(
        self,
        placement: PlacementId,
        agent: AgentId,
        settings: &serde_json::Value,
    ) -> Result<bool, StoreError> {
        Ok(self
            .unit
            .run(CHANGE, values![placement, agent, settings.clone()])
            .await?
            == 1)
    }

    /// Unbinds; `false` when there is no such placement.
    ///
    /// # Errors
    /// `foreign_key` while sessions of it are kept.
    pub async fn remove(self, placement: PlacementId) -> Result<bool, StoreError> {
        Ok(self.unit.run(REMOVE, values![placement]).await? == 1)
    }
}
