use super::*;
use crate::proxy::content_security_policy::{FrameAncestors, Inline};

fn policy() -> ResponsePolicy {
    ResponsePolicy {
        own_origin: Url::parse("https://tutor--lincoln--x7k2m9qa.agents.example").expect("a url"),
        upstream: Url::parse("http://127.0.0.1:9001/tutor/").expect("a url"),
        request_path: PathAndQuery::from_static("/lessons/one?x=1"),
        content_security: AgentPolicy {
            inline_script: Inline::Refused,
            inline_style: Inline::Refused,
            hosts: Vec::new(),
            frame_ancestors: FrameAncestors::Listed(Vec::new()),
        },
        powers: vec![Power::Microphone],
        cookies: AgentCookies::Kept,
        upgrade: Upgrade::None,
    }
}

fn headers(lines: &[(&str, &str)]) -> HeaderMap {
    let mut map = HeaderMap::new();
    for (name, value) in lines {
        let name = HeaderName::from_bytes(name.as_bytes()).expect("a header name");
        map.append(
            name,
            HeaderValue::from_bytes(value.as_bytes()).expect("a header value"),
        );
    }
    map
}

fn passing(lines: &[(&str, &str)]) -> HeaderMap {
    ResponseHeaders::from_agent(&headers(lines), &policy()).expect("headers pass")
}

fn all<'h>(headers: &'h HeaderMap, name: &str) -> Vec<&'h str> {
    headers
        .get_all(name)
        .iter()
        .map(|value| value.to_str().expect("text"))
        .collect()
}

#[test]
fn removes_what_reaches_beyond_the_agents_origin() {
    let removed = [
        ("access-control-allow-origin", "*"),
        ("access-control-allow-credentials", "true"),
        ("alt-svc", "h3=\":443\""),
        ("report-to", "{}"),
        ("reporting-endpoints", "a=\"https://collector.example\""),
        ("nel", "{}"),
        ("clear-site-data", "\"*\""),
        ("service-worker-allowed", "/"),
        ("strict-transport-security", "max-age=1"),
        ("x-accel-redirect", "/secrets"),
        ("x-accel-buffering", "yes"),
        ("x-frame-options", "DENY"),
        ("connection", "close"),
        ("keep-alive", "timeout=5"),
        ("transfer-encoding", "chunked"),
        ("trailer", "x-later"),
        ("upgrade", "h2c"),
        ("proxy-authenticate", "Basic"),
        ("www-authenticate", "Basic realm=\"school\""),
        ("link", "<https://collector.example/>; rel=preconnect"),
        ("refresh", "0; url=https://evil.example"),
        ("content-security-policy-report-only", "default-src 'none'"),
        ("sourcemap", "https://collector.example/a.map"),
        ("server", "uvicorn"),
        ("x-powered-by", "a"),
        ("x-agent-factory-assertion", "a"),
    ];
    let passed = passing(&removed);
    for (name, _) in removed {
        assert!(!passed.contains_key(name), "{name}");
    }
}

#[test]
fn passes_what_describes_the_body_and_adds_ours() {
    let passed = passing(&[
        ("content-type", "text/html"),
        ("content-length", "7"),
        ("etag", "\"a\""),
        ("vary", "accept"),
        ("vary", "cookie"),
        ("referrer-policy", "unsafe-url"),
        ("permissions-policy", "camera=*"),
        ("cross-origin-resource-policy", "cross-origin"),
        (
            "content-security-policy",
            "img-src 'none'; report-uri https://collector.example",
        ),
    ]);
    for (name, expected) in [
        ("content-type", vec!["text/html"]),
        ("content-length", vec!["7"]),
        ("etag", vec!["\"a\""]),
        ("vary", vec!["accept", "cookie"]),
        ("referrer-policy", vec!["same-origin"]),
        ("cross-origin-resource-policy", vec!["same-origin"]),
        ("x-content-type-options", vec!["nosniff"]),
        (
            "permissions-policy",
            vec!["camera=(), microphone=(self), geolocation=()"],
        ),
    ] {
        assert_eq!(all(&passed, name), expected, "{name}");
    }
    let policies = all(&passed, "content-security-policy");
    assert_eq!(policies.len(), 2);
    assert_eq!(policies[0], "img-src 'none'");
    assert!(policies[1].starts_with("default-src 'self'; script-src 'self';"));
}

#[test]
fn an_event_stream_is_neither_kept_nor_held_back() {
    let passed = passing(&[
        ("content-type", "Text/Event-Stream; charset=utf-8"),
        ("cache-control", "public, max-age=60"),
    ]);
    assert_eq!(all(&passed, "x-accel-buffering"), ["no"]);
    assert_eq!(all(&passed, "cache-control"), ["no-cache"]);
    assert!(!passing(&[("content-type", "text/plain")]).contains_key("x-accel-buffering"));
}

#[test]
fn rewrites_cookies_to_the_agents_own_origin() {
    for (set, kept) in [
        (
            "a=1",
            Some("a=1; Path=/; Secure; SameSite=None; Partitioned"),
        ),
        (
            "a=1; Path=/x; HttpOnly; SameSite=Strict; Priority=High",
            Some("a=1; HttpOnly; Path=/x; Secure; SameSite=None; Partitioned"),
        ),
        (
            "a=b=c; Max-Age=60; Expires=Wed, 21 Oct 2026 07:28:00 GMT",
            Some(
                "a=b=c; Max-Age=60; Expires=Wed, 21 Oct 2026 07:28:00 GMT; Path=/; Secure; \
                 SameSite=None; Partitioned",
            ),
        ),
        (
            "a=1; path=/tutor/x; secure; partitioned",
            Some("a=1; Path=/x; Secure; SameSite=None; Partitioned"),
        ),
        (
            "a=1; Max-Age=x; Path=x",
            Some("a=1; Path=/; Secure; SameSite=None; Partitioned"),
        ),
        ("a=1; Domain=agents.example", None),
        ("a=1; domain=", None),
        ("__Host-agent-factory-session=stolen; Path=/", None),
        ("__HOST-Agent_Factory-session=stolen; Path=/", None),
        ("agent-factory-x=1", None),
        ("=__Host-agent-factory-session=planted", None),
        ("__Host-agent-factory-session", None),
        ("nameless", None),
        ("a b=1", None),
    ] {
        let passed = passing(&[("set-cookie", set)]);
        assert_eq!(
            all(&passed, "set-cookie"),
            kept.into_iter().collect::<Vec<_>>(),
            "{set}"
        );
    }
    let long = format!("a={}", "x".repeat(4096));
    assert!(!passing(&[("set-cookie", &long)]).contains_key("set-cookie"));
}

#[test]
fn a_public_path_sets_no_cookie() {
    let dropped = ResponsePolicy {
        cookies: AgentCookies::Dropped,
        ..policy()
    };
    let passed = ResponseHeaders::from_agent(&headers(&[("set-cookie", "a=1")]), &dropped)
        .expect("headers pass");
    assert!(!passed.contains_key("set-cookie"));
}

#[test]
fn redirects_stay_on_the_agents_origin() {
    for (sent, kept) in [
        ("/next", "/next"),
        ("/next?a=b#c", "/next?a=b#c"),
        ("two", "/lessons/two"),
        ("../up", "/up"),
        ("?page=2", "/lessons/one?page=2"),
        ("/tutor/next", "/next"),
        ("/tutorial", "/tutorial"),
        ("http://127.0.0.1:9001/tutor/next?a", "/next?a"),
        ("http://127.0.0.1:9001/tutor", "/"),
        (
            "https://tutor--lincoln--x7k2m9qa.agents.example/next",
            "/next",
        ),
    ] {
        assert_eq!(
            all(&passing(&[("location", sent)]), "location"),
            [kept],
            "{sent}"
        );
    }
}

#[test]
fn refuses_redirects_to_anywhere_else() {
    for sent in [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "\\\\evil.example/",
        "https:\\\\evil.example",
        "/..//evil.example/",
        "https://tutor--lincoln--x7k2m9qa.agents.example//evil.example/",
        "http://127.0.0.1:9001/tutor//evil.example/",
        "http://127.0.0.1:9001/other",
        "http://127.0.0.1:9001/tutorial",
        "http://127.0.0.1:9002/tutor/",
        "http://tutor--lincoln--x7k2m9qa.agents.example/",
        "https://a@tutor--lincoln--x7k2m9qa.agents.example/",
        "https://essay--lincoln--x7k2m9qa.agents.example/",
        "javascript:alert(1)",
        "data:text/html,x",
    ] {
        let refusal = ResponseHeaders::from_agent(&headers(&[("location", sent)]), &policy());
        assert_eq!(
            refusal.map(|_| ()),
            Err(ResponseRefusal::RedirectElsewhere),
            "{sent}"
        );
    }
}

#[test]
fn refuses_answers_that_can_be_read_in_two_ways() {
    for name in ["content-length", "content-type", "location"] {
        let twice = headers(&[(name, "1"), (name, "2")]);
        let refusal = ResponseHeaders::from_agent(&twice, &policy());
        assert_eq!(
            refusal.map(|_| ()),
            Err(ResponseRefusal::Duplicate),
            "{name}"
        );
    }
}

proptest::proptest! {
    #[test]
    fn a_redirect_that_passes_is_read_by_browsers_as_the_agents_own(
        location in r"(https?:|http://127\.0\.0\.1:9001|javascript:)?[/\\.@:?#;%a-z0-9 -]{0,24}",
    ) {
        let passed = ResponseHeaders::from_agent(&headers(&[("location", &location)]), &policy());
        if let Ok(passed) = passed {
            let own = policy().own_origin;
            let read = own.join(all(&passed, "location")[0]).expect("an address");
            proptest::prop_assert_eq!(read.origin(), own.origin());
        }
    }
}
