//! The role vocabulary: every spelling a platform may use, and what it names.
//!
//! What is not listed here has no meaning; nothing may be inferred from part of a name.

use super::{ContextRole, InstitutionRole, Role, SubRole, SystemRole};

/// Sub-roles of each context role.
///
/// # Source
/// LTI Core 1.3, appendix A.2.3.2.
const SUB_ROLES: [(ContextRole, &[&str]); 8] = [
    (
        ContextRole::Administrator,
        &[
            "Administrator",
            "Developer",
            "ExternalDeveloper",
            "ExternalSupport",
            "ExternalSystemAdministrator",
            "Support",
            "SystemAdministrator",
        ],
    ),
    (
        ContextRole::ContentDeveloper,
        &[
            "ContentDeveloper",
            "ContentExpert",
            "ExternalContentExpert",
            "Librarian",
        ],
    ),
    (
        ContextRole::Instructor,
        &[
            "ExternalInstructor",
            "Grader",
            "GuestInstructor",
            "Lecturer",
            "PrimaryInstructor",
            "SecondaryInstructor",
            "TeachingAssistant",
            "TeachingAssistantGroup",
            "TeachingAssistantOffering",
            "TeachingAssistantSection",
            "TeachingAssistantSectionAssociation",
            "TeachingAssistantTemplate",
        ],
    ),
    (
        ContextRole::Learner,
        &[
            "ExternalLearner",
            "GuestLearner",
            "Instructor",
            "Learner",
            "NonCreditLearner",
        ],
    ),
    (
        ContextRole::Manager,
        &[
            "AreaManager",
            "CourseCoordinator",
            "ExternalObserver",
            "Manager",
            "Observer",
        ],
    ),
    (ContextRole::Member, &["Member"]),
    (
        ContextRole::Mentor,
        &[
            "Advisor",
            "Auditor",
            "ExternalAdvisor",
            "ExternalAuditor",
            "ExternalLearningFacilitator",
            "ExternalMentor",
            "ExternalReviewer",
            "ExternalTutor",
            "LearningFacilitator",
            "Mentor",
            "Reviewer",
            "Tutor",
        ],
    ),
    (
        ContextRole::Officer,
        &[
            "Chair",
            "Communications",
            "Secretary",
            "Treasurer",
            "Vice-Chair",
        ],
    ),
];

/// What a text names, if it is in the vocabulary: a full URI, an LTI 1.1 URN or a short name.
///
/// Case is folded: platforms are seen to write `membership/instructor#TeachingAssistant`, and a
/// role comes only from a signed token.
pub(super) fn read(text: &str) -> Option<Role> {
    let folded = text.to_ascii_lowercase();
    if let Some(path) = folded
        .strip_prefix("http://purl.imsglobal.org/vocab/")
        .or_else(|| folded.strip_prefix("https://purl.imsglobal.org/vocab/"))
    {
        return uri(path);
    }
    if let Some(name) = folded.strip_prefix("urn:lti:sysrole:ims/lis/") {
        return system(name);
    }
    if let Some(name) = folded.strip_prefix("urn:lti:instrole:ims/lis/") {
        return institution(name);
    }
    // A short name is a context role or nothing.
    context(
        folded
            .strip_prefix("urn:lti:role:ims/lis/")
            .unwrap_or(&folded),
    )
}

fn uri(path: &str) -> Option<Role> {
    if path == "lti/system/person#testuser" {
        return Some(Role::TestUser);
    }
    let path = path.strip_prefix("lis/v2/")?;
    if let Some(name) = path.strip_prefix("system/person#") {
        return system(name);
    }
    if let Some(name) = path.strip_prefix("institution/person#") {
        return institution(name);
    }
    if let Some(name) = path.strip_prefix("person#") {
        // The old prefix served both; a name both have is the institution's, which is the lesser.
        return institution(name).or_else(|| system(name));
    }
    if let Some(name) = path.strip_prefix("membership#") {
        return context(name);
    }
    let (role, sub_role) = path.strip_prefix("membership/")?.split_once('#')?;
    context_sub_role(role, sub_role)
}

fn system(folded: &str) -> Option<Role> {
    SystemRole::ALL
        .into_iter()
        .find(|role| is(role.name(), folded))
        .map(Role::System)
}

fn institution(folded: &str) -> Option<Role> {
    InstitutionRole::ALL
        .into_iter()
        .find(|role| is(role.name(), folded))
        .map(Role::Institution)
}

/// `Role`, `Role/SubRole` (LTI 1.1) or `Role#SubRole` (Sakai).
fn context(folded: &str) -> Option<Role> {
    if let Some((role, sub_role)) = folded.split_once(['/', '#']) {
        return context_sub_role(role, sub_role);
    }
    if let Some(role) = ContextRole::ALL
        .into_iter()
        .find(|role| is(role.name(), folded))
    {
        return Some(Role::Context(role));
    }
    // Principal roles of LTI 1.1 that 1.3 made sub-roles.
    match folded {
        "teachingassistant" => context_sub_role("instructor", folded),
        "observer" => context_sub_role("manager", folded),
        _ => None,
    }
}

fn context_sub_role(role: &str, sub_role: &str) -> Option<Role> {
    // LTI 1.1 knew the assistant's sub-roles under a principal role of its own.
    let role = if role == "teachingassistant" {
        "instructor"
    } else {
        role
    };
    let (role, names) = SUB_ROLES.iter().find(|(known, _)| is(known.name(), role))?;
    let name = names.iter().find(|name| is(name, sub_role))?;
    Some(Role::ContextSubRole(SubRole { role: *role, name }))
}

fn is(name: &str, folded: &str) -> bool {
    name.eq_ignore_ascii_case(folded)
}
