//! Age bands: how old a person, or everybody in a course, is taken to be, and who says so.

use super::record::stored;
use super::sql::sql;
use super::store_error::StoreError;
use super::unit::Unit;
use super::value::values;
use crate::clock::Timestamp;
use crate::ids::{AgeBandId, ContextRowId, PersonId};

stored! {
    /// How old somebody is taken to be.
    pub struct AgeBand in "age_bands" by "age_band_id" {
        /// The row.
        age_band_id: AgeBandId,
        /// The person; nobody where it is about a course.
        person_id: Option<PersonId>,
        /// The course; nothing where it is about a person.
        context_row_id: Option<ContextRowId>,
        /// The band.
        age_band: String,
        /// Who says so.
        source: String,
        /// When it was recorded.
        recorded_at: Timestamp,
        /// When a later one took its place.
        superseded_at: Option<Timestamp>,
    }
}

sql! {
    const INSERT = "
        insert into age_bands (
            tenant_id, age_band_id, person_id, context_row_id, age_band, source,
            recorded_at, superseded_at
        )
        values (
            $1, $2, $3, $4, $5, $6, $7, $8
        )
        ";
    const CURRENT_FOR_PERSON = "
        select
            age_band_id, person_id, context_row_id, age_band, source, recorded_at,
            superseded_at
        from age_bands
        where tenant_id = $1
            and person_id = $2
            and superseded_at is null
        order by age_band_id desc
        limit 1
        ";
    const CURRENT_FOR_CONTEXT = "
        select
            age_band_id, person_id, context_row_id, age_band, source, recorded_at,
            superseded_at
        from age_bands
        where tenant_id = $1
            and context_row_id = $2
            and superseded_at is null
        order by age_band_id desc
        limit 1
        ";
    const LIST = "
        select
            age_band_id, person_id, context_row_id, age_band, source, recorded_at,
            superseded_at
        from age_bands
        where tenant_id = $1
            and ($2 is null or age_band_id > $2)
        order by age_band_id
        limit $3
        ";
    const SUPERSEDE_PERSON = "
        update age_bands
        set superseded_at = $3
        where tenant_id = $1
            and person_id = $2
            and superseded_at is null
        ";
    const SUPERSEDE_CONTEXT = "
        update age_bands
        set superseded_at = $3
        where tenant_id = $1
            and context_row_id = $2
            and superseded_at is null
        ";
}

impl Unit {
    /// The tenant's age bands.
    pub fn age_bands(&mut self) -> AgeBands<'_> {
        AgeBands { unit: self }
    }
}

/// Age bands of the tenant of a unit of work.
#[derive(Debug)]
pub struct AgeBands<'u> {
    unit: &'u mut Unit,
}

impl AgeBands<'_> {
    /// Records an age band; the one before it, about the same person or course, is superseded.
    pub async fn record(self, age_band: &AgeBand) -> Result<(), StoreError> {
        let at = age_band.recorded_at;
        if let Some(person) = age_band.person_id {
            self.unit.run(SUPERSEDE_PERSON, values![person, at]).await?;
        }
        if let Some(context) = age_band.context_row_id {
            self.unit
                .run(SUPERSEDE_CONTEXT, values![context, at])
                .await?;
        }
        self.unit.run(INSERT, age_band.values()).await.map(drop)
    }

    /// The age band of a person that counts.
    pub async fn for_person(self, person: PersonId) -> Result<Option<AgeBand>, StoreError> {
        self.unit.one(CURRENT_FOR_PERSON, values![person]).await
    }

    /// The age band of a course that counts.
    pub async fn for_context(self, context: ContextRowId) -> Result<Option<AgeBand>, StoreError> {
        self.unit.one(CURRENT_FOR_CONTEXT, values![context]).await
    }

    /// Age bands, superseded ones too, after `after`, by id.
    pub async fn list(
        self,
        after: Option<AgeBandId>,
        limit: u32,
    ) -> Result<Vec<AgeBand>, StoreError> {
        self.unit.all(LIST, values![after, i64::from(limit)]).await
    }
}
