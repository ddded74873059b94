use super::*;

fn source(text: &str) -> HostSource {
    HostSource::parse(text).expect("a source")
}

fn text(value: &HeaderValue) -> &str {
    value.to_str().expect("text")
}

#[test]
fn a_page_of_ours_runs_nothing_inline_but_what_it_names_by_hash() {
    let mut page = PagePolicy::new(FrameAncestors::AnyHttps(Vec::new()));
    page.scripts
        .push(InlineHash::of("document.forms[0].submit()"));
    page.form_action
        .push(source("https://tutor--lincoln--x7k2m9qa.agents.example"));
    assert_eq!(
        text(&page.to_header_value()),
        "default-src 'none'; \
         script-src 'self' 'sha256-ePniVEkSivX/c7XWBGafqh8tSpiRrKiqYeqbG7N1TOE='; \
         style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; \
         frame-src 'none'; \
         form-action 'self' https://tutor--lincoln--x7k2m9qa.agents.example; \
         base-uri 'none'; frame-ancestors 'self' https:"
    );
}

#[test]
fn a_console_page_is_framed_by_nobody() {
    let page = PagePolicy::new(FrameAncestors::Nobody);
    assert!(text(&page.to_header_value()).ends_with("; frame-ancestors 'none'"));
}

#[test]
fn an_agents_answer_stays_with_its_origin_and_the_declared_hosts() {
    let policy = AgentPolicy {
        inline_script: Inline::Refused,
        inline_style: Inline::Allowed,
        hosts: vec![source("https://cdn.example")],
        frame_ancestors: FrameAncestors::Listed(vec![
            source("https://*.instructure.com"),
            source("http://canvas.localhost:8080"),
        ]),
    };
    assert_eq!(
        text(&policy.to_header_value()),
        "default-src 'self' https://cdn.example; \
         script-src 'self' https://cdn.example; \
         style-src 'self' 'unsafe-inline' https://cdn.example; \
         img-src 'self' data: blob: https://cdn.example; \
         media-src 'self' data: blob: https://cdn.example; \
         font-src 'self' data: https://cdn.example; \
         connect-src 'self' https://cdn.example; \
         frame-src 'self' https://cdn.example; \
         object-src 'none'; form-action 'self'; worker-src 'self'; base-uri 'self'; \
         frame-ancestors 'self' https://*.instructure.com http://canvas.localhost:8080"
    );
}

#[test]
fn parses_origins_into_one_spelling() {
    for (text, written) in [
        ("https://cdn.example", "https://cdn.example"),
        ("https://cdn.example/", "https://cdn.example"),
        ("https://CDN.Example:443", "https://cdn.example"),
        ("https://cdn.example:8443", "https://cdn.example:8443"),
        ("https://*.instructure.com", "https://*.instructure.com"),
        (
            "https://schule-m\u{fc}nchen.example",
            "https://xn--schule-mnchen-3ob.example",
        ),
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://*.localhost:8080", "http://*.localhost:8080"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ] {
        assert_eq!(
            HostSource::parse(text).as_ref().map(HostSource::as_str),
            Ok(written),
            "{text}"
        );
    }
}

#[test]
fn refuses_what_is_no_origin() {
    for (text, code) in [
        ("", "source-not-an-origin"),
        ("cdn.example", "source-not-an-origin"),
        ("*", "source-not-an-origin"),
        ("https:", "source-not-an-origin"),
        ("https://", "source-not-an-origin"),
        ("data:", "source-not-an-origin"),
        ("https://cdn.example/path", "source-not-an-origin"),
        ("https://cdn.example?x", "source-not-an-origin"),
        ("https://a@cdn.example", "source-not-an-origin"),
        ("https://cdn.example; script-src *", "source-not-an-origin"),
        (
            "https://cdn.example 'unsafe-inline'",
            "source-not-an-origin",
        ),
        ("https://cdn.example;sandbox", "source-not-an-origin"),
        ("https://cdn.example,default-src", "source-not-an-origin"),
        ("https://'unsafe-eval'", "source-not-an-origin"),
        ("http://cdn.example", "source-scheme"),
        ("http://localhost.evil.example", "source-scheme"),
        ("ws://cdn.example", "source-scheme"),
        ("https://*", "source-wildcard"),
        ("https://*.com", "source-wildcard"),
        ("https://*.192.0.2.1", "source-wildcard"),
        ("https://a.*.example", "source-wildcard"),
        ("https://*.*.example.com", "source-wildcard"),
    ] {
        assert_eq!(
            HostSource::parse(text).map_err(BadSource::code),
            Err(code),
            "{text}"
        );
    }
}

#[test]
fn keeps_an_agents_own_policy_but_its_reports_and_its_framing() {
    let own = HeaderValue::from_static(
        "default-src 'self'; Report-URI https://collector.example; frame-ancestors 'none', \
         report-to elsewhere, img-src 'none'; report-to elsewhere",
    );
    assert_eq!(
        agents_own(&own),
        Some(HeaderValue::from_static(
            "default-src 'self', img-src 'none'"
        ))
    );
    assert_eq!(
        agents_own(&HeaderValue::from_static("report-uri https://x.example")),
        None
    );
}
