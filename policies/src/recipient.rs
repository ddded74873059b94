//! Who would receive what is asked for.

use crate::vocabulary::vocabulary;

vocabulary! {
    /// Who would receive what is asked for (`recipient`).
    pub enum Recipient {
        /// An agent.
        Agent = "agent",
        /// An official of the institution.
        SchoolOfficial = "school_official",
        /// Somebody outside the institution.
        OutsideInstitution = "outside_institution",
    }
}
