//! What must hold for every combination of facts, not only for those with a case.

use std::sync::LazyLock;

use agent_factory_policies::{
    ActorRole, AgeBand, AgentRetention, FerpaConsent, Notice, Subprocessors, TenantAgreement,
};
use agent_factory_policies::{
    AgentKind, CoppaMode, CoppaParent, Decision, Effect, Element, Engine, Facts, Masquerade,
    Operation, PolicySet, Purpose, Recipient, SchoolAuthorization, TenantKind,
};
use proptest::prelude::*;

use crate::situations::any_facts;
use crate::{shipped, shipped_with};

static ENGINE: LazyLock<Engine> = LazyLock::new(shipped);

/// Overlays as tenants and packs might write them: each forbids something.
static OVERLAYS: LazyLock<Vec<Engine>> = LazyLock::new(|| {
    let wall = |effect: &str, body: &str| {
        format!(
            r#"@id("tenant-wall") @cite("board policy 4") @source("policy") @effect("{effect}")
               @code("tenant-wall") @record("of_ground") forbid (principal, action, resource) {body};"#
        )
    };
    [
        wall(
            "hold_for_consent",
            r#"when { context.agent.kind == AgentKind::"third_party" }"#,
        ),
        wall("hold_for_review", ""),
        wall(
            "deny",
            r#"when { context.elements.contains(Element::"grade") }"#,
        ),
    ]
    .iter()
    .map(|text| Engine::new(ENGINE.policy_set().with_overlay(text).expect("an overlay")))
    .collect()
});

/// A restriction: the facts with it, or nothing where it does not apply.
type Restriction = fn(&Facts) -> Option<Facts>;

macro_rules! restrictions {
    ($( $name:literal: |$facts:ident| $body:expr; )+) => {
        &[$( ($name, |given: &Facts| {
            #[allow(unused_mut, reason = "a restriction changes a copy")]
            let mut $facts = given.clone();
            let applies: bool = $body;
            applies.then_some($facts)
        }) ),+]
    };
}

const RESTRICTIONS: &[(&str, Restriction)] = restrictions! {
    "opted out": |f| { f.subject.directory_opt_out = true; true };
    "ground withdrawn": |f| { f.consent.revoked = true; true };
    "party barred": |f| { f.agent.barred = true; true };
    "parent barred": |f| { f.actor.barred_by_court_order = true; true };
    "agreement ended": |f| { f.tenant.agreement = TenantAgreement::Expired; true };
    "agreement missing": |f| { f.tenant.agreement = TenantAgreement::None; true };
    "degraded": |f| { f.system_degraded = true; true };
    "other tenant": |f| { f.other_tenant = true; true };
    "notice not attested": |f| { f.tenant.annual_notice_attested = false; true };
    "notice superseded": |f| { f.notice = Notice::Superseded; true };
    "chain not covered": |f| { f.platform.institution_agreement = false; true };
    "not verified": |f| { f.actor.verified = false; true };
    "not in course": |f| { f.actor.in_course = false; true };
    "masquerade": |f| { f.actor.masquerading = Masquerade::Yes; true };
    "no assurances": |f| { f.agent.written_assurances = false; true };
    "kept without end": |f| { f.agent.retention = AgentRetention::Indefinite; true };
    "other commercial use": |f| { f.agent.other_commercial_use = true; true };
    "undeclared parties": |f| { f.agent.subprocessors = Subprocessors::Undeclared; true };
    "hold open": |f| { f.hold.open = true; true };
    "access request open": |f| { f.hold.access_request_open = true; true };
    "another student named": |f| { f.content.names_other_subject = true; true };
    "consent expired": |f| {
        let was = f.consent.ferpa == FerpaConsent::Valid;
        f.consent.ferpa = FerpaConsent::Expired;
        was
    };
    "consent withdrawn": |f| {
        let was = matches!(f.consent.ferpa, FerpaConsent::Valid | FerpaConsent::Expired);
        f.consent.ferpa = FerpaConsent::Revoked;
        was
    };
    "authorization expired": |f| {
        let was = f.consent.school_authorization == SchoolAuthorization::Valid;
        f.consent.school_authorization = SchoolAuthorization::Expired;
        was
    };
};

/// Whether a child's data would be touched without a ground that the tenant accepts.
fn child_without_ground(facts: &Facts) -> bool {
    let by_school = facts.tenant.coppa_mode == CoppaMode::SchoolAuthorization
        && facts.consent.school_authorization == SchoolAuthorization::Valid;
    facts.coppa_parent() == CoppaParent::Required && !by_school && !facts.consent.parental_use
}

/// Whether a deed needs a ground under COPPA.
fn needs_coppa_ground(facts: &Facts) -> bool {
    let identifier_only = facts.operation == Operation::AgentRequest
        && facts.purpose == Purpose::InternalOperations
        && facts.elements == [Element::SessionCookie].into();
    match facts.operation {
        Operation::Launch
        | Operation::AgentRequest
        | Operation::AgentResponse
        | Operation::MemoryRead
        | Operation::ScoreWrite => !identifier_only,
        Operation::RosterRead => facts.recipient == Recipient::Agent,
        _ => false,
    }
}

/// Every combination of what decides whether a child is let in without a ground.
fn children_without_ground() -> impl Iterator<Item = Facts> {
    let deeds = [
        Operation::Launch,
        Operation::AgentRequest,
        Operation::AgentResponse,
        Operation::MemoryRead,
        Operation::ScoreWrite,
        Operation::RosterRead,
    ];
    let missing = [
        SchoolAuthorization::None,
        SchoolAuthorization::TeacherOnly,
        SchoolAuthorization::Expired,
    ];
    deeds.into_iter().flat_map(move |deed| {
        AgentKind::ALL.iter().flat_map(move |agent| {
            Purpose::ALL.iter().flat_map(move |purpose| {
                ActorRole::ALL.iter().flat_map(move |role| {
                    missing.into_iter().map(move |authorization| {
                        let mut facts = Facts::unremarkable(deed, TenantKind::K12);
                        facts.agent.kind = *agent;
                        facts.purpose = *purpose;
                        facts.actor.role = *role;
                        facts.actor.linked_to_subject = true;
                        facts.consent.school_authorization = authorization;
                        facts.consent.ferpa = FerpaConsent::Valid;
                        facts
                    })
                })
            })
        })
    })
}

#[test]
fn no_child_is_let_in_without_a_ground() {
    let mut tried = 0;
    for facts in children_without_ground() {
        let decision = ENGINE.decide(&facts);
        assert!(!decision.effect().permits(), "{}", facts.canonical());
        tried += 1;
    }
    assert_eq!(tried, 6 * 3 * 11 * 9 * 3);
}

/// Every deed, role and age with every state of the grounds that can lapse.
fn grounds_on_file() -> impl Iterator<Item = Facts> {
    let states = SchoolAuthorization::ALL
        .iter()
        .flat_map(|school| [true, false].map(|parent| (*school, parent)))
        .flat_map(|(school, parent)| {
            [FerpaConsent::None, FerpaConsent::Valid].map(|ferpa| (school, parent, ferpa))
        });
    let states: Vec<_> = states.collect();
    Operation::ALL.iter().flat_map(move |deed| {
        let states = states.clone();
        ActorRole::ALL.iter().flat_map(move |role| {
            let states = states.clone();
            [AgeBand::Under13, AgeBand::Adult]
                .into_iter()
                .flat_map(move |age| {
                    states
                        .clone()
                        .into_iter()
                        .map(move |(school, parent, ferpa)| {
                            let mut facts = Facts::unremarkable(*deed, TenantKind::K12);
                            facts.actor.role = *role;
                            facts.actor.is_subject = *role == ActorRole::Learner;
                            facts.actor.linked_to_subject = true;
                            facts.subject.age = age;
                            facts.consent.school_authorization = school;
                            facts.consent.parental_use = parent;
                            facts.consent.ferpa = ferpa;
                            facts
                        })
                })
        })
    })
}

#[test]
fn a_ground_that_lapses_never_makes_the_effect_milder() {
    let lapses = [
        "consent expired",
        "consent withdrawn",
        "authorization expired",
    ];
    for facts in grounds_on_file() {
        let before = ENGINE.decide(&facts).effect();
        for (name, restrict) in RESTRICTIONS
            .iter()
            .filter(|(name, _)| lapses.contains(name))
        {
            if let Some(lapsed) = restrict(&facts) {
                let after = ENGINE.decide(&lapsed).effect();
                assert!(
                    after >= before,
                    "{name}: {before} to {after}: {}",
                    facts.canonical()
                );
            }
        }
    }
}

#[test]
fn the_same_child_is_let_in_once_there_is_a_ground() {
    let mut facts = Facts::unremarkable(Operation::Launch, TenantKind::K12);
    facts.subject.age = AgeBand::Under13;
    facts.consent.school_authorization = SchoolAuthorization::None;
    assert_eq!(ENGINE.decide(&facts).effect(), Effect::Deny);
    facts.consent.parental_use = true;
    assert!(ENGINE.decide(&facts).effect().permits());
}

#[test]
fn an_agent_that_keeps_without_end_cannot_be_registered_for_children() {
    for age in AgeBand::ALL {
        let mut facts = Facts::unremarkable(Operation::AgentRegistration, TenantKind::K12);
        facts.subject.age = *age;
        facts.agent.retention = AgentRetention::Indefinite;
        let child = facts.coppa_parent() == CoppaParent::Required;
        assert_eq!(
            ENGINE.decide(&facts).effect() == Effect::Deny,
            child,
            "{age}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn no_child_is_let_in_without_a_ground_whatever_else_holds(
        mut facts in any_facts(),
        authorization in prop::sample::select(SchoolAuthorization::ALL),
        mode in prop::sample::select(CoppaMode::ALL),
    ) {
        facts.subject.age = AgeBand::Under13;
        facts.consent.school_authorization = authorization;
        facts.consent.parental_use = false;
        facts.tenant.coppa_mode = mode;
        if child_without_ground(&facts) && needs_coppa_ground(&facts) {
            prop_assert!(!ENGINE.decide(&facts).effect().permits(), "{}", facts.canonical());
        }
    }

    #[test]
    fn a_restriction_never_makes_the_effect_milder(
        facts in any_facts(),
        (name, restrict) in prop::sample::select(RESTRICTIONS),
    ) {
        if let Some(restricted) = restrict(&facts) {
            let (before, after) = (ENGINE.decide(&facts).effect(), ENGINE.decide(&restricted).effect());
            prop_assert!(after >= before, "{name}: {before} to {after}: {}", facts.canonical());
        }
    }

    #[test]
    fn masquerading_neither_creates_nor_changes_a_ground(mut facts in any_facts()) {
        facts.actor.masquerading = Masquerade::No;
        let honest = ENGINE.decide(&facts);
        for masquerade in [Masquerade::Yes, Masquerade::Undetectable] {
            facts.actor.masquerading = masquerade;
            let masked = ENGINE.decide(&facts);
            if let (Decision::Permitted(honest), Decision::Permitted(masked)) = (&honest, &masked) {
                prop_assert_eq!(honest.bases(), masked.bases());
                prop_assert_eq!(honest.elements(), masked.elements());
            } else {
                prop_assert!(masked.effect() >= honest.effect());
            }
        }
    }

    #[test]
    fn an_overlay_never_makes_the_effect_milder(facts in any_facts()) {
        let floor = ENGINE.decide(&facts).effect();
        for engine in OVERLAYS.iter() {
            prop_assert!(engine.decide(&facts).effect() >= floor, "{}", facts.canonical());
        }
    }

    #[test]
    fn no_rule_errs_on_any_facts(facts in any_facts()) {
        let decision = ENGINE.decide(&facts);
        let codes = decision.refused().map(|refusal| refusal.codes().join(" ")).unwrap_or_default();
        prop_assert!(!codes.contains("evaluation-error"), "{}", facts.canonical());
    }

    #[test]
    fn every_refusal_says_why_and_every_permit_on_what_ground(facts in any_facts()) {
        match ENGINE.decide(&facts) {
            Decision::Permitted(permit) => prop_assert!(!permit.bases().is_empty()),
            Decision::Refused(refusal) => prop_assert!(!refusal.codes().is_empty()),
        }
    }
}

/// Multiplies a fact until it no longer fits a number: it passes validation and errs when evaluated.
const ERRS: &str = "when { context.constants.smallest_cell * 9223372036854775807 > 0 }";

#[test]
fn a_wall_that_errs_refuses() {
    let wall = format!(
        r#"@id("errs") @cite("-") @source("policy") @effect("deny") @code("errs")
           @record("not_a_disclosure") forbid (principal, action, resource) {ERRS};"#
    );
    let set = ENGINE
        .policy_set()
        .with_overlay(&wall)
        .expect("it passes validation");
    refuses_with_an_alarm(&Engine::new(set));
}

#[test]
fn a_ground_that_errs_refuses() {
    let ground = format!(
        r#"@id("errs") @cite("-") @source("policy") @basis("errs") @record("exempt_d2")
           permit (principal, action, resource) {ERRS};"#
    );
    let set = PolicySet::load(&shipped_with(&ground)).expect("it passes validation");
    refuses_with_an_alarm(&Engine::new(set));
}

fn refuses_with_an_alarm(engine: &Engine) {
    let facts = Facts::unremarkable(Operation::Launch, TenantKind::HigherEd);
    assert!(ENGINE.decide(&facts).effect().permits());
    let Decision::Refused(refusal) = engine.decide(&facts) else {
        panic!("it was permitted")
    };
    assert_eq!(refusal.effect(), Effect::Deny);
    assert_eq!(refusal.codes().join(" "), "evaluation-error");
    assert_eq!(
        refusal.cause(),
        agent_factory_policies::RefusalCause::EvaluationError
    );
}
