//! What a decision comes to, from mildest to most severe.

use crate::vocabulary::vocabulary;

vocabulary! {
    /// What a decision comes to. The order is the order of severity.
    pub enum Effect {
        /// Allowed, and nothing to minimise.
        Allow = "allow",
        /// Allowed with the dispositions of the catalogue.
        AllowMinimised = "allow_minimised",
        /// Stopped until somebody gives a ground that can be asked for.
        HoldForConsent = "hold_for_consent",
        /// Stopped until a named official of the institution decides.
        HoldForReview = "hold_for_review",
        /// Refused.
        Deny = "deny",
    }
}

impl Effect {
    /// Whether anything may go.
    pub const fn permits(self) -> bool {
        matches!(self, Self::Allow | Self::AllowMinimised)
    }
}
