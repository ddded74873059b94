//! Who launched, and whose records are meant: the learner's own, the linked child's for an
//! observer, nobody's for a teacher.

use agent_factory_lti::Standing;

use super::complete_launch::{LaunchFailure, Launches};
use super::launch_stop::StopReason;
use super::people::{self, KnownPerson, Profile};
use super::verify_launch::VerifiedLaunch;
use crate::clock::Timestamp;
use crate::ids::PersonId;
use crate::store::{NewPerson, Unit};
use crate::vault::TenantKeys;

/// The people of a launch.
pub(super) struct Cast {
    pub actor: Option<KnownPerson>,
    pub subject: Option<PersonId>,
    pub linked: bool,
}

/// What came of casting a launch.
pub(super) enum Casting {
    /// Everybody is known.
    Cast(Cast),
    /// Nobody can say whose records are meant.
    Stops(StopReason),
    /// The child an observer is linked to was never seen: enter them and cast again.
    Enter(Box<NewPerson>),
}

/// Casts a launch.
pub(super) async fn cast(
    unit: &mut Unit,
    launches: &Launches,
    keys: &TenantKeys,
    launch: &VerifiedLaunch,
    now: Timestamp,
) -> Result<Casting, LaunchFailure> {
    let message = &launch.message;
    let issuer = message.issuer().as_str();
    let Some(sub) = message.sub() else {
        return Ok(Casting::Cast(Cast {
            actor: None,
            subject: None,
            linked: false,
        }));
    };
    let custody = &launches.custody;
    let (dice, profile) = (launches.dice, Profile::of(message.person()));
    let actor =
        people::find_or_prepare(unit, custody, keys, (issuer, sub), profile, (dice, now)).await?;
    let (subject, linked) = match message.roles().standing() {
        Standing::Learner | Standing::None => (Some(actor.id), false),
        Standing::Observer => match message.mentor_of() {
            [child] if child != sub => {
                let at = (dice, now);
                let named = (issuer, child.as_str());
                let known = people::find_or_prepare(unit, custody, keys, named, None, at).await?;
                if let Some(new) = known.new {
                    return Ok(Casting::Enter(Box::new(new)));
                }
                (Some(known.id), true)
            }
            _ => return Ok(Casting::Stops(StopReason::SubjectUnclear)),
        },
        Standing::Instructor | Standing::TeachingAssistant | Standing::Administrator => {
            (None, false)
        }
    };
    Ok(Casting::Cast(Cast {
        actor: Some(actor),
        subject,
        linked,
    }))
}
