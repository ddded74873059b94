//! Launches that open, and what the agent then learns.

use std::collections::BTreeSet;

use serde_json::json;

use crate::harness::{
    Actor, Answer, Assertion, Browser, CLIENT_ADDRESS, FakeAgent, Learner, LogEntry, Observer,
    Setting, Tab, Teacher, USER_AGENT, World, on_both_databases,
};

on_both_databases! {
    a_child_opens_the_tutor_under_the_schools_authorization,
    a_sixteen_year_old_opens_it_under_the_agreement,
    a_college_student_opens_the_universitys_own_tutor,
    a_teacher_opens_it_and_nobodys_records_are_meant,
    a_parent_acts_as_herself_and_her_childs_records_are_meant,
    a_learner_of_unknown_age_is_counted_as_a_child,
    one_learner_is_one_person_and_another_is_another,
    an_agent_enabled_in_one_course_opens_by_the_link_that_is_bound_to_it,
}

/// What every assertion holds, whoever launched.
const ALWAYS: [&str; 20] = [
    "agent",
    "aud",
    "context",
    "decision",
    "disclosed",
    "exp",
    "iat",
    "iss",
    "jti",
    "launch",
    "message_type",
    "policy",
    "purpose",
    "resource",
    "roles",
    "sid",
    "sub",
    "tenant",
    "terms",
    "withheld",
];

/// What the platform told of itself and the reader's language.
const OF_THE_PLATFORM: [&str; 2] = ["locale", "platform"];

fn names<'a>(further: &[&'a str]) -> BTreeSet<&'a str> {
    ALWAYS.iter().chain(further).copied().collect()
}

async fn asks(browser: &mut Browser, tab: &Tab) -> Answer {
    let answer = browser
        .posts(tab, "/ask", "Why is a leaf green?")
        .await
        .is(200);
    assert_eq!(
        answer.text(),
        "data: word 0\n\ndata: word 1\n\ndata: word 2\n\n"
    );
    answer
}

/// Nothing of the person, the platform, the browser or the gateway's own reached the agent.
#[track_caller]
fn learned_nothing_else(agent: &FakeAgent, actor: &dyn Actor, browser: &Browser, tab: &Tab) {
    let mut forbidden = actor.secrets();
    forbidden.extend(
        [
            USER_AGENT,
            CLIENT_ADDRESS,
            "canvas.example",
            "press.example",
        ]
        .map(str::to_owned),
    );
    forbidden
        .extend(["moodle.example", "c-sci-7", "__Host-", "sec-", "referer"].map(str::to_owned));
    forbidden.extend(browser.cookie(&tab.origin, "__Host-agent-factory-session"));
    for received in agent.received() {
        let whole = received.whole();
        for part in &forbidden {
            assert!(
                !whole.contains(part.as_str()),
                "`{part}` reached the agent in {whole}"
            );
        }
        assert!(received.header("x-forwarded-for").is_none());
    }
}

/// The launch's own entry: sequenced, decided by a cited rule, for this person.
async fn launch_entry(world: &World, tenant: &str) -> LogEntry {
    let entry = world.last_entry(tenant, "launch").await;
    assert_eq!((entry.phase(), entry.outcome()), ("note", "permitted"));
    assert!(entry.cites_a_rule());
    assert_eq!(entry.record_99_32(), "exempt_d2");
    assert_eq!(entry.trail(), "disclosure");
    assert!(entry.actor().is_some());
    entry
}

/// The request's entry, opened before and closed after.
async fn request_entries(world: &World, tenant: &str) {
    let opened: Vec<LogEntry> = world
        .entries_of(tenant, "agent-request")
        .await
        .into_iter()
        .filter(|entry| entry.phase() == "open")
        .collect();
    for opened in &opened {
        let closing = world.closing_of(tenant, opened).await;
        assert_eq!(closing.outcome(), "completed");
        assert_eq!(closing.0.get("status"), Some(&json!(200)));
    }
    assert_eq!(opened.len(), 2, "the first page and the question");
}

async fn a_child_opens_the_tutor_under_the_schools_authorization(setting: Setting) {
    let world = setting.open().await;
    let mia = Learner::mia();
    let mut browser = world.browser_of(&mia);
    let tab = browser.opens(&world, &mia).await;
    assert!(tab.origin.starts_with("https://tutor--lincoln--"));
    asks(&mut browser, &tab).await;

    let received = world.tutor.last();
    assert_eq!(received.body, "Why is a leaf green?");
    assert_eq!(world.tutor.received().len(), 2);
    let assertion = Assertion::of(&mut browser, &received, "lincoln/tutor").await;
    assert_eq!(
        assertion.names(),
        names(&[&OF_THE_PLATFORM[..], &["age_band"]].concat()),
    );
    assert_eq!(assertion.claim("roles"), &json!(["learner"]));
    assert_eq!(assertion.claim("age_band"), &json!("under_13"));
    assert_eq!(assertion.claim("disclosed"), &json!({}));
    let withheld = json!({ "email": "not_permitted", "given_name": "not_permitted" });
    assert_eq!(assertion.claim("withheld"), &withheld);
    assert_eq!(assertion.claim("purpose"), &json!("tutoring"));
    let issued = assertion.claim("iat").as_i64().unwrap();
    assert_eq!(issued, world.now().unix_timestamp());
    assert!(assertion.claim("exp").as_i64().unwrap() - issued <= 300);
    learned_nothing_else(&world.tutor, &mia, &browser, &tab);

    let entry = launch_entry(&world, "lincoln").await;
    assert_eq!(entry.actor(), entry.subject());
    assert_eq!(entry.detail("chosen-by"), "deployment-default");
    request_entries(&world, "lincoln").await;
    let text = format!("{:?}", world.entries("lincoln").await);
    for secret in mia.secrets() {
        assert!(!text.contains(&secret), "{secret} stands in the log");
    }
    world.leave().await;
}

async fn a_sixteen_year_old_opens_it_under_the_agreement(setting: Setting) {
    let world = setting.open().await;
    let theo = Learner::theo();
    world.operator.does(&withdrawal(&world)).await;
    let mut browser = world.browser_of(&theo);
    let tab = browser.opens(&world, &theo).await;
    asks(&mut browser, &tab).await;
    let assertion = Assertion::of(&mut browser, &world.tutor.last(), "lincoln/tutor").await;
    assert_eq!(assertion.claim("age_band"), &json!("13_to_17"));
    learned_nothing_else(&world.tutor, &theo, &browser, &tab);
    launch_entry(&world, "lincoln").await;
    world.prairie_tutor.is_untouched();
    world.leave().await;
}

/// Where the authorization for children is withdrawn; the sixteen-year-old does not need it.
fn withdrawal(world: &World) -> String {
    let id = world.id("lincoln/authorization");
    format!("/tenants/lincoln/school-authorizations/{id}/withdraw")
}

async fn a_college_student_opens_the_universitys_own_tutor(setting: Setting) {
    let world = setting.open().await;
    let ines = Learner::ines();
    let mut browser = world.browser_of(&ines);
    let tab = browser.opens(&world, &ines).await;
    assert!(tab.origin.starts_with("https://tutor--riverside--"));
    asks(&mut browser, &tab).await;
    let received = world.riverside_tutor.last();
    let assertion = Assertion::of(&mut browser, &received, "riverside/tutor").await;
    assert_eq!(assertion.claim("age_band"), &json!("18_or_over"));
    assert_eq!(assertion.claim("tenant"), &json!("riverside"));
    learned_nothing_else(&world.riverside_tutor, &ines, &browser, &tab);
    launch_entry(&world, "riverside").await;
    request_entries(&world, "riverside").await;
    world.tutor.is_untouched();
    world.leave().await;
}

async fn a_teacher_opens_it_and_nobodys_records_are_meant(setting: Setting) {
    let world = setting.open().await;
    let harlan = Teacher::harlan();
    let mut browser = world.browser_of(&harlan);
    let tab = browser.opens(&world, &harlan).await;
    asks(&mut browser, &tab).await;
    let assertion = Assertion::of(&mut browser, &world.tutor.last(), "lincoln/tutor").await;
    assert_eq!(assertion.claim("roles"), &json!(["instructor"]));
    assert_eq!(assertion.names(), names(&OF_THE_PLATFORM));
    learned_nothing_else(&world.tutor, &harlan, &browser, &tab);
    let entry = world.last_entry("lincoln", "launch").await;
    assert_eq!(entry.outcome(), "permitted");
    assert!(entry.actor().is_some());
    assert_eq!(entry.subject(), None);
    world.leave().await;
}

async fn a_parent_acts_as_herself_and_her_childs_records_are_meant(setting: Setting) {
    let world = setting.open().await;
    let (mia, rosalind) = (Learner::mia(), Observer::rosalind());
    let mut childs = world.browser_of(&mia);
    childs.opens(&world, &mia).await;
    let of_child = Assertion::of(&mut childs, &world.tutor.last(), "lincoln/tutor").await;
    let childs_entry = world.last_entry("lincoln", "launch").await;

    let mut browser = world.browser_of(&rosalind);
    let tab = browser.opens(&world, &rosalind).await;
    asks(&mut browser, &tab).await;
    let of_parent = Assertion::of(&mut browser, &world.tutor.last(), "lincoln/tutor").await;
    assert_eq!(of_parent.claim("roles"), &json!(["observer"]));
    assert_eq!(of_parent.claim("for"), of_child.claim("sub"));
    assert_ne!(of_parent.claim("sub"), of_child.claim("sub"));
    learned_nothing_else(&world.tutor, &rosalind, &browser, &tab);
    learned_nothing_else(&world.tutor, &mia, &browser, &tab);
    let entry = world.last_entry("lincoln", "launch").await;
    assert_eq!(entry.subject(), childs_entry.subject());
    assert_ne!(entry.actor(), entry.subject());
    world.leave().await;
}

async fn a_learner_of_unknown_age_is_counted_as_a_child(setting: Setting) {
    let world = setting.open().await;
    let otis = Learner::otis();
    let mut browser = world.browser_of(&otis);
    browser.opens(&world, &otis).await;
    let assertion = Assertion::of(&mut browser, &world.tutor.last(), "lincoln/tutor").await;
    assert_eq!(assertion.claim("age_band"), &json!(null));
    assert_eq!(
        assertion.claim("withheld").get("age_band"),
        Some(&json!("not_available"))
    );

    world.operator.does(&withdrawal(&world)).await;
    let before = world.tutor.received().len();
    let mut browser = world.browser_of(&otis);
    browser.launch(&world, &otis).await.is(403);
    assert_eq!(world.tutor.received().len(), before);
    world.leave().await;
}

async fn one_learner_is_one_person_and_another_is_another(setting: Setting) {
    let world = setting.open().await;
    let people = world.place.rows("people").await;
    let (one, other) = (Learner::classmate(1), Learner::classmate(2));
    let mut origins = BTreeSet::new();
    let mut subs = BTreeSet::new();
    for learner in [&one, &other, &one] {
        let mut browser = world.browser_of(learner);
        origins.insert(browser.opens(&world, learner).await.origin);
        let assertion = Assertion::of(&mut browser, &world.tutor.last(), "lincoln/tutor").await;
        subs.insert(assertion.claim("sub").as_str().unwrap().to_owned());
    }
    // The two have one name and address; only the platform's id tells them apart.
    assert_eq!((origins.len(), subs.len()), (2, 2));
    assert_eq!(world.place.rows("people").await, people + 2);
    assert_eq!(world.place.rows("sessions").await, 3);
    world.leave().await;
}

async fn an_agent_enabled_in_one_course_opens_by_the_link_that_is_bound_to_it(setting: Setting) {
    let world = setting.open().await;
    let coach = FakeAgent::start().await;
    let mut manifest = World::manifest("coach", &world.tutor.url());
    manifest["name"] = "Coach".into();
    world
        .operator
        .records("/tenants/lincoln/agents", &manifest)
        .await;
    coach.is_untouched();
    let agreement = json!({
        "agent": "coach", "signer": "Wilhelmina Oakhollow", "annual_notice_attested": true,
        "valid_until": "2027-06-30T00:00:00Z",
    });
    world
        .operator
        .records("/tenants/lincoln/agreements", &agreement)
        .await;
    let bound = json!({
        "deployment": world.id("lincoln/press"), "agent": "coach", "resource_link": "link-alg",
    });
    world
        .operator
        .records("/tenants/lincoln/placements", &bound)
        .await;
    let theo = Learner::theo();
    let mut browser = world.browser_of(&theo);
    let tab = browser.opens(&world, &theo).await;
    assert!(
        tab.origin.starts_with("https://coach--lincoln--"),
        "{}",
        tab.origin
    );
    let entry = world.last_entry("lincoln", "launch").await;
    assert_eq!(entry.detail("chosen-by"), "bound-placement");
    world.leave().await;
}
