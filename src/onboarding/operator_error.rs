//! Why an operator's request was not done. One type for every noun, so that the API answers alike;
//! it must never carry a value that was sent, nor say what belongs to another tenant.

use agent_factory_audit::{EventError, WordError};

use crate::dice::DiceError;
use crate::key_custody::KeyCustodyError;
use crate::store::StoreError;
use crate::vault::{OpenError, SealError};

/// Why an operator's request was not done.
#[derive(Debug, thiserror::Error)]
pub enum OperatorError {
    /// It is not there, or is another tenant's: the answer is the same.
    #[error("there is no such thing here")]
    NotFound,
    /// The credential is valid and has not the right.
    #[error("the credential may not do that")]
    Forbidden,
    /// A field says something that cannot be.
    #[error("`{field}` {reason}")]
    Invalid {
        /// The field.
        field: &'static str,
        /// What is wrong with it, without its value.
        reason: String,
    },
    /// What is on file stands against it.
    #[error("{reason}")]
    Conflict {
        /// A stable code.
        code: &'static str,
        /// Why, for a person.
        reason: &'static str,
    },
    /// It was changed by somebody else meanwhile.
    #[error("it was changed meanwhile")]
    Changed,
    /// The database did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The tenant's keys are not at hand.
    #[error(transparent)]
    Keys(#[from] KeyCustodyError),
    /// A value could not be sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// A sealed value did not open.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// There was no randomness.
    #[error(transparent)]
    Dice(#[from] DiceError),
    /// The change cannot be described for the log.
    #[error(transparent)]
    Event(#[from] EventError),
    /// A word of the change cannot stand in the log.
    #[error(transparent)]
    Word(#[from] WordError),
    /// An answer cannot be written as JSON: a fault of ours.
    #[error("the answer cannot be written")]
    Unwritable,
}

impl OperatorError {
    /// A field that says something that cannot be.
    pub fn invalid(field: &'static str, reason: impl Into<String>) -> Self {
        Self::Invalid {
            field,
            reason: reason.into(),
        }
    }

    /// What is on file stands against it.
    pub const fn conflict(code: &'static str, reason: &'static str) -> Self {
        Self::Conflict { code, reason }
    }

    /// A stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not-found",
            Self::Forbidden => "forbidden",
            Self::Invalid { .. } => "invalid",
            Self::Conflict { code, .. } => code,
            Self::Changed => "changed-meanwhile",
            Self::Store(error) => error.code(),
            Self::Keys(error) => error.code(),
            Self::Seal(error) => error.code(),
            Self::Open(error) => error.code(),
            Self::Dice(_) => "no-randomness",
            Self::Event(error) => error.code(),
            Self::Word(error) => error.code(),
            Self::Unwritable => "answer-unwritable",
        }
    }

    /// Turns the breach of one named constraint into the conflict that it means.
    pub fn on_conflict(
        constraint: &'static str,
        code: &'static str,
        reason: &'static str,
    ) -> impl Fn(StoreError) -> Self {
        move |error| {
            if error.is_conflict_of(constraint) {
                Self::conflict(code, reason)
            } else {
                Self::Store(error)
            }
        }
    }
}
