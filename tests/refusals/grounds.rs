//! Launches that are genuine and stop all the same, because a ground is missing or something is
//! switched off: the page's words, the status, the entry, and an agent that never heard of them.

use serde_json::json;

use crate::harness::{
    Actor, Answer, Learner, LogEntry, Observer, Setting, World, on_both_databases,
};

on_both_databases! {
    a_learner_of_a_school_that_signed_nothing_is_refused,
    a_child_without_the_schools_authorization_is_refused,
    a_teachers_own_signature_does_not_authorize_a_child,
    a_lapsed_agreement_refuses_everybody,
    a_suspended_school_is_closed,
    a_disabled_agent_opens_nothing,
    a_disabled_deployment_is_closed,
    an_observer_linked_to_nobody_or_to_two_children_is_not_guessed,
    a_learner_without_an_id_is_refused,
}

/// The learner's launch stops with 403 and these words; the tutor hears of nobody.
async fn stops(world: &World, actor: &dyn Actor, words: &str) -> Answer {
    let mut browser = world.browser_of(actor);
    let page = browser.launch(world, actor).await.is(403);
    assert!(
        page.words().contains(words),
        "`{words}` in: {}",
        page.words()
    );
    assert_eq!(page.header("cache-control"), Some("no-store"));
    assert!(page.set_cookies().is_empty());
    for agent in [&world.tutor, &world.riverside_tutor, &world.prairie_tutor] {
        agent.is_untouched();
    }
    assert_eq!(world.place.rows("sessions").await, 0);
    for secret in actor.secrets() {
        assert!(
            !page.text().contains(&secret),
            "{secret} stands on the page"
        );
    }
    page
}

/// The entry of a decision against, and whether 34 CFR 99.32 wants the request recorded.
async fn refusal(world: &World, tenant: &str, page: &Answer, record: &str) -> LogEntry {
    let entry = world.entry_by_reference(tenant, &page.reference()).await;
    assert_eq!(
        (entry.action(), entry.phase(), entry.outcome()),
        ("launch", "note", "refused")
    );
    assert_eq!(entry.record_99_32(), record, "{:?}", entry.codes());
    assert!(!entry.codes().is_empty());
    entry
}

/// The entry of a launch that needed no decision.
async fn stop(world: &World, tenant: &str, page: &Answer) -> LogEntry {
    let entry = world.entry_by_reference(tenant, &page.reference()).await;
    assert_eq!(
        (entry.action(), entry.phase(), entry.outcome()),
        ("launch", "note", "stopped")
    );
    entry
}

async fn a_learner_of_a_school_that_signed_nothing_is_refused(setting: Setting) {
    let world = setting.open().await;
    let odell = Learner::odell();
    let page = stops(&world, &odell, "This helper is not open at your school yet").await;
    assert!(
        page.words()
            .contains("Nothing about you was sent to the agent.")
    );
    assert!(page.words().contains("Tell your teacher"));
    let entry = refusal(&world, "prairie", &page, "not_a_disclosure").await;
    assert!(entry.cites_a_rule(), "{entry:?}");
    // The same platform's reader of the district that has signed is let in.
    let theo = Learner::theo();
    world.browser_of(&theo).opens(&world, &theo).await;
    world.leave().await;
}

async fn a_child_without_the_schools_authorization_is_refused(setting: Setting) {
    let world = setting.open().await;
    let id = world.id("lincoln/authorization").to_owned();
    world
        .operator
        .does(&format!(
            "/tenants/lincoln/school-authorizations/{id}/withdraw"
        ))
        .await;
    let page = stops(&world, &Learner::mia(), "Your school has to say yes first").await;
    let entry = refusal(&world, "lincoln", &page, "not_a_disclosure").await;
    assert!(entry.subject().is_some());
    // Authorized anew, the same link works.
    world.authorizes(30).await;
    world
        .browser_of(&Learner::mia())
        .opens(&world, &Learner::mia())
        .await;
    world.leave().await;
}

async fn a_teachers_own_signature_does_not_authorize_a_child(setting: Setting) {
    let world = setting.open().await;
    let id = world.id("lincoln/authorization").to_owned();
    world
        .operator
        .does(&format!(
            "/tenants/lincoln/school-authorizations/{id}/withdraw"
        ))
        .await;
    let body = json!({
        "agents": ["tutor"], "purposes": ["tutoring"], "elements": ["pseudonym", "prompt"],
        "signer": "Harlanson Brightwater", "signer_role": "teacher", "notice_version": "2026-08",
        "valid_until": "2027-06-30T00:00:00Z",
    });
    world
        .operator
        .records("/tenants/lincoln/school-authorizations", &body)
        .await;
    let page = stops(
        &world,
        &Learner::mia(),
        "A person has to look at this first",
    )
    .await;
    refusal(&world, "lincoln", &page, "not_a_disclosure").await;
    world.leave().await;
}

async fn a_lapsed_agreement_refuses_everybody(setting: Setting) {
    let world = setting.open().await;
    world.wait(301 * 86_400);
    let page = stops(
        &world,
        &Learner::ines(),
        "This agent is not open at your school yet",
    )
    .await;
    refusal(&world, "riverside", &page, "required").await;
    let page = stops(&world, &Learner::theo(), "not open at your school yet").await;
    refusal(&world, "lincoln", &page, "required").await;
    world.leave().await;
}

async fn a_suspended_school_is_closed(setting: Setting) {
    let world = setting.open().await;
    world.operator.does("/tenants/lincoln/suspend").await;
    let page = stops(&world, &Learner::mia(), "switched off").await;
    assert_eq!(
        stop(&world, "lincoln", &page).await.detail("stopped"),
        "suspended"
    );
    world.operator.does("/tenants/lincoln/activate").await;
    world
        .browser_of(&Learner::mia())
        .opens(&world, &Learner::mia())
        .await;
    world.leave().await;
}

async fn a_disabled_agent_opens_nothing(setting: Setting) {
    let world = setting.open().await;
    world
        .operator
        .does("/tenants/lincoln/agents/tutor/disable")
        .await;
    let page = stops(
        &world,
        &Learner::mia(),
        "has not picked which helper it opens",
    )
    .await;
    assert_eq!(
        stop(&world, "lincoln", &page).await.detail("stopped"),
        "agent-not-chosen"
    );
    // The university's tutor is another agent, of the same name.
    world
        .operator
        .does("/tenants/lincoln/agents/tutor/enable")
        .await;
    world
        .browser_of(&Learner::mia())
        .opens(&world, &Learner::mia())
        .await;
    world.leave().await;
}

async fn a_disabled_deployment_is_closed(setting: Setting) {
    let world = setting.open().await;
    let id = world.id("lincoln/canvas").to_owned();
    world
        .operator
        .does(&format!("/tenants/lincoln/deployments/{id}/disable"))
        .await;
    let page = stops(&world, &Learner::mia(), "switched off").await;
    assert_eq!(
        stop(&world, "lincoln", &page).await.detail("stopped"),
        "suspended"
    );
    // The school's other deployment is open.
    world
        .browser_of(&Learner::theo())
        .opens(&world, &Learner::theo())
        .await;
    world.leave().await;
}

async fn an_observer_linked_to_nobody_or_to_two_children_is_not_guessed(setting: Setting) {
    let world = setting.open().await;
    let two = ["person-mia-5522", "person-classmate-1"];
    for children in [&[][..], &two[..], &["person-rosalind-3141"][..]] {
        let rosalind = Observer::rosalind().linked_to(children);
        let page = stops(&world, &rosalind, "A person has to look at this first").await;
        assert_eq!(
            stop(&world, "lincoln", &page).await.detail("stopped"),
            "subject-unclear"
        );
    }
    world.leave().await;
}

async fn a_learner_without_an_id_is_refused(setting: Setting) {
    let world = setting.open().await;
    let mia = Learner::mia();
    let mut launch = mia.launch();
    launch.person.sub = None;
    let mut browser = world.browser_of(&mia);
    let page = browser
        .launch_spec(&world, &world.canvas, &launch)
        .await
        .is(401);
    let entry = world.entry_by_reference("lincoln", &page.reference()).await;
    assert_eq!(entry.detail("check"), "sub-missing");
    world.tutor.is_untouched();
    world.leave().await;
}
