//! Agreements: contracts between the institution and the operator of an agent, recorded, withdrawn,
//! never deleted.

use std::collections::BTreeMap;

use agent_factory_audit::{Event, OpaqueId, code};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::sealed_note::NoteColumn;
use crate::disclosure::RevocationScope;
use crate::ids::{AgentId, GroundId, TenantId};
use crate::onboarding::administration::digest_of;
use crate::onboarding::{Deed, Moment, OperatorError, Page, PageRequest, Until, agents, text};
use crate::store::{Agreement, GroundStanding, Unit};

const SIGNER: NoteColumn = NoteColumn {
    table: "agreements",
    column: "signer",
};

/// An agreement to be recorded.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AgreementDraft {
    /// The agent's slug or id.
    pub agent: String,
    /// From when; when left out, from now, or for one that has lapsed already, from its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Moment>,
    /// Until when; open-ended when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Until>,
    /// Who signed; kept sealed.
    pub signer: String,
    /// Whether the annual notice names this use (34 CFR 99.7(a)(3)(iii)); counts for a year.
    pub annual_notice_attested: bool,
    /// Whether the written assurances of the law of the state are in it; assumed when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub written_assurances: Option<bool>,
    /// The SHA-256 of the signed document, in hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document_sha256: Option<String>,
}

/// An agreement, as operators see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AgreementView {
    /// Its id.
    #[schema(value_type = Uuid)]
    pub id: GroundId,
    /// The agent's id.
    #[schema(value_type = Uuid)]
    pub agent: AgentId,
    /// From when.
    pub valid_from: Moment,
    /// Until when.
    pub valid_until: Option<Moment>,
    /// Whether the annual notice names this use.
    pub annual_notice_attested: bool,
    /// What was agreed.
    #[schema(value_type = Object)]
    pub terms: Value,
    /// `granted` or `withdrawn`.
    pub standing: &'static str,
    /// When it was recorded.
    pub recorded_at: Moment,
}

/// An agreement with who signed it. Each look is recorded.
#[derive(Clone, Serialize, ToSchema)]
pub struct SignedAgreement {
    /// The agreement.
    #[serde(flatten)]
    pub agreement: AgreementView,
    /// Who signed; left out without the scope `compliance`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signer: Option<String>,
}

impl AgreementView {
    /// The view of an agreement: without the signer.
    pub fn of(row: &Agreement) -> Self {
        Self {
            id: row.ground_id,
            agent: row.agent_id,
            valid_from: Moment(row.valid_from),
            valid_until: row.valid_until.map(Moment),
            annual_notice_attested: row.annual_notice_attested,
            terms: row.terms.clone(),
            standing: row.standing.as_str(),
            recorded_at: Moment(row.recorded_at),
        }
    }
}

fn terms(draft: &AgreementDraft) -> Result<Value, OperatorError> {
    let mut terms = BTreeMap::new();
    if let Some(assured) = draft.written_assurances {
        terms.insert("written_assurances", Value::Bool(assured));
    }
    if let Some(hash) = &draft.document_sha256 {
        let hexadecimal = hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !hexadecimal {
            return Err(OperatorError::invalid("document_sha256", "is no SHA-256"));
        }
        terms.insert("document_sha256", Value::String(hash.to_ascii_lowercase()));
    }
    serde_json::to_value(terms).map_err(|_| OperatorError::Unwritable)
}

/// Records an agreement.
///
/// # Errors
/// [`OperatorError::Invalid`] naming the field.
pub async fn record(
    deed: &Deed,
    tenant: TenantId,
    draft: AgreementDraft,
) -> Result<AgreementView, OperatorError> {
    let signer = text::name("signer", &draft.signer)?;
    let valid_until = draft.valid_until.map(|until| until.0);
    let valid_from = match (draft.valid_from, valid_until) {
        (Some(Moment(from)), Some(until)) if until <= from => {
            return Err(OperatorError::invalid(
                "valid_until",
                "is not after its beginning",
            ));
        }
        (Some(Moment(from)), _) => from,
        // One that has lapsed already is kept as such: it began at some time before.
        (None, until) => until.map_or(deed.now, |until| until.min(deed.now)),
    };
    let terms = terms(&draft)?;
    let keys = deed.gateway.custody.tenant(tenant).await?;
    let id = GroundId::new(deed.gateway.dice, deed.now)?;
    let signer = SIGNER.seal(&keys, id, &signer, deed.gateway.dice)?;
    let mut change = deed.begin(tenant).await?;
    let agent = agents::find(&mut change.unit, "agent", &draft.agent)
        .await?
        .agent_id;
    let row = Agreement {
        ground_id: id,
        agent_id: agent,
        valid_from,
        valid_until,
        signer,
        annual_notice_attested: draft.annual_notice_attested,
        terms,
        standing: GroundStanding::Granted,
        recorded_at: deed.now,
    };
    change.unit.agreements().insert(&row).await?;
    let token = Some(deed.caller.token());
    change
        .unit
        .ground_events()
        .add(id, deed.now, "recorded", token)
        .await?;
    let view = AgreementView::of(&row);
    let after = digest_of(&view)?;
    change.record(code!("agreement-recorded"), |event| {
        about(event, &row).after(after)
    })?;
    change.revoke(RevocationScope::Agent(agent));
    change.finish(&view).await?;
    Ok(view)
}

/// A tenant's agreements.
///
/// # Errors
/// [`OperatorError::Store`].
pub async fn list(
    unit: &mut Unit,
    page: PageRequest,
) -> Result<Page<AgreementView>, OperatorError> {
    let rows = unit
        .agreements()
        .list(page.after.map(GroundId), page.fetch())
        .await?;
    Ok(page.page(rows, |row| row.ground_id.0, |row| AgreementView::of(&row)))
}

/// An agreement.
///
/// # Errors
/// [`OperatorError::NotFound`].
pub async fn get(unit: &mut Unit, id: GroundId) -> Result<AgreementView, OperatorError> {
    let row = unit
        .agreements()
        .get(id)
        .await?
        .ok_or(OperatorError::NotFound)?;
    Ok(AgreementView::of(&row))
}

/// An agreement with its signer: recorded before it is shown.
///
/// # Errors
/// [`OperatorError::NotFound`].
pub async fn look(
    deed: &Deed,
    tenant: TenantId,
    id: GroundId,
) -> Result<SignedAgreement, OperatorError> {
    let keys = deed.gateway.custody.tenant(tenant).await?;
    let mut change = deed.begin(tenant).await?;
    let row = change
        .unit
        .agreements()
        .get(id)
        .await?
        .ok_or(OperatorError::NotFound)?;
    change.record(code!("agreement-signer-viewed"), |event| about(event, &row))?;
    let view = AgreementView::of(&row);
    change.finish(&view).await?;
    Ok(SignedAgreement {
        agreement: view,
        signer: Some(SIGNER.open(&keys, id, &row.signer)?),
    })
}

/// Withdraws an agreement: nothing more is disclosed on it, from now on. Withdrawn, it stays so.
///
/// # Errors
/// [`OperatorError::NotFound`].
pub async fn withdraw(
    deed: &Deed,
    tenant: TenantId,
    id: GroundId,
) -> Result<AgreementView, OperatorError> {
    let mut change = deed.begin(tenant).await?;
    let row = change.unit.agreements().get(id).await?;
    let mut row = row.ok_or(OperatorError::NotFound)?;
    if row.standing == GroundStanding::Granted {
        let before = digest_of(&AgreementView::of(&row))?;
        row.standing = GroundStanding::Withdrawn;
        change
            .unit
            .agreements()
            .set_standing(id, row.standing)
            .await?;
        let token = Some(deed.caller.token());
        change
            .unit
            .ground_events()
            .add(id, deed.now, "withdrawn", token)
            .await?;
        let after = digest_of(&AgreementView::of(&row))?;
        change.record(code!("agreement-withdrawn"), |event| {
            about(event, &row).before(before).after(after)
        })?;
        change.revoke(RevocationScope::Agent(row.agent_id));
    }
    let view = AgreementView::of(&row);
    change.finish(&view).await?;
    Ok(view)
}

fn about(event: Event, row: &Agreement) -> Event {
    event
        .agent(OpaqueId::uuid(*row.agent_id.as_bytes()))
        .resource(OpaqueId::uuid(*row.ground_id.as_bytes()))
}
