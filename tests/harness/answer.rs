//! What came back: whole, or still running.

use std::time::Duration;

use axum::body::{Body, to_bytes};
use http::{HeaderMap, Response, StatusCode, header};
use http_body_util::BodyExt as _;
use serde_json::Value;
use tokio::time::timeout;

/// The longest a test waits for anything to arrive.
const PATIENCE: Duration = Duration::from_secs(20);

/// A whole answer.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub async fn of(response: Response<Body>) -> Self {
        let (parts, body) = response.into_parts();
        let reading = timeout(PATIENCE, to_bytes(body, 64 * 1024 * 1024));
        // A body that breaks off is no answer: what a process that is killed meanwhile leaves.
        let (status, body) = match reading.await.expect("the body ends") {
            Ok(whole) => (parts.status, whole.to_vec()),
            Err(_) => (StatusCode::BAD_GATEWAY, Vec::new()),
        };
        Self {
            status,
            headers: parts.headers,
            body,
        }
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub fn location(&self) -> &str {
        self.header(header::LOCATION.as_str())
            .expect("an answer that leads somewhere")
    }

    pub fn set_cookies(&self) -> Vec<&str> {
        let all = self.headers.get_all(header::SET_COOKIE).iter();
        all.map(|value| value.to_str().unwrap()).collect()
    }

    /// The same, when its status is this one.
    ///
    /// # Panics
    /// With the page's words when it is not.
    #[track_caller]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.words());
        self
    }

    /// The page without its markup, for messages and for the words of a page.
    pub fn words(&self) -> String {
        let mut words = String::new();
        let mut inside = false;
        for letter in self.text().chars() {
            match letter {
                '<' => inside = true,
                '>' => {
                    inside = false;
                    words.push(' ');
                }
                _ if !inside => words.push(letter),
                _ => {}
            }
        }
        words
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .replace("&#39;", "'")
    }

    /// The reference that the page shows.
    pub fn reference(&self) -> String {
        let page = self.text();
        let (_, after) = page
            .split_once("class=\"reference\">")
            .expect("a page with a reference");
        after.split('<').next().unwrap().to_owned()
    }
}

/// An answer whose body still arrives. Dropped, the client has hung up.
pub struct Live {
    pub status: StatusCode,
    pub headers: HeaderMap,
    body: Body,
}

impl Live {
    pub fn of(response: Response<Body>) -> Self {
        let (parts, body) = response.into_parts();
        Self {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }

    /// The next piece; `None` when the body ended, however it did.
    pub async fn next(&mut self) -> Option<String> {
        let frame = timeout(PATIENCE, self.body.frame())
            .await
            .expect("the stream goes on or ends");
        let data = frame?.ok()?.into_data().ok()?;
        Some(String::from_utf8_lossy(&data).into_owned())
    }

    /// Reads until the stream ends and says how long that took.
    ///
    /// # Panics
    /// When it does not end.
    pub async fn end(mut self) -> Duration {
        let began = tokio::time::Instant::now();
        while self.next().await.is_some() {
            assert!(began.elapsed() < PATIENCE, "the stream ends");
        }
        began.elapsed()
    }
}
