//! The three names that tell whose launch it is: issuer, client id, deployment id.
//!
//! They are compared byte for byte, as the platform spelt them; nothing here may ever trim,
//! fold case or otherwise repair one, or two schools could become one.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Longest issuer that is read, in bytes. Ours: an issuer is an `https` origin with perhaps a path.
pub const ISSUER_MAX_BYTES: usize = 2048;

/// Longest client id and deployment id, in bytes.
///
/// # Source
/// LTI Core 1.3, section 3.1.3 gives the deployment id 255 ASCII characters; the client id has no
/// limit of its own and gets the same.
pub const IDENTIFIER_MAX_BYTES: usize = 255;

/// Why a text is no identifier.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum IdentifierError {
    /// Nothing was given.
    #[error("identifier is empty")]
    Empty,
    /// Longer than the limit of its kind.
    #[error("identifier is too long")]
    TooLong,
    /// Holds a control character, which no platform sends and logs and headers cannot carry.
    #[error("identifier holds a control character")]
    ControlCharacter,
}

impl IdentifierError {
    /// The stable name of the cause.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty => "identifier-empty",
            Self::TooLong => "identifier-too-long",
            Self::ControlCharacter => "identifier-control-character",
        }
    }
}

fn checked(text: String, max_bytes: usize) -> Result<String, IdentifierError> {
    if text.is_empty() {
        Err(IdentifierError::Empty)
    } else if text.len() > max_bytes {
        Err(IdentifierError::TooLong)
    } else if text.chars().any(char::is_control) {
        Err(IdentifierError::ControlCharacter)
    } else {
        Ok(text)
    }
}

macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident, $max:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Deserialize, Serialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Reads the identifier exactly as it was spelt.
            ///
            /// # Errors
            /// When it is empty, too long, or holds a control character.
            pub fn parse(text: impl Into<String>) -> Result<Self, IdentifierError> {
                checked(text.into(), $max).map(Self)
            }

            /// The identifier as the platform spelt it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = IdentifierError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::parse(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdentifierError;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::parse(text)
            }
        }

        impl From<$name> for String {
            fn from(identifier: $name) -> Self {
                identifier.0
            }
        }
    };
}

identifier! {
    /// A platform, as it names itself in `iss`: case-sensitive, with or without a trailing slash,
    /// never normalised.
    Issuer, ISSUER_MAX_BYTES
}

identifier! {
    /// What a platform calls this tool; it must be in `aud`.
    ClientId, IDENTIFIER_MAX_BYTES
}

identifier! {
    /// One installation of the tool inside a registration.
    DeploymentId, IDENTIFIER_MAX_BYTES
}
