//! Logins: how the browser is bound before anything goes to the platform, and that nobody can fill
//! the database by logging in.

use serde_json::json;

use crate::harness::{
    Actor, Answer, Browser, Form, GATE, Hop, Learner, Setting, World, encoded, on_both_databases,
};

on_both_databases! {
    framed_and_without_the_cookie_a_page_reads_it_back_first,
    in_a_window_of_its_own_it_goes_straight_on,
    a_browser_that_holds_the_cookie_keeps_it,
    the_state_is_short_and_the_request_is_the_protocols,
    a_flood_of_logins_writes_no_row_and_is_folded_into_one_entry,
    what_is_no_login_of_ours_is_answered_in_plain_words,
    without_a_client_id_the_issuers_only_registration_answers,
}

const COOKIE: &str = "__Host-agent-factory-browser";

fn state_of(location: &str) -> String {
    let url = url::Url::parse(location).unwrap();
    url.query_pairs()
        .find(|(name, _)| name == "state")
        .unwrap()
        .1
        .into_owned()
}

#[track_caller]
fn sets_the_partitioned_cookie(answer: &Answer) {
    let cookies = answer.set_cookies();
    assert_eq!(cookies.len(), 1);
    assert!(
        cookies[0].starts_with(&format!("{COOKIE}=")),
        "{}",
        cookies[0]
    );
    for part in [
        "; Path=/",
        "; Secure",
        "; HttpOnly",
        "; SameSite=None",
        "; Partitioned",
    ] {
        assert!(cookies[0].contains(part), "{part} in {}", cookies[0]);
    }
    assert!(!cookies[0].to_lowercase().contains("domain"));
}

async fn framed_and_without_the_cookie_a_page_reads_it_back_first(setting: Setting) {
    let world = setting.open().await;
    for learner in [Learner::mia(), Learner::theo()] {
        let lms = learner.lms(&world);
        let mut browser = world.browser_of(&learner);
        let page = browser.log_in(lms, &learner.launch()).await.is(200);
        sets_the_partitioned_cookie(&page);
        assert_eq!(page.header("cache-control"), Some("no-store"));
        let proceed = Form::find(&page.text(), "proceed").unwrap();
        assert!(proceed.action.starts_with(&format!("{}/auth", lms.origin)));
        assert!(proceed.field("state").unwrap().len() <= 600);
        // The way out where cookies are blocked: the login again, in a new window.
        assert!(page.text().contains("target=\"_blank\""));
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.contains("frame-ancestors https:"), "{policy}");
        assert!(!policy.contains("unsafe-inline"), "{policy}");
        let request = browser.goes_on_to_platform(&page).await;
        assert_eq!(request.prompt.as_deref(), Some("none"));
    }
    world.leave().await;
}

async fn in_a_window_of_its_own_it_goes_straight_on(setting: Setting) {
    let world = setting.open().await;
    let mia = Learner::mia();
    let mut browser = world.browser_of(&mia).in_own_window();
    let answer = browser.log_in(&world.canvas, &mia.launch()).await.is(302);
    sets_the_partitioned_cookie(&answer);
    assert!(
        answer
            .location()
            .starts_with("https://canvas.example/auth?")
    );
    let page = browser.launch(&world, &mia).await;
    browser.takes_over(&page).await;
    world.leave().await;
}

async fn a_browser_that_holds_the_cookie_keeps_it(setting: Setting) {
    let world = setting.open().await;
    let mia = Learner::mia();
    let mut browser = world.browser_of(&mia);
    browser.log_in(&world.canvas, &mia.launch()).await.is(200);
    let held = browser.cookie(GATE, COOKIE).unwrap();
    // Two launches side by side must not overwrite each other.
    let one = browser
        .authenticates(&world.canvas, &mia.launch(), world.now(), None)
        .await;
    let other = browser.log_in(&world.canvas, &mia.launch()).await.is(302);
    assert!(other.set_cookies().is_empty());
    assert_eq!(browser.cookie(GATE, COOKIE), Some(held));
    let page = browser.post_launch(&world.canvas, &one).await;
    browser.takes_over(&page).await;
    world.leave().await;
}

async fn the_state_is_short_and_the_request_is_the_protocols(setting: Setting) {
    let world = setting.open().await;
    let ines = Learner::ines();
    let mut browser = world.browser_of(&ines).in_own_window();
    let first = browser.log_in(&world.moodle, &ines.launch()).await.is(302);
    let second = browser.log_in(&world.moodle, &ines.launch()).await.is(302);
    let (one, other) = (state_of(first.location()), state_of(second.location()));
    assert!(one.len() <= 600 && one != other);
    let request = browser.goes_on_to_platform(&first).await;
    assert_eq!(request.redirect_uri, Some(format!("{GATE}/lti/launch")));
    assert_eq!(request.scope.as_deref(), Some("openid"));
    assert_eq!(request.response_mode.as_deref(), Some("form_post"));
    assert!(request.lti_message_hint.is_some());
    world.leave().await;
}

async fn a_flood_of_logins_writes_no_row_and_is_folded_into_one_entry(setting: Setting) {
    let mut world = setting.open().await;
    world.gate.stop_jobs().await;
    let before = world.place.all_rows().await;
    let mia = Learner::mia();
    let mut stranger = world.canvas.platform.login_parameters(&mia.launch());
    for (name, value) in &mut stranger {
        if name == "client_id" {
            "nobody-registered-me".clone_into(value);
        }
    }
    for turn in 0..500 {
        let mut browser = world.browser_of(&mia);
        if turn % 5 == 0 {
            browser.log_in_with(&world.canvas, &stranger).await.is(404);
        } else {
            browser.log_in(&world.canvas, &mia.launch()).await.is(200);
        }
    }
    assert_eq!(world.place.all_rows().await, before);
    world.gate.start_jobs();
    let entries = world.entries("installation").await.len();
    assert_eq!(world.folded().await.get("registration-unknown"), Some(&100));
    assert_eq!(world.entries("installation").await.len(), entries + 1);
    world.leave().await;
}

/// A login from these fields, some in the query and some in the body.
async fn logs_in(world: &World, query: &[(&str, &str)], body: &[(&str, &str)]) -> Answer {
    let owned = |fields: &[(&str, &str)]| -> Vec<(String, String)> {
        fields
            .iter()
            .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
            .collect()
    };
    let address = format!("{GATE}/lti/login?{}", encoded(&owned(query)));
    let mut browser = Browser::on_page_of(&world.gate, &world.canvas);
    browser
        .answer(Hop::submit(&address, &owned(body)).from(&world.canvas.origin))
        .await
}

async fn what_is_no_login_of_ours_is_answered_in_plain_words(setting: Setting) {
    let mut world = setting.open().await;
    let target = format!("{GATE}/");
    let good = [
        ("iss", "https://canvas.example"),
        ("login_hint", "somebody"),
        ("target_link_uri", target.as_str()),
        ("client_id", "10000000000007"),
    ];
    logs_in(&world, &[], &good).await.is(200);
    logs_in(&world, &good[..2], &good[2..]).await.is(200);

    let twice = logs_in(&world, &[("iss", "https://other.example")], &good)
        .await
        .is(400);
    assert!(!twice.text().contains("other.example"));
    logs_in(&world, &[], &good[1..]).await.is(400);
    let unknown = [("iss", "https://nobody.example"), good[1], good[2], good[3]];
    let unknown = logs_in(&world, &[], &unknown).await.is(404);
    assert!(
        unknown.words().contains("We do not know this platform"),
        "{}",
        unknown.words()
    );
    assert_eq!(unknown.reference().len(), 8);

    let mut browser = world.browser_of(&Learner::mia());
    let shown = browser
        .answer(Hop::navigate(&format!("{GATE}/lti/launch")))
        .await;
    assert_eq!(shown.status, 405);
    let old = [("oauth_consumer_key".to_owned(), "old".to_owned())];
    let old = Hop::submit(&format!("{GATE}/lti/launch"), &old).from(&world.canvas.origin);
    let old = browser.answer(old).await.is(400);
    assert!(old.words().contains("old way"), "{}", old.words());
    let folded = world.folded().await;
    for code in ["registration-unknown", "launch-not-posted", "lti-1-1"] {
        assert_eq!(folded.get(code), Some(&1), "{code} in {folded:?}");
    }
    world.leave().await;
}

async fn without_a_client_id_the_issuers_only_registration_answers(setting: Setting) {
    let world = setting.open().await;
    let target = format!("{GATE}/");
    let bare = [
        ("iss", "https://canvas.example"),
        ("login_hint", "somebody"),
        ("target_link_uri", target.as_str()),
    ];
    logs_in(&world, &[], &bare).await.is(200);

    let mut second = world.canvas.registration();
    second["client_id"] = "10000000000008".into();
    let second = world
        .operator
        .records("/tenants/lincoln/platforms", &second)
        .await;
    logs_in(&world, &[], &bare).await.is(400);
    let deployment = json!({ "platform": second, "deployment_id": "8:second" });
    world
        .operator
        .records("/tenants/lincoln/deployments", &deployment)
        .await;
    let named = [&bare[..], &[("lti_deployment_id", "8:second")]].concat();
    let page = logs_in(&world, &[], &named).await.is(200);
    assert!(
        page.text().contains("10000000000008"),
        "the registration that has the deployment"
    );
    logs_in(
        &world,
        &[],
        &[&bare[..], &[("deployment_id", "nobodys")]].concat(),
    )
    .await
    .is(404);
    world.leave().await;
}
