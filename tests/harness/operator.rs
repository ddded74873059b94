//! An operator with a token, through the API and nothing else.

use agent_factory::clock::Timestamp;
use agent_factory::dice::Dice;
use agent_factory::onboarding::bootstrap;
use axum::Router;
use axum::body::Body;
use http::{Method, Request, header};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::answer::Answer;
use super::gate::Gate;

const HOST: &str = "gate.example";

/// An operator.
#[derive(Clone)]
pub struct Operator {
    router: Router,
    token: String,
}

impl Operator {
    /// The operator of the installation, at its first start.
    pub async fn of_installation(gate: &Gate, now: Timestamp) -> Self {
        let first = "the-first-start-of-this-installation";
        bootstrap::prepare(&gate.gateway.store, Dice, now, Some(first))
            .await
            .unwrap();
        Self {
            router: gate.router.clone(),
            token: first.to_owned(),
        }
    }

    /// Somebody with this token.
    pub fn with_token(&self, token: &str) -> Self {
        Self {
            router: self.router.clone(),
            token: token.to_owned(),
        }
    }

    /// The same operator at another replica.
    pub fn at(&self, gate: &Gate) -> Self {
        Self {
            router: gate.router.clone(),
            token: self.token.clone(),
        }
    }

    pub async fn call(&self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"))
            .header(header::HOST, HOST)
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token));
        let body = match body {
            Some(body) => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        let request = request.body(body).unwrap();
        Answer::of(self.router.clone().oneshot(request).await.unwrap()).await
    }

    /// Records something and gives its id.
    ///
    /// # Panics
    /// When the API refuses.
    pub async fn records(&self, path: &str, body: &Value) -> String {
        let answer = self.call(Method::POST, path, Some(body)).await;
        assert!(
            answer.status.is_success(),
            "{path}: {} {}",
            answer.status,
            answer.text()
        );
        answer
            .json()
            .get("id")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    }

    /// Does something that takes no body, such as `.../withdraw`.
    ///
    /// # Panics
    /// When the API refuses.
    pub async fn does(&self, path: &str) {
        let answer = self.call(Method::POST, path, Some(&json!({}))).await;
        let empty = answer.status == 400 || answer.status == 422 || answer.status == 415;
        let answer = if empty {
            self.call(Method::POST, path, None).await
        } else {
            answer
        };
        assert!(
            answer.status.is_success(),
            "{path}: {} {}",
            answer.status,
            answer.text()
        );
    }

    /// Reads something.
    pub async fn reads(&self, path: &str) -> Value {
        let answer = self.call(Method::GET, path, None).await;
        assert!(
            answer.status.is_success(),
            "{path}: {} {}",
            answer.status,
            answer.text()
        );
        answer.json()
    }
}
