use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tower_service::Service as _;

use super::*;

fn rules(loopback: bool, named: &[(&str, u16)]) -> EgressRules {
    EgressRules {
        allowed_private_hosts: named
            .iter()
            .map(|(host, port)| PrivateHost::parse(host, *port).expect("a host"))
            .collect(),
        allow_loopback_http: loopback,
        localhost_names: true,
    }
}

fn verdict(rules: &EgressRules, url: &str) -> &'static str {
    match rules.check_url(&Url::parse(url).expect(url)) {
        Ok(()) => "passes",
        Err(refusal) => refusal.code(),
    }
}

#[test]
fn calls_only_public_hosts_over_https() {
    let rules = rules(false, &[]);
    for (url, expected) in [
        ("https://canvas.example/jwks", "passes"),
        ("https://8.8.8.8/", "passes"),
        ("https://[2606:4700:4700::1111]/", "passes"),
        ("https://[64:ff9b::808:808]/", "passes"),
        ("http://canvas.example/jwks", "egress-scheme-refused"),
        ("ftp://canvas.example/", "egress-scheme-refused"),
        ("http://127.0.0.1/", "egress-scheme-refused"),
        ("https://name@canvas.example/", "egress-userinfo"),
        ("https://name:word@canvas.example/", "egress-userinfo"),
        ("https://canvas.example@127.0.0.1/", "egress-userinfo"),
        (
            "https://169.254.169.254/latest/meta-data/",
            "egress-private-address",
        ),
        ("https://127.0.0.1/", "egress-private-address"),
        ("https://127.8.9.10/", "egress-private-address"),
        ("https://2130706433/", "egress-private-address"),
        ("https://0177.0.0.1/", "egress-private-address"),
        ("https://0x7f.1/", "egress-private-address"),
        ("https://127.1/", "egress-private-address"),
        ("https://0.0.0.0/", "egress-private-address"),
        ("https://0/", "egress-private-address"),
        ("https://10.1.2.3/", "egress-private-address"),
        ("https://100.64.0.1/", "egress-private-address"),
        ("https://172.16.0.1/", "egress-private-address"),
        ("https://172.31.255.255/", "egress-private-address"),
        ("https://192.168.1.1/", "egress-private-address"),
        ("https://192.0.0.8/", "egress-private-address"),
        ("https://198.18.0.1/", "egress-private-address"),
        ("https://203.0.113.1/", "egress-private-address"),
        ("https://224.0.0.1/", "egress-private-address"),
        ("https://255.255.255.255/", "egress-private-address"),
        ("https://[::]/", "egress-private-address"),
        ("https://[::1]/", "egress-private-address"),
        ("https://[::ffff:127.0.0.1]/", "egress-private-address"),
        ("https://[::ffff:8.8.8.8]/", "egress-private-address"),
        ("https://[::127.0.0.1]/", "egress-private-address"),
        ("https://[64:ff9b::7f00:1]/", "egress-private-address"),
        ("https://[64:ff9b:1::808:808]/", "egress-private-address"),
        ("https://[2002:7f00:1::]/", "egress-private-address"),
        ("https://[2001:db8::1]/", "egress-private-address"),
        ("https://[2001::1]/", "egress-private-address"),
        ("https://[fc00::1]/", "egress-private-address"),
        ("https://[fd12:3456::1]/", "egress-private-address"),
        ("https://[fe80::1]/", "egress-private-address"),
        ("https://[fec0::1]/", "egress-private-address"),
        ("https://[ff02::1]/", "egress-private-address"),
    ] {
        assert_eq!(verdict(&rules, url), expected, "{url}");
    }
    assert_eq!(verdict(&rules, "https://172.15.0.1/"), "passes");
    assert_eq!(verdict(&rules, "https://172.32.0.1/"), "passes");
    assert_eq!(verdict(&rules, "https://100.128.0.1/"), "passes");
}

#[test]
fn plain_http_goes_to_loopback_and_named_hosts_only() {
    let rules = rules(true, &[("tutor.internal", 8000), ("10.0.0.7", 9000)]);
    for (url, expected) in [
        ("http://127.0.0.1:9001/", "passes"),
        ("http://[::1]:9001/", "passes"),
        ("http://localhost:9001/", "passes"),
        ("http://LocalHost.:9001/", "passes"),
        ("http://canvas.localhost:9001/", "passes"),
        ("http://localhost.evil.example/", "egress-scheme-refused"),
        ("http://notlocalhost/", "egress-scheme-refused"),
        ("http://10.0.0.7:9000/", "passes"),
        ("http://10.0.0.7:9001/", "egress-other-port"),
        ("https://10.0.0.7/", "egress-other-port"),
        ("http://10.0.0.8:9000/", "egress-scheme-refused"),
        ("http://tutor.internal:8000/", "passes"),
        ("http://TUTOR.internal.:8000/", "passes"),
        ("http://tutor.internal:22/", "egress-other-port"),
        ("http://0.0.0.0:9001/", "egress-scheme-refused"),
        ("http://[::ffff:127.0.0.1]:9001/", "egress-scheme-refused"),
    ] {
        assert_eq!(verdict(&rules, url), expected, "{url}");
    }
}

#[tokio::test]
async fn resolves_localhost_names_inside_the_process() {
    let allowed = rules(true, &[]);
    for host in [
        "localhost",
        "canvas.localhost",
        "CANVAS.LOCALHOST.",
        "a.b.localhost",
    ] {
        let addresses = allowed.resolve_checked(host, 8080).await.expect(host);
        assert_eq!(
            addresses[0],
            SocketAddr::from(([127, 0, 0, 1], 8080)),
            "{host}"
        );
        assert!(addresses.iter().all(|address| address.ip().is_loopback()));
        let refused = rules(false, &[]).resolve_checked(host, 8080).await;
        assert_eq!(refused, Err(EgressRefusal::PrivateAddress), "{host}");
    }
    // A name that only begins so is anybody's: the resolver is asked, and it has no such name.
    let evil = allowed
        .resolve_checked("localhost.evil.invalid", 8080)
        .await;
    assert_eq!(evil, Err(EgressRefusal::NotResolved));
}

#[tokio::test]
async fn checks_every_spelling_of_an_address_when_resolving() {
    let rules = rules(false, &[]);
    for host in [
        "127.0.0.1",
        "2130706433",
        "0x7f000001",
        "017700000001",
        "127.1",
        "0",
        "[::1]",
        "10.0.0.1",
    ] {
        let refused = rules.resolve_checked(host, 443).await;
        assert_eq!(refused, Err(EgressRefusal::PrivateAddress), "{host}");
    }
    for host in ["", ".", "a b", "a/b", "1.2.3.4.5", "::1"] {
        let refused = rules.resolve_checked(host, 443).await;
        assert_eq!(refused, Err(EgressRefusal::BadHost), "{host:?}");
    }
    let public = rules.resolve_checked("8.8.8.8", 443).await;
    assert_eq!(public, Ok(vec![SocketAddr::from(([8, 8, 8, 8], 443))]));
}

#[tokio::test]
async fn a_system_name_for_loopback_is_not_loopback_by_permission() {
    // Without our own reading of the name the system's resolver answers; the name says loopback,
    // so it may be called, and only when loopback may.
    let system = EgressRules {
        localhost_names: false,
        ..rules(false, &[])
    };
    let refused = system.resolve_checked("localhost", 443).await;
    assert_eq!(refused, Err(EgressRefusal::PrivateAddress));
}

#[tokio::test]
async fn the_connector_refuses_before_it_connects() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let deadline = std::time::Duration::from_secs(5);
    let target: http::Uri = format!("http://tutor.localhost:{port}/")
        .parse()
        .expect("a uri");

    let mut open = CheckedConnector::new(rules(true, &[]).into(), deadline);
    assert!(open.call(target.clone()).await.is_ok());
    assert!(listener.accept().await.is_ok());

    let mut shut = CheckedConnector::new(rules(false, &[]).into(), deadline);
    let refused = shut.call(target).await.err();
    assert_eq!(
        refused,
        Some(ConnectRefused::Egress(EgressRefusal::SchemeRefused))
    );
}

/// A server that gives each connection the same answer, whatever is asked.
async fn answering(answer: String) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut asked = [0_u8; 2048];
            let _ = stream.read(&mut asked).await;
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    Url::parse(&format!("http://platform.localhost:{port}/jwks")).expect("a url")
}

#[tokio::test]
async fn fetches_a_bounded_document() {
    let url = answering(
        "HTTP/1.1 200 OK\r\ncache-control: max-age=300\r\ncontent-length: 11\r\n\
         connection: close\r\n\r\n{\"keys\":[]}"
            .to_owned(),
    )
    .await;
    let client = PlatformClient::new(rules(true, &[]).into()).expect("a client");
    let fetched = client.get_bounded(&url, 11).await.expect("a document");
    assert_eq!(fetched.bytes, b"{\"keys\":[]}");
    assert_eq!(fetched.cache_control.as_deref(), Some("max-age=300"));
    assert_eq!(
        client.get_bounded(&url, 10).await,
        Err(FetchError::TooLarge)
    );
}

#[tokio::test]
async fn follows_no_redirect_and_reaches_no_private_address() {
    let url = answering(
        "HTTP/1.1 302 Found\r\nlocation: http://169.254.169.254/\r\ncontent-length: 0\r\n\
         connection: close\r\n\r\n"
            .to_owned(),
    )
    .await;
    let open = PlatformClient::new(rules(true, &[]).into()).expect("a client");
    assert_eq!(
        open.get_bounded(&url, 10).await,
        Err(FetchError::Status(302))
    );

    let shut = PlatformClient::new(rules(false, &[]).into()).expect("a client");
    for (target, refusal) in [
        (url.as_str(), EgressRefusal::SchemeRefused),
        ("https://169.254.169.254/", EgressRefusal::PrivateAddress),
        // Only the client's resolver sees that this name is private.
        ("https://platform.localhost/", EgressRefusal::PrivateAddress),
    ] {
        let target = Url::parse(target).expect("a url");
        let refused = shut.get_bounded(&target, 10).await;
        assert_eq!(refused, Err(FetchError::Refused(refusal)), "{target}");
    }
}
