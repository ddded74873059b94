//! School authorizations: a school consenting for parents, for educational use only. Never mixed
//! with a parent's own consent.

use super::agreements::GroundStanding;
use super::record::stored;
use super::sealed_bytes::SealedBytes;
use super::sql::sql;
use super::store_error::StoreError;
use super::unit::Unit;
use super::value::values;
use crate::clock::Timestamp;
use crate::ids::{AgentId, GroundId};

stored! {
    /// A school consenting for parents.
    pub struct SchoolAuthorization in "school_authorizations" by "ground_id" {
        /// The authorization.
        ground_id: GroundId,
        /// Agents it covers, as a list of ids.
        agents: Vec<AgentId>,
        /// Purposes it covers, as a list.
        purposes: Vec<String>,
        /// Data elements it covers, as a list.
        elements: Vec<String>,
        /// Who signed (sealed).
        signer: SealedBytes,
        /// In which role they signed.
        signer_role: String,
        /// The notice they were shown.
        notice_version: String,
        /// Until when; nothing while open-ended.
        valid_until: Option<Timestamp>,
        /// Granted or withdrawn.
        standing: GroundStanding,
        /// When it was recorded.
        recorded_at: Timestamp,
    }
}

sql! {
    const INSERT = "
        insert into school_authorizations (
            tenant_id, ground_id, agents, purposes, elements, signer, signer_role,
            notice_version, valid_until, standing, recorded_at
        )
        values (
            $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11
        )
        ";
    const GET = "
        select
            ground_id, agents, purposes, elements, signer, signer_role, notice_version,
            valid_until, standing, recorded_at
        from school_authorizations
        where tenant_id = $1
            and ground_id = $2
        ";
    const LIST_ACTIVE = "
        select
            ground_id, agents, purposes, elements, signer, signer_role, notice_version,
            valid_until, standing, recorded_at
        from school_authorizations
        where tenant_id = $1
            and standing = 'granted'
            and (valid_until is null or valid_until > $2)
        order by ground_id
        ";
    const LIST_GRANTED = "
        select
            ground_id, agents, purposes, elements, signer, signer_role, notice_version,
            valid_until, standing, recorded_at
        from school_authorizations
        where tenant_id = $1
            and standing = 'granted'
        order by ground_id
        ";
    const LIST = "
        select
            ground_id, agents, purposes, elements, signer, signer_role, notice_version,
            valid_until, standing, recorded_at
        from school_authorizations
        where tenant_id = $1
            and ($2 is null or ground_id > $2)
        order by ground_id
        limit $3
        ";
    const SET_STANDING = "
        update school_authorizations
        set standing = $3
        where tenant_id = $1
            and ground_id = $2
        ";
}

impl Unit {
    /// The tenant's school authorizations.
    pub fn school_authorizations(&mut self) -> SchoolAuthorizations<'_> {
        SchoolAuthorizations { unit: self }
    }
}

/// School authorizations of the tenant of a unit of work.
#[derive(Debug)]
pub struct SchoolAuthorizations<'u> {
    unit: &'u mut Unit,
}

impl SchoolAuthorizations<'_> {
    /// Files an authorization.
    pub async fn insert(self, authorization: &SchoolAuthorization) -> Result<(), StoreError> {
        self.unit
            .run(INSERT, authorization.values())
            .await
            .map(drop)
    }

    /// The authorization with this id.
    pub async fn get(self, ground: GroundId) -> Result<Option<SchoolAuthorization>, StoreError> {
        self.unit.one(GET, values![ground]).await
    }

    /// Every authorization that is granted and has not lapsed, oldest first.
    pub async fn list_active(self, now: Timestamp) -> Result<Vec<SchoolAuthorization>, StoreError> {
        self.unit.all(LIST_ACTIVE, values![now]).await
    }

    /// Every authorization that was granted and not withdrawn, lapsed ones too, oldest first.
    pub async fn list_granted(self) -> Result<Vec<SchoolAuthorization>, StoreError> {
        self.unit.all(LIST_GRANTED, values![]).await
    }

    /// Authorizations after `after`, by id.
    pub async fn list(
        self,
        after: Option<GroundId>,
        limit: u32,
    ) -> Result<Vec<SchoolAuthorization>, StoreError> {
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
