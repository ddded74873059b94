//! The name of one log, which is also its checkpoint origin and the name of its key.
//!
//! Each entry carries it, so that an entry moved into another log no longer fits.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::words::WordError;

/// A log's name: `{public host}/audit/{tenant}`. At most 400 bytes of visible ASCII without `+`.
///
/// # Source
///
/// C2SP tlog-checkpoint (origin line) and signed-note (key name).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LogName(String);

/// Ours: a host name (at most 253 bytes) and a path with the tenant's id.
const MAX_LOG_NAME_BYTES: usize = 400;

impl LogName {
    /// Parses a log's name.
    ///
    /// # Errors
    ///
    /// [`WordError::LogName`] for an empty or overlong name, or one with a space, `+` or anything
    /// outside visible ASCII.
    pub fn parse(text: impl Into<String>) -> Result<Self, WordError> {
        let text = text.into();
        let fits = (1..=MAX_LOG_NAME_BYTES).contains(&text.len());
        if fits
            && text
                .bytes()
                .all(|byte| byte.is_ascii_graphic() && byte != b'+')
        {
            Ok(Self(text))
        } else {
            Err(WordError::LogName)
        }
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for LogName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for LogName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for LogName {
    type Error = WordError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(text)
    }
}

impl From<LogName> for String {
    fn from(name: LogName) -> Self {
        name.0
    }
}
