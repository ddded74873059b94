//! What becomes of one element on its way: the dispositions, from mildest to strictest.

use crate::vocabulary::vocabulary;

vocabulary! {
    /// What becomes of an element. The order is the order of strictness.
    pub enum Disposition {
        /// It goes as it is.
        Pass = "pass",
        /// It goes under a pairwise pseudonym.
        Pseudonym = "pseudonym",
        /// It goes in coarser form.
        Generalise = "generalise",
        /// It stays unless the ground is the person's own consent.
        NeedsConsent = "needs_consent",
        /// It stays sealed at the gateway.
        KeepSealed = "keep_sealed",
        /// It is cut out.
        Redact = "redact",
    }
}

impl Disposition {
    /// The stricter of two dispositions.
    #[must_use]
    pub fn stricter(self, other: Self) -> Self {
        self.max(other)
    }
}
