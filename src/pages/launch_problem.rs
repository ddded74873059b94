//! What a person reads when a launch does not open an agent: what happened, who can mend it, what
//! happens next. It must never name a cause that helps an attacker, nor anything about another
//! person: an order, an opt-out and a parent's refusal all read as "needs permission".

use askama::Template;

use super::asset::AssetBase;
use super::form::Form;
use super::locale::Locale;
use super::rendered::{FormAction, Rendered};

/// Who is in front of the page, as far as the verified launch says; before that [`Audience::Student`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// A learner under 13, or of unknown age in a school for children.
    Child,
    /// Any other learner, and everybody whose role is not known.
    Student,
    /// A teacher or teaching assistant.
    Teacher,
    /// A parent or another observer.
    Observer,
    /// Who administers the course, the platform or the school.
    Administrator,
}

impl Audience {
    /// Every audience.
    pub const ALL: [Self; 5] = [
        Self::Child,
        Self::Student,
        Self::Teacher,
        Self::Observer,
        Self::Administrator,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Child => "child",
            Self::Student => "student",
            Self::Teacher => "teacher",
            Self::Observer => "observer",
            Self::Administrator => "administrator",
        }
    }
}

/// What stands in the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// No agreement between the institution and the agent's operator is in force.
    NoAgreement,
    /// No school authorization covers this agent for children.
    NoAuthorization,
    /// A consent is missing.
    ConsentNeeded,
    /// A person has to decide first.
    ReviewNeeded,
    /// The deployment waits for approval; its id is shown, nothing personal is.
    PendingDeployment {
        /// The deployment id the platform sent.
        deployment: String,
    },
    /// No agent is placed at this link.
    NoAgentChosen,
    /// No agent is placed at this link, and this reader may place one.
    TeacherChooses,
    /// The launch was used before.
    Replayed,
    /// The launch took too long.
    Expired,
    /// The launch does not prove where it comes from. The page says no more than that.
    NotGenuine,
    /// The browser that came back is not shown to be the one that began.
    BindingMissing {
        /// Repeats the login in a new window, where it is known.
        again: Option<Form>,
    },
    /// No registration fits the platform.
    UnknownPlatform,
    /// A message type that nothing here answers.
    UnsupportedMessage,
    /// An LTI 1.1 launch: the link is set up wrongly.
    Lti11,
    /// A launch address opened by GET.
    GetOnPost,
    /// The institution or the agent is switched off.
    Suspended,
    /// Too much at once.
    Overloaded,
    /// The agent does not answer.
    AgentDown,
    /// The request is not one that a platform sends.
    Malformed,
}

impl Problem {
    /// Its stable name, as in codes and locale keys.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoAgreement => "no-agreement",
            Self::NoAuthorization => "no-authorization",
            Self::ConsentNeeded => "consent-needed",
            Self::ReviewNeeded => "review-needed",
            Self::PendingDeployment { .. } => "pending-deployment",
            Self::NoAgentChosen => "no-agent-chosen",
            Self::TeacherChooses => "teacher-chooses",
            Self::Replayed => "replayed",
            Self::Expired => "expired",
            Self::NotGenuine => "not-genuine",
            Self::BindingMissing { .. } => "binding-missing",
            Self::UnknownPlatform => "unknown-platform",
            Self::UnsupportedMessage => "unsupported-message",
            Self::Lti11 => "lti-1-1",
            Self::GetOnPost => "get-on-post",
            Self::Suspended => "suspended",
            Self::Overloaded => "overloaded",
            Self::AgentDown => "agent-down",
            Self::Malformed => "malformed",
        }
    }

    /// The status it is answered with: 400 malformed, 401 not genuine, 403 genuine but refused or
    /// pending, 404 unknown registration.
    pub const fn status(&self) -> u16 {
        match self {
            Self::NoAgreement
            | Self::NoAuthorization
            | Self::ConsentNeeded
            | Self::ReviewNeeded
            | Self::PendingDeployment { .. }
            | Self::NoAgentChosen
            | Self::TeacherChooses
            | Self::Suspended => 403,
            Self::Replayed | Self::Expired | Self::NotGenuine | Self::BindingMissing { .. } => 401,
            Self::UnknownPlatform => 404,
            Self::GetOnPost => 405,
            Self::UnsupportedMessage | Self::Lti11 | Self::Malformed => 400,
            Self::Overloaded => 503,
            Self::AgentDown => 502,
        }
    }

    /// Whether the page may promise that the agent was told nothing. A stream that ended half way
    /// may not.
    const fn nothing_was_sent(&self) -> bool {
        !matches!(
            self,
            Self::AgentDown | Self::Overloaded | Self::Malformed | Self::GetOnPost
        )
    }
}

/// The page itself.
#[derive(Debug, Clone)]
pub struct LaunchProblem {
    /// Language.
    pub locale: Locale,
    /// Who reads it.
    pub audience: Audience,
    /// What stands in the way.
    pub problem: Problem,
    /// Finds the entry or the console line; shown so that it can be read out.
    pub reference: String,
    /// Which origin it is shown on.
    pub assets: AssetBase,
}

#[derive(Template)]
#[template(path = "launch_problem.html")]
struct LaunchProblemTemplate<'a> {
    locale: Locale,
    assets: AssetBase,
    title: &'static str,
    what: String,
    who: &'static str,
    next: &'static str,
    nothing_was_sent: Option<&'static str>,
    deployment: Option<&'a str>,
    again: Option<&'a Form>,
    reference: &'a str,
}

impl LaunchProblem {
    /// The finished page.
    pub fn render(&self) -> Rendered {
        let (deployment, again) = match &self.problem {
            Problem::PendingDeployment { deployment } => (Some(deployment.as_str()), None),
            Problem::BindingMissing { again } => (None, again.as_ref()),
            _ => (None, None),
        };
        let mut rendered = Rendered::plain(
            self.problem.status(),
            &LaunchProblemTemplate {
                locale: self.locale,
                assets: self.assets,
                title: self.words("title"),
                what: self.words("what").to_owned(),
                who: self.words("who"),
                next: self.words("next"),
                nothing_was_sent: self
                    .problem
                    .nothing_was_sent()
                    .then(|| self.own_words("problem.nothing-was-sent")),
                deployment,
                again,
                reference: &self.reference,
            },
        );
        if again.is_some() {
            rendered.form_action = FormAction::Unrestricted;
        }
        rendered
    }

    // The words for this audience where the file has some, else those everybody may read.
    fn own_words(&self, key: &str) -> &'static str {
        let own = format!("{key}@{}", self.audience.name());
        self.locale
            .find(&own)
            .unwrap_or_else(|| self.locale.text(key))
    }

    fn words(&self, part: &str) -> &'static str {
        self.own_words(&format!("problem.{}.{part}", self.problem.code()))
    }
}
