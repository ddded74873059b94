//! The only texts an entry may hold: codes, labels and opaque ids.
//!
//! They must never be wide enough for a value about a person: no free text, no `@`, short.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a text may not stand in an entry. The text itself is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WordError {
    /// Not a [`Code`].
    #[error("a code is at most 64 lower-case letters and digits, joined by `-`, `_`, `.` or `:`")]
    Code,
    /// Not a [`Label`].
    #[error("a label is 1 to 200 bytes of visible ASCII, spaces, `§` and `–`, without `@`")]
    Label,
    /// Not an [`OpaqueId`].
    #[error("an opaque id is 1 to 128 letters, digits, `-`, `_`, `.`, `:`, `~` or `/`")]
    OpaqueId,
    /// Not a [`crate::LogName`].
    #[error("a log name is 1 to 400 bytes of visible ASCII without `+`")]
    LogName,
}

impl WordError {
    /// A stable code for logs and answers.
    pub fn code(self) -> &'static str {
        match self {
            Self::Code => "audit-code-invalid",
            Self::Label => "audit-label-invalid",
            Self::OpaqueId => "audit-opaque-id-invalid",
            Self::LogName => "audit-log-name-invalid",
        }
    }
}

/// A machine word such as `agent-request` or `given_name`: lower-case letters and digits, joined
/// by single `-`, `_`, `.` or `:`; at most 64 bytes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Code(Cow<'static, str>);

/// Ours: the longest code in use is below 50.
const MAX_CODE_BYTES: usize = 64;

impl Code {
    /// Parses a code.
    ///
    /// # Errors
    ///
    /// [`WordError::Code`].
    pub fn parse(text: impl Into<String>) -> Result<Self, WordError> {
        let text = text.into();
        if is_code(&text) {
            Ok(Self(Cow::Owned(text)))
        } else {
            Err(WordError::Code)
        }
    }

    /// What [`crate::code!`] calls while the program is compiled; a bad literal does not compile.
    #[doc(hidden)]
    pub const fn constant(text: &'static str) -> Self {
        assert!(is_code(text), "not a code");
        Self(Cow::Borrowed(text))
    }

    /// The code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A [`Code`] from a literal, checked while the program is compiled.
///
/// ```
/// let action = agent_factory_audit::code!("agent-request");
/// assert_eq!(action.as_str(), "agent-request");
/// ```
///
/// ```compile_fail
/// let action = agent_factory_audit::code!("Agent Request");
/// ```
#[macro_export]
macro_rules! code {
    ($text:literal) => {{
        const CODE: $crate::Code = $crate::Code::constant($text);
        CODE
    }};
}

const fn is_code(text: &str) -> bool {
    if text.len() > MAX_CODE_BYTES {
        return false;
    }
    let mut rest = text.as_bytes();
    let mut after_word = false;
    while let Some((byte, tail)) = rest.split_first() {
        match byte {
            b'a'..=b'z' | b'0'..=b'9' => after_word = true,
            b'-' | b'_' | b'.' | b':' if after_word => after_word = false,
            _ => return false,
        }
        rest = tail;
    }
    after_word
}

/// A short text for a reader: a citation, a version, a host name. 1 to 200 bytes of visible ASCII,
/// spaces, `§` and `–`, without `@`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Label(String);

/// Ours: a citation with its title fits; a sentence about somebody hardly does.
const MAX_LABEL_BYTES: usize = 200;

impl Label {
    /// Parses a label.
    ///
    /// # Errors
    ///
    /// [`WordError::Label`].
    pub fn parse(text: impl Into<String>) -> Result<Self, WordError> {
        let text = text.into();
        let fits = (1..=MAX_LABEL_BYTES).contains(&text.len());
        let allowed = |letter: char| {
            letter != '@' && matches!(letter, ' '..='~') || matches!(letter, '§' | '–')
        };
        if fits && text.chars().all(allowed) {
            Ok(Self(text))
        } else {
            Err(WordError::Label)
        }
    }

    /// The label as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An id that says nothing to whoever does not hold the gateway's keys: a row id, a blind index, a
/// reference. 1 to 128 letters, digits, `-`, `_`, `.`, `:`, `~` or `/`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OpaqueId(String);

/// Ours: two UUIDs and a prefix, or a SHA-256 in hexadecimal with one.
const MAX_OPAQUE_ID_BYTES: usize = 128;

impl OpaqueId {
    /// Parses an opaque id.
    ///
    /// # Errors
    ///
    /// [`WordError::OpaqueId`].
    pub fn parse(text: impl Into<String>) -> Result<Self, WordError> {
        let text = text.into();
        let fits = (1..=MAX_OPAQUE_ID_BYTES).contains(&text.len());
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:~/".contains(&byte);
        if fits && text.bytes().all(allowed) {
            Ok(Self(text))
        } else {
            Err(WordError::OpaqueId)
        }
    }

    /// The opaque id that is this UUID, in its hyphenated form.
    pub fn uuid(bytes: [u8; 16]) -> Self {
        Self(crate::EntryId::from_bytes(bytes).to_string())
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

macro_rules! text_word {
    ($name:ident) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl TryFrom<String> for $name {
            type Error = WordError;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::parse(text)
            }
        }

        impl From<$name> for String {
            fn from(word: $name) -> Self {
                word.0.into()
            }
        }
    };
}

text_word!(Code);
text_word!(Label);
text_word!(OpaqueId);
