//! Every broken launch by name: refused, with its own code, on every platform it can happen on.

use std::collections::HashSet;

use agent_factory_lti::simulator::{Flavour, Flaw};
use agent_factory_lti::{AnonymousLaunches, LaunchRefused};

use crate::harness::{FLAVOURS, Tool, learner_launch, now, platform};

#[test]
fn every_flaw_is_refused_with_its_own_code() {
    for flavour in FLAVOURS {
        let platform = platform(flavour);
        let spec = learner_launch();
        let tool = Tool::logged_in(&platform, &spec);
        let sound = platform.answer(&tool.request, &spec, now()).unwrap();
        tool.takes(&sound)
            .expect("without a flaw the launch is accepted");

        for flaw in Flaw::ALL.iter().copied() {
            if flaw == Flaw::DeploymentNotOfLogin && flavour == Flavour::Publisher {
                continue; // It spells no deployment at login.
            }
            let fields = platform
                .answer_flawed(&tool.request, &spec, now(), flaw)
                .unwrap();
            let refused = tool.takes(&fields).expect_err(flaw.name());
            assert_eq!(
                refused.code(),
                flaw.expected_code(),
                "{} at {flavour:?}",
                flaw.name()
            );
            let signed = tool.signed(&fields).is_ok();
            assert_eq!(signed, !flaw.is_before_signature(), "{}", flaw.name());
        }
    }
}

#[test]
fn there_are_more_than_forty_flaws_and_no_two_share_a_name() {
    let names: HashSet<_> = Flaw::ALL.iter().map(|flaw| flaw.name()).collect();
    assert_eq!(names.len(), Flaw::ALL.len());
    assert!(names.len() > 40, "{}", names.len());
    assert!(names.iter().all(|name| Flaw::from_name(name).is_some()));
    assert!(Flaw::from_name("no-such-flaw").is_none());
}

#[test]
fn every_refusal_can_be_provoked_by_a_flaw() {
    let provoked: HashSet<_> = Flaw::ALL.iter().map(|flaw| flaw.expected_code()).collect();
    for refusal in LaunchRefused::ALL {
        assert!(
            provoked.contains(refusal.code()),
            "{} has no flaw",
            refusal.code()
        );
    }
}

#[test]
fn refusal_codes_are_kebab_case_and_distinct() {
    let codes: HashSet<_> = LaunchRefused::ALL.iter().map(LaunchRefused::code).collect();
    assert_eq!(codes.len(), LaunchRefused::ALL.len());
    for code in codes {
        assert!(
            code.bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'-'),
            "{code}"
        );
    }
}

#[test]
fn a_missing_sub_is_an_anonymous_person_where_the_deployment_allows_it() {
    let platform = platform(Flavour::Moodle);
    let spec = learner_launch();
    let mut tool = Tool::logged_in(&platform, &spec);
    let fields = platform
        .answer_flawed(&tool.request, &spec, now(), Flaw::SubMissing)
        .unwrap();
    assert_eq!(tool.takes(&fields).unwrap_err().code(), "sub-missing");

    tool.anonymous = AnonymousLaunches::Allow;
    assert_eq!(tool.takes(&fields).unwrap().sub(), None);

    let fields = platform
        .answer_flawed(&tool.request, &spec, now(), Flaw::SubEmpty)
        .unwrap();
    assert_eq!(tool.takes(&fields).unwrap_err().code(), "sub-empty");
}

#[test]
fn the_nonce_of_a_refused_launch_can_still_be_used_up() {
    let platform = platform(Flavour::Canvas);
    let spec = learner_launch();
    let tool = Tool::logged_in(&platform, &spec);
    let fields = platform
        .answer_flawed(&tool.request, &spec, now(), Flaw::DeploymentEmpty)
        .unwrap();
    let signed = tool.signed(&fields).unwrap();
    assert_eq!(signed.nonce(), Some(crate::harness::NONCE));
    assert_eq!(
        signed.check(&tool.expected()).unwrap_err(),
        LaunchRefused::DeploymentEmpty
    );
}
