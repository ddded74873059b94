//! What failed before a signature or a credential was verified: counted by the minute, so that a
//! stranger cannot fill the log.

use super::Reach;
use crate::store::db::Intent;
use crate::store::record::stored;
use crate::store::sql::sql;
use crate::store::store_error::StoreError;
use crate::store::value::values;

stored! {
    /// Refusals of one kind within one minute.
    pub struct RefusedFold in "refused_folds" by "code" {
        /// Why it was refused.
        code: String,
        /// Where it arrived.
        route: String,
        /// The registration named, or `-`.
        registration_key: String,
        /// Minutes since 1970.
        minute: i64,
        /// How many.
        count: i64,
    }
}

sql! {
    const ADD = "
        insert into refused_folds (code, route, registration_key, minute, count)
        values ($1, $2, $3, $4, $5)
        on conflict (code, route, registration_key, minute) do update
            set count = refused_folds.count + excluded.count
        ";
    const LIST_BEFORE = "
        select
            code, route, registration_key, minute, count
        from refused_folds
        where minute < $1
        order by minute, code, route, registration_key
        limit $2
        ";
    const TAKE_BEFORE = "
        delete from refused_folds
        where minute < $1
        returning code, route, registration_key, minute, count
        ";
}

/// Folded refusals, in the Directory.
#[derive(Debug)]
pub struct RefusedFolds<'a> {
    pub(super) reach: Reach<'a>,
}

impl RefusedFolds<'_> {
    /// Adds to what was counted of the same kind in the same minute.
    pub async fn add(mut self, fold: &RefusedFold) -> Result<(), StoreError> {
        self.reach.write(ADD, fold.values()).await.map(drop)
    }

    /// Those of minutes before `minute`, oldest first.
    pub async fn list_before(
        mut self,
        minute: i64,
        limit: u32,
    ) -> Result<Vec<RefusedFold>, StoreError> {
        self.reach
            .all(LIST_BEFORE, values![minute, i64::from(limit)])
            .await
    }

    /// Takes those of minutes before `minute`. Call it inside the unit of work that records them.
    pub async fn take_before(mut self, minute: i64) -> Result<Vec<RefusedFold>, StoreError> {
        self.reach
            .rows(Intent::Write, TAKE_BEFORE, values![minute])
            .await
    }
}
