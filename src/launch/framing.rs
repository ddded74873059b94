//! Which origins may frame an agent of a deployment: those of its platform's preset, of its issuer
//! and authorization endpoint, of the addresses in its verified tokens, and what an operator adds.

use agent_factory_lti::LaunchMessage;
use url::Url;

use crate::store::{Deployment, Registration};

/// Framing origins that a kind of platform needs besides its own.
const PRESETS: [(&str, &[&str]); 1] = [(
    "canvas",
    &["https://*.instructure.com", "https://*.canvaslms.com"],
)];

/// More origins than this in one header help nobody; ours.
const MAX_ORIGINS: usize = 24;

/// The framing origins of a launch, each once.
pub fn framing_origins(
    registration: &Registration,
    deployment: &Deployment,
    message: &LaunchMessage,
) -> Vec<String> {
    let mut origins: Vec<String> = Vec::new();
    let mut add = |origin: String| {
        if origins.len() < MAX_ORIGINS && !origins.contains(&origin) {
            origins.push(origin);
        }
    };
    let preset = registration.preset.as_deref();
    for (name, hosts) in PRESETS {
        if preset == Some(name) {
            for host in hosts {
                add((*host).to_owned());
            }
        }
    }
    deployment
        .framing_origins
        .iter()
        .cloned()
        .for_each(&mut add);
    let named = [
        Some(registration.issuer.as_str()),
        Some(registration.authorization_url.as_str()),
        message.presentation().return_url.as_ref().map(Url::as_str),
    ];
    named
        .into_iter()
        .flatten()
        .filter_map(origin_of)
        .for_each(&mut add);
    origins
}

/// The origin of an address; `None` when a browser could not be framed from there.
fn origin_of(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    let web = matches!(url.scheme(), "https" | "http") && url.username().is_empty();
    (web && url.host_str().is_some()).then(|| url.origin().ascii_serialization())
}
