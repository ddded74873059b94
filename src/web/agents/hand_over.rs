//! `/.agent-factory/session`: a one-time code becomes this origin's session cookie. No code and no
//! session is ever taken from an address.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};

use super::session;
use crate::gateway::Gateway;
use crate::launch::{AgentHost, HandOverCode, Redemption};
use crate::pages::Notice;
use crate::proxy::request_headers::our_cookie;
use crate::web::cookies::{SESSION_COOKIE, clear_cookie, set_cookie};

/// The page that a redeemed code leads to: it opens the agent only if the cookie came back.
const OPEN_PATH: &str = "/.agent-factory/open";

/// `POST /.agent-factory/session`
pub(in crate::web) async fn redeem(
    State(gateway): State<Arc<Gateway>>,
    Extension(host): Extension<AgentHost>,
    headers: HeaderMap,
    body: String,
) -> Response {
    let origin = headers
        .get(header::ORIGIN)
        .and_then(|value| value.to_str().ok());
    if origin != Some(gateway.config.public_origin().as_str()) {
        gateway
            .refused_before
            .count("hand-over-origin", "session", None, gateway.clock.now());
        return session::notice(&gateway, &headers, Notice::NotFromHere);
    }
    let mut codes = url::form_urlencoded::parse(body.as_bytes()).filter(|(k, _)| k == "code");
    let code = match (codes.next(), codes.next()) {
        (Some((_, text)), None) => HandOverCode::parse(&text),
        _ => None,
    };
    let Some(code) = code else {
        gateway
            .refused_before
            .count("hand-over-code", "session", None, gateway.clock.now());
        return session::notice(&gateway, &headers, Notice::SessionEnded);
    };
    match gateway
        .sessions
        .redeem(&host, &code, gateway.clock.now())
        .await
    {
        Ok(Some(redemption)) => opened(&gateway, &redemption),
        Ok(None) => {
            gateway
                .refused_before
                .count("hand-over-spent", "session", None, gateway.clock.now());
            session::notice(&gateway, &headers, Notice::SessionEnded)
        }
        Err(error) => session::failed(&gateway, &headers, error.code()),
    }
}

fn opened(gateway: &Gateway, redemption: &Redemption) -> Response {
    let life = redemption.session.expires_at.since(gateway.clock.now());
    let cookie = set_cookie(SESSION_COOKIE, &redemption.cookie, life.as_secs());
    let mut response = Redirect::to(OPEN_PATH).into_response();
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// `GET /.agent-factory/session/check`: 204 when the session cookie came back.
pub(in crate::web) async fn check(
    State(gateway): State<Arc<Gateway>>,
    Extension(host): Extension<AgentHost>,
    headers: HeaderMap,
) -> Response {
    let status = match session::find(&gateway, &host, &headers).await {
        Ok(_) => StatusCode::NO_CONTENT,
        Err(_) => StatusCode::NOT_FOUND,
    };
    (status, [(header::CACHE_CONTROL, "no-store")]).into_response()
}

/// `GET /.agent-factory/open`: on to the agent when the cookie came back, else a page that says
/// that the browser did not keep it.
pub(in crate::web) async fn open(
    State(gateway): State<Arc<Gateway>>,
    Extension(host): Extension<AgentHost>,
    headers: HeaderMap,
) -> Response {
    if let Ok(None) = our_cookie(&headers, SESSION_COOKIE) {
        return session::notice(&gateway, &headers, Notice::CookieNotKept);
    }
    match session::find(&gateway, &host, &headers).await {
        Ok(_) => {
            let mut response = Redirect::to("/").into_response();
            let headers = response.headers_mut();
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            response
        }
        Err(page) => page,
    }
}

/// `POST /.agent-factory/sign-out`
pub(in crate::web) async fn sign_out(
    State(gateway): State<Arc<Gateway>>,
    Extension(host): Extension<AgentHost>,
    headers: HeaderMap,
) -> Response {
    let same = session::own_origin(&gateway, &host).map(|url| url.origin().ascii_serialization());
    let origin = headers
        .get(header::ORIGIN)
        .and_then(|value| value.to_str().ok());
    if same.is_none() || origin != same.as_deref() {
        return session::notice(&gateway, &headers, Notice::NotFromHere);
    }
    let live = match session::find(&gateway, &host, &headers).await {
        Ok(live) => live,
        Err(page) => return page,
    };
    if let Err(error) = gateway.sessions.sign_out(&live, gateway.clock.now()).await {
        return session::failed(&gateway, &headers, error.code());
    }
    let mut page = session::notice(&gateway, &headers, Notice::SignedOut);
    page.headers_mut()
        .insert(header::SET_COOKIE, clear_cookie(SESSION_COOKIE));
    page.headers_mut()
        .insert("clear-site-data", HeaderValue::from_static("\"storage\""));
    page
}
