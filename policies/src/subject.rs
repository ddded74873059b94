//! The student whose records are meant, and the two people the law may put in their place.
//!
//! The holder of FERPA's rights and the parent of COPPA are computed here from different facts,
//! and neither is ever derived from the other: a twelve-year-old at college holds FERPA's rights
//! and still has a parent under COPPA.

use crate::tenant::TenantKind;
use crate::vocabulary::vocabulary;

vocabulary! {
    /// How old the student is (`subject.age`).
    pub enum AgeBand {
        /// A child under COPPA.
        Under13 = "under_13",
        /// A minor, no longer a child under COPPA.
        From13To17 = "13_to_17",
        /// An adult, eligible under FERPA.
        Adult = "18_or_over",
        /// Not known; never the most convenient reading: see [`SubjectFacts::counted_age`].
        Unknown = "unknown",
    }
}

vocabulary! {
    /// Who holds FERPA's rights over the records.
    pub enum FerpaRightsHolder {
        /// The parents, until the student is eligible.
        Parent = "parent",
        /// The eligible student.
        Student = "student",
    }
}

vocabulary! {
    /// Whether COPPA puts a parent between the student and the service.
    pub enum CoppaParent {
        /// The student is a child: a parent's consent, or the school's for the parent, is needed.
        Required = "required",
        /// The student is not a child under COPPA.
        NotRequired = "not_required",
    }
}

/// What is known of the student.
///
/// Where nobody's records are meant (a teacher opens an agent), the subject is the actor.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own, asked apart"
)]
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SubjectFacts {
    /// The age band the tenant's registries give.
    pub age: AgeBand,
    /// Whether the student attends a postsecondary institution.
    pub postsecondary: bool,
    /// Whether the launch names nobody.
    pub anonymous: bool,
    /// Whether the student has left.
    pub former: bool,
    /// Whether the student opted out of directory information.
    pub directory_opt_out: bool,
    /// Whether the records are also records under IDEA.
    pub idea: bool,
}

impl SubjectFacts {
    /// The unremarkable student of an institution.
    pub(crate) fn unremarkable(kind: TenantKind) -> Self {
        Self {
            age: AgeBand::Unknown,
            postsecondary: kind == TenantKind::HigherEd,
            anonymous: false,
            former: false,
            directory_opt_out: false,
            idea: false,
        }
    }

    /// The age that counts: an unknown one is the strictest that the institution's kind makes likely.
    ///
    /// # Source
    /// 16 CFR 312.2 (directed to children; mixed audience), read strictly for schools.
    pub const fn counted_age(&self, kind: TenantKind) -> AgeBand {
        match (self.age, kind) {
            (AgeBand::Unknown, TenantKind::K12) => AgeBand::Under13,
            (AgeBand::Unknown, TenantKind::HigherEd) => AgeBand::Adult,
            (known, _) => known,
        }
    }

    /// Who holds FERPA's rights.
    ///
    /// # Source
    /// 34 CFR 99.3 (eligible student), 99.5(a).
    pub const fn ferpa_rights_holder(&self, kind: TenantKind) -> FerpaRightsHolder {
        match (self.postsecondary, self.counted_age(kind)) {
            (true, _) | (_, AgeBand::Adult) => FerpaRightsHolder::Student,
            _ => FerpaRightsHolder::Parent,
        }
    }

    /// Whether COPPA asks for a parent.
    ///
    /// # Source
    /// 16 CFR 312.2 (child).
    pub const fn coppa_parent(&self, kind: TenantKind) -> CoppaParent {
        match self.counted_age(kind) {
            AgeBand::Under13 => CoppaParent::Required,
            _ => CoppaParent::NotRequired,
        }
    }
}
