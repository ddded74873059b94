//! Consents: what a parent, or a student with the rights, agreed to or refused. A refusal is on file
//! as one.

use super::record::{stored, words};
use super::sealed_bytes::SealedBytes;
use super::sql::sql;
use super::store_error::StoreError;
use super::unit::Unit;
use super::value::values;
use crate::clock::Timestamp;
use crate::ids::{AgentId, GroundId, PersonId};

words! {
    /// Under which law, and to what.
    pub enum ConsentKind {
        /// To a disclosure under FERPA (34 CFR 99.30).
        Ferpa = "ferpa",
        /// To the collection and use of a child's data (16 CFR 312.5).
        CoppaUse = "coppa_use",
        /// To its disclosure to third parties, asked for separately (16 CFR 312.5(a)(2)).
        CoppaDisclosure = "coppa_disclosure",
    }
}

words! {
    /// What became of it.
    pub enum ConsentStanding {
        /// It was given.
        Granted = "granted",
        /// It was refused.
        Refused = "refused",
        /// It was taken back.
        Withdrawn = "withdrawn",
    }
}

stored! {
    /// What somebody with the rights agreed to or refused.
    pub struct Consent in "consents" by "ground_id" {
        /// The consent.
        ground_id: GroundId,
        /// Whose records it is about.
        person_id: PersonId,
        /// Ferpa, coppa_use or coppa_disclosure.
        kind: ConsentKind,
        /// Agents it covers, as a list of ids.
        agents: Vec<AgentId>,
        /// Purposes it covers, as a list.
        purposes: Vec<String>,
        /// Data elements it covers, as a list.
        elements: Vec<String>,
        /// How it was given.
        method: String,
        /// Where the signed paper lies (sealed).
        evidence: Option<SealedBytes>,
        /// When it was signed.
        signed_at: Timestamp,
        /// Until when; nothing while open-ended.
        valid_until: Option<Timestamp>,
        /// Granted, refused or withdrawn.
        standing: ConsentStanding,
        /// When it was recorded.
        recorded_at: Timestamp,
    }
}

sql! {
    const INSERT = "
        insert into consents (
            tenant_id, ground_id, person_id, kind, agents, purposes, elements, method,
            evidence, signed_at, valid_until, standing, recorded_at
        )
        values (
            $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13
        )
        ";
    const GET = "
        select
            ground_id, person_id, kind, agents, purposes, elements, method, evidence,
            signed_at, valid_until, standing, recorded_at
        from consents
        where tenant_id = $1
            and ground_id = $2
        ";
    const LIST_FOR_PERSON = "
        select
            ground_id, person_id, kind, agents, purposes, elements, method, evidence,
            signed_at, valid_until, standing, recorded_at
        from consents
        where tenant_id = $1
            and person_id = $2
        order by ground_id
        ";
    const LIST = "
        select
            ground_id, person_id, kind, agents, purposes, elements, method, evidence,
            signed_at, valid_until, standing, recorded_at
        from consents
        where tenant_id = $1
            and ($2 is null or ground_id > $2)
        order by ground_id
        limit $3
        ";
    const SET_STANDING = "
        update consents
        set standing = $3
        where tenant_id = $1
            and ground_id = $2
        ";
}

impl Unit {
    /// The tenant's consents.
    pub fn consents(&mut self) -> Consents<'_> {
        Consents { unit: self }
    }
}

/// Consents of the tenant of a unit of work.
#[derive(Debug)]
pub struct Consents<'u> {
    unit: &'u mut Unit,
}

impl Consents<'_> {
    /// Files a consent or refusal.
    pub async fn insert(self, consent: &Consent) -> Result<(), StoreError> {
        self.unit.run(INSERT, consent.values()).await.map(drop)
    }

    /// The consent with this id.
    pub async fn get(self, ground: GroundId) -> Result<Option<Consent>, StoreError> {
        self.unit.one(GET, values![ground]).await
    }

    /// Everything on file about a person, refused, withdrawn and lapsed ones too, oldest first.
    pub async fn list_for_person(self, person: PersonId) -> Result<Vec<Consent>, StoreError> {
        self.unit.all(LIST_FOR_PERSON, values![person]).await
    }

    /// Consents after `after`, by id.
    pub async fn list(
        self,
        after: Option<GroundId>,
        limit: u32,
    ) -> Result<Vec<Consent>, StoreError> {
        self.unit.all(LIST, values![after, i64::from(limit)]).await
    }

    /// Writes down that it was refused or withdrawn; `false` when it is not there. Its history and a revocation
    /// counter go into the same unit.
    pub async fn set_standing(
        self,
        ground: GroundId,
        standing: ConsentStanding,
    ) -> Result<bool, StoreError> {
        Ok(self
            .unit
            .run(SET_STANDING, values![ground, standing])
            .await?
            == 1)
    }
}
