//! People: anyone a platform sent, one per tenant, issuer and platform subject; sealed.

use super::person_keys::PersonKey;
use super::record::{stored, words};
use super::sealed_bytes::SealedBytes;
use super::sql::sql;
use super::store_error::StoreError;
use super::unit::Unit;
use super::value::values;
use crate::clock::Timestamp;
use crate::ids::PersonId;

words! {
    /// What became of a person's record.
    pub enum PersonStanding {
        /// It is there.
        Active = "active",
        /// Its content was erased.
        Erased = "erased",
    }
}

stored! {
    /// Anyone a platform sent.
    pub struct Person in "people" by "person_id" {
        /// The person.
        person_id: PersonId,
        /// Blind index of issuer and platform subject.
        sub_index: [u8; 32],
        /// The platform's id of the person (sealed).
        platform_sub: SealedBytes,
        /// Names, e-mail, picture and identifiers as one document (sealed).
        profile: Option<SealedBytes>,
        /// Active or erased.
        standing: PersonStanding,
        /// When first seen.
        created_at: Timestamp,
        /// When last seen.
        last_seen_at: Timestamp,
    }
}

/// A person, as a launch first brings them: the row and the keys that go with it, or nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct NewPerson {
    /// The row.
    pub person: Person,
    /// Their keys.
    pub keys: Vec<PersonKey>,
}

sql! {
    const INSERT = "
        insert into people (
            tenant_id, person_id, sub_index, platform_sub, profile, standing, created_at,
            last_seen_at
        )
        values (
            $1, $2, $3, $4, $5, $6, $7, $8
        )
        ";
    const FIND = "
        select
            person_id, sub_index, platform_sub, profile, standing, created_at, last_seen_at
        from people
        where tenant_id = $1
            and person_id = $2
        ";
    const FIND_BY_SUB_INDEX = "
        select
            person_id, sub_index, platform_sub, profile, standing, created_at, last_seen_at
        from people
        where tenant_id = $1
            and sub_index = $2
        ";
    const LIST = "
        select
            person_id, sub_index, platform_sub, profile, standing, created_at, last_seen_at
        from people
        where tenant_id = $1
            and ($2 is null or person_id > $2)
        order by person_id
        limit $3
        ";
    const SEEN = "
        update people
        set last_seen_at = $3, profile = coalesce($4, profile)
        where tenant_id = $1
            and person_id = $2
            and standing = 'active'
        ";
    const ERASE = "
        update people
        set standing = 'erased', profile = null
        where tenant_id = $1
            and person_id = $2
        ";
}

impl Unit {
    /// The tenant's people.
    pub fn people(&mut self) -> People<'_> {
        People { unit: self }
    }
}

/// People of the tenant of a unit of work.
#[derive(Debug)]
pub struct People<'u> {
    unit: &'u mut Unit,
}

impl People<'_> {
    /// Enters a person with their keys.
    ///
    /// # Errors
    /// `people_sub_index_unique` when another launch entered them first.
    pub async fn insert(self, new: &NewPerson) -> Result<(), StoreError> {
        self.unit.run(INSERT, new.person.values()).await?;
        for key in &new.keys {
            self.unit.person_keys().insert(key).await?;
        }
        Ok(())
    }

    /// The person with this id.
    pub async fn find(self, person: PersonId) -> Result<Option<Person>, StoreError> {
        self.unit.one(FIND, values![person]).await
    }

    /// The person whose blind index this is.
    pub async fn find_by_sub_index(
        self,
        sub_index: &[u8; 32],
    ) -> Result<Option<Person>, StoreError> {
        self.unit.one(FIND_BY_SUB_INDEX, values![*sub_index]).await
    }

    /// People after `after`, by id.
    pub async fn list(
        self,
        after: Option<PersonId>,
        limit: u32,
    ) -> Result<Vec<Person>, StoreError> {
        self.unit.all(LIST, values![after, i64::from(limit)]).await
    }

    /// Notes that they were seen, and takes a newer profile if there is one; `false` when there is
    /// no such person, or they were erased.
    pub async fn seen(
        self,
        person: PersonId,
        now: Timestamp,
        profile: Option<SealedBytes>,
    ) -> Result<bool, StoreError> {
        Ok(self.unit.run(SEEN, values![person, now, profile]).await? == 1)
    }

    /// Erases the content of the row; the keys are destroyed beside it. `false` when there is no
    /// such person.
    pub async fn erase(self, person: PersonId) -> Result<bool, StoreError> {
        Ok(self.unit.run(ERASE, values![person]).await? == 1)
    }
}
