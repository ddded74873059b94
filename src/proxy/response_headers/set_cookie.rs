//! Cookies that an agent sets: host-only, secure, partitioned. It must never set one of the
//! gateway's name, nor one that another host receives.

use http::HeaderValue;

use super::location::below;
use crate::proxy::request_headers::is_our_cookie_name;

/// The longest cookie browsers keep.
///
/// # Source
///
/// RFC 6265bis, section 5.6: name and value together at most 4096 octets.
const MAX_COOKIE_BYTES: usize = 4096;

/// The cookie as the browser may have it; `None` when it may not. `prefix` is the path the agent is
/// served under upstream, which the browser does not see.
pub(super) fn rewritten(cookie: &HeaderValue, prefix: &str) -> Option<HeaderValue> {
    let text = cookie.to_str().ok()?;
    let mut parts = text.split(';');
    let (name, value) = parts.next()?.split_once('=')?;
    let (name, value) = (name.trim(), value.trim());
    if !is_token(name) || is_our_cookie_name(name) || name.len() + value.len() > MAX_COOKIE_BYTES {
        return None;
    }
    let mut kept = format!("{name}={value}");
    let mut path = None;
    for part in parts {
        let (key, argument) = part.split_once('=').unwrap_or((part, ""));
        let (key, argument) = (key.trim().to_ascii_lowercase(), argument.trim());
        match key.as_str() {
            // Host-only by rewriting would set what the agent did not mean: it is dropped whole.
            "domain" => return None,
            // The last of several counts, as browsers read it.
            "path" => path = Some(argument),
            "expires" if !argument.is_empty() => kept.extend(["; Expires=", argument]),
            "max-age" if is_age(argument) => kept.extend(["; Max-Age=", argument]),
            "httponly" => kept.push_str("; HttpOnly"),
            _ => {}
        }
    }
    // A default path is the request's folder; `__Host-` cookies would then be refused.
    let path = path.filter(|path| path.starts_with('/')).unwrap_or("/");
    kept.extend(["; Path=", below(path, prefix).unwrap_or(path)]);
    kept.push_str("; Secure; SameSite=None; Partitioned");
    HeaderValue::from_str(&kept).ok()
}

/// # Source
///
/// RFC 9110, section 5.6.2.
fn is_token(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

fn is_age(argument: &str) -> bool {
    let digits = argument.strip_prefix('-').unwrap_or(argument);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}
