//! Lists a page at a time: by a cursor, so that rows added meanwhile move nothing.

use serde::Serialize;
use uuid::Uuid;

/// How many a page holds when nothing is said; ours.
pub const DEFAULT_LIMIT: u32 = 50;
/// How many a page holds at most; ours.
pub const MAX_LIMIT: u32 = 200;

/// Which page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRequest {
    /// The id after which it begins.
    pub after: Option<Uuid>,
    /// How many at most.
    pub limit: u32,
}

impl PageRequest {
    /// One more than are shown: whether there is a next page.
    pub fn fetch(self) -> u32 {
        self.limit.saturating_add(1)
    }

    /// The page, of rows that were fetched with [`Self::fetch`].
    pub fn page<R, T>(
        self,
        mut rows: Vec<R>,
        id: impl Fn(&R) -> Uuid,
        view: impl FnMut(R) -> T,
    ) -> Page<T> {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = if more {
            rows.last().map(|row| id(row).to_string())
        } else {
            None
        };
        Page {
            items: rows.into_iter().map(view).collect(),
            next,
        }
    }
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// What to ask for as `after` to read on; absent on the last page.
    pub next: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_names_the_next_one_only_when_there_is_one() {
        let request = PageRequest {
            after: None,
            limit: 2,
        };
        let ids = |n: u128| (0..n).map(Uuid::from_u128).collect::<Vec<_>>();
        let page = request.page(ids(3), |id| *id, |id| id);
        assert_eq!(
            (page.items.len(), page.next),
            (2, Some(Uuid::from_u128(1).to_string()))
        );
        assert_eq!(request.page(ids(2), |id| *id, |id| id).next, None);
    }
}
