//! The whole route table on one screen. The `Host` decides first: the gateway's own origin, an
//! agent's, or nobody's (421).

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::DefaultBodyLimit;
use axum::extract::{Request, State};
use axum::response::Response;
use axum::routing::{any, get, post};
use tower::ServiceExt as _;
use tower_http::catch_panic::CatchPanicLayer;

use super::host::{Hosts, RequestHost};
use super::page_response::{FramingOrigins, page_response};
use super::{agents, api, assets, lti};
use crate::gateway::Gateway;
use crate::pages::{AssetBase, Locale, Notice, PlainNotice};

/// The largest body a public route takes, in bytes: an id_token and its state fit many times.
const MAX_FORM_BYTES: usize = 256 * 1024;

/// The largest body that may hold a one-time code, in bytes. On an agent's origin whatever else is
/// posted is streamed; this is read whole, before anybody is known.
const MAX_CODE_BYTES: usize = 4 * 1024;

/// Hosts that something beside the gateway answers: the demo's campus and platforms.
#[derive(Clone)]
pub struct Elsewhere {
    /// Whether it serves the host.
    pub serves: fn(&str, u16) -> bool,
    /// The port all of it is on.
    pub port: u16,
    /// What answers.
    pub router: Router,
}

#[derive(Clone)]
struct Fronts {
    gateway: Arc<Gateway>,
    hosts: Hosts,
    public: Router,
    agent: Router,
    elsewhere: Option<Elsewhere>,
}

/// The public listener: the gateway's own origin and every agent's.
pub fn public_router(gateway: Arc<Gateway>, elsewhere: Option<Elsewhere>) -> Router {
    let hosts = Hosts::new(&gateway.config.public_url, gateway.agents_domain.clone());
    let public = Router::new()
        .route("/lti/login", get(lti::login::get).post(lti::login::post))
        .route("/lti/login/binding", get(lti::login::binding))
        .route("/lti/launch", any(lti::launch::launch))
        .route("/.well-known/jwks.json", get(lti::keys::assertion_keys))
        .route("/assets/{name}", get(assets::asset))
        .merge(api::router())
        .fallback(not_found)
        .layer(DefaultBodyLimit::max(MAX_FORM_BYTES))
        .with_state(gateway.clone());
    let agent = Router::new()
        .route(
            "/.agent-factory/session",
            post(agents::hand_over::redeem).layer(DefaultBodyLimit::max(MAX_CODE_BYTES)),
        )
        .route(
            "/.agent-factory/session/check",
            get(agents::hand_over::check),
        )
        .route("/.agent-factory/open", get(agents::hand_over::open))
        .route(
            "/.agent-factory/sign-out",
            post(agents::hand_over::sign_out),
        )
        .route("/.agent-factory/about", get(agents::about::about))
        .route("/.agent-factory/assets/{name}", get(assets::asset))
        .fallback(agents::forward::forward)
        .layer(DefaultBodyLimit::disable())
        .with_state(gateway.clone());
    let fronts = Fronts {
        gateway,
        hosts,
        public,
        agent,
        elsewhere,
    };
    Router::new()
        .fallback(by_host)
        .with_state(fronts)
        .layer(CatchPanicLayer::new())
}

async fn by_host(State(fronts): State<Fronts>, mut request: Request) -> Response {
    let authority = request.uri().authority().map(|a| a.as_str().to_owned());
    let router = match fronts.hosts.of(authority.as_deref(), request.headers()) {
        RequestHost::Public => fronts.public,
        RequestHost::Agent(host) => {
            request.extensions_mut().insert(host);
            fronts.agent
        }
        RequestHost::Unknown(host) => match fronts.elsewhere {
            Some(elsewhere) if (elsewhere.serves)(&host, elsewhere.port) => elsewhere.router,
            _ => return misdirected(&fronts.gateway),
        },
    };
    match router.oneshot(request).await {
        Ok(response) => response.map(Body::new),
        Err(never) => match never {},
    }
}

fn notice(gateway: &Gateway, notice: Notice, assets: AssetBase) -> Response {
    let page = PlainNotice {
        locale: Locale::default(),
        notice,
        reference: None,
        assets,
    };
    page_response(page.render(), &FramingOrigins::any(gateway))
}

fn misdirected(gateway: &Gateway) -> Response {
    notice(gateway, Notice::WrongHost, AssetBase::Gateway)
}

async fn not_found(State(gateway): State<Arc<Gateway>>) -> Response {
    notice(&gateway, Notice::NotFound, AssetBase::Gateway)
}
