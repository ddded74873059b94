//! Everything in one process: database, gateway, tutor, campus. Made for a person who wants to see
//! it work; `serve` has no path here.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use tokio::net::TcpListener;
use url::Url;

use super::gateway_inspector::GatewayInspector;
use super::people::Institution;
use super::seed::TUTOR;
use super::tutor::assertion_check::{AssertionCheck, GatewayKeys};
use super::tutor::received::Received;
use super::tutor::{PAUSE_BETWEEN_WORDS, Tutor};
use super::{DemoState, Site, planting, router};
use crate::app;
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::dice::Dice;
use crate::running::Running;
use crate::store::{PrivilegedRole, Store};
use crate::telemetry::Metrics;
use crate::vault::RootKey;
use crate::web::{Elsewhere, operations_router, public_router};

/// How the demo is asked for.
#[derive(Debug, Clone)]
pub struct DemoRequest {
    /// The port of everything; 0 picks one.
    pub port: u16,
    /// Where its files lie; a new folder when absent.
    pub data: Option<PathBuf>,
    /// Another database than the embedded one.
    pub database_url: Option<String>,
    /// The owner's address of that database.
    pub direct_url: Option<String>,
}

/// A running demo.
pub struct Demo {
    /// Where a browser goes.
    pub address: Url,
    /// Where its files lie.
    pub data: PathBuf,
    running: Running,
    tutors: Vec<tokio::task::JoinHandle<std::io::Result<()>>>,
}

impl std::fmt::Debug for Demo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Demo")
            .field("address", &self.address.as_str())
            .finish_non_exhaustive()
    }
}

impl Demo {
    /// Starts everything and seeds what is missing.
    ///
    /// # Errors
    /// When a part cannot be started; the message names it.
    #[expect(
        clippy::too_many_lines,
        reason = "a list of parts in the order they start"
    )]
    pub async fn start(request: DemoRequest) -> anyhow::Result<Self> {
        let data = request.data.clone().unwrap_or_else(default_folder);
        std::fs::create_dir_all(&data).context("the demo's folder")?;
        let public = TcpListener::bind(("127.0.0.1", request.port))
            .await
            .context("the port")?;
        let port = public.local_addr()?.port();
        let operations = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
        let mut tutors = Vec::new();
        for institution in Institution::ALL {
            let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
            tutors.push((institution.slug(), listener));
        }

        let config = config(&request, &data, port)?;
        let mut database = app::database_config(&config)?;
        if request.direct_url.is_none() {
            // One address for everything: whoever tries the demo has one role, and it owns the tables.
            database.privileged_role = PrivilegedRole::Allowed;
            database.app_role = None;
        }
        Store::migrate(&database)
            .await
            .context("the demo's database")?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let gateway = app::build_on(config, &database, clock.clone(), Metrics::start()).await?;
        let received = Received::default();
        let addresses = tutors
            .iter()
            .map(|(slug, listener)| Ok((*slug, listener.local_addr()?)))
            .collect::<std::io::Result<Vec<_>>>()?;
        planting::plant(&gateway, port, &addresses)
            .await
            .context("the demo's people")?;
        let key = gateway.assertion_jwk.clone();
        let keys: GatewayKeys = Arc::new(move || vec![key.clone()]);
        let issuer = gateway.config.public_origin();
        let mut serving = Vec::new();
        for (slug, listener) in tutors {
            let check = AssertionCheck::new(keys.clone(), &issuer, format!("{slug}/{TUTOR}"));
            let pause = PAUSE_BETWEEN_WORDS;
            let tutor = Tutor::new(check, received.clone(), clock.clone(), pause);
            serving.push(tokio::spawn(
                axum::serve(listener, tutor.router()).into_future(),
            ));
        }
        let inspector = Arc::new(GatewayInspector(gateway.clone()));
        let state = DemoState::new(port, clock, Dice, inspector, received)?;
        let elsewhere = Elsewhere {
            serves: |host, port| Site::of_host(host, port).is_some(),
            port,
            router: router(&state),
        };
        let router = public_router(gateway.clone(), Some(elsewhere));
        let running = Running::start(
            gateway.clone(),
            (public, router),
            (operations, operations_router(gateway)),
        )?;
        let address = Url::parse(&format!("http://localhost:{port}/"))?;
        Ok(Self {
            address,
            data,
            running,
            tutors: serving,
        })
    }

    /// Where the operations listener is.
    pub fn operations(&self) -> SocketAddr {
        self.running.operations
    }

    /// Stops everything.
    ///
    /// # Errors
    /// When a listener failed.
    pub async fn stop(self) -> anyhow::Result<()> {
        self.tutors.iter().for_each(tokio::task::JoinHandle::abort);
        self.running.stop().await
    }
}

fn default_folder() -> PathBuf {
    std::env::temp_dir().join(format!("agent-factory-demo-{}", std::process::id()))
}

fn config(request: &DemoRequest, data: &Path, port: u16) -> anyhow::Result<Config> {
    let key = data.join("root.key");
    if !key.exists() {
        RootKey::generate_file(&key, Dice).context("the demo's root key")?;
    }
    let database = match &request.database_url {
        Some(url) => url.clone(),
        None => format!("sqlite://{}", data.join("demo.sqlite3").display()),
    };
    let mut tree = toml::Table::new();
    let section = |pairs: Vec<(&str, String)>| {
        let table = pairs
            .into_iter()
            .map(|(k, v)| (k.to_owned(), toml::Value::String(v)));
        toml::Value::Table(table.collect())
    };
    tree.insert(
        "public_url".to_owned(),
        format!("http://gateway.localhost:{port}").into(),
    );
    tree.insert(
        "agents".to_owned(),
        section(vec![("domain", format!("localhost:{port}"))]),
    );
    let mut urls = vec![("url", database)];
    urls.extend(request.direct_url.clone().map(|url| ("direct_url", url)));
    tree.insert("database".to_owned(), section(urls));
    tree.insert(
        "root_key".to_owned(),
        section(vec![("file", key.display().to_string())]),
    );
    let config: Config = toml::Value::Table(tree)
        .try_into()
        .context("the demo's configuration")?;
    config.validate()?;
    Ok(config)
}
