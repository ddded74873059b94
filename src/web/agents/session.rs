//! The session of a request on an agent's origin.

use std::sync::Arc;

use axum::response::Response;
use http::HeaderMap;
use url::Url;

use crate::gateway::Gateway;
use crate::launch::{AgentHost, LiveSession, new_reference};
use crate::pages::{AssetBase, Locale, Notice, PlainNotice};
use crate::proxy::request_headers::our_cookie;
use crate::vault::Secret32;
use crate::web::cookies::SESSION_COOKIE;
use crate::web::page_response::{FramingOrigins, page_response};

/// The origin of an agent's host.
pub(super) fn own_origin(gateway: &Gateway, host: &AgentHost) -> Option<Url> {
    let authority = host.to_authority(&gateway.agents_domain);
    Url::parse(&format!("{}://{authority}/", gateway.scheme())).ok()
}

/// The live session of a request, or the page that answers instead.
pub(super) async fn find(
    gateway: &Gateway,
    host: &AgentHost,
    headers: &HeaderMap,
) -> Result<Arc<LiveSession>, Response> {
    let Ok(cookie) = our_cookie(headers, SESSION_COOKIE) else {
        return Err(malformed(gateway, headers));
    };
    let ended = || notice(gateway, headers, Notice::SessionEnded);
    let Some(secret) = cookie.and_then(|text| Secret32::parse(&text)) else {
        return Err(ended());
    };
    let now = gateway.clock.now();
    let tenant = match gateway.tenant_id(&host.tenant).await {
        Ok(Some(tenant)) => tenant,
        Ok(None) => return Err(ended()),
        Err(error) => return Err(failed(gateway, headers, error.code())),
    };
    match gateway.sessions.find(host, tenant, &secret, now).await {
        Ok(Some(live)) => Ok(live),
        Ok(None) => Err(ended()),
        Err(error) => Err(failed(gateway, headers, error.code())),
    }
}

/// Two cookies of our name: one was planted, and which cannot be told.
fn malformed(gateway: &Gateway, headers: &HeaderMap) -> Response {
    let mut response = notice(gateway, headers, Notice::NotFromHere);
    *response.status_mut() = http::StatusCode::BAD_REQUEST;
    response
}

/// Something failed on our side; nothing was sent.
pub(super) fn failed(gateway: &Gateway, headers: &HeaderMap, code: &'static str) -> Response {
    let reference = new_reference(gateway.dice).unwrap_or_default();
    tracing::error!(
        code,
        reference,
        "an agent request failed before it was sent"
    );
    notice_with(gateway, headers, Notice::Unavailable, Some(reference))
}

/// A page of plain words.
pub(super) fn notice(gateway: &Gateway, headers: &HeaderMap, notice: Notice) -> Response {
    notice_with(gateway, headers, notice, None)
}

/// A page of plain words with what finds the cause.
pub(super) fn notice_with(
    gateway: &Gateway,
    headers: &HeaderMap,
    notice: Notice,
    reference: Option<String>,
) -> Response {
    let language = headers
        .get(http::header::ACCEPT_LANGUAGE)
        .and_then(|v| v.to_str().ok());
    let page = PlainNotice {
        locale: Locale::choose(None, language),
        notice,
        reference,
        assets: AssetBase::Agent,
    };
    page_response(page.render(), &FramingOrigins::any(gateway))
}
