//! Redirects of an agent, which lead to its own origin or nowhere. It must never write an address
//! that a browser reads as another host.

use http::HeaderValue;
use url::Url;

use super::{ResponsePolicy, ResponseRefusal};

/// The redirect as a path on the agent's own origin.
///
/// Read as browsers read it, against the address that was asked for: `//host`, `/\host` and
/// `https:host` are then what they are.
pub(super) fn rewritten(
    location: &HeaderValue,
    policy: &ResponsePolicy,
) -> Result<HeaderValue, ResponseRefusal> {
    let elsewhere = ResponseRefusal::RedirectElsewhere;
    let text = location.to_str().map_err(|_| elsewhere)?;
    let asked = policy
        .own_origin
        .join(policy.request_path.as_str())
        .map_err(|_| elsewhere)?;
    let target = asked.join(text).map_err(|_| elsewhere)?;
    if !target.username().is_empty() || target.password().is_some() {
        return Err(elsewhere);
    }
    let prefix = policy.upstream.path().trim_end_matches('/');
    let path = if target.origin() == policy.own_origin.origin() {
        // An agent that knows its prefix writes it, one that does not leaves it out.
        below(target.path(), prefix).unwrap_or_else(|| target.path())
    } else if target.origin() == policy.upstream.origin() {
        below(target.path(), prefix).ok_or(elsewhere)?
    } else {
        return Err(elsewhere);
    };
    if !path.starts_with('/') || path.starts_with("//") {
        return Err(elsewhere);
    }
    HeaderValue::from_str(&with_rest(path, &target)).map_err(|_| elsewhere)
}

/// What is left of a path below a prefix; `None` when it is not below.
pub(super) fn below<'p>(path: &'p str, prefix: &str) -> Option<&'p str> {
    match path.strip_prefix(prefix) {
        Some("") => Some("/"),
        Some(rest) if rest.starts_with('/') => Some(rest),
        _ => None,
    }
}

fn with_rest(path: &str, target: &Url) -> String {
    let mut whole = path.to_owned();
    if let Some(query) = target.query() {
        whole.push('?');
        whole.push_str(query);
    }
    if let Some(fragment) = target.fragment() {
        whole.push('#');
        whole.push_str(fragment);
    }
    whole
}
