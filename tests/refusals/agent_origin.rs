//! The walls around an agent's origin: who may ask there, with which headers and paths, and what an
//! agent's answer may do to a browser.

use http::Method;

use crate::harness::{
    Browser, GATE, Hop, Learner, Received, Setting, Tab, World, on_both_databases,
};

on_both_databases! {
    another_origin_or_site_reaches_nothing_with_the_learners_cookie,
    headers_that_pose_as_the_gateways_never_reach_the_agent,
    headers_that_name_the_client_never_reach_the_agent,
    smuggled_headers_are_refused,
    paths_that_read_differently_are_refused,
    upgrades_and_service_workers_are_refused,
    a_public_path_goes_without_identity_and_without_an_entry,
    every_host_serves_what_is_its_own,
}

/// A learner's desk: the agent's first page is open.
pub(super) struct Desk {
    pub(super) world: World,
    pub(super) browser: Browser,
    pub(super) tab: Tab,
}

impl Desk {
    pub(super) async fn of_mia(setting: Setting) -> Self {
        let world = setting.open().await;
        let mia = Learner::mia();
        let mut browser = world.browser_of(&mia);
        let tab = browser.opens(&world, &mia).await;
        Self {
            world,
            browser,
            tab,
        }
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.tab.origin)
    }

    fn reached(&self) -> usize {
        self.world.tutor.received().len()
    }

    async fn entries(&self) -> usize {
        let all = self.world.entries_of("lincoln", "agent-request").await;
        all.iter().filter(|entry| entry.phase() == "open").count()
    }

    /// A request that must be answered with this status and reach nobody.
    async fn refused(&mut self, hop: Hop, status: u16) {
        let reached = self.reached();
        self.browser.answer(hop).await.is(status);
        assert_eq!(self.reached(), reached, "the agent received it");
    }
}

async fn another_origin_or_site_reaches_nothing_with_the_learners_cookie(setting: Setting) {
    let mut desk = Desk::of_mia(setting).await;
    let entries = desk.entries().await;
    let sibling = desk.tab.origin.replace("tutor--", "coach--");
    let neighbour = "https://tutor--lincoln--aaaaaaaa.agents.example";
    for from in [
        sibling.as_str(),
        neighbour,
        "https://evil.example",
        GATE,
        "https://canvas.example",
    ] {
        for method in [
            Method::GET,
            Method::POST,
            Method::PUT,
            Method::DELETE,
            Method::HEAD,
        ] {
            desk.refused(Hop::fetch(method, &desk.url("/ask")).from(from), 403)
                .await;
        }
        desk.refused(Hop::submit(&desk.url("/ask"), &[]).from(from), 403)
            .await;
    }
    desk.refused(Hop::submit(&desk.url("/ask"), &[]), 403).await;
    desk.refused(
        Hop::fetch(Method::POST, &desk.url("/ask")).header("origin", "null"),
        403,
    )
    .await;
    let own = desk.tab.origin.clone();
    let torn = Hop::fetch(Method::POST, &desk.url("/ask"))
        .from(&own)
        .without("sec-fetch-site")
        .header("sec-fetch-site", "cross-site");
    desk.refused(torn, 403).await;
    let twice = Hop::fetch(Method::POST, &desk.url("/ask"))
        .from(&own)
        .header("origin", &own);
    desk.refused(twice, 403).await;
    assert_eq!(desk.entries().await, entries);
    desk.browser.posts(&desk.tab, "/ask", "mine").await.is(200);
    desk.world.leave().await;
}

fn has(received: &Received, name: &str) -> bool {
    received.headers.iter().any(|(known, _)| known == name)
}

async fn headers_that_pose_as_the_gateways_never_reach_the_agent(setting: Setting) {
    let mut desk = Desk::of_mia(setting).await;
    let own = desk.tab.origin.clone();
    let hop = Hop::fetch(Method::POST, &desk.url("/"))
        .from(&own)
        .header("x-agent-factory-assertion", "forged.by.client")
        .header("X-Agent-Factory-Assertion", "forged.once.more")
        .header("x_agent_factory_assertion", "forged.by.underscore")
        .header("x-agent-factory-tenant", "riverside");
    desk.browser.answer(hop).await.is(200);
    let received = desk.world.tutor.last();
    let ours = received
        .headers
        .iter()
        .filter(|(name, _)| name.contains("factory"));
    assert_eq!(ours.count(), 1);
    assert!(!received.whole().contains("forged"));
    desk.world.leave().await;
}

async fn headers_that_name_the_client_never_reach_the_agent(setting: Setting) {
    let mut desk = Desk::of_mia(setting).await;
    let own = desk.tab.origin.clone();
    let mut hop = Hop::fetch(Method::POST, &desk.url("/")).from(&own);
    let names = [
        "authorization",
        "proxy-authorization",
        "x-real-ip",
        "via",
        "true-client-ip",
        "cf-ray",
        "cf-connecting-ip",
        "x-forwarded-host",
        "x-forwarded-proto",
        "traceparent",
        "tracestate",
        "baggage",
        "x-request-id",
        "from",
        "dnt",
        "device-memory",
        "x-original-url",
        "x-http-method-override",
        "x-rewrite-url",
        "x-anything-else",
    ];
    for name in names {
        hop = hop.header(name, "probe-4711");
    }
    desk.browser
        .answer(hop.header("last-event-id", "7"))
        .await
        .is(200);
    let received = desk.world.tutor.last();
    assert!(!received.whole().contains("probe-4711"), "{received:?}");
    for name in [
        "user-agent",
        "referer",
        "origin",
        "cookie",
        "forwarded",
        "x-forwarded-for",
    ] {
        assert!(!has(&received, name), "{name}");
    }
    assert_eq!(received.header("accept-language"), Some("en"));
    assert_eq!(received.header("last-event-id"), Some("7"));
    assert!(received.header("host").unwrap().starts_with("127.0.0.1:"));
    desk.world.leave().await;
}

async fn smuggled_headers_are_refused(setting: Setting) {
    let mut desk = Desk::of_mia(setting).await;
    let own = desk.tab.origin.clone();
    let post = || Hop::fetch(Method::POST, &format!("{own}/ask")).from(&own);
    desk.refused(
        post()
            .header("content-length", "3")
            .header("content-length", "4"),
        400,
    )
    .await;
    desk.refused(post().header("content-length", "+3"), 400)
        .await;
    desk.refused(
        post()
            .header("transfer-encoding", "chunked")
            .header("content-length", "3"),
        400,
    )
    .await;
    desk.refused(post().header("transfer-encoding", "chunked, identity"), 400)
        .await;
    desk.refused(
        post().header("connection", "x-agent-factory-assertion"),
        400,
    )
    .await;
    desk.refused(post().header("accept", &"a".repeat(20_000)), 400)
        .await;
    let mut many = post();
    for number in 0..120 {
        many = many.header(&format!("x-filler-{number}"), "x");
    }
    desk.refused(many, 400).await;
    desk.world.leave().await;
}

async fn paths_that_read_differently_are_refused(setting: Setting) {
    let mut desk = Desk::of_mia(setting).await;
    let entries = desk.entries().await;
    for path in [
        "//evil.example/",
        "/a/../b",
        "/%2e%2e/secret",
        "/a/%2E./b",
        "/a/./b",
        "/a%2fb",
        "/a%5cb",
        "/a\\b",
        "/a%00b",
        "/a%0d%0ab",
        "/a%zz",
        "/a%",
        "/%ff",
        "/.agent-factory/unheard-of",
        "/.agent-factory",
        "/%2eagent-factory/session",
        "/.Agent-Factory/session",
    ] {
        let Ok(_) = path.parse::<http::Uri>() else {
            continue;
        };
        let hop = Hop::navigate(&desk.url("/"))
            .path(path)
            .from(&desk.tab.origin.clone());
        desk.refused(hop, 400).await;
    }
    let long = format!("/{}", "a".repeat(9_000));
    let hop = Hop::navigate(&desk.url("/"))
        .path(&long)
        .from(&desk.tab.origin.clone());
    desk.refused(hop, 400).await;
    assert_eq!(desk.entries().await, entries);
    let fine = Hop::navigate(&desk.url("/"))
        .path("/a%20b/c?d=%2Fe")
        .from(&desk.tab.origin.clone());
    desk.browser.answer(fine).await.is(200);
    assert_eq!(desk.world.tutor.last().target, "/a%20b/c?d=%2Fe");
    desk.world.leave().await;
}

async fn upgrades_and_service_workers_are_refused(setting: Setting) {
    let mut desk = Desk::of_mia(setting).await;
    let own = desk.tab.origin.clone();
    let socket = Hop::fetch(Method::GET, &desk.url("/socket"))
        .from(&own)
        .header("connection", "upgrade")
        .header("upgrade", "websocket")
        .header("sec-websocket-version", "13");
    desk.refused(socket, 501).await;
    let worker = Hop::fetch(Method::GET, &desk.url("/worker.js"))
        .from(&own)
        .header("service-worker", "script");
    desk.refused(worker, 403).await;
    desk.world.leave().await;
}

async fn a_public_path_goes_without_identity_and_without_an_entry(setting: Setting) {
    let mut desk = Desk::of_mia(setting).await;
    let entries = desk.entries().await;
    let own = desk.tab.origin.clone();
    desk.browser.plant_cookie(&own, "kept", "by-the-agent");
    let answer = desk
        .browser
        .fetches(&desk.tab, "/static/app.js")
        .await
        .is(200);
    assert!(answer.set_cookies().is_empty());
    let received = desk.world.tutor.last();
    assert_eq!(received.target, "/static/app.js");
    for name in [
        "x-agent-factory-assertion",
        "cookie",
        "accept-language",
        "content-type",
    ] {
        assert!(!has(&received, name), "{name}");
    }
    let carried = format!("{:?}", received.headers);
    assert!(!carried.contains("by-the-agent") && !carried.contains("kept"));
    assert_eq!(desk.entries().await, entries);
    // With a query, another method or a body it is a request like every other.
    desk.browser
        .fetches(&desk.tab, "/static/app.js?who=me")
        .await
        .is(200);
    assert!(has(&desk.world.tutor.last(), "x-agent-factory-assertion"));
    desk.browser
        .posts(&desk.tab, "/static/app.js", "hello")
        .await
        .is(200);
    assert!(has(&desk.world.tutor.last(), "x-agent-factory-assertion"));
    // Outside a session it is nothing.
    let mut stranger = desk.browser.clone();
    stranger.forget();
    let reached = desk.reached();
    stranger.fetches(&desk.tab, "/static/app.js").await.is(401);
    assert_eq!(desk.reached(), reached);
    assert_eq!(desk.entries().await, entries + 2);
    desk.world.leave().await;
}

async fn every_host_serves_what_is_its_own(setting: Setting) {
    let mut desk = Desk::of_mia(setting).await;
    let reached = desk.reached();
    let own = desk.tab.origin.clone();
    for host in [
        "https://unknown.example",
        "https://agents.example",
        "https://x.gate.example",
        "https://tutor--lincoln.agents.example",
        "https://gate.example:8443",
    ] {
        desk.refused(Hop::navigate(&format!("{host}/lti/login")), 421)
            .await;
        desk.refused(Hop::navigate(&format!("{host}/")), 421).await;
    }
    let twice = Hop::navigate(&format!("{own}/")).header("host", "gate.example");
    desk.refused(twice, 421).await;
    // The gateway's own host carries nothing to an agent, whatever cookie comes along.
    let session = desk
        .browser
        .cookie(&own, "__Host-agent-factory-session")
        .unwrap();
    desk.browser
        .plant_cookie(GATE, "__Host-agent-factory-session", &session);
    for path in [
        "/",
        "/ask",
        "/.agent-factory/about",
        "/.agent-factory/session/check",
    ] {
        desk.refused(Hop::navigate(&format!("{GATE}{path}")), 404)
            .await;
    }
    // An agent's host has neither logins nor an API: what is asked there is the agent's, in a
    // session, and nothing without one.
    let mut stranger = desk.browser.clone();
    stranger.forget();
    for path in [
        "/lti/login",
        "/lti/launch",
        "/api/v1/tenants",
        "/.well-known/jwks.json",
    ] {
        stranger
            .answer(Hop::navigate(&format!("{own}{path}")))
            .await
            .is(401);
    }
    assert_eq!(desk.reached(), reached);
    desk.browser.visits(&desk.tab, "/lti/login").await.is(200);
    assert_eq!(desk.world.tutor.last().target, "/lti/login");
    desk.world.leave().await;
}
