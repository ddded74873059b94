//! The authentication response: the form the platform has the browser post to the tool.
//!
//! It must never be acted on, not even a refusal, before its `state` is shown to be ours.

use std::fmt;

use crate::form::Form;

/// Longest `state`, in bytes. Ours: the gateway's own are at most 600.
pub const STATE_MAX_BYTES: usize = 4096;
/// Longest `error` that is taken for a word, in bytes. Ours; OAuth's are at most 27.
pub const ERROR_WORD_MAX_BYTES: usize = 64;
/// Longest `error_description` that is kept, in bytes. Ours; what is longer is cut.
pub const REFUSAL_TEXT_MAX_BYTES: usize = 1000;

/// Why a posted form is no authentication response.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum AuthenticationResponseError {
    /// A field that must be there once came more than once.
    #[error("response field `{name}` was sent more than once")]
    Duplicate {
        /// The field at fault.
        name: &'static str,
    },
    /// A field is absent or empty.
    #[error("response field `{name}` is missing")]
    Missing {
        /// The field at fault.
        name: &'static str,
    },
    /// A field is longer than anything sent by a platform.
    #[error("response field `{name}` is too long")]
    TooLong {
        /// The field at fault.
        name: &'static str,
    },
    /// A launch by the old protocol: the platform has the tool set up as LTI 1.1.
    #[error("an LTI 1.1 launch was sent where LTI 1.3 is spoken")]
    Lti11Launch,
}

impl AuthenticationResponseError {
    /// The stable name of the cause.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Duplicate { .. } => "response-field-duplicate",
            Self::Missing { .. } => "response-field-missing",
            Self::TooLong { .. } => "response-field-too-long",
            Self::Lti11Launch => "lti-1-1-launch",
        }
    }
}

/// What the platform answered: a token to be checked, or a refusal.
#[derive(Clone, Eq, PartialEq)]
pub enum AuthenticationResponse {
    /// A signed message, not yet verified.
    Token {
        /// The compact JWS.
        id_token: String,
        /// What the authentication request carried.
        state: String,
    },
    /// The platform declined, for a reason of its own.
    Refused {
        /// An OAuth error word, such as `login_required`; `unrecognised` when it is no such word.
        error: String,
        /// The platform's words, unchecked; may name a person, so never logged.
        description: Option<String>,
        /// What the authentication request carried, when the platform gave it back.
        state: Option<String>,
    },
}

impl AuthenticationResponse {
    /// Reads the urlencoded body of the POST. Other fields (`utf8`, `lti_storage_target`, ...) are
    /// ignored.
    ///
    /// # Errors
    /// When a field is missing, sent twice or too long, or the form is an LTI 1.1 launch.
    pub fn parse(body: &str) -> Result<Self, AuthenticationResponseError> {
        let form = Form::of(&[body]);
        if let Some(error) = field(&form, "error")? {
            return Ok(Self::Refused {
                error: error_word(&error),
                description: field(&form, "error_description")?.map(|text| cut(&text)),
                state: state(&form)?,
            });
        }
        let id_token = field(&form, "id_token")?;
        if id_token.is_none() && form.has("oauth_consumer_key") {
            return Err(AuthenticationResponseError::Lti11Launch);
        }
        Ok(Self::Token {
            id_token: id_token.ok_or(AuthenticationResponseError::Missing { name: "id_token" })?,
            state: state(&form)?.ok_or(AuthenticationResponseError::Missing { name: "state" })?,
        })
    }
}

/// Shows which of the two it is; token, state and description stay unseen.
impl fmt::Debug for AuthenticationResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Token { .. } => f.debug_struct("Token").finish_non_exhaustive(),
            Self::Refused { error, .. } => f
                .debug_struct("Refused")
                .field("error", error)
                .finish_non_exhaustive(),
        }
    }
}

/// Unlike at login, even the same value twice is refused: exactly one token, exactly one state.
fn field(form: &Form, name: &'static str) -> Result<Option<String>, AuthenticationResponseError> {
    if form.count(name) > 1 {
        return Err(AuthenticationResponseError::Duplicate { name });
    }
    let value = form
        .one(&[name])
        .map_err(|_| AuthenticationResponseError::Duplicate { name })?;
    Ok(value.filter(|value| !value.is_empty()).map(str::to_owned))
}

fn state(form: &Form) -> Result<Option<String>, AuthenticationResponseError> {
    match field(form, "state")? {
        Some(state) if state.len() > STATE_MAX_BYTES => {
            Err(AuthenticationResponseError::TooLong { name: "state" })
        }
        state => Ok(state),
    }
}

/// Anybody can post this form: only a word that cannot carry anything else is passed on.
fn error_word(text: &str) -> String {
    let is_word = text.len() <= ERROR_WORD_MAX_BYTES
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    if is_word {
        text.to_owned()
    } else {
        "unrecognised".to_owned()
    }
}

fn cut(text: &str) -> String {
    let mut end = text.len().min(REFUSAL_TEXT_MAX_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default().to_owned()
}
