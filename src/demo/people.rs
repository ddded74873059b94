//! The invented people of the campus, their institutions, platforms and courses. None of them is
//! real; every address is under `.example`.

/// A simulated platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CampusPlatform {
    /// The district's learning platform, in the manner of Canvas.
    Canvas,
    /// The university's learning platform, in the manner of Moodle.
    Moodle,
    /// A publisher's reading platform that serves several institutions.
    Publisher,
}

impl CampusPlatform {
    /// Every platform.
    pub const ALL: [Self; 3] = [Self::Canvas, Self::Moodle, Self::Publisher];

    /// The first label of its host name, before `.localhost`.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Canvas => "canvas",
            Self::Moodle => "moodle",
            Self::Publisher => "publisher",
        }
    }

    /// The platform of that host label.
    pub fn from_label(label: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|platform| platform.label() == label)
    }

    /// Its name for people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Canvas => "Lincoln Learning",
            Self::Moodle => "Riverside Courses",
            Self::Publisher => "Open Shelf Press",
        }
    }

    /// What it is like, for the campus page.
    pub const fn manner(self) -> &'static str {
        match self {
            Self::Canvas => "in the manner of Canvas",
            Self::Moodle => "in the manner of Moodle",
            Self::Publisher => "a publisher",
        }
    }

    /// The client id it gave the gateway.
    pub const fn client_id(self) -> &'static str {
        match self {
            Self::Canvas => "10000000000007",
            Self::Moodle => "fR8vQ2mLx0pTz",
            Self::Publisher => "open-shelf-tutor",
        }
    }
}

/// An institution of the campus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Institution {
    /// A K-12 district that has signed.
    Lincoln,
    /// A university that has signed.
    Riverside,
    /// A K-12 district that has signed nothing.
    Prairie,
}

impl Institution {
    /// Every institution.
    pub const ALL: [Self; 3] = [Self::Lincoln, Self::Riverside, Self::Prairie];

    /// Its slug as a tenant.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Lincoln => "lincoln",
            Self::Riverside => "riverside",
            Self::Prairie => "prairie",
        }
    }

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Lincoln => "Lincoln Unified",
            Self::Riverside => "Riverside University",
            Self::Prairie => "Prairie Union",
        }
    }

    /// What it has on file, in plain words.
    pub const fn standing(self) -> &'static str {
        match self {
            Self::Lincoln => "K-12 district. Agreement signed, tutor authorized for children.",
            Self::Riverside => "University. Agreement signed.",
            Self::Prairie => "K-12 district. Has signed nothing.",
        }
    }
}

/// Part of a person in the course.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CourseRole {
    /// Learns there.
    Learner,
    /// Teaches there.
    Instructor,
    /// Observes the child with this key of [`PEOPLE`].
    ObserverOf(&'static str),
}

/// A course and the link in it that opens the tutor.
#[derive(Debug, PartialEq, Eq)]
pub struct Course {
    /// The platform's id of the course.
    pub id: &'static str,
    /// Short name.
    pub label: &'static str,
    /// Title.
    pub title: &'static str,
    /// The platform's id of the link.
    pub link_id: &'static str,
    /// The link's title.
    pub link_title: &'static str,
    /// What stands above the tool on the course page.
    pub task: &'static str,
}

/// Grade 7 science at Lincoln.
pub static SCIENCE_7: Course = Course {
    id: "c-lincoln-sci7",
    label: "SCI-7",
    title: "Science 7, Room 12",
    link_id: "rl-lincoln-sci7-plants",
    link_title: "How plants make food",
    task: "Work with the tutor until you can say in your own words how a leaf makes food.",
};

/// Grade 10 algebra at Lincoln, read at the publisher.
pub static ALGEBRA_10: Course = Course {
    id: "os-lincoln-alg10",
    label: "ALG-10",
    title: "Algebra, a Workbook: chapter 4",
    link_id: "os-alg-ch4-tutor",
    link_title: "Balance both sides",
    task: "Read section 4.2, then solve the practice equations with the tutor.",
};

/// First-year writing at Riverside.
pub static WRITING_101: Course = Course {
    id: "42",
    label: "WRIT101",
    title: "Writing 101: Argument",
    link_id: "17",
    link_title: "Sharpen your thesis",
    task: "Bring your draft thesis. The tutor asks; you decide.",
};

/// Grade 8 reading at Prairie, read at the publisher.
pub static READING_8: Course = Course {
    id: "os-prairie-read8",
    label: "READ-8",
    title: "Short Stories: chapter 2",
    link_id: "os-stories-ch2-tutor",
    link_title: "Talk about the story",
    task: "Talk with the tutor about why the narrator stays silent.",
};

/// Somebody who launches.
#[derive(Debug, PartialEq, Eq)]
pub struct CampusPerson {
    /// Stable key: `data-person` on the page.
    pub key: &'static str,
    /// The platform's id of the person.
    pub platform_user_id: &'static str,
    /// First name.
    pub given_name: &'static str,
    /// Family name.
    pub family_name: &'static str,
    /// E-mail address.
    pub email: &'static str,
    /// Who this is, in a few words.
    pub who: &'static str,
    /// What to look for.
    pub look_for: &'static str,
    /// Institution.
    pub institution: Institution,
    /// Platform.
    pub platform: CampusPlatform,
    /// Deployment id on that platform.
    pub deployment_id: &'static str,
    /// Part in the course.
    pub role: CourseRole,
    /// The age band the institution keeps on file, if any.
    pub age_band: Option<&'static str>,
    /// Course.
    pub course: &'static Course,
}

impl CampusPerson {
    /// First and family name.
    pub fn name(&self) -> String {
        format!("{} {}", self.given_name, self.family_name)
    }

    /// The person of that key.
    pub fn find(key: &str) -> Option<&'static Self> {
        PEOPLE.iter().find(|person| person.key == key)
    }
}

/// Lincoln's deployment on its own platform.
pub const LINCOLN_CANVAS_DEPLOYMENT: &str = "7:d3f1c0a2b94e";
/// Riverside's deployment on its own platform.
pub const RIVERSIDE_MOODLE_DEPLOYMENT: &str = "1";
/// Lincoln's deployment at the publisher.
pub const LINCOLN_PUBLISHER_DEPLOYMENT: &str = "os-lincoln";
/// Prairie's deployment at the publisher.
pub const PRAIRIE_PUBLISHER_DEPLOYMENT: &str = "os-prairie";

/// Everybody on the campus.
pub static PEOPLE: [CampusPerson; 6] = [
    CampusPerson {
        key: "mia",
        platform_user_id: "b7d0c2f4-7a11-4e0b-9d61-mia",
        given_name: "Mia",
        family_name: "Quillfeather",
        email: "mia.quillfeather@lincoln.example",
        who: "Student, 12 years old",
        look_for: "Opens because the school authorized the tutor for children. Name and e-mail stay here.",
        institution: Institution::Lincoln,
        platform: CampusPlatform::Canvas,
        deployment_id: LINCOLN_CANVAS_DEPLOYMENT,
        role: CourseRole::Learner,
        age_band: Some("under_13"),
        course: &SCIENCE_7,
    },
    CampusPerson {
        key: "theo",
        platform_user_id: "reader-7731",
        given_name: "Theo",
        family_name: "Marrowby",
        email: "theo.marrowby@lincoln.example",
        who: "Student, 16 years old",
        look_for: "Comes from a publisher that serves many schools; the deployment says whose student he is.",
        institution: Institution::Lincoln,
        platform: CampusPlatform::Publisher,
        deployment_id: LINCOLN_PUBLISHER_DEPLOYMENT,
        role: CourseRole::Learner,
        age_band: Some("13_to_17"),
        course: &ALGEBRA_10,
    },
    CampusPerson {
        key: "ines",
        platform_user_id: "318",
        given_name: "Ines",
        family_name: "Castellworth",
        email: "ines.castellworth@riverside.example",
        who: "College student",
        look_for: "Holds her own rights. The agreement with the university is the ground.",
        institution: Institution::Riverside,
        platform: CampusPlatform::Moodle,
        deployment_id: RIVERSIDE_MOODLE_DEPLOYMENT,
        role: CourseRole::Learner,
        age_band: Some("18_or_over"),
        course: &WRITING_101,
    },
    CampusPerson {
        key: "harlan",
        platform_user_id: "b7d0c2f4-7a11-4e0b-9d61-harlan",
        given_name: "Harlan",
        family_name: "Brightwater",
        email: "harlan.brightwater@lincoln.example",
        who: "Teacher",
        look_for: "A teacher's launch is about no student: no age band, no student record.",
        institution: Institution::Lincoln,
        platform: CampusPlatform::Canvas,
        deployment_id: LINCOLN_CANVAS_DEPLOYMENT,
        role: CourseRole::Instructor,
        age_band: None,
        course: &SCIENCE_7,
    },
    CampusPerson {
        key: "rosalind",
        platform_user_id: "b7d0c2f4-7a11-4e0b-9d61-rosalind",
        given_name: "Rosalind",
        family_name: "Quillfeather",
        email: "rosalind.quillfeather@home.example",
        who: "Parent observing Mia",
        look_for: "Acts as herself; the records meant are Mia's.",
        institution: Institution::Lincoln,
        platform: CampusPlatform::Canvas,
        deployment_id: LINCOLN_CANVAS_DEPLOYMENT,
        role: CourseRole::ObserverOf("mia"),
        age_band: None,
        course: &SCIENCE_7,
    },
    CampusPerson {
        key: "odell",
        platform_user_id: "reader-9012",
        given_name: "Odell",
        family_name: "Fennimore",
        email: "odell.fennimore@prairie.example",
        who: "Student of a district that signed nothing",
        look_for: "Stopped in plain words. The agent receives nothing at all.",
        institution: Institution::Prairie,
        platform: CampusPlatform::Publisher,
        deployment_id: PRAIRIE_PUBLISHER_DEPLOYMENT,
        role: CourseRole::Learner,
        age_band: None,
        course: &READING_8,
    },
];
