//! The composition root: a configuration becomes a running gateway. The only file that picks a
//! database and puts the parts together.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use agent_factory_policies::{DecisionCache, Engine, PolicySet};
use anyhow::{Context as _, bail};
use moka::sync::Cache;
use secrecy::ExposeSecret as _;
use tokio::sync::watch;

use crate::clock::Clock;
use crate::config::{Config, PoolerSection, is_loopback_host};
use crate::dice::Dice;
use crate::disclosure::{Gate, RefusedBefore, Revocations};
use crate::egress::{EgressRules, PrivateHost};
use crate::gateway::Gateway;
use crate::ids::INSTALLATION;
use crate::jobs;
use crate::key_custody::{KeyCustody, KeyCustodyError};
use crate::launch::login_state::StateSealer;
use crate::launch::{
    AgentsDomain, LaunchPace, LaunchVerifier, Launches, Logins, PlatformKeys, Sessions,
};
use crate::proxy::assertion::{AssertionCache, AssertionSigner};
use crate::proxy::upstream::{Deadlines, UpstreamClient};
use crate::proxy::{Carrier, CarryLimits};
use crate::store::{DatabaseConfig, Pooler, PrivilegedRole, Store};
use crate::telemetry::Metrics;
use crate::vault::{AssertionKey, RootKey, Vault};

/// Decisions and assertions kept in the process.
const DECISIONS: usize = 20_000;
const ASSERTIONS: u64 = 50_000;

/// Tenants whose slugs are kept in the process.
const TENANTS: u64 = 20_000;

/// How long a connection to an agent may take to open.
const CONNECT: Duration = Duration::from_secs(5);

/// A stream's longest life, whatever it says meanwhile.
const LONGEST_STREAM: Duration = Duration::from_secs(4 * 3600);

/// The store's own configuration.
///
/// # Errors
/// When a number makes no sense.
pub fn database_config(config: &Config) -> anyhow::Result<DatabaseConfig> {
    let host = match (config.public_url.host_str(), config.public_url.port()) {
        (Some(host), Some(port)) => format!("{host}:{port}"),
        (host, _) => host.unwrap_or_default().to_owned(),
    };
    let section = &config.database;
    let mut database = DatabaseConfig::new(section.url.expose_secret(), host);
    database.direct_url = section
        .direct_url
        .as_ref()
        .map(|url| url.expose_secret().to_owned());
    database.pooler = match section.pooler {
        PoolerSection::Session => Pooler::Session,
        PoolerSection::Transaction => Pooler::Transaction,
    };
    database.max_connections =
        NonZeroU32::new(section.max_connections).context("`database.max_connections` is zero")?;
    database.app_role = Some(section.app_role.clone());
    database.privileged_role = PrivilegedRole::Refused;
    Ok(database)
}

/// The root key that the configuration names.
///
/// # Errors
/// When it cannot be read.
pub fn root_key(config: &Config) -> anyhow::Result<RootKey> {
    let section = &config.root_key;
    match (&section.file, &section.value) {
        (Some(file), _) => RootKey::from_file(file).context("`root_key.file`"),
        (None, Some(value)) => {
            RootKey::from_env_value(value.expose_secret()).context("`root_key.value`")
        }
        (None, None) => bail!("`root_key` names no key"),
    }
}

/// Builds the gateway over an existing, migrated database. The installation's own keys are made at
/// the first start.
///
/// # Errors
/// When a part cannot be made; the message names it.
pub async fn build(
    config: Config,
    clock: Arc<dyn Clock>,
    metrics: Metrics,
) -> anyhow::Result<Arc<Gateway>> {
    let database = database_config(&config)?;
    build_on(config, &database, clock, metrics).await
}

/// The same over a database that is configured otherwise: the demo's.
///
/// # Errors
/// As [`build`].
#[expect(
    clippy::too_many_lines,
    reason = "a list of parts in the order they need each other"
)]
pub async fn build_on(
    config: Config,
    database: &DatabaseConfig,
    clock: Arc<dyn Clock>,
    metrics: Metrics,
) -> anyhow::Result<Arc<Gateway>> {
    let dice = Dice;
    let store = Store::open(database, dice).await.context("the database")?;
    let vault = Vault::new(root_key(&config)?);
    let custody = KeyCustody::new(store.clone(), vault, dice);
    ensure_installation(&store, &custody, clock.as_ref()).await?;
    let sealer = Arc::new(StateSealer::new(
        custody.tenant(INSTALLATION).await?.as_ref(),
    ));

    let engine = Arc::new(Engine::new(PolicySet::shipped().context("the rules")?));
    let decisions = Arc::new(DecisionCache::new(DECISIONS));
    let hot = store.hot().clone();
    let gate = Gate::new(engine.clone(), decisions, hot, clock.clone(), dice);
    let revocations = Arc::new(Revocations::default());
    let sessions = Sessions::new(store.clone(), custody.clone(), revocations.clone(), dice);
    let key = custody.assertion_key().await.context("the assertion key")?;
    let assertion_jwk = key.public_jwk();
    let base = Base {
        config: &config,
        store: &store,
        clock: &clock,
        gate: &gate,
        dice,
    };
    let pace = Arc::new(LaunchPace::per_minute(config.limits.launches_per_minute));
    let verifier = base.verifier(sealer.clone(), pace.clone())?;
    let refused_before = Arc::new(RefusedBefore::default());
    let launches = base.launches(verifier.clone(), custody.clone(), refused_before.clone());
    let carrier = base.carrier(sessions.clone(), revocations.clone(), key)?;
    let redirect_uri = config
        .public_url
        .join("/lti/launch")
        .context("`public_url`")?;
    let logins = Logins::new(store.clone(), sealer, redirect_uri, pace.clone(), dice);
    let agents_domain: AgentsDomain = config.agents.domain.parse().context("`agents.domain`")?;
    let gateway = Arc::new(Gateway {
        config,
        clock,
        dice,
        store,
        custody,
        engine,
        gate,
        revocations,
        refused_before,
        logins,
        launches,
        pace,
        verifier,
        sessions,
        carrier,
        agents_domain,
        assertion_jwk,
        metrics,
        tenant_ids: Cache::new(TENANTS),
    });
    jobs::read_revocations(&gateway)
        .await
        .context("the revocation counters")?;
    Ok(gateway)
}

/// What most use cases are built on.
struct Base<'a> {
    config: &'a Config,
    store: &'a Store,
    clock: &'a Arc<dyn Clock>,
    gate: &'a Gate,
    dice: Dice,
}

impl Base<'_> {
    fn verifier(
        &self,
        sealer: Arc<StateSealer>,
        pace: Arc<LaunchPace>,
    ) -> anyhow::Result<LaunchVerifier> {
        let keys = PlatformKeys::new(Arc::new(egress(self.config)?))?;
        Ok(LaunchVerifier::new(
            self.store.clone(),
            sealer,
            Arc::new(keys),
            self.config.public_url.clone(),
            Duration::from_secs(self.config.limits.clock_leeway_seconds),
            pace,
        ))
    }

    fn launches(
        &self,
        verifier: LaunchVerifier,
        custody: KeyCustody,
        refused_before: Arc<RefusedBefore>,
    ) -> Launches {
        Launches {
            store: self.store.clone(),
            verifier,
            custody,
            gate: self.gate.clone(),
            refused_before,
            clock: self.clock.clone(),
            dice: self.dice,
            session_life: Duration::from_secs(self.config.limits.session_seconds),
        }
    }

    fn carrier(
        &self,
        sessions: Sessions,
        revocations: Arc<Revocations>,
        key: AssertionKey,
    ) -> anyhow::Result<Carrier> {
        let limits = &self.config.limits;
        Ok(Carrier {
            upstream: UpstreamClient::new(Arc::new(egress(self.config)?), CONNECT)?,
            gate: self.gate.clone(),
            sessions,
            revocations,
            assertions: AssertionCache::new(ASSERTIONS),
            signer: AssertionSigner::new(Arc::new(key)),
            issuer: self.config.public_origin(),
            clock: self.clock.clone(),
            dice: self.dice,
            stopping: watch::Sender::new(false),
            limits: CarryLimits {
                deadlines: Deadlines {
                    first_byte: Duration::from_secs(limits.agent_first_byte_seconds),
                    idle: Duration::from_secs(limits.agent_idle_seconds),
                    total: LONGEST_STREAM,
                },
                request_bytes: limits.request_body_bytes,
                response_bytes: limits.response_body_bytes,
                readmit: Duration::from_secs(limits.readmit_seconds),
            },
        })
    }
}

/// The installation's own keys, made once. Two replicas that start together: one makes them, the
/// other finds them.
async fn ensure_installation(
    store: &Store,
    custody: &KeyCustody,
    clock: &dyn Clock,
) -> anyhow::Result<()> {
    match custody.tenant(INSTALLATION).await {
        Ok(_) => return Ok(()),
        Err(KeyCustodyError::NoKeys) => {}
        Err(error) => return Err(error).context("the installation's keys"),
    }
    let mut unit = store.tenant(INSTALLATION).begin().await?;
    let made = custody.create_tenant(&mut unit, clock.now()).await;
    let kept = match made {
        Ok(()) => unit.commit().await.map_err(KeyCustodyError::from),
        Err(error) => Err(error),
    };
    match kept {
        Ok(()) => Ok(()),
        Err(error) => match custody.tenant(INSTALLATION).await {
            Ok(_) => Ok(()),
            Err(_) => Err(error).context("the installation's keys could not be made"),
        },
    }
}

fn private_hosts(config: &Config) -> anyhow::Result<Vec<PrivateHost>> {
    config
        .egress
        .pairs()
        .iter()
        .map(|(host, port)| {
            PrivateHost::parse(host, *port).context("`egress.allowed_private_hosts`")
        })
        .collect()
}

/// Platforms and agents: public addresses over https, what is named, and loopback only where the
/// gateway itself is served there.
fn egress(config: &Config) -> anyhow::Result<EgressRules> {
    let on_loopback = is_loopback_host(config.public_url.host_str().unwrap_or_default());
    Ok(EgressRules {
        allowed_private_hosts: private_hosts(config)?,
        allow_loopback_http: on_loopback,
        localhost_names: on_loopback,
    })
}

/// Installs the process-wide TLS provider; a second call changes nothing.
pub fn install_crypto() {
    let _already = rustls::crypto::ring::default_provider().install_default();
}
