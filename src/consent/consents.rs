//! Consents: what a parent, or a student with the rights, agreed to or refused. Two independent
//! decisions under COPPA (use; disclosure), one under FERPA; a refusal is on file as one.

use agent_factory_audit::{Event, OpaqueId, code};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::person_name::{self, PersonName};
use super::scope;
use super::sealed_note::NoteColumn;
use crate::clock::Timestamp;
use crate::disclosure::RevocationScope;
use crate::ids::{AgentId, GroundId, PersonId, TenantId};
use crate::onboarding::administration::keyed_digest_of;
use crate::onboarding::{Deed, Moment, OperatorError, Page, PageRequest, Until, text};
use crate::store::{Consent, ConsentKind, ConsentStanding, Unit};

const EVIDENCE: NoteColumn = NoteColumn {
    table: "consents",
    column: "evidence",
};

/// How far a signature may lie ahead of our clock: a zone written wrongly, not a plan; ours.
const SIGNED_AHEAD: std::time::Duration = std::time::Duration::from_secs(24 * 3600);

/// A consent or refusal to be recorded.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConsentDraft {
    /// Whose records it is about.
    pub person: PersonName,
    /// `ferpa` (34 CFR 99.30), `coppa_use` or `coppa_disclosure` (16 CFR 312.5).
    pub kind: String,
    /// The agents it covers, by slug or id.
    pub agents: Vec<String>,
    /// The purposes it covers.
    pub purposes: Vec<String>,
    /// The data elements it covers.
    pub elements: Vec<String>,
    /// How it was given: `signed_form`, `electronic_signature`, ...
    pub method: String,
    /// When it was signed.
    pub signed_at: Moment,
    /// Until when; open-ended when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Until>,
    /// `granted` (the default) or `refused`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<String>,
    /// Where the signed paper lies; kept sealed. Never an identity document itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
}

/// A consent, as operators see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ConsentView {
    /// Its id.
    #[schema(value_type = Uuid)]
    pub id: GroundId,
    /// The id of the person whose records it is about.
    #[schema(value_type = Uuid)]
    pub person: PersonId,
    /// `ferpa`, `coppa_use` or `coppa_disclosure`.
    pub kind: &'static str,
    /// The ids of the agents it covers.
    #[schema(value_type = Vec<Uuid>)]
    pub agents: Vec<AgentId>,
    /// The purposes it covers.
    pub purposes: Vec<String>,
    /// The data elements it covers.
    pub elements: Vec<String>,
    /// How it was given.
    pub method: String,
    /// Whether a pointer to the signed paper is kept.
    pub has_evidence: bool,
    /// When it was signed.
    pub signed_at: Moment,
    /// Until when.
    pub valid_until: Option<Moment>,
    /// `granted`, `refused` or `withdrawn`.
    pub standing: &'static str,
    /// When it was recorded.
    pub recorded_at: Moment,
}

impl ConsentView {
    /// The view of a consent: without where the paper lies.
    pub fn of(row: &Consent) -> Self {
        Self {
            id: row.ground_id,
            person: row.person_id,
            kind: row.kind.as_str(),
            agents: row.agents.clone(),
            purposes: row.purposes.clone(),
            elements: row.elements.clone(),
            method: row.method.clone(),
            has_evidence: row.evidence.is_some(),
            signed_at: Moment(row.signed_at),
            valid_until: row.valid_until.map(Moment),
            standing: row.standing.as_str(),
            recorded_at: Moment(row.recorded_at),
        }
    }
}

/// The words of a draft, checked before anything is looked up.
struct Checked {
    kind: ConsentKind,
    standing: ConsentStanding,
    method: String,
    valid_until: Option<Timestamp>,
}

fn checked(draft: &ConsentDraft, now: Timestamp) -> Result<Checked, OperatorError> {
    let kind = ConsentKind::from_word(&draft.kind).ok_or_else(|| {
        let reason = "is none of `ferpa`, `coppa_use`, `coppa_disclosure`";
        OperatorError::invalid("kind", reason)
    })?;
    let standing = match draft.decision.as_deref() {
        None | Some("granted") => ConsentStanding::Granted,
        Some("refused") => ConsentStanding::Refused,
        Some(_) => {
            return Err(OperatorError::invalid(
                "decision",
                "is neither `granted` nor `refused`",
            ));
        }
    };
    let is_word = |text: &str| {
        (1..=64).contains(&text.len())
            && text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-')
    };
    if !is_word(&draft.method) {
        return Err(OperatorError::invalid(
            "method",
            "is no word such as `signed_form`",
        ));
    }
    if draft.signed_at.0 > now.plus(SIGNED_AHEAD) {
        return Err(OperatorError::invalid("signed_at", "lies in the future"));
    }
    let valid_until = draft.valid_until.map(|until| until.0);
    if valid_until.is_some_and(|until| until <= draft.signed_at.0) {
        return Err(OperatorError::invalid(
            "valid_until",
            "is not after the signature",
        ));
    }
    Ok(Checked {
        kind,
        standing,
        method: draft.method.clone(),
        valid_until,
    })
}

/// Records a consent or refusal; the person is entered if they never launched.
///
/// # Errors
/// [`OperatorError::Invalid`] naming the field.
pub async fn record(
    deed: &Deed,
    tenant: TenantId,
    draft: ConsentDraft,
) -> Result<ConsentView, OperatorError> {
    let checked = checked(&draft, deed.now)?;
    let purposes = scope::purposes(&draft.purposes)?;
    let elements = scope::elements(&draft.elements)?;
    let named = person_name::read_name(deed, tenant, &draft.person).await?;
    let keys = deed.gateway.custody.tenant(tenant).await?;
    let id = GroundId::new(deed.gateway.dice, deed.now)?;
    let evidence = match &draft.evidence {
        Some(pointer) => {
            let pointer = text::identifier("evidence", pointer)?;
            Some(EVIDENCE.seal(&keys, id, &pointer, deed.gateway.dice)?)
        }
        None => None,
    };
    let mut change = deed.begin(tenant).await?;
    let agents = scope::agents(&mut change.unit, &draft.agents).await?;
    let person = person_name::person_of(deed, &mut change.unit, &keys, &named).await?;
    let row = Consent {
        ground_id: id,
        person_id: person,
        kind: checked.kind,
        agents,
        purposes,
        elements,
        method: checked.method,
        evidence,
        signed_at: draft.signed_at.0,
        valid_until: checked.valid_until,
        standing: checked.standing,
        recorded_at: deed.now,
    };
    change.unit.consents().insert(&row).await?;
    let token = Some(deed.caller.token());
    change
        .unit
        .ground_events()
        .add(id, deed.now, "recorded", token)
        .await?;
    let view = ConsentView::of(&row);
    let after = keyed_digest_of(&keys, &view)?;
    change.record(code!("consent-recorded"), |event| {
        about(event, &row).after(after)
    })?;
    change.revoke(RevocationScope::Person(person));
    change.finish(&view).await?;
    Ok(view)
}

/// A tenant's consents.
///
/// # Errors
/// [`OperatorError::Store`].
pub async fn list(unit: &mut Unit, page: PageRequest) -> Result<Page<ConsentView>, OperatorError> {
    let rows = unit
        .consents()
        .list(page.after.map(GroundId), page.fetch())
        .await?;
    Ok(page.page(rows, |row| row.ground_id.0, |row| ConsentView::of(&row)))
}

/// A consent.
///
/// # Errors
/// [`OperatorError::NotFound`].
pub async fn get(unit: &mut Unit, id: GroundId) -> Result<ConsentView, OperatorError> {
    let row = unit
        .consents()
        .get(id)
        .await?
        .ok_or(OperatorError::NotFound)?;
    Ok(ConsentView::of(&row))
}

/// Withdraws a consent: open streams that rest on it end. A refusal cannot be withdrawn; a grant is
/// another consent.
///
/// # Errors
/// [`OperatorError::Conflict`] `consent-refused` for a refusal.
pub async fn withdraw(
    deed: &Deed,
    tenant: TenantId,
    id: GroundId,
) -> Result<ConsentView, OperatorError> {
    let keys = deed.gateway.custody.tenant(tenant).await?;
    let mut change = deed.begin(tenant).await?;
    let mut row = change
        .unit
        .consents()
        .get(id)
        .await?
        .ok_or(OperatorError::NotFound)?;
    match row.standing {
        ConsentStanding::Refused => {
            let reason = "it is a refusal; to grant, record a consent";
            return Err(OperatorError::conflict("consent-refused", reason));
        }
        ConsentStanding::Withdrawn => {}
        ConsentStanding::Granted => {
            let before = keyed_digest_of(&keys, &ConsentView::of(&row))?;
            row.standing = ConsentStanding::Withdrawn;
            change
                .unit
                .consents()
                .set_standing(id, row.standing)
                .await?;
            let token = Some(deed.caller.token());
            change
                .unit
                .ground_events()
                .add(id, deed.now, "withdrawn", token)
                .await?;
            let after = keyed_digest_of(&keys, &ConsentView::of(&row))?;
            change.record(code!("consent-withdrawn"), |event| {
                about(event, &row).before(before).after(after)
            })?;
            change.revoke(RevocationScope::Person(row.person_id));
        }
    }
    let view = ConsentView::of(&row);
    change.finish(&view).await?;
    Ok(view)
}

fn about(event: Event, row: &Consent) -> Event {
    event
        .subject(OpaqueId::uuid(*row.person_id.as_bytes()))
        .resource(OpaqueId::uuid(*row.ground_id.as_bytes()))
}
