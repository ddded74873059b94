//! Files that pages load, with the hash of their content in the address, so that they may be kept
//! for ever; and inline scripts, allowed by hash alone.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::digest::{SHA256, digest};

/// A file that never changes under its address.
#[derive(Debug)]
pub struct Asset {
    name: &'static str,
    content_type: &'static str,
    bytes: &'static [u8],
    hash: String,
}

impl Asset {
    fn new(name: &'static str, content_type: &'static str, bytes: &'static [u8]) -> Self {
        let sum = digest(&SHA256, bytes);
        let hash = URL_SAFE_NO_PAD.encode(sum.as_ref().get(..12).unwrap_or_default());
        Self {
            name,
            content_type,
            bytes,
            hash,
        }
    }

    /// The asset of that file name.
    pub fn find(name: &str) -> Option<&'static Self> {
        ASSETS.iter().find(|asset| asset.name == name)
    }

    /// Its file name.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Its media type.
    pub const fn content_type(&self) -> &'static str {
        self.content_type
    }

    /// Its content.
    pub const fn bytes(&self) -> &'static [u8] {
        self.bytes
    }

    /// The first 96 bits of its SHA-256, base64url: what stands after `?v=`. Only a request with
    /// this value may be answered as immutable.
    pub fn hash(&self) -> &str {
        &self.hash
    }
}

static ASSETS: LazyLock<Vec<Asset>> = LazyLock::new(|| {
    vec![Asset::new(
        "page.css",
        "text/css; charset=utf-8",
        include_bytes!("assets/page.css"),
    )]
});

/// Where a page's origin serves the assets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AssetBase {
    /// The gateway's own origin: `/assets/`.
    Gateway,
    /// An agent's origin, where only `/.agent-factory/` is the gateway's.
    Agent,
}

impl AssetBase {
    /// The path in front of a file name.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Gateway => "/assets/",
            Self::Agent => "/.agent-factory/assets/",
        }
    }

    /// The stylesheet's address with its hash.
    pub fn stylesheet(self) -> String {
        let hash = Asset::find("page.css").map_or("", Asset::hash);
        format!("{}page.css?v={hash}", self.path())
    }
}

/// A script that stands in the page itself.
#[derive(Debug)]
pub struct InlineScript {
    source: &'static str,
    csp_source: String,
}

impl InlineScript {
    fn new(source: &'static str) -> Self {
        let sum = STANDARD.encode(digest(&SHA256, source.as_bytes()).as_ref());
        Self {
            source,
            csp_source: format!("'sha256-{sum}'"),
        }
    }

    /// The script's text.
    pub const fn source(&self) -> &'static str {
        self.source
    }

    /// What the policy lists: `'sha256-...'`.
    pub fn csp_source(&self) -> &str {
        &self.csp_source
    }
}

/// Sends the page's `#proceed` form at once.
pub static SUBMIT: LazyLock<InlineScript> =
    LazyLock::new(|| InlineScript::new(include_str!("assets/submit.js")));

/// Reads a cookie back through the address in `data-check`, then sends `#proceed`, else shows
/// `#otherwise`.
pub static READ_BACK: LazyLock<InlineScript> =
    LazyLock::new(|| InlineScript::new(include_str!("assets/read_back.js")));
