//! Contexts: the courses and sections of a deployment.

use super::record::stored;
use super::sql::sql;
use super::store_error::StoreError;
use super::unit::Unit;
use super::value::values;
use crate::clock::Timestamp;
use crate::ids::{ContextRowId, DeploymentRowId};

stored! {
    /// A course or section.
    pub struct Context in "contexts" by "context_row_id" {
        /// The row.
        context_row_id: ContextRowId,
        /// The deployment it is part of.
        deployment_row_id: DeploymentRowId,
        /// The platform's own id.
        platform_context_id: String,
        /// Its short name.
        label: Option<String>,
        /// Its name.
        title: Option<String>,
        /// When first seen.
        created_at: Timestamp,
    }
}

sql! {
    const INSERT = "
        insert into contexts (
            tenant_id, context_row_id, deployment_row_id, platform_context_id, label,
            title, created_at
        )
        values (
            $1, $2, $3, $4, $5, $6, $7
        )
        ";
    const GET = "
        select
            context_row_id, deployment_row_id, platform_context_id, label, title,
            created_at
        from contexts
        where tenant_id = $1
            and context_row_id = $2
        ";
    const FIND = "
        select
            context_row_id, deployment_row_id, platform_context_id, label, title,
            created_at
        from contexts
        where tenant_id = $1
            and deployment_row_id = $2
            and platform_context_id = $3
        ";
    const LIST = "
        select
            context_row_id, deployment_row_id, platform_context_id, label, title,
            created_at
        from contexts
        where tenant_id = $1
            and ($2 is null or context_row_id > $2)
        order by context_row_id
        limit $3
        ";
    const RENAME = "
        update contexts
        set label = $3, title = $4
        where tenant_id = $1
            and context_row_id = $2
        ";
}

impl Unit {
    /// The tenant's contexts.
    pub fn contexts(&mut self) -> Contexts<'_> {
        Contexts { unit: self }
    }
}

/// Contexts of the tenant of a unit of work.
#[derive(Debug)]
pub struct Contexts<'u> {
    unit: &'u mut Unit,
}

impl Contexts<'_> {
    /// Enters a context.
    ///
    /// # Errors
    /// `contexts_deployment_row_id_platform_context_id_unique` when it is there already.
    pub async fn insert(self, context: &Context) -> Result<(), StoreError> {
        self.unit.run(INSERT, context.values()).await.map(drop)
    }

    /// The context with this row id.
    pub async fn get(self, row: ContextRowId) -> Result<Option<Context>, StoreError> {
        self.unit.one(GET, values![row]).await
    }

    /// The context of a deployment with the platform's id.
    pub async fn find(
        self,
        deployment: DeploymentRowId,
        platform_context_id: &str,
    ) -> Result<Option<Context>, StoreError> {
        self.unit
            .one(FIND, values![deployment, platform_context_id.to_owned()])
            .await
    }

    /// Contexts after `after`, by id.
    pub async fn list(
        self,
        after: Option<ContextRowId>,
        limit: u32,
    ) -> Result<Vec<Context>, StoreError> {
        self.unit.all(LIST, values![after, i64::from(limit)]).await
    }

    /// Takes newer names; `false` when there is no such context.
    pub async fn rename(
        self,
        row: ContextRowId,
        label: Option<String>,
        title: Option<String>,
    ) -> Result<bool, StoreError> {
        Ok(self.unit.run(RENAME, values![row, label, title]).await? == 1)
    }
}
