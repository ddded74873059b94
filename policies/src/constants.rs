//! The numbers of the law: ages, clocks and thresholds, each with its citation.
//!
//! A number that a rule or a deadline needs must not stand in code.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::rule::Source;

/// One number, whose it is, and where it is written.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Constant {
    value: u32,
    unit: String,
    cite: String,
    source: Source,
}

impl Constant {
    /// The number.
    pub fn value(&self) -> u32 {
        self.value
    }

    /// What it counts.
    pub fn unit(&self) -> &str {
        &self.unit
    }

    /// Where it is written.
    pub fn cite(&self) -> &str {
        &self.cite
    }

    /// Whose number it is.
    pub fn source(&self) -> Source {
        self.source
    }
}

/// The numbers by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Constants {
    named: BTreeMap<String, Constant>,
}

/// Why the numbers could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConstantsError {
    /// They are not the TOML they should be.
    #[error("the constants cannot be read: {reason}")]
    Unreadable {
        /// What the parser says.
        reason: String,
    },
    /// A number that the rules need is not there.
    #[error("the constants lack `{name}`")]
    Missing {
        /// The number's name.
        name: &'static str,
    },
}

impl ConstantsError {
    /// The stable code of this error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "constants-unreadable",
            Self::Missing { .. } => "constant-missing",
        }
    }
}

impl Constants {
    /// The number of students below which a cell tells too much about one of them.
    pub const SMALLEST_CELL: &'static str = "release.smallest_cell";

    /// Reads the numbers.
    ///
    /// # Errors
    /// Text that is not such a list, or a number that the rules need left out.
    pub fn parse(text: &str) -> Result<Self, ConstantsError> {
        let named: BTreeMap<String, Constant> =
            toml::from_str(text).map_err(|error| ConstantsError::Unreadable {
                reason: error.message().to_owned(),
            })?;
        let constants = Self { named };
        match constants.get(Self::SMALLEST_CELL) {
            Some(_) => Ok(constants),
            None => Err(ConstantsError::Missing {
                name: Self::SMALLEST_CELL,
            }),
        }
    }

    /// The number of a name.
    pub fn get(&self, name: &str) -> Option<&Constant> {
        self.named.get(name)
    }

    /// Every number by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Constant)> {
        self.named
            .iter()
            .map(|(name, constant)| (name.as_str(), constant))
    }
}
