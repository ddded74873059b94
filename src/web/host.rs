//! Which of the gateway's origins a request is for. A `Host` that is none of them is answered 421.

use http::{HeaderMap, header};
use url::Url;

use crate::launch::{AgentHost, AgentsDomain};

/// The origin a request names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RequestHost {
    /// `public_url`.
    Public,
    /// One agent's own origin.
    Agent(AgentHost),
    /// None that is served here; the demo may know it.
    Unknown(String),
}

/// The hosts that are served.
#[derive(Debug, Clone)]
pub struct Hosts {
    public: String,
    agents: AgentsDomain,
}

impl Hosts {
    /// The gateway's own host and the domain under which agents live.
    pub fn new(public_url: &Url, agents: AgentsDomain) -> Self {
        let host = public_url.host_str().unwrap_or_default();
        let public = match public_url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        };
        Self { public, agents }
    }

    /// The origin that these headers (or the request line's authority) name. Two `Host` headers
    /// name none.
    pub fn of(&self, authority: Option<&str>, headers: &HeaderMap) -> RequestHost {
        let mut named = headers.get_all(header::HOST).iter();
        let first = named.next().and_then(|value| value.to_str().ok());
        if named.next().is_some() {
            return RequestHost::Unknown(String::new());
        }
        let Some(host) = authority.or(first) else {
            return RequestHost::Unknown(String::new());
        };
        if host == self.public {
            return RequestHost::Public;
        }
        match AgentHost::parse(host, &self.agents) {
            Some(agent) => RequestHost::Agent(agent),
            None => RequestHost::Unknown(host.to_owned()),
        }
    }
}
