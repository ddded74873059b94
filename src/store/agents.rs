//! Agents: upstream services with a manifest, and every manifest they ever had.

use super::record::{stored, words};
use super::sql::sql;
use super::store_error::StoreError;
use super::unit::Unit;
use super::value::values;
use crate::clock::Timestamp;
use crate::ids::{AgentId, Slug};

words! {
    /// Whether an agent may be opened.
    pub enum AgentStanding {
        /// It may.
        Active = "active",
        /// It may not, and its open streams end.
        Disabled = "disabled",
    }
}

stored! {
    /// An upstream service.
    pub struct Agent in "agents" by "agent_id" {
        /// The agent.
        agent_id: AgentId,
        /// Its name in hosts and claims.
        slug: Slug,
        /// Its name for people.
        name: String,
        /// Where it is reached.
        upstream_url: String,
        /// What it is: tutor, grader, ....
        kind: String,
        /// Purposes, elements, contract, retention, subprocessors.
        manifest: serde_json::Value,
        /// Which version of the manifest.
        manifest_version: i64,
        /// Active or disabled.
        standing: AgentStanding,
        /// When it was entered.
        created_at: Timestamp,
        /// When it last changed.
        updated_at: Timestamp,
    }
}

stored! {
    /// A manifest an agent had.
    pub struct AgentVersion in "agent_versions" by "agent_id" {
        /// Whose manifest.
        agent_id: AgentId,
        /// Which version.
        manifest_version: i64,
        /// Where it was reached then.
        upstream_url: String,
        /// The manifest.
        manifest: serde_json::Value,
        /// When it was recorded.
        recorded_at: Timestamp,
    }
}

sql! {
    const INSERT = "
        insert into agents (
            tenant_id, agent_id, slug, name, upstream_url, kind, manifest,
            manifest_version, standing, created_at, updated_at
        )
        values (
            $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11
        )
        ";
    const INSERT_VERSION = "
        insert into agent_versions (
            tenant_id, agent_id, manifest_version, upstream_url, manifest, recorded_at
        )
        values (
            $1, $2, $3, $4, $5, $6
        )
        ";
    const FIND = "
        select
            agent_id, slug, name, upstream_url, kind, manifest, manifest_version, standing,
            created_at, updated_at
        from agents
        where tenant_id = $1
            and agent_id = $2
        ";
    const FIND_BY_SLUG = "
        select
            agent_id, slug, name, upstream_url, kind, manifest, manifest_version, standing,
            created_at, updated_at
        from agents
        where tenant_id = $1
            and slug = $2
        ";
    const LIST = "
        select
            agent_id, slug, name, upstream_url, kind, manifest, manifest_version, standing,
            created_at, updated_at
        from agents
        where tenant_id = $1
            and ($2 is null or agent_id > $2)
        order by agent_id
        limit $3
        ";
    const LIST_VERSIONS = "
        select
            agent_id, manifest_version, upstream_url, manifest, recorded_at
        from agent_versions
        where tenant_id = $1
            and agent_id = $2
        order by manifest_version
        ";
    const CHANGE = "
        update agents
        set name = $3, upstream_url = $4, kind = $5, manifest = $6, manifest_version = $7,
            updated_at = $8
        where tenant_id = $1
            and agent_id = $2
            and manifest_version = $7 - 1
        ";
    const SET_STANDING = "
        update agents
        set standing = $3, updated_at = $4
        where tenant_id = $1
            and agent_id = $2
        ";
}

impl Unit {
    /// The tenant's agents.
    pub fn agents(&mut self) -> Agents<'_> {
        Agents { unit: self }
    }
}

/// Agents of the tenant of a unit of work.
#[derive(Debug)]
pub struct Agents<'u> {
    unit: &'u mut Unit,
}

impl Agents<'_> {
    /// Enters an agent and its first manifest.
    ///
    /// # Errors
    /// `agents_slug_unique` when the slug is taken in this tenant.
    pub async fn insert(self, agent: &Agent) -> Result<(), StoreError> {
        self.unit.run(INSERT, agent.values()).await?;
        self.unit
            .run(INSERT_VERSION, AgentVersion::of(agent).values())
            .await
            .map(drop)
    }

    /// The agent with this id.
    pub async fn find(self, agent: AgentId) -> Result<Option<Agent>, StoreError> {
        self.unit.one(FIND, values![agent]).await
    }

    /// The agent with this slug.
    pub async fn find_by_slug(self, slug: &Slug) -> Result<Option<Agent>, StoreError> {
        self.unit.one(FIND_BY_SLUG, values![slug.clone()]).await
    }

    /// Agents after `after`, by id.
    pub async fn list(self, after: Option<AgentId>, limit: u32) -> Result<Vec<Agent>, StoreError> {
        self.unit.all(LIST, values![after, i64::from(limit)]).await
    }

    /// Replaces name, address, kind and manifest by those of `agent`, whose manifest version must be
    /// one above the stored one; `false` when it is not (somebody changed it in between).
    pub async fn change(self, agent: &Agent) -> Result<bool, StoreError> {
        let values = values![
            agent.agent_id,
            agent.name,
            agent.upstream_url,
            agent.kind,
            agent.manifest,
            agent.manifest_version,
            agent.updated_at,
        ];
        if self.unit.run(CHANGE, values).await? != 1 {
            return Ok(false);
        }
        self.unit
            .run(INSERT_VERSION, AgentVersion::of(agent).values())
            .await?;
        Ok(true)
    }

    /// Every manifest an agent ever had, oldest first.
    pub async fn versions(self, agent: AgentId) -> Result<Vec<AgentVersion>, StoreError> {
        self.unit.all(LIST_VERSIONS, values![agent]).await
    }

    /// Switches an agent off or on; `false` when there is no such agent. Raise its revocation
    /// counter in the same unit.
    pub async fn set_standing(
        self,
        agent: AgentId,
        standing: AgentStanding,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(self
            .unit
            .run(SET_STANDING, values![agent, standing, now])
            .await?
            == 1)
    }
}

impl AgentVersion {
    fn of(agent: &Agent) -> Self {
        Self {
            agent_id: agent.agent_id,
            manifest_version: agent.manifest_version,
            upstream_url: agent.upstream_url.clone(),
            manifest: agent.manifest.clone(),
            recorded_at: agent.updated_at,
        }
    }
}
