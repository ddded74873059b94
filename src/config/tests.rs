//! The configuration, tried as an operator would write it.

use super::*;

const GOOD: &str = r#"
public_url = "https://gateway.example.org"
[agents]
domain = "agents.example.net"
[database]
url = "sqlite://gateway.sqlite3"
[root_key]
file = "root.key"
"#;

fn load(text: &str, env: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("gateway.toml");
    std::fs::write(&file, text).unwrap();
    let env = env
        .iter()
        .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
        .collect();
    Config::load(&[file], &env)
}

fn fault(text: &str, env: &[(&str, &str)]) -> String {
    load(text, env).unwrap_err().to_string()
}

#[test]
fn a_plain_file_is_enough() {
    let config = load(GOOD, &[]).unwrap();
    assert_eq!(config.public_origin(), "https://gateway.example.org");
    assert_eq!(config.server.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.agents.host(), "agents.example.net");
}

#[test]
fn the_environment_stands_over_the_file() {
    let env = [
        ("AGENT_FACTORY_SERVER__LISTEN", "127.0.0.1:9999"),
        ("AGENT_FACTORY_LIMITS__SESSION_SECONDS", "60"),
        (
            "AGENT_FACTORY_EGRESS__ALLOWED_PRIVATE_HOSTS",
            "[\"lms.internal:443\"]",
        ),
        ("AGENT_FACTORY_BOOTSTRAP_TOKEN", "not a key"),
    ];
    let config = load(GOOD, &env).unwrap();
    assert_eq!(config.server.listen.port(), 9999);
    assert_eq!(config.limits.session_seconds, 60);
    assert_eq!(config.egress.pairs(), [("lms.internal".to_owned(), 443)]);
}

#[test]
fn an_unknown_key_is_refused_and_named() {
    let said = fault(&GOOD.replace("[agents]", "[agents]\ndomian = \"x\""), &[]);
    assert!(said.contains("agents") && said.contains("domian"), "{said}");
    let said = fault(GOOD, &[("AGENT_FACTORY_DATABASE__PASSWORD", "hunter2")]);
    assert!(
        said.contains("password") && !said.contains("hunter2"),
        "{said}"
    );
}

#[test]
fn a_secret_may_come_from_a_file_but_not_twice() {
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("url");
    std::fs::write(&secret, "postgres://app@127.0.0.1/gateway\n").unwrap();
    let path = secret.to_str().unwrap();
    let without = GOOD.replace("url = \"sqlite://gateway.sqlite3\"", "max_connections = 3");
    let config = load(&without, &[("AGENT_FACTORY_DATABASE__URL_FILE", path)]).unwrap();
    assert_eq!(
        secrecy::ExposeSecret::expose_secret(&config.database.url),
        "postgres://app@127.0.0.1/gateway"
    );
    assert!(fault(GOOD, &[("AGENT_FACTORY_DATABASE__URL_FILE", path)]).contains("url_file"));
}

#[test]
fn faults_name_their_key() {
    for (from, to, key) in [
        (
            "https://gateway.example.org",
            "http://gateway.example.org",
            "public_url",
        ),
        (
            "https://gateway.example.org",
            "https://gateway.example.org/lti",
            "public_url",
        ),
        (
            "https://gateway.example.org",
            "https://a@gateway.example.org",
            "public_url",
        ),
        ("agents.example.net", "agents/example", "agents.domain"),
        ("file = \"root.key\"", "", "root_key"),
        (
            "file = \"root.key\"",
            "file = \"a\"\nvalue = \"b\"",
            "root_key",
        ),
        (
            "[agents]",
            "[limits]\nclock_leeway_seconds = 900\n[agents]",
            "clock_leeway_seconds",
        ),
    ] {
        let said = fault(&GOOD.replace(from, to), &[]);
        assert!(said.contains(key), "{to}: {said}");
    }
}

#[test]
fn a_debug_print_shows_no_secret() {
    let text = GOOD.replace("file = \"root.key\"", "value = \"c2VjcmV0\"");
    assert!(!format!("{:?}", load(&text, &[]).unwrap()).contains("c2VjcmV0"));
}

#[test]
fn a_shared_registrable_domain_is_warned_about() {
    let text = GOOD.replace("agents.example.net", "agents.example.org");
    assert!(
        load(&text, &[])
            .unwrap()
            .warnings()
            .iter()
            .any(|w| w.contains("registrable"))
    );
}
