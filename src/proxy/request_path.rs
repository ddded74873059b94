//! The path of a request on an agent origin, before anybody acts on it. It must never pass one that
//! the gateway and an agent could read differently.

use http::Uri;
use http::uri::PathAndQuery;

#[cfg(test)]
mod tests;

/// The first segment of every path that is the gateway's own on an agent origin.
pub const RESERVED_SEGMENT: &str = ".agent-factory";

/// Ours: longer than any page's address, shorter than the limits of common servers.
const MAX_PATH_BYTES: usize = 8 * 1024;

/// Why a path was refused. Expected, counted; it quotes nothing of the path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PathRefusal {
    /// The request has no path, or one that does not begin with a slash.
    #[error("the request has no path")]
    NoPath,
    /// Path and query together are longer than 8 KiB.
    #[error("the path is too long")]
    TooLong,
    /// The path begins with two slashes: some read a host in it.
    #[error("the path begins with two slashes")]
    DoubleSlash,
    /// A segment is `.` or `..`, encoded or not.
    #[error("the path has a dot segment")]
    DotSegment,
    /// A slash or backslash hides in an encoding, or a backslash stands there raw.
    #[error("the path has an encoded slash or a backslash")]
    HiddenSlash,
    /// A control character, encoded or not.
    #[error("the path has a control character")]
    Control,
    /// A byte above 127 stands there raw, or the decoded path is no UTF-8.
    #[error("the path is not ASCII, or hides what is no UTF-8")]
    NotText,
    /// A per cent sign without two hexadecimal digits.
    #[error("the path has a broken per cent encoding")]
    BadEncoding,
    /// The path is the gateway's own and is never forwarded.
    #[error("the path is the gateway's own")]
    Reserved,
}

impl PathRefusal {
    /// The stable code of this refusal.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoPath => "path-missing",
            Self::TooLong => "path-too-long",
            Self::DoubleSlash => "path-double-slash",
            Self::DotSegment => "path-dot-segment",
            Self::HiddenSlash => "path-hidden-slash",
            Self::Control => "path-control",
            Self::NotText => "path-not-text",
            Self::BadEncoding => "path-bad-encoding",
            Self::Reserved => "path-reserved",
        }
    }
}

/// The path and query of a request, when they are safe to forward as they stand.
///
/// # Errors
///
/// [`PathRefusal`]: answer 400, and 404 for `Reserved` where no page of ours has that path.
pub fn safe_path(uri: &Uri) -> Result<PathAndQuery, PathRefusal> {
    let whole = uri.path_and_query().ok_or(PathRefusal::NoPath)?;
    if whole.as_str().len() > MAX_PATH_BYTES {
        return Err(PathRefusal::TooLong);
    }
    let path = whole.path();
    if !path.starts_with('/') {
        return Err(PathRefusal::NoPath);
    }
    check_raw(path)?;
    check_raw(whole.query().unwrap_or_default())?;
    if path.starts_with("//") {
        return Err(PathRefusal::DoubleSlash);
    }
    if path.contains('\\') {
        return Err(PathRefusal::HiddenSlash);
    }
    let once = decoded(path.as_bytes())?;
    check_decoded(path, &once)?;
    // An agent's server may decode twice; what a second decoding would reveal is judged too. There
    // a lone per cent sign is text, not a mistake.
    let twice = decoded_leniently(&once);
    check_decoded(path, &twice)?;
    Ok(whole.clone())
}

fn check_raw(text: &str) -> Result<(), PathRefusal> {
    if !text.is_ascii() {
        return Err(PathRefusal::NotText);
    }
    if text
        .bytes()
        .any(|byte| byte.is_ascii_control() || byte == b' ')
    {
        return Err(PathRefusal::Control);
    }
    Ok(())
}

/// Judges a decoded path beside the raw one, whose slashes are the only ones it may have.
fn check_decoded(raw: &str, path: &[u8]) -> Result<(), PathRefusal> {
    let path = std::str::from_utf8(path).map_err(|_| PathRefusal::NotText)?;
    if path.chars().any(char::is_control) {
        return Err(PathRefusal::Control);
    }
    if path.contains('\\') || path.matches('/').count() != raw.matches('/').count() {
        return Err(PathRefusal::HiddenSlash);
    }
    // Parameters after a semicolon are cut off by some servers before they resolve dots.
    let mut segments = path.split('/').map(|segment| {
        segment
            .split_once(';')
            .map_or(segment, |(name, _)| name)
            .trim()
    });
    if segments
        .clone()
        .any(|segment| matches!(segment, "." | ".."))
    {
        return Err(PathRefusal::DotSegment);
    }
    // Empty segments are merged away by some servers: the first that is not empty counts.
    let first = segments
        .find(|segment| !segment.is_empty())
        .unwrap_or_default();
    if first.eq_ignore_ascii_case(RESERVED_SEGMENT) {
        return Err(PathRefusal::Reserved);
    }
    Ok(())
}

fn decoded(text: &[u8]) -> Result<Vec<u8>, PathRefusal> {
    let mut bytes = text.iter().copied();
    let mut out = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let pair = bytes.next().zip(bytes.next());
            let (high, low) = pair.ok_or(PathRefusal::BadEncoding)?;
            out.push(hex_pair(high, low).ok_or(PathRefusal::BadEncoding)?);
        } else {
            out.push(byte);
        }
    }
    Ok(out)
}

fn decoded_leniently(text: &[u8]) -> Vec<u8> {
    let mut rest = text;
    let mut out = Vec::with_capacity(text.len());
    while let Some((byte, tail)) = rest.split_first() {
        rest = tail;
        match (byte, tail) {
            (b'%', [high, low, after @ ..]) => match hex_pair(*high, *low) {
                Some(value) => {
                    out.push(value);
                    rest = after;
                }
                None => out.push(*byte),
            },
            _ => out.push(*byte),
        }
    }
    out
}

fn hex_pair(high: u8, low: u8) -> Option<u8> {
    let high = char::from(high).to_digit(16)?;
    let low = char::from(low).to_digit(16)?;
    u8::try_from(high * 16 + low).ok()
}
