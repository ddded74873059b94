//! The people of the tests, all invented: different actors are different types.

use agent_factory_lti::simulator::{LaunchSpec, SimulatedPerson};

use super::platform::Lms;
use super::world::{GATE, World};

const MEMBERSHIP: &str = "http://purl.imsglobal.org/vocab/lis/v2/membership";

/// Somebody who launches.
pub trait Actor {
    /// The platform they come from.
    fn lms<'w>(&self, world: &'w World) -> &'w Lms;

    /// Their launch.
    fn launch(&self) -> LaunchSpec;

    /// What of them must never be seen outside: names, address, the platform's id.
    fn secrets(&self) -> Vec<String>;
}

/// Where an account is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Home {
    LincolnCanvas,
    LincolnPress,
    RiversideMoodle,
    PrairiePress,
}

impl Home {
    fn lms(self, world: &World) -> &Lms {
        match self {
            Self::LincolnCanvas => &world.canvas,
            Self::LincolnPress => &world.press,
            Self::RiversideMoodle => &world.moodle,
            Self::PrairiePress => &world.press_at_prairie,
        }
    }

    /// Course id, code, title and the link in it.
    fn course(self) -> [&'static str; 5] {
        match self {
            Self::LincolnCanvas => [
                "c-sci-7",
                "SCI-7",
                "Science, Room Twelve",
                "link-leaves",
                "How leaves eat light",
            ],
            Self::LincolnPress => [
                "os-alg",
                "ALG-10",
                "Algebra Workbook",
                "link-alg",
                "Balance both sides",
            ],
            Self::RiversideMoodle => [
                "42",
                "WRIT101",
                "Writing Seminar",
                "17",
                "Sharpen your thesis",
            ],
            Self::PrairiePress => [
                "os-read",
                "READ-8",
                "Short Stories",
                "link-read",
                "Talk about the story",
            ],
        }
    }
}

#[derive(Debug, Clone)]
struct Account {
    home: Home,
    sub: String,
    given: &'static str,
    family: &'static str,
}

impl Account {
    fn new(home: Home, sub: &str, given: &'static str, family: &'static str) -> Self {
        Self {
            home,
            sub: sub.to_owned(),
            given,
            family,
        }
    }

    fn launch(&self, role: &str) -> LaunchSpec {
        let mut person = SimulatedPerson::named(&self.sub, self.given, self.family);
        person.picture = Some(format!("https://pictures.example/{}.png", self.sub));
        person.sourcedid = Some(format!("sis-{}", self.sub));
        let [course, code, title, link, link_title] = self.home.course();
        LaunchSpec::resource_link(person, &format!("{GATE}/"))
            .with_roles([format!("{MEMBERSHIP}#{role}").as_str()])
            .in_context(course, code, title)
            .by_link(link, link_title)
    }

    fn secrets(&self) -> Vec<String> {
        vec![
            self.given.to_owned(),
            self.family.to_owned(),
            format!("{}.{}@example.edu", self.given, self.family).to_lowercase(),
            self.sub.clone(),
        ]
    }
}

/// Somebody who learns.
#[derive(Debug, Clone)]
pub struct Learner(Account);

impl Learner {
    /// Twelve years old, at Lincoln.
    pub fn mia() -> Self {
        Self(Account::new(
            Home::LincolnCanvas,
            "person-mia-5522",
            "Miabelline",
            "Quillfeather",
        ))
    }

    /// Sixteen years old, at Lincoln, reading at the publisher.
    pub fn theo() -> Self {
        Self(Account::new(
            Home::LincolnPress,
            "reader-theo-7731",
            "Theodric",
            "Marrowby",
        ))
    }

    /// Of whom Lincoln never said how old he is.
    pub fn otis() -> Self {
        Self(Account::new(
            Home::LincolnCanvas,
            "person-otis-8080",
            "Otisbert",
            "Plumthatch",
        ))
    }

    /// At the university.
    pub fn ines() -> Self {
        Self(Account::new(
            Home::RiversideMoodle,
            "student-ines-318",
            "Inesita",
            "Castellworth",
        ))
    }

    /// At the district that signed nothing.
    pub fn odell() -> Self {
        Self(Account::new(
            Home::PrairiePress,
            "reader-odell-9012",
            "Odellon",
            "Fennimore",
        ))
    }

    /// One of many in Mia's class.
    pub fn classmate(number: usize) -> Self {
        let sub = format!("person-classmate-{number}");
        Self(Account::new(
            Home::LincolnCanvas,
            &sub,
            "Bramwell",
            "Oxtonbury",
        ))
    }

    /// The platform's own id.
    pub fn sub(&self) -> &str {
        &self.0.sub
    }
}

impl Actor for Learner {
    fn lms<'w>(&self, world: &'w World) -> &'w Lms {
        self.0.home.lms(world)
    }

    fn launch(&self) -> LaunchSpec {
        self.0.launch("Learner")
    }

    fn secrets(&self) -> Vec<String> {
        self.0.secrets()
    }
}

/// Somebody who teaches.
#[derive(Debug, Clone)]
pub struct Teacher(Account);

impl Teacher {
    /// Mia's teacher.
    pub fn harlan() -> Self {
        Self(Account::new(
            Home::LincolnCanvas,
            "person-harlan-1201",
            "Harlanson",
            "Brightwater",
        ))
    }
}

impl Actor for Teacher {
    fn lms<'w>(&self, world: &'w World) -> &'w Lms {
        self.0.home.lms(world)
    }

    fn launch(&self) -> LaunchSpec {
        self.0.launch("Instructor")
    }

    fn secrets(&self) -> Vec<String> {
        self.0.secrets()
    }
}

/// A parent, linked to a child by the platform.
#[derive(Debug, Clone)]
pub struct Observer {
    account: Account,
    children: Vec<String>,
}

impl Observer {
    /// Mia's mother.
    pub fn rosalind() -> Self {
        let sub = "person-rosalind-3141";
        Self {
            account: Account::new(Home::LincolnCanvas, sub, "Rosalinde", "Quillfeather"),
            children: vec![Learner::mia().sub().to_owned()],
        }
    }

    /// One of many.
    pub fn nth(number: usize) -> Self {
        let sub = format!("person-parent-{number}");
        Self {
            account: Account::new(Home::LincolnCanvas, &sub, "Peregrine", "Oxtonbury"),
            children: Vec::new(),
        }
    }

    /// The same person, linked to these children instead.
    pub fn linked_to(mut self, children: &[&str]) -> Self {
        self.children = children.iter().map(|&child| child.to_owned()).collect();
        self
    }
}

impl Actor for Observer {
    fn lms<'w>(&self, world: &'w World) -> &'w Lms {
        self.account.home.lms(world)
    }

    fn launch(&self) -> LaunchSpec {
        let mut launch = self.account.launch("Mentor");
        launch.mentor_of.clone_from(&self.children);
        launch
    }

    fn secrets(&self) -> Vec<String> {
        self.account.secrets()
    }
}
