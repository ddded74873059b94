//! The system that launched, and whether the chain from the institution to the gateway is covered.

use crate::vocabulary::vocabulary;

vocabulary! {
    /// What kind of system launched (`platform.kind`).
    pub enum PlatformKind {
        /// The institution's own learning management system.
        Lms = "lms",
        /// A publisher's platform between the institution and the gateway.
        Publisher = "publisher",
    }
}

/// What is known of the platform.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PlatformFacts {
    /// What kind of system it is.
    pub kind: PlatformKind,
    /// Whether agreements cover the chain institution, publisher, gateway.
    pub institution_agreement: bool,
}

impl PlatformFacts {
    /// The institution's own LMS, covered.
    pub(crate) fn unremarkable() -> Self {
        Self {
            kind: PlatformKind::Lms,
            institution_agreement: true,
        }
    }
}
