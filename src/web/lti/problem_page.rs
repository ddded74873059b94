//! A launch that opened no agent, as the page its reader sees.

use agent_factory_lti::Standing;
use agent_factory_policies::{Effect, Refusal};
use axum::response::Response;
use http::HeaderMap;

use crate::gateway::Gateway;
use crate::launch::{LaunchStop, LikelyChild, Reader, StopReason};
use crate::pages::{AssetBase, Audience, Form, LaunchProblem, Locale, Problem};
use crate::web::page_response::{FramingOrigins, page_response};

/// The page of a problem for somebody of whom nothing is known.
pub(super) fn of(
    gateway: &Gateway,
    headers: &HeaderMap,
    problem: Problem,
    reference: String,
) -> Response {
    let page = LaunchProblem {
        locale: Locale::choose(None, accept_language(headers)),
        audience: Audience::Student,
        problem,
        reference,
        assets: AssetBase::Gateway,
    };
    page_response(page.render(), &FramingOrigins::any(gateway))
}

/// The page of a launch that stopped.
pub(super) fn of_stop(
    gateway: &Gateway,
    headers: &HeaderMap,
    stop: LaunchStop,
    again: Option<Form>,
) -> Response {
    let page = LaunchProblem {
        locale: Locale::choose(stop.locale.as_deref(), accept_language(headers)),
        audience: audience(stop.reader),
        problem: problem(stop.reason, stop.reader, again),
        reference: stop.reference,
        assets: AssetBase::Gateway,
    };
    page_response(page.render(), &FramingOrigins::any(gateway))
}

/// The browser's languages.
pub(super) fn accept_language(headers: &HeaderMap) -> Option<&str> {
    headers
        .get(http::header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok())
}

fn audience(reader: Reader) -> Audience {
    match (reader.standing, reader.child) {
        (Some(Standing::Observer), _) => Audience::Observer,
        (Some(Standing::Instructor | Standing::TeachingAssistant), _) => Audience::Teacher,
        (Some(Standing::Administrator), _) => Audience::Administrator,
        (_, LikelyChild::Yes) => Audience::Child,
        (_, LikelyChild::No) => Audience::Student,
    }
}

fn problem(reason: StopReason, reader: Reader, again: Option<Form>) -> Problem {
    match reason {
        StopReason::NotGenuine | StopReason::PlatformRefused => Problem::NotGenuine,
        StopReason::BindingMissing => Problem::BindingMissing { again },
        StopReason::Expired => Problem::Expired,
        StopReason::TooFast => Problem::Overloaded,
        StopReason::Replayed => Problem::Replayed,
        StopReason::PendingDeployment { deployment_id } => Problem::PendingDeployment {
            deployment: deployment_id,
        },
        StopReason::Suspended => Problem::Suspended,
        StopReason::UnsupportedMessage => Problem::UnsupportedMessage,
        StopReason::NoAgentChosen | StopReason::SelectorUnresolved => match reader.standing {
            Some(Standing::Instructor | Standing::Administrator) => Problem::TeacherChooses,
            _ => Problem::NoAgentChosen,
        },
        StopReason::SubjectUnclear => Problem::ReviewNeeded,
        StopReason::Refused(refusal) => of_refusal(&refusal),
    }
}

/// What a refusal says to its reader: what is missing, by kind, and never about whom.
fn of_refusal(refusal: &Refusal) -> Problem {
    let any = |part: &str| refusal.codes().iter().any(|code| code.contains(part));
    match refusal.effect() {
        Effect::HoldForReview => Problem::ReviewNeeded,
        Effect::HoldForConsent => Problem::ConsentNeeded,
        _ if any("agreement") || any("notice") => Problem::NoAgreement,
        _ if any("authorization") || any("under-13") || any("coppa") => Problem::NoAuthorization,
        _ if any("consent") => Problem::ConsentNeeded,
        _ => Problem::NoAgreement,
    }
}
