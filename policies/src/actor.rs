//! The person who asks, and in what role.
//!
//! Must never read more into a launch than it says: an observer is never a learner, a teaching
//! assistant never an instructor, and a role nobody knows gives no right over others.

use crate::operation::Operation;
use crate::vocabulary::vocabulary;

vocabulary! {
    /// The role in which a person asks (`actor.role`).
    pub enum ActorRole {
        /// A student.
        Learner = "learner",
        /// A teacher of the course.
        Instructor = "instructor",
        /// A teaching assistant of the course.
        TeachingAssistant = "teaching_assistant",
        /// A person the platform links to a student, such as a parent.
        Observer = "observer",
        /// An administrator of the institution.
        Administrator = "administrator",
        /// The official in whose custody the records are.
        RecordsCustodian = "records_custodian",
        /// An auditor of the institution.
        Auditor = "auditor",
        /// A parent, known to the institution.
        Parent = "parent",
        /// A support engineer of the gateway's vendor.
        VendorSupport = "vendor_support",
    }
}

vocabulary! {
    /// Whether somebody acts under another person's name (`actor.masquerading`).
    pub enum Masquerade {
        /// Nobody does.
        No = "no",
        /// The platform says so.
        Yes = "yes",
        /// The platform never says.
        Undetectable = "undetectable",
    }
}

/// What is known of the person who asks.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own, asked apart"
)]
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ActorFacts {
    /// In what role the person asks.
    pub role: ActorRole,
    /// Whether the records are the person's own.
    pub is_subject: bool,
    /// Whether somebody acts under another person's name.
    pub masquerading: Masquerade,
    /// Whether the person's identity is verified.
    pub verified: bool,
    /// Whether the platform vouches for the link from observer to student.
    pub linked_to_subject: bool,
    /// Whether the person belongs to the course at hand.
    pub in_course: bool,
    /// Whether a parent has custody.
    pub has_custody: bool,
    /// Whether a court order bars a parent.
    pub barred_by_court_order: bool,
    /// Whether the institution attests that the student is a parent's tax dependent.
    pub dependency_attested: bool,
}

impl ActorFacts {
    /// The unremarkable person for an operation.
    pub(crate) fn unremarkable(operation: Operation) -> Self {
        let role = if operation.is_administrative() {
            ActorRole::Administrator
        } else {
            ActorRole::Learner
        };
        Self::in_role(role)
    }

    /// The unremarkable person of a role.
    pub(crate) fn in_role(role: ActorRole) -> Self {
        Self {
            role,
            is_subject: role == ActorRole::Learner,
            masquerading: Masquerade::No,
            verified: true,
            linked_to_subject: false,
            in_course: true,
            has_custody: true,
            barred_by_court_order: false,
            dependency_attested: false,
        }
    }
}

impl ActorRole {
    /// The role that the roles of a launch, short or in full, amount to.
    ///
    /// An observer if any role is Mentor or Observer; else a teaching assistant, also beside
    /// Instructor; else an instructor; an administrator only by a context role (a privacy launch
    /// also counts the system's and the institution's); anything else is a learner.
    pub fn from_lti<'a>(roles: impl IntoIterator<Item = &'a str>, operation: Operation) -> Self {
        let read: Vec<LtiRole> = roles.into_iter().map(LtiRole::read).collect();
        let any = |wanted: LtiRole| read.contains(&wanted);
        let privacy_administrator = operation == Operation::PrivacyLaunch
            && (any(LtiRole::ContextAdministrator) || any(LtiRole::WiderAdministrator));
        if any(LtiRole::Observer) {
            Self::Observer
        } else if privacy_administrator {
            Self::Administrator
        } else if any(LtiRole::TeachingAssistant) {
            Self::TeachingAssistant
        } else if any(LtiRole::Instructor) {
            Self::Instructor
        } else if any(LtiRole::ContextAdministrator) {
            Self::Administrator
        } else {
            Self::Learner
        }
    }
}

/// What one role of a launch says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LtiRole {
    Observer,
    TeachingAssistant,
    Instructor,
    ContextAdministrator,
    WiderAdministrator,
    Other,
}

impl LtiRole {
    fn read(role: &str) -> Self {
        let in_context = !is_wider(role);
        let (principal, sub_role) = names(role);
        match (principal, sub_role) {
            (_, Some("Mentor" | "Observer")) | ("Mentor" | "Observer", _) => Self::Observer,
            (_, Some(name)) if in_context && name.starts_with("TeachingAssistant") => {
                Self::TeachingAssistant
            }
            (name, _) if in_context && name.starts_with("TeachingAssistant") => {
                Self::TeachingAssistant
            }
            ("Instructor", _) if in_context => Self::Instructor,
            ("Administrator", None | Some("Administrator")) if in_context => {
                Self::ContextAdministrator
            }
            ("Administrator" | "SysAdmin", None) => Self::WiderAdministrator,
            _ => Self::Other,
        }
    }
}

/// Whether a role is one of the whole institution or system rather than of the course.
fn is_wider(role: &str) -> bool {
    role.contains("/institution/")
        || role.contains("/system/")
        || role.starts_with("urn:lti:sysrole:")
        || role.starts_with("urn:lti:instrole:")
}

/// The principal role and the sub-role that a short or full name spells.
///
/// `.../membership#Instructor` is a principal role, `.../membership/Instructor#Grader` a sub-role,
/// `urn:lti:role:ims/lis/Instructor` the older spelling of a principal role.
fn names(role: &str) -> (&str, Option<&str>) {
    let Some((before, after)) = role.rsplit_once('#') else {
        return match role.rsplit_once("/lis/") {
            Some((_, legacy)) => match legacy.split_once('/') {
                Some((principal, sub_role)) => (principal, Some(sub_role)),
                None => (legacy, None),
            },
            None => match role.split_once('/') {
                Some((principal, sub_role)) => (principal, Some(sub_role)),
                None => (role, None),
            },
        };
    };
    match before.rsplit('/').next() {
        Some("membership" | "person") | None => (after, None),
        Some(principal) => (principal, Some(after)),
    }
}
