//! The built-in campus: simulated platforms, a tutor, and invented people. It exists only in the
//! `demo` process; nothing that serves real schools may reach it, since it signs any launch.

pub mod campus;
mod gateway_inspector;
pub mod inspector;
pub mod people;
mod planting;
pub mod platforms;
mod process;
pub mod seed;
pub mod simulators;
pub mod tutor;
pub mod visits;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use tower::ServiceExt as _;

pub use self::inspector::{
    Inspection, InspectionFuture, LaunchInspector, LaunchOutcome, LaunchTrace, LogEntry,
    WithheldRow,
};
use self::people::CampusPlatform;
pub use self::process::{Demo, DemoRequest};
pub use self::seed::SeedPlan;
use self::simulators::Simulators;
pub use self::simulators::SimulatorsError;
use self::tutor::received::Received;
use self::visits::Visits;
use crate::clock::Clock;
use crate::dice::Dice;

/// What all pages of the campus share.
#[derive(Clone)]
pub struct DemoState(Arc<DemoParts>);

struct DemoParts {
    port: u16,
    simulators: Simulators,
    visits: Visits,
    clock: Arc<dyn Clock>,
    dice: Dice,
    inspector: Arc<dyn LaunchInspector>,
    received: Received,
}

impl std::fmt::Debug for DemoState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DemoState")
            .field("port", &self.0.port)
            .finish_non_exhaustive()
    }
}

impl DemoState {
    /// A campus on `port` whose platforms launch into the gateway at `http://gateway.localhost:port`.
    /// It makes the platforms' keys anew.
    ///
    /// # Errors
    /// [`SimulatorsError`] when a simulated platform cannot be made.
    pub fn new(
        port: u16,
        clock: Arc<dyn Clock>,
        dice: Dice,
        inspector: Arc<dyn LaunchInspector>,
        received: Received,
    ) -> Result<Self, SimulatorsError> {
        let simulators = Simulators::on_port(port)?;
        Ok(Self(Arc::new(DemoParts {
            port,
            simulators,
            visits: Visits::default(),
            clock,
            dice,
            inspector,
            received,
        })))
    }
}

/// One of the demo's own web sites.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Site {
    /// The campus itself, at `localhost`.
    Campus,
    /// A simulated platform.
    Platform(CampusPlatform),
}

impl Site {
    /// The site of a `Host` header on `port`; `None` when the demo does not serve that name.
    pub fn of_host(host: &str, port: u16) -> Option<Self> {
        // A host without port means 80.
        let (name, given) = host.rsplit_once(':').unwrap_or((host, "80"));
        if given != port.to_string() {
            return None;
        }
        if name == "localhost" {
            return Some(Self::Campus);
        }
        name.strip_suffix(".localhost")
            .and_then(CampusPlatform::from_label)
            .map(Self::Platform)
    }
}

#[derive(Clone)]
struct Sites {
    port: u16,
    campus: Router,
    platforms: Vec<(CampusPlatform, Router)>,
}

/// All sites of the demo, told apart by `Host`; another host is answered 421.
pub fn router(state: &DemoState) -> Router {
    let sites = Sites {
        port: state.0.port,
        campus: campus::router(state.clone()),
        platforms: CampusPlatform::ALL
            .map(|platform| (platform, platforms::router(state.clone(), platform)))
            .into(),
    };
    Router::new().fallback(by_host).with_state(sites)
}

async fn by_host(State(sites): State<Sites>, request: Request) -> Response {
    let site = request
        .headers()
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .and_then(|host| Site::of_host(host, sites.port));
    let router = match site {
        Some(Site::Campus) => Some(sites.campus),
        Some(Site::Platform(wanted)) => sites
            .platforms
            .into_iter()
            .find(|(platform, _)| *platform == wanted)
            .map(|(_, router)| router),
        None => None,
    };
    match router {
        Some(router) => match router.oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        },
        None => StatusCode::MISDIRECTED_REQUEST.into_response(),
    }
}

/// Pages of the demo: HTML with a policy that lets it load its own files and frame `frames`.
fn page(template: &impl askama::Template, policy: &str) -> Response {
    match template.render() {
        Ok(html) => (
            [
                (header::CONTENT_TYPE, "text/html; charset=utf-8"),
                (header::CACHE_CONTROL, "no-store"),
                (header::CONTENT_SECURITY_POLICY, policy),
                (header::REFERRER_POLICY, "no-referrer-when-downgrade"),
                (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            ],
            html,
        )
            .into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// A file of the demo.
fn file(content_type: &'static str, text: &'static str) -> Response {
    (
        [
            (header::CONTENT_TYPE, content_type),
            (header::CACHE_CONTROL, "no-cache"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        ],
        text,
    )
        .into_response()
}

const CSS: &str = "text/css; charset=utf-8";
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

#[cfg(test)]
mod tests;
