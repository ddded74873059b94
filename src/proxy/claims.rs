//! What an agent is told about a launch: the assertion's claims, from a permit and what the launch
//! left. Whatever the permit does not name stays here, and nobody is told why.

use std::collections::BTreeMap;

use agent_factory_policies::{AgeBand, Disclosure, Disposition, Element};
use serde_json::{Map, Value};
use url::Url;

use super::assertion::{
    AssertionAgeBand, AssertionClaims, AssertionLifetime, AssertionRole, Audience,
    MAX_ASSERTION_LIFE, NamedPseudonym, Withheld,
};
use crate::clock::Timestamp;
use crate::config::is_loopback_host;
use crate::disclosure::VALUED_ELEMENTS;
use crate::launch::LiveSession;
use crate::vault::PseudonymKind;

/// The version of the use limits that every recipient is told (34 CFR 99.33(d)).
pub const USE_LIMITS: &str = "ferpa-99.33d/2026-11";

/// The claims for one session under one permit.
pub fn claims(
    live: &LiveSession,
    permit: &Disclosure,
    issuer: &str,
    jti: String,
    now: Timestamp,
) -> AssertionClaims {
    let named = Named { live };
    let (disclosed, withheld) = elements(live, permit);
    let subject_is_other = live.session.subject_person_id != live.session.actor_person_id;
    let custom = live
        .launch
        .custom
        .iter()
        .map(|(k, v)| (k.clone(), Value::from(v.as_str())));
    AssertionClaims {
        iss: issuer.to_owned(),
        aud: Audience::of(&live.tenant.slug, &live.agent.slug),
        sub: if goes(permit, Element::Pseudonym) {
            named.actor()
        } else {
            named.session(PseudonymKind::Session)
        },
        lifetime: AssertionLifetime::until(
            now,
            now.plus(MAX_ASSERTION_LIFE).min(live.gathered.valid_until),
        ),
        jti,
        sid: named.session(PseudonymKind::Session),
        tenant: live.tenant.slug.clone(),
        agent: live.agent.slug.clone(),
        purpose: permit.purpose().as_str().to_owned(),
        roles: roles(live, permit),
        age_band: age_band(live, permit),
        context: goes(permit, Element::Context)
            .then(|| named.context(permit))
            .flatten(),
        resource: goes(permit, Element::Resource).then(|| named.resource(permit)),
        custom: custom.collect(),
        disclosed,
        withheld,
        decision: named.decision(permit),
        policy: permit.fingerprint().to_hex(),
        terms: USE_LIMITS.to_owned(),
        launch: Some(named.session(PseudonymKind::Launch)),
        message_type: Some(live.launch.message_type.clone()),
        for_subject: live
            .session
            .subject_person_id
            .filter(|_| subject_is_other && goes(permit, Element::Pseudonym))
            .map(|person| {
                live.keys.pseudonym(
                    live.agent.agent_id,
                    PseudonymKind::Actor,
                    &[person.as_bytes()],
                )
            }),
        locale: live.launch.locale.clone(),
        platform: live.launch.platform.clone(),
        preview: live.session.preview,
    }
}

/// Pairwise names of one session's people and things.
struct Named<'a> {
    live: &'a LiveSession,
}

impl Named<'_> {
    fn actor(&self) -> String {
        let session = self.live.session.session_id;
        let who: &[u8] = match &self.live.session.actor_person_id {
            Some(person) => person.as_bytes(),
            None => session.as_bytes(),
        };
        self.live
            .keys
            .pseudonym(self.live.agent.agent_id, PseudonymKind::Actor, &[who])
    }

    fn session(&self, kind: PseudonymKind) -> String {
        let id = self.live.session.session_id;
        self.live
            .keys
            .pseudonym(self.live.agent.agent_id, kind, &[id.as_bytes()])
    }

    /// The decision's id for this agent alone: the log's own id could be computed from its facts,
    /// and so tell what `withheld` must not.
    fn decision(&self, permit: &Disclosure) -> String {
        let id = permit.id().as_str().as_bytes();
        let kind = PseudonymKind::Decision;
        self.live
            .keys
            .pseudonym(self.live.agent.agent_id, kind, &[id])
    }

    fn context(&self, permit: &Disclosure) -> Option<NamedPseudonym> {
        let row = self.live.session.context_row_id?;
        let kind = PseudonymKind::Context;
        let id = self
            .live
            .keys
            .pseudonym(self.live.agent.agent_id, kind, &[row.as_bytes()]);
        let title =
            goes(permit, Element::ContextTitle).then(|| self.live.launch.context_title.clone());
        Some(NamedPseudonym {
            id,
            title: title.flatten(),
        })
    }

    fn resource(&self, permit: &Disclosure) -> NamedPseudonym {
        let deployment = self.live.session.deployment_row_id;
        let parts: [&[u8]; 2] = [deployment.as_bytes(), self.live.launch.link_key.as_bytes()];
        let kind = PseudonymKind::Resource;
        let id = self
            .live
            .keys
            .pseudonym(self.live.agent.agent_id, kind, &parts);
        let title = permit
            .passes(Element::ResourceTitle)
            .then(|| self.live.launch.resource_title.clone());
        NamedPseudonym {
            id,
            title: title.flatten(),
        }
    }
}

/// Whether an element goes to the agent in any form.
pub(super) fn goes(permit: &Disclosure, element: Element) -> bool {
    matches!(
        permit.elements().get(&element),
        Some(Disposition::Pass | Disposition::Pseudonym | Disposition::Generalise)
    )
}

fn roles(live: &LiveSession, permit: &Disclosure) -> Vec<AssertionRole> {
    if !goes(permit, Element::Role) {
        return Vec::new();
    }
    let role = |word: &String| match word.as_str() {
        "learner" => Some(AssertionRole::Learner),
        "instructor" => Some(AssertionRole::Instructor),
        "teaching_assistant" => Some(AssertionRole::TeachingAssistant),
        "administrator" => Some(AssertionRole::Administrator),
        "observer" => Some(AssertionRole::Observer),
        _ => None,
    };
    live.launch.roles.iter().filter_map(role).collect()
}

fn age_band(live: &LiveSession, permit: &Disclosure) -> Option<AssertionAgeBand> {
    let band = match live.gathered.facts.subject.age {
        AgeBand::Under13 => AssertionAgeBand::Under13,
        AgeBand::From13To17 => AssertionAgeBand::From13To17,
        AgeBand::Adult => AssertionAgeBand::From18,
        AgeBand::Unknown => return None,
    };
    live.session.subject_person_id?;
    goes(permit, Element::AgeBand).then_some(band)
}

/// Values in clear, and what was asked for and is not given.
fn elements(
    live: &LiveSession,
    permit: &Disclosure,
) -> (Map<String, Value>, BTreeMap<String, Withheld>) {
    let mut disclosed = Map::new();
    let mut withheld = BTreeMap::new();
    let carries_clear = carries_clear_values(&live.agent.upstream_url);
    let subject = live.session.subject_person_id;
    let own = subject.is_none() || subject == live.session.actor_person_id;
    for element in live.manifest.element_set() {
        let name = element.as_str();
        let valued = VALUED_ELEMENTS.contains(&element);
        // The values are the actor's own; about another person's record they say nothing.
        let value = live.launch.values.get(name).filter(|_| own);
        let clear = carries_clear && permit.passes(element);
        let kept_back = match (goes(permit, element), valued, value) {
            (true, true, Some(value)) if clear => {
                disclosed.insert(name.to_owned(), Value::from(value.as_str()));
                None
            }
            (false, _, _) | (true, true, Some(_)) => Some(Withheld::NotPermitted),
            (true, true, None) => Some(Withheld::NotAvailable),
            (true, false, _) => missing(live, element).then_some(Withheld::NotAvailable),
        };
        if let Some(kept_back) = kept_back {
            withheld.insert(name.to_owned(), kept_back);
        }
    }
    (disclosed, withheld)
}

/// Whether an element that is permitted is simply not there.
fn missing(live: &LiveSession, element: Element) -> bool {
    match element {
        Element::AgeBand => {
            live.gathered.facts.subject.age == AgeBand::Unknown
                || live.session.subject_person_id.is_none()
        }
        Element::Context => live.session.context_row_id.is_none(),
        Element::Role => live.launch.roles.is_empty(),
        _ => false,
    }
}

/// Clear personal data goes only to an `https` or loopback upstream.
fn carries_clear_values(upstream: &str) -> bool {
    Url::parse(upstream)
        .is_ok_and(|url| url.scheme() == "https" || url.host_str().is_some_and(is_loopback_host))
}
