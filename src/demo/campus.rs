//! The campus page: who can be chosen, the launch beside the pane, and the JSON the pane reads.

use askama::Template;
use axum::extract::{Form, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::json;

use super::inspector::{Inspection, LaunchTrace, pane};
use super::people::{CampusPerson, Institution, PEOPLE};
use super::seed::platform_origin;
use super::visits::Visit;
use super::{CSS, DemoState, JAVASCRIPT, file, page};

/// The routes of the campus.
pub fn router(demo: DemoState) -> Router {
    Router::new()
        .route("/", get(campus))
        .route("/visits", post(begin))
        .route("/inspect/{visit}", get(inspect))
        .route("/blank", get(blank))
        .route("/favicon.ico", get(async || StatusCode::NO_CONTENT))
        .route(
            "/campus.css",
            get(async || file(CSS, include_str!("assets/campus.css"))),
        )
        .route(
            "/campus.js",
            get(async || file(JAVASCRIPT, include_str!("assets/campus.js"))),
        )
        .with_state(demo)
}

struct InstitutionSection {
    name: &'static str,
    standing: &'static str,
    people: Vec<&'static CampusPerson>,
}

#[derive(Template)]
#[template(path = "campus.html")]
struct CampusPage {
    institutions: Vec<InstitutionSection>,
    tabs: [(&'static str, &'static str, &'static str); 5],
}

const TABS: [(&str, &str, &str); 5] = [
    ("sent", "What the LMS sent", "Nothing was sent yet."),
    (
        "received",
        "What the agent received",
        "The agent received nothing.",
    ),
    ("withheld", "Withheld and why", "Nothing was withheld yet."),
    ("assertion", "Assertion", "There is no assertion."),
    ("entry", "Log entry", "Nothing was written yet."),
];

fn policy(port: u16) -> String {
    format!(
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
         connect-src 'self'; frame-src 'self' http://*.localhost:{port}; \
         form-action 'self' http://*.localhost:{port}; base-uri 'none'; \
         frame-ancestors 'self'"
    )
}

async fn campus(State(demo): State<DemoState>) -> Response {
    let institutions = Institution::ALL
        .into_iter()
        .map(|institution| InstitutionSection {
            name: institution.name(),
            standing: institution.standing(),
            people: PEOPLE
                .iter()
                .filter(|person| person.institution == institution)
                .collect(),
        })
        .collect();
    page(
        &CampusPage {
            institutions,
            tabs: TABS,
        },
        &policy(demo.0.port),
    )
}

#[derive(Template)]
#[template(
    source = "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Empty</title>\
              <link rel=\"stylesheet\" href=\"/campus.css\"></head>\
              <body class=\"blank\"><main><h1>The course page appears here.</h1></main></body></html>",
    ext = "html"
)]
struct BlankPage;

async fn blank(State(demo): State<DemoState>) -> Response {
    page(&BlankPage, &policy(demo.0.port))
}

#[derive(Deserialize)]
struct Choice {
    person: String,
}

// With script the page wants the names of things; without it the form's frame is led there.
async fn begin(
    State(demo): State<DemoState>,
    headers: HeaderMap,
    Form(Choice { person }): Form<Choice>,
) -> Response {
    let Some(person) = CampusPerson::find(&person) else {
        return (StatusCode::NOT_FOUND, "nobody of that name").into_response();
    };
    let Ok(visit) = demo.0.visits.begin(person, demo.0.dice) else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let origin = platform_origin(person.platform, demo.0.port);
    let address = format!("{origin}/course?visit={}", visit.id);
    let wants_json = headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("application/json"));
    if wants_json {
        Json(json!({ "visit": visit.id, "address": address })).into_response()
    } else {
        Redirect::to(&address).into_response()
    }
}

async fn inspect(State(demo): State<DemoState>, Path(visit): Path<String>) -> Response {
    let Some(visit) = demo.0.visits.find(&visit) else {
        return (StatusCode::NOT_FOUND, Json(json!({ "gone": true }))).into_response();
    };
    let inspection = match trace(&demo, &visit) {
        Some(trace) => demo.0.inspector.inspect(&trace).await,
        None => Inspection::default(),
    };
    let body = pane(&visit, &inspection, &demo.0.received);
    ([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

// Until the gateway asked, it knows nothing of the launch.
fn trace(demo: &DemoState, visit: &Visit) -> Option<LaunchTrace> {
    let (nonce, state) = visit.asked.clone()?;
    let simulator = demo.0.simulators.of_person(visit.person)?;
    Some(LaunchTrace {
        tenant: visit.person.institution.slug(),
        issuer: simulator.issuer().as_str().to_owned(),
        client_id: simulator.client_id().as_str().to_owned(),
        deployment_id: simulator.deployment_id().as_str().to_owned(),
        platform_user_id: visit.person.platform_user_id.to_owned(),
        nonce,
        state,
    })
}
