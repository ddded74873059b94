//! The configuration: TOML files under environment variables, every key known, every fault named
//! by its key. It must never print a secret.

mod database;
mod environment;
mod limits;
mod network;

pub use database::{DatabaseSection, PoolerSection};
pub use limits::LimitsSection;
pub use network::{AgentsSection, EgressSection, OperationsSection, ServerSection};

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use secrecy::SecretString;
use serde::Deserialize;
use url::Url;

/// What an operator sets.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where browsers and platforms reach the gateway: scheme, host, port; no path.
    pub public_url: Url,
    /// The public listener.
    #[serde(default)]
    pub server: ServerSection,
    /// The private listener for health and metrics.
    #[serde(default)]
    pub operations: OperationsSection,
    /// Where agents are served.
    pub agents: AgentsSection,
    /// Where everything durable lies.
    pub database: DatabaseSection,
    /// An optional cache and wake-up bus; never the record.
    #[serde(default)]
    pub redis: RedisSection,
    /// Where the root key comes from.
    pub root_key: RootKeySection,
    /// Which private addresses outbound calls may reach.
    #[serde(default)]
    pub egress: EgressSection,
    /// Evidence.
    #[serde(default)]
    pub audit: AuditSection,
    /// Bounds on sizes, times and rates.
    #[serde(default)]
    pub limits: LimitsSection,
    /// What the process says about itself.
    #[serde(default)]
    pub telemetry: TelemetrySection,
}

/// An optional Redis.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RedisSection {
    /// Its address. Known and checked; this version does not connect to it yet.
    pub url: Option<Url>,
}

/// Where the 32-byte root key comes from: exactly one of the two.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RootKeySection {
    /// A file that only its owner may read, holding the key in base64.
    pub file: Option<PathBuf>,
    /// The key itself in base64, meant for the environment (`AGENT_FACTORY_ROOT_KEY__VALUE`).
    pub value: Option<SecretString>,
}

/// Evidence kept outside the database.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AuditSection {
    /// Folders to which each checkpoint is written as well.
    pub anchors: Vec<PathBuf>,
}

/// Logs.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TelemetrySection {
    /// `json` (default) or `text`.
    pub format: LogFormat,
    /// A filter such as `info,agent_factory=debug`.
    pub filter: String,
}

impl Default for TelemetrySection {
    fn default() -> Self {
        Self {
            format: LogFormat::Json,
            filter: "info".to_owned(),
        }
    }
}

/// How a log line looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// For a person at a terminal.
    Text,
}

/// Why a configuration is not usable.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A file cannot be read or is no TOML, or a value has the wrong shape.
    #[error("`{key}`: {reason}")]
    Invalid {
        /// The key at fault, dotted; empty for the whole.
        key: String,
        /// What is wrong, without the value.
        reason: String,
    },
}

impl ConfigError {
    /// A stable code.
    pub fn code(&self) -> &'static str {
        "config-invalid"
    }

    fn at(key: &str, reason: impl Into<String>) -> Self {
        Self::Invalid {
            key: key.to_owned(),
            reason: reason.into(),
        }
    }
}

impl Config {
    /// Reads the files in order, then the environment over them.
    ///
    /// # Errors
    /// [`ConfigError`] naming the key at fault.
    pub fn load(files: &[PathBuf], env: &HashMap<String, String>) -> Result<Self, ConfigError> {
        let merged = environment::merge(files, env)?;
        let config: Self = serde_path_to_error::deserialize(merged).map_err(|error| {
            let key = error.path().to_string();
            ConfigError::at(
                if key == "." { "" } else { &key },
                error.inner().to_string(),
            )
        })?;
        config.validate()?;
        Ok(config)
    }

    /// Checks what types alone cannot.
    ///
    /// # Errors
    /// [`ConfigError`] naming the key at fault.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let url = &self.public_url;
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err(ConfigError::at(
                "public_url",
                "has a path, a query or a fragment",
            ));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(ConfigError::at("public_url", "names a user"));
        }
        match url.scheme() {
            "https" => {}
            "http" if is_loopback_host(url.host_str().unwrap_or_default()) => {}
            _ => {
                return Err(ConfigError::at(
                    "public_url",
                    "is neither https nor on loopback",
                ));
            }
        }
        self.agents.validate(url)?;
        self.egress.validate()?;
        self.limits.validate()?;
        match (&self.root_key.file, &self.root_key.value) {
            (Some(_), None) | (None, Some(_)) => Ok(()),
            (None, None) => Err(ConfigError::at("root_key", "needs `file` or `value`")),
            (Some(_), Some(_)) => Err(ConfigError::at("root_key", "has both `file` and `value`")),
        }
    }

    /// What works but deserves a second look, for `check-config`.
    pub fn warnings(&self) -> Vec<String> {
        let mut found = Vec::new();
        let public = self.public_url.host_str().unwrap_or_default();
        if registrable(public) == registrable(self.agents.host()) && !is_loopback_host(public) {
            found.push(
                "`agents.domain` shares a registrable domain with `public_url`: an agent's page \
                 can toss cookies at it; a domain of its own is safer"
                    .to_owned(),
            );
        }
        if self.redis.url.is_some() {
            found.push("`redis.url` is set, but this version does not use Redis yet".to_owned());
        }
        if self.audit.anchors.is_empty() {
            found.push(
                "`audit.anchors` is empty: nobody outside the database holds a checkpoint"
                    .to_owned(),
            );
        }
        found
    }

    /// The public origin as browsers write it.
    pub fn public_origin(&self) -> String {
        self.public_url.origin().ascii_serialization()
    }
}

/// Whether a host name means this machine: loopback addresses and `localhost` names (RFC 6761).
pub fn is_loopback_host(host: &str) -> bool {
    host == "localhost"
        || host.ends_with(".localhost")
        || host
            .trim_matches(['[', ']'])
            .parse::<std::net::IpAddr>()
            .is_ok_and(|ip| ip.is_loopback())
}

fn registrable(host: &str) -> String {
    let labels: Vec<&str> = host.rsplit('.').take(2).collect();
    labels.into_iter().rev().collect::<Vec<_>>().join(".")
}

/// Reads the text of a secret's file twin, without its line end.
///
/// # Errors
/// [`ConfigError`] naming the key, never the content.
fn read_secret_file(key: &str, path: &Path) -> Result<String, ConfigError> {
    std::fs::read_to_string(path)
        .map(|text| text.trim_end_matches(['\r', '\n']).to_owned())
        .map_err(|error| ConfigError::at(key, format!("cannot be read: {}", error.kind())))
}

#[cfg(test)]
mod tests;
