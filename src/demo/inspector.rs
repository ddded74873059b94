//! What the pane beside a launch shows: what the platform sent, and, asked of the gateway and the
//! tutor, what became of it. It shows invented people only, and exists only in the demo.

use std::pin::Pin;

use serde::Serialize;
use serde_json::{Value, json};

use super::people::CampusPerson;
use super::tutor::received::Received;
use super::visits::Visit;

/// Finds one launch at the gateway: what the platform and the gateway both saw of it.
#[derive(Clone, PartialEq, Eq)]
pub struct LaunchTrace {
    /// Slug of the tenant the deployment belongs to.
    pub tenant: &'static str,
    /// Issuer.
    pub issuer: String,
    /// Client id.
    pub client_id: String,
    /// Deployment id.
    pub deployment_id: String,
    /// The platform's id of the person.
    pub platform_user_id: String,
    /// The gateway's nonce, unique for each launch.
    pub nonce: String,
    /// The gateway's sealed state.
    pub state: String,
}

impl std::fmt::Debug for LaunchTrace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LaunchTrace")
            .field("tenant", &self.tenant)
            .finish_non_exhaustive()
    }
}

/// How a launch ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LaunchOutcome {
    /// `opened`, `refused` or `held`.
    pub kind: String,
    /// Stable code of the refusal, or of the effect.
    pub code: String,
    /// One sentence for people.
    pub sentence: String,
}

/// An element the agent did not get, or a rule that stopped the launch as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WithheldRow {
    /// Element, or `launch` for the whole of it.
    pub element: String,
    /// Disposition, such as `keep_sealed`, `pseudonym` or `deny`.
    pub disposition: String,
    /// The rule's id.
    pub rule: String,
    /// Its citation.
    pub citation: String,
    /// Why, in a sentence.
    pub because: String,
}

/// The entry in the log.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LogEntry {
    /// The entry as it is exported.
    pub entry: Value,
    /// Whether its inclusion under a signed checkpoint was verified; `None` while it waits to be
    /// sequenced.
    pub verified: Option<bool>,
    /// The checkpoint it was verified under, as signed.
    pub checkpoint: Option<String>,
}

/// What the gateway knows of one launch.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Inspection {
    /// How it ended; `None` while it has not arrived.
    pub outcome: Option<LaunchOutcome>,
    /// The session as agents know it (`sid` of the assertion), where one was opened.
    pub sid: Option<String>,
    /// What was withheld and why.
    pub withheld: Vec<WithheldRow>,
    /// Entries, oldest first.
    pub entries: Vec<LogEntry>,
}

/// The answer to come.
pub type InspectionFuture<'a> = Pin<Box<dyn Future<Output = Inspection> + Send + 'a>>;

/// Asks the gateway what became of a launch.
///
/// # Obligations
/// Reads only; answers [`Inspection::default`] for a launch it does not know, never an error.
pub trait LaunchInspector: Send + Sync {
    /// What became of the launch.
    fn inspect<'a>(&'a self, trace: &'a LaunchTrace) -> InspectionFuture<'a>;
}

/// The whole pane as JSON.
pub(super) fn pane(visit: &Visit, inspection: &Inspection, received: &Received) -> Value {
    let requests = inspection
        .sid
        .as_deref()
        .map(|sid| received.of_session(sid))
        .unwrap_or_default();
    let assertion = requests.last().map(
        |request| json!({ "header": request.assertion_header, "claims": request.assertion_claims }),
    );
    json!({
        "visit": visit.id,
        "person": person(visit.person),
        "sent": visit.sent,
        "outcome": inspection.outcome,
        "received": requests,
        "withheld": inspection.withheld,
        "assertion": assertion,
        "entries": inspection.entries,
    })
}

fn person(person: &CampusPerson) -> Value {
    json!({
        "key": person.key,
        "name": person.name(),
        "who": person.who,
        "platform": person.platform.name(),
        "institution": person.institution.name(),
    })
}
