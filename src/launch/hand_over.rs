//! The hand-over from the gateway's origin to an agent's: the one-time code and the agent's host.
//! A code must never stand in a URL; a host that is not exactly an agent's is nobody's.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::clock::Timestamp;
use crate::dice::{Dice, DiceError};
use crate::ids::Slug;
use crate::vault::{HostLabel, Secret32};

/// Ours: how long a browser may take to carry a code from one origin to the other.
pub const HAND_OVER_CODE_LIFE: Duration = Duration::from_mins(1);

/// 256 random bits that open one session on one agent host, once. That it works once is decided by
/// the database, where only its hash lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandOverCode(Secret32);

impl HandOverCode {
    /// A new code.
    ///
    /// # Errors
    /// [`DiceError`] when there is no randomness.
    pub fn generate(dice: Dice) -> Result<Self, DiceError> {
        Secret32::generate(dice).map(Self)
    }

    /// As the form carries it.
    pub fn to_text(&self) -> String {
        self.0.to_text()
    }

    /// Reads it back; `None` when it is not exactly that form.
    pub fn parse(text: &str) -> Option<Self> {
        Secret32::parse(text).map(Self)
    }

    /// What is stored.
    pub fn hash(&self) -> [u8; 32] {
        self.0.hash()
    }

    /// Until when a code made at `now` is accepted.
    pub fn expires_at(now: Timestamp) -> Timestamp {
        now.plus(HAND_OVER_CODE_LIFE)
    }
}

/// The domain under which agents have their hosts, and its port where that is not the scheme's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentsDomain {
    name: String,
    port: Option<u16>,
}

impl AgentsDomain {
    /// The domain without a port.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The port, where one is configured.
    pub fn port(&self) -> Option<u16> {
        self.port
    }
}

/// Why a text is no agents' domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the agents' domain must be a lower-case host name, with `:port` where it has one")]
pub struct AgentsDomainError;

impl FromStr for AgentsDomain {
    type Err = AgentsDomainError;
    fn from_str(text: &str) -> Result<Self, AgentsDomainError> {
        let (name, port) = split_port(text).ok_or(AgentsDomainError)?;
        // With the longest label of an agent and its dot, a name has at most 253 characters.
        let fits = name.len() <= 253 - 64 && name.split('.').all(is_label);
        if fits {
            Ok(Self {
                name: name.to_owned(),
                port,
            })
        } else {
            Err(AgentsDomainError)
        }
    }
}

impl fmt::Display for AgentsDomain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.port {
            Some(port) => write!(f, "{}:{port}", self.name),
            None => f.write_str(&self.name),
        }
    }
}

/// The host of one agent for one person of one tenant in one placement.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AgentHost {
    /// The agent.
    pub agent: Slug,
    /// The tenant.
    pub tenant: Slug,
    /// What keeps people and placements apart.
    pub s: HostLabel,
}

impl AgentHost {
    /// The first label: `{agent}--{tenant}--{s}`, at most 60 characters.
    ///
    /// # Source
    /// RFC 1035, section 2.3.4: a label has at most 63.
    pub fn to_label(&self) -> String {
        format!("{}--{}--{}", self.agent, self.tenant, self.s)
    }

    /// The whole host, with the port where one is configured.
    pub fn to_authority(&self, domain: &AgentsDomain) -> String {
        format!("{}.{domain}", self.to_label())
    }

    /// Reads a `Host` header. `None` unless it is exactly an agent's host: lower case, no trailing
    /// dot, and either no port or the configured one.
    pub fn parse(host_header: &str, domain: &AgentsDomain) -> Option<Self> {
        let (host, port) = split_port(host_header)?;
        if port.is_some() && port != domain.port {
            return None;
        }
        let label = host.strip_suffix(domain.name.as_str())?.strip_suffix('.')?;
        let mut parts = label.split("--");
        let (agent, tenant, s) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() {
            return None;
        }
        Some(Self {
            agent: agent.parse().ok()?,
            tenant: tenant.parse().ok()?,
            s: s.parse().ok()?,
        })
    }
}

/// The name and the port, if there is one; `None` when what follows the colon is no port in its
/// only spelling.
fn split_port(host: &str) -> Option<(&str, Option<u16>)> {
    let Some((name, port)) = host.split_once(':') else {
        return Some((host, None));
    };
    let number: u16 = port.parse().ok()?;
    (number != 0 && number.to_string() == port).then_some((name, Some(number)))
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && label
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn domain() -> AgentsDomain {
        "localhost:8080".parse().unwrap()
    }

    fn host() -> AgentHost {
        AgentHost {
            agent: "tutor".parse().unwrap(),
            tenant: "lincoln".parse().unwrap(),
            s: "x7k2maqa".parse().unwrap(),
        }
    }

    #[test]
    fn a_host_reads_back_with_its_port_or_with_none() {
        let authority = host().to_authority(&domain());
        assert_eq!(authority, "tutor--lincoln--x7k2maqa.localhost:8080");
        assert_eq!(AgentHost::parse(&authority, &domain()), Some(host()));
        assert_eq!(
            AgentHost::parse("tutor--lincoln--x7k2maqa.localhost", &domain()),
            Some(host())
        );
        let plain: AgentsDomain = "agents.example.org".parse().unwrap();
        assert_eq!(
            AgentHost::parse(&host().to_authority(&plain), &plain),
            Some(host())
        );
    }

    #[test]
    fn what_is_not_exactly_an_agents_host_is_nobodys() {
        for bad in [
            "",
            "localhost:8080",
            ".localhost:8080",
            "tutor--lincoln--x7k2maqa",
            "Tutor--lincoln--x7k2maqa.localhost:8080",
            "tutor--lincoln--X7K2MAQA.localhost:8080",
            "tutor--lincoln--x7k2maqa.LOCALHOST:8080",
            "tutor--lincoln--x7k2maqa.localhost.:8080",
            "tutor--lincoln--x7k2maqa.localhost.",
            "tutor--lincoln--x7k2maqa.localhost:8081",
            "tutor--lincoln--x7k2maqa.localhost:08080",
            "tutor--lincoln--x7k2maqa.localhost:+8080",
            "tutor--lincoln--x7k2maqa.localhost:",
            "tutor--lincoln--x7k2maqa.localhost:8080:8080",
            "tutor--lincoln--x7k2maqa.localhost:8080 ",
            " tutor--lincoln--x7k2maqa.localhost:8080",
            "tutor--lincoln--x7k2maqa.evillocalhost:8080",
            "tutor--lincoln--x7k2maqalocalhost:8080",
            "tutor--lincoln--x7k2maqa.localhost.evil.example:8080",
            "a.tutor--lincoln--x7k2maqa.localhost:8080",
            "tutor--lincoln--x7k2maqa.a.localhost:8080",
            "tutor--lincoln.localhost:8080",
            "tutor--lincoln--x7k2maqa--b.localhost:8080",
            "tutor---lincoln--x7k2maqa.localhost:8080",
            "--lincoln--x7k2maqa.localhost:8080",
            "tutor----x7k2maqa.localhost:8080",
            "xn-tutor--lincoln--x7k2maqa.localhost:8080",
            "tutor--lincoln--x7k2maq.localhost:8080",
            "tutor--lincoln--x7k2maq1.localhost:8080",
            "user@tutor--lincoln--x7k2maqa.localhost:8080",
        ] {
            assert_eq!(AgentHost::parse(bad, &domain()), None, "{bad}");
        }
    }

    #[test]
    fn a_domain_without_a_port_refuses_every_port() {
        let plain: AgentsDomain = "agents.example.org".parse().unwrap();
        let with_port = "tutor--lincoln--x7k2maqa.agents.example.org:443";
        assert_eq!(AgentHost::parse(with_port, &plain), None);
    }

    #[test]
    fn the_longest_slugs_still_make_one_label() {
        let longest: Slug = "a".repeat(24).parse().unwrap();
        let host = AgentHost {
            agent: longest.clone(),
            tenant: longest,
            s: host().s,
        };
        assert_eq!(host.to_label().len(), 60);
        assert_eq!(
            AgentHost::parse(&host.to_authority(&domain()), &domain()),
            Some(host)
        );
    }

    #[test]
    fn an_agents_domain_is_a_lower_case_name() {
        for bad in [
            "",
            ":80",
            "a..b",
            "Agents.example",
            "a.b.",
            "-a.b",
            "a_b",
            "a:0",
            "a:x",
            "a:1:2",
        ] {
            assert_eq!(bad.parse::<AgentsDomain>(), Err(AgentsDomainError), "{bad}");
        }
        assert!("a".repeat(250).parse::<AgentsDomain>().is_err());
        assert_eq!(
            "a.b:81".parse::<AgentsDomain>().unwrap().to_string(),
            "a.b:81"
        );
    }

    #[test]
    fn a_code_is_known_by_its_hash_and_lives_a_minute() {
        let code = HandOverCode::generate(Dice).unwrap();
        assert_eq!(
            HandOverCode::parse(&code.to_text()).unwrap().hash(),
            code.hash()
        );
        assert!(!format!("{code:?}").contains(&code.to_text()));
        let now = Timestamp::from_seconds(100);
        assert_eq!(HandOverCode::expires_at(now), Timestamp::from_seconds(160));
    }
}
