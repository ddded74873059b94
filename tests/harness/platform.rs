//! A platform: the simulator of the protocol crate, with a key set served over HTTP that counts who
//! asks for it.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex};

use agent_factory_lti::simulator::{
    AuthenticationParams, Flavour, Flaw, LaunchSpec, Platform, PlatformSigningKey,
};
use agent_factory_lti::{ClientId, DeploymentId, Issuer};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::{Router, routing::get};
use http::header;
use serde_json::Value;
use time::OffsetDateTime;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::Url;

use super::world::GATE;

/// Keys are slow to make: each platform has the same one in every test.
static KEYS: [LazyLock<Vec<u8>>; 4] = [
    LazyLock::new(fresh),
    LazyLock::new(fresh),
    LazyLock::new(fresh),
    LazyLock::new(fresh),
];

fn fresh() -> Vec<u8> {
    PlatformSigningKey::generate().unwrap().to_pkcs8().unwrap()
}

fn key(which: usize) -> PlatformSigningKey {
    PlatformSigningKey::from_pkcs8(&KEYS[which]).unwrap()
}

/// Where a platform publishes its keys.
struct KeySet {
    published: Mutex<String>,
    fetches: AtomicUsize,
}

/// A platform with one deployment of the tool.
pub struct Lms {
    pub platform: Platform,
    /// Its issuer, which is its web origin as well.
    pub origin: String,
    keys: Arc<KeySet>,
    address: SocketAddr,
    serving: Arc<JoinHandle<()>>,
}

impl Lms {
    pub async fn start(flavour: Flavour, client_id: &str, deployment_id: &str) -> Self {
        let (which, host) = match flavour {
            Flavour::Canvas => (0, "canvas.example"),
            Flavour::Moodle => (1, "moodle.example"),
            Flavour::Publisher => (2, "press.example"),
        };
        let origin = format!("https://{host}");
        let platform = platform(flavour, &origin, client_id, deployment_id, key(which));
        let keys = Arc::new(KeySet {
            published: Mutex::new(platform.jwks().to_string()),
            fetches: AtomicUsize::new(0),
        });
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new()
            .route("/keys", get(published))
            .with_state(keys.clone());
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self {
            platform,
            origin,
            keys,
            address,
            serving: Arc::new(serving),
        }
    }

    /// The same platform, launching from another deployment.
    pub fn deployed_as(&self, deployment_id: &str) -> Self {
        self.known_as(self.platform.client_id().as_str(), deployment_id)
    }

    /// The same platform with another client id and deployment of the tool.
    pub fn known_as(&self, client_id: &str, deployment_id: &str) -> Self {
        let flavour = self.platform.flavour();
        let key = key(flavour as usize);
        Self {
            platform: platform(flavour, &self.origin, client_id, deployment_id, key),
            origin: self.origin.clone(),
            keys: self.keys.clone(),
            address: self.address,
            serving: self.serving.clone(),
        }
    }

    /// The same platform after it swapped its key for a new one, published or not.
    pub fn with_swapped_key(&self) -> Self {
        let flavour = self.platform.flavour();
        let (client, deployment) = (self.platform.client_id(), self.platform.deployment_id());
        Self {
            platform: platform(
                flavour,
                &self.origin,
                client.as_str(),
                deployment.as_str(),
                key(3),
            ),
            origin: self.origin.clone(),
            keys: self.keys.clone(),
            address: self.address,
            serving: self.serving.clone(),
        }
    }

    /// Publishes this platform's keys from now on.
    pub fn publishes_its_keys(&self) {
        *self.keys.published.lock().unwrap() = self.platform.jwks().to_string();
    }

    /// How often anybody fetched the key set.
    pub fn fetches(&self) -> usize {
        self.keys.fetches.load(Ordering::SeqCst)
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn jwks_url(&self) -> String {
        format!("http://{}/keys", self.address)
    }

    /// The fields the platform posts in answer to the authentication request at `location`.
    pub fn answers(
        &self,
        request: &AuthenticationParams,
        spec: &LaunchSpec,
        now: OffsetDateTime,
        flaw: Option<Flaw>,
    ) -> Vec<(String, String)> {
        match flaw {
            None => self.platform.answer(request, spec, now),
            Some(flaw) => self.platform.answer_flawed(request, spec, now, flaw),
        }
        .expect("the platform accepts the authentication request")
    }

    /// What is registered of it with an operator.
    pub fn registration(&self) -> Value {
        serde_json::json!({
            "issuer": self.origin,
            "client_id": self.platform.client_id().as_str(),
            "authorization_url": self.platform.authorization_endpoint().as_str(),
            "token_url": format!("{}/token", self.origin),
            "jwks_url": self.jwks_url(),
        })
    }
}

fn platform(
    flavour: Flavour,
    origin: &str,
    client_id: &str,
    deployment_id: &str,
    key: PlatformSigningKey,
) -> Platform {
    Platform::new(
        flavour,
        Issuer::parse(origin).unwrap(),
        ClientId::parse(client_id).unwrap(),
        DeploymentId::parse(deployment_id).unwrap(),
        Url::parse(&format!("{origin}/auth")).unwrap(),
        Url::parse(&format!("{GATE}/lti/launch")).unwrap(),
        key,
    )
}

async fn published(State(keys): State<Arc<KeySet>>) -> Response {
    keys.fetches.fetch_add(1, Ordering::SeqCst);
    let body = keys.published.lock().unwrap().clone();
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}
