//! The school, district, university or publisher whose records these are.

use crate::vocabulary::{UnknownWord, Vocabulary, vocabulary};

vocabulary! {
    /// What kind of institution the tenant is (`tenant.kind`).
    pub enum TenantKind {
        /// A school or district up to twelfth grade.
        K12 = "k12",
        /// A postsecondary institution.
        HigherEd = "higher_ed",
    }
}

vocabulary! {
    /// The institution's agreement that covers this agent (`tenant.agreement`).
    pub enum TenantAgreement {
        /// In force.
        Valid = "valid",
        /// Once signed, now ended; an agent whose own contract lapsed counts so.
        Expired = "expired",
        /// Never signed.
        None = "none",
    }
}

vocabulary! {
    /// On what ground the tenant lets under-13s in (`tenant.coppa_mode`).
    pub enum CoppaMode {
        /// The school authorises on the parents' behalf.
        SchoolAuthorization = "school_authorization",
        /// Only a parent's own verifiable consent counts.
        ParentalConsentOnly = "parental_consent_only",
    }
}

vocabulary! {
    /// A state, the District of Columbia or a territory of the United States (`tenant.state`).
    #[expect(missing_docs, reason = "the postal code is the whole meaning")]
    pub enum State {
        Al = "AL", Ak = "AK", Az = "AZ", Ar = "AR", Ca = "CA", Co = "CO", Ct = "CT", De = "DE",
        Dc = "DC", Fl = "FL", Ga = "GA", Hi = "HI", Id = "ID", Il = "IL", In = "IN", Ia = "IA",
        Ks = "KS", Ky = "KY", La = "LA", Me = "ME", Md = "MD", Ma = "MA", Mi = "MI", Mn = "MN",
        Ms = "MS", Mo = "MO", Mt = "MT", Ne = "NE", Nv = "NV", Nh = "NH", Nj = "NJ", Nm = "NM",
        Ny = "NY", Nc = "NC", Nd = "ND", Oh = "OH", Ok = "OK", Or = "OR", Pa = "PA", Ri = "RI",
        Sc = "SC", Sd = "SD", Tn = "TN", Tx = "TX", Ut = "UT", Vt = "VT", Va = "VA", Wa = "WA",
        Wv = "WV", Wi = "WI", Wy = "WY", As = "AS", Gu = "GU", Mp = "MP", Pr = "PR", Vi = "VI",
    }
}

/// What is known of the institution.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TenantFacts {
    /// What kind of institution it is.
    pub kind: TenantKind,
    /// Where it is, if known.
    pub state: Option<State>,
    /// Its agreement that covers this agent.
    pub agreement: TenantAgreement,
    /// Whether the yearly notice of 34 CFR 99.7 is attested and not stale.
    pub annual_notice_attested: bool,
    /// On what ground it lets under-13s in.
    pub coppa_mode: CoppaMode,
    /// Whether its own signed fact makes teaching assistants school officials.
    pub assistants_are_officials: bool,
}

impl TenantFacts {
    /// The unremarkable institution of a kind.
    pub(crate) fn unremarkable(kind: TenantKind) -> Self {
        Self {
            kind,
            state: None,
            agreement: TenantAgreement::Valid,
            annual_notice_attested: true,
            coppa_mode: CoppaMode::SchoolAuthorization,
            assistants_are_officials: false,
        }
    }
}

impl State {
    /// The state of a postal code in either case.
    pub fn from_postal_code(code: &str) -> Result<Self, UnknownWord> {
        <Self as Vocabulary>::parse(&code.to_ascii_uppercase())
    }
}
