//! Who a person is in a course, by the vocabulary platforms share.
//!
//! A role that is not in the vocabulary is kept as it was spelt and has no power; a role of the
//! institution or the system must never become one in the course.

mod vocabulary;

use serde::{Deserialize, Serialize};

macro_rules! named_roles {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
        }

        impl $name {
            const ALL: [Self; [$(stringify!($variant)),+].len()] = [$(Self::$variant),+];

            /// The name in the vocabulary.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => stringify!($variant),)+
                }
            }
        }
    };
}

named_roles! {
    /// A role in the platform as a whole.
    SystemRole {
        /// Administers the platform.
        Administrator,
        /// Says explicitly: no role.
        None,
        /// Administers an account.
        AccountAdmin,
        /// Creates accounts or content.
        Creator,
        /// Administers the system.
        SysAdmin,
        /// Supports the system.
        SysSupport,
        /// Canvas sends this for everybody.
        User,
    }
}

named_roles! {
    /// A role in the institution. Never one in the course.
    InstitutionRole {
        /// Administers the institution.
        Administrator,
        /// Teaches at the institution.
        Faculty,
        /// A guest of the institution.
        Guest,
        /// Says explicitly: no role.
        None,
        /// Some other role.
        Other,
        /// On the institution's staff.
        Staff,
        /// Studies at the institution.
        Student,
        /// Studied there.
        Alumni,
        /// Teaches somewhere in the institution.
        Instructor,
        /// Learns somewhere in the institution.
        Learner,
        /// A member.
        Member,
        /// Mentors somebody.
        Mentor,
        /// Observes somebody.
        Observer,
        /// Has applied.
        ProspectiveStudent,
    }
}

named_roles! {
    /// A role in the course or group that is launched.
    ContextRole {
        /// Administers the course.
        Administrator,
        /// Makes the course's content.
        ContentDeveloper,
        /// Teaches the course.
        Instructor,
        /// Takes the course.
        Learner,
        /// Accompanies learners; Canvas' observers and parents.
        Mentor,
        /// Manages the group.
        Manager,
        /// Belongs to the group.
        Member,
        /// Holds an office in the group.
        Officer,
    }
}

/// A sub-role in the course: a principal role and its finer name.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct SubRole {
    role: ContextRole,
    name: &'static str,
}

impl SubRole {
    /// The principal role it belongs to.
    pub const fn role(self) -> ContextRole {
        self.role
    }

    /// The finer name in the vocabulary, such as `TeachingAssistant`.
    pub const fn name(self) -> &'static str {
        self.name
    }

    fn is_teaching_assistant(self) -> bool {
        self.role == ContextRole::Instructor && self.name.starts_with("TeachingAssistant")
    }

    fn is_observer(self) -> bool {
        self.role == ContextRole::Mentor || matches!(self.name, "Observer" | "ExternalObserver")
    }
}

/// One role of a person.
///
/// # Source
/// LTI Core 1.3, appendix A.2.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum Role {
    /// In the platform as a whole.
    System(SystemRole),
    /// The platform's marker for a test or preview person.
    TestUser,
    /// In the institution.
    Institution(InstitutionRole),
    /// In the course.
    Context(ContextRole),
    /// In the course, by a finer name.
    ContextSubRole(SubRole),
    /// Not in the vocabulary: kept as spelt, without power.
    Unknown(String),
}

impl Role {
    /// Reads any spelling: full URI, LTI 1.1 URN, short name.
    pub fn parse(text: &str) -> Self {
        vocabulary::read(text).unwrap_or_else(|| Self::Unknown(text.to_owned()))
    }
}

/// What the roles together make of a person in the course: the gateway's reading.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Sees somebody else's work: a parent or mentor, whatever other roles there are.
    Observer,
    /// Assists teaching, also where the platform adds the instructor's role.
    TeachingAssistant,
    /// Teaches the course.
    Instructor,
    /// Administers the course.
    Administrator,
    /// Takes the course.
    Learner,
    /// None of these: treated as a learner without rights over others.
    None,
}

impl Standing {
    /// The stable name of the standing.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Observer => "observer",
            Self::TeachingAssistant => "teaching_assistant",
            Self::Instructor => "instructor",
            Self::Administrator => "administrator",
            Self::Learner => "learner",
            Self::None => "none",
        }
    }
}

/// All roles of a person in one launch.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Roles {
    roles: Vec<Role>,
    spelt: Vec<String>,
}

impl Roles {
    /// Reads the roles as they stand in a claim. None is refused: certification sends unknown ones
    /// in launches that must be accepted.
    pub fn parse(texts: &[String]) -> Self {
        Self {
            roles: texts.iter().map(|text| Role::parse(text)).collect(),
            spelt: texts.to_vec(),
        }
    }

    /// Each role, in the platform's order.
    pub fn iter(&self) -> impl Iterator<Item = &Role> {
        self.roles.iter()
    }

    /// The roles as the platform spelt them.
    pub fn as_spelt(&self) -> &[String] {
        &self.spelt
    }

    /// Whether no role was given at all.
    pub fn is_empty(&self) -> bool {
        self.roles.is_empty()
    }

    /// Teaches the course, by the role itself or a sub-role other than an assistant's. True also
    /// beside an assistant's or observer's role: for what somebody may do, ask [`Self::standing`].
    pub fn is_instructor(&self) -> bool {
        self.any(|role| match role {
            Role::Context(ContextRole::Instructor) => true,
            Role::ContextSubRole(sub) => {
                sub.role == ContextRole::Instructor && !sub.is_teaching_assistant()
            }
            _ => false,
        })
    }

    /// Takes the course.
    pub fn is_learner(&self) -> bool {
        self.has_context_role(ContextRole::Learner)
    }

    /// Has any mentor's or observer's role, in the course or the institution.
    pub fn is_observer(&self) -> bool {
        self.any(|role| match role {
            Role::Context(ContextRole::Mentor)
            | Role::Institution(InstitutionRole::Mentor | InstitutionRole::Observer) => true,
            Role::ContextSubRole(sub) => sub.is_observer(),
            _ => false,
        })
    }

    /// Has a mentor's role in the course: only then does `role_scope_mentor` mean anything.
    pub fn is_mentor_in_context(&self) -> bool {
        self.has_context_role(ContextRole::Mentor)
    }

    /// Has any teaching assistant's sub-role, also beside the instructor's role.
    pub fn is_teaching_assistant(&self) -> bool {
        self.any(|role| matches!(role, Role::ContextSubRole(sub) if sub.is_teaching_assistant()))
    }

    /// Administers the course.
    pub fn is_context_administrator(&self) -> bool {
        self.has_context_role(ContextRole::Administrator)
    }

    /// Makes the course's content.
    pub fn is_content_developer(&self) -> bool {
        self.has_context_role(ContextRole::ContentDeveloper)
    }

    /// Administers the institution or the system; of no weight in the course.
    pub fn is_system_or_institution_administrator(&self) -> bool {
        self.any(|role| {
            matches!(
                role,
                Role::Institution(InstitutionRole::Administrator)
                    | Role::System(
                        SystemRole::Administrator | SystemRole::SysAdmin | SystemRole::AccountAdmin
                    )
            )
        })
    }

    /// Is marked as a test or preview person, such as Canvas' Student View.
    pub fn is_test_user(&self) -> bool {
        self.any(|role| matches!(role, Role::TestUser))
    }

    /// What the roles together make of the person. The order is the policy's: the role that sees
    /// least of others' records wins over the one that sees more, so that a parent who also
    /// teaches elsewhere is a parent here.
    pub fn standing(&self) -> Standing {
        self.standing_with(self.is_context_administrator())
    }

    /// As [`Self::standing`], and an administrator of system or institution is one here too:
    /// privacy launches come from outside any course.
    pub fn standing_in_privacy_launch(&self) -> Standing {
        self.standing_with(
            self.is_context_administrator() || self.is_system_or_institution_administrator(),
        )
    }

    fn standing_with(&self, administers: bool) -> Standing {
        if self.is_observer() {
            Standing::Observer
        } else if self.is_teaching_assistant() {
            Standing::TeachingAssistant
        } else if self.is_instructor() {
            Standing::Instructor
        } else if administers {
            Standing::Administrator
        } else if self.is_learner() {
            Standing::Learner
        } else {
            Standing::None
        }
    }

    fn has_context_role(&self, wanted: ContextRole) -> bool {
        self.any(|role| match role {
            Role::Context(role) => *role == wanted,
            Role::ContextSubRole(sub) => sub.role == wanted,
            _ => false,
        })
    }

    fn any(&self, holds: impl Fn(&Role) -> bool) -> bool {
        self.roles.iter().any(holds)
    }
}
