//! The campus launches as real platforms do: each person's whole way from the choice to a token
//! that the `lti` crate accepts.

use agent_factory_lti::{
    AnonymousLaunches, AuthenticationRequest, CLOCK_LEEWAY, ClientId, DeploymentId, Expected,
    Issuer, KeySet, LaunchMessage, LoginRequest, Masquerade, Standing, UnverifiedToken,
};
use axum::body::Body;
use http_body_util::BodyExt as _;
use serde_json::Value;
use url::Url;

use super::people::{CampusPerson, CourseRole, PEOPLE};
use super::*;
use crate::clock::{MockClock, Timestamp};

const PORT: u16 = 8080;
const NOW: i64 = 1_795_000_000;

struct Gateway;

impl LaunchInspector for Gateway {
    fn inspect<'a>(&'a self, trace: &'a LaunchTrace) -> InspectionFuture<'a> {
        Box::pin(async move {
            Inspection {
                outcome: Some(LaunchOutcome {
                    kind: "refused".to_owned(),
                    code: trace.tenant.to_owned(),
                    sentence: trace.nonce.clone(),
                }),
                ..Inspection::default()
            }
        })
    }
}

fn campus() -> Router {
    let clock = Arc::new(MockClock::at(Timestamp::from_seconds(NOW)));
    let state = DemoState::new(PORT, clock, Dice, Arc::new(Gateway), Received::default()).unwrap();
    router(&state)
}

struct Answer {
    status: StatusCode,
    location: Option<String>,
    text: String,
}

async fn send(campus: &Router, request: axum::http::request::Builder, body: String) -> Answer {
    let response = campus
        .clone()
        .oneshot(request.body(Body::from(body)).unwrap())
        .await
        .unwrap();
    let status = response.status();
    let location = response
        .headers()
        .get(header::LOCATION)
        .map(|at| at.to_str().unwrap().to_owned());
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    Answer {
        status,
        location,
        text: String::from_utf8(bytes.to_vec()).unwrap(),
    }
}

async fn get(campus: &Router, host: &str, path: &str) -> Answer {
    let host = format!("{host}:{PORT}");
    send(
        campus,
        Request::get(path).header("host", host),
        String::new(),
    )
    .await
}

async fn choose(campus: &Router, person: &CampusPerson) -> (String, Url) {
    let request = Request::post("/visits")
        .header("host", format!("localhost:{PORT}"))
        .header("accept", "application/json")
        .header("content-type", "application/x-www-form-urlencoded");
    let answer = send(campus, request, format!("person={}", person.key)).await;
    let chosen: Value = serde_json::from_str(&answer.text).unwrap();
    (
        chosen["visit"].as_str().unwrap().to_owned(),
        Url::parse(chosen["address"].as_str().unwrap()).unwrap(),
    )
}

fn unescape(text: &str) -> String {
    text.replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&#60;", "<")
        .replace("&#38;", "&")
}

/// The hidden fields of the one form on a page, as a browser would send them.
fn fields(page: &str) -> Vec<(String, String)> {
    page.split("<input type=\"hidden\" name=\"")
        .skip(1)
        .map(|rest| {
            let (name, rest) = rest.split_once("\" value=\"").unwrap();
            (unescape(name), unescape(rest.split_once('"').unwrap().0))
        })
        .collect()
}

fn encoded(fields: &[(String, String)]) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish()
}

/// The login request of a visit, whichever way the platform sends it.
async fn login(campus: &Router, host: &str, visit: &str) -> LoginRequest {
    let answer = get(campus, host, &format!("/start?visit={visit}")).await;
    match answer.location {
        Some(location) => {
            let url = Url::parse(&location).unwrap();
            assert_eq!(url.host_str(), Some("gateway.localhost"));
            LoginRequest::parse(url.query().unwrap(), "").unwrap()
        }
        None => LoginRequest::parse("", &encoded(&fields(&answer.text))).unwrap(),
    }
}

fn authentication(
    login: &LoginRequest,
    person: &CampusPerson,
    nonce: &str,
) -> AuthenticationRequest {
    let endpoint = format!("http://{}.localhost:{PORT}/auth", person.platform.label());
    AuthenticationRequest::new(
        &Url::parse(&endpoint).unwrap(),
        &ClientId::parse(person.platform.client_id()).unwrap(),
        login,
        &Url::parse("http://gateway.localhost:8080/lti/launch").unwrap(),
        "st4te",
        nonce,
    )
}

async fn launch(campus: &Router, person: &CampusPerson) -> LaunchMessage {
    let (visit, course) = choose(campus, person).await;
    let host = course.host_str().unwrap().to_owned();
    let login = login(campus, &host, &visit).await;
    let nonce = format!("n-{}", person.key);
    let url = authentication(&login, person, &nonce).url().unwrap();
    let path = format!("{}?{}", url.path(), url.query().unwrap());
    let answer = get(campus, &host, &path).await;
    assert!(
        answer
            .text
            .contains("action=\"http://gateway.localhost:8080/lti/launch\""),
        "{}",
        answer.text
    );
    let posted = fields(&answer.text);
    let field = |wanted: &str| {
        posted
            .iter()
            .find(|(name, _)| name == wanted)
            .unwrap()
            .1
            .as_str()
    };
    assert_eq!(field("state"), "st4te");

    let keys = KeySet::parse(get(campus, &host, "/keys").await.text.as_bytes()).unwrap();
    let token = UnverifiedToken::parse(field("id_token")).unwrap();
    let key = keys.find(token.kid(), token.algorithm()).unwrap();
    token
        .verify_signature(&key)
        .unwrap()
        .check(&Expected {
            issuer: &Issuer::parse(format!("http://{host}:{PORT}")).unwrap(),
            client_id: &ClientId::parse(person.platform.client_id()).unwrap(),
            nonce: &nonce,
            deployment_hint: login.deployment_hint().map(DeploymentId::as_str),
            public_origin: &Url::parse("http://gateway.localhost:8080").unwrap(),
            now: Timestamp::from_seconds(NOW).to_offset_date_time(),
            leeway: CLOCK_LEEWAY,
            anonymous: AnonymousLaunches::Refuse,
        })
        .unwrap()
}

#[tokio::test]
async fn everybody_on_the_campus_makes_a_genuine_launch() {
    let campus = campus();
    for person in &PEOPLE {
        let message = launch(&campus, person).await;
        assert_eq!(
            message.sub(),
            Some(person.platform_user_id),
            "{}",
            person.key
        );
        assert_eq!(
            message.deployment_id().as_str(),
            person.deployment_id,
            "{}",
            person.key
        );
        let standing = message.roles().standing();
        match person.role {
            CourseRole::Learner => assert_eq!(standing, Standing::Learner, "{}", person.key),
            CourseRole::Instructor => assert_eq!(standing, Standing::Instructor, "{}", person.key),
            CourseRole::ObserverOf(key) => {
                assert_eq!(standing, Standing::Observer, "{}", person.key);
                let child = CampusPerson::find(key).unwrap();
                assert_eq!(message.mentor_of(), [child.platform_user_id]);
            }
        }
        assert!(
            !matches!(message.masquerade(), Masquerade::Yes { .. }),
            "{}",
            person.key
        );
    }
}

#[tokio::test]
async fn the_pane_shows_what_was_sent_and_asks_the_gateway_by_the_launchs_nonce() {
    let campus = campus();
    let person = CampusPerson::find("ines").unwrap();
    launch(&campus, person).await;
    let (visit, _) = choose(&campus, person).await;
    let before = get(&campus, "localhost", &format!("/inspect/{visit}")).await;
    let before: Value = serde_json::from_str(&before.text).unwrap();
    assert_eq!(
        before["outcome"],
        Value::Null,
        "nothing is asked before there is a nonce"
    );

    let login = login(&campus, "moodle.localhost", &visit).await;
    let (_, form) = authentication(&login, person, "n-2").form();
    let request = Request::post("/auth").header("host", "moodle.localhost:8080");
    assert_eq!(
        send(&campus, request, encoded(&form)).await.status,
        StatusCode::OK
    );

    let pane = get(&campus, "localhost", &format!("/inspect/{visit}")).await;
    let pane: Value = serde_json::from_str(&pane.text).unwrap();
    assert_eq!(pane["sent"]["claims"]["email"], person.email);
    assert_eq!(pane["sent"]["claims"]["nonce"], "n-2");
    assert_eq!(pane["outcome"]["sentence"], "n-2");
    assert_eq!(pane["outcome"]["code"], "riverside");
    assert_eq!(pane["received"], Value::Array(Vec::new()));
}

#[tokio::test]
async fn a_platform_declines_a_request_whose_login_it_never_sent() {
    let campus = campus();
    let person = CampusPerson::find("theo").unwrap();
    let (visit, _) = choose(&campus, person).await;
    // This platform's hint is its own name of the launch.
    let path = format!(
        "/auth?scope=openid&response_type=id_token&response_mode=form_post&prompt=none\
         &client_id=open-shelf-tutor&login_hint={visit}&nonce=n&state=s\
         &redirect_uri=http%3A%2F%2Fgateway.localhost%3A8080%2Flti%2Flaunch"
    );
    let answer = get(&campus, "publisher.localhost", &path).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(!answer.text.contains("id_token"));

    login(&campus, "publisher.localhost", &visit).await;
    let answer = get(&campus, "publisher.localhost", &path).await;
    assert!(
        answer.text.contains("id_token"),
        "the same request, once the login was sent"
    );
}

#[tokio::test]
async fn a_visit_of_one_platform_is_unknown_to_another() {
    let campus = campus();
    let (visit, _) = choose(&campus, CampusPerson::find("mia").unwrap()).await;
    let path = format!("/start?visit={visit}");
    assert_eq!(
        get(&campus, "canvas.localhost", &path).await.status,
        StatusCode::OK
    );
    assert_eq!(
        get(&campus, "moodle.localhost", &path).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn without_script_a_choice_leads_the_frame_to_the_course() {
    let campus = campus();
    let request = Request::post("/visits")
        .header("host", "localhost:8080")
        .header("content-type", "application/x-www-form-urlencoded");
    let answer = send(&campus, request, "person=theo".to_owned()).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let location = answer.location.unwrap();
    let path = location
        .strip_prefix("http://publisher.localhost:8080")
        .unwrap();
    let course = get(&campus, "publisher.localhost", path).await;
    assert!(course.text.contains("Theo Marrowby"));
    assert!(course.text.contains("<iframe id=\"tool\""));
}

#[tokio::test]
async fn the_campus_page_names_everybody_and_every_tab() {
    let page = get(&campus(), "localhost", "/").await.text;
    for person in &PEOPLE {
        assert!(
            page.contains(&format!("data-person=\"{}\"", person.key)),
            "{}",
            person.key
        );
    }
    for tab in [
        "What the LMS sent",
        "What the agent received",
        "Withheld and why",
        "Assertion",
        "Log entry",
    ] {
        assert!(page.contains(&format!(">{tab}</button>")), "{tab}");
    }
    assert!(page.contains("id=\"inspector\"") && page.contains("id=\"launch\""));
    assert!(
        !page.contains("style=") && !page.contains("https://"),
        "nothing inline, nothing far"
    );
}

#[test]
fn only_the_demos_own_hosts_on_its_own_port_are_its_sites() {
    assert_eq!(Site::of_host("localhost:8080", 8080), Some(Site::Campus));
    assert_eq!(
        Site::of_host("moodle.localhost:8080", 8080),
        Some(Site::Platform(CampusPlatform::Moodle))
    );
    for host in [
        "localhost",
        "localhost:81",
        "gateway.localhost:8080",
        "canvas.localhost.evil.example:8080",
        "evil-canvas.localhost:8080",
        "",
    ] {
        assert_eq!(Site::of_host(host, 8080), None, "{host}");
    }
}
