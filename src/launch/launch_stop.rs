//! Why a launch opened no agent, in codes; the page for the reader is made elsewhere.

use agent_factory_lti::Standing;
use agent_factory_policies::Refusal;

/// What stands in the way of a launch.
#[derive(Debug, Clone)]
pub enum StopReason {
    /// Before signature and binding are shown; no cause is ever shown.
    NotGenuine,
    /// The browser that began the login is not shown.
    BindingMissing,
    /// The login or the token is too old.
    Expired,
    /// The registration sends more than is taken.
    TooFast,
    /// The launch was used before.
    Replayed,
    /// The deployment waits for approval.
    PendingDeployment {
        /// The platform's own id of it.
        deployment_id: String,
    },
    /// The tenant, deployment or agent is switched off.
    Suspended,
    /// Nothing here answers this kind of message yet.
    UnsupportedMessage,
    /// No agent is chosen for this link.
    NoAgentChosen,
    /// The link names an agent or placement that this tenant does not have.
    SelectorUnresolved,
    /// The observer is linked to nobody, or to several people.
    SubjectUnclear,
    /// The rules decided against.
    Refused(Box<Refusal>),
    /// The platform itself refused, by this code of its own.
    PlatformRefused,
}

impl StopReason {
    /// A stable code, as in the entry.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotGenuine => "not-genuine",
            Self::BindingMissing => "binding-missing",
            Self::Expired => "expired",
            Self::TooFast => "registration-too-fast",
            Self::Replayed => "replayed",
            Self::PendingDeployment { .. } => "deployment-pending",
            Self::Suspended => "suspended",
            Self::UnsupportedMessage => "message-type-not-answered",
            Self::NoAgentChosen => "agent-not-chosen",
            Self::SelectorUnresolved => "selector-unresolved",
            Self::SubjectUnclear => "subject-unclear",
            Self::Refused(_) => "refused",
            Self::PlatformRefused => "platform-refused",
        }
    }
}

/// Who is in front of the page, as far as a verified launch says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reader {
    /// The reading of the roles; none before verification.
    pub standing: Option<Standing>,
    /// Whether a child is likely in front of it.
    pub child: LikelyChild,
}

/// Whether a child is likely in front of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LikelyChild {
    /// A learner known to be under 13, or of unknown age in a school for children.
    Yes,
    /// Anybody else.
    No,
}

impl Reader {
    /// Nobody known.
    pub const UNKNOWN: Self = Self {
        standing: None,
        child: LikelyChild::No,
    };
}

/// A launch that opened no agent.
#[derive(Debug, Clone)]
pub struct LaunchStop {
    /// Why.
    pub reason: StopReason,
    /// What finds the entry.
    pub reference: String,
    /// Who reads of it.
    pub reader: Reader,
    /// The reader's language.
    pub locale: Option<String>,
}
