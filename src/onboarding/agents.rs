//! Agents: upstream services with a manifest. A changed manifest is a new version, and every
//! decision that rested on the old one is made anew.

use agent_factory_audit::{Event, OpaqueId, code};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::administration::digest_of;
use super::{Deed, Moment, OperatorError, Page, PageRequest, text};
use crate::disclosure::RevocationScope;
use crate::ids::{AgentId, Slug, TenantId};
use crate::manifest::Manifest;
use crate::store::{Agent, AgentStanding, Unit};

/// An agent with its manifest: TOML in files, JSON here, the same names.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AgentDraft {
    /// Its name in hosts and claims: 3 to 24 of `a-z`, `0-9` and inner hyphens. For ever.
    #[schema(value_type = String)]
    pub slug: Slug,
    /// Its name for people.
    pub name: String,
    /// Where it is reached.
    pub upstream_url: String,
    /// What it is, why it asks and what it asks for.
    #[serde(flatten)]
    pub manifest: Manifest,
}

impl<'de> Deserialize<'de> for AgentDraft {
    /// One flat object, in which no field may be unknown: the three named here are taken out, and
    /// the manifest must know the rest.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut fields = Map::deserialize(deserializer)?;
        let mut take = |name: &'static str| match fields.shift_remove(name) {
            Some(Value::String(text)) => Ok(text),
            Some(_) => Err(D::Error::custom(format!("`{name}` is no text"))),
            None => Err(D::Error::missing_field(name)),
        };
        let (slug, name, upstream_url) = (take("slug")?, take("name")?, take("upstream_url")?);
        let slug = slug
            .parse()
            .map_err(|error| D::Error::custom(format!("`slug`: {error}")))?;
        let manifest = serde_json::from_value(Value::Object(fields)).map_err(D::Error::custom)?;
        Ok(Self {
            slug,
            name,
            upstream_url,
            manifest,
        })
    }
}

/// An agent, as operators see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AgentView {
    /// Its id.
    #[schema(value_type = Uuid)]
    pub id: AgentId,
    /// Its name in hosts and claims.
    #[schema(value_type = String)]
    pub slug: Slug,
    /// Its name for people.
    pub name: String,
    /// Where it is reached.
    pub upstream_url: String,
    /// Which version of the manifest; also its ETag.
    pub manifest_version: i64,
    /// `active` or `disabled`.
    pub standing: &'static str,
    /// What it is, why it asks and what it asks for.
    #[serde(flatten)]
    #[schema(value_type = Manifest)]
    pub manifest: Value,
    /// When it was entered.
    pub created_at: Moment,
    /// When it last changed.
    pub updated_at: Moment,
}

impl AgentView {
    /// The view of an agent.
    pub fn of(row: &Agent) -> Self {
        Self {
            id: row.agent_id,
            slug: row.slug.clone(),
            name: row.name.clone(),
            upstream_url: row.upstream_url.clone(),
            manifest_version: row.manifest_version,
            standing: row.standing.as_str(),
            manifest: row.manifest.clone(),
            created_at: Moment(row.created_at),
            updated_at: Moment(row.updated_at),
        }
    }
}

/// The agent that an operator names by slug or id.
///
/// # Errors
/// [`OperatorError::Invalid`] naming `field` when the tenant has none of that name.
pub async fn find(
    unit: &mut Unit,
    field: &'static str,
    named: &str,
) -> Result<Agent, OperatorError> {
    by_name(unit, named)
        .await?
        .ok_or_else(|| OperatorError::invalid(field, "names no agent of this tenant"))
}

/// The same for a path: an agent that is not there is not found.
///
/// # Errors
/// [`OperatorError::NotFound`].
pub async fn get(unit: &mut Unit, named: &str) -> Result<Agent, OperatorError> {
    by_name(unit, named).await?.ok_or(OperatorError::NotFound)
}

async fn by_name(unit: &mut Unit, named: &str) -> Result<Option<Agent>, OperatorError> {
    if let Ok(slug) = named.parse::<Slug>() {
        return Ok(unit.agents().find_by_slug(&slug).await?);
    }
    match named.parse::<AgentId>() {
        Ok(id) => Ok(unit.agents().find(id).await?),
        Err(_) => Ok(None),
    }
}

fn checked(deed: &Deed, draft: &AgentDraft) -> Result<Value, OperatorError> {
    text::name("name", &draft.name)?;
    let upstream = text::address("upstream_url", &draft.upstream_url, &deed.gateway.config)?;
    if upstream.query().is_some() {
        return Err(OperatorError::invalid("upstream_url", "holds a query"));
    }
    let manifest = &draft.manifest;
    manifest
        .validate()
        .map_err(|error| OperatorError::invalid(error.field, error.reason))?;
    let lists = [
        ("purposes", manifest.purposes.len()),
        ("elements", manifest.elements.len()),
        ("public_paths", manifest.public_paths.len()),
        ("subprocessors", manifest.subprocessors.len()),
        ("custom", manifest.custom.len()),
        ("headers", manifest.headers.len()),
        ("page_hosts", manifest.page_hosts.len()),
    ];
    if let Some((field, _)) = lists
        .into_iter()
        .find(|(_, length)| *length > text::MAX_LIST)
    {
        return Err(OperatorError::invalid(field, "holds too many"));
    }
    serde_json::to_value(manifest).map_err(|_| OperatorError::Unwritable)
}

/// Enters an agent.
///
/// # Errors
/// [`OperatorError::Conflict`] `agent-exists` when the slug is taken in this tenant.
pub async fn add(
    deed: &Deed,
    tenant: TenantId,
    draft: AgentDraft,
) -> Result<AgentView, OperatorError> {
    let manifest = checked(deed, &draft)?;
    let row = Agent {
        agent_id: AgentId::new(deed.gateway.dice, deed.now)?,
        slug: draft.slug,
        name: draft.name,
        upstream_url: draft.upstream_url,
        kind: draft.manifest.kind,
        manifest,
        manifest_version: 1,
        standing: AgentStanding::Active,
        created_at: deed.now,
        updated_at: deed.now,
    };
    let view = AgentView::of(&row);
    let mut change = deed.begin(tenant).await?;
    change
        .unit
        .agents()
        .insert(&row)
        .await
        .map_err(OperatorError::on_conflict(
            "agents_slug_unique",
            "agent-exists",
            "an agent of this tenant has this slug",
        ))?;
    let after = digest_of(&view)?;
    change.record(code!("agent-added"), |event| {
        about(event, row.agent_id).after(after)
    })?;
    change.finish(&view).await?;
    Ok(view)
}

/// A tenant's agents.
///
/// # Errors
/// [`OperatorError::Store`].
pub async fn list(unit: &mut Unit, page: PageRequest) -> Result<Page<AgentView>, OperatorError> {
    let rows = unit
        .agents()
        .list(page.after.map(AgentId), page.fetch())
        .await?;
    Ok(page.page(rows, |row| row.agent_id.0, |row| AgentView::of(&row)))
}

/// Replaces name, address and manifest of the version that `version` names.
///
/// # Errors
/// [`OperatorError::Changed`] when that is not the newest any more.
pub async fn change(
    deed: &Deed,
    tenant: TenantId,
    named: &str,
    version: &str,
    draft: AgentDraft,
) -> Result<AgentView, OperatorError> {
    let manifest = checked(deed, &draft)?;
    let mut change = deed.begin(tenant).await?;
    let mut row = get(&mut change.unit, named).await?;
    if row.manifest_version.to_string() != version {
        return Err(OperatorError::Changed);
    }
    if row.slug != draft.slug {
        return Err(OperatorError::invalid("slug", "cannot be changed"));
    }
    let before = digest_of(&AgentView::of(&row))?;
    row.name = draft.name;
    row.upstream_url = draft.upstream_url;
    row.kind = draft.manifest.kind;
    row.manifest = manifest;
    row.manifest_version += 1;
    row.updated_at = deed.now;
    if !change.unit.agents().change(&row).await? {
        return Err(OperatorError::Changed);
    }
    let view = AgentView::of(&row);
    let after = digest_of(&view)?;
    change.record(code!("agent-changed"), |event| {
        about(event, row.agent_id).before(before).after(after)
    })?;
    change.revoke(RevocationScope::Agent(row.agent_id));
    change.finish(&view).await?;
    Ok(view)
}

/// Switches an agent off or on. Open streams of a disabled one end.
///
/// # Errors
/// [`OperatorError::NotFound`].
pub async fn set_standing(
    deed: &Deed,
    tenant: TenantId,
    named: &str,
    standing: AgentStanding,
) -> Result<AgentView, OperatorError> {
    let mut change = deed.begin(tenant).await?;
    let mut row = get(&mut change.unit, named).await?;
    let before = digest_of(&AgentView::of(&row))?;
    change
        .unit
        .agents()
        .set_standing(row.agent_id, standing, deed.now)
        .await?;
    row.standing = standing;
    row.updated_at = deed.now;
    let view = AgentView::of(&row);
    let after = digest_of(&view)?;
    let action = match standing {
        AgentStanding::Active => code!("agent-enabled"),
        AgentStanding::Disabled => code!("agent-disabled"),
    };
    change.record(action, |event| {
        about(event, row.agent_id).before(before).after(after)
    })?;
    change.revoke(RevocationScope::Agent(row.agent_id));
    change.finish(&view).await?;
    Ok(view)
}

fn about(event: Event, id: AgentId) -> Event {
    let opaque = OpaqueId::uuid(*id.as_bytes());
    event.agent(opaque.clone()).resource(opaque)
}
