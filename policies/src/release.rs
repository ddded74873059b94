//! A release of de-identified data, 34 CFR 99.31(b).

use crate::vocabulary::vocabulary;

vocabulary! {
    /// How the rows of a release are told apart (`deidentification.record_code`).
    pub enum RecordCode {
        /// They are not.
        None = "none",
        /// By a random code from a table.
        Random = "random",
        /// By a code derived from personal information.
        Derived = "derived",
    }
}

/// What is known of a de-identified release.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DeidentificationFacts {
    /// Whether the reasonable determination of 99.31(b)(1) is on file.
    pub determination: bool,
    /// How rows are told apart.
    pub record_code: RecordCode,
    /// How many students the smallest cell counts, if cells were counted.
    pub smallest_cell: Option<u32>,
}

impl DeidentificationFacts {
    /// No release in sight.
    pub(crate) fn unremarkable() -> Self {
        Self {
            determination: false,
            record_code: RecordCode::None,
            smallest_cell: None,
        }
    }
}
