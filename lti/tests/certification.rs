//! The 1EdTech certification cases for tools, T1 to T30, each under its number, each on every
//! simulated platform.

use agent_factory_lti::simulator::{Flaw, LaunchSpec, SimulatedPerson};
use agent_factory_lti::{LaunchMessage, Role, Standing};

use crate::harness::{
    FLAVOURS, INSTRUCTOR, LEARNER, TARGET, Tool, launch, learner_launch, now, platform,
};

fn is_refused(flaw: Flaw, code: &str) {
    for flavour in FLAVOURS {
        let platform = platform(flavour);
        let spec = learner_launch();
        let tool = Tool::logged_in(&platform, &spec);
        let sound = platform.answer(&tool.request, &spec, now()).unwrap();
        assert!(
            tool.takes(&sound).is_ok(),
            "the launch is sound but for the flaw"
        );

        let fields = platform
            .answer_flawed(&tool.request, &spec, now(), flaw)
            .unwrap();
        let refused = tool.takes(&fields).expect_err("a flawed launch is refused");
        assert_eq!(refused.code(), code, "{flavour:?}");
    }
}

/// Launches on each platform; `then` says what must be true of the message.
fn is_accepted(spec: &LaunchSpec, then: impl Fn(&LaunchMessage)) {
    for flavour in FLAVOURS {
        let message = launch(&platform(flavour), spec).unwrap();
        assert_eq!(message.sub(), Some("person-1"));
        then(&message);
    }
}

fn spec<'a>(person: SimulatedPerson, roles: impl IntoIterator<Item = &'a str>) -> LaunchSpec {
    LaunchSpec::resource_link(person, TARGET)
        .with_roles(roles)
        .in_context("course-1", "LTI-101", "Launches")
}

fn named() -> SimulatedPerson {
    SimulatedPerson::named("person-1", "Ada", "Lindqvist")
}

fn only_email() -> SimulatedPerson {
    SimulatedPerson {
        email: Some("ada.lindqvist@example.edu".to_owned()),
        ..SimulatedPerson::unnamed("person-1")
    }
}

fn only_names() -> SimulatedPerson {
    SimulatedPerson {
        email: None,
        ..named()
    }
}

const STAFF: &str = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Staff";
const STUDENT: &str = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Student";
const UNHEARD_OF: &str = "http://purl.imsglobal.org/vocab/lis/v2/uknownrole/unknown#Helper";

#[test]
fn t01_no_kid_is_refused() {
    is_refused(Flaw::NoKid, "kid-missing");
}

#[test]
fn t02_incorrect_kid_is_refused() {
    is_refused(Flaw::UnknownKid, "key-unknown");
}

#[test]
fn t03_wrong_lti_version_is_refused() {
    is_refused(Flaw::VersionOther, "version-unsupported");
}

#[test]
fn t04_no_lti_version_is_refused() {
    is_refused(Flaw::VersionMissing, "version-missing");
}

#[test]
fn t05_token_that_is_no_lti_message_is_refused() {
    is_refused(Flaw::NotLti, "version-missing");
}

#[test]
fn t06_missing_required_claims_are_refused() {
    is_refused(Flaw::RequiredClaimsMissing, "message-type-missing");
}

#[test]
fn t07_invalid_iat_and_exp_are_refused() {
    is_refused(Flaw::Expired, "expired");
    is_refused(Flaw::IssuedInFuture, "iat-future");
    is_refused(Flaw::ExpiresBeforeIssued, "lifetime-absurd");
    is_refused(Flaw::ExpiryText, "exp-not-number");
}

#[test]
fn t08_missing_message_type_is_refused() {
    is_refused(Flaw::MessageTypeMissing, "message-type-missing");
}

#[test]
fn t09_missing_roles_claim_is_refused() {
    is_refused(Flaw::RolesMissing, "roles-missing");
}

#[test]
fn t10_missing_deployment_id_is_refused() {
    is_refused(Flaw::DeploymentMissing, "deployment-missing");
}

#[test]
fn t11_missing_resource_link_id_is_refused() {
    is_refused(Flaw::ResourceLinkIdMissing, "resource-link-id-missing");
}

#[test]
fn t12_missing_sub_is_refused() {
    is_refused(Flaw::SubMissing, "sub-missing");
}

#[test]
fn t13_instructor_launch_is_accepted() {
    is_accepted(&spec(named(), [INSTRUCTOR]), |message| {
        assert_eq!(message.roles().standing(), Standing::Instructor);
        assert_eq!(message.person().given_name.as_deref(), Some("Ada"));
        assert_eq!(message.context().unwrap().id, "course-1");
    });
}

#[test]
fn t14_instructor_with_several_roles_is_accepted() {
    is_accepted(&spec(named(), [INSTRUCTOR, STAFF]), |message| {
        assert_eq!(message.roles().standing(), Standing::Instructor);
        assert_eq!(message.roles().iter().count(), 2);
    });
}

#[test]
fn t15_instructor_by_short_role_name_is_accepted() {
    is_accepted(&spec(named(), ["Instructor"]), |message| {
        assert_eq!(message.roles().standing(), Standing::Instructor);
    });
}

#[test]
fn t16_instructor_with_unknown_role_is_accepted() {
    is_accepted(&spec(named(), [UNHEARD_OF]), |message| {
        assert_eq!(message.roles().standing(), Standing::None);
        let role = message.roles().iter().next().unwrap();
        assert_eq!(role, &Role::Unknown(UNHEARD_OF.to_owned()));
    });
}

#[test]
fn t17_instructor_without_role_is_accepted() {
    is_accepted(&spec(named(), []), |message| {
        assert!(message.roles().is_empty());
        assert_eq!(message.roles().standing(), Standing::None);
    });
}

#[test]
fn t18_instructor_with_email_only_is_accepted() {
    is_accepted(&spec(only_email(), [INSTRUCTOR]), |message| {
        assert_eq!(
            message.person().email.as_deref(),
            Some("ada.lindqvist@example.edu")
        );
        assert_eq!(message.person().name, None);
    });
}

#[test]
fn t19_instructor_with_names_only_is_accepted() {
    is_accepted(&spec(only_names(), [INSTRUCTOR]), |message| {
        assert_eq!(message.person().name.as_deref(), Some("Ada Lindqvist"));
        assert_eq!(message.person().email, None);
    });
}

#[test]
fn t20_instructor_without_personal_claims_is_accepted() {
    is_accepted(
        &spec(SimulatedPerson::unnamed("person-1"), [INSTRUCTOR]),
        |message| {
            assert_eq!(message.person().name, None);
            assert_eq!(message.person().email, None);
        },
    );
}

#[test]
fn t21_instructor_with_email_without_context_is_accepted() {
    let mut spec = spec(only_email(), [INSTRUCTOR]);
    spec.context = None;
    is_accepted(&spec, |message| {
        assert_eq!(message.context(), None);
        assert!(message.person().email.is_some());
    });
}

#[test]
fn t22_student_launch_is_accepted() {
    is_accepted(&spec(named(), [LEARNER]), |message| {
        assert_eq!(message.roles().standing(), Standing::Learner);
        assert_eq!(message.resource_link().unwrap().id, "link-1");
    });
}

#[test]
fn t23_student_with_several_roles_is_accepted() {
    is_accepted(&spec(named(), [LEARNER, STUDENT]), |message| {
        assert_eq!(message.roles().standing(), Standing::Learner);
    });
}

#[test]
fn t24_student_by_short_role_name_is_accepted() {
    is_accepted(&spec(named(), ["Learner"]), |message| {
        assert_eq!(message.roles().standing(), Standing::Learner);
    });
}

#[test]
fn t25_student_with_unknown_role_is_accepted() {
    is_accepted(&spec(named(), [UNHEARD_OF]), |message| {
        assert_eq!(message.roles().standing(), Standing::None);
    });
}

#[test]
fn t26_student_without_role_is_accepted() {
    is_accepted(&spec(named(), []), |message| {
        assert_eq!(message.roles().standing(), Standing::None);
    });
}

#[test]
fn t27_student_with_email_only_is_accepted() {
    is_accepted(&spec(only_email(), [LEARNER]), |message| {
        assert!(message.person().email.is_some());
        assert_eq!(message.person().given_name, None);
    });
}

#[test]
fn t28_student_with_names_only_is_accepted() {
    is_accepted(&spec(only_names(), [LEARNER]), |message| {
        assert_eq!(message.person().family_name.as_deref(), Some("Lindqvist"));
        assert_eq!(message.person().email, None);
    });
}

#[test]
fn t29_student_without_personal_claims_is_accepted() {
    is_accepted(
        &spec(SimulatedPerson::unnamed("person-1"), [LEARNER]),
        |message| {
            assert_eq!(message.person().name, None);
        },
    );
}

#[test]
fn t30_student_with_email_without_context_is_accepted() {
    let mut spec = spec(only_email(), [LEARNER]);
    spec.context = None;
    is_accepted(&spec, |message| assert_eq!(message.context(), None));
}
