//! `/lti/login`: third-party initiated login, by GET or POST. Nothing is signed and no row is
//! written; the binding to the browser is settled before anything goes to the platform.

use std::sync::Arc;

use agent_factory_lti::LoginRequest;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};

use super::problem_page;
use crate::gateway::Gateway;
use crate::launch::{BeginLoginError, BegunLogin, Binding, BrowserEvidence, Shown, new_reference};
use crate::pages::{Form, Locale, Problem, SettleBinding};
use crate::proxy::request_headers::our_cookie;
use crate::vault::Secret32;
use crate::web::cookies::{BROWSER_COOKIE, set_cookie};
use crate::web::page_response::{FramingOrigins, page_response};

/// The binding cookie lives as long as a school year; it identifies nobody.
const BROWSER_COOKIE_SECONDS: u64 = 300 * 24 * 3600;

/// `GET /lti/login`
pub(in crate::web) async fn get(
    State(gateway): State<Arc<Gateway>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    login(&gateway, query.unwrap_or_default(), String::new(), &headers).await
}

/// `POST /lti/login`
pub(in crate::web) async fn post(
    State(gateway): State<Arc<Gateway>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: String,
) -> Response {
    login(&gateway, query.unwrap_or_default(), body, &headers).await
}

/// `GET /lti/login/binding`: 204 when the binding cookie came back, for the page that reads it.
pub(in crate::web) async fn binding(headers: HeaderMap) -> Response {
    let held = browser_secret(&headers).is_some();
    let status = if held {
        StatusCode::NO_CONTENT
    } else {
        StatusCode::NOT_FOUND
    };
    (status, [(header::CACHE_CONTROL, "no-store")]).into_response()
}

/// The secret of the binding cookie; none when it is absent, twice there, or no secret.
pub(super) fn browser_secret(headers: &HeaderMap) -> Option<Secret32> {
    our_cookie(headers, BROWSER_COOKIE)
        .ok()
        .flatten()
        .and_then(|text| Secret32::parse(&text))
}

async fn login(gateway: &Gateway, query: String, body: String, headers: &HeaderMap) -> Response {
    let request = match LoginRequest::parse(&query, &body) {
        Ok(request) => request,
        Err(error) => return refused(gateway, headers, &error.into()),
    };
    let shown = shown(headers, request.storage_target().is_some());
    let evidence = BrowserEvidence {
        secret: browser_secret(headers),
        shown,
    };
    let now = gateway.clock.now();
    match gateway.logins.begin(&request, &evidence, now).await {
        Ok(begun) => answer(gateway, headers, &begun, &query, &body),
        Err(error) => refused(gateway, headers, &error),
    }
}

/// Whether the login is shown in a frame: by what the browser says, else by whether the platform
/// offers storage, which only framed launches need.
fn shown(headers: &HeaderMap, storage_offered: bool) -> Shown {
    let destination = headers
        .get("sec-fetch-dest")
        .and_then(|value| value.to_str().ok());
    match destination {
        Some("document") => Shown::TopLevel,
        Some(_) => Shown::Framed,
        None if storage_offered => Shown::Framed,
        None => Shown::TopLevel,
    }
}

fn answer(
    gateway: &Gateway,
    headers: &HeaderMap,
    begun: &BegunLogin,
    query: &str,
    body: &str,
) -> Response {
    let (mut response, secret) = match &begun.binding {
        Binding::Held => (go_on(gateway, headers, begun), None),
        Binding::Set(secret) => (go_on(gateway, headers, begun), Some(secret)),
        Binding::Tried(secret) => (settle(gateway, headers, begun, query, body), Some(secret)),
    };
    if let Some(secret) = secret {
        let cookie = set_cookie(BROWSER_COOKIE, secret, BROWSER_COOKIE_SECONDS);
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

/// Straight on to the platform: a redirect, or a form where the address would be too long.
fn go_on(gateway: &Gateway, headers: &HeaderMap, begun: &BegunLogin) -> Response {
    let location = begun
        .request
        .url()
        .and_then(|url| HeaderValue::from_str(url.as_str()).ok());
    let Some(location) = location else {
        return settle(gateway, headers, begun, "", "");
    };
    let mut response = StatusCode::FOUND.into_response();
    response.headers_mut().insert(header::LOCATION, location);
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.headers_mut().insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    response
}

/// The page that reads the cookie back first, and offers a new window where it did not hold.
fn settle(
    gateway: &Gateway,
    headers: &HeaderMap,
    begun: &BegunLogin,
    query: &str,
    body: &str,
) -> Response {
    let (action, fields) = begun.request.form();
    let page = SettleBinding {
        locale: Locale::choose(None, problem_page::accept_language(headers)),
        check: "/lti/login/binding".to_owned(),
        proceed: Form::post(action, fields),
        new_window: again(query, body),
    };
    page_response(page.render(), &FramingOrigins::any(gateway))
}

/// The form that repeats a login, in a new window: the same parameters, posted to us.
fn again(query: &str, body: &str) -> Form {
    let mut fields: Vec<(String, String)> = Vec::new();
    for source in [query, body] {
        for (name, value) in url::form_urlencoded::parse(source.as_bytes()) {
            if !fields.iter().any(|(known, _)| *known == name) {
                fields.push((name.into_owned(), value.into_owned()));
            }
        }
    }
    Form::post("/lti/login", fields)
}

fn refused(gateway: &Gateway, headers: &HeaderMap, error: &BeginLoginError) -> Response {
    let now = gateway.clock.now();
    let reference = new_reference(gateway.dice).unwrap_or_default();
    let problem = match error {
        BeginLoginError::Malformed(_) | BeginLoginError::AmbiguousRegistration => {
            Problem::Malformed
        }
        BeginLoginError::UnknownRegistration
        | BeginLoginError::InactiveRegistration
        | BeginLoginError::UnusableRegistration => Problem::UnknownPlatform,
        BeginLoginError::TooFast
        | BeginLoginError::State(_)
        | BeginLoginError::Store(_)
        | BeginLoginError::Dice(_) => Problem::Overloaded,
    };
    gateway
        .refused_before
        .count(error.code(), "lti-login", None, now);
    tracing::warn!(code = error.code(), reference, "a login was refused");
    problem_page::of(gateway, headers, problem, reference)
}
