//! Blind indexes: finding a sealed value again without storing it. Full length, since a collision
//! would merge two people; only columns that need one have one.

use super::derivation::tag;
use super::key_ring::TenantKeys;

impl TenantKeys {
    /// The index of `parts` (each length-prefixed) in `column` (`table.column`), under a key of its
    /// own per tenant and column.
    pub fn blind_index(&self, column: &'static str, parts: &[&[u8]]) -> [u8; 32] {
        tag(&self.naming_key("blind index", &[column.as_bytes()]), parts)
    }
}
