//! Tenants: entered, suspended and served again, and the facts about them that decisions rest on.

use agent_factory_audit::{Event, OpaqueId, code};
use agent_factory_policies::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::administration::digest_of;
use super::{Deed, Moment, OperatorError, Page, PageRequest, text};
use crate::clock::Timestamp;
use crate::disclosure::RevocationScope;
use crate::gateway::Gateway;
use crate::ids::{INSTALLATION, Slug, TenantId};
use crate::store::{CoppaMode, Tenant, TenantKind, TenantStanding};

/// A new tenant.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TenantDraft {
    /// Its name in hosts, paths and claims: 3 to 24 of `a-z`, `0-9` and inner hyphens. For ever.
    #[schema(value_type = String)]
    pub slug: Slug,
    /// Its name for people.
    pub name: String,
    /// `k12`, `higher_ed` or `publisher`.
    pub kind: String,
    /// Two letters of the state whose law applies as well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// Whether the annual FERPA notice (34 CFR 99.7) went out within the last year.
    #[serde(default)]
    pub annual_notice_attested: bool,
    /// On what ground children under 13 are let in: `school_authorization` (for a school the
    /// default) or `parental_consent_only`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coppa_mode: Option<String>,
    /// Whether teaching assistants count as school officials.
    #[serde(default)]
    pub assistants_are_officials: bool,
}

/// A tenant's settings, as a whole.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TenantSettings {
    /// Its name for people.
    pub name: String,
    /// Two letters of the state whose law applies as well; none when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// True attests the annual FERPA notice anew, as of now; false takes the attestation back; left
    /// out, it stays as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annual_notice_attested: Option<bool>,
    /// `school_authorization` or `parental_consent_only`.
    pub coppa_mode: String,
    /// Whether teaching assistants count as school officials.
    pub assistants_are_officials: bool,
}

/// A tenant, as operators see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TenantView {
    /// Its id.
    #[schema(value_type = uuid::Uuid)]
    pub id: TenantId,
    /// Its name in hosts, paths and claims.
    #[schema(value_type = String)]
    pub slug: Slug,
    /// Its name for people.
    pub name: String,
    /// `k12`, `higher_ed`, `publisher` or `installation`.
    pub kind: &'static str,
    /// Two letters of a state.
    pub state: Option<String>,
    /// `active` or `suspended`.
    pub standing: &'static str,
    /// When the annual FERPA notice was last attested; it counts for a year.
    pub annual_notice_attested_at: Option<Moment>,
    /// On what ground children under 13 are let in.
    pub coppa_mode: &'static str,
    /// Whether teaching assistants count as school officials.
    pub assistants_are_officials: bool,
    /// When it was entered.
    pub created_at: Moment,
}

impl TenantView {
    /// The view of a tenant.
    pub fn of(tenant: &Tenant) -> Self {
        Self {
            id: tenant.tenant_id,
            slug: tenant.slug.clone(),
            name: tenant.name.clone(),
            kind: tenant.kind.as_str(),
            state: tenant.state.clone(),
            standing: tenant.standing.as_str(),
            annual_notice_attested_at: tenant.annual_notice_attested_at.map(Moment),
            coppa_mode: tenant.coppa_mode.as_str(),
            assistants_are_officials: tenant.assistants_are_officials,
            created_at: Moment(tenant.created_at),
        }
    }

    /// Changes with every change of the settings.
    ///
    /// # Errors
    /// [`OperatorError::Unwritable`].
    pub fn etag(&self) -> Result<String, OperatorError> {
        let digest = digest_of(self)?;
        Ok(digest.to_base64().chars().take(22).collect())
    }
}

fn state(word: Option<String>) -> Result<Option<String>, OperatorError> {
    let Some(word) = word else { return Ok(None) };
    let state = State::from_postal_code(&word)
        .map_err(|_| OperatorError::invalid("state", "is no postal code of a state"))?;
    Ok(Some(
        agent_factory_policies::Vocabulary::as_str(state).to_owned(),
    ))
}

fn coppa_mode(word: &str) -> Result<CoppaMode, OperatorError> {
    CoppaMode::from_word(word).ok_or_else(|| {
        OperatorError::invalid(
            "coppa_mode",
            "is neither `school_authorization` nor `parental_consent_only`",
        )
    })
}

fn kind(word: &str) -> Result<TenantKind, OperatorError> {
    match TenantKind::from_word(word) {
        Some(kind) if kind != TenantKind::Installation => Ok(kind),
        _ => Err(OperatorError::invalid(
            "kind",
            "is none of `k12`, `higher_ed`, `publisher`",
        )),
    }
}

impl TenantDraft {
    fn tenant(self, id: TenantId, now: Timestamp) -> Result<Tenant, OperatorError> {
        let kind = kind(&self.kind)?;
        let coppa_mode = match (&self.coppa_mode, kind) {
            (Some(word), _) => coppa_mode(word)?,
            // Only a school can authorize for its pupils' parents.
            (None, TenantKind::K12 | TenantKind::Publisher) => CoppaMode::SchoolAuthorization,
            (None, _) => CoppaMode::ParentalConsentOnly,
        };
        Ok(Tenant {
            tenant_id: id,
            slug: self.slug,
            name: text::name("name", &self.name)?,
            kind,
            state: state(self.state)?,
            standing: TenantStanding::Active,
            annual_notice_attested_at: self.annual_notice_attested.then_some(now),
            coppa_mode,
            assistants_are_officials: self.assistants_are_officials,
            created_at: now,
        })
    }
}

/// Enters a tenant with its keys. Its own log begins with that, and the installation's tells of it.
///
/// # Errors
/// [`OperatorError::Conflict`] `tenant-exists` when the slug is taken.
pub async fn create(deed: &Deed, draft: TenantDraft) -> Result<TenantView, OperatorError> {
    let gateway = &deed.gateway;
    let tenant = draft.tenant(TenantId::new(gateway.dice, deed.now)?, deed.now)?;
    let view = TenantView::of(&tenant);
    let after = digest_of(&view)?;
    let about = |event: Event| {
        event
            .resource(OpaqueId::uuid(*tenant.tenant_id.as_bytes()))
            .after(after)
    };
    // The answer is kept in the installation's own unit: before it is made, nobody knows the tenant.
    let own = Deed {
        kept_under: None,
        ..deed.clone()
    };
    let mut change = own.begin(tenant.tenant_id).await?;
    change
        .unit
        .directory()
        .tenants()
        .insert(&tenant)
        .await
        .map_err(OperatorError::on_conflict(
            "tenants_slug_unique",
            "tenant-exists",
            "a tenant has this slug, or had it",
        ))?;
    gateway
        .custody
        .create_tenant(&mut change.unit, deed.now)
        .await?;
    change.record(code!("tenant-created"), about)?;
    change.finish(&view).await?;
    let mut change = deed.begin(INSTALLATION).await?;
    change.record(code!("tenant-created"), about)?;
    change.finish(&view).await?;
    Ok(view)
}

/// Every tenant, by id.
///
/// # Errors
/// [`OperatorError::Store`].
pub async fn list(gateway: &Gateway, page: PageRequest) -> Result<Page<TenantView>, OperatorError> {
    let tenants = gateway.store.directory().tenants();
    let rows = tenants.list(page.after.map(TenantId), page.fetch()).await?;
    Ok(page.page(rows, |row| row.tenant_id.0, |row| TenantView::of(&row)))
}

/// Replaces the settings that `etag` names.
///
/// # Errors
/// [`OperatorError::Changed`] when they are not those any more.
pub async fn set(
    deed: &Deed,
    tenant: TenantId,
    etag: &str,
    settings: TenantSettings,
) -> Result<TenantView, OperatorError> {
    let mut change = deed.begin(tenant).await?;
    let mut row = current(&mut change.unit, tenant).await?;
    let before = TenantView::of(&row);
    if before.etag()? != etag {
        return Err(OperatorError::Changed);
    }
    row.name = text::name("name", &settings.name)?;
    row.state = state(settings.state)?;
    row.coppa_mode = coppa_mode(&settings.coppa_mode)?;
    row.assistants_are_officials = settings.assistants_are_officials;
    match settings.annual_notice_attested {
        Some(true) => row.annual_notice_attested_at = Some(deed.now),
        Some(false) => row.annual_notice_attested_at = None,
        None => {}
    }
    change.unit.directory().tenants().set_facts(&row).await?;
    let view = TenantView::of(&row);
    let (before, after) = (digest_of(&before)?, digest_of(&view)?);
    change.record(code!("tenant-changed"), |event| {
        event
            .resource(OpaqueId::uuid(*tenant.as_bytes()))
            .before(before)
            .after(after)
    })?;
    change.revoke(RevocationScope::Tenant);
    change.finish(&view).await?;
    Ok(view)
}

/// Serves a tenant or not. Open streams of a suspended one end.
///
/// # Errors
/// [`OperatorError::Conflict`] for the installation itself.
pub async fn set_standing(
    deed: &Deed,
    tenant: TenantId,
    standing: TenantStanding,
) -> Result<TenantView, OperatorError> {
    if tenant == INSTALLATION {
        return Err(OperatorError::conflict(
            "installation-stays",
            "the installation itself cannot be suspended",
        ));
    }
    let mut change = deed.begin(tenant).await?;
    let mut row = current(&mut change.unit, tenant).await?;
    let before = digest_of(&TenantView::of(&row))?;
    row.standing = standing;
    change
        .unit
        .directory()
        .tenants()
        .set_standing(tenant, standing)
        .await?;
    let view = TenantView::of(&row);
    let after = digest_of(&view)?;
    let action = match standing {
        TenantStanding::Active => code!("tenant-activated"),
        TenantStanding::Suspended => code!("tenant-suspended"),
    };
    change.record(action, |event| {
        event
            .resource(OpaqueId::uuid(*tenant.as_bytes()))
            .before(before)
            .after(after)
    })?;
    change.revoke(RevocationScope::Tenant);
    change.finish(&view).await?;
    Ok(view)
}

async fn current(unit: &mut crate::store::Unit, tenant: TenantId) -> Result<Tenant, OperatorError> {
    unit.directory()
        .tenants()
        .find(tenant)
        .await?
        .ok_or(OperatorError::NotFound)
}
