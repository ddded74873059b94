//! The cross-site checks on an agent origin: a request must come from that origin itself or be a
//! plain navigation. They must never rest on a cookie: the cookie is what an attacker borrows.

use http::header::ORIGIN;
use http::{HeaderMap, Method};

use super::Upgrade;

#[cfg(test)]
mod tests;

/// Why a request on an agent origin was refused. Expected, counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OriginRefusal {
    /// `Origin` names another origin.
    #[error("the request comes from another origin")]
    OtherOrigin,
    /// `Sec-Fetch-Site` says that another site or origin sent it.
    #[error("the request comes from another site")]
    CrossSite,
    /// Neither `Origin` nor `Sec-Fetch-Site` shows where it comes from.
    #[error("the request does not show its origin")]
    NoOrigin,
    /// A header of these checks came twice or is not text.
    #[error("a header that shows the origin came twice or is no text")]
    Ambiguous,
    /// A service worker's script was asked for.
    #[error("service workers are not served")]
    ServiceWorker,
}

impl OriginRefusal {
    /// The stable code of this refusal.
    pub const fn code(self) -> &'static str {
        match self {
            Self::OtherOrigin => "origin-other",
            Self::CrossSite => "origin-cross-site",
            Self::NoOrigin => "origin-missing",
            Self::Ambiguous => "origin-ambiguous",
            Self::ServiceWorker => "origin-service-worker",
        }
    }
}

/// Whether a request on the agent origin `own_origin` may go on to the gate.
///
/// Any request but a navigation by GET must show `Origin` equal to that origin or `Sec-Fetch-Site:
/// same-origin`, and neither header may contradict.
///
/// # Errors
///
/// [`OriginRefusal`]: answer 403 (400 for `Ambiguous` is as good).
///
/// # Source
///
/// Fetch, section 3.2 (`Origin`); Fetch Metadata Request Headers, sections 2.1 to 2.3.
pub fn check(
    method: &Method,
    headers: &HeaderMap,
    own_origin: &url::Origin,
    upgrade: Upgrade,
) -> Result<(), OriginRefusal> {
    let origin = single(headers, ORIGIN.as_str())?;
    let site = single(headers, "sec-fetch-site")?;
    let mode = single(headers, "sec-fetch-mode")?;
    let dest = single(headers, "sec-fetch-dest")?;
    if headers.contains_key("service-worker") || dest == Some("serviceworker") {
        return Err(OriginRefusal::ServiceWorker);
    }
    if upgrade == Upgrade::None && method == Method::GET {
        let navigates = mode == Some("navigate") && matches!(dest, Some("document" | "iframe"));
        let plain = site.is_none() && mode.is_none() && dest.is_none() && origin.is_none();
        if navigates || plain {
            return Ok(());
        }
    }
    shows_own_origin(origin, site, own_origin)
}

fn shows_own_origin(
    origin: Option<&str>,
    site: Option<&str>,
    own_origin: &url::Origin,
) -> Result<(), OriginRefusal> {
    // An opaque own origin would serialise to `null`, which every sandboxed page also sends.
    if !own_origin.is_tuple() {
        return Err(OriginRefusal::OtherOrigin);
    }
    let own = own_origin.ascii_serialization();
    match (origin, site) {
        // A page with `Referrer-Policy: no-referrer` posts to itself with `Origin: null`; a
        // sandboxed one sends the same, but `Sec-Fetch-Site: cross-site`.
        (None | Some("null"), Some("same-origin")) => Ok(()),
        (Some(origin), None | Some("same-origin")) if origin == own => Ok(()),
        (Some(origin), _) if origin != own => Err(OriginRefusal::OtherOrigin),
        (_, Some(_)) => Err(OriginRefusal::CrossSite),
        (_, None) => Err(OriginRefusal::NoOrigin),
    }
}

fn single<'h>(headers: &'h HeaderMap, name: &str) -> Result<Option<&'h str>, OriginRefusal> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(OriginRefusal::Ambiguous);
    }
    value
        .to_str()
        .map(Some)
        .map_err(|_| OriginRefusal::Ambiguous)
}
