//! The demo's agent: a scripted tutor that asks instead of telling, one service per institution.
//! It knows what the gateway's assertion says and nothing else, and says that it is a demo.

pub mod answers;
pub mod assertion_check;
pub mod received;

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Form, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::Value;

use self::assertion_check::{AssertionCheck, AssertionRefused};
use self::received::{Received, ReceivedRequest};
use crate::clock::Clock;
use crate::pages::about_me::ABOUT_ME_PATH;

/// Header that carries the gateway's assertion.
pub const ASSERTION_HEADER: &str = "x-agent-factory-assertion";

/// The tutor of one institution.
#[derive(Clone)]
pub struct Tutor(Arc<TutorParts>);

struct TutorParts {
    check: AssertionCheck,
    received: Received,
    clock: Arc<dyn Clock>,
    pause: Duration,
}

impl std::fmt::Debug for Tutor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tutor").finish_non_exhaustive()
    }
}

/// How long the tutor waits between two words.
pub const PAUSE_BETWEEN_WORDS: Duration = Duration::from_millis(45);

impl Tutor {
    /// A tutor that believes only assertions that `check` passes, keeps what it received in
    /// `received` for the inspector, and pauses `pause` between words.
    pub fn new(
        check: AssertionCheck,
        received: Received,
        clock: Arc<dyn Clock>,
        pause: Duration,
    ) -> Self {
        Self(Arc::new(TutorParts {
            check,
            received,
            clock,
            pause,
        }))
    }

    /// The tutor's routes. Every address in its pages is relative or on its own origin.
    pub fn router(self) -> Router {
        Router::new()
            .route("/", get(page))
            .route("/ask", post(ask_without_script))
            .route("/api/ask", post(ask))
            .route("/static/tutor.css", get(stylesheet))
            .route("/static/tutor.js", get(script))
            .with_state(self)
    }

    // Believes the request or refuses it; what is believed is remembered for the inspector.
    fn admit(
        &self,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
        body: &str,
    ) -> Result<Learner, AssertionRefused> {
        let now = self.0.clock.now();
        let compact = headers
            .get(ASSERTION_HEADER)
            .and_then(|value| value.to_str().ok())
            .ok_or(AssertionRefused::Missing)?;
        let assertion = self.0.check.check(compact, now)?;
        let learner = Learner::read(&assertion.claims);
        self.0.received.remember(ReceivedRequest::new(
            method, uri, headers, body, assertion, now,
        ));
        Ok(learner)
    }
}

/// What the tutor can tell from an assertion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Learner {
    name: String,
    role: String,
    young: bool,
}

impl Learner {
    fn read(claims: &Value) -> Self {
        let text = |key: &str| claims.get(key).and_then(Value::as_str).unwrap_or_default();
        let role = claims
            .get("roles")
            .and_then(|roles| roles.get(0))
            .and_then(Value::as_str)
            .unwrap_or("learner");
        Self {
            name: answers::friendly_name(text("sub")),
            role: role.to_owned(),
            young: text("age_band") == "under_13",
        }
    }

    fn greeting(&self) -> String {
        let name = &self.name;
        match self.role.as_str() {
            "instructor" | "teaching_assistant" | "administrator" => format!(
                "Hello. You are here as a teacher; I call you {name}. Ask me what a student might ask."
            ),
            "observer" => format!(
                "Hello. You are here as a parent or observer; I call you {name}. I know no name of yours or of your child."
            ),
            _ if self.young => {
                format!(
                    "Hi! I do not know your real name, so I call you {name}. What are you wondering about?"
                )
            }
            _ => format!(
                "Hello. I was not told your name, so I call you {name}. What are you working on?"
            ),
        }
    }
}

#[derive(Template)]
#[template(path = "tutor.html")]
struct TutorPage<'a> {
    greeting: String,
    exchange: Option<(&'a str, String)>,
    about: &'static str,
}

fn refuse(refused: AssertionRefused) -> Response {
    (
        StatusCode::UNAUTHORIZED,
        format!("the tutor does not know you: {}", refused.code()),
    )
        .into_response()
}

fn html(page: &TutorPage<'_>) -> Response {
    match page.render() {
        Ok(html) => (
            [
                (header::CONTENT_TYPE, "text/html; charset=utf-8"),
                (header::CACHE_CONTROL, "no-store"),
                (
                    header::CONTENT_SECURITY_POLICY,
                    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'",
                ),
            ],
            html,
        )
            .into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

async fn page(
    State(tutor): State<Tutor>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    match tutor.admit(&method, &uri, &headers, "") {
        Ok(learner) => html(&TutorPage {
            greeting: learner.greeting(),
            exchange: None,
            about: ABOUT_ME_PATH,
        }),
        Err(refused) => refuse(refused),
    }
}

#[derive(Deserialize)]
struct Question {
    question: String,
}

/// Longer questions are cut: the tutor looks only for a subject.
const MAX_QUESTION_CHARS: usize = 2_000;

fn cut(question: &str) -> String {
    question.chars().take(MAX_QUESTION_CHARS).collect()
}

async fn ask_without_script(
    State(tutor): State<Tutor>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    Form(Question { question }): Form<Question>,
) -> Response {
    let question = cut(&question);
    match tutor.admit(&method, &uri, &headers, &question) {
        Ok(learner) => html(&TutorPage {
            greeting: learner.greeting(),
            exchange: Some((&question, answers::answer(&question, learner.young))),
            about: ABOUT_ME_PATH,
        }),
        Err(refused) => refuse(refused),
    }
}

async fn ask(
    State(tutor): State<Tutor>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Ok(Question { question }) = serde_json::from_slice(&body) else {
        return (
            StatusCode::BAD_REQUEST,
            "a JSON object with `question` is needed",
        )
            .into_response();
    };
    let question = cut(&question);
    let learner = match tutor.admit(&method, &uri, &headers, &question) {
        Ok(learner) => learner,
        Err(refused) => return refuse(refused),
    };
    let answer = answers::answer(&question, learner.young);
    let mut events: Vec<String> = answer.split_inclusive(' ').map(word_event).collect();
    events.push("event: done\ndata: {}\n\n".to_owned());
    let pause = tutor.0.pause;
    let stream = futures_util::stream::unfold(
        (events.into_iter(), false),
        move |(mut events, begun)| async move {
            let event = events.next()?;
            if begun && !pause.is_zero() {
                tokio::time::sleep(pause).await;
            }
            Some((Ok::<_, Infallible>(Bytes::from(event)), (events, true)))
        },
    );
    (
        [
            (header::CONTENT_TYPE, "text/event-stream"),
            (header::CACHE_CONTROL, "no-cache"),
        ],
        Body::from_stream(stream),
    )
        .into_response()
}

fn word_event(word: &str) -> String {
    format!(
        "event: word\ndata: {}\n\n",
        serde_json::json!({ "text": word })
    )
}

async fn stylesheet() -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, "text/css; charset=utf-8")],
        include_str!("../assets/tutor.css"),
    )
}

async fn script() -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, "text/javascript; charset=utf-8")],
        include_str!("../assets/tutor.js"),
    )
}

#[cfg(test)]
mod tests;
