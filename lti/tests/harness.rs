//! A tool and the platforms it is registered with: every launch of these tests goes the whole way
//! from login request to launch message.

use std::sync::OnceLock;

use agent_factory_lti::simulator::{
    AuthenticationParams, Flavour, LaunchSpec, Platform, PlatformRefusal, PlatformSigningKey,
    SimulatedPerson,
};
use agent_factory_lti::{
    AnonymousLaunches, AuthenticationRequest, AuthenticationResponse, CLOCK_LEEWAY, ClientId,
    DeploymentId, Expected, IdTokenError, Issuer, KeySet, LaunchMessage, LaunchRefused,
    LoginRequest, SignedToken, UnverifiedToken,
};
use time::OffsetDateTime;
use url::{Url, form_urlencoded};

pub const ORIGIN: &str = "https://gateway.example.org";
pub const TARGET: &str = "https://gateway.example.org/lti/launch";
pub const NONCE: &str = "nonce-of-this-login";
pub const STATE: &str = "state-of-this-login";
pub const FLAVOURS: [Flavour; 3] = [Flavour::Canvas, Flavour::Moodle, Flavour::Publisher];
pub const LEARNER: &str = "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner";
pub const INSTRUCTOR: &str = "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor";

pub fn now() -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap()
}

pub fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

/// One key for all tests: making one takes long.
pub fn signing_key() -> PlatformSigningKey {
    static PKCS8: OnceLock<Vec<u8>> = OnceLock::new();
    let bytes = PKCS8.get_or_init(|| PlatformSigningKey::generate().unwrap().to_pkcs8().unwrap());
    PlatformSigningKey::from_pkcs8(bytes).unwrap()
}

pub fn platform(flavour: Flavour) -> Platform {
    let (issuer, endpoint) = match flavour {
        Flavour::Canvas => (
            "https://canvas.example.edu",
            "https://sso.example.edu/authorize",
        ),
        Flavour::Moodle => (
            "https://moodle.example.edu",
            "https://moodle.example.edu/auth.php",
        ),
        Flavour::Publisher => (
            "https://press.example.com",
            "https://press.example.com/?lti&auth",
        ),
    };
    Platform::new(
        flavour,
        Issuer::parse(issuer).unwrap(),
        ClientId::parse("client-1").unwrap(),
        DeploymentId::parse("deployment-1").unwrap(),
        url(endpoint),
        url(TARGET),
        signing_key(),
    )
}

/// A launch as most are: a learner, a course, a link.
pub fn learner_launch() -> LaunchSpec {
    LaunchSpec::resource_link(SimulatedPerson::named("person-7", "Mila", "Okafor"), TARGET)
        .with_roles([LEARNER])
        .in_context("course-7", "BIO-7", "Biology, grade 7")
        .by_link("link-7", "Cell tutor")
}

pub fn encoded(fields: &[(String, String)]) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish()
}

#[derive(Debug, PartialEq)]
pub enum Refused {
    Platform(PlatformRefusal),
    Token(IdTokenError),
    Launch(LaunchRefused),
}

impl Refused {
    pub fn code(&self) -> &'static str {
        match self {
            Self::Platform(_) => "platform-refused",
            Self::Token(error) => error.code(),
            Self::Launch(refused) => refused.code(),
        }
    }
}

/// The tool after a login: what it remembers until the launch comes.
pub struct Tool<'a> {
    pub platform: &'a Platform,
    pub login: LoginRequest,
    pub request: AuthenticationParams,
    pub anonymous: AnonymousLaunches,
    pub now: OffsetDateTime,
    pub keys: KeySet,
}

impl<'a> Tool<'a> {
    /// Takes the platform's login and sends the authentication request.
    pub fn logged_in(platform: &'a Platform, spec: &LaunchSpec) -> Self {
        let parameters = encoded(&platform.login_parameters(spec));
        let login = LoginRequest::parse("", &parameters).unwrap();
        let request = AuthenticationRequest::new(
            platform.authorization_endpoint(),
            platform.client_id(),
            &login,
            platform.redirect_uri(),
            STATE,
            NONCE,
        );
        let request = match request.url() {
            Some(url) => AuthenticationParams::parse(url.query().unwrap(), ""),
            None => AuthenticationParams::parse("", &encoded(&request.form().1)),
        };
        Self {
            platform,
            login,
            request,
            anonymous: AnonymousLaunches::Refuse,
            now: now(),
            keys: platform.key_set().unwrap(),
        }
    }

    pub fn expected(&self) -> Expected<'_> {
        Expected {
            issuer: self.platform.issuer(),
            client_id: self.platform.client_id(),
            nonce: NONCE,
            deployment_hint: self.login.deployment_hint().map(DeploymentId::as_str),
            public_origin: origin(),
            now: self.now,
            leeway: CLOCK_LEEWAY,
            anonymous: self.anonymous,
        }
    }

    /// The token out of the fields the platform posts, its signature verified.
    pub fn signed(&self, fields: &[(String, String)]) -> Result<SignedToken, Refused> {
        let answer = AuthenticationResponse::parse(&encoded(fields)).unwrap();
        let AuthenticationResponse::Token { id_token, state } = answer else {
            panic!("the platform refused");
        };
        assert_eq!(state, STATE);
        let token = UnverifiedToken::parse(&id_token).map_err(Refused::Token)?;
        let key = self
            .keys
            .find(token.kid(), token.algorithm())
            .ok_or(Refused::Token(IdTokenError::Key(
                agent_factory_lti::KeySourceError::Unknown,
            )))?;
        token.verify_signature(&key).map_err(Refused::Token)
    }

    pub fn takes(&self, fields: &[(String, String)]) -> Result<LaunchMessage, Refused> {
        self.signed(fields)?
            .check(&self.expected())
            .map_err(Refused::Launch)
    }
}

pub fn origin() -> &'static Url {
    static ORIGIN_URL: OnceLock<Url> = OnceLock::new();
    ORIGIN_URL.get_or_init(|| url(ORIGIN))
}

/// The whole way, on one platform.
pub fn launch(platform: &Platform, spec: &LaunchSpec) -> Result<LaunchMessage, Refused> {
    let tool = Tool::logged_in(platform, spec);
    let fields = platform
        .answer(&tool.request, spec, now())
        .map_err(Refused::Platform)?;
    tool.takes(&fields)
}
