//! The simulated platforms behind the campus: one per deployment, those of one platform sharing
//! its key; and the launch each person's platform makes.

use agent_factory_lti::simulator::{
    Flavour, LaunchSpec, Platform, PlatformSigningKey, SigningKeyError, SimulatedPerson,
};
use agent_factory_lti::{ClientId, DeploymentId, IdentifierError, Issuer};
use url::Url;

use super::people::{CampusPerson, CampusPlatform, CourseRole};
use super::seed::{SeedPlan, platform_origin};
use super::visits::Visit;

/// Why a simulated platform could not be made.
#[derive(Debug, thiserror::Error)]
pub enum SimulatorsError {
    /// An identifier of the plan is none.
    #[error("an identifier of the demo is malformed")]
    Identifier(#[from] IdentifierError),
    /// An address of the plan is none.
    #[error("an address of the demo is malformed")]
    Address(#[from] url::ParseError),
    /// No key could be made.
    #[error("the key of a simulated platform could not be made")]
    Key(#[from] SigningKeyError),
}

impl SimulatorsError {
    /// Stable name.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Identifier(_) => "demo-identifier",
            Self::Address(_) => "demo-address",
            Self::Key(_) => "demo-key",
        }
    }
}

/// Every simulated platform, by deployment.
pub struct Simulators {
    platforms: Vec<(CampusPlatform, &'static str, Platform)>,
    gateway: String,
    port: u16,
}

impl Simulators {
    /// The platforms of a campus on `port`.
    ///
    /// # Errors
    /// [`SimulatorsError`].
    pub fn on_port(port: u16) -> Result<Self, SimulatorsError> {
        let gateway = format!("http://gateway.localhost:{port}");
        let plan = SeedPlan::on_port(port);
        let mut platforms = Vec::new();
        for registration in &plan.registrations {
            let key = PlatformSigningKey::generate()?.to_pkcs8()?;
            for deployment in plan
                .deployments
                .iter()
                .filter(|d| d.platform == registration.platform)
            {
                let platform = Platform::new(
                    flavour(registration.platform),
                    Issuer::parse(registration.issuer.as_str())?,
                    ClientId::parse(registration.client_id)?,
                    DeploymentId::parse(deployment.deployment_id)?,
                    Url::parse(&registration.authorization_url)?,
                    Url::parse(&format!("{gateway}/lti/launch"))?,
                    PlatformSigningKey::from_pkcs8(&key)?,
                );
                platforms.push((registration.platform, deployment.deployment_id, platform));
            }
        }
        Ok(Self {
            platforms,
            gateway,
            port,
        })
    }

    /// The platform that launches for a person.
    pub fn of_person(&self, person: &CampusPerson) -> Option<&Platform> {
        self.platforms
            .iter()
            .find(|(platform, deployment, _)| {
                *platform == person.platform && *deployment == person.deployment_id
            })
            .map(|(_, _, simulator)| simulator)
    }

    /// Any deployment of that platform: keys and issuer are the same for all.
    pub fn of_platform(&self, wanted: CampusPlatform) -> Option<&Platform> {
        self.platforms
            .iter()
            .find(|(platform, _, _)| *platform == wanted)
            .map(|(_, _, simulator)| simulator)
    }

    /// The gateway's login address.
    pub fn login_address(&self) -> String {
        format!("{}/lti/login", self.gateway)
    }

    /// The launch of a visit.
    pub fn launch(&self, visit: &Visit) -> LaunchSpec {
        let person = visit.person;
        let course = person.course;
        let target = format!("{}/lti/launch", self.gateway);
        let mut spec = LaunchSpec::resource_link(simulated(person), &target)
            .with_roles(roles(person).iter().copied())
            .in_context(course.id, course.label, course.title)
            .by_link(course.link_id, course.link_title);
        spec.launch_id.clone_from(&visit.id);
        spec.return_url = Some(format!(
            "{}/course?visit={}",
            platform_origin(person.platform, self.port),
            visit.id
        ));
        if person.platform == CampusPlatform::Canvas {
            // Unexpanded, as Canvas leaves it when nobody acts as somebody else.
            spec = spec.with_custom("canvas_masquerading_user_id", "$Canvas.masqueradingUser.id");
        }
        if let CourseRole::ObserverOf(key) = person.role {
            spec.mentor_of = CampusPerson::find(key)
                .map(|child| child.platform_user_id.to_owned())
                .into_iter()
                .collect();
        }
        spec
    }
}

const fn flavour(platform: CampusPlatform) -> Flavour {
    match platform {
        CampusPlatform::Canvas => Flavour::Canvas,
        CampusPlatform::Moodle => Flavour::Moodle,
        CampusPlatform::Publisher => Flavour::Publisher,
    }
}

fn simulated(person: &CampusPerson) -> SimulatedPerson {
    SimulatedPerson {
        sub: Some(person.platform_user_id.to_owned()),
        name: Some(person.name()),
        given_name: Some(person.given_name.to_owned()),
        family_name: Some(person.family_name.to_owned()),
        email: Some(person.email.to_owned()),
        locale: Some("en".to_owned()),
        ..SimulatedPerson::default()
    }
}

// Spelt as each platform spells them: Canvas adds the institution's and the system's roles.
fn roles(person: &CampusPerson) -> &'static [&'static str] {
    const LEARNER: &str = "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner";
    const INSTRUCTOR: &str = "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor";
    const MENTOR: &str = "http://purl.imsglobal.org/vocab/lis/v2/membership#Mentor";
    const STUDENT: &str = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Student";
    const FACULTY: &str = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Instructor";
    const OBSERVER: &str = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Observer";
    const ANYBODY: &str = "http://purl.imsglobal.org/vocab/lis/v2/system/person#User";
    match (person.platform, person.role) {
        (CampusPlatform::Canvas, CourseRole::Learner) => &[STUDENT, LEARNER, ANYBODY],
        (CampusPlatform::Canvas, CourseRole::Instructor) => &[FACULTY, INSTRUCTOR, ANYBODY],
        (CampusPlatform::Canvas, CourseRole::ObserverOf(_)) => &[OBSERVER, MENTOR, ANYBODY],
        (_, CourseRole::Learner) => &[LEARNER],
        (_, CourseRole::Instructor) => &[INSTRUCTOR],
        (_, CourseRole::ObserverOf(_)) => &[MENTOR],
    }
}
