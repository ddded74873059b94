//! The web side of a simulated platform: course page, login initiation, authorization endpoint and
//! key set. It signs launches for the invented people and for nobody else.

use agent_factory_lti::simulator::{AuthenticationParams, LoginMethod, PlatformRefusal};
use askama::Template;
use axum::extract::{Query, State};
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;
use url::{Url, form_urlencoded};

use super::people::{CampusPlatform, Course};
use super::visits::Visit;
use super::{CSS, DemoState, JAVASCRIPT, file, page};

#[derive(Clone)]
struct PlatformSite {
    demo: DemoState,
    platform: CampusPlatform,
}

impl PlatformSite {
    // Only visits of this platform's own people: each platform knows its own.
    fn visit(&self, id: &str) -> Option<Visit> {
        self.demo
            .0
            .visits
            .find(id)
            .filter(|visit| visit.person.platform == self.platform)
    }

    // A visit counts once its login was sent.
    fn began(&self, visit: &Visit, request: &AuthenticationParams) -> bool {
        let demo = &self.demo.0;
        visit.person.platform == self.platform
            && !visit.sent.login.is_empty()
            && demo
                .simulators
                .of_person(visit.person)
                .is_some_and(|simulator| {
                    simulator.continues(request, &demo.simulators.launch(visit))
                })
    }

    fn policy(&self) -> String {
        let port = self.demo.0.port;
        format!(
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
             frame-src 'self' http://*.localhost:{port}; \
             form-action 'self' http://*.localhost:{port}; base-uri 'none'; \
             frame-ancestors 'self' http://localhost:{port}"
        )
    }
}

/// The routes of one platform.
pub fn router(demo: DemoState, platform: CampusPlatform) -> Router {
    Router::new()
        .route("/", get(home))
        .route("/course", get(course))
        .route("/start", get(start))
        .route("/auth", get(authorize).post(authorize))
        .route("/keys", get(keys))
        .route("/favicon.ico", get(async || StatusCode::NO_CONTENT))
        .route(
            "/platform.css",
            get(async || file(CSS, include_str!("assets/platform.css"))),
        )
        .route(
            "/submit.js",
            get(async || file(JAVASCRIPT, include_str!("assets/submit.js"))),
        )
        .with_state(PlatformSite { demo, platform })
}

#[derive(Deserialize)]
struct VisitQuery {
    visit: String,
}

#[derive(Template)]
#[template(path = "course.html")]
struct CoursePage<'a> {
    flavour: &'static str,
    platform: &'static str,
    person: String,
    course: &'a Course,
    navigation: &'static [(&'static str, bool)],
    visit: &'a str,
}

#[derive(Template)]
#[template(path = "post_form.html")]
struct PostForm<'a> {
    title: &'static str,
    action: &'a str,
    fields: &'a [(String, String)],
}

async fn home(State(site): State<PlatformSite>) -> Redirect {
    Redirect::to(&format!("http://localhost:{}/", site.demo.0.port))
}

async fn course(
    State(site): State<PlatformSite>,
    Query(VisitQuery { visit }): Query<VisitQuery>,
) -> Response {
    let Some(visit) = site.visit(&visit) else {
        return gone();
    };
    let navigation: &[(&str, bool)] = match site.platform {
        CampusPlatform::Canvas => &[
            ("Home", false),
            ("Modules", false),
            ("Assignments", true),
            ("Grades", false),
        ],
        CampusPlatform::Moodle => &[
            ("Course", false),
            ("Participants", false),
            ("Activities", true),
            ("Grades", false),
        ],
        CampusPlatform::Publisher => &[
            ("Contents", false),
            ("Read", false),
            ("Practise", true),
            ("Glossary", false),
        ],
    };
    let template = CoursePage {
        flavour: site.platform.label(),
        platform: site.platform.name(),
        person: visit.person.name(),
        course: visit.person.course,
        navigation,
        visit: &visit.id,
    };
    page(&template, &site.policy())
}

// The third-party initiated login, sent as this platform sends it.
async fn start(
    State(site): State<PlatformSite>,
    Query(VisitQuery { visit }): Query<VisitQuery>,
) -> Response {
    let demo = &site.demo.0;
    let Some(visit) = site.visit(&visit) else {
        return gone();
    };
    let Some(simulator) = demo.simulators.of_person(visit.person) else {
        return gone();
    };
    let parameters = simulator.login_parameters(&demo.simulators.launch(&visit));
    demo.visits
        .change(&visit.id, |visit| visit.sent.login.clone_from(&parameters));
    let address = demo.simulators.login_address();
    match simulator.login_method() {
        LoginMethod::Post => {
            let form = PostForm {
                title: "Opening the tool",
                action: &address,
                fields: &parameters,
            };
            page(&form, &site.policy())
        }
        LoginMethod::Get => match Url::parse_with_params(&address, &parameters) {
            Ok(url) => (
                StatusCode::FOUND,
                [
                    (header::LOCATION, url.to_string()),
                    (header::CACHE_CONTROL, "no-store".into()),
                ],
            )
                .into_response(),
            Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        },
    }
}

// The authorization endpoint: the gateway's request comes in, a signed token goes back by POST.
async fn authorize(State(site): State<PlatformSite>, uri: Uri, body: String) -> Response {
    let demo = &site.demo.0;
    let query = uri.query().unwrap_or_default();
    let request = AuthenticationParams::parse(query, &body);
    let Some(visit) = demo
        .visits
        .find_youngest(|visit| site.began(visit, &request))
    else {
        return refused("this platform began no such launch");
    };
    let Some(simulator) = demo.simulators.of_person(visit.person) else {
        return gone();
    };
    let now = demo.clock.now().to_offset_date_time();
    let answer = simulator.answer(&request, &demo.simulators.launch(&visit), now);
    let (title, fields) = match answer {
        Ok(fields) => ("Opening the tool", fields),
        Err(PlatformRefusal::Page { description }) => return refused(description),
        Err(refusal) => (
            "The launch was declined",
            refusal.fields().unwrap_or_default(),
        ),
    };
    let asked = [query, &body]
        .into_iter()
        .flat_map(|part| form_urlencoded::parse(part.as_bytes()).into_owned())
        .collect();
    demo.visits.change(&visit.id, |visit| {
        visit.sent.authentication = asked;
        visit.asked = request.nonce.clone().zip(request.state.clone());
        if let Some((_, token)) = fields.iter().find(|(name, _)| name == "id_token") {
            visit.sent.remember_token(token);
        }
    });
    let action = simulator.redirect_uri().as_str();
    page(
        &PostForm {
            title,
            action,
            fields: &fields,
        },
        &site.policy(),
    )
}

async fn keys(State(site): State<PlatformSite>) -> Response {
    match site.demo.0.simulators.of_platform(site.platform) {
        Some(simulator) => (
            [(header::CACHE_CONTROL, "max-age=3600")],
            Json(simulator.jwks()),
        )
            .into_response(),
        None => gone(),
    }
}

fn gone() -> Response {
    (
        StatusCode::NOT_FOUND,
        "This visit is over. Choose somebody on the campus again.",
    )
        .into_response()
}

fn refused(description: &'static str) -> Response {
    (StatusCode::BAD_REQUEST, description).into_response()
}
