use http::HeaderValue;

use super::*;

const OWN: &str = "https://tutor--lincoln--x7k2m9qa.agents.example";

const SIBLING: &str = "https://essay--lincoln--x7k2m9qa.agents.example";

/// Who asks; method; `Origin`; `Sec-Fetch-Site`, `-Mode` and `-Dest` (`-`: not sent); verdict.
const ASKED: &str = "
a typed address                | GET     | -       | -           | -        | -        | passes
a link followed                | GET     | -       | cross-site  | navigate | document | passes
a frame filled                 | GET     | -       | cross-site  | navigate | iframe   | passes
an object filled               | GET     | -       | cross-site  | navigate | object   | cross-site
navigation without its target  | GET     | -       | -           | navigate | -        | missing
its own fetch                  | GET     | -       | same-origin | cors     | empty    | passes
its own fetch, old browser     | GET     | own     | -           | -        | -        | passes
a sibling's fetch              | GET     | sibling | same-site   | cors     | empty    | other
a sibling's image              | GET     | -       | same-site   | no-cors  | image    | cross-site
another site's script tag      | GET     | -       | cross-site  | no-cors  | script   | cross-site
a fetch that shows nothing     | GET     | -       | -           | cors     | -        | missing
its own post                   | POST    | own     | same-origin | cors     | empty    | passes
its own post, old browser      | POST    | own     | -           | -        | -        | passes
its own post, no referrer      | POST    | null    | same-origin | navigate | document | passes
a sandboxed frame's post       | POST    | null    | cross-site  | cors     | empty    | other
an opaque post, old browser    | POST    | null    | -           | -        | -        | other
another site's form            | POST    | evil    | cross-site  | navigate | document | other
a sibling's form, old browser  | POST    | sibling | -           | -        | -        | other
a post that shows nothing      | POST    | -       | -           | -        | -        | missing
a post that claims to be typed | POST    | -       | none        | navigate | document | cross-site
headers that contradict        | POST    | own     | cross-site  | cors     | empty    | cross-site
and the other way round        | POST    | sibling | same-origin | cors     | empty    | other
the same host by http          | POST    | http    | -           | -        | -        | other
the same host, another port    | POST    | port    | -           | -        | -        | other
a host that begins alike       | POST    | longer  | -           | -        | -        | other
two origins                    | POST    | twice   | -           | -        | -        | ambiguous
head                           | HEAD    | -       | -           | -        | -        | missing
a preflight from elsewhere     | OPTIONS | sibling | -           | -        | -        | other
a delete from elsewhere        | DELETE  | -       | cross-site  | cors     | empty    | cross-site
a worker's script              | GET     | -       | same-origin | -  | serviceworker  | service-worker
";

fn own() -> url::Origin {
    url::Url::parse(OWN).expect("an origin").origin()
}

fn asked(origin: &str, fetch: [&str; 3]) -> HeaderMap {
    let longer = format!("{OWN}.evil.example");
    let port = format!("{OWN}:8443");
    let http = OWN.replace("https", "http");
    let origins = match origin {
        "-" => vec![],
        "own" => vec![OWN],
        "sibling" => vec![SIBLING],
        "twice" => vec![OWN, SIBLING],
        "evil" => vec!["https://evil.example"],
        "longer" => vec![longer.as_str()],
        "port" => vec![port.as_str()],
        "http" => vec![http.as_str()],
        verbatim => vec![verbatim],
    };
    let mut headers = HeaderMap::new();
    for origin in origins {
        headers.append(ORIGIN, HeaderValue::from_str(origin).expect("a value"));
    }
    let names = ["sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest"];
    for (name, value) in names
        .into_iter()
        .zip(fetch)
        .filter(|(_, value)| *value != "-")
    {
        headers.append(name, HeaderValue::from_str(value).expect("a value"));
    }
    headers
}

#[test]
fn only_the_origin_itself_and_plain_navigations_pass() {
    for line in ASKED.lines().filter(|line| !line.is_empty()) {
        let [name, method, origin, site, mode, dest, expected] =
            *line.split('|').map(str::trim).collect::<Vec<_>>()
        else {
            panic!("seven columns: {line}")
        };
        let method = method.parse().expect("a method");
        let verdict = check(
            &method,
            &asked(origin, [site, mode, dest]),
            &own(),
            Upgrade::None,
        );
        let verdict = verdict.map_or_else(OriginRefusal::code, |()| "origin-passes");
        assert_eq!(verdict, format!("origin-{expected}"), "{name}");
    }
}

#[test]
fn a_service_worker_announces_its_script_by_a_header_of_its_own() {
    let mut headers = asked("own", ["same-origin", "-", "-"]);
    headers.insert("service-worker", HeaderValue::from_static("script"));
    assert_eq!(
        check(&Method::GET, &headers, &own(), Upgrade::None),
        Err(OriginRefusal::ServiceWorker)
    );
}

#[test]
fn an_upgrade_is_never_a_plain_navigation() {
    for (origin, fetch, expected) in [
        ("own", ["-", "-", "-"], Ok(())),
        ("sibling", ["-", "-", "-"], Err(OriginRefusal::OtherOrigin)),
        ("-", ["-", "-", "-"], Err(OriginRefusal::NoOrigin)),
        (
            "-",
            ["-", "navigate", "document"],
            Err(OriginRefusal::NoOrigin),
        ),
    ] {
        let headers = asked(origin, fetch);
        assert_eq!(
            check(&Method::GET, &headers, &own(), Upgrade::WebSocket),
            expected
        );
    }
}

#[test]
fn an_opaque_own_origin_is_shown_by_nobody() {
    let mut headers = HeaderMap::new();
    headers.insert(ORIGIN, HeaderValue::from_static("null"));
    let own = url::Origin::new_opaque();
    assert_eq!(
        check(&Method::POST, &headers, &own, Upgrade::None),
        Err(OriginRefusal::OtherOrigin)
    );
}
