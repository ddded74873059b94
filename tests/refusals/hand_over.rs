//! The hand-over from the gateway's origin to an agent's: one code, one host, one minute, one use;
//! and the session it becomes.

use http::Method;

use crate::harness::{
    Actor, Answer, Browser, GATE, HandedOver, Hop, Learner, Setting, Tab, World, on_both_databases,
};

on_both_databases! {
    a_code_opens_one_session_once,
    a_code_is_taken_only_from_the_gateways_own_page,
    a_code_of_another_host_opens_nothing,
    a_code_lives_a_minute,
    a_code_in_an_address_is_nothing,
    nobody_makes_the_gateway_read_a_large_body_on_an_agents_origin,
    the_session_cookie_is_bound_to_its_host_and_hidden_from_scripts,
    two_cookies_of_our_name_are_refused,
    a_session_is_useless_on_every_other_host,
    a_session_lapses_by_the_clock,
    the_person_reads_what_the_agent_was_not_told,
    signing_out_ends_the_session_everywhere,
}

const COOKIE: &str = "__Host-agent-factory-session";

async fn handed(world: &World, browser: &mut Browser, actor: &dyn Actor) -> HandedOver {
    let page = browser.launch(world, actor).await.is(200);
    assert_eq!(page.header("referrer-policy"), Some("origin"));
    HandedOver::read(&page).expect("the launch opens")
}

async fn redeems(browser: &mut Browser, handed: &HandedOver) -> Answer {
    let hop = Hop::submit(&handed.form.action, &handed.form.fields);
    browser.answer(hop.from(GATE)).await
}

async fn a_code_opens_one_session_once(setting: Setting) {
    let mut world = setting.open().await;
    let mia = Learner::mia();
    let mut browser = world.browser_of(&mia);
    let handed = handed(&world, &mut browser, &mia).await;
    redeems(&mut browser, &handed).await.is(303);
    let mut thief = world.browser_of(&mia);
    let again = redeems(&mut thief, &handed).await.is(401);
    assert!(again.set_cookies().is_empty());
    let tab = Tab {
        origin: handed.origin.clone(),
    };
    thief.visits(&tab, "/").await.is(401);
    world.tutor.is_untouched();
    browser.visits(&tab, "/").await.is(200);
    assert_eq!(world.folded().await.get("hand-over-spent"), Some(&1));
    world.leave().await;
}

async fn a_code_is_taken_only_from_the_gateways_own_page(setting: Setting) {
    let mut world = setting.open().await;
    let mia = Learner::mia();
    let mut browser = world.browser_of(&mia);
    let handed = handed(&world, &mut browser, &mia).await;
    let submit = || Hop::submit(&handed.form.action, &handed.form.fields);
    let sibling = handed.origin.replace("tutor--", "coach--");
    for from in [
        "https://evil.example",
        "https://canvas.example",
        &sibling,
        &handed.origin,
    ] {
        browser.answer(submit().from(from)).await.is(403);
    }
    browser.answer(submit()).await.is(403);
    browser
        .answer(submit().header("origin", "null"))
        .await
        .is(403);
    assert_eq!(world.folded().await.get("hand-over-origin"), Some(&6));
    redeems(&mut browser, &handed).await.is(303);
    world.leave().await;
}

async fn a_code_of_another_host_opens_nothing(setting: Setting) {
    let world = setting.open().await;
    let (mia, classmate) = (Learner::mia(), Learner::classmate(1));
    let mut browser = world.browser_of(&mia);
    let mine = handed(&world, &mut browser, &mia).await;
    let theirs = handed(&world, &mut browser, &classmate).await;
    let crossed = format!("{}/.agent-factory/session", theirs.origin);
    let hop = Hop::submit(&crossed, &mine.form.fields).from(GATE);
    browser.answer(hop).await.is(401);
    let other_tenant = mine.origin.replace("--lincoln--", "--riverside--");
    let hop = Hop::submit(
        &format!("{other_tenant}/.agent-factory/session"),
        &mine.form.fields,
    );
    browser.answer(hop.from(GATE)).await.is(401);
    let other_agent = mine.origin.replace("tutor--", "coach--");
    let hop = Hop::submit(
        &format!("{other_agent}/.agent-factory/session"),
        &mine.form.fields,
    );
    browser.answer(hop.from(GATE)).await.is(401);
    // What was tried elsewhere was not used up.
    redeems(&mut browser, &mine).await.is(303);
    world.leave().await;
}

async fn a_code_lives_a_minute(setting: Setting) {
    let world = setting.open().await;
    let mia = Learner::mia();
    let mut browser = world.browser_of(&mia);
    let early = handed(&world, &mut browser, &mia).await;
    let late = handed(&world, &mut browser, &mia).await;
    world.wait(59);
    redeems(&mut browser, &early).await.is(303);
    world.wait(2);
    redeems(&mut browser, &late).await.is(401);
    world.leave().await;
}

async fn a_code_in_an_address_is_nothing(setting: Setting) {
    let world = setting.open().await;
    let mia = Learner::mia();
    let mut browser = world.browser_of(&mia);
    let handed = handed(&world, &mut browser, &mia).await;
    let query = format!("{}?{}", handed.form.action, handed.form.encoded());
    browser
        .answer(Hop::submit(&query, &[]).from(GATE))
        .await
        .is(401);
    let opened = browser.answer(Hop::navigate(&query).from(GATE)).await;
    assert!(opened.status.is_client_error(), "{}", opened.status);
    assert!(browser.cookie(&handed.origin, COOKIE).is_none());
    let twice = [&handed.form.fields[..], &handed.form.fields[..]].concat();
    browser
        .answer(Hop::submit(&handed.form.action, &twice).from(GATE))
        .await
        .is(401);
    redeems(&mut browser, &handed).await.is(303);
    world.leave().await;
}

async fn nobody_makes_the_gateway_read_a_large_body_on_an_agents_origin(setting: Setting) {
    let world = setting.open().await;
    let mia = Learner::mia();
    let mut browser = world.browser_of(&mia);
    let handed = handed(&world, &mut browser, &mia).await;
    let mut stranger = world.browser_of(&mia);
    let huge = [("code".to_owned(), "x".repeat(1024 * 1024))];
    stranger
        .answer(Hop::submit(&handed.form.action, &huge).from(GATE))
        .await
        .is(413);
    redeems(&mut browser, &handed).await.is(303);
    world.leave().await;
}

async fn the_session_cookie_is_bound_to_its_host_and_hidden_from_scripts(setting: Setting) {
    let world = setting.open().await;
    let mia = Learner::mia();
    let mut browser = world.browser_of(&mia);
    let handed = handed(&world, &mut browser, &mia).await;
    let answer = redeems(&mut browser, &handed).await.is(303);
    let cookies = answer.set_cookies();
    assert_eq!(cookies.len(), 1);
    assert!(
        cookies[0].starts_with(&format!("{COOKIE}=")),
        "{}",
        cookies[0]
    );
    for part in [
        "Path=/",
        "Secure",
        "HttpOnly",
        "SameSite=None",
        "Partitioned",
        "Max-Age=28800",
    ] {
        assert!(
            cookies[0].contains(&format!("; {part}")),
            "{part} in {}",
            cookies[0]
        );
    }
    assert!(!cookies[0].to_lowercase().contains("domain"));
    assert!(!answer.location().contains(&handed.code));
    let check = format!("{}/.agent-factory/session/check", handed.origin);
    let hop = Hop::fetch(Method::GET, &check).from(&handed.origin);
    browser.answer(hop).await.is(204);
    let mut empty = world.browser_of(&mia);
    let hop = Hop::fetch(Method::GET, &check).from(&handed.origin);
    empty.answer(hop).await.is(404);
    let tab = Tab {
        origin: handed.origin.clone(),
    };
    let page = empty.visits(&tab, "/.agent-factory/open").await.is(401);
    assert!(page.words().contains("did not keep it"), "{}", page.words());
    world.leave().await;
}

async fn two_cookies_of_our_name_are_refused(setting: Setting) {
    let world = setting.open().await;
    let mia = Learner::mia();
    let mut browser = world.browser_of(&mia);
    let tab = browser.opens(&world, &mia).await;
    let reached = world.tutor.received().len();
    let hop = Hop::navigate(&format!("{}/", tab.origin));
    browser
        .answer(hop.header("cookie", &format!("{COOKIE}=planted")))
        .await
        .is(400);
    let held = browser.cookie(&tab.origin, COOKIE).unwrap();
    let both = format!("{COOKIE}=planted; {COOKIE}={held}");
    let hop = Hop::navigate(&format!("{}/", tab.origin))
        .without("cookie")
        .header("cookie", &both);
    browser.answer(hop).await.is(400);
    assert_eq!(world.tutor.received().len(), reached);
    browser.visits(&tab, "/").await.is(200);
    world.leave().await;
}

async fn a_session_is_useless_on_every_other_host(setting: Setting) {
    let world = setting.open().await;
    let (mia, classmate, ines) = (Learner::mia(), Learner::classmate(1), Learner::ines());
    let mut one = world.browser_of(&mia);
    let mine = one.opens(&world, &mia).await;
    let mut other = world.browser_of(&classmate);
    let theirs = other.opens(&world, &classmate).await;
    let mut third = world.browser_of(&ines);
    let elsewhere = third.opens(&world, &ines).await;
    let secret = one.cookie(&mine.origin, COOKIE).unwrap();
    let hosts = [
        theirs.origin,
        elsewhere.origin,
        mine.origin.replace("--lincoln--", "--riverside--"),
        mine.origin.replace("tutor--", "coach--"),
        mine.origin.replace("--lincoln--", "--nobody--"),
    ];
    let reached = world.tutor.received().len() + world.riverside_tutor.received().len();
    for host in &hosts {
        let mut thief = world.browser_of(&mia);
        thief.plant_cookie(host, COOKIE, &secret);
        let tab = Tab {
            origin: host.clone(),
        };
        thief.visits(&tab, "/").await.is(401);
        thief.posts(&tab, "/ask", "who am I?").await.is(401);
        thief.visits(&tab, "/.agent-factory/about").await.is(401);
        thief.visits(&tab, "/.agent-factory/open").await.is(401);
        thief
            .posts(&tab, "/.agent-factory/sign-out", "")
            .await
            .is(401);
    }
    let after = world.tutor.received().len() + world.riverside_tutor.received().len();
    assert_eq!(after, reached);
    one.visits(&mine, "/").await.is(200);
    world.leave().await;
}

async fn a_session_lapses_by_the_clock(setting: Setting) {
    let world = setting.open().await;
    let mia = Learner::mia();
    let mut browser = world.browser_of(&mia);
    let tab = browser.opens(&world, &mia).await;
    world.wait(8 * 3_600 - 1);
    browser.visits(&tab, "/").await.is(200);
    let reached = world.tutor.received().len();
    world.wait(1);
    browser.visits(&tab, "/").await.is(401);
    assert_eq!(world.tutor.received().len(), reached);
    world.leave().await;
}

async fn the_person_reads_what_the_agent_was_not_told(setting: Setting) {
    let world = setting.open().await;
    let mia = Learner::mia();
    let mut browser = world.browser_of(&mia);
    let tab = browser.opens(&world, &mia).await;
    let reached = world.tutor.received().len();
    let page = browser.visits(&tab, "/.agent-factory/about").await.is(200);
    let words = page.words().to_lowercase();
    assert!(
        words.contains("tutor") && words.contains("lincoln schools"),
        "{words}"
    );
    assert!(
        words.contains("e-mail") || words.contains("email"),
        "{words}"
    );
    assert!(
        !page.text().contains("quillfeather"),
        "what turns a pseudonym back into a name"
    );
    assert_eq!(
        world.tutor.received().len(),
        reached,
        "the gateway's own page"
    );
    world.leave().await;
}

async fn signing_out_ends_the_session_everywhere(setting: Setting) {
    let world = setting.open().await;
    let mia = Learner::mia();
    let mut browser = world.browser_of(&mia);
    let tab = browser.opens(&world, &mia).await;
    let copy = browser.clone();
    let stream = browser.listens(&tab, "/endless").await;
    let address = format!("{}/.agent-factory/sign-out", tab.origin);
    let hop = Hop::submit(&address, &[]).from("https://evil.example");
    browser.answer(hop).await.is(403);
    let out = browser
        .answer(Hop::submit(&address, &[]).from(&tab.origin))
        .await
        .is(200);
    assert!(out.set_cookies()[0].contains("Max-Age=0"));
    assert!(out.header("clear-site-data").is_some());
    assert!(browser.cookie(&tab.origin, COOKIE).is_none());
    assert!(stream.end().await.as_secs_f64() < 2.0);
    let mut copy = copy;
    copy.visits(&tab, "/").await.is(401);
    let entry = world.last_entry("lincoln", "sign-out").await;
    assert_eq!(entry.outcome(), "ended");
    world.leave().await;
}
