use super::*;

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

fn strict() -> HeaderPolicy {
    HeaderPolicy {
        strict: StrictMode::Refuse,
        ..HeaderPolicy::default()
    }
}

/// Everything that passes, as one line, in the order of names.
fn passing(lines: &[(&str, &str)], policy: &HeaderPolicy) -> String {
    let passed = RequestHeaders::from_client(&headers(lines), policy).expect("headers pass");
    let mut lines: Vec<String> = passed
        .into_headers()
        .iter()
        .map(|(name, value)| format!("{name}: {}", value.to_str().expect("text")))
        .collect();
    lines.sort();
    lines.join(" | ")
}

/// Attack, the headers it sends, the code it is refused with.
const ATTACKS: &str = "
assertion                 | x-agent-factory-assertion: e30.e30.                     | forged
assertion in capitals     | X-AGENT-FACTORY-ASSERTION: a                            | forged
underscores               | x_agent_factory_assertion: a                            | forged
mixed signs               | X-Agent_Factory-Tenant: lincoln                         | forged
dots                      | x.agent.factory.tenant: lincoln                         | forged
bare prefix               | x-agent-factory: a                                      | forged
prefix grown together     | x-agent-factoryassertion: a                             | forged
two lengths that differ   | content-length: 5 & content-length: 6                   | duplicate
two lengths that agree    | content-length: 5 & content-length: 5                   | duplicate
length and chunks         | content-length: 5 & transfer-encoding: chunked          | length-twice
length as a list          | content-length: 5, 5                                    | bad-length
length with a sign        | content-length: +5                                      | bad-length
length below zero         | content-length: -1                                      | bad-length
length in hexadecimal     | content-length: 0x5                                     | bad-length
length with a blank       | content-length: 5 5                                     | bad-length
length without a digit    | content-length:                                         | bad-length
length beyond 64 bits     | content-length: 99999999999999999999                    | bad-length
unknown encoding          | transfer-encoding: xchunked                             | bad-transfer-encoding
encodings in a list       | transfer-encoding: gzip, chunked                        | bad-transfer-encoding
no encoding               | transfer-encoding: identity                             | bad-transfer-encoding
encoding twice            | transfer-encoding: chunked & transfer-encoding: chunked | duplicate
nominated assertion       | connection: close, X-Agent-Factory-Assertion            | connection-names
nominated cookie          | connection: Cookie                                      | connection-names
nominated length          | connection: keep-alive, content-length                  | connection-names
nominated on a second line| connection: keep-alive & connection: x-tenant           | connection-names
nominated h2c settings    | connection: Upgrade, HTTP2-Settings                     | connection-names
upgrade to h2c            | connection: upgrade & upgrade: h2c                      | bad-upgrade
settings of h2c alone     | http2-settings: AAMAAABk                                | bad-upgrade
websocket unannounced     | connection: upgrade & upgrade: websocket                | bad-upgrade
two kinds of content      | content-type: text/plain & content-type: text/html      | duplicate
two hosts                 | host: a.example & host: b.example                       | duplicate
two origins               | origin: https://a.example & origin: https://b.example   | duplicate
two ranges                | range: bytes=0-1 & range: bytes=2-3                     | duplicate
two event ids             | last-event-id: 1 & last-event-id: 2                     | duplicate
two languages             | accept-language: de & accept-language: en               | duplicate
";

#[test]
fn refuses_each_attack_by_its_own_code() {
    let attacks: Vec<&str> = ATTACKS.lines().filter(|line| !line.is_empty()).collect();
    assert!(attacks.len() >= 30);
    for attack in attacks {
        let [name, sent, code] = *attack.split('|').map(str::trim).collect::<Vec<_>>() else {
            panic!("three columns: {attack}")
        };
        let lines: Vec<(&str, &str)> = sent
            .split('&')
            .map(|line| line.split_once(':').expect("a colon"))
            .map(|(name, value)| (name.trim(), value.trim()))
            .collect();
        let refusal = RequestHeaders::from_client(&headers(&lines), &strict()).expect_err(name);
        assert_eq!(refusal.code(), format!("header-{code}"), "{name}");
    }
}

#[test]
fn refuses_lines_that_were_folded_or_are_no_text() {
    for (value, refusal) in [
        ("text/html,\t text/plain", HeaderRefusal::Folded),
        (" text/html", HeaderRefusal::Folded),
        ("text/html ", HeaderRefusal::Folded),
        ("t\u{e9}xt", HeaderRefusal::NotText),
    ] {
        let refused = RequestHeaders::from_client(&headers(&[("accept", value)]), &strict());
        assert_eq!(refused.map(|_| ()), Err(refusal), "{value:?}");
    }
}

#[test]
fn never_passes_what_tells_who_the_client_is_or_proves_it() {
    let silent: &[(&str, &str)] = &[
        ("authorization", "Bearer abc"),
        ("proxy-authorization", "Basic abc"),
        ("forwarded", "for=192.0.2.7"),
        ("x-forwarded-for", "192.0.2.7"),
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-proto", "http"),
        ("x-forwarded-uri", "/health"),
        ("x-forwarded-user", "admin"),
        ("x-original-url", "/admin"),
        ("x-rewrite-url", "/admin"),
        ("x-auth-request-user", "admin"),
        ("remote-user", "admin"),
        ("x-real-ip", "192.0.2.7"),
        ("x-client-ip", "192.0.2.7"),
        ("true-client-ip", "192.0.2.7"),
        ("cf-connecting-ip", "192.0.2.7"),
        ("via", "1.1 school-proxy"),
        ("user-agent", "Mozilla/5.0"),
        ("referer", "https://canvas.example/courses/1"),
        ("host", "tutor.agents.example"),
        ("origin", "https://tutor.agents.example"),
        ("sec-ch-ua-platform", "Linux"),
        ("device-memory", "8"),
        ("sec-fetch-site", "same-origin"),
        (
            "traceparent",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        ),
        ("baggage", "person=7"),
        ("x-request-id", "7"),
        ("x-http-method-override", "DELETE"),
        ("te", "trailers"),
        ("keep-alive", "timeout=5"),
        ("expect", "100-continue"),
        ("content_length", "999"),
    ];
    for line in silent {
        let named = HeaderName::from_bytes(line.0.as_bytes()).expect("a header name");
        let policy = HeaderPolicy {
            manifest_headers: vec![named],
            ..strict()
        };
        assert_eq!(passing(&[*line], &strict()), "", "{}", line.0);
        // Not even when a manifest names it.
        assert_eq!(passing(&[*line], &policy), "", "{} in a manifest", line.0);
    }
}

#[test]
fn passes_the_list_and_what_the_manifest_names() {
    let policy = HeaderPolicy {
        manifest_headers: vec![HeaderName::from_static("x-tutor-mode")],
        ..strict()
    };
    assert_eq!(
        passing(
            &[
                ("accept", "text/event-stream"),
                ("accept-encoding", "gzip"),
                ("accept-language", "de-CH,de;q=0.9,en;q=0.8"),
                ("content-type", "application/json"),
                ("content-length", "12"),
                ("range", "bytes=0-9"),
                ("if-none-match", "\"a\""),
                ("cache-control", "no-cache"),
                ("last-event-id", "41"),
                ("x-tutor-mode", "quiet"),
                ("x-other", "a"),
            ],
            &policy
        ),
        "accept-encoding: gzip | accept-language: de | accept: text/event-stream | \
         cache-control: no-cache | content-length: 12 | content-type: application/json | \
         if-none-match: \"a\" | last-event-id: 41 | range: bytes=0-9 | x-tutor-mode: quiet"
    );
}

#[test]
fn drops_and_counts_forged_headers_outside_strict_mode() {
    let received = headers(&[
        ("x-agent-factory-assertion", "a"),
        ("X_Agent_Factory_Tenant", "b"),
        ("accept", "*/*"),
    ]);
    let passed =
        RequestHeaders::from_client(&received, &HeaderPolicy::default()).expect("headers pass");
    assert_eq!(passed.forged(), 2);
    assert_eq!(passed.into_headers(), headers(&[("accept", "*/*")]));
}

#[test]
fn keeps_the_agents_cookies_and_none_of_ours() {
    let kept = passing(
        &[
            (
                "cookie",
                "theme=dark; __Host-agent-factory-session=secret; agent-factory=1",
            ),
            (
                "cookie",
                "__host-AGENT_FACTORY_x=2; __Host-Http-agent-factory-session=3; seen=a=b",
            ),
            (
                "cookie",
                "nameless; =alone; __Secure-agent-factory-x=4; t\u{e9}=5",
            ),
        ],
        &strict(),
    );
    assert_eq!(kept, "cookie: theme=dark; seen=a=b");
    assert_eq!(
        passing(
            &[("cookie", "__Host-agent-factory-session=secret")],
            &strict()
        ),
        ""
    );
}

#[test]
fn reads_our_cookie_and_refuses_two_of_it() {
    let name = "__Host-agent-factory-session";
    let one = headers(&[("cookie", "a=1; __Host-agent-factory-session=abc; b=2")]);
    assert_eq!(our_cookie(&one, name), Ok(Some("abc".to_owned())));
    assert_eq!(our_cookie(&headers(&[("cookie", "a=1")]), name), Ok(None));
    let twice = [
        headers(&[(
            "cookie",
            "__Host-agent-factory-session=abc; __Host-agent-factory-session=abc",
        )]),
        headers(&[
            ("cookie", "__Host-agent-factory-session=abc"),
            ("cookie", "__Host-agent-factory-session =def"),
        ]),
    ];
    for received in &twice {
        assert_eq!(our_cookie(received, name), Err(HeaderRefusal::CookieTwice));
    }
}

#[test]
fn reduces_the_language_to_its_primary_tag() {
    for (sent, passes) in [
        ("en", "accept-language: en"),
        ("EN-us", "accept-language: en"),
        ("pt_BR", "accept-language: pt"),
        ("*", ""),
        ("x-secret-marker", ""),
        ("toolonglanguage", ""),
        ("12", ""),
    ] {
        assert_eq!(
            passing(&[("accept-language", sent)], &strict()),
            passes,
            "{sent}"
        );
    }
}

#[test]
fn refuses_headers_that_are_too_long_or_too_many() {
    let long = "a".repeat(MAX_VALUE_BYTES + 1);
    let refusal = RequestHeaders::from_client(&headers(&[("x-a", &long)]), &strict());
    assert_eq!(refusal.map(|_| ()), Err(HeaderRefusal::TooLong));
    let fits = "a".repeat(MAX_VALUE_BYTES);
    let together: Vec<(&str, &str)> = ["x-a", "x-b", "x-c", "x-d", "x-e"]
        .map(|name| (name, fits.as_str()))
        .to_vec();
    let refusal = RequestHeaders::from_client(&headers(&together), &strict());
    assert_eq!(refusal.map(|_| ()), Err(HeaderRefusal::TooLong));
    let many = vec![("x-a", "a"); MAX_HEADERS + 1];
    let refusal = RequestHeaders::from_client(&headers(&many), &strict());
    assert_eq!(refusal.map(|_| ()), Err(HeaderRefusal::TooMany));
}

#[test]
fn a_public_path_carries_no_cookie_no_body_and_next_to_no_header() {
    let policy = HeaderPolicy {
        carriage: Carriage::PublicPath,
        ..strict()
    };
    assert_eq!(
        passing(
            &[
                ("accept", "image/*"),
                ("accept-language", "de"),
                ("cookie", "theme=dark"),
                ("cache-control", "no-cache"),
                ("if-none-match", "\"a\""),
            ],
            &policy
        ),
        "accept: image/* | if-none-match: \"a\""
    );
    for body in [("content-length", "1"), ("transfer-encoding", "chunked")] {
        let refusal = RequestHeaders::from_client(&headers(&[body]), &policy);
        assert_eq!(refusal.map(|_| ()), Err(HeaderRefusal::BodyRefused));
    }
}

#[test]
fn a_websocket_handshake_passes_its_own_headers_and_needs_them() {
    let policy = HeaderPolicy {
        upgrade: Upgrade::WebSocket,
        ..strict()
    };
    let handshake = [
        ("connection", "keep-alive, Upgrade"),
        ("upgrade", "WebSocket"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ("sec-websocket-version", "13"),
    ];
    assert_eq!(
        passing(&handshake, &policy),
        "connection: Upgrade | sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ== | \
         sec-websocket-version: 13 | upgrade: websocket"
    );
    let refusal = RequestHeaders::from_client(&headers(&handshake[1..]), &policy);
    assert_eq!(refusal.map(|_| ()), Err(HeaderRefusal::BadUpgrade));
}

#[test]
fn a_header_value_cannot_hold_the_end_of_its_line() {
    for split in ["a\r\nx-agent-factory-assertion: b", "a\nb", "a\rb", "a\0b"] {
        assert!(
            HeaderValue::from_bytes(split.as_bytes()).is_err(),
            "{split:?}"
        );
    }
}

proptest::proptest! {
    #[test]
    fn nothing_passes_but_the_list(
        sent in proptest::collection::vec(
            (
                "[a-z_-]{1,20}|x-(agent|forwarded)[_-](factory|for)[_-][a-z]{1,5}|cookie|accept|range",
                "[ -~]{0,20}",
            ),
            0..12,
        ),
    ) {
        let lines: Vec<(&str, &str)> =
            sent.iter().map(|(name, value)| (name.as_str(), value.trim())).collect();
        let policy = HeaderPolicy::default();
        if let Ok(passed) = RequestHeaders::from_client(&headers(&lines), &policy) {
            for name in passed.into_headers().keys() {
                let listed = PUBLIC.contains(name)
                    || ADMITTED.contains(name)
                    || [header::ACCEPT_LANGUAGE, header::COOKIE].contains(name);
                proptest::prop_assert!(listed, "{}", name);
            }
        }
    }
}
