//! What is revoked ends at once: streams that are open, on every replica, and every request after.

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{Actor, Browser, Gate, Learner, Live, Setting, Tab, World, on_both_databases};

on_both_databases! {
    a_withdrawn_agreement_ends_the_open_stream,
    a_withdrawn_school_authorization_ends_the_childs_stream_only,
    a_withdrawn_consent_ends_the_open_stream,
    a_disabled_agent_ends_its_streams,
    a_disabled_deployment_ends_its_streams,
    a_suspended_school_ends_every_stream_of_it,
    an_ended_session_ends_its_stream,
    an_age_band_that_changes_is_looked_at_again,
    a_ground_that_lapses_by_the_clock_is_not_used_again,
    a_replica_that_cannot_read_revocations_admits_nothing_and_then_ends_streams,
}

/// One learner in two browsers, one at each of two replicas, a stream open in both.
struct Streams {
    other: Gate,
    here: (Browser, Tab, Live),
    there: (Browser, Tab, Live),
}

impl Streams {
    async fn of(world: &World, actor: &dyn Actor) -> Self {
        let other = world.replica().await;
        let here = Self::open(world, &world.gate, actor).await;
        let there = Self::open(world, &other, actor).await;
        Self { other, here, there }
    }

    async fn open(world: &World, gate: &Gate, actor: &dyn Actor) -> (Browser, Tab, Live) {
        let mut browser = Browser::on_page_of(gate, actor.lms(world));
        let tab = browser.opens(world, actor).await;
        let mut stream = browser.listens(&tab, "/endless").await;
        assert_eq!(stream.status, 200);
        assert_eq!(stream.next().await.as_deref(), Some("data: word 0\n\n"));
        (browser, tab, stream)
    }

    /// Both streams end within two seconds, and nothing more is carried.
    async fn end(self, world: &World, tenant: &str, outcome: &str) {
        let (mut first, first_tab, first_stream) = self.here;
        let (mut second, second_tab, second_stream) = self.there;
        let (one, two) = tokio::join!(first_stream.end(), second_stream.end());
        for took in [one, two] {
            assert!(
                took < Duration::from_secs(2),
                "the stream went on for {took:?}"
            );
        }
        for (browser, tab) in [(&mut first, &first_tab), (&mut second, &second_tab)] {
            let answer = browser.posts(tab, "/ask", "Still there?").await;
            assert!(
                [401, 403].contains(&answer.status.as_u16()),
                "{}",
                answer.status
            );
        }
        let asked = "Still there?";
        for agent in [&world.tutor, &world.riverside_tutor] {
            assert!(
                agent
                    .received()
                    .iter()
                    .all(|received| received.body != asked)
            );
        }
        // What was open is closed, and says why.
        let mut ended = 0;
        for _ in 0..400 {
            let all = world.entries_of(tenant, "agent-request").await;
            ended = all
                .iter()
                .filter(|entry| entry.outcome() == outcome)
                .count();
            if ended == 2 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert_eq!(ended, 2, "two streams ended as {outcome}");
        self.other.close().await;
    }
}

async fn a_withdrawn_agreement_ends_the_open_stream(setting: Setting) {
    let world = setting.open().await;
    let streams = Streams::of(&world, &Learner::ines()).await;
    let id = world.id("riverside/agreement").to_owned();
    world
        .operator
        .does(&format!("/tenants/riverside/agreements/{id}/withdraw"))
        .await;
    streams.end(&world, "riverside", "ground-withdrawn").await;
    world.leave().await;
}

async fn a_withdrawn_school_authorization_ends_the_childs_stream_only(setting: Setting) {
    let world = setting.open().await;
    let theo = Learner::theo();
    let (mut browser, tab, mut elder) = Streams::open(&world, &world.gate, &theo).await;
    let streams = Streams::of(&world, &Learner::mia()).await;
    let id = world.id("lincoln/authorization").to_owned();
    let withdraw = format!("/tenants/lincoln/school-authorizations/{id}/withdraw");
    // Withdrawn at the other replica, for once.
    world.operator.at(&streams.other).does(&withdraw).await;
    streams.end(&world, "lincoln", "ground-withdrawn").await;
    // The sixteen-year-old's ground is another one; his stream was admitted again and goes on.
    for _ in 0..5 {
        assert!(elder.next().await.is_some());
    }
    browser.posts(&tab, "/ask", "Mine goes on").await.is(200);
    drop(elder);
    world.leave().await;
}

async fn a_withdrawn_consent_ends_the_open_stream(setting: Setting) {
    let world = setting.open().await;
    let mut coach = World::manifest("coach", &world.riverside_tutor.url());
    coach["kind"] = "third_party".into();
    world
        .operator
        .records("/tenants/riverside/agents", &coach)
        .await;
    let agreement = json!({
        "agent": "coach", "signer": "Bartholomew Inkwell", "annual_notice_attested": true,
        "valid_until": "2027-06-30T00:00:00Z",
    });
    world
        .operator
        .records("/tenants/riverside/agreements", &agreement)
        .await;
    let placed = json!({
        "deployment": world.id("riverside/moodle"), "agent": "coach", "resource_link": "17",
    });
    world
        .operator
        .records("/tenants/riverside/placements", &placed)
        .await;
    let ines = Learner::ines();
    world.browser_of(&ines).launch(&world, &ines).await.is(403);
    let consent = json!({
        "person": { "platform": world.id("moodle"), "platform_user_id": ines.sub() },
        "kind": "ferpa", "agents": ["coach"], "purposes": ["tutoring"],
        "elements": ["pseudonym", "role", "context", "resource", "prompt", "age_band"],
        "method": "signed_form", "signed_at": "2026-11-01T00:00:00Z",
        "valid_until": "2027-06-30T00:00:00Z",
    });
    let id = world
        .operator
        .records("/tenants/riverside/consents", &consent)
        .await;
    let streams = Streams::of(&world, &ines).await;
    world
        .operator
        .does(&format!("/tenants/riverside/consents/{id}/withdraw"))
        .await;
    streams.end(&world, "riverside", "ground-withdrawn").await;
    world.leave().await;
}

async fn a_disabled_agent_ends_its_streams(setting: Setting) {
    let world = setting.open().await;
    let streams = Streams::of(&world, &Learner::mia()).await;
    world
        .operator
        .does("/tenants/lincoln/agents/tutor/disable")
        .await;
    streams.end(&world, "lincoln", "session-ended").await;
    world.leave().await;
}

async fn a_disabled_deployment_ends_its_streams(setting: Setting) {
    let world = setting.open().await;
    let streams = Streams::of(&world, &Learner::mia()).await;
    let id = world.id("lincoln/canvas").to_owned();
    world
        .operator
        .does(&format!("/tenants/lincoln/deployments/{id}/disable"))
        .await;
    streams.end(&world, "lincoln", "session-ended").await;
    world.leave().await;
}

async fn a_suspended_school_ends_every_stream_of_it(setting: Setting) {
    let world = setting.open().await;
    let (mut browser, tab, mut elsewhere) =
        Streams::open(&world, &world.gate, &Learner::ines()).await;
    let streams = Streams::of(&world, &Learner::theo()).await;
    world.operator.does("/tenants/lincoln/suspend").await;
    streams.end(&world, "lincoln", "session-ended").await;
    assert!(
        elsewhere.next().await.is_some(),
        "another school's stream goes on"
    );
    browser.posts(&tab, "/ask", "Mine goes on").await.is(200);
    drop(elsewhere);
    world.leave().await;
}

async fn an_ended_session_ends_its_stream(setting: Setting) {
    let world = setting.open().await;
    let streams = Streams::of(&world, &Learner::mia()).await;
    let found = world.operator.reads("/tenants/lincoln/sessions").await;
    let sessions = found
        .get("items")
        .and_then(Value::as_array)
        .unwrap()
        .clone();
    assert_eq!(sessions.len(), 2);
    for session in sessions {
        let id = session.get("id").and_then(Value::as_str).unwrap();
        world
            .operator
            .does(&format!("/tenants/lincoln/sessions/{id}/end"))
            .await;
    }
    streams.end(&world, "lincoln", "session-ended").await;
    world.leave().await;
}

async fn an_age_band_that_changes_is_looked_at_again(setting: Setting) {
    let world = setting.open().await;
    let id = world.id("lincoln/authorization").to_owned();
    let withdraw = format!("/tenants/lincoln/school-authorizations/{id}/withdraw");
    world.operator.does(&withdraw).await;
    let theo = Learner::theo();
    let streams = Streams::of(&world, &theo).await;
    world
        .knows_age("lincoln", "press", theo.sub(), "under_13")
        .await;
    streams.end(&world, "lincoln", "ground-withdrawn").await;
    world.leave().await;
}

async fn a_ground_that_lapses_by_the_clock_is_not_used_again(setting: Setting) {
    let world = setting.open().await;
    let id = world.id("lincoln/authorization").to_owned();
    let withdraw = format!("/tenants/lincoln/school-authorizations/{id}/withdraw");
    world.operator.does(&withdraw).await;
    world.authorizes(1).await;
    world.wait(86_400 - 600);
    let mia = Learner::mia();
    let mut browser = world.browser_of(&mia);
    let tab = browser.opens(&world, &mia).await;
    browser.posts(&tab, "/ask", "one").await.is(200);
    world.wait(599);
    browser.posts(&tab, "/ask", "two").await.is(200);
    let reached = world.tutor.received().len();
    world.wait(1);
    browser.posts(&tab, "/ask", "three").await.is(403);
    assert_eq!(world.tutor.received().len(), reached);
    world.leave().await;
}

async fn a_replica_that_cannot_read_revocations_admits_nothing_and_then_ends_streams(
    setting: Setting,
) {
    let mut world = setting.open().await;
    let (mut browser, tab, stream) = Streams::open(&world, &world.gate, &Learner::mia()).await;
    world.gate.stop_jobs().await;
    let stopped = tokio::time::Instant::now();
    browser.posts(&tab, "/ask", "Just now").await.is(200);
    tokio::time::sleep(Duration::from_millis(2_100)).await;
    let reached = world.tutor.received().len();
    browser.posts(&tab, "/ask", "Too long ago").await.is(503);
    assert_eq!(world.tutor.received().len(), reached);
    stream.end().await;
    let took = stopped.elapsed();
    assert!(
        took > Duration::from_secs(8) && took < Duration::from_secs(12),
        "{took:?}"
    );
    world.gate.start_jobs();
    let again = tokio::time::Instant::now();
    while browser.posts(&tab, "/ask", "And now?").await.status != 200 {
        assert!(again.elapsed() < Duration::from_secs(5));
    }
    world.leave().await;
}
