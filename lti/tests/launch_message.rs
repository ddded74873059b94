//! What a launch says: tolerant of what platforms really send, typed where it matters.

use agent_factory_lti::simulator::{Flavour, LaunchSpec, SimulatedPerson};
use agent_factory_lti::{
    AnonymousLaunches, LaunchMessage, Masquerade, MessageType, Standing, claim,
};
use serde_json::{Value, json};

use crate::harness::{
    FLAVOURS, INSTRUCTOR, LEARNER, TARGET, Tool, launch, learner_launch, now, platform,
};

fn moodle(spec: &LaunchSpec) -> LaunchMessage {
    launch(&platform(Flavour::Moodle), spec).unwrap()
}

#[test]
fn the_same_launch_reads_the_same_from_every_platform() {
    for flavour in FLAVOURS {
        let platform = platform(flavour);
        let message = launch(&platform, &learner_launch()).unwrap();
        assert_eq!(message.message_type(), MessageType::ResourceLink);
        assert_eq!(message.issuer(), platform.issuer());
        assert_eq!(message.client_id(), platform.client_id());
        assert_eq!(message.deployment_id(), platform.deployment_id());
        assert_eq!(message.sub(), Some("person-7"));
        assert_eq!(message.person().given_name.as_deref(), Some("Mila"));
        assert_eq!(
            message.person().email.as_deref(),
            Some("mila.okafor@example.edu")
        );
        assert_eq!(message.roles().standing(), Standing::Learner);
        assert_eq!(message.context().unwrap().id, "course-7");
        assert_eq!(
            message.context().unwrap().title.as_deref(),
            Some("Biology, grade 7")
        );
        assert_eq!(message.resource_link().unwrap().id, "link-7");
        assert_eq!(message.target_link_uri().unwrap().as_str(), TARGET);
        let width = (flavour != Flavour::Moodle).then_some(800);
        assert_eq!(message.presentation().width, width);
        assert!(message.presentation().return_url.is_some());
        assert_eq!(message.issued_at(), now());
        assert!(message.tool_platform().guid.is_some());
    }
}

#[test]
fn custom_values_become_texts_and_what_has_none_is_dropped() {
    let spec = learner_launch()
        .with_custom("agent", "tutor")
        .with_custom("user_id", 42)
        .with_custom("beta", true)
        .with_custom("ratio", 0.5)
        .with_custom("nothing", Value::Null)
        .with_custom("list", json!(["a"]))
        .with_custom("object", json!({ "a": 1 }))
        .with_custom("empty", "")
        .with_custom("unresolved", "$Canvas.user.sisid");
    let message = moodle(&spec);
    assert_eq!(message.custom("agent"), Some("tutor"));
    assert_eq!(message.custom("user_id"), Some("42"));
    assert_eq!(message.custom("beta"), Some("true"));
    assert_eq!(message.custom("ratio"), Some("0.5"));
    for absent in [
        "nothing",
        "list",
        "object",
        "empty",
        "unresolved",
        "never-sent",
    ] {
        assert_eq!(message.custom(absent), None, "{absent}");
    }
    assert_eq!(
        message.custom_parameters()["unresolved"],
        "$Canvas.user.sisid"
    );
    assert!(!message.custom_parameters().contains_key("object"));
}

#[test]
fn wrong_types_in_optional_claims_make_them_absent_and_never_refuse() {
    let strange = [
        json!(null),
        json!(1),
        json!("text"),
        json!([1, {}]),
        json!({ "id": 1 }),
        json!(true),
    ];
    let optional = [
        claim::CONTEXT,
        claim::TOOL_PLATFORM,
        claim::ROLE_SCOPE_MENTOR,
        claim::LAUNCH_PRESENTATION,
        claim::LIS,
        claim::CUSTOM,
        claim::FOR_USER,
        claim::EXT,
        claim::AGS_ENDPOINT,
        claim::NAMES_AND_ROLES,
        claim::DEEP_LINKING_SETTINGS,
        "name",
        "given_name",
        "email",
        "locale",
        "https://vendor.example.com/claim",
    ];
    for name in optional {
        for value in &strange {
            let message = moodle(&learner_launch().with_claim(name, value.clone()));
            assert_eq!(message.sub(), Some("person-7"));
            if name == claim::CONTEXT {
                assert_eq!(message.context(), None, "{value}");
            }
        }
    }
    let message = moodle(&learner_launch().with_claim("email", json!(["a@example.edu"])));
    assert_eq!(message.person().email, None);
}

#[test]
fn roles_that_are_not_texts_are_dropped() {
    let spec = learner_launch().with_claim(claim::ROLES, json!([1, null, {}, LEARNER]));
    assert_eq!(moodle(&spec).roles().as_spelt(), [LEARNER]);
}

#[test]
fn a_bare_context_type_is_a_list_of_one() {
    let spec = learner_launch().with_claim(claim::CONTEXT, json!({ "id": "a", "type": "Account" }));
    assert_eq!(moodle(&spec).context().unwrap().kinds, ["Account"]);
}

#[test]
fn older_moodle_names_its_family_otherwise() {
    let spec = learner_launch().with_claim(
        claim::TOOL_PLATFORM,
        json!({ "guid": "g", "family_code": "moodle" }),
    );
    let message = moodle(&spec);
    assert_eq!(
        message.tool_platform().product_family_code.as_deref(),
        Some("moodle")
    );
}

#[test]
fn a_return_url_that_is_no_web_address_is_absent() {
    for (text, is_there) in [
        ("https://lms.example.edu/back?sesskey=1", true),
        ("http://localhost:8080/back", true),
        ("javascript:alert(1)", false),
        ("data:text/html,x", false),
        ("/back", false),
    ] {
        let spec = learner_launch().with_claim(
            claim::LAUNCH_PRESENTATION,
            json!({ "return_url": text, "width": "wide" }),
        );
        let message = moodle(&spec);
        assert_eq!(
            message.presentation().return_url.is_some(),
            is_there,
            "{text}"
        );
        assert_eq!(message.presentation().width, None);
    }
}

#[test]
fn a_target_may_be_any_path_of_ours_whatever_the_login_said() {
    for target in [
        "https://gateway.example.org/",
        "https://gateway.example.org:443/items/7?x=1#part",
        "https://GATEWAY.example.org/lti/launch",
    ] {
        let message = moodle(&learner_launch().with_claim(claim::TARGET_LINK_URI, target));
        assert!(message.target_link_uri().is_some(), "{target}");
    }
}

#[test]
fn times_may_be_fractional_and_clocks_may_differ_by_the_leeway() {
    let at = now().unix_timestamp();
    let offset = |seconds: i64| {
        let spec = learner_launch()
            .with_claim("iat", json!(at + seconds))
            .with_claim("exp", json!(at + seconds + 60));
        launch(&platform(Flavour::Moodle), &spec)
            .map(|_| ())
            .map_err(|refused| refused.code())
    };
    assert_eq!(offset(120), Ok(()));
    assert_eq!(offset(121), Err("iat-future"));
    assert_eq!(offset(-179), Ok(()));
    assert_eq!(offset(-180), Err("expired"));

    #[expect(clippy::cast_precision_loss, reason = "small enough to be exact")]
    let fraction = at as f64 + 0.75;
    assert_eq!(
        moodle(&learner_launch().with_claim("iat", fraction)).issued_at(),
        now()
    );
}

#[test]
fn a_leeway_beyond_five_minutes_is_not_given() {
    let platform = platform(Flavour::Moodle);
    let spec = learner_launch();
    let tool = Tool::logged_in(&platform, &spec);
    let fields = platform.answer(&tool.request, &spec, now()).unwrap();
    let token = tool.signed(&fields).unwrap();
    let mut expected = tool.expected();
    expected.leeway = time::Duration::days(1);
    expected.now = now() + time::Duration::seconds(60 + 299);
    assert!(token.check(&expected).is_ok());
    expected.now = now() + time::Duration::seconds(60 + 300);
    assert_eq!(token.check(&expected).unwrap_err().code(), "expired");
}

#[test]
fn only_a_mentor_is_told_whom_they_accompany() {
    let mut spec = learner_launch().with_roles(["Mentor"]);
    spec.mentor_of = vec!["person-9".to_owned()];
    assert_eq!(moodle(&spec).mentor_of(), ["person-9"]);
    assert!(
        moodle(&spec.with_roles([INSTRUCTOR]))
            .mentor_of()
            .is_empty()
    );
}

fn of_type(message_type: MessageType) -> LaunchSpec {
    let mut spec = learner_launch().with_roles([INSTRUCTOR]);
    spec.message_type = message_type;
    spec.for_user = Some("person-9".to_owned());
    spec
}

#[test]
fn every_message_type_is_read() {
    use MessageType::{
        AssetProcessorSettings, Context, DataPrivacy, DeepLinking, EndAssessment, Eula,
        ReportReview, ResourceLink, StartProctoring, SubmissionReview,
    };
    for message_type in [
        ResourceLink,
        DeepLinking,
        SubmissionReview,
        DataPrivacy,
        Context,
        StartProctoring,
        EndAssessment,
        AssetProcessorSettings,
        ReportReview,
        Eula,
    ] {
        assert_eq!(
            MessageType::from_name(message_type.name()),
            Some(message_type)
        );
        for flavour in FLAVOURS {
            let message = launch(&platform(flavour), &of_type(message_type)).unwrap();
            assert_eq!(message.message_type(), message_type);
        }
    }
}

#[test]
fn a_privacy_launch_may_be_spelt_without_its_prefix_and_name_its_person_id() {
    let spec = of_type(MessageType::DataPrivacy)
        .with_claim(claim::MESSAGE_TYPE, "DataPrivacyLaunchRequest")
        .with_claim(claim::FOR_USER, json!({ "id": "person-9" }));
    let message = moodle(&spec);
    assert_eq!(message.message_type(), MessageType::DataPrivacy);
    assert_eq!(message.for_user().unwrap().user_id, "person-9");
}

#[test]
fn deep_linking_and_privacy_launches_go_without_a_person_and_others_do_not() {
    for (message_type, expected) in [
        (MessageType::DeepLinking, Ok(None)),
        (MessageType::DataPrivacy, Ok(None)),
        (MessageType::ResourceLink, Err("sub-missing")),
        (MessageType::SubmissionReview, Err("sub-missing")),
        (MessageType::Eula, Err("sub-missing")),
    ] {
        let mut spec = of_type(message_type);
        spec.person = SimulatedPerson::default();
        let read = launch(&platform(Flavour::Moodle), &spec)
            .map(|message| message.sub().map(str::to_owned))
            .map_err(|refused| refused.code());
        assert_eq!(read, expected, "{message_type}");
    }
}

#[test]
fn an_anonymous_learner_has_roles_and_no_id_where_allowed() {
    let platform = platform(Flavour::Publisher);
    let mut spec = learner_launch();
    spec.person = SimulatedPerson::default();
    let mut tool = Tool::logged_in(&platform, &spec);
    tool.anonymous = AnonymousLaunches::Allow;
    let fields = platform.answer(&tool.request, &spec, now()).unwrap();
    let message = tool.takes(&fields).unwrap();
    assert_eq!(message.sub(), None);
    assert_eq!(message.roles().standing(), Standing::Learner);
}

#[test]
fn masquerade_is_told_by_canvas_when_it_was_asked_to_tell() {
    let at = |flavour, value: Option<&str>| {
        let spec = match value {
            Some(value) => learner_launch().with_custom("canvas_masquerading_user_id", value),
            None => learner_launch(),
        };
        launch(&platform(flavour), &spec).unwrap().masquerade()
    };
    let somebody = Masquerade::Yes {
        acting_person: "42".to_owned(),
    };
    let unresolved = Some("$Canvas.masqueradingUser.id");
    assert_eq!(at(Flavour::Canvas, Some("42")), somebody);
    assert_eq!(at(Flavour::Canvas, unresolved), Masquerade::No);
    assert_eq!(at(Flavour::Canvas, Some("")), Masquerade::No);
    assert_eq!(at(Flavour::Canvas, None), Masquerade::Undetectable);
    assert_eq!(at(Flavour::Moodle, Some("42")), somebody);
    assert_eq!(at(Flavour::Moodle, unresolved), Masquerade::Undetectable);
    assert_eq!(at(Flavour::Moodle, Some("")), Masquerade::Undetectable);
    assert_eq!(at(Flavour::Moodle, None), Masquerade::Undetectable);
}

#[test]
fn of_two_masquerade_parameters_the_one_that_reports_somebody_counts() {
    let spec = learner_launch()
        .with_custom("canvas_masquerading_user_id", "$Canvas.masqueradingUser.id")
        .with_custom("masquerading_user_id", "42");
    let message = launch(&platform(Flavour::Canvas), &spec).unwrap();
    assert!(matches!(message.masquerade(), Masquerade::Yes { .. }));
}

#[test]
fn an_administrator_of_the_institution_is_one_in_privacy_launches_only() {
    let role = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Administrator";
    let privacy = moodle(&of_type(MessageType::DataPrivacy).with_roles([role]));
    assert_eq!(privacy.standing(), Standing::Administrator);
    let link = moodle(&of_type(MessageType::ResourceLink).with_roles([role]));
    assert_eq!(link.standing(), Standing::None);
    let parent = moodle(&of_type(MessageType::DataPrivacy).with_roles([role, "Mentor"]));
    assert_eq!(parent.standing(), Standing::Observer);
}
