//! Where a sealed value lives: what its ciphertext is bound to, so that it opens nowhere else. A
//! location must never say whose value it holds.

use std::fmt;

use super::field_cipher::VERSION;
use super::framing::frame;
use crate::ids::TenantId;

/// What kind of value is sealed; part of the binding, so that a value of one class cannot stand in
/// for one of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PurposeClass {
    /// Who somebody is: names, addresses, a platform's identifier of a person.
    Identity,
    /// The link between an institution's identifier and a pseudonym in the log.
    Record,
    /// What somebody said or was given: prompts, answers, comments.
    Content,
    /// Keys, tokens and other secrets of the gateway or of a tenant.
    Credential,
}

impl PurposeClass {
    /// The stable name that ciphertexts are bound to.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Record => "record",
            Self::Content => "content",
            Self::Credential => "credential",
        }
    }
}

/// The column and row of a sealed value.
///
/// `Debug` and `Display` show table and column only: a row id stands for one person.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Location {
    /// Whose value it is.
    pub tenant: TenantId,
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// The row's id.
    pub row: [u8; 16],
    /// What kind of value it is.
    pub purpose: PurposeClass,
}

impl Location {
    /// What the ciphertext is bound to: layout version, tenant, table, column, row, purpose class.
    pub fn associated_data(&self) -> Vec<u8> {
        frame(&[
            b"sealed field",
            &[VERSION],
            self.tenant.as_bytes(),
            self.table.as_bytes(),
            self.column.as_bytes(),
            &self.row,
            self.purpose.as_str().as_bytes(),
        ])
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.table, self.column)
    }
}

impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Location({self})")
    }
}
