//! Cookies on an agent origin: the gateway's, which stay here, and the agent's, which pass. It must
//! never send a cookie of ours upstream, whatever its spelling.

use http::header::{COOKIE, HeaderMap, HeaderValue};

use super::HeaderRefusal;

/// The value of the gateway's cookie of this name.
///
/// # Errors
///
/// `CookieTwice` when two cookies have the name: one was planted, and which cannot be told.
/// `NotText` when the value is no ASCII text.
pub fn our_cookie(headers: &HeaderMap, name: &str) -> Result<Option<String>, HeaderRefusal> {
    let mut found = None;
    for line in headers.get_all(COOKIE) {
        for pair in line.as_bytes().split(|byte| *byte == b';') {
            let (key, value) = split_pair(pair);
            if key != name.as_bytes() {
                continue;
            }
            if found.is_some() {
                return Err(HeaderRefusal::CookieTwice);
            }
            let value = std::str::from_utf8(value).map_err(|_| HeaderRefusal::NotText)?;
            if !value.is_ascii() {
                return Err(HeaderRefusal::NotText);
            }
            found = Some(value.to_owned());
        }
    }
    Ok(found)
}

/// The cookies that are the agent's, on one line.
///
/// Dropped: ours in any spelling, and pairs without a name, by which a page could plant a cookie
/// that reads like ours; and what is no text.
pub(super) fn agent_cookies(headers: &HeaderMap) -> Option<HeaderValue> {
    let kept: Vec<&[u8]> = headers
        .get_all(COOKIE)
        .iter()
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b';'))
        .filter(|pair| {
            let (key, value) = split_pair(pair);
            !key.is_empty()
                && key
                    .iter()
                    .chain(value)
                    .all(|byte| matches!(byte, 0x20..=0x7e))
                && std::str::from_utf8(key).is_ok_and(|key| !is_our_cookie_name(key))
        })
        .map(<[u8]>::trim_ascii)
        .collect();
    if kept.is_empty() {
        return None;
    }
    HeaderValue::from_bytes(&kept.join(&b"; "[..])).ok()
}

/// Whether a cookie's name is the gateway's, or could be read as such.
pub(in crate::proxy) fn is_our_cookie_name(name: &str) -> bool {
    let read = name.trim().to_ascii_lowercase().replace('_', "-");
    // Browsers know `__Host-`, `__Secure-`, `__Http-` and `__Host-Http-`.
    let bare = ["--", "host-", "secure-", "http-"]
        .iter()
        .fold(read.as_str(), |name, prefix| {
            name.strip_prefix(prefix).unwrap_or(name)
        });
    bare.starts_with("agent-factory")
}

/// Name and value of one pair; a pair without `=` is a value without a name.
fn split_pair(pair: &[u8]) -> (&[u8], &[u8]) {
    match pair.iter().position(|byte| *byte == b'=') {
        Some(at) => {
            let (key, value) = pair.split_at(at);
            (
                key.trim_ascii(),
                value.get(1..).unwrap_or_default().trim_ascii(),
            )
        }
        None => (&[], pair.trim_ascii()),
    }
}
