//! Asks the gateway's own database and log what became of a launch, for the pane beside it. It
//! reads what an operator could read, nothing more.

use std::sync::Arc;

use agent_factory_audit::{self as audit, Entry, OpaqueId};
use agent_factory_policies::{CatalogueEntry, Element, PolicySet, RuleKind};
use serde_json::Value;

use super::inspector::{
    Inspection, InspectionFuture, LaunchInspector, LaunchOutcome, LaunchTrace, LogEntry,
    WithheldRow,
};
use crate::gateway::Gateway;
use crate::ids::{PersonId, SessionId, Slug, TenantId};
use crate::launch::sub_index;
use crate::vault::PseudonymKind;

/// The newest entries of a log that are looked through; a campus has few.
const LOOKS_THROUGH: u32 = 500;

/// Inspects through a gateway in the same process.
pub struct GatewayInspector(pub Arc<Gateway>);

impl std::fmt::Debug for GatewayInspector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("GatewayInspector")
    }
}

impl LaunchInspector for GatewayInspector {
    fn inspect<'a>(&'a self, trace: &'a LaunchTrace) -> InspectionFuture<'a> {
        Box::pin(async move { self.find(trace).await.unwrap_or_default() })
    }
}

impl GatewayInspector {
    #[expect(
        clippy::too_many_lines,
        reason = "one straight walk from the visit to its entries"
    )]
    async fn find(&self, trace: &LaunchTrace) -> Option<Inspection> {
        let gateway = &self.0;
        let state = gateway
            .verifier
            .open_state(&trace.state, gateway.clock.now())
            .ok()?;
        let slug: Slug = trace.tenant.parse().ok()?;
        let tenant = gateway.tenant_id(&slug).await.ok()??;
        let keys = gateway.custody.tenant(tenant).await.ok()?;
        let index = sub_index(&keys, &trace.issuer, &trace.platform_user_id);
        let mut unit = gateway.store.tenant(tenant).read().await.ok()?;
        let person = unit
            .people()
            .find_by_sub_index(&index)
            .await
            .ok()??
            .person_id;
        let rows = unit.entries().list(None, LOOKS_THROUGH).await.ok()?;
        let mut entries: Vec<Entry> = rows
            .iter()
            .filter_map(|row| Entry::parse(&row.bytes).ok())
            .collect();
        entries.sort_by_key(|entry| entry.event().at_micros());
        let launch = entries
            .iter()
            .find(|entry| is_launch_of(entry, person, state.issued_at.as_micros()))?;
        let session = value_of(launch, "session");
        let mine: Vec<&Entry> = entries
            .iter()
            .filter(|entry| {
                entry.id() == launch.id()
                    || session.is_some() && value_of(entry, "session") == session
            })
            .collect();
        let verdict = self.verdict(tenant).await;
        let mut shown = Vec::new();
        for entry in &mine {
            let id = crate::ids::EntryId(uuid::Uuid::from_bytes(*entry.id().as_bytes()));
            let placed = unit.entries().place(id).await.ok()?.is_some();
            shown.push(LogEntry {
                entry: serde_json::from_slice(entry.bytes()).unwrap_or_default(),
                verified: placed.then_some(verdict.0),
                checkpoint: verdict.1.clone().filter(|_| placed),
            });
        }
        let outcome = outcome(launch);
        let opened = outcome.kind == "opened";
        let sid = session
            .filter(|_| opened)
            .and_then(|id| id.parse::<SessionId>().ok());
        let agent = value_of(launch, "agent").and_then(|id| id.parse().ok());
        let sid = sid.zip(agent).map(|(session, agent)| {
            keys.pseudonym(agent, PseudonymKind::Session, &[session.as_bytes()])
        });
        Some(Inspection {
            withheld: Self::withheld(launch),
            outcome: Some(outcome),
            sid,
            entries: shown,
        })
    }

    async fn verdict(&self, tenant: TenantId) -> (bool, Option<String>) {
        let logs = self.0.store.log_store();
        let checked = async {
            let log = logs.name_of(tenant).await.ok()?;
            let key = self
                .0
                .custody
                .checkpoint_key(tenant, log.clone())
                .await
                .ok()?;
            let verdict = audit::check(&logs, &log, &key.verifier(), None)
                .await
                .ok()?;
            let head = audit::LogStore::head(&logs, &log).await.ok()??;
            Some((verdict.holds(), Some(head.note)))
        };
        checked.await.unwrap_or((false, None))
    }

    /// What the decision kept back, and the rules that decided.
    fn withheld(launch: &Entry) -> Vec<WithheldRow> {
        let event = event_json(launch);
        let rules = event.pointer("/decision/rules").and_then(Value::as_array);
        let refused = event.get("outcome").and_then(Value::as_str) == Some("refused");
        let text = |rule: &Value, key: &str| {
            rule.get(key)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        let mut rows = Vec::new();
        if refused {
            let shipped = PolicySet::shipped()
                .ok()
                .map(|set| set.rules())
                .unwrap_or_default();
            for rule in rules.into_iter().flatten() {
                let id = text(rule, "id");
                let against = shipped.iter().find(|known| {
                    *known.id == *id && matches!(known.kind, RuleKind::Wall | RuleKind::Ask)
                });
                let Some(against) = against else { continue };
                let code = against.code.as_deref().unwrap_or("missing-ground");
                rows.push(WithheldRow {
                    element: "launch".to_owned(),
                    disposition: text(event.get("decision").unwrap_or(&Value::Null), "effect"),
                    rule: id,
                    citation: text(rule, "cite"),
                    because: code.replace('-', " "),
                });
            }
            if rows.is_empty() {
                rows.push(no_basis());
            }
            return rows;
        }
        let set = PolicySet::shipped().ok();
        let elements = event.get("elements").and_then(Value::as_object);
        for (name, disposition) in elements.into_iter().flatten() {
            let disposition = disposition.as_str().unwrap_or_default();
            if disposition == "pass" {
                continue;
            }
            if disposition == "not_authorized" {
                rows.push(not_authorized(name));
                continue;
            }
            let entry = Element::parse(name)
                .ok()
                .and_then(|element| set.as_ref()?.catalogue().get(element).map(note_of));
            rows.push(WithheldRow {
                element: name.clone(),
                disposition: disposition.to_owned(),
                rule: "catalogue".to_owned(),
                citation: "34 CFR 99.31(a)(1)(ii)".to_owned(),
                because: entry.unwrap_or_default(),
            });
        }
        rows
    }
}

fn note_of(entry: &CatalogueEntry) -> String {
    entry.note().to_owned()
}

/// What the school's authorization does not cover is not even asked for.
fn not_authorized(element: &str) -> WithheldRow {
    WithheldRow {
        element: element.to_owned(),
        disposition: "not_authorized".to_owned(),
        rule: "school-authorization".to_owned(),
        citation: "16 CFR 312.5(a)(1); FTC COPPA FAQ N.1".to_owned(),
        because: "The school's authorization for children does not cover it.".to_owned(),
    }
}

fn no_basis() -> WithheldRow {
    WithheldRow {
        element: "launch".to_owned(),
        disposition: "deny".to_owned(),
        rule: "no-legal-basis".to_owned(),
        citation: "34 CFR 99.30(a)".to_owned(),
        because: "No ground on file allows it.".to_owned(),
    }
}

fn event_json(entry: &Entry) -> Value {
    let whole: Value = serde_json::from_slice(entry.bytes()).unwrap_or_default();
    whole.get("event").cloned().unwrap_or(whole)
}

fn value_of(entry: &Entry, field: &str) -> Option<String> {
    event_json(entry)
        .get(field)
        .and_then(Value::as_str)
        .map(str::to_owned)
}

fn is_launch_of(entry: &Entry, person: PersonId, since: i64) -> bool {
    let event = entry.event();
    let actor = OpaqueId::uuid(*person.as_bytes());
    event.action().as_str() == "launch"
        && event.at_micros() >= since
        && value_of(entry, "actor").as_deref() == Some(actor.as_str())
}

fn outcome(launch: &Entry) -> LaunchOutcome {
    let event = event_json(launch);
    let text = |pointer: &str| {
        event
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let effect = text("/decision/effect").to_owned();
    let code = event
        .pointer("/decision/codes/0")
        .and_then(Value::as_str)
        .map_or_else(|| effect.clone(), str::to_owned);
    match (text("/outcome"), effect.as_str()) {
        ("permitted", _) => LaunchOutcome {
            kind: "opened".to_owned(),
            code: effect,
            sentence: "The launch was permitted, recorded, and the agent opened.".to_owned(),
        },
        (_, "hold_for_review" | "hold_for_consent") => LaunchOutcome {
            kind: "held".to_owned(),
            code,
            sentence: "The launch waits for a person; the agent received nothing.".to_owned(),
        },
        _ => LaunchOutcome {
            kind: "refused".to_owned(),
            code,
            sentence: "The launch was refused and recorded; the agent received nothing.".to_owned(),
        },
    }
}
