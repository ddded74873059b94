//! The egress wall: which hosts this process may call, and at which addresses. It must never
//! connect to an address that was not checked, nor check one address and connect to another.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use url::{Host, Url};

mod address;
mod connector;
mod platform_client;
#[cfg(test)]
mod tests;

pub use connector::{CheckedConnector, ConnectRefused, TlsConnector, tls_connector};
pub use platform_client::{FetchError, Fetched, PlatformClient, PlatformResolver, platform_client};

/// A private host that an operator named, with the one port it may be called at.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PrivateHost {
    host: Host<String>,
    port: u16,
}

impl PrivateHost {
    /// A host name or address literal (brackets around IPv6) and its port.
    ///
    /// # Errors
    ///
    /// [`EgressRefusal::BadHost`] when the host is no name and no address.
    pub fn parse(host: &str, port: u16) -> Result<Self, EgressRefusal> {
        Ok(Self {
            host: canonical_host(host)?,
            port,
        })
    }
}

/// What one kind of outbound call may reach.
///
/// The default reaches public addresses over https and nothing else.
#[derive(Debug, Clone, Default)]
pub struct EgressRules {
    /// Hosts that may stand at private addresses, and may be called over plain http there.
    pub allowed_private_hosts: Vec<PrivateHost>,
    /// Whether loopback may be called when the address says so itself (`127.0.0.1`, `[::1]`,
    /// `localhost`, `*.localhost`): for the demo and for agents on the same machine. A public name
    /// that resolves to loopback stays refused.
    pub allow_loopback_http: bool,
    /// Whether `localhost` and names ending in `.localhost` mean loopback inside this process,
    /// without asking the system's resolver.
    ///
    /// # Source
    ///
    /// RFC 6761, section 6.3.
    pub localhost_names: bool,
}

/// Why a call was not made. Expected, counted; it names no host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EgressRefusal {
    /// The scheme is neither https nor http, or http outside loopback and the named hosts.
    #[error("only https is called, and http on loopback or a named private host")]
    SchemeRefused,
    /// The URL carries a name or password.
    #[error("the address carries credentials")]
    Userinfo,
    /// The URL has no host, or one that is no name and no address.
    #[error("the host is no name and no address")]
    BadHost,
    /// One of the host's addresses is private, loopback, link-local or otherwise not public.
    #[error("the host stands at an address that is not public")]
    PrivateAddress,
    /// The host was named as private, for other ports only.
    #[error("the host was allowed for another port")]
    OtherPort,
    /// The name has no address, or the resolver did not answer.
    #[error("the host name has no address")]
    NotResolved,
}

impl EgressRefusal {
    /// The stable code of this refusal.
    pub const fn code(self) -> &'static str {
        match self {
            Self::SchemeRefused => "egress-scheme-refused",
            Self::Userinfo => "egress-userinfo",
            Self::BadHost => "egress-bad-host",
            Self::PrivateAddress => "egress-private-address",
            Self::OtherPort => "egress-other-port",
            Self::NotResolved => "egress-not-resolved",
        }
    }
}

impl EgressRules {
    /// Whether a URL may be called, as far as can be told without resolving its name.
    ///
    /// # Errors
    ///
    /// Each [`EgressRefusal`] but `NotResolved`.
    pub fn check_url(&self, url: &Url) -> Result<(), EgressRefusal> {
        if !url.username().is_empty() || url.password().is_some() {
            return Err(EgressRefusal::Userinfo);
        }
        let host = canonical_host(url.host_str().ok_or(EgressRefusal::BadHost)?)?;
        let port = url
            .port_or_known_default()
            .ok_or(EgressRefusal::SchemeRefused)?;
        self.check_port(&host, port)?;
        match url.scheme() {
            "https" => {}
            "http" if self.names(&host, port) || self.is_allowed_loopback(&host) => {}
            _ => return Err(EgressRefusal::SchemeRefused),
        }
        match literal(&host) {
            Some(address) => self.check_address(&host, port, address),
            None => Ok(()),
        }
    }

    /// The addresses of a host, all of them checked: one barred address refuses the host, since a
    /// name that is half private is an attack or a mistake.
    ///
    /// # Errors
    ///
    /// [`EgressRefusal`]; `NotResolved` when the name has no address.
    pub async fn resolve_checked(
        &self,
        host: &str,
        port: u16,
    ) -> Result<Vec<SocketAddr>, EgressRefusal> {
        let host = canonical_host(host)?;
        self.check_port(&host, port)?;
        let addresses = self.addresses_of(&host, port).await?;
        for address in &addresses {
            self.check_address(&host, port, address.ip())?;
        }
        if addresses.is_empty() {
            Err(EgressRefusal::NotResolved)
        } else {
            Ok(addresses)
        }
    }

    async fn addresses_of(
        &self,
        host: &Host<String>,
        port: u16,
    ) -> Result<Vec<SocketAddr>, EgressRefusal> {
        if let Some(address) = literal(host) {
            return Ok(vec![SocketAddr::new(address, port)]);
        }
        if self.localhost_names && is_localhost_name(host) {
            return Ok(vec![
                SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port),
                SocketAddr::new(IpAddr::V6(Ipv6Addr::LOCALHOST), port),
            ]);
        }
        let Host::Domain(name) = host else {
            return Err(EgressRefusal::BadHost);
        };
        tokio::net::lookup_host((name.as_str(), port))
            .await
            .map(Iterator::collect)
            .map_err(|_| EgressRefusal::NotResolved)
    }

    fn check_address(
        &self,
        host: &Host<String>,
        port: u16,
        address: IpAddr,
    ) -> Result<(), EgressRefusal> {
        let allowed = address::is_public(address)
            || self.names(host, port)
            || (address.is_loopback() && self.is_allowed_loopback(host));
        if allowed {
            Ok(())
        } else {
            Err(EgressRefusal::PrivateAddress)
        }
    }

    /// A host named as private is called at its named ports only: resolvers that are told no port
    /// (reqwest's) then cannot be led to another service on that host.
    fn check_port(&self, host: &Host<String>, port: u16) -> Result<(), EgressRefusal> {
        if self.names_at_any_port(host) && !self.names(host, port) {
            return Err(EgressRefusal::OtherPort);
        }
        Ok(())
    }

    fn names(&self, host: &Host<String>, port: u16) -> bool {
        self.allowed_private_hosts
            .iter()
            .any(|named| named.port == port && &named.host == host)
    }

    fn names_at_any_port(&self, host: &Host<String>) -> bool {
        self.allowed_private_hosts
            .iter()
            .any(|named| &named.host == host)
    }

    /// The port under which a host was named, for resolvers that are told none.
    fn named_port(&self, host: &Host<String>) -> Option<u16> {
        self.allowed_private_hosts
            .iter()
            .find(|named| &named.host == host)
            .map(|named| named.port)
    }

    fn is_allowed_loopback(&self, host: &Host<String>) -> bool {
        self.allow_loopback_http
            && match host {
                Host::Ipv4(address) => address.is_loopback(),
                Host::Ipv6(address) => address.is_loopback(),
                Host::Domain(_) => is_localhost_name(host),
            }
    }
}

/// The host as browsers read it (decimal, octal and hexadecimal addresses become addresses), lower
/// case, without the root's dot: names are compared in this form only.
fn canonical_host(host: &str) -> Result<Host<String>, EgressRefusal> {
    let parsed = Host::parse(host).map_err(|_| EgressRefusal::BadHost)?;
    let Host::Domain(name) = parsed else {
        return Ok(parsed);
    };
    match name.strip_suffix('.').unwrap_or(&name) {
        "" => Err(EgressRefusal::BadHost),
        name => Ok(Host::Domain(name.to_owned())),
    }
}

fn literal(host: &Host<String>) -> Option<IpAddr> {
    match host {
        Host::Ipv4(address) => Some(IpAddr::V4(*address)),
        Host::Ipv6(address) => Some(IpAddr::V6(*address)),
        Host::Domain(_) => None,
    }
}

fn is_localhost_name(host: &Host<String>) -> bool {
    matches!(host, Host::Domain(name) if name == "localhost" || name.ends_with(".localhost"))
}
