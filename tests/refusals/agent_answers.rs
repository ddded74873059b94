//! What an agent answers, or fails to: nothing of it loosens what the gateway holds, and every
//! exchange closes its entry.

use crate::harness::{GATE, HandedOver, Hop, Learner, Setting, Tab, World, on_both_databases};

use super::agent_origin::Desk;

on_both_databases! {
    a_body_that_is_too_large_is_refused,
    an_agent_that_hangs_or_dies_is_answered_for,
    an_agent_that_is_down_is_answered_for,
    an_agents_answer_cannot_loosen_what_the_gateway_holds,
    an_agent_sets_its_own_cookies_and_none_of_ours,
    an_agents_redirect_leads_to_its_own_origin_or_nowhere,
}

async fn a_body_that_is_too_large_is_refused(setting: Setting) {
    let mut desk = Desk::of_mia(setting.limit("request_body_bytes", 1_000)).await;
    let answer = desk
        .browser
        .posts(&desk.tab, "/upload", &"a".repeat(1_000))
        .await
        .is(200);
    assert_eq!(answer.text(), "1000");
    desk.browser
        .posts(&desk.tab, "/upload", &"a".repeat(1_001))
        .await
        .is(413);
    let entry = desk.world.entries_of("lincoln", "agent-request").await;
    let opened = entry.iter().rfind(|entry| entry.phase() == "open").unwrap();
    let closing = desk.world.closing_of("lincoln", opened).await;
    assert_ne!(closing.outcome(), "completed");
    desk.world.leave().await;
}

async fn last_outcome(world: &World) -> String {
    let all = world.entries_of("lincoln", "agent-request").await;
    let opened = all.iter().rfind(|entry| entry.phase() == "open").unwrap();
    world
        .closing_of("lincoln", opened)
        .await
        .outcome()
        .to_owned()
}

async fn an_agent_that_hangs_or_dies_is_answered_for(setting: Setting) {
    let setting = setting
        .limit("agent_first_byte_seconds", 1)
        .limit("agent_idle_seconds", 2);
    let mut desk = Desk::of_mia(setting).await;
    let page = desk.browser.fetches(&desk.tab, "/hang").await.is(504);
    assert!(!page.text().contains("127.0.0.1"), "{}", page.words());
    assert_eq!(last_outcome(&desk.world).await, "deadline");

    let mut stream = desk.browser.listens(&desk.tab, "/dies").await;
    assert_eq!(stream.status, 200);
    assert_eq!(stream.next().await.as_deref(), Some("data: half\n\n"));
    assert_eq!(stream.next().await, None);
    assert_eq!(last_outcome(&desk.world).await, "upstream-failed");

    desk.world.leave().await;
}

async fn an_agent_that_is_down_is_answered_for(setting: Setting) {
    let world = setting.open().await;
    world.tutor.stop();
    let mia = Learner::mia();
    let mut browser = world.browser_of(&mia);
    let page = browser.launch(&world, &mia).await;
    let handed = HandedOver::read(&page).unwrap();
    let hop = Hop::submit(&handed.form.action, &handed.form.fields).from(GATE);
    browser.answer(hop).await.is(303);
    let tab = Tab {
        origin: handed.origin,
    };
    let page = browser.visits(&tab, "/").await.is(502);
    assert!(!page.text().contains("127.0.0.1"), "{}", page.words());
    assert_eq!(last_outcome(&world).await, "upstream-failed");
    world.tutor.is_untouched();
    world.leave().await;
}

async fn an_agents_answer_cannot_loosen_what_the_gateway_holds(setting: Setting) {
    let mut desk = Desk::of_mia(setting).await;
    let answer = desk.browser.visits(&desk.tab, "/loose").await.is(200);
    for name in [
        "access-control-allow-origin",
        "clear-site-data",
        "service-worker-allowed",
        "x-frame-options",
        "strict-transport-security",
        "report-to",
        "alt-svc",
        "x-accel-redirect",
    ] {
        assert_eq!(answer.header(name), None, "{name}");
    }
    let policies: Vec<&str> = answer
        .headers
        .get_all("content-security-policy")
        .iter()
        .map(|value| value.to_str().unwrap())
        .collect();
    let ours = policies
        .iter()
        .find(|policy| policy.contains("frame-ancestors"))
        .unwrap();
    for part in [
        "default-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri",
    ] {
        assert!(ours.contains(part), "{part} in {ours}");
    }
    assert!(ours.contains("https://canvas.example") && ours.contains("https://*.instructure.com"));
    assert_eq!(answer.header("referrer-policy"), Some("same-origin"));
    assert_eq!(
        answer.header("cross-origin-resource-policy"),
        Some("same-origin")
    );
    assert!(
        answer
            .header("permissions-policy")
            .unwrap()
            .contains("camera=()")
    );

    desk.world.leave().await;
}

async fn an_agent_sets_its_own_cookies_and_none_of_ours(setting: Setting) {
    let mut desk = Desk::of_mia(setting).await;
    let session = desk
        .browser
        .cookie(&desk.tab.origin, "__Host-agent-factory-session");
    let answer = desk.browser.visits(&desk.tab, "/cookie").await.is(200);
    let cookies = answer.set_cookies();
    assert_eq!(cookies.len(), 1, "{cookies:?}");
    assert!(cookies[0].starts_with("kept=1"));
    assert!(cookies[0].contains("Partitioned") && cookies[0].contains("Secure"));
    let held = desk
        .browser
        .cookie(&desk.tab.origin, "__Host-agent-factory-session");
    assert_eq!(held, session);
    desk.browser.visits(&desk.tab, "/").await.is(200);
    assert_eq!(desk.world.tutor.last().header("cookie"), Some("kept=1"));

    let stream = desk.browser.listens(&desk.tab, "/ask").await;
    assert_eq!(stream.headers.get("x-accel-buffering").unwrap(), "no");
    assert_eq!(stream.headers.get("cache-control").unwrap(), "no-cache");
    stream.end().await;
    desk.world.leave().await;
}

async fn an_agents_redirect_leads_to_its_own_origin_or_nowhere(setting: Setting) {
    let mut desk = Desk::of_mia(setting).await;
    for path in ["/redirect", "/redirect-own"] {
        let answer = desk.browser.visits(&desk.tab, path).await.is(302);
        assert_eq!(answer.location(), "/next");
    }
    let answer = desk
        .browser
        .visits(&desk.tab, "/redirect-away")
        .await
        .is(502);
    assert!(answer.header("location").is_none());
    desk.world.leave().await;
}
