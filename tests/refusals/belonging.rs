//! Whose launch it is and which agent it opens: deployments that nobody knows, links that nobody
//! chose an agent for, selectors that name what is not there.

use agent_factory_lti::simulator::LaunchSpec;
use serde_json::{Value, json};

use crate::harness::{
    Actor, Answer, Learner, Lms, LogEntry, Setting, Teacher, World, on_both_databases,
};

on_both_databases! {
    a_new_deployment_of_a_dedicated_platform_is_accepted_where_the_school_says_so,
    a_new_deployment_waits_where_the_school_asks,
    a_deployment_of_another_instance_of_the_platform_waits,
    a_new_deployment_of_a_shared_platform_always_waits_until_it_is_approved,
    many_deployments_waiting_do_not_fill_the_database,
    of_two_agents_without_a_default_none_opens,
    a_selector_that_does_not_resolve_never_falls_through,
    a_message_that_is_not_answered_yet_says_so,
}

const TOOL_PLATFORM: &str = "https://purl.imsglobal.org/spec/lti/claim/tool_platform";

async fn launches(world: &World, lms: &Lms, spec: &LaunchSpec) -> Answer {
    let mut browser = crate::harness::Browser::on_page_of(&world.gate, lms);
    browser.launch_spec(world, lms, spec).await
}

async fn stopped(world: &World, tenant: &str, page: &Answer, by: &str) -> LogEntry {
    let entry = world.entry_by_reference(tenant, &page.reference()).await;
    assert_eq!((entry.action(), entry.outcome()), ("launch", "stopped"));
    assert_eq!(entry.detail("stopped"), by);
    assert_eq!(
        entry.actor(),
        None,
        "nobody is known before the deployment is"
    );
    entry
}

async fn deployments(world: &World) -> i64 {
    world.place.rows("deployments").await
}

async fn a_new_deployment_of_a_dedicated_platform_is_accepted_where_the_school_says_so(
    setting: Setting,
) {
    let world = setting.open().await;
    let before = deployments(&world).await;
    let elsewhere = world.canvas.deployed_as("9:another-course");
    let page = launches(&world, &elsewhere, &Learner::mia().launch())
        .await
        .is(403);
    assert_eq!(deployments(&world).await, before + 1);
    assert!(
        page.words()
            .contains("has not picked which helper it opens"),
        "{}",
        page.words()
    );
    stopped(&world, "lincoln", &page, "agent-not-chosen").await;
    // Its teacher reads what a teacher can do about it.
    let page = launches(&world, &elsewhere, &Teacher::harlan().launch())
        .await
        .is(403);
    assert!(
        page.words().contains("Choose an agent for this link"),
        "{}",
        page.words()
    );
    assert_eq!(deployments(&world).await, before + 1);
    let accepted = world.entries_of("lincoln", "deployment-accepted").await;
    assert_eq!(accepted.len(), 1, "written down once");
    assert_eq!(world.place.rows("sessions").await, 0);
    world.tutor.is_untouched();
    world.leave().await;
}

async fn pending(world: &World) -> Vec<Value> {
    let found = world.operator.reads("/deployments?state=pending").await;
    found
        .get("items")
        .and_then(Value::as_array)
        .unwrap()
        .clone()
}

async fn a_new_deployment_waits_where_the_school_asks(setting: Setting) {
    let world = setting.open().await;
    let people = world.place.rows("people").await;
    let second = world.moodle.deployed_as("2");
    for _ in 0..3 {
        let page = launches(&world, &second, &Learner::ines().launch())
            .await
            .is(403);
        assert!(
            page.words().contains("new and has to be approved"),
            "{}",
            page.words()
        );
        let entry = stopped(&world, "riverside", &page, "deployment-pending").await;
        assert_eq!(entry.subject(), None);
    }
    let waiting = pending(&world).await;
    assert_eq!(waiting.len(), 1);
    assert_eq!(waiting[0].get("deployment_id"), Some(&json!("2")));
    assert_eq!(
        world.place.rows("people").await,
        people,
        "nobody is entered while it waits"
    );
    world.riverside_tutor.is_untouched();
    world.leave().await;
}

async fn a_deployment_of_another_instance_of_the_platform_waits(setting: Setting) {
    let world = setting.open().await;
    let mia = Learner::mia();
    launches(&world, &world.canvas.deployed_as("9:b"), &mia.launch())
        .await
        .is(403);
    let before = pending(&world).await.len();
    let moved = mia
        .launch()
        .with_claim(TOOL_PLATFORM, json!({ "guid": "another-instance" }));
    let page = launches(&world, &world.canvas.deployed_as("9:c"), &moved)
        .await
        .is(403);
    assert!(
        page.words().contains("new and has to be approved"),
        "{}",
        page.words()
    );
    assert_eq!(pending(&world).await.len(), before + 1);
    // Without a guid there is nothing to compare.
    let silent = mia
        .launch()
        .with_claim(TOOL_PLATFORM, json!({ "name": "Campus" }));
    let page = launches(&world, &world.canvas.deployed_as("9:d"), &silent)
        .await
        .is(403);
    stopped(&world, "lincoln", &page, "agent-not-chosen").await;
    world.leave().await;
}

async fn a_new_deployment_of_a_shared_platform_always_waits_until_it_is_approved(setting: Setting) {
    let world = setting.open().await;
    let theo = Learner::theo();
    let new = world.press.deployed_as("os-riverside");
    let page = launches(&world, &new, &theo.launch()).await.is(403);
    assert!(
        page.text().contains("os-riverside"),
        "the page names what is to be approved"
    );
    stopped(&world, "installation", &page, "deployment-pending").await;
    let waiting = pending(&world).await;
    let id = waiting[0].get("id").and_then(Value::as_str).unwrap();
    let approval = json!({ "tenant": "riverside" });
    world
        .operator
        .records(&format!("/deployments/{id}/approve"), &approval)
        .await;
    let placed = json!({ "deployment": id, "agent": "tutor" });
    world
        .operator
        .records("/tenants/riverside/placements", &placed)
        .await;
    let mut browser = world.browser_of(&theo);
    let page = browser.launch_spec(&world, &new, &theo.launch()).await;
    let tab = browser.takes_over(&page).await;
    assert!(tab.origin.starts_with("https://tutor--riverside--"));
    world.leave().await;
}

async fn many_deployments_waiting_do_not_fill_the_database(setting: Setting) {
    let world = setting.open().await;
    let before = deployments(&world).await;
    let theo = Learner::theo();
    for number in 0..110 {
        let new = world.press.deployed_as(&format!("os-unknown-{number}"));
        launches(&world, &new, &theo.launch()).await.is(403);
    }
    assert_eq!(deployments(&world).await, before + 100);
    world.leave().await;
}

async fn of_two_agents_without_a_default_none_opens(setting: Setting) {
    let world = setting.open().await;
    let manifest = World::manifest("coach", &world.tutor.url());
    world
        .operator
        .records("/tenants/lincoln/agents", &manifest)
        .await;
    let body = json!({ "platform": world.id("canvas"), "deployment_id": "9:two" });
    let two = world
        .operator
        .records("/tenants/lincoln/deployments", &body)
        .await;
    for (agent, link) in [("tutor", "link-x"), ("coach", "link-y")] {
        let body = json!({ "deployment": two, "agent": agent, "resource_link": link });
        world
            .operator
            .records("/tenants/lincoln/placements", &body)
            .await;
    }
    let lms = world.canvas.deployed_as("9:two");
    let page = launches(&world, &lms, &Learner::mia().launch())
        .await
        .is(403);
    stopped(&world, "lincoln", &page, "agent-not-chosen").await;
    world.tutor.is_untouched();
    let bound = Learner::mia().launch().by_link("link-x", "Bound");
    launches(&world, &lms, &bound).await.is(200);
    world.leave().await;
}

async fn a_selector_that_does_not_resolve_never_falls_through(setting: Setting) {
    let world = setting.open().await;
    for (name, value) in [
        ("agent", "nobody"),
        ("placement", "none"),
        ("item", "book-4"),
    ] {
        let spec = Learner::mia().launch().with_custom(name, value);
        let page = launches(&world, &world.canvas, &spec).await.is(403);
        stopped(&world, "lincoln", &page, "selector-unresolved").await;
        let spec = Teacher::harlan().launch().with_custom(name, value);
        let page = launches(&world, &world.canvas, &spec).await.is(403);
        assert!(page.words().contains("Choose an agent"), "{}", page.words());
    }
    world.tutor.is_untouched();
    // What the platform did not fill in is as good as absent.
    let unfilled = Learner::mia().launch().with_custom("agent", "$Agent.slug");
    launches(&world, &world.canvas, &unfilled).await.is(200);
    world.leave().await;
}

async fn a_message_that_is_not_answered_yet_says_so(setting: Setting) {
    let world = setting.open().await;
    let mut spec = Teacher::harlan().launch();
    spec.message_type = agent_factory_lti::MessageType::DeepLinking;
    let page = launches(&world, &world.canvas, &spec).await.is(400);
    assert!(
        page.words().contains("We cannot do that yet"),
        "{}",
        page.words()
    );
    let entry = world.entry_by_reference("lincoln", &page.reference()).await;
    assert_eq!(entry.detail("stopped"), "message-type-not-answered");
    world.tutor.is_untouched();
    world.leave().await;
}
