//! The grounds on file: agreements, the school's authorization, consents and the notice they rest on.
//!
//! Three kinds, never mixed: none of them stands in for another.

use crate::tenant::TenantKind;
use crate::vocabulary::vocabulary;

vocabulary! {
    /// Consent under 34 CFR 99.30 (`consent.ferpa`).
    pub enum FerpaConsent {
        /// None was asked for or given.
        None = "none",
        /// Signed, dated, for this party, these records and this purpose.
        Valid = "valid",
        /// Past the term it names.
        Expired = "expired",
        /// Withdrawn.
        Revoked = "revoked",
        /// Given for another party or purpose.
        OtherPartyOrPurpose = "other_party_or_purpose",
    }
}

vocabulary! {
    /// The school's authorization for the parents under COPPA (`consent.school_authorization`).
    pub enum SchoolAuthorization {
        /// None.
        None = "none",
        /// A teacher's alone.
        TeacherOnly = "teacher_only",
        /// The institution's, for this agent and purpose.
        Valid = "valid",
        /// Past its term.
        Expired = "expired",
    }
}

vocabulary! {
    /// The separate consent to disclosure of 16 CFR 312.5(a)(2) (`consent.parental_disclosure`).
    pub enum ParentalDisclosure {
        /// Not asked for.
        None = "none",
        /// Refused.
        Refused = "refused",
        /// Granted, not for training.
        Granted = "granted",
        /// Granted, training included.
        Training = "training",
    }
}

vocabulary! {
    /// The notice that a ground rests on (`notice`).
    pub enum Notice {
        /// The one that was agreed to.
        Current = "current",
        /// A materially newer one than was agreed to.
        Superseded = "superseded",
    }
}

vocabulary! {
    /// The written agreement of 34 CFR 99.31(a)(3) or (a)(6) (`agreement`).
    pub enum WrittenAgreement {
        /// None.
        None = "none",
        /// One that lacks a required part.
        Incomplete = "incomplete",
        /// One with every required part.
        Complete = "complete",
    }
}

/// The consents and authorizations on file.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ConsentFacts {
    /// Consent under FERPA.
    pub ferpa: FerpaConsent,
    /// The school's authorization under COPPA.
    pub school_authorization: SchoolAuthorization,
    /// A parent's verifiable consent to collection and use.
    pub parental_use: bool,
    /// A parent's separate consent to disclosure.
    pub parental_disclosure: ParentalDisclosure,
    /// Whether a ground was withdrawn while it was in use.
    pub revoked: bool,
}

impl ConsentFacts {
    /// What an institution of a kind usually has on file.
    pub(crate) fn unremarkable(kind: TenantKind) -> Self {
        Self {
            ferpa: FerpaConsent::None,
            school_authorization: match kind {
                TenantKind::K12 => SchoolAuthorization::Valid,
                TenantKind::HigherEd => SchoolAuthorization::None,
            },
            parental_use: false,
            parental_disclosure: ParentalDisclosure::None,
            revoked: false,
        }
    }
}
