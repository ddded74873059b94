//! Age bands: how old a person, or everybody in a course, is taken to be, on the institution's word.
//! A later one takes the place of the one before, which stays on file.

use agent_factory_audit::{OpaqueId, code};
use agent_factory_policies::AgeBand as Band;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::person_name::{self, PersonName, PlatformPerson};
use crate::disclosure::RevocationScope;
use crate::ids::{AgeBandId, ContextRowId, DeploymentRowId, PersonId, RegistrationId, TenantId};
use crate::onboarding::administration::keyed_digest_of;
use crate::onboarding::contexts::{self, ContextInDeployment, ContextName, Named};
use crate::onboarding::{Deed, Moment, OperatorError, Page, PageRequest};
use crate::store::{AgeBand, Unit};

/// An age band to be recorded: for a person on a platform, or for everybody in a course.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AgeBandDraft {
    /// The course: its id here, the platform's id of it, or `{deployment, context_id}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<ContextName>,
    /// The deployment's id here, where `context` is the platform's id of a course.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Uuid>)]
    pub deployment: Option<DeploymentRowId>,
    /// The platform's id here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Uuid>)]
    pub platform: Option<RegistrationId>,
    /// The person's id there (`sub`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform_user_id: Option<String>,
    /// The person's id here, instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Uuid>)]
    pub person: Option<PersonId>,
    /// `under_13`, `13_to_17`, `18_or_over`, or `unknown`.
    pub age_band: String,
}

/// An age band, as operators see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AgeBandView {
    /// Its id.
    #[schema(value_type = Uuid)]
    pub id: AgeBandId,
    /// The person's id here.
    #[schema(value_type = Option<Uuid>)]
    pub person: Option<PersonId>,
    /// The course's id here.
    #[schema(value_type = Option<Uuid>)]
    pub context: Option<ContextRowId>,
    /// The band.
    pub age_band: String,
    /// When it was recorded.
    pub recorded_at: Moment,
    /// When a later one took its place.
    pub superseded_at: Option<Moment>,
}

impl AgeBandView {
    /// The view of an age band.
    pub fn of(row: &AgeBand) -> Self {
        Self {
            id: row.age_band_id,
            person: row.person_id,
            context: row.context_row_id,
            age_band: row.age_band.clone(),
            recorded_at: Moment(row.recorded_at),
            superseded_at: row.superseded_at.map(Moment),
        }
    }
}

/// Whom it is about, as the draft says: exactly one person or course.
enum About {
    Person(PersonName),
    Course(ContextName),
}

fn about(draft: AgeBandDraft) -> Result<About, OperatorError> {
    let on_platform = match (draft.platform, draft.platform_user_id) {
        (Some(platform), Some(platform_user_id)) => Some(PersonName::OnPlatform(PlatformPerson {
            platform,
            platform_user_id,
        })),
        (None, None) => None,
        (Some(_), None) => return Err(OperatorError::invalid("platform_user_id", "is missing")),
        (None, Some(_)) => return Err(OperatorError::invalid("platform", "is missing")),
    };
    let course = match (draft.context, draft.deployment) {
        (Some(ContextName::Id(context_id)), Some(deployment)) => {
            Some(ContextName::InDeployment(ContextInDeployment {
                deployment,
                context_id,
            }))
        }
        (None, Some(_)) => return Err(OperatorError::invalid("context", "is missing")),
        (context, _) => context,
    };
    match (on_platform, draft.person.map(PersonName::Id), course) {
        (Some(person), None, None) | (None, Some(person), None) => Ok(About::Person(person)),
        (None, None, Some(course)) => Ok(About::Course(course)),
        (None, None, None) => Err(OperatorError::invalid(
            "platform_user_id",
            "is missing: name a person with `platform`, or a `context`",
        )),
        _ => Err(OperatorError::invalid(
            "context",
            "stands beside a person: name one of them",
        )),
    }
}

/// Records an age band; the person or course is entered if never seen.
///
/// # Errors
/// [`OperatorError::Invalid`] naming the field.
pub async fn record(
    deed: &Deed,
    tenant: TenantId,
    draft: AgeBandDraft,
) -> Result<AgeBandView, OperatorError> {
    let band = Band::parse(&draft.age_band).map_err(|_| {
        let reason = "is none of `under_13`, `13_to_17`, `18_or_over`, `unknown`";
        OperatorError::invalid("age_band", reason)
    })?;
    let keys = deed.gateway.custody.tenant(tenant).await?;
    let (person, course) = match about(draft)? {
        About::Person(name) => (
            Some(person_name::read_name(deed, tenant, &name).await?),
            None,
        ),
        About::Course(name) => {
            let named: Named = contexts::read_name(&deed.gateway, tenant, &name).await?;
            (None, Some(named))
        }
    };
    let mut change = deed.begin(tenant).await?;
    let person = match person {
        Some(named) => Some(person_name::person_of(deed, &mut change.unit, &keys, &named).await?),
        None => None,
    };
    let context = match course {
        Some(named) => Some(
            contexts::row_of(deed, &mut change.unit, &named)
                .await?
                .context_row_id,
        ),
        None => None,
    };
    let row = AgeBand {
        age_band_id: AgeBandId::new(deed.gateway.dice, deed.now)?,
        person_id: person,
        context_row_id: context,
        age_band: band.as_str().to_owned(),
        source: "operator".to_owned(),
        recorded_at: deed.now,
        superseded_at: None,
    };
    change.unit.age_bands().record(&row).await?;
    let view = AgeBandView::of(&row);
    let after = keyed_digest_of(&keys, &view)?;
    change.record(code!("age-band-recorded"), |event| {
        let event = event
            .resource(OpaqueId::uuid(*row.age_band_id.as_bytes()))
            .after(after);
        match (person, context) {
            (Some(person), _) => event.subject(OpaqueId::uuid(*person.as_bytes())),
            (None, Some(context)) => event.context(OpaqueId::uuid(*context.as_bytes())),
            (None, None) => event,
        }
    })?;
    if let Some(person) = person {
        change.revoke(RevocationScope::Person(person));
    }
    if let Some(context) = context {
        change.revoke(RevocationScope::Context(context));
    }
    change.finish(&view).await?;
    Ok(view)
}

/// A tenant's age bands, superseded ones too.
///
/// # Errors
/// [`OperatorError::Store`].
pub async fn list(unit: &mut Unit, page: PageRequest) -> Result<Page<AgeBandView>, OperatorError> {
    let rows = unit
        .age_bands()
        .list(page.after.map(AgeBandId), page.fetch())
        .await?;
    Ok(page.page(rows, |row| row.age_band_id.0, |row| AgeBandView::of(&row)))
}
