use super::*;

fn verdict(target: &str) -> &'static str {
    let Ok(uri) = Uri::try_from(target) else {
        return "no uri";
    };
    match safe_path(&uri) {
        Ok(_) => "passes",
        Err(refusal) => refusal.code(),
    }
}

#[test]
fn passes_paths_as_they_stand() {
    for target in [
        "/",
        "/chat?question=what%20is%20a%20prime%3F",
        "/a//b",
        "/files/100%25",
        "/caf%C3%A9",
        "/a..b/..c/d..",
        "/search?next=https://x.example/../y&back=%2e%2e%2f",
        "/search?text=line%0Aline",
        "/agent-factory/about",
        "/x/.agent-factory-notes",
        "https://tutor.agents.example/chat",
    ] {
        let uri = Uri::try_from(target).expect("a uri");
        let passed = safe_path(&uri).expect(target);
        assert_eq!(Some(&passed), uri.path_and_query(), "{target}");
    }
}

#[test]
fn refuses_paths_that_two_servers_read_differently() {
    for (target, expected) in [
        ("/..", "path-dot-segment"),
        ("/a/../b", "path-dot-segment"),
        ("/a/./b", "path-dot-segment"),
        ("/a/%2e%2e/b", "path-dot-segment"),
        ("/a/%2E./b", "path-dot-segment"),
        ("/a/.%2e", "path-dot-segment"),
        ("/a/%252e%252e/b", "path-dot-segment"),
        ("/a/..;x=1/b", "path-dot-segment"),
        ("/a/..%20/b", "path-dot-segment"),
        ("/a%2fb", "path-hidden-slash"),
        ("/a%2Fb", "path-hidden-slash"),
        ("/a%5cb", "path-hidden-slash"),
        ("/a\\b", "path-hidden-slash"),
        ("/a%252fb", "path-hidden-slash"),
        ("/%255c%255cevil.example", "path-hidden-slash"),
        ("//evil.example/x", "path-double-slash"),
        ("/a%00b", "path-control"),
        ("/a%0d%0aSet-Cookie:x=1", "path-control"),
        ("/a%7f", "path-control"),
        ("/a%2500", "path-control"),
        ("/a%", "path-bad-encoding"),
        ("/a%2", "path-bad-encoding"),
        ("/a%zz", "path-bad-encoding"),
        ("/%u002e", "path-bad-encoding"),
        ("/%c0%ae%c0%ae/x", "path-not-text"),
        ("/%ff", "path-not-text"),
        ("/caf\u{e9}", "path-not-text"),
        ("/a?b=caf\u{e9}", "path-not-text"),
        ("*", "path-missing"),
        ("tutor.agents.example:443", "path-missing"),
    ] {
        assert_eq!(verdict(target), expected, "{target}");
    }
    assert_eq!(
        verdict(&format!("/{}", "a".repeat(MAX_PATH_BYTES))),
        "path-too-long"
    );
}

#[test]
fn never_forwards_what_is_the_gateways_own_however_it_is_spelt() {
    for target in [
        "/.agent-factory",
        "/.agent-factory/session",
        "/.Agent-Factory/session",
        "/%2eagent-factory/session",
        "/.agent%2dfactory/session",
        "/%2E%61%67ent-factory",
        "/%252eagent-factory/session",
        "/.agent-factory;v=1/session",
        "/.agent-factory%20/session",
        "/.agent-factory?x=/static/",
    ] {
        assert_eq!(verdict(target), "path-reserved", "{target}");
    }
    // Merged slashes, were the first two not refused already.
    assert_eq!(verdict("//.agent-factory/session"), "path-double-slash");
}

#[test]
fn the_query_and_the_fragment_do_not_widen_a_path() {
    let uri = Uri::try_from("/private#/static/").expect("a uri");
    assert_eq!(safe_path(&uri).expect("a path").as_str(), "/private");
}

proptest::proptest! {
    #[test]
    fn a_passing_path_has_no_dots_and_is_not_ours_after_any_decoding(path in "/[a-c%.;/\\\\25eEfF]{0,24}") {
        if let Ok(uri) = Uri::try_from(path.as_str())
            && let Ok(passed) = safe_path(&uri)
        {
            let mut text = passed.path().as_bytes().to_vec();
            for _ in 0..2 {
                text = decoded_leniently(&text);
                let read = String::from_utf8_lossy(&text).into_owned();
                proptest::prop_assert!(!read.contains('\\'));
                proptest::prop_assert!(read.split('/').all(|part| part != ".." && part != "."));
            }
        }
    }
}
