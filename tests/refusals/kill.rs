//! The machine loses its power while people launch and ask: whatever was acknowledged is in the
//! log, the log holds, and nothing that was used works twice.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use agent_factory::clock::{Clock as _, SystemClock};
use futures_util::future::join_all;

use crate::harness::{
    Actor, Browser, GATE, HandedOver, Hop, Learner, Process, Setting, World, on_both_databases,
};

on_both_databases! {
    after_a_kill_everything_acknowledged_is_there_and_nothing_works_twice,
}

/// What one learner was told before the lights went out.
#[derive(Default)]
struct Acknowledged {
    /// The posted answers of launches that opened, each with the browser it belongs to.
    launches: Vec<(Browser, Vec<(String, String)>)>,
    /// Answered questions.
    questions: usize,
}

/// Launches and asks until the gateway is gone.
async fn keeps_launching(
    world: &World,
    process: &Process,
    number: usize,
    stop: &AtomicBool,
) -> Acknowledged {
    let learner = Learner::classmate(number);
    let mut told = Acknowledged::default();
    while !stop.load(Ordering::SeqCst) {
        let mut browser = world.browser_of(&learner);
        browser.reaches(process.router());
        let login = browser.log_in(&world.canvas, &learner.launch()).await;
        if login.status != 200 {
            break;
        }
        let Some(request) = browser.tries_to_go_on(&login).await else {
            break;
        };
        let now = SystemClock.now().to_offset_date_time();
        let fields = world.canvas.answers(&request, &learner.launch(), now, None);
        let page = browser.post_launch(&world.canvas, &fields).await;
        let Some(handed) = HandedOver::read(&page) else {
            break;
        };
        told.launches.push((browser.clone(), fields));
        let hop = Hop::submit(&handed.form.action, &handed.form.fields).from(GATE);
        if browser.answer(hop).await.status != 303 {
            break;
        }
        for _ in 0..3 {
            let hop = Hop::fetch(http::Method::POST, &format!("{}/upload", handed.origin));
            let answer = browser.answer(hop.from(&handed.origin).body("what?")).await;
            if answer.status != 200 || answer.text() != "5" {
                return told;
            }
            told.questions += 1;
        }
    }
    told
}

async fn after_a_kill_everything_acknowledged_is_there_and_nothing_works_twice(setting: Setting) {
    let mut world = setting.at(SystemClock.now()).open().await;
    world.gate.stop_jobs().await;
    world.clock.set(SystemClock.now());
    let process = Process::start(world.config()).await;
    let stop = Arc::new(AtomicBool::new(false));
    let told = {
        let learners = (0..6).map(|number| keeps_launching(&world, &process, number, &stop));
        let power = async {
            tokio::time::sleep(Duration::from_millis(1_500)).await;
            process.kill();
            stop.store(true, Ordering::SeqCst);
        };
        tokio::join!(join_all(learners), power).0
    };
    let launches: usize = told.iter().map(|one| one.launches.len()).sum();
    let questions: usize = told.iter().map(|one| one.questions).sum();
    assert!(
        launches > 6 && questions > 6,
        "{launches} launches, {questions} questions"
    );

    let again = Process::start(world.config()).await;
    for (browser, fields) in told.iter().flat_map(|one| &one.launches) {
        let mut browser = browser.clone();
        browser.reaches(again.router());
        let page = browser.post_launch(&world.canvas, fields).await.is(401);
        assert!(page.words().contains("already used"), "{}", page.words());
    }
    again.kill();

    let all = world.entries("lincoln").await;
    let written = |action: &str, phase: &str, outcome: &str| {
        all.iter()
            .filter(|entry| entry.action() == action && entry.phase() == phase)
            .filter(|entry| entry.outcome() == outcome)
            .count()
    };
    assert!(written("launch", "note", "permitted") >= launches);
    assert!(written("agent-request", "open", "permitted") >= questions);
    assert_eq!(written("launch", "note", "replayed"), launches);
    let sessions = world.place.rows("sessions").await;
    assert_eq!(
        usize::try_from(sessions).unwrap(),
        written("launch", "note", "permitted")
    );
    world.gate.start_jobs();
    world.leave_after_a_kill(6 * 2).await;
}
