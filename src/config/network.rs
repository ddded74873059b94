//! Listeners, agent origins and outbound calls.

use std::net::{IpAddr, SocketAddr};

use serde::Deserialize;
use url::Url;

use super::ConfigError;

/// The public listener.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ServerSection {
    /// Address and port.
    pub listen: SocketAddr,
    /// Addresses of reverse proxies whose `Forwarded` word about the client is believed, for rate
    /// limits only.
    pub trusted_proxies: Vec<IpAddr>,
}

impl Default for ServerSection {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            trusted_proxies: Vec::new(),
        }
    }
}

/// The private listener.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OperationsSection {
    /// Address and port; never reachable from outside.
    pub listen: SocketAddr,
}

impl Default for OperationsSection {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 9090)),
        }
    }
}

/// Where agents are served.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgentsSection {
    /// The domain under which each agent has origins of its own, with the port where it is not the
    /// scheme's own: `agents.example.org`, `localhost:8080`.
    pub domain: String,
}

impl AgentsSection {
    /// The domain without its port.
    pub fn host(&self) -> &str {
        self.domain
            .rsplit_once(':')
            .map_or(self.domain.as_str(), |(host, _)| host)
    }

    pub(super) fn validate(&self, public_url: &Url) -> Result<(), ConfigError> {
        let as_url = format!("{}://{}/", public_url.scheme(), self.domain);
        let parsed = Url::parse(&as_url)
            .map_err(|_| ConfigError::at("agents.domain", "is no domain name"))?;
        if parsed.host_str() != Some(self.host()) || parsed.path() != "/" {
            return Err(ConfigError::at(
                "agents.domain",
                "is no lower-case domain name",
            ));
        }
        if public_url.host_str().is_some_and(|h| h.contains("--")) {
            return Err(ConfigError::at("public_url", "has `--` in its host"));
        }
        Ok(())
    }
}

/// Which private addresses outbound calls may reach.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EgressSection {
    /// `host:port` pairs.
    pub allowed_private_hosts: Vec<String>,
}

impl EgressSection {
    /// The pairs, parsed.
    pub fn pairs(&self) -> Vec<(String, u16)> {
        self.allowed_private_hosts
            .iter()
            .filter_map(|text| pair(text))
            .collect()
    }

    pub(super) fn validate(&self) -> Result<(), ConfigError> {
        match self
            .allowed_private_hosts
            .iter()
            .find(|text| pair(text).is_none())
        {
            Some(_) => Err(ConfigError::at(
                "egress.allowed_private_hosts",
                "holds no `host:port` pair",
            )),
            None => Ok(()),
        }
    }
}

fn pair(text: &str) -> Option<(String, u16)> {
    let (host, port) = text.rsplit_once(':')?;
    let host = host.trim_matches(['[', ']']);
    (!host.is_empty()).then_some(())?;
    Some((host.to_lowercase(), port.parse().ok()?))
}
