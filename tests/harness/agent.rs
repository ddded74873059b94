//! An agent behind the gateway that writes down every request it receives, exactly as it came, and
//! answers with whatever an agent might answer.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use http::{StatusCode, header};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// One request, as the agent saw it.
#[derive(Debug, Clone)]
pub struct Received {
    pub method: String,
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Received {
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Everything of it in one text, to search in.
    pub fn whole(&self) -> String {
        format!(
            "{} {}\n{:?}\n{}",
            self.method, self.target, self.headers, self.body
        )
    }
}

/// The agent.
pub struct FakeAgent {
    pub address: SocketAddr,
    received: Arc<Mutex<Vec<Received>>>,
    serving: JoinHandle<()>,
}

impl FakeAgent {
    pub async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let received = Arc::<Mutex<Vec<Received>>>::default();
        let router = Router::new().fallback(answer).with_state(received.clone());
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self {
            address,
            received,
            serving,
        }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Every request so far.
    pub fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    /// The last request.
    pub fn last(&self) -> Received {
        self.received().pop().expect("the agent received something")
    }

    /// That nothing ever reached it.
    #[track_caller]
    pub fn is_untouched(&self) {
        let received = self.received();
        assert!(received.is_empty(), "the agent received {received:?}");
    }

    /// Switches the machine off.
    pub fn stop(&self) {
        self.serving.abort();
    }
}

impl Drop for FakeAgent {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn answer(State(received): State<Arc<Mutex<Vec<Received>>>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let headers = parts.headers.iter().map(|(name, value)| {
        (
            name.as_str().to_owned(),
            String::from_utf8_lossy(value.as_bytes()).into_owned(),
        )
    });
    let mut seen = Received {
        method: parts.method.to_string(),
        target: parts.uri.to_string(),
        headers: headers.collect(),
        body: String::new(),
    };
    let index = {
        let mut all = received.lock().unwrap();
        all.push(seen.clone());
        all.len() - 1
    };
    if let Ok(bytes) = to_bytes(body, 64 * 1024 * 1024).await {
        seen.body = String::from_utf8_lossy(&bytes).into_owned();
        received.lock().unwrap()[index] = seen.clone();
    }
    respond(parts.uri.path(), &seen).await
}

async fn respond(path: &str, seen: &Received) -> Response {
    match path {
        "/ask" => events(3),
        "/endless" => events(usize::MAX),
        "/cookie" => cookies(),
        "/redirect" => (StatusCode::FOUND, [(header::LOCATION, "/next")]).into_response(),
        "/redirect-own" => {
            let host = seen.header("host").unwrap_or_default();
            let to = format!("http://{host}/next");
            (StatusCode::FOUND, [(header::LOCATION, to)]).into_response()
        }
        "/redirect-away" => (
            StatusCode::FOUND,
            [(header::LOCATION, "https://elsewhere.example/")],
        )
            .into_response(),
        "/loose" => loose(),
        "/hang" => {
            tokio::time::sleep(Duration::from_secs(60)).await;
            StatusCode::OK.into_response()
        }
        "/dies" => dies(),
        "/static/app.js" => {
            let headers = [
                (header::CONTENT_TYPE, "text/javascript"),
                (header::SET_COOKIE, "tracked=yes; Path=/"),
            ];
            (headers, "console.log('tutor');").into_response()
        }
        "/upload" => seen.body.len().to_string().into_response(),
        _ => axum::response::Html("<h1>Tutor</h1>").into_response(),
    }
}

fn events(count: usize) -> Response {
    let words = stream::unfold(0, move |at| async move {
        if at == count {
            return None;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
        let piece = Bytes::from(format!("data: word {at}\n\n"));
        Some((Ok::<_, Infallible>(piece), at + 1))
    });
    (
        [(header::CONTENT_TYPE, "text/event-stream")],
        Body::from_stream(words),
    )
        .into_response()
}

fn cookies() -> Response {
    let mut response = StatusCode::OK.into_response();
    for cookie in [
        "kept=1; Path=/; HttpOnly",
        "wide=1; Domain=agents.example; Path=/",
        "__Host-agent-factory-session=forged; Path=/; Secure",
        "__Host-agent-factory-browser=forged; Path=/; Secure",
    ] {
        response
            .headers_mut()
            .append(header::SET_COOKIE, cookie.parse().unwrap());
    }
    response
}

/// Headers with which an agent would loosen what the gateway holds tight.
fn loose() -> Response {
    let headers = [
        ("content-security-policy", "default-src *"),
        ("access-control-allow-origin", "*"),
        ("clear-site-data", "\"*\""),
        ("service-worker-allowed", "/"),
        ("x-frame-options", "DENY"),
        ("strict-transport-security", "max-age=1"),
        ("report-to", "{}"),
        ("alt-svc", "h3=\":443\""),
        ("x-accel-redirect", "/secret"),
    ];
    (headers, "loose").into_response()
}

fn dies() -> Response {
    let pieces = stream::unfold(0, |at| async move {
        match at {
            0 => Some((Ok(Bytes::from_static(b"data: half\n\n")), 1)),
            1 => {
                tokio::time::sleep(Duration::from_millis(100)).await;
                Some((Err(std::io::Error::other("the machine is gone")), 2))
            }
            _ => None,
        }
    });
    (
        [(header::CONTENT_TYPE, "text/event-stream")],
        Body::from_stream(pieces),
    )
        .into_response()
}
