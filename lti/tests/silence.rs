//! Nothing personal and nothing secret is shown by `Debug` or `Display`.

use agent_factory_lti::simulator::{Flavour, Flaw};
use agent_factory_lti::{
    AuthenticationRequest, AuthenticationResponse, Masquerade, UnverifiedToken,
};

use crate::harness::{NONCE, STATE, Tool, encoded, learner_launch, now, platform};

/// What may not be seen: names, address, ids, nonce, state.
const PRIVATE: [&str; 12] = [
    "Biology, grade 7",
    "Cell tutor",
    "external_tool_redirect",
    "Mila",
    "Okafor",
    "mila.okafor",
    "person-7",
    "person-9",
    "S-1234",
    "acting-42",
    NONCE,
    STATE,
];

fn is_silent(shown: &str) {
    for private in PRIVATE {
        assert!(!shown.contains(private), "`{private}` is seen in {shown}");
    }
}

#[test]
fn no_state_of_a_launch_shows_a_person_or_a_secret() {
    let platform = platform(Flavour::Canvas);
    let mut spec = learner_launch()
        .with_custom("canvas_masquerading_user_id", "acting-42")
        .with_roles(["Mentor"]);
    spec.person.sourcedid = Some("S-1234".to_owned());
    spec.for_user = Some("person-9".to_owned());
    spec.mentor_of = vec!["person-9".to_owned()];

    let tool = Tool::logged_in(&platform, &spec);
    is_silent(&format!("{:?} {:?}", tool.login, tool.request));
    let request = AuthenticationRequest::new(
        platform.authorization_endpoint(),
        platform.client_id(),
        &tool.login,
        platform.redirect_uri(),
        STATE,
        NONCE,
    );
    is_silent(&format!("{request:?} {:?}", tool.expected()));

    let fields = platform.answer(&tool.request, &spec, now()).unwrap();
    let response = AuthenticationResponse::parse(&encoded(&fields)).unwrap();
    is_silent(&format!("{response:?}"));
    assert!(!format!("{response:?}").contains(&fields[0].1));
    let token = UnverifiedToken::parse(&fields[0].1).unwrap();
    is_silent(&format!("{token:?} {:?}", tool.signed(&fields).unwrap()));

    let message = tool.takes(&fields).unwrap();
    assert_eq!(message.lis().person_sourcedid.as_deref(), Some("S-1234"));
    assert!(matches!(message.masquerade(), Masquerade::Yes { .. }));
    is_silent(&format!(
        "{message:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?}",
        message.context(),
        message.resource_link(),
        message.presentation(),
        message.person(),
        message.lis(),
        message.for_user(),
        message.masquerade(),
    ));
}

#[test]
fn no_refusal_shows_a_value() {
    let platform = platform(Flavour::Canvas);
    let spec = learner_launch();
    let tool = Tool::logged_in(&platform, &spec);
    for flaw in Flaw::ALL.iter().copied() {
        let fields = platform
            .answer_flawed(&tool.request, &spec, now(), flaw)
            .unwrap();
        let refused = tool.takes(&fields).unwrap_err();
        is_silent(&format!("{refused:?}"));
        assert!(!format!("{refused:?}").contains("somebody-else"));
    }
}
