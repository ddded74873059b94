//! The gateway as a process of its own: the real program, by its command line and environment, to be
//! killed as a machine that loses its power is.

use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use agent_factory::config::Config;
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use http::{StatusCode, Uri};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use secrecy::ExposeSecret as _;

/// A running gateway.
pub struct Process {
    child: Mutex<Child>,
    /// Where it stands, and leaves what it writes beside itself.
    _folder: tempfile::TempDir,
    address: SocketAddr,
}

impl Process {
    /// Starts the program by this configuration and waits until it is ready.
    pub async fn start(config: &Config) -> Self {
        let (address, operations) = (free_address(), free_address());
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_agent-factory"));
        command
            .arg("serve")
            .env_clear()
            .current_dir(folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let set = |name: &str, value: String| (format!("AGENT_FACTORY_{name}"), value);
        let hosts: Vec<String> = config
            .egress
            .allowed_private_hosts
            .iter()
            .map(|host| format!("\"{host}\""))
            .collect();
        let key = config
            .root_key
            .value
            .as_ref()
            .unwrap()
            .expose_secret()
            .to_owned();
        command.envs([
            set("PUBLIC_URL", config.public_url.to_string()),
            set("AGENTS__DOMAIN", config.agents.domain.clone()),
            set(
                "DATABASE__URL",
                config.database.url.expose_secret().to_owned(),
            ),
            set("DATABASE__APP_ROLE", config.database.app_role.clone()),
            set("ROOT_KEY__VALUE", key),
            set(
                "EGRESS__ALLOWED_PRIVATE_HOSTS",
                format!("[{}]", hosts.join(", ")),
            ),
            set("SERVER__LISTEN", address.to_string()),
            set("OPERATIONS__LISTEN", operations.to_string()),
        ]);
        if let Some(direct) = &config.database.direct_url {
            let (name, value) = set("DATABASE__DIRECT_URL", direct.expose_secret().to_owned());
            command.env(name, value);
        }
        let started = Self {
            child: Mutex::new(command.spawn().unwrap()),
            _folder: folder,
            address,
        };
        started.is_ready(operations).await;
        started
    }

    async fn is_ready(&self, operations: SocketAddr) {
        let client = client();
        let address: Uri = format!("http://{operations}/readyz").parse().unwrap();
        for _ in 0..600 {
            let gone = self.child.lock().unwrap().try_wait().unwrap();
            assert!(gone.is_none(), "the gateway ended at start: {gone:?}");
            if client
                .get(address.clone())
                .await
                .is_ok_and(|answer| answer.status() == 200)
            {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("the gateway is ready");
    }

    /// Its routes, over the network.
    pub fn router(&self) -> Router {
        let (client, address) = (client(), self.address);
        Router::new().fallback(move |mut request: Request| {
            let client = client.clone();
            async move {
                let target = request.uri().path_and_query().unwrap().as_str().to_owned();
                *request.uri_mut() = format!("http://{address}{target}").parse().unwrap();
                if let Ok(answer) = client.request(request).await {
                    return answer.map(Body::new);
                }
                // Whoever was waiting is never told anything.
                let mut none = http::Response::new(Body::empty());
                *none.status_mut() = StatusCode::BAD_GATEWAY;
                none
            }
        })
    }

    /// Ends it at once, without a word (`SIGKILL`).
    pub fn kill(&self) {
        let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
        let _gone_already = child.kill();
        child.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

fn client() -> Client<HttpConnector, Body> {
    Client::builder(TokioExecutor::new()).build_http()
}

fn free_address() -> SocketAddr {
    TcpListener::bind(("127.0.0.1", 0))
        .unwrap()
        .local_addr()
        .unwrap()
}
