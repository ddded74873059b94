//! Texts and addresses that operators send: bounded, without control characters, addresses of the
//! kind that the gateway may call.

use url::Url;

use super::OperatorError;
use crate::config::{Config, is_loopback_host};

/// A name for people, at most; ours.
const MAX_NAME: usize = 200;
/// An identifier or address, at most; ours, and above what platforms send.
const MAX_IDENTIFIER: usize = 2_000;
/// A list of words, at most; ours.
pub const MAX_LIST: usize = 200;

/// A name for people: 1 to 200 characters, none of them a control character.
///
/// # Errors
/// [`OperatorError::Invalid`] naming `field`.
pub fn name(field: &'static str, text: &str) -> Result<String, OperatorError> {
    bounded(field, text, MAX_NAME)
}

/// An identifier of another system, kept as it is: 1 to 2,000 characters.
///
/// # Errors
/// [`OperatorError::Invalid`] naming `field`.
pub fn identifier(field: &'static str, text: &str) -> Result<String, OperatorError> {
    bounded(field, text, MAX_IDENTIFIER)
}

fn bounded(field: &'static str, text: &str, max: usize) -> Result<String, OperatorError> {
    if text.trim().is_empty() {
        return Err(OperatorError::invalid(field, "is empty"));
    }
    if text.chars().count() > max {
        return Err(OperatorError::invalid(
            field,
            format!("has more than {max} characters"),
        ));
    }
    if text.chars().any(char::is_control) {
        return Err(OperatorError::invalid(field, "holds a control character"));
    }
    Ok(text.to_owned())
}

/// An address that the gateway calls or sends browsers to: https, or http on loopback and on hosts
/// that the configuration allows by name.
///
/// # Errors
/// [`OperatorError::Invalid`] naming `field`.
pub fn address(field: &'static str, text: &str, config: &Config) -> Result<Url, OperatorError> {
    let text = identifier(field, text)?;
    let url = Url::parse(&text).map_err(|_| OperatorError::invalid(field, "is no address"))?;
    let Some(host) = url.host_str() else {
        return Err(OperatorError::invalid(field, "has no host"));
    };
    if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
        return Err(OperatorError::invalid(
            field,
            "holds credentials or a fragment",
        ));
    }
    let named = || {
        config
            .egress
            .pairs()
            .iter()
            .any(|(allowed, _)| allowed == host)
    };
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback_host(host) || named() => Ok(url),
        _ => Err(OperatorError::invalid(field, "is no https address")),
    }
}

/// An origin that may frame pages: a scheme, a host and a port, and nothing else.
///
/// # Errors
/// [`OperatorError::Invalid`] naming `field`.
pub fn framing_origin(
    field: &'static str,
    text: &str,
    config: &Config,
) -> Result<String, OperatorError> {
    let url = address(field, text, config)?;
    if url.path() != "/" || url.query().is_some() {
        return Err(OperatorError::invalid(field, "holds more than an origin"));
    }
    let origin = url.origin().ascii_serialization();
    if origin.contains([';', ',', '\'', '*', ' ']) {
        return Err(OperatorError::invalid(field, "is no origin"));
    }
    Ok(origin)
}
