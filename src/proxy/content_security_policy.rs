//! Content-Security-Policies: one for the gateway's own pages, one laid over an agent's answers. It
//! must never write into a policy what was not parsed as an origin or a hash.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderValue;

mod source;
#[cfg(test)]
mod tests;

pub use source::{BadSource, HostSource};

/// The SHA-256 of one inline script or style of ours, by which a policy knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InlineHash(String);

impl InlineHash {
    /// The hash of exactly the text between the tags.
    pub fn of(text: &str) -> Self {
        let digest = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
        Self(format!("'sha256-{}'", STANDARD.encode(digest.as_ref())))
    }
}

/// Who may show a page in a frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FrameAncestors {
    /// Nobody: console, consent and sign-in pages.
    Nobody,
    /// Any https origin, and these besides: login, storage, cookie and refusal pages, which hold
    /// nothing that a stolen click could spend.
    AnyHttps(Vec<HostSource>),
    /// These and the page's own origin: the framing origins of a deployment.
    Listed(Vec<HostSource>),
}

impl FrameAncestors {
    fn write(&self) -> String {
        match self {
            Self::Nobody => "frame-ancestors 'none'".to_owned(),
            Self::AnyHttps(besides) => directive("frame-ancestors", &["'self'", "https:"], besides),
            Self::Listed(listed) => directive("frame-ancestors", &["'self'"], listed),
        }
    }
}

/// The policy of one of the gateway's own pages. Nothing inline runs but what it names by hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PagePolicy {
    /// Inline scripts of ours.
    pub scripts: Vec<InlineHash>,
    /// Inline style sheets of ours.
    pub styles: Vec<InlineHash>,
    /// Where forms may go besides the page's own origin; redirects that follow are judged too.
    pub form_action: Vec<HostSource>,
    /// Which origins the page may show in frames of its own.
    pub frames: Vec<HostSource>,
    /// Who may frame the page.
    pub frame_ancestors: FrameAncestors,
}

impl PagePolicy {
    /// A page with scripts and styles from its own origin only, framed as said.
    pub const fn new(frame_ancestors: FrameAncestors) -> Self {
        Self {
            scripts: Vec::new(),
            styles: Vec::new(),
            form_action: Vec::new(),
            frames: Vec::new(),
            frame_ancestors,
        }
    }

    /// The header's value.
    pub fn to_header_value(&self) -> HeaderValue {
        let hashed = |name: &str, hashes: &[InlineHash]| {
            hashes
                .iter()
                .fold(format!("{name} 'self'"), |line, hash| line + " " + &hash.0)
        };
        value(&[
            "default-src 'none'".to_owned(),
            hashed("script-src", &self.scripts),
            hashed("style-src", &self.styles),
            "img-src 'self' data:".to_owned(),
            "font-src 'self'".to_owned(),
            "connect-src 'self'".to_owned(),
            if self.frames.is_empty() {
                "frame-src 'none'".to_owned()
            } else {
                directive("frame-src", &["'self'"], &self.frames)
            },
            directive("form-action", &["'self'"], &self.form_action),
            "base-uri 'none'".to_owned(),
            self.frame_ancestors.write(),
        ])
    }
}

/// Whether an agent's pages may use inline script, or inline style, as its manifest asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Inline {
    /// No.
    #[default]
    Refused,
    /// Yes.
    Allowed,
}

/// The policy laid over an agent's answers beside its own: nothing leaves for a host that was not
/// declared and accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentPolicy {
    /// Inline script.
    pub inline_script: Inline,
    /// Inline style.
    pub inline_style: Inline,
    /// Hosts that the manifest declares and the tenant accepted.
    pub hosts: Vec<HostSource>,
    /// Who may frame the agent.
    pub frame_ancestors: FrameAncestors,
}

impl AgentPolicy {
    /// The header's value.
    ///
    /// Declared hosts may be loaded from, called and framed. Forms, workers and the base of
    /// addresses stay with the agent's own origin.
    pub fn to_header_value(&self) -> HeaderValue {
        let inline = |kind: Inline| match kind {
            Inline::Refused => vec!["'self'"],
            Inline::Allowed => vec!["'self'", "'unsafe-inline'"],
        };
        let hosts = &self.hosts;
        value(&[
            directive("default-src", &["'self'"], hosts),
            directive("script-src", &inline(self.inline_script), hosts),
            directive("style-src", &inline(self.inline_style), hosts),
            directive("img-src", &["'self'", "data:", "blob:"], hosts),
            directive("media-src", &["'self'", "data:", "blob:"], hosts),
            directive("font-src", &["'self'", "data:"], hosts),
            directive("connect-src", &["'self'"], hosts),
            directive("frame-src", &["'self'"], hosts),
            "object-src 'none'".to_owned(),
            "form-action 'self'".to_owned(),
            "worker-src 'self'".to_owned(),
            "base-uri 'self'".to_owned(),
            self.frame_ancestors.write(),
        ])
    }
}

/// An agent's own policy without what would undo the gateway's: reports carry addresses to other
/// hosts, and who may frame is not the agent's to say. `None` when nothing is left.
pub(super) fn agents_own(policy: &HeaderValue) -> Option<HeaderValue> {
    let text = policy.to_str().ok()?;
    let policies: Vec<String> = text.split(',').filter_map(kept_directives).collect();
    if policies.is_empty() {
        None
    } else {
        HeaderValue::from_str(&policies.join(", ")).ok()
    }
}

fn kept_directives(policy: &str) -> Option<String> {
    let kept: Vec<&str> = policy
        .split(';')
        .map(str::trim)
        .filter(|directive| {
            let name = directive
                .split_ascii_whitespace()
                .next()
                .unwrap_or_default();
            !["", "report-uri", "report-to", "frame-ancestors"]
                .iter()
                .any(|dropped| name.eq_ignore_ascii_case(dropped))
        })
        .collect();
    if kept.is_empty() {
        None
    } else {
        Some(kept.join("; "))
    }
}

fn directive(name: &str, keywords: &[&str], hosts: &[HostSource]) -> String {
    let mut line = name.to_owned();
    for word in keywords
        .iter()
        .copied()
        .chain(hosts.iter().map(HostSource::as_str))
    {
        line.push(' ');
        line.push_str(word);
    }
    line
}

/// Joins directives. Their parts are parsed, hence visible ASCII; should one not be, nothing loads.
fn value(directives: &[String]) -> HeaderValue {
    HeaderValue::from_str(&directives.join("; "))
        .unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'"))
}
