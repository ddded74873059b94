//! Everything on an agent's origin that is not the gateway's: one session, one gate, one carrier.

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use http::{HeaderMap, StatusCode};

use super::session;
use crate::gateway::Gateway;
use crate::launch::{AgentHost, new_reference};
use crate::pages::Notice;
use crate::proxy::CarryStop;
use crate::proxy::streams::Outcome;
use crate::proxy::upstream::UpstreamError;

/// Carries a request to the agent of this origin.
pub(in crate::web) async fn forward(
    State(gateway): State<Arc<Gateway>>,
    Extension(host): Extension<AgentHost>,
    request: Request,
) -> Response {
    let headers = request.headers().clone();
    let live = match session::find(&gateway, &host, &headers).await {
        Ok(live) => live,
        Err(page) => return page,
    };
    let Some(own_origin) = session::own_origin(&gateway, &host) else {
        return session::failed(&gateway, &headers, "agent-origin-invalid");
    };
    match gateway.carrier.carry(&live, &own_origin, request).await {
        Ok(answer) => answer.map(Body::new),
        Err(stop) => stopped(&gateway, &headers, &stop),
    }
}

fn stopped(gateway: &Gateway, headers: &HeaderMap, stop: &CarryStop) -> Response {
    let code = stop.code();
    let (notice, status) = match stop {
        CarryStop::Path(_) | CarryStop::Header(_) => (Notice::NotFromHere, StatusCode::BAD_REQUEST),
        CarryStop::Origin(_) => (Notice::NotFromHere, StatusCode::FORBIDDEN),
        CarryStop::Upgrade => (Notice::NotFound, StatusCode::NOT_IMPLEMENTED),
        CarryStop::Refused(_) | CarryStop::BodyNotPermitted | CarryStop::Cut(_) => {
            (Notice::NotAllowed, StatusCode::FORBIDDEN)
        }
        CarryStop::Stale | CarryStop::Gate(_) | CarryStop::Assertion(_) | CarryStop::Dice(_) => {
            (Notice::Unavailable, StatusCode::SERVICE_UNAVAILABLE)
        }
        CarryStop::Upstream(UpstreamError::RequestBody(Outcome::TooLarge)) => {
            (Notice::TooLarge, StatusCode::PAYLOAD_TOO_LARGE)
        }
        CarryStop::Upstream(UpstreamError::Timeout) => {
            (Notice::Failed, StatusCode::GATEWAY_TIMEOUT)
        }
        CarryStop::Upstream(_) | CarryStop::AgentAddress | CarryStop::Response(_) => {
            (Notice::Failed, StatusCode::BAD_GATEWAY)
        }
    };
    let reference = new_reference(gateway.dice).unwrap_or_default();
    tracing::warn!(code, reference, "an agent request was not carried");
    metrics::counter!("agent_requests_stopped_total", "code" => code).increment(1);
    let mut page = session::notice_with(gateway, headers, notice, Some(reference));
    *page.status_mut() = status;
    page
}
