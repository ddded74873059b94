//! `/lti/launch`: the authentication response of every message type. By POST only; everything is
//! read from the body.

use std::sync::Arc;

use agent_factory_lti::{AuthenticationResponse, AuthenticationResponseError};
use axum::extract::State;
use axum::response::Response;
use http::{HeaderMap, Method};

use super::login::browser_secret;
use super::problem_page;
use crate::gateway::Gateway;
use crate::launch::{LaunchFailure, LaunchOutcome, OpenedLaunch, PlatformAnswer, new_reference};
use crate::pages::{HandOver, Locale, Problem};
use crate::web::page_response::{FramingOrigins, page_response};

/// `POST /lti/launch`
pub(in crate::web) async fn launch(
    State(gateway): State<Arc<Gateway>>,
    method: Method,
    headers: HeaderMap,
    body: String,
) -> Response {
    let began = std::time::Instant::now();
    if method != Method::POST {
        return refused(&gateway, &headers, "launch-not-posted", Problem::GetOnPost);
    }
    let answer = match AuthenticationResponse::parse(&body) {
        Ok(AuthenticationResponse::Token { id_token, state }) => PlatformAnswer {
            id_token,
            state,
            browser_secret: browser_secret(&headers),
        },
        Ok(AuthenticationResponse::Refused { state, .. }) => {
            let ours = gateway
                .verifier
                .open_state(state.as_deref().unwrap_or_default(), gateway.clock.now())
                .is_ok();
            let code = if ours {
                "platform-refused"
            } else {
                "platform-refusal-not-ours"
            };
            return refused(&gateway, &headers, code, Problem::NotGenuine);
        }
        Err(AuthenticationResponseError::Lti11Launch) => {
            return refused(&gateway, &headers, "lti-1-1", Problem::Lti11);
        }
        Err(error) => return refused(&gateway, &headers, error.code(), Problem::Malformed),
    };
    let response = match gateway.launches.complete(&answer).await {
        Ok(LaunchOutcome::Opened(opened)) => hand_over(&gateway, &headers, &opened),
        Ok(LaunchOutcome::Stopped(stop)) => problem_page::of_stop(&gateway, &headers, stop, None),
        Err(failure) => failed(&gateway, &headers, &failure),
    };
    metrics::histogram!("launch_seconds").record(began.elapsed().as_secs_f64());
    response
}

fn hand_over(gateway: &Gateway, headers: &HeaderMap, opened: &OpenedLaunch) -> Response {
    let authority = opened.host.to_authority(&gateway.agents_domain);
    let origin = format!("{}://{authority}", gateway.scheme());
    let locale = Locale::choose(
        opened.locale.as_deref(),
        problem_page::accept_language(headers),
    );
    let page = HandOver::new(locale, &origin, &opened.code.to_text()).render();
    page_response(page, &FramingOrigins::any(gateway))
}

/// What is refused before anything is verified: counted, and shown without a cause.
fn refused(
    gateway: &Gateway,
    headers: &HeaderMap,
    code: &'static str,
    problem: Problem,
) -> Response {
    let reference = new_reference(gateway.dice).unwrap_or_default();
    gateway
        .refused_before
        .count(code, "lti-launch", None, gateway.clock.now());
    tracing::warn!(code, reference, "a launch was refused before verification");
    problem_page::of(gateway, headers, problem, reference)
}

/// What failed on our side: nothing was written, nothing is disclosed.
fn failed(gateway: &Gateway, headers: &HeaderMap, failure: &LaunchFailure) -> Response {
    let reference = new_reference(gateway.dice).unwrap_or_default();
    tracing::error!(code = failure.code(), reference, "a launch failed");
    metrics::counter!("launches_total", "outcome" => "failed").increment(1);
    problem_page::of(gateway, headers, Problem::Overloaded, reference)
}
