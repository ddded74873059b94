//! Roles: every spelling of the vocabulary, and nothing beyond it.

use agent_factory_lti::{ContextRole, InstitutionRole, Role, Roles, Standing, SystemRole};

const CONTEXT: &str = "http://purl.imsglobal.org/vocab/lis/v2/membership";
const INSTITUTION: &str = "http://purl.imsglobal.org/vocab/lis/v2/institution/person";
const SYSTEM: &str = "http://purl.imsglobal.org/vocab/lis/v2/system/person";

fn roles(texts: &[&str]) -> Roles {
    Roles::parse(
        &texts
            .iter()
            .map(|text| (*text).to_owned())
            .collect::<Vec<_>>(),
    )
}

fn standing(texts: &[&str]) -> Standing {
    roles(texts).standing()
}

#[test]
fn every_core_and_non_core_role_is_recognised_by_its_uri() {
    for (prefix, names) in [
        (
            SYSTEM,
            "Administrator None AccountAdmin Creator SysAdmin SysSupport User",
        ),
        (
            INSTITUTION,
            "Administrator Faculty Guest None Other Staff Student Alumni Instructor Learner \
             Member Mentor Observer ProspectiveStudent",
        ),
        (
            CONTEXT,
            "Administrator ContentDeveloper Instructor Learner Mentor Manager Member Officer",
        ),
    ] {
        for name in names.split_whitespace() {
            let name_read = match Role::parse(&format!("{prefix}#{name}")) {
                Role::System(role) => role.name(),
                Role::Institution(role) => role.name(),
                Role::Context(role) => role.name(),
                other => panic!("{prefix}#{name} was read as {other:?}"),
            };
            assert_eq!(name_read, name);
        }
    }
}

#[test]
fn every_sub_role_is_recognised_and_implies_its_principal_role() {
    for (principal, names) in [
        (
            ContextRole::Administrator,
            "Administrator Developer ExternalDeveloper ExternalSupport \
             ExternalSystemAdministrator Support SystemAdministrator",
        ),
        (
            ContextRole::ContentDeveloper,
            "ContentDeveloper ContentExpert ExternalContentExpert Librarian",
        ),
        (
            ContextRole::Instructor,
            "ExternalInstructor Grader GuestInstructor Lecturer PrimaryInstructor \
             SecondaryInstructor TeachingAssistant TeachingAssistantGroup \
             TeachingAssistantOffering TeachingAssistantSection \
             TeachingAssistantSectionAssociation TeachingAssistantTemplate",
        ),
        (
            ContextRole::Learner,
            "ExternalLearner GuestLearner Instructor Learner NonCreditLearner",
        ),
        (
            ContextRole::Manager,
            "AreaManager CourseCoordinator ExternalObserver Manager Observer",
        ),
        (ContextRole::Member, "Member"),
        (
            ContextRole::Mentor,
            "Advisor Auditor ExternalAdvisor ExternalAuditor ExternalLearningFacilitator \
             ExternalMentor ExternalReviewer ExternalTutor LearningFacilitator Mentor Reviewer \
             Tutor",
        ),
        (
            ContextRole::Officer,
            "Chair Communications Secretary Treasurer Vice-Chair",
        ),
    ] {
        for name in names.split_whitespace() {
            let role = principal.name();
            for text in [
                format!("{CONTEXT}/{role}#{name}"),
                format!("{CONTEXT}/{}#{name}", role.to_lowercase()),
                format!("{CONTEXT}#{role}#{name}"),
                format!("urn:lti:role:ims/lis/{role}/{name}"),
                format!("{role}/{name}"),
                format!("{role}#{name}"),
            ] {
                let Role::ContextSubRole(sub) = Role::parse(&text) else {
                    panic!("{text} is not read");
                };
                assert_eq!((sub.role(), sub.name()), (principal, name), "{text}");
            }
        }
    }
}

#[test]
fn older_spellings_mean_the_same() {
    assert_eq!(
        Role::parse("Instructor"),
        Role::Context(ContextRole::Instructor)
    );
    assert_eq!(
        Role::parse("urn:lti:role:ims/lis/Learner"),
        Role::Context(ContextRole::Learner)
    );
    assert_eq!(
        Role::parse("urn:lti:instrole:ims/lis/Observer"),
        Role::Institution(InstitutionRole::Observer),
    );
    assert_eq!(
        Role::parse("urn:lti:sysrole:ims/lis/SysAdmin"),
        Role::System(SystemRole::SysAdmin)
    );
    let old = "http://purl.imsglobal.org/vocab/lis/v2/person";
    assert_eq!(
        Role::parse(&format!("{old}#Student")),
        Role::Institution(InstitutionRole::Student),
    );
    assert_eq!(
        Role::parse(&format!("{old}#SysAdmin")),
        Role::System(SystemRole::SysAdmin)
    );
    assert_eq!(
        Role::parse(&format!("{old}#Administrator")),
        Role::Institution(InstitutionRole::Administrator),
        "of two meanings the lesser",
    );
}

#[test]
fn a_short_name_is_a_context_role_or_nothing() {
    assert_eq!(
        Role::parse("Administrator"),
        Role::Context(ContextRole::Administrator)
    );
    for name in [
        "Faculty",
        "Student",
        "SysAdmin",
        "User",
        "Staff",
        "",
        "#",
        "/",
        "Instructor/",
    ] {
        assert_eq!(Role::parse(name), Role::Unknown(name.to_owned()));
    }
}

#[test]
fn an_unknown_role_is_kept_as_spelt_and_has_no_power() {
    for text in [
        "http://purl.imsglobal.org/vocab/lis/v2/membership#SuperInstructor",
        "http://purl.imsglobal.org/vocab/lis/v2/membership/Instructor#Superintendent",
        "http://purl.imsglobal.org/vocab/lis/v2/membership/Learner#Administrator",
        "http://evil.example.net/vocab/lis/v2/membership#Instructor",
        "http://purl.imsglobal.org.evil.example.net/vocab/lis/v2/membership#Instructor",
        "Instructor ",
        "Instructor,Administrator",
        "urn:lti:role:ims/lis/Instructor/Superintendent",
    ] {
        assert_eq!(Role::parse(text), Role::Unknown(text.to_owned()));
        assert_eq!(standing(&[text]), Standing::None);
    }
    assert_eq!(roles(&["X", "Learner"]).as_spelt(), ["X", "Learner"]);
}

#[test]
fn standing_follows_the_written_order() {
    let all = [
        "Mentor",
        "Instructor#TeachingAssistant",
        "Instructor",
        "Administrator",
        "Learner",
        "Member",
    ];
    let expected = [
        Standing::Observer,
        Standing::TeachingAssistant,
        Standing::Instructor,
        Standing::Administrator,
        Standing::Learner,
        Standing::None,
    ];
    for (first, standing_of_rest) in expected.iter().enumerate() {
        let mut rest: Vec<_> = all[first..].to_vec();
        assert_eq!(standing(&rest), *standing_of_rest);
        rest.reverse();
        assert_eq!(
            standing(&rest),
            *standing_of_rest,
            "whatever the order of the claim"
        );
    }
    assert_eq!(standing(&[]), Standing::None);
}

#[test]
fn any_observing_role_makes_an_observer() {
    for text in [
        &format!("{CONTEXT}#Mentor"),
        &format!("{CONTEXT}/Mentor#Advisor"),
        &format!("{CONTEXT}/Manager#Observer"),
        &format!("{CONTEXT}/Manager#ExternalObserver"),
        &format!("{INSTITUTION}#Observer"),
        &format!("{INSTITUTION}#Mentor"),
        "Observer",
        "urn:lti:role:ims/lis/Observer",
    ] {
        assert_eq!(
            standing(&[text, "Instructor"]),
            Standing::Observer,
            "{text}"
        );
    }
    assert_eq!(
        standing(&["NonCreditLearner", "Mentor"]),
        Standing::Observer
    );
}

#[test]
fn an_assistant_is_one_in_every_spelling_also_beside_the_instructor() {
    for text in [
        &format!("{CONTEXT}/Instructor#TeachingAssistant"),
        &format!("{CONTEXT}/instructor#TeachingAssistantSection"),
        &format!("{CONTEXT}#Instructor#TeachingAssistant"),
        &format!("{CONTEXT}#TeachingAssistant"),
        "TeachingAssistant",
        "urn:lti:role:ims/lis/TeachingAssistant",
        "urn:lti:role:ims/lis/TeachingAssistant/TeachingAssistantGroup",
    ] {
        assert_eq!(standing(&[text]), Standing::TeachingAssistant, "{text}");
        assert_eq!(
            standing(&["Instructor", text]),
            Standing::TeachingAssistant,
            "{text}"
        );
        assert!(!roles(&[text]).is_instructor(), "{text}");
    }
}

#[test]
fn a_role_of_system_or_institution_is_none_in_the_course() {
    let texts: Vec<String> = ["Administrator", "Instructor", "Faculty", "Staff", "Learner"]
        .iter()
        .map(|name| format!("{INSTITUTION}#{name}"))
        .chain(
            ["Administrator", "SysAdmin", "User"]
                .iter()
                .map(|name| format!("{SYSTEM}#{name}")),
        )
        .collect();
    let roles = Roles::parse(&texts);
    assert_eq!(roles.standing(), Standing::None);
    assert!(roles.is_system_or_institution_administrator());
    assert!(!roles.is_context_administrator());
    assert!(!roles.is_instructor());
    assert!(!roles.is_learner());
}

#[test]
fn a_learner_with_the_sub_role_instructor_does_not_teach() {
    let roles = roles(&[&format!("{CONTEXT}/Learner#Instructor")]);
    assert!(roles.is_learner());
    assert!(!roles.is_instructor());
    assert_eq!(roles.standing(), Standing::Learner);
}

#[test]
fn a_test_person_is_marked_and_keeps_the_real_role() {
    let marker = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser";
    let roles = roles(&[&format!("{CONTEXT}#Learner"), marker]);
    assert!(roles.is_test_user());
    assert_eq!(roles.standing(), Standing::Learner);
}
