//! What a launch would open: its course, its people, its agent, the facts of its situation, and the
//! rows to write if it is admitted. Nothing is written here.

use std::collections::HashMap;

use agent_factory_audit::{Detail, Label, code};
use agent_factory_lti::LaunchMessage;
use agent_factory_policies::Operation;
use uuid::Uuid;

use super::agent_choice::{
    self, AgentChoice, BoundPlacement, ChoiceRule, EnabledAgent, IsDefault, LinkKey, Reach,
    Selector,
};
use super::cast::{Casting, cast};
use super::complete_launch::{LaunchFailure, Launches};
use super::framing::framing_origins;
use super::hand_over::HandOverCode;
use super::launch_record::LaunchRecord;
use super::launch_stop::StopReason;
use super::people::KnownPerson;
use super::reference::hash;
use super::verify_launch::VerifiedLaunch;
use crate::clock::Timestamp;
use crate::disclosure::{ActorIs, Circumstance, Gathered, Grounds, Situation};
use crate::ids::{AgentId, ContextRowId, PlacementId, SessionId, Slug};
use crate::manifest::Manifest;
use crate::store::{
    Agent, AgentStanding, Context, Deployment, HotWrite, NewPerson, Placement, SealedBytes,
    Session, Tenant, Unit,
};
use crate::vault::{HostLabel, Location, PurposeClass, TenantKeys};

/// A launch that is ready to be decided.
pub struct Opening {
    /// Who, where, by which agent.
    pub circumstance: Circumstance,
    /// What is written with the decision.
    pub write: HotWrite,
    /// The facts.
    pub gathered: Gathered,
    /// The agent's slug.
    pub agent: Slug,
    /// The label of its host for this launch.
    pub host_label: HostLabel,
    /// The one-time code.
    pub code: HandOverCode,
    /// The reader's language.
    pub locale: Option<String>,
}

/// What came of preparing a launch.
pub enum Prepared {
    /// It can be decided.
    Ready(Box<Opening>),
    /// A page answers instead.
    Stops(StopReason),
    /// Somebody the decision is about was never seen: enter them and prepare again.
    Enter(Box<NewPerson>),
}

/// The agent that opens, and by which rule.
struct Chosen {
    agent: Agent,
    manifest: Manifest,
    placement: Option<PlacementId>,
    rule: ChoiceRule,
}

/// Prepares a launch.
///
/// # Errors
/// [`LaunchFailure`].
#[expect(
    clippy::too_many_lines,
    reason = "one straight walk from the launch to its rows"
)]
pub async fn prepare(
    launches: &Launches,
    launch: &VerifiedLaunch,
    tenant: &Tenant,
    deployment: &Deployment,
    now: Timestamp,
) -> Result<Prepared, LaunchFailure> {
    let message = &launch.message;
    let keys = launches.custody.tenant(tenant.tenant_id).await?;
    let mut unit = launches.store.tenant(tenant.tenant_id).read().await?;
    let link = LinkKey::of(message);
    let (context, new_context) = context_of(&mut unit, launches, message, deployment, now).await?;
    let known_context = if new_context.is_some() { None } else { context };
    let chosen = match choose(&mut unit, message, deployment, &link, known_context).await? {
        Ok(chosen) => chosen,
        Err(reason) => return Ok(Prepared::Stops(reason)),
    };
    let cast = match cast(&mut unit, launches, &keys, launch, now).await? {
        Casting::Cast(cast) => cast,
        Casting::Stops(reason) => return Ok(Prepared::Stops(reason)),
        Casting::Enter(new) => return Ok(Prepared::Enter(new)),
    };
    let grounds = Grounds::read(
        &mut unit,
        chosen.agent.agent_id,
        (cast.actor.as_ref().map(|person| person.id), cast.subject),
        known_context,
    )
    .await?;
    drop(unit);

    let bound = binding(&chosen, deployment, &link, launches, now)?;
    let placement = bound
        .as_ref()
        .map(|row| row.placement_id)
        .or(chosen.placement);
    let mut record = LaunchRecord::of(message, link.as_str(), &chosen.manifest);
    record.linked_to_subject = cast.linked;
    record.framing_origins = framing_origins(&launch.registration, deployment, message);
    let actor = cast.actor.as_ref().map(|person| person.id);
    let is_own = actor.is_some() && actor == cast.subject;
    let situation = Situation {
        tenant,
        agent: chosen.agent.agent_id,
        manifest: &chosen.manifest,
        launch: record.facts(),
        subject: cast.subject,
        actor_is_subject: if is_own || record.anonymous {
            ActorIs::Subject
        } else {
            ActorIs::Another
        },
        context: known_context,
        preset: launch.registration.preset.as_deref(),
    };
    let gathered = grounds.facts(&situation, Operation::Launch, now)?;
    let session_id = SessionId::new(launches.dice, now)?;
    let who: Vec<u8> = actor.map_or(session_id.as_bytes().to_vec(), |id| id.as_bytes().to_vec());
    let host_label = keys.host_label(link_id(deployment, &link), &who);
    let code = HandOverCode::generate(launches.dice)?;
    let session = Session {
        session_id,
        host_label: host_label.as_str().to_owned(),
        cookie_hash: None,
        code_hash: Some(code.hash()),
        code_expires_at: Some(HandOverCode::expires_at(now)),
        redeemed_at: None,
        actor_person_id: actor,
        subject_person_id: cast.subject,
        agent_id: chosen.agent.agent_id,
        placement_id: placement,
        deployment_row_id: deployment.deployment_row_id,
        context_row_id: context,
        standing: record.roles.first().cloned().unwrap_or_default(),
        launch: seal(&keys, cast.actor.as_ref(), session_id, &record, launches)?,
        preview: record.preview,
        created_at: now,
        expires_at: now.plus(launches.session_life),
        ended_at: None,
        ended_reason: None,
    };
    let mut circumstance = Circumstance::new(tenant.tenant_id, code!("launch"));
    circumstance.actor = actor;
    circumstance.subject = cast.subject;
    circumstance.agent = Some(chosen.agent.agent_id);
    circumstance.deployment = Some(deployment.deployment_row_id);
    circumstance.context = context;
    circumstance.placement = placement;
    circumstance.session = Some(session_id);
    circumstance.purpose = purpose(&gathered);
    circumstance
        .not_authorized
        .clone_from(&gathered.not_authorized);
    if let Ok(rule) = Label::parse(chosen.rule.code()) {
        circumstance
            .details
            .push((code!("chosen-by"), Detail::Text(rule)));
    }
    let mut write = HotWrite::new(tenant.tenant_id);
    write.context = new_context;
    write.person = cast.actor.and_then(|person| person.new);
    write.placement = bound;
    write.session = Some(session);
    Ok(Prepared::Ready(Box::new(Opening {
        circumstance,
        write,
        gathered,
        agent: chosen.agent.slug,
        host_label,
        code,
        locale: record.locale,
    })))
}

fn purpose(gathered: &Gathered) -> Option<agent_factory_audit::Code> {
    agent_factory_audit::Code::parse(gathered.facts.purpose.as_str()).ok()
}

/// A link's id for host labels: stable per deployment and link, whether a placement is bound or
/// not, so that one link never moves between origins.
fn link_id(deployment: &Deployment, link: &LinkKey) -> PlacementId {
    let mut parts = deployment.deployment_row_id.as_bytes().to_vec();
    parts.extend_from_slice(link.as_str().as_bytes());
    let hash = hash(&parts);
    let half = hash.first_chunk::<16>().unwrap_or(&[0; 16]);
    PlacementId(Uuid::from_bytes(*half))
}

async fn context_of(
    unit: &mut Unit,
    launches: &Launches,
    message: &LaunchMessage,
    deployment: &Deployment,
    now: Timestamp,
) -> Result<(Option<ContextRowId>, Option<Context>), LaunchFailure> {
    let Some(context) = message.context() else {
        return Ok((None, None));
    };
    let row = deployment.deployment_row_id;
    if let Some(known) = unit.contexts().find(row, &context.id).await? {
        return Ok((Some(known.context_row_id), None));
    }
    let id = ContextRowId::new(launches.dice, now)?;
    // Titles are not kept in clear: a tutoring course can be named after its one pupil.
    let new = Context {
        context_row_id: id,
        deployment_row_id: row,
        platform_context_id: context.id.clone(),
        label: None,
        title: None,
        created_at: now,
    };
    Ok((Some(id), Some(new)))
}

async fn choose(
    unit: &mut Unit,
    message: &LaunchMessage,
    deployment: &Deployment,
    link: &LinkKey,
    context: Option<ContextRowId>,
) -> Result<Result<Chosen, StopReason>, LaunchFailure> {
    let row = deployment.deployment_row_id;
    let bound = unit.placements().find_by_link(row, link.as_str()).await?;
    let enablements = unit.agent_enablements().list_for(row, context).await?;
    let mut agents: HashMap<AgentId, Agent> = HashMap::new();
    let mut enabled = Vec::new();
    for enablement in enablements {
        let id = enablement.agent_id;
        if !agents.contains_key(&id)
            && let Some(agent) = unit.agents().find(id).await?
        {
            agents.insert(id, agent);
        }
        let active = agents
            .get(&id)
            .is_some_and(|a| a.standing == AgentStanding::Active);
        if active {
            enabled.push(EnabledAgent {
                agent: id,
                reach: match enablement.context_row_id {
                    Some(_) => Reach::Context,
                    None => Reach::Deployment,
                },
                default: if enablement.is_default {
                    IsDefault::Yes
                } else {
                    IsDefault::No
                },
            });
        }
    }
    let bound = bound.map(|placement| BoundPlacement {
        placement: placement.placement_id,
        agent: placement.agent_id,
    });
    let selector = selector(message, &agents);
    let (agent, placement, rule) = match agent_choice::choose(bound, &enabled, selector) {
        AgentChoice::Opens {
            agent,
            placement,
            rule,
        } => (agent, placement, rule),
        AgentChoice::SelectorUnresolved => return Ok(Err(StopReason::SelectorUnresolved)),
        AgentChoice::NotChosen => return Ok(Err(StopReason::NoAgentChosen)),
    };
    let agent = agents.remove(&agent).ok_or(LaunchFailure::Manifest)?;
    let manifest =
        serde_json::from_value(agent.manifest.clone()).map_err(|_| LaunchFailure::Manifest)?;
    Ok(Ok(Chosen {
        agent,
        manifest,
        placement,
        rule,
    }))
}

fn selector(message: &LaunchMessage, agents: &HashMap<AgentId, Agent>) -> Selector {
    if agent_choice::has_unresolved_selector(message) {
        return Selector::Unresolved;
    }
    match message.custom("agent") {
        None => Selector::Absent,
        Some(slug) => agents
            .values()
            .find(|agent| agent.slug.as_str() == slug)
            .map_or(Selector::Unresolved, |agent| {
                Selector::Agent(agent.agent_id)
            }),
    }
}

/// The placement that a launch binds to its link, where the rule that chose says so.
fn binding(
    chosen: &Chosen,
    deployment: &Deployment,
    link: &LinkKey,
    launches: &Launches,
    now: Timestamp,
) -> Result<Option<Placement>, LaunchFailure> {
    if chosen.rule != ChoiceRule::NamedAgent {
        return Ok(None);
    }
    Ok(Some(Placement {
        placement_id: PlacementId::new(launches.dice, now)?,
        deployment_row_id: deployment.deployment_row_id,
        link_key: link.as_str().to_owned(),
        agent_id: chosen.agent.agent_id,
        settings: serde_json::json!({}),
        copied_from: None,
        created_at: now,
    }))
}

fn seal(
    keys: &TenantKeys,
    actor: Option<&KnownPerson>,
    session: SessionId,
    record: &LaunchRecord,
    launches: &Launches,
) -> Result<SealedBytes, LaunchFailure> {
    let at = session_location(keys, session);
    let sealed = match actor {
        Some(person) => person.content.seal(at, record, launches.dice)?,
        None => keys.seal(at, record, launches.dice)?,
    };
    Ok(SealedBytes::new(sealed.into_bytes()))
}

/// Where a session's launch record is sealed.
pub fn session_location(keys: &TenantKeys, session: SessionId) -> Location {
    Location {
        tenant: keys.tenant(),
        table: "sessions",
        column: "launch",
        row: *session.as_bytes(),
        purpose: PurposeClass::Content,
    }
}
