//! Worked cases: situations with the outcome a lawyer signed for, run through the engine.
//!
//! A case compares the effect and the status in the record of disclosures, exactly, and nothing else.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::effect::Effect;
use crate::engine::Engine;
use crate::fact_keys::FactsError;
use crate::facts::Facts;
use crate::record::Record99_32;
use crate::rule::Source;

/// One worked case as it stands in a file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Its name.
    pub id: String,
    /// The situation in words.
    #[serde(default)]
    pub given: String,
    /// The facts that differ from their default.
    pub facts: Map<String, Value>,
    /// The right effect.
    pub effect: Effect,
    /// What else must happen.
    #[serde(default)]
    pub then: String,
    /// The right status in the record of disclosures.
    pub record_99_32: Record99_32,
    /// Where the law says so.
    #[serde(default)]
    pub cite: String,
    /// Whose word it is.
    pub source: Source,
}

/// Why cases could not be run.
#[derive(Debug, thiserror::Error)]
pub enum CasesError {
    /// The file is not a list of cases.
    #[error("the cases cannot be read: {reason}")]
    Unreadable {
        /// What the parser says.
        reason: String,
    },
    /// The facts of a case cannot be read.
    #[error("case `{id}`: {error}")]
    Facts {
        /// The case at fault.
        id: String,
        /// What is wrong with its facts.
        error: FactsError,
    },
}

impl CasesError {
    /// The stable code of this error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "cases-unreadable",
            Self::Facts { error, .. } => error.code(),
        }
    }
}

/// What a case wants, or what the engine gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// The effect.
    pub effect: Effect,
    /// The status in the record of disclosures.
    pub record_99_32: Record99_32,
}

/// How one case went.
#[derive(Debug, Clone, Serialize)]
pub struct CaseResult {
    /// The case's name.
    pub id: String,
    /// What it wants.
    pub expected: Outcome,
    /// What the engine gave.
    pub got: Outcome,
    /// Whether the two are equal.
    pub pass: bool,
    /// The names of the rules that fired.
    pub rules: Vec<String>,
}

/// How a file of cases went.
#[derive(Debug, Clone, Serialize)]
pub struct CaseReport {
    /// The fingerprint of the set that decided.
    pub fingerprint: String,
    /// Each case, in the order of the file.
    pub results: Vec<CaseResult>,
}

/// Reads a file of cases.
///
/// # Errors
/// Text that is not a list of cases; the message names the place.
pub fn parse(text: &str) -> Result<Vec<Case>, CasesError> {
    serde_json::from_str(text).map_err(|error| CasesError::Unreadable {
        reason: error.to_string(),
    })
}

/// Runs a file of cases through an engine.
///
/// # Errors
/// Text that is not a list of cases, or a fact that does not exist; nothing is run in part.
pub fn run(text: &str, engine: &Engine) -> Result<CaseReport, CasesError> {
    let results = parse(text)?
        .into_iter()
        .map(|case| case.run(engine))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(CaseReport {
        fingerprint: engine.fingerprint().to_hex(),
        results,
    })
}

impl Case {
    /// Runs this case.
    ///
    /// # Errors
    /// A fact that does not exist.
    pub fn run(self, engine: &Engine) -> Result<CaseResult, CasesError> {
        let facts = match Facts::from_json(&self.facts) {
            Ok(facts) => facts,
            Err(error) => return Err(CasesError::Facts { id: self.id, error }),
        };
        let decision = engine.decide(&facts);
        let expected = Outcome {
            effect: self.effect,
            record_99_32: self.record_99_32,
        };
        let got = Outcome {
            effect: decision.effect(),
            record_99_32: decision.record(),
        };
        Ok(CaseResult {
            id: self.id,
            expected,
            got,
            pass: expected == got,
            rules: decision
                .rules()
                .iter()
                .map(|rule| rule.id.to_string())
                .collect(),
        })
    }
}

impl CaseReport {
    /// Whether every case passed.
    pub fn all_pass(&self) -> bool {
        self.results.iter().all(|result| result.pass)
    }

    /// The cases that did not pass.
    pub fn mismatches(&self) -> impl Iterator<Item = &CaseResult> {
        self.results.iter().filter(|result| !result.pass)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} / {}", self.effect, self.record_99_32)
    }
}

impl fmt::Display for CaseReport {
    /// One line a mismatch, then the count.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for case in self.mismatches() {
            let rules = case.rules.join(", ");
            writeln!(
                f,
                "{}: expected {}, got {} ({rules})",
                case.id, case.expected, case.got
            )?;
        }
        let passed = self.results.iter().filter(|result| result.pass).count();
        write!(f, "{passed} of {} cases pass", self.results.len())
    }
}
