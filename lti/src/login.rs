//! The platform's login request: the first, unsigned word of a launch.
//!
//! Nothing in it may decide anything but which registration to ask: every value here can be typed
//! by anybody.

use std::fmt;

use crate::form::Form;
use crate::identifier::{ClientId, DeploymentId, IdentifierError, Issuer};

/// Longest `login_hint`, in bytes. Ours.
pub const LOGIN_HINT_MAX_BYTES: usize = 4096;
/// Longest `target_link_uri`, in bytes. Ours.
pub const TARGET_LINK_URI_MAX_BYTES: usize = 4096;
/// Longest `lti_message_hint`, in bytes. Ours: Canvas sends a JWT of one to two thousand.
pub const MESSAGE_HINT_MAX_BYTES: usize = 8192;
/// Longest `lti_storage_target`, in bytes. Ours: it is the name of a frame.
pub const STORAGE_TARGET_MAX_BYTES: usize = 255;

/// Why a login request cannot be answered. Each names the parameter at fault.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum LoginError {
    /// A required parameter is absent or empty.
    #[error("login parameter `{name}` is missing")]
    Missing {
        /// The parameter at fault.
        name: &'static str,
    },
    /// A parameter came twice with different values.
    #[error("login parameter `{name}` has two different values")]
    Conflicting {
        /// The parameter at fault.
        name: &'static str,
    },
    /// A parameter is longer than any platform sends.
    #[error("login parameter `{name}` is too long")]
    TooLong {
        /// The parameter at fault.
        name: &'static str,
    },
    /// A parameter holds what cannot stand there.
    #[error("login parameter `{name}` is malformed")]
    Malformed {
        /// The parameter at fault.
        name: &'static str,
    },
}

impl LoginError {
    /// The stable name of the cause.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "login-parameter-missing",
            Self::Conflicting { .. } => "login-parameter-conflicting",
            Self::TooLong { .. } => "login-parameter-too-long",
            Self::Malformed { .. } => "login-parameter-malformed",
        }
    }

    /// The parameter at fault.
    pub const fn parameter(&self) -> &'static str {
        match self {
            Self::Missing { name }
            | Self::Conflicting { name }
            | Self::TooLong { name }
            | Self::Malformed { name } => name,
        }
    }
}

/// A third-party initiated login, read from query and body together.
///
/// # Source
/// LTI Security Framework 1.0, section 5.1.1.1; LTI Core 1.3, section 4.1.
#[derive(Clone, Eq, PartialEq)]
pub struct LoginRequest {
    issuer: Issuer,
    login_hint: String,
    target_link_uri: String,
    lti_message_hint: Option<String>,
    client_id: Option<ClientId>,
    deployment_hint: Option<DeploymentId>,
    storage_target: Option<String>,
}

impl LoginRequest {
    /// Reads the urlencoded `query` and `body` as one set of parameters; either may be empty.
    ///
    /// `deployment_id` (Canvas) means `lti_deployment_id`. Parameters with other names are ignored.
    ///
    /// # Errors
    /// When a required parameter is missing, or one that is read conflicts, is too long or malformed.
    pub fn parse(query: &str, body: &str) -> Result<Self, LoginError> {
        let form = Form::of(&[query, body]);
        let issuer = required(&form, "iss")?;
        let login_hint = bounded(
            required(&form, "login_hint")?,
            "login_hint",
            LOGIN_HINT_MAX_BYTES,
        )?;
        let target_link_uri = bounded(
            required(&form, "target_link_uri")?,
            "target_link_uri",
            TARGET_LINK_URI_MAX_BYTES,
        )?;
        Ok(Self {
            issuer: Issuer::parse(issuer).map_err(|error| misspelt("iss", error))?,
            login_hint,
            target_link_uri,
            // An empty hint was still received, and what was received is echoed unaltered.
            lti_message_hint: one(&form, "lti_message_hint", &["lti_message_hint"])?
                .map(|hint| bounded(hint, "lti_message_hint", MESSAGE_HINT_MAX_BYTES))
                .transpose()?,
            client_id: optional(&form, "client_id", &["client_id"])?
                .map(|id| ClientId::parse(id).map_err(|error| misspelt("client_id", error)))
                .transpose()?,
            deployment_hint: optional(
                &form,
                "lti_deployment_id",
                &["lti_deployment_id", "deployment_id"],
            )?
            .map(|id| DeploymentId::parse(id).map_err(|error| misspelt("lti_deployment_id", error)))
            .transpose()?,
            storage_target: optional(&form, "lti_storage_target", &["lti_storage_target"])?
                .map(|target| bounded(target, "lti_storage_target", STORAGE_TARGET_MAX_BYTES))
                .transpose()?,
        })
    }

    /// The platform that asks.
    pub fn issuer(&self) -> &Issuer {
        &self.issuer
    }

    /// Opaque; echoed unchanged. It often is the person's id.
    pub fn login_hint(&self) -> &str {
        &self.login_hint
    }

    /// Where the platform says the launch will end. Unsigned: never dispatched on.
    pub fn target_link_uri(&self) -> &str {
        &self.target_link_uri
    }

    /// Opaque; echoed unchanged if, and only if, it was received.
    pub fn lti_message_hint(&self) -> Option<&str> {
        self.lti_message_hint.as_deref()
    }

    /// Which of an issuer's registrations is meant, when the platform says so.
    pub fn client_id(&self) -> Option<&ClientId> {
        self.client_id.as_ref()
    }

    /// The deployment as spelt at login. When given, the signed claim must equal it.
    pub fn deployment_hint(&self) -> Option<&DeploymentId> {
        self.deployment_hint.as_ref()
    }

    /// The frame that answers storage messages, when the platform offers storage.
    pub fn storage_target(&self) -> Option<&str> {
        self.storage_target.as_deref()
    }
}

/// Shows which platform asks and nothing about whom it is for: the hints identify a person.
impl fmt::Debug for LoginRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoginRequest")
            .field("issuer", &self.issuer)
            .field("client_id", &self.client_id)
            .field("deployment_hint", &self.deployment_hint)
            .finish_non_exhaustive()
    }
}

fn one<'a>(
    form: &'a Form,
    name: &'static str,
    spellings: &[&str],
) -> Result<Option<&'a str>, LoginError> {
    form.one(spellings)
        .map_err(|_| LoginError::Conflicting { name })
}

fn optional<'a>(
    form: &'a Form,
    name: &'static str,
    spellings: &[&str],
) -> Result<Option<&'a str>, LoginError> {
    Ok(one(form, name, spellings)?.filter(|value| !value.is_empty()))
}

fn required<'a>(form: &'a Form, name: &'static str) -> Result<&'a str, LoginError> {
    optional(form, name, &[name])?.ok_or(LoginError::Missing { name })
}

fn bounded(value: &str, name: &'static str, max_bytes: usize) -> Result<String, LoginError> {
    if value.len() > max_bytes {
        Err(LoginError::TooLong { name })
    } else {
        Ok(value.to_owned())
    }
}

const fn misspelt(name: &'static str, error: IdentifierError) -> LoginError {
    match error {
        IdentifierError::Empty => LoginError::Missing { name },
        IdentifierError::TooLong => LoginError::TooLong { name },
        IdentifierError::ControlCharacter => LoginError::Malformed { name },
    }
}
