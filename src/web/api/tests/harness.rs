//! A gateway on a database of its own, and callers with tokens.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use http::{Request, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::app;
use crate::clock::{Clock as _, MockClock, Timestamp};
use crate::config::Config;
use crate::dice::Dice;
use crate::gateway::Gateway;
use crate::onboarding::bootstrap::prepare;
use crate::store::Store;
use crate::telemetry::Metrics;
use crate::vault::RootKey;

pub(crate) const BOOTSTRAP: &str = "open sesame";
const NOON: Timestamp = Timestamp::from_seconds(1_800_000_000);

pub(crate) struct Api {
    pub gateway: Arc<Gateway>,
    pub clock: MockClock,
    pub folder: tempfile::TempDir,
    router: Router,
}

pub(crate) struct Answered {
    pub status: StatusCode,
    pub headers: http::HeaderMap,
    pub text: String,
}

impl Answered {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }

    pub fn id(&self) -> String {
        assert!(self.status.is_success(), "{} {}", self.status, self.text);
        self.json()["id"].as_str().unwrap().to_owned()
    }

    pub fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }
}

impl Api {
    pub async fn start() -> Self {
        Self::with("").await
    }

    pub async fn with(more: &str) -> Self {
        app::install_crypto();
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().display();
        let key = folder.path().join("root.key");
        RootKey::generate_file(&key, Dice).unwrap();
        let text = format!(
            "public_url = \"http://localhost:8080\"\n[agents]\ndomain = \"localhost:8080\"\n\
             [database]\nurl = \"sqlite://{at}/gateway.sqlite3\"\n\
             [root_key]\nfile = \"{}\"\n{more}",
            key.display()
        );
        let file = folder.path().join("gateway.toml");
        std::fs::write(&file, text).unwrap();
        let config = Config::load(&[file], &std::collections::HashMap::new()).unwrap();
        Store::migrate(&app::database_config(&config).unwrap())
            .await
            .unwrap();
        let clock = MockClock::at(NOON);
        let gateway = app::build(config, Arc::new(clock.clone()), Metrics::start())
            .await
            .unwrap();
        prepare(&gateway.store, Dice, clock.now(), Some(BOOTSTRAP))
            .await
            .unwrap();
        let router = super::super::router().with_state(gateway.clone());
        Self {
            gateway,
            clock,
            folder,
            router,
        }
    }

    pub async fn call(&self, request: Request<Body>) -> Answered {
        self.clock.advance(Duration::from_millis(1));
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        Answered {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8(bytes.to_vec()).unwrap(),
        }
    }

    pub async fn get(&self, token: &str, path: &str) -> Answered {
        self.call(request("GET", token, path).body(Body::empty()).unwrap())
            .await
    }

    pub async fn post(&self, token: &str, path: &str, body: Value) -> Answered {
        let request = request("POST", token, path).header("content-type", "application/json");
        self.call(request.body(Body::from(body.to_string())).unwrap())
            .await
    }

    pub async fn post_keyed(&self, token: &str, path: &str, key: &str, body: Value) -> Answered {
        let request = request("POST", token, path)
            .header("content-type", "application/json")
            .header("idempotency-key", key);
        self.call(request.body(Body::from(body.to_string())).unwrap())
            .await
    }

    pub async fn put(&self, token: &str, path: &str, etag: Option<&str>, body: Value) -> Answered {
        let mut request = request("PUT", token, path).header("content-type", "application/json");
        if let Some(etag) = etag {
            request = request.header("if-match", etag);
        }
        self.call(request.body(Body::from(body.to_string())).unwrap())
            .await
    }

    /// Serves it on a port of its own, for who calls it as a program.
    pub async fn listen(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let router = self.router.clone();
        tokio::spawn(async move { axum::serve(listener, router).await });
        address
    }

    /// Enters a school and gives its path.
    pub async fn tenant(&self, slug: &str) -> String {
        let body = json!({"slug": slug, "name": "A school", "kind": "k12"});
        self.post(BOOTSTRAP, "/api/v1/tenants", body).await.id();
        format!("/api/v1/tenants/{slug}")
    }

    /// A platform, a deployment and an agent of a school: their ids.
    pub async fn furnish(&self, tenant: &str) -> Furnished {
        let slug = tenant.rsplit('/').next().unwrap();
        let platform = json!({
            "issuer": format!("https://{slug}.lms.example"), "client_id": "af",
            "authorization_url": "https://lms.example/auth",
            "token_url": "https://lms.example/token", "jwks_url": "https://lms.example/keys",
        });
        let platform = self
            .post(BOOTSTRAP, &format!("{tenant}/platforms"), platform)
            .await
            .id();
        let deployment = json!({"platform": platform, "deployment_id": "1"});
        let deployment = self
            .post(BOOTSTRAP, &format!("{tenant}/deployments"), deployment)
            .await
            .id();
        let agent = self
            .post(BOOTSTRAP, &format!("{tenant}/agents"), tutor())
            .await
            .id();
        Furnished {
            platform,
            deployment,
            agent,
        }
    }
}

pub(crate) struct Furnished {
    pub platform: String,
    pub deployment: String,
    pub agent: String,
}

pub(crate) fn tutor() -> Value {
    json!({
        "slug": "tutor", "name": "Tutor", "upstream_url": "http://127.0.0.1:9000/",
        "kind": "school_official", "purposes": ["tutoring"],
        "elements": ["pseudonym", "role", "prompt", "age_band"],
        "public_paths": ["/static/"], "retention_days": 30, "subprocessors": [],
    })
}

pub(crate) fn agreement() -> Value {
    json!({
        "agent": "tutor", "valid_until": "2030-06-30", "signer": "Wilhelmina Oakhollow",
        "annual_notice_attested": true,
    })
}

pub(crate) fn authorization() -> Value {
    json!({
        "agents": ["tutor"], "purposes": ["tutoring"], "elements": ["pseudonym", "prompt"],
        "signer": "Bartholomew Inkwell", "signer_role": "superintendent",
        "notice_version": "2026-08", "valid_until": "2030-06-30",
    })
}

pub(crate) fn consent(person: &Value) -> Value {
    json!({
        "person": person, "kind": "ferpa", "agents": ["tutor"], "purposes": ["tutoring"],
        "elements": ["prompt"], "method": "signed_form", "signed_at": "2026-09-01",
        "valid_until": "2030-06-30", "evidence": "cabinet 7, folder Peppercorn",
    })
}

fn request(method: &str, token: &str, path: &str) -> http::request::Builder {
    let builder = Request::builder().method(method).uri(path);
    if token.is_empty() {
        return builder;
    }
    builder.header("authorization", format!("Bearer {token}"))
}
