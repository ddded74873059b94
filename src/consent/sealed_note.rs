//! Who signed, and where the paper lies: sealed for its row, opened only for an operator who looks.

use crate::dice::Dice;
use crate::ids::GroundId;
use crate::onboarding::OperatorError;
use crate::store::SealedBytes;
use crate::vault::{Location, Purpose, PurposeClass, Sealed, TenantKeys};

/// A sealed text column of a ground.
#[derive(Debug, Clone, Copy)]
pub(super) struct NoteColumn {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
}

impl NoteColumn {
    fn location(self, keys: &TenantKeys, ground: GroundId) -> Location {
        Location {
            tenant: keys.tenant(),
            table: self.table,
            column: self.column,
            row: *ground.as_bytes(),
            purpose: PurposeClass::Identity,
        }
    }

    pub(super) fn seal(
        self,
        keys: &TenantKeys,
        ground: GroundId,
        text: &str,
        dice: Dice,
    ) -> Result<SealedBytes, OperatorError> {
        let sealed = keys.seal(self.location(keys, ground), &text.to_owned(), dice)?;
        Ok(SealedBytes::new(sealed.into_bytes()))
    }

    pub(super) fn open(
        self,
        keys: &TenantKeys,
        ground: GroundId,
        sealed: &SealedBytes,
    ) -> Result<String, OperatorError> {
        let sealed: Sealed<String> = Sealed::from_bytes(sealed.as_slice().to_vec());
        Ok(keys
            .open(self.location(keys, ground), &sealed, Purpose::OperatorView)?
            .take())
    }
}
