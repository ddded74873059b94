//! The history of grounds: what happened to each, in order; only ever added to.

use super::record::stored;
use super::sql::sql;
use super::store_error::StoreError;
use super::unit::Unit;
use super::value::values;
use crate::clock::Timestamp;
use crate::ids::{GroundId, TokenId};

stored! {
    /// Something that happened to a ground.
    pub struct GroundEvent in "ground_events" by "ground_id" {
        /// The ground.
        ground_id: GroundId,
        /// Which event of this ground.
        seq: i64,
        /// When it happened.
        at: Timestamp,
        /// Recorded, withdrawn, ....
        what: String,
        /// The credential that did it.
        token_id: Option<TokenId>,
    }
}

sql! {
    const ADD = "
        insert into ground_events (tenant_id, ground_id, seq, at, what, token_id)
        select $1, $2, coalesce(max(seq), 0) + 1, $3, $4, $5
        from ground_events
        where tenant_id = $1
            and ground_id = $2
        ";
    const LIST_FOR_GROUND = "
        select
            ground_id, seq, at, what, token_id
        from ground_events
        where tenant_id = $1
            and ground_id = $2
        order by seq
        ";
}

impl Unit {
    /// The history of the tenant's grounds.
    pub fn ground_events(&mut self) -> GroundEvents<'_> {
        GroundEvents { unit: self }
    }
}

/// History of the grounds of the tenant of a unit of work.
#[derive(Debug)]
pub struct GroundEvents<'u> {
    unit: &'u mut Unit,
}

impl GroundEvents<'_> {
    /// Adds to a ground's history.
    ///
    /// # Errors
    /// `ground_events_pkey` when another unit added to it at the same time: read again, then try.
    pub async fn add(
        self,
        ground: GroundId,
        at: Timestamp,
        what: &str,
        token: Option<TokenId>,
    ) -> Result<(), StoreError> {
        self.unit
            .run(ADD, values![ground, at, what.to_owned(), token])
            .await
            .map(drop)
    }

    /// A ground's history, oldest first.
    pub async fn list_for_ground(self, ground: GroundId) -> Result<Vec<GroundEvent>, StoreError> {
        self.unit.all(LIST_FOR_GROUND, values![ground]).await
    }
}
