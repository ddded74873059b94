//! School authorizations: a school consenting for parents, for educational use only (COPPA). Never
//! a parent's own consent, and never widened: another scope is another authorization.

use agent_factory_audit::{Event, OpaqueId, code};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::scope;
use super::sealed_note::NoteColumn;
use crate::disclosure::RevocationScope;
use crate::ids::{AgentId, GroundId, TenantId};
use crate::onboarding::administration::{Change, digest_of};
use crate::onboarding::{Deed, Moment, OperatorError, Page, PageRequest, Until, text};
use crate::store::{GroundStanding, SchoolAuthorization, Unit};

const SIGNER: NoteColumn = NoteColumn {
    table: "school_authorizations",
    column: "signer",
};

/// A school authorization to be recorded.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SchoolAuthorizationDraft {
    /// The agents it covers, by slug or id.
    pub agents: Vec<String>,
    /// The purposes it covers.
    pub purposes: Vec<String>,
    /// The data elements it covers.
    pub elements: Vec<String>,
    /// Who signed; kept sealed.
    pub signer: String,
    /// In which role: a teacher's word alone is not the school's.
    pub signer_role: String,
    /// The notice they were shown.
    pub notice_version: String,
    /// Until when; open-ended when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Until>,
}

/// A school authorization, as operators see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SchoolAuthorizationView {
    /// Its id.
    #[schema(value_type = Uuid)]
    pub id: GroundId,
    /// The ids of the agents it covers.
    #[schema(value_type = Vec<Uuid>)]
    pub agents: Vec<AgentId>,
    /// The purposes it covers.
    pub purposes: Vec<String>,
    /// The data elements it covers.
    pub elements: Vec<String>,
    /// In which role its signer signed.
    pub signer_role: String,
    /// The notice they were shown.
    pub notice_version: String,
    /// Until when.
    pub valid_until: Option<Moment>,
    /// `granted` or `withdrawn`.
    pub standing: &'static str,
    /// When it was recorded.
    pub recorded_at: Moment,
}

/// A school authorization with who signed it. Each look is recorded.
#[derive(Clone, Serialize, ToSchema)]
pub struct SignedSchoolAuthorization {
    /// The authorization.
    #[serde(flatten)]
    pub authorization: SchoolAuthorizationView,
    /// Who signed; left out without the scope `compliance`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signer: Option<String>,
}

impl SchoolAuthorizationView {
    /// The view of an authorization: without the signer.
    pub fn of(row: &SchoolAuthorization) -> Self {
        Self {
            id: row.ground_id,
            agents: row.agents.clone(),
            purposes: row.purposes.clone(),
            elements: row.elements.clone(),
            signer_role: row.signer_role.clone(),
            notice_version: row.notice_version.clone(),
            valid_until: row.valid_until.map(Moment),
            standing: row.standing.as_str(),
            recorded_at: Moment(row.recorded_at),
        }
    }
}

/// Records an authorization.
///
/// # Errors
/// [`OperatorError::Invalid`] naming the field.
pub async fn record(
    deed: &Deed,
    tenant: TenantId,
    draft: SchoolAuthorizationDraft,
) -> Result<SchoolAuthorizationView, OperatorError> {
    let signer = text::name("signer", &draft.signer)?;
    let valid_until = draft.valid_until.map(|until| until.0);
    let purposes = scope::purposes(&draft.purposes)?;
    let elements = scope::elements(&draft.elements)?;
    let signer_role = text::name("signer_role", &draft.signer_role)?;
    let notice_version = text::name("notice_version", &draft.notice_version)?;
    let keys = deed.gateway.custody.tenant(tenant).await?;
    let id = GroundId::new(deed.gateway.dice, deed.now)?;
    let signer = SIGNER.seal(&keys, id, &signer, deed.gateway.dice)?;
    let mut change = deed.begin(tenant).await?;
    let row = SchoolAuthorization {
        ground_id: id,
        agents: scope::agents(&mut change.unit, &draft.agents).await?,
        purposes,
        elements,
        signer,
        signer_role,
        notice_version,
        valid_until,
        standing: GroundStanding::Granted,
        recorded_at: deed.now,
    };
    change.unit.school_authorizations().insert(&row).await?;
    let token = Some(deed.caller.token());
    change
        .unit
        .ground_events()
        .add(id, deed.now, "recorded", token)
        .await?;
    let view = SchoolAuthorizationView::of(&row);
    let after = digest_of(&view)?;
    change.record(code!("school-authorization-recorded"), |event| {
        about(event, id).after(after)
    })?;
    revoke_for_agents(&mut change, &row);
    change.finish(&view).await?;
    Ok(view)
}

/// A tenant's school authorizations.
///
/// # Errors
/// [`OperatorError::Store`].
pub async fn list(
    unit: &mut Unit,
    page: PageRequest,
) -> Result<Page<SchoolAuthorizationView>, OperatorError> {
    let after = page.after.map(GroundId);
    let rows = unit
        .school_authorizations()
        .list(after, page.fetch())
        .await?;
    Ok(page.page(
        rows,
        |row| row.ground_id.0,
        |row| SchoolAuthorizationView::of(&row),
    ))
}

/// An authorization.
///
/// # Errors
/// [`OperatorError::NotFound`].
pub async fn get(unit: &mut Unit, id: GroundId) -> Result<SchoolAuthorizationView, OperatorError> {
    let row = unit
        .school_authorizations()
        .get(id)
        .await?
        .ok_or(OperatorError::NotFound)?;
    Ok(SchoolAuthorizationView::of(&row))
}

/// An authorization with its signer: recorded before it is shown.
///
/// # Errors
/// [`OperatorError::NotFound`].
pub async fn look(
    deed: &Deed,
    tenant: TenantId,
    id: GroundId,
) -> Result<SignedSchoolAuthorization, OperatorError> {
    let keys = deed.gateway.custody.tenant(tenant).await?;
    let mut change = deed.begin(tenant).await?;
    let row = change.unit.school_authorizations().get(id).await?;
    let row = row.ok_or(OperatorError::NotFound)?;
    change.record(code!("school-authorization-signer-viewed"), |event| {
        about(event, id)
    })?;
    let authorization = SchoolAuthorizationView::of(&row);
    change.finish(&authorization).await?;
    let signer = Some(SIGNER.open(&keys, id, &row.signer)?);
    Ok(SignedSchoolAuthorization {
        authorization,
        signer,
    })
}

/// Withdraws an authorization: nothing more is disclosed on it, from now on.
///
/// # Errors
/// [`OperatorError::NotFound`].
pub async fn withdraw(
    deed: &Deed,
    tenant: TenantId,
    id: GroundId,
) -> Result<SchoolAuthorizationView, OperatorError> {
    let mut change = deed.begin(tenant).await?;
    let row = change.unit.school_authorizations().get(id).await?;
    let mut row = row.ok_or(OperatorError::NotFound)?;
    if row.standing == GroundStanding::Granted {
        let before = digest_of(&SchoolAuthorizationView::of(&row))?;
        row.standing = GroundStanding::Withdrawn;
        change
            .unit
            .school_authorizations()
            .set_standing(id, row.standing)
            .await?;
        let token = Some(deed.caller.token());
        change
            .unit
            .ground_events()
            .add(id, deed.now, "withdrawn", token)
            .await?;
        let after = digest_of(&SchoolAuthorizationView::of(&row))?;
        change.record(code!("school-authorization-withdrawn"), |event| {
            about(event, id).before(before).after(after)
        })?;
        revoke_for_agents(&mut change, &row);
    }
    let view = SchoolAuthorizationView::of(&row);
    change.finish(&view).await?;
    Ok(view)
}

fn revoke_for_agents(change: &mut Change<'_>, row: &SchoolAuthorization) {
    for agent in &row.agents {
        change.revoke(RevocationScope::Agent(*agent));
    }
}

fn about(event: Event, id: GroundId) -> Event {
    event.resource(OpaqueId::uuid(*id.as_bytes()))
}
