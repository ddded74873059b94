//! The bell rings: many people at once, through two replicas, where each would be the first to enter
//! something.

use std::collections::BTreeSet;

use futures_util::future::join_all;

use crate::harness::{
    Actor, Answer, Browser, Gate, HandedOver, Learner, Lms, Observer, Setting, World,
    on_both_databases,
};

on_both_databases! {
    a_whole_class_opens_a_new_link_in_the_same_moment,
    one_learner_opens_many_windows_in_the_same_moment,
    several_parents_of_a_child_never_seen_arrive_in_the_same_moment,
    a_deployment_never_seen_is_entered_once,
}

/// Everybody logs in first, and then all answers are posted at once, every second one to the other
/// replica.
async fn at_once(world: &World, other: &Gate, lms: &Lms, actors: &[&dyn Actor]) -> Vec<Answer> {
    let mut posts = Vec::new();
    for (number, actor) in actors.iter().enumerate() {
        let mut browser = Browser::on_page_of(&world.gate, lms);
        let fields = browser
            .authenticates(lms, &actor.launch(), world.now(), None)
            .await;
        if number % 2 == 1 {
            browser.served_by(other);
        }
        posts.push(async move { browser.post_launch(lms, &fields).await });
    }
    join_all(posts).await
}

#[track_caller]
fn all_open(answers: &[Answer]) {
    for answer in answers {
        assert!(
            HandedOver::read(answer).is_some(),
            "{} {}",
            answer.status,
            answer.words()
        );
    }
}

async fn a_whole_class_opens_a_new_link_in_the_same_moment(setting: Setting) {
    let world = setting.open().await;
    let other = world.replica().await;
    let people = world.place.rows("people").await;
    let class: Vec<Learner> = (0..30).map(Learner::classmate).collect();
    let class: Vec<&dyn Actor> = class.iter().map(|one| one as &dyn Actor).collect();
    let answers = at_once(&world, &other, &world.canvas, &class).await;
    all_open(&answers);
    let codes: BTreeSet<String> = answers
        .iter()
        .map(|answer| HandedOver::read(answer).unwrap().code)
        .collect();
    assert_eq!(codes.len(), 30);
    assert_eq!(world.place.rows("contexts").await, 1);
    assert_eq!(world.place.rows("people").await, people + 30);
    assert_eq!(world.place.rows("sessions").await, 30);
    // Nobody had the platform's keys before: one fetch a replica.
    assert!(world.canvas.fetches() <= 2, "{}", world.canvas.fetches());
    other.close().await;
    world.leave().await;
}

async fn one_learner_opens_many_windows_in_the_same_moment(setting: Setting) {
    let world = setting.open().await;
    let other = world.replica().await;
    let people = world.place.rows("people").await;
    let otis = Learner::otis();
    let windows: Vec<&dyn Actor> = vec![&otis; 12];
    all_open(&at_once(&world, &other, &world.canvas, &windows).await);
    assert_eq!(world.place.rows("people").await, people + 1);
    assert_eq!(world.place.rows("sessions").await, 12);
    other.close().await;
    world.leave().await;
}

async fn several_parents_of_a_child_never_seen_arrive_in_the_same_moment(setting: Setting) {
    let world = setting.open().await;
    let other = world.replica().await;
    let people = world.place.rows("people").await;
    let parents: Vec<Observer> = (0..8)
        .map(|number| Observer::nth(number).linked_to(&["person-never-seen-77"]))
        .collect();
    let parents: Vec<&dyn Actor> = parents.iter().map(|one| one as &dyn Actor).collect();
    all_open(&at_once(&world, &other, &world.canvas, &parents).await);
    assert_eq!(world.place.rows("people").await, people + 8 + 1);
    let launches = world.entries_of("lincoln", "launch").await;
    let subjects: BTreeSet<&str> = launches
        .iter()
        .filter_map(|entry| entry.subject())
        .collect();
    assert_eq!((launches.len(), subjects.len()), (8, 1), "one child");
    other.close().await;
    world.leave().await;
}

async fn a_deployment_never_seen_is_entered_once(setting: Setting) {
    let world = setting.open().await;
    let other = world.replica().await;
    let deployments = world.place.rows("deployments").await;
    let class: Vec<Learner> = (0..12).map(Learner::classmate).collect();
    let class: Vec<&dyn Actor> = class.iter().map(|one| one as &dyn Actor).collect();
    let accepted = world.canvas.deployed_as("9:rush");
    for answer in at_once(&world, &other, &accepted, &class).await {
        answer.is(403);
    }
    assert_eq!(world.place.rows("deployments").await, deployments + 1);
    let waiting = world.press.deployed_as("os-rush");
    for answer in at_once(&world, &other, &waiting, &class).await {
        answer.is(403);
    }
    assert_eq!(world.place.rows("deployments").await, deployments + 2);
    world.tutor.is_untouched();
    other.close().await;
    world.leave().await;
}
