//! Recorded launches of platforms that others wrote: Moodle, Open edX, WordPress, lti1p3platform.
//!
//! The clock stands where it stood; keys, nonce, client id and deployment are those recorded.

use agent_factory_lti::{
    AnonymousLaunches, AuthenticationRequest, CLOCK_LEEWAY, ClientId, Expected, Issuer, KeySet,
    LaunchMessage, LaunchRefused, LoginRequest, Masquerade, MessageType, SignedToken, Standing,
    UnverifiedToken,
};
use serde_json::Value;
use time::{Duration, OffsetDateTime};
use url::Url;

struct Recorded {
    issuer: Issuer,
    client_id: ClientId,
    deployment_id: String,
    nonce: String,
    at: OffsetDateTime,
    authorization_endpoint: Url,
    redirect_uri: Url,
    login: LoginRequest,
    token: SignedToken,
}

macro_rules! recorded {
    ($name:literal) => {
        Recorded::read(include_str!(concat!("fixtures/", $name, ".json")))
    };
}

impl Recorded {
    fn read(json: &str) -> Self {
        let record: Value = serde_json::from_str(json).unwrap();
        let text = |pointer: &str| {
            record
                .pointer(pointer)
                .unwrap()
                .as_str()
                .unwrap()
                .to_owned()
        };
        let parameters = record
            .pointer("/login/parameters")
            .unwrap()
            .as_object()
            .unwrap();
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(
                parameters
                    .iter()
                    .map(|(name, value)| (name, value.as_str().unwrap())),
            )
            .finish();
        let keys = KeySet::parse(record["jwks"].to_string().as_bytes()).unwrap();
        let token = UnverifiedToken::parse(&text("/id_token")).unwrap();
        let key = keys.find(token.kid(), token.algorithm()).unwrap();
        Self {
            issuer: Issuer::parse(text("/registration/issuer")).unwrap(),
            client_id: ClientId::parse(text("/registration/client_id")).unwrap(),
            deployment_id: text("/registration/deployment_id"),
            nonce: text("/nonce"),
            at: OffsetDateTime::from_unix_timestamp(record["at"].as_i64().unwrap()).unwrap(),
            authorization_endpoint: Url::parse(&text("/registration/authorization_endpoint"))
                .unwrap(),
            redirect_uri: Url::parse(&text("/redirect_uri")).unwrap(),
            login: LoginRequest::parse(&text("/login/query"), &body).unwrap(),
            token: token.verify_signature(&key).unwrap(),
        }
    }

    fn expected<'a>(&'a self, origin: &'a Url) -> Expected<'a> {
        Expected {
            issuer: &self.issuer,
            client_id: &self.client_id,
            nonce: &self.nonce,
            deployment_hint: Some(&self.deployment_id),
            public_origin: origin,
            now: self.at,
            leeway: CLOCK_LEEWAY,
            anonymous: AnonymousLaunches::Refuse,
        }
    }

    /// The login is answered at the platform's endpoint, its query kept and the hints unaltered.
    fn answers_its_login(&self) {
        let endpoint = &self.authorization_endpoint;
        let request = AuthenticationRequest::new(
            endpoint,
            &self.client_id,
            &self.login,
            &self.redirect_uri,
            "state",
            &self.nonce,
        );
        let url = request.url().unwrap();
        assert!(url.as_str().starts_with(endpoint.as_str()));
        let value = |name: &str| {
            url.query_pairs()
                .find(|(given, _)| given == name)
                .map(|(_, value)| value.into_owned())
        };
        assert_eq!(
            value("login_hint").as_deref(),
            Some(self.login.login_hint())
        );
        assert_eq!(
            value("lti_message_hint").as_deref(),
            self.login.lti_message_hint()
        );
        assert_eq!(
            value("redirect_uri").as_deref(),
            Some(self.redirect_uri.as_str())
        );
        assert_eq!(value("nonce").as_deref(), Some(self.nonce.as_str()));
    }

    /// The message; and it must be refused later, elsewhere, and in answer to another login.
    fn message(&self) -> LaunchMessage {
        let origin = Url::parse("http://localhost:9100").unwrap();
        let expected = self.expected(&origin);
        let refused = |expected: Expected<'_>| self.token.check(&expected).unwrap_err();

        let later = self.at + Duration::hours(2);
        assert_eq!(
            refused(Expected {
                now: later,
                ..expected.clone()
            }),
            LaunchRefused::Expired
        );
        let earlier = self.at - Duration::hours(2);
        let early = Expected {
            now: earlier,
            ..expected.clone()
        };
        assert_eq!(refused(early), LaunchRefused::IssuedInFuture);
        let other = Expected {
            nonce: "another-login",
            ..expected.clone()
        };
        assert_eq!(refused(other), LaunchRefused::NonceOther);
        let client_id = ClientId::parse("another-client").unwrap();
        let other = Expected {
            client_id: &client_id,
            ..expected.clone()
        };
        assert_eq!(refused(other), LaunchRefused::AudienceOther);
        let other = Expected {
            deployment_hint: Some("another"),
            ..expected.clone()
        };
        assert_eq!(refused(other), LaunchRefused::DeploymentNotOfLogin);
        let elsewhere = Url::parse("https://gateway.example.org").unwrap();
        let other = Expected {
            public_origin: &elsewhere,
            ..expected.clone()
        };
        assert_eq!(refused(other), LaunchRefused::TargetForeign);

        assert_eq!(self.login.issuer(), &self.issuer);
        assert_eq!(self.login.client_id(), Some(&self.client_id));
        assert_eq!(
            self.login.deployment_hint().unwrap().as_str(),
            self.deployment_id
        );

        self.answers_its_login();

        let message = self.token.check(&expected).unwrap();
        assert_eq!(message.deployment_id().as_str(), self.deployment_id);
        assert_eq!(message.masquerade(), Masquerade::Undetectable);
        message
    }
}

#[test]
fn moodle_student_launches() {
    let recorded = recorded!("moodle-student1-launch");
    assert!(
        recorded
            .login
            .lti_message_hint()
            .unwrap()
            .starts_with("{\"cmid\":2")
    );
    let message = recorded.message();
    assert_eq!(message.message_type(), MessageType::ResourceLink);
    assert_eq!(message.sub(), Some("3"));
    assert_eq!(message.roles().standing(), Standing::Learner);
    assert_eq!(message.person().name.as_deref(), Some("Sara Student"));
    assert_eq!(message.resource_link().unwrap().id, "1");
    assert_eq!(message.context().unwrap().kinds, ["CourseSection"]);
    assert_eq!(message.custom("agent"), Some("echo"));
    assert_eq!(
        message.custom("course_sis"),
        None,
        "an unresolved variable is absent"
    );
    assert_eq!(
        message.tool_platform().product_family_code.as_deref(),
        Some("moodle")
    );
    assert_eq!(
        message.lis().person_sourcedid.as_deref(),
        Some("sis-student1")
    );
    assert!(message.ags_endpoint().is_some());
    assert!(message.names_and_roles().is_some());
    assert_eq!(
        message.expires_at() - message.issued_at(),
        Duration::seconds(60)
    );
}

#[test]
fn moodle_student_with_a_name_beyond_ascii_launches() {
    let message = recorded!("moodle-student2-launch").message();
    assert_eq!(message.sub(), Some("4"));
    assert_eq!(message.person().name.as_deref(), Some("Søren Ångström"));
}

#[test]
fn moodle_teacher_launches() {
    let message = recorded!("moodle-teacher1-launch").message();
    assert_eq!(message.sub(), Some("5"));
    assert_eq!(message.roles().standing(), Standing::Instructor);
}

#[test]
fn moodle_administrator_is_an_instructor_by_the_course_role_alone() {
    let message = recorded!("moodle-admin-launch").message();
    assert_eq!(message.roles().standing(), Standing::Instructor);
    assert!(message.roles().is_system_or_institution_administrator());
    assert!(!message.roles().is_context_administrator());
    assert_eq!(
        message.lis().person_sourcedid,
        None,
        "an empty text is absent"
    );
}

#[test]
fn moodle_teacher_asks_for_deep_linking() {
    let message = recorded!("moodle-teacher1-deeplink").message();
    assert_eq!(message.message_type(), MessageType::DeepLinking);
    assert_eq!(message.resource_link(), None);
    let settings = message.deep_linking_settings().unwrap();
    assert_eq!(settings["accept_types"][0], "ltiResourceLink");
}

#[test]
fn moodle_teacher_reviews_a_submission() {
    let message = recorded!("moodle-teacher1-submissionreview").message();
    assert_eq!(message.message_type(), MessageType::SubmissionReview);
    assert_eq!(message.for_user().unwrap().user_id, "3");
    assert_eq!(message.sub(), Some("5"));
}

#[test]
fn open_edx_student_launches_with_a_key_that_names_no_algorithm() {
    let message = recorded!("openedx-student1-launch").message();
    assert_eq!(message.roles().standing(), Standing::Learner);
    assert_eq!(message.custom("agent"), Some("seven"));
    assert_eq!(message.tool_platform().product_family_code, None);
    assert_eq!(message.resource_link().unwrap().title, None);
    assert_eq!(message.presentation().return_url, None);
}

#[test]
fn open_edx_teacher_launches() {
    let message = recorded!("openedx-teacher1-launch").message();
    assert_eq!(message.roles().standing(), Standing::Instructor);
    assert!(message.roles().is_context_administrator());
    assert!(!message.roles().is_system_or_institution_administrator());
}

#[test]
fn open_edx_teacher_asks_for_deep_linking() {
    let message = recorded!("openedx-teacher1-deeplink").message();
    assert_eq!(message.message_type(), MessageType::DeepLinking);
    assert_eq!(message.target_link_uri().unwrap().path(), "/lti/deeplink");
}

#[test]
fn wordpress_student_launches_with_a_list_of_audiences() {
    let recorded = recorded!("wordpress-student1-launch");
    assert_eq!(
        recorded.login.storage_target(),
        Some("_parent"),
        "it stands in the query alone"
    );
    assert_eq!(recorded.login.lti_message_hint(), None);
    let message = recorded.message();
    assert_eq!(message.sub(), Some("2"));
    assert_eq!(message.roles().standing(), Standing::Learner);
    assert_eq!(
        message.tool_platform().guid.as_deref(),
        Some("wp.example.test")
    );
}

#[test]
fn wordpress_teacher_launches() {
    let message = recorded!("wordpress-teacher1-launch").message();
    assert_eq!(message.roles().standing(), Standing::Instructor);
}

#[test]
fn wordpress_teacher_asks_for_deep_linking_at_the_ordinary_launch_url() {
    let message = recorded!("wordpress-teacher1-deeplink").message();
    assert_eq!(message.message_type(), MessageType::DeepLinking);
    assert_eq!(message.target_link_uri().unwrap().path(), "/lti/launch");
}

#[test]
fn lti1p3platform_person_launches() {
    let message = recorded!("lti1p3platform-user-launch").message();
    assert_eq!(message.sub(), Some("user-1"));
    assert_eq!(message.tool_platform().guid, None);
}

#[test]
fn lti1p3platform_deep_linking_keeps_its_resource_link_and_its_object_as_data() {
    let message = recorded!("lti1p3platform-user-deeplink").message();
    assert_eq!(message.message_type(), MessageType::DeepLinking);
    assert_eq!(message.resource_link().unwrap().id, "rl-1");
    assert!(message.deep_linking_settings().unwrap()["data"].is_object());
}
