//! The platforms' keys: fetched once, fetched again when a key is new, and never because a stranger
//! wants it.

use crate::harness::{Actor, Answer, Browser, Learner, Lms, Setting, World, on_both_databases};

on_both_databases! {
    two_hundred_launches_fetch_the_key_set_once,
    an_unknown_key_is_looked_for_at_most_once_a_minute,
    a_swapped_key_set_is_found_and_the_old_key_is_refused,
}

async fn launches(world: &World, lms: &Lms) -> Answer {
    let mut browser = Browser::on_page_of(&world.gate, lms);
    browser
        .launch_spec(world, lms, &Learner::mia().launch())
        .await
}

async fn two_hundred_launches_fetch_the_key_set_once(setting: Setting) {
    let world = setting.open().await;
    let mia = Learner::mia();
    let mut browser = world.browser_of(&mia);
    for _ in 0..200 {
        browser.launch(&world, &mia).await.is(200);
    }
    assert_eq!(world.canvas.fetches(), 1);
    assert_eq!(world.place.rows("sessions").await, 200);
    assert_eq!(world.place.rows("nonces").await, 200);
    world.leave().await;
}

async fn an_unknown_key_is_looked_for_at_most_once_a_minute(setting: Setting) {
    let mut world = setting.open().await;
    launches(&world, &world.canvas).await.is(200);
    let swapped = world.canvas.with_swapped_key();
    world.wait(61);
    for _ in 0..5 {
        launches(&world, &swapped).await.is(401);
    }
    assert_eq!(world.canvas.fetches(), 2);
    world.wait(59);
    launches(&world, &swapped).await.is(401);
    assert_eq!(world.canvas.fetches(), 2);
    world.wait(2);
    launches(&world, &swapped).await.is(401);
    assert_eq!(world.canvas.fetches(), 3);
    // Whoever asks for keys that do not exist keeps nobody out.
    launches(&world, &world.canvas).await.is(200);
    assert_eq!(world.folded().await.values().sum::<i64>(), 7);
    world.tutor.is_untouched();
    world.leave().await;
}

async fn a_swapped_key_set_is_found_and_the_old_key_is_refused(setting: Setting) {
    let world = setting.open().await;
    launches(&world, &world.canvas).await.is(200);
    let swapped = world.canvas.with_swapped_key();
    swapped.publishes_its_keys();
    world.wait(61);
    launches(&world, &swapped).await.is(200);
    assert_eq!(world.canvas.fetches(), 2);
    launches(&world, &world.canvas).await.is(401);
    launches(&world, &swapped).await.is(200);
    assert_eq!(world.canvas.fetches(), 2);
    world.leave().await;
}
