//! A rendered page as an HTTP response: its own Content-Security-Policy, never cached, never
//! sniffed.

use axum::response::{Html, IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};

use crate::config::is_loopback_host;
use crate::gateway::Gateway;
use crate::pages::{ConnectTo, FormAction, Framing, Rendered};

/// Who may frame the pages of this answer.
#[derive(Debug, Clone, Default)]
pub struct FramingOrigins {
    /// The framing origins of the deployment, where it is known.
    pub deployment: Vec<String>,
    /// Whether loopback http origins may frame what any https origin may: the demo.
    pub loopback: LoopbackFraming,
}

/// Whether loopback http origins may frame what any https origin may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LoopbackFraming {
    /// They may not.
    #[default]
    Refused,
    /// They may: the gateway itself is served on loopback.
    Allowed,
}

impl FramingOrigins {
    /// Of a page that belongs to no deployment.
    pub fn any(gateway: &Gateway) -> Self {
        Self::of(gateway, Vec::new())
    }

    /// Of a page that belongs to a deployment with these framing origins.
    pub fn of(gateway: &Gateway, deployment: Vec<String>) -> Self {
        let host = gateway.config.public_url.host_str().unwrap_or_default();
        let loopback = if is_loopback_host(host) {
            LoopbackFraming::Allowed
        } else {
            LoopbackFraming::Refused
        };
        Self {
            deployment,
            loopback,
        }
    }
}

/// Turns a page into a response.
pub fn page_response(page: Rendered, framing: &FramingOrigins) -> Response {
    let status = StatusCode::from_u16(page.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let policy = policy(&page, framing);
    let mut response = (status, Html(page.html)).into_response();
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    set(header::CONTENT_SECURITY_POLICY, &policy);
    set(header::CACHE_CONTROL, "no-store");
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, page.referrer.as_str());
    response
}

fn policy(page: &Rendered, framing: &FramingOrigins) -> String {
    let scripts = if page.script_sources.is_empty() {
        "'none'".to_owned()
    } else {
        page.script_sources.join(" ")
    };
    let connect = match page.connect {
        ConnectTo::Nowhere => "'none'",
        ConnectTo::Own => "'self'",
    };
    let forms = match &page.form_action {
        FormAction::Nowhere => "; form-action 'none'".to_owned(),
        FormAction::Origins(origins) => format!("; form-action 'self' {}", origins.join(" "))
            .trim_end()
            .to_owned(),
        FormAction::Unrestricted => String::new(),
    };
    let ancestors = match page.framing {
        Framing::Nowhere => "'none'".to_owned(),
        Framing::AnyHttps => match framing.loopback {
            LoopbackFraming::Refused => "https:".to_owned(),
            LoopbackFraming::Allowed => "https: http://localhost:* http://*.localhost:*".to_owned(),
        },
        Framing::Deployment => format!("'self' {}", framing.deployment.join(" "))
            .trim_end()
            .to_owned(),
    };
    format!(
        "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; \
         script-src {scripts}; connect-src {connect}{forms}; base-uri 'none'; \
         frame-ancestors {ancestors}"
    )
}
