//! Agreements: contracts with the provider of an agent. Expiry is judged by who reads them.

use super::record::{stored, words};
use super::sealed_bytes::SealedBytes;
use super::sql::sql;
use super::store_error::StoreError;
use super::unit::Unit;
use super::value::values;
use crate::clock::Timestamp;
use crate::ids::{AgentId, GroundId};

words! {
    /// What became of an agreement or authorization.
    pub enum GroundStanding {
        /// It was given.
        Granted = "granted",
        /// It was taken back.
        Withdrawn = "withdrawn",
    }
}

stored! {
    /// A contract with the provider of an agent.
    pub struct Agreement in "agreements" by "ground_id" {
        /// The agreement.
        ground_id: GroundId,
        /// The agent it is about.
        agent_id: AgentId,
        /// From when.
        valid_from: Timestamp,
        /// Until when; nothing while open-ended.
        valid_until: Option<Timestamp>,
        /// Who signed (sealed).
        signer: SealedBytes,
        /// Whether the annual notice names this use.
        annual_notice_attested: bool,
        /// What was agreed.
        terms: serde_json::Value,
        /// Granted or withdrawn.
        standing: GroundStanding,
        /// When it was recorded.
        recorded_at: Timestamp,
    }
}

sql! {
    const INSERT = "
        insert into agreements (
            tenant_id, ground_id, agent_id, valid_from, valid_until, signer,
            annual_notice_attested, terms, standing, recorded_at
        )
        values (
            $1, $2, $3, $4, $5, $6, $7, $8, $9, $10
        )
        ";
    const GET = "
        select
            ground_id, agent_id, valid_from, valid_until, signer, annual_notice_attested,
            terms, standing, recorded_at
        from agreements
        where tenant_id = $1
            and ground_id = $2
        ";
    const LIST_FOR_AGENT = "
        select
            ground_id, agent_id, valid_from, valid_until, signer, annual_notice_attested,
            terms, standing, recorded_at
        from agreements
        where tenant_id = $1
            and agent_id = $2
        order by ground_id
        ";
    const LIST = "
        select
            ground_id, agent_id, valid_from, valid_until, signer, annual_notice_attested,
            terms, standing, recorded_at
        from agreements
        where tenant_id = $1
            and ($2 is null or ground_id > $2)
        order by ground_id
        limit $3
        ";
    const SET_STANDING = "
        update agreements
        set standing = $3
        where tenant_id = $1
            and ground_id = $2
        ";
}

impl Unit {
    /// The tenant's agreements.
    pub fn agreements(&mut self) -> Agreements<'_> {
        Agreements { unit: self }
    }
}

/// Agreements of the tenant of a unit of work.
#[derive(Debug)]
pub struct Agreements<'u> {
    unit: &'u mut Unit,
}

impl Agreements<'_> {
    /// Files an agreement.
    pub async fn insert(self, agreement: &Agreement) -> Result<(), StoreError> {
        self.unit.run(INSERT, agreement.values()).await.map(drop)
    }

    /// The agreement with this id.
    pub async fn get(self, ground: GroundId) -> Result<Option<Agreement>, StoreError> {
        self.unit.one(GET, values![ground]).await
    }

    /// Every agreement about an agent, withdrawn and lapsed ones too, oldest first.
    pub async fn list_for_agent(self, agent: AgentId) -> Result<Vec<Agreement>, StoreError> {
        self.unit.all(LIST_FOR_AGENT, values![agent]).await
    }

    /// Agreements after `after`, by id.
    pub async fn list(
        self,
        after: Option<GroundId>,
        limit: u32,
    ) -> Result<Vec<Agreement>, StoreError> {
        self.unit.all(LIST, values![after, i64::from(limit)]).await
    }

    /// Writes down that it was withdrawn; `false` when it is not there. Its history and a revocation
    /// counter go into the same unit.
    pub async fn set_standing(
        self,
        ground: GroundId,
        standing: GroundStanding,
    ) -> Result<bool, StoreError> {
        Ok(self
            .unit
            .run(SET_STANDING, values![ground, standing])
            .await?
            == 1)
    }
}
