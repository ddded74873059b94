//! One login, one launch: whatever is posted twice, late, from elsewhere or in parts opens nothing.

use std::sync::Arc;

use futures_util::future::join_all;

use crate::harness::{
    Actor, Answer, GATE, HandedOver, Learner, Setting, Shown, World, on_both_databases,
};

on_both_databases! {
    a_launch_posted_again_is_refused_and_the_first_session_goes_on,
    of_sixteen_posts_at_once_exactly_one_opens,
    of_sixteen_posts_to_two_replicas_exactly_one_opens,
    a_refused_launch_uses_its_nonce_up,
    the_token_of_another_login_is_refused,
    without_the_browser_that_began_it_a_launch_is_refused_and_uses_nothing_up,
    a_login_that_took_too_long_is_refused,
    a_token_is_taken_up_to_the_leeway_and_not_after,
    a_platforms_own_refusal_is_answered_without_a_trace_of_anybody,
}

const COOKIE: &str = "__Host-agent-factory-browser";

fn opened(answers: &[Answer]) -> usize {
    answers
        .iter()
        .filter(|answer| HandedOver::read(answer).is_some())
        .count()
}

async fn replays(world: &World) -> usize {
    let all = world.entries_of("lincoln", "launch").await;
    all.iter()
        .filter(|entry| entry.outcome() == "replayed" && entry.trail() == "security")
        .count()
}

async fn a_launch_posted_again_is_refused_and_the_first_session_goes_on(setting: Setting) {
    let world = setting.open().await;
    let mia = Learner::mia();
    let mut browser = world.browser_of(&mia);
    let fields = browser
        .authenticates(&world.canvas, &mia.launch(), world.now(), None)
        .await;
    let first = browser.post_launch(&world.canvas, &fields).await.is(200);
    let again = browser.post_launch(&world.canvas, &fields).await.is(401);
    assert!(
        again.words().contains("This link was already used"),
        "{}",
        again.words()
    );
    assert_eq!(
        (replays(&world).await, world.place.rows("sessions").await),
        (1, 1)
    );
    world.tutor.is_untouched();
    browser.takes_over(&first).await;
    world.leave().await;
}

async fn sixteen_at_once(world: &World, gates: &[&crate::harness::Gate]) -> Vec<Answer> {
    let mia = Learner::mia();
    let mut browser = world.browser_of(&mia);
    let fields = Arc::new(
        browser
            .authenticates(&world.canvas, &mia.launch(), world.now(), None)
            .await,
    );
    let posts = (0..16).map(|number| {
        let mut browser = browser.clone();
        browser.served_by(gates[number % gates.len()]);
        let fields = fields.clone();
        let origin = world.canvas.origin.clone();
        tokio::spawn(async move {
            let hop = crate::harness::Hop::submit(&format!("{GATE}/lti/launch"), &fields);
            browser.answer(hop.from(&origin)).await
        })
    });
    join_all(posts)
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect()
}

async fn of_sixteen_posts_at_once_exactly_one_opens(setting: Setting) {
    let world = setting.open().await;
    let people = world.place.rows("people").await;
    let answers = sixteen_at_once(&world, &[&world.gate]).await;
    assert_eq!(opened(&answers), 1);
    assert!(
        answers
            .iter()
            .all(|answer| [200, 401].contains(&answer.status.as_u16()))
    );
    assert_eq!(
        (replays(&world).await, world.place.rows("sessions").await),
        (15, 1)
    );
    assert_eq!(world.place.rows("people").await, people);
    assert_eq!(world.place.rows("nonces").await, 1);
    world.leave().await;
}

async fn of_sixteen_posts_to_two_replicas_exactly_one_opens(setting: Setting) {
    let world = setting.open().await;
    let other = world.replica().await;
    let answers = sixteen_at_once(&world, &[&world.gate, &other]).await;
    assert_eq!(opened(&answers), 1);
    assert!(
        answers
            .iter()
            .all(|answer| [200, 401].contains(&answer.status.as_u16()))
    );
    assert_eq!(
        (replays(&world).await, world.place.rows("sessions").await),
        (15, 1)
    );
    other.close().await;
    world.leave().await;
}

async fn a_refused_launch_uses_its_nonce_up(setting: Setting) {
    let world = setting.open().await;
    let odell = Learner::odell();
    let mut browser = world.browser_of(&odell);
    let lms = odell.lms(&world);
    let fields = browser
        .authenticates(lms, &odell.launch(), world.now(), None)
        .await;
    browser.post_launch(lms, &fields).await.is(403);
    world.signs_agreement("prairie", 10).await;
    let again = browser.post_launch(lms, &fields).await.is(401);
    assert!(again.words().contains("already used"), "{}", again.words());
    world.prairie_tutor.is_untouched();
    world.leave().await;
}

async fn the_token_of_another_login_is_refused(setting: Setting) {
    let world = setting.open().await;
    let mia = Learner::mia();
    let mut browser = world.browser_of(&mia);
    let one = browser
        .authenticates(&world.canvas, &mia.launch(), world.now(), None)
        .await;
    let other = browser
        .authenticates(&world.canvas, &mia.launch(), world.now(), None)
        .await;
    let crossed = vec![one[0].clone(), other[1].clone()];
    assert_eq!(
        (crossed[0].0.as_str(), crossed[1].0.as_str()),
        ("id_token", "state")
    );
    let page = browser.post_launch(&world.canvas, &crossed).await.is(401);
    let entry = world.entry_by_reference("lincoln", &page.reference()).await;
    assert_eq!(
        (entry.detail("check").as_str(), entry.trail()),
        (Some("nonce-other"), "security")
    );
    // The token of a login at another platform is not even looked at with this one's keys.
    let theo = Learner::theo();
    let strange = browser
        .authenticates(&world.press, &theo.launch(), world.now(), None)
        .await;
    let crossed = vec![strange[0].clone(), other[1].clone()];
    browser.post_launch(&world.canvas, &crossed).await.is(401);
    assert_eq!(world.place.rows("sessions").await, 0);
    world.tutor.is_untouched();
    world.leave().await;
}

async fn without_the_browser_that_began_it_a_launch_is_refused_and_uses_nothing_up(
    setting: Setting,
) {
    let mut world = setting.open().await;
    let mia = Learner::mia();
    let mut browser = world.browser_of(&mia);
    let fields = browser
        .authenticates(&world.canvas, &mia.launch(), world.now(), None)
        .await;

    let mut stranger = world.browser_of(&mia);
    let page = stranger.post_launch(&world.canvas, &fields).await.is(401);
    assert!(
        page.words()
            .contains("Your browser did not keep our ticket"),
        "{}",
        page.words()
    );
    stranger.log_in(&world.canvas, &mia.launch()).await.is(200);
    stranger.post_launch(&world.canvas, &fields).await.is(401);
    stranger.plant_cookie(GATE, COOKIE, "not-a-secret-of-ours");
    stranger.post_launch(&world.canvas, &fields).await.is(401);
    // The same browser in another window has another partition.
    let mut elsewhere = browser.clone();
    elsewhere.shown(Shown::TopLevel);
    elsewhere.post_launch(&world.canvas, &fields).await.is(401);
    assert_eq!(world.place.rows("nonces").await, 0);
    assert_eq!(world.folded().await.get("binding-missing"), Some(&4));

    let page = browser.post_launch(&world.canvas, &fields).await;
    browser.takes_over(&page).await;
    world.leave().await;
}

async fn a_login_that_took_too_long_is_refused(setting: Setting) {
    let mut world = setting.open().await;
    let mia = Learner::mia();
    let mut browser = world.browser_of(&mia);
    let (spec, now) = (mia.launch(), world.now());
    let early = browser.authenticates(&world.canvas, &spec, now, None).await;
    let late = browser.authenticates(&world.canvas, &spec, now, None).await;
    world.wait(599);
    browser.post_launch(&world.canvas, &early).await.is(200);
    world.wait(2);
    let page = browser.post_launch(&world.canvas, &late).await.is(401);
    assert!(
        page.words().contains("That took too long"),
        "{}",
        page.words()
    );
    assert_eq!(world.folded().await.get("state-expired"), Some(&1));
    assert_eq!(world.place.rows("nonces").await, 1);
    world.leave().await;
}

/// A launch whose token was issued so many seconds from now, on a platform whose tokens live a
/// minute.
async fn issued_in(world: &World, seconds: i64) -> Answer {
    let ines = Learner::ines();
    let mut browser = world.browser_of(&ines);
    let issued = world.now() + time::Duration::seconds(seconds);
    let fields = browser
        .authenticates(&world.moodle, &ines.launch(), issued, None)
        .await;
    browser.post_launch(&world.moodle, &fields).await
}

async fn a_token_is_taken_up_to_the_leeway_and_not_after(setting: Setting) {
    let world = setting.open().await;
    for seconds in [-179, -60, 0, 119] {
        issued_in(&world, seconds).await.is(200);
    }
    for (seconds, check) in [(-181, "expired"), (-3_600, "expired"), (121, "iat-future")] {
        let page = issued_in(&world, seconds).await.is(401);
        let entry = world
            .entry_by_reference("riverside", &page.reference())
            .await;
        assert_eq!(entry.detail("check"), check, "{seconds}");
    }
    world.leave().await;
}

async fn a_platforms_own_refusal_is_answered_without_a_trace_of_anybody(setting: Setting) {
    let mut world = setting.open().await;
    let mia = Learner::mia();
    let mut browser = world.browser_of(&mia);
    let login = browser.log_in(&world.canvas, &mia.launch()).await;
    let state = browser.goes_on_to_platform(&login).await.state.unwrap();
    let mut refused = vec![
        ("error".to_owned(), "login_required".to_owned()),
        (
            "error_description".to_owned(),
            "person-mia-5522 is gone".to_owned(),
        ),
        ("state".to_owned(), state),
    ];
    let page = browser.post_launch(&world.canvas, &refused).await.is(401);
    assert!(!page.text().contains("person-mia-5522"));
    "another-state".clone_into(&mut refused[2].1);
    browser.post_launch(&world.canvas, &refused).await.is(401);
    let folded = world.folded().await;
    assert_eq!(folded.get("platform-refused"), Some(&1), "{folded:?}");
    assert_eq!(
        folded.get("platform-refusal-not-ours"),
        Some(&1),
        "{folded:?}"
    );
    world.leave().await;
}
