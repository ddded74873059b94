//! Where an agent may be opened: a deployment, or single contexts of it.

use super::record::stored;
use super::sql::sql;
use super::store_error::StoreError;
use super::unit::Unit;
use super::value::values;
use crate::clock::Timestamp;
use crate::ids::{AgentId, ContextRowId, DeploymentRowId};

stored! {
    /// That an agent may be opened somewhere.
    pub struct AgentEnablement in "agent_enablements" by "agent_id" {
        /// The agent.
        agent_id: AgentId,
        /// The deployment.
        deployment_row_id: DeploymentRowId,
        /// The context; nothing for the whole deployment.
        context_row_id: Option<ContextRowId>,
        /// Whether it opens where no link says otherwise.
        is_default: bool,
        /// When it was enabled.
        created_at: Timestamp,
    }
}

sql! {
    const INSERT = "
        insert into agent_enablements (
            tenant_id, agent_id, deployment_row_id, context_key, context_row_id, is_default,
            created_at
        )
        values (
            $1, $2, $3, $4, $5, $6, $7
        )
        on conflict (tenant_id, agent_id, deployment_row_id, context_key) do update
            set is_default = excluded.is_default
        ";
    const REMOVE = "
        delete from agent_enablements
        where tenant_id = $1
            and agent_id = $2
            and deployment_row_id = $3
            and context_key = $4
        ";
    const LIST_FOR_CONTEXT = "
        select
            agent_id, deployment_row_id, context_row_id, is_default, created_at
        from agent_enablements
        where tenant_id = $1
            and deployment_row_id = $2
            and context_key in ('*', $3)
        order by context_row_id is null, agent_id
        ";
    const LIST_FOR_AGENT = "
        select
            agent_id, deployment_row_id, context_row_id, is_default, created_at
        from agent_enablements
        where tenant_id = $1
            and agent_id = $2
        order by deployment_row_id, context_key
        ";
}

impl Unit {
    /// Where the tenant's agents are enabled.
    pub fn agent_enablements(&mut self) -> AgentEnablements<'_> {
        AgentEnablements { unit: self }
    }
}

/// Enablements of the tenant of a unit of work.
#[derive(Debug)]
pub struct AgentEnablements<'u> {
    unit: &'u mut Unit,
}

impl AgentEnablements<'_> {
    /// Enables an agent, or changes whether it is the default there.
    pub async fn put(self, enablement: &AgentEnablement) -> Result<(), StoreError> {
        let values = values![
            enablement.agent_id,
            enablement.deployment_row_id,
            context_key(enablement.context_row_id),
            enablement.context_row_id,
            enablement.is_default,
            enablement.created_at,
        ];
        self.unit.run(INSERT, values).await.map(drop)
    }

    /// Takes an enablement away; `false` when it is not there.
    pub async fn remove(
        self,
        agent: AgentId,
        deployment: DeploymentRowId,
        context: Option<ContextRowId>,
    ) -> Result<bool, StoreError> {
        let values = values![agent, deployment, context_key(context)];
        Ok(self.unit.run(REMOVE, values).await? == 1)
    }

    /// What is enabled for a context of a deployment: that of the context first, then that of the
    /// whole deployment. Without a context, the latter alone.
    pub async fn list_for(
        self,
        deployment: DeploymentRowId,
        context: Option<ContextRowId>,
    ) -> Result<Vec<AgentEnablement>, StoreError> {
        self.unit
            .all(LIST_FOR_CONTEXT, values![deployment, context_key(context)])
            .await
    }

    /// Where an agent is enabled.
    pub async fn list_for_agent(self, agent: AgentId) -> Result<Vec<AgentEnablement>, StoreError> {
        self.unit.all(LIST_FOR_AGENT, values![agent]).await
    }
}

/// A primary key holds no null: the whole deployment is `*`.
fn context_key(context: Option<ContextRowId>) -> String {
    context.map_or_else(|| "*".to_owned(), |context| context.to_string())
}
