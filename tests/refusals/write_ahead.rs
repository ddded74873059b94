//! First the entry, then the deed: a log that cannot be written stops everything, and an exchange
//! that breaks off still closes what it opened.

use crate::harness::{
    Actor, Browser, Database, Gate, Learner, Live, Setting, Tab, World, on_both_databases,
};

on_both_databases! {
    a_log_that_cannot_be_written_stops_requests_and_launches,
    a_client_that_hangs_up_closes_its_entry,
    a_client_that_hangs_up_before_the_answer_begins_closes_its_entry,
    the_entry_is_durable_before_the_agent_is_asked,
}

/// Takes the log away from the gateway, or gives it back.
async fn break_log(world: &World, database: Database) {
    let sql = match database {
        Database::Sqlite => "alter table entries rename to entries_elsewhere",
        Database::Postgres => "revoke insert on entries from agent_factory_test_app",
    };
    world.place.tamper(sql).await.unwrap();
}

async fn mend_log(world: &World, database: Database) {
    let sql = match database {
        Database::Sqlite => "alter table entries_elsewhere rename to entries",
        Database::Postgres => "grant insert on entries to agent_factory_test_app",
    };
    world.place.tamper(sql).await.unwrap();
}

async fn a_log_that_cannot_be_written_stops_requests_and_launches(setting: Setting) {
    let database = setting.database();
    let world = setting.open().await;
    let (mia, classmate) = (Learner::mia(), Learner::classmate(1));
    let mut browser = world.browser_of(&mia);
    let tab = browser.opens(&world, &mia).await;
    world.check_logs().await;
    let reached = world.tutor.received().len();
    let people = world.place.rows("people").await;
    let deployments = world.place.rows("deployments").await;

    break_log(&world, database).await;
    for _ in 0..3 {
        let page = browser
            .posts(&tab, "/ask", "Is anybody writing this down?")
            .await
            .is(503);
        assert!(!page.text().contains("entries"), "{}", page.words());
        assert_eq!(page.reference().len(), 8);
    }
    let mut second = world.browser_of(&classmate);
    let fields = second
        .authenticates(&world.canvas, &classmate.launch(), world.now(), None)
        .await;
    second.post_launch(&world.canvas, &fields).await.is(503);
    // Nor does a deployment that nobody knows become the school's.
    let elsewhere = world.canvas.deployed_as("9:another-course");
    let mut third = Browser::on_page_of(&world.gate, &elsewhere);
    let page = third.launch_spec(&world, &elsewhere, &mia.launch()).await;
    page.is(503);
    assert_eq!(world.place.rows("deployments").await, deployments);
    assert_eq!(world.tutor.received().len(), reached, "nothing was sent");
    assert_eq!(world.place.rows("people").await, people);
    assert_eq!(world.place.rows("sessions").await, 1);

    mend_log(&world, database).await;
    browser.posts(&tab, "/ask", "And now?").await.is(200);
    // What failed used nothing up: the same launch goes through.
    let page = second.post_launch(&world.canvas, &fields).await;
    second.takes_over(&page).await;
    world.leave().await;
}

async fn opens_stream(world: &World) -> (Tab, Live) {
    let mia = Learner::mia();
    let mut browser = world.browser_of(&mia);
    let tab = browser.opens(world, &mia).await;
    let mut stream = browser.listens(&tab, "/endless").await;
    assert_eq!(stream.next().await.as_deref(), Some("data: word 0\n\n"));
    (tab, stream)
}

async fn a_client_that_hangs_up_closes_its_entry(setting: Setting) {
    let world = setting.open().await;
    let (_, stream) = opens_stream(&world).await;
    let all = world.entries_of("lincoln", "agent-request").await;
    let opened = all
        .iter()
        .rfind(|entry| entry.phase() == "open")
        .unwrap()
        .clone();
    assert!(
        all.iter().all(|entry| entry.closes() != opened.id()),
        "it is still open"
    );
    drop(stream);
    let closing = world.closing_of("lincoln", &opened).await;
    assert_eq!(closing.outcome(), "client-gone");
    assert!(
        closing
            .0
            .get("response_bytes")
            .and_then(serde_json::Value::as_u64)
            .unwrap()
            > 0
    );
    world.leave().await;
}

async fn a_client_that_hangs_up_before_the_answer_begins_closes_its_entry(setting: Setting) {
    let world = setting.open().await;
    let mia = Learner::mia();
    let mut browser = world.browser_of(&mia);
    let tab = browser.opens(&world, &mia).await;
    let reached = world.tutor.received().len();
    let asking = tokio::spawn(async move { browser.listens(&tab, "/hang").await.status });
    while world.tutor.received().len() == reached {
        tokio::task::yield_now().await;
    }
    asking.abort();
    let all = world.entries_of("lincoln", "agent-request").await;
    let opened = all.iter().rfind(|entry| entry.phase() == "open").unwrap();
    assert_eq!(
        world.closing_of("lincoln", opened).await.outcome(),
        "client-gone"
    );
    world.leave().await;
}

async fn the_entry_is_durable_before_the_agent_is_asked(setting: Setting) {
    let world = setting.open().await;
    let mia = Learner::mia();
    let mut browser = world.browser_of(&mia);
    let tab = browser.opens(&world, &mia).await;
    let before = opened(&world).await;
    let reached = world.tutor.received().len();
    let asking = tokio::spawn(async move { browser.listens(&tab, "/hang").await.status });
    while world.tutor.received().len() == reached {
        tokio::task::yield_now().await;
    }
    // Read by another process of the gateway, from the database alone.
    let other: Gate = world.replica().await;
    assert_eq!(opened(&world).await, before + 1);
    asking.abort();
    other.close().await;
    world.leave().await;
}

async fn opened(world: &World) -> usize {
    let all = world.entries_of("lincoln", "agent-request").await;
    all.iter().filter(|entry| entry.phase() == "open").count()
}
