//! Sessions, as operators see them: who is in which agent, in pseudonymous ids; and how one is ended
//! at once, everywhere.

use agent_factory_audit::{OpaqueId, code};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Deed, Moment, OperatorError, Page, PageRequest};
use crate::disclosure::RevocationScope;
use crate::ids::{AgentId, ContextRowId, DeploymentRowId, PersonId, SessionId, TenantId};
use crate::store::{Session, Unit};

/// A session, as operators see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SessionView {
    /// Its id.
    #[schema(value_type = Uuid)]
    pub id: SessionId,
    /// Who launched; nobody when anonymous.
    #[schema(value_type = Option<Uuid>)]
    pub actor: Option<PersonId>,
    /// Whose records are meant.
    #[schema(value_type = Option<Uuid>)]
    pub subject: Option<PersonId>,
    /// The agent's id.
    #[schema(value_type = Uuid)]
    pub agent: AgentId,
    /// The deployment's id here.
    #[schema(value_type = Uuid)]
    pub deployment: DeploymentRowId,
    /// The course's id here.
    #[schema(value_type = Option<Uuid>)]
    pub context: Option<ContextRowId>,
    /// Whether it is a preview without a student.
    pub preview: bool,
    /// When it was opened.
    pub created_at: Moment,
    /// When it lapses.
    pub expires_at: Moment,
    /// When it was ended.
    pub ended_at: Option<Moment>,
}

impl SessionView {
    /// The view of a session.
    pub fn of(row: &Session) -> Self {
        Self {
            id: row.session_id,
            actor: row.actor_person_id,
            subject: row.subject_person_id,
            agent: row.agent_id,
            deployment: row.deployment_row_id,
            context: row.context_row_id,
            preview: row.preview,
            created_at: Moment(row.created_at),
            expires_at: Moment(row.expires_at),
            ended_at: row.ended_at.map(Moment),
        }
    }
}

/// Sessions that were not ended.
///
/// # Errors
/// [`OperatorError::Store`].
pub async fn list(unit: &mut Unit, page: PageRequest) -> Result<Page<SessionView>, OperatorError> {
    let rows = unit
        .sessions()
        .list(page.after.map(SessionId), page.fetch())
        .await?;
    Ok(page.page(rows, |row| row.session_id.0, |row| SessionView::of(&row)))
}

/// Ends a session; its open streams end with it. One that has ended stays ended.
///
/// # Errors
/// [`OperatorError::NotFound`].
pub async fn end(
    deed: &Deed,
    tenant: TenantId,
    id: SessionId,
) -> Result<SessionView, OperatorError> {
    let mut change = deed.begin(tenant).await?;
    let row = change.unit.sessions().get(id).await?;
    let mut row = row.ok_or(OperatorError::NotFound)?;
    if change.unit.sessions().end(id, deed.now, "operator").await? {
        row.ended_at = Some(deed.now);
        change.record(code!("session-ended"), |event| {
            event
                .session(OpaqueId::uuid(*id.as_bytes()))
                .agent(OpaqueId::uuid(*row.agent_id.as_bytes()))
        })?;
        change.revoke(RevocationScope::Session(id));
    }
    let view = SessionView::of(&row);
    change.finish(&view).await?;
    Ok(view)
}
