//! "What this agent knows about you", one click from every launch.

use std::sync::Arc;

use agent_factory_policies::{Disposition, Element};
use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;

use super::session;
use crate::gateway::Gateway;
use crate::launch::{AgentHost, LiveSession, new_reference};
use crate::pages::{AboutMe, Locale, Notice, SentElement, WithheldBecause, WithheldElement};
use crate::web::page_response::{FramingOrigins, page_response};

/// `GET /.agent-factory/about`
pub(in crate::web) async fn about(
    State(gateway): State<Arc<Gateway>>,
    Extension(host): Extension<AgentHost>,
    headers: HeaderMap,
) -> Response {
    let live = match session::find(&gateway, &host, &headers).await {
        Ok(live) => live,
        Err(page) => return page,
    };
    let Some(known) = gateway.gate.preview(&live.gathered.facts) else {
        return session::notice(&gateway, &headers, Notice::NotAllowed);
    };
    let language = headers
        .get(http::header::ACCEPT_LANGUAGE)
        .and_then(|v| v.to_str().ok());
    let (sent, withheld) = rows(&live, &known);
    let page = AboutMe {
        locale: Locale::choose(live.launch.locale.as_deref(), language),
        agent: live.agent.name.clone(),
        institution: live.tenant.name.clone(),
        sent,
        withheld,
        back: "/".to_owned(),
        reference: new_reference(gateway.dice).unwrap_or_default(),
    };
    let framing = FramingOrigins::of(&gateway, live.launch.framing_origins.clone());
    page_response(page.render(), &framing)
}

fn rows(
    live: &LiveSession,
    known: &std::collections::BTreeMap<Element, Disposition>,
) -> (Vec<SentElement>, Vec<WithheldElement>) {
    let mut sent = Vec::new();
    let mut withheld = Vec::new();
    for element in live.manifest.element_set() {
        let name = element.as_str().to_owned();
        match known.get(&element) {
            Some(Disposition::Pass | Disposition::Generalise) => {
                let value = live.launch.values.get(element.as_str()).cloned();
                sent.push(SentElement {
                    element: name,
                    value,
                });
            }
            Some(Disposition::Pseudonym) => withheld.push(WithheldElement {
                element: name,
                because: WithheldBecause::Pseudonymised,
            }),
            _ => withheld.push(WithheldElement {
                element: name,
                because: WithheldBecause::NotPermitted,
            }),
        }
    }
    (sent, withheld)
}
