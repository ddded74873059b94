//! A finished page: its HTML and what its Content-Security-Policy must allow, no more. It never
//! knows a web framework; the web layer turns it into a response.

use askama::Template;

use super::asset::InlineScript;

/// A finished page and the least its headers must allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// HTTP status the page is meant for.
    pub status: u16,
    /// The whole document.
    pub html: String,
    /// CSP sources of its inline scripts, such as `'sha256-...'`; none when it has no script.
    pub script_sources: Vec<String>,
    /// Where its scripts may connect.
    pub connect: ConnectTo,
    /// Where its forms may go.
    pub form_action: FormAction,
    /// Who may frame it.
    pub framing: Framing,
    /// What its own requests say about where they come from.
    pub referrer: ReferrerPolicy,
}

/// Value of `connect-src`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConnectTo {
    /// `'none'`.
    Nowhere,
    /// `'self'`.
    Own,
}

/// Value of `form-action`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FormAction {
    /// `'none'`.
    Nowhere,
    /// `'self'` and these origins.
    Origins(Vec<String>),
    /// No directive: browsers apply `form-action` to redirects after a submission too, and an
    /// authorization endpoint redirects to hosts that only the platform knows.
    Unrestricted,
}

/// Value of `frame-ancestors`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// `'none'`.
    Nowhere,
    /// Any https origin (in the demo also loopback): nothing here that a stolen click could spend.
    AnyHttps,
    /// The framing origins of the deployment, and the page's own.
    Deployment,
}

/// Value of `Referrer-Policy`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReferrerPolicy {
    /// `no-referrer`.
    NoReferrer,
    /// `origin`: the hand-over is accepted only with an `Origin` header, which `no-referrer`
    /// would turn into `null`.
    Origin,
}

impl ReferrerPolicy {
    /// The header's value.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoReferrer => "no-referrer",
            Self::Origin => "origin",
        }
    }
}

/// Shown when a template could not be written out; it names nothing, so it can always be shown.
const UNRENDERABLE: &str = "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
<title>Not available</title></head><body><main><h1>This page cannot be shown right now</h1>\
<p>Please go back and try again.</p></main></body></html>";

impl Rendered {
    /// A page without scripts, forms or connections that any https origin may frame.
    pub(crate) fn plain(status: u16, template: &impl Template) -> Self {
        let (status, html) = template
            .render()
            .map_or_else(|_| (500, UNRENDERABLE.to_owned()), |html| (status, html));
        Self {
            status,
            html,
            script_sources: Vec::new(),
            connect: ConnectTo::Nowhere,
            form_action: FormAction::Nowhere,
            framing: Framing::AnyHttps,
            referrer: ReferrerPolicy::NoReferrer,
        }
    }

    /// With an inline script allowed by its hash.
    #[must_use]
    pub(crate) fn with_script(mut self, script: &InlineScript) -> Self {
        self.script_sources.push(script.csp_source().to_owned());
        self
    }
}
