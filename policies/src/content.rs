//! What a configured inspector found in the text or media at hand.
//!
//! Without an inspector nothing is found, and that must be said wherever it matters.

use std::collections::BTreeSet;

use crate::vocabulary::vocabulary;

vocabulary! {
    /// A kind of personal information found in a text (`content.personal_information`).
    pub enum ContentKind {
        /// A name.
        Name = "name",
        /// An e-mail address.
        Email = "email",
        /// A telephone number.
        Phone = "phone",
        /// A postal address.
        Address = "address",
        /// A government's identifier.
        GovernmentId = "government_id",
        /// Another student.
        OtherStudent = "other_student",
    }
}

/// What was found in the content.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct ContentFacts {
    /// The kinds of personal information found in the text.
    pub personal_information: BTreeSet<ContentKind>,
    /// Whether there is a recording of a voice.
    pub audio: bool,
    /// Whether another student is named.
    pub names_other_subject: bool,
}
