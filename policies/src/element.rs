//! The data elements: one name for each field that can be asked for.
//!
//! What the law makes of a field stands in the catalogue (`elements.toml`), not here.

use crate::vocabulary::vocabulary;

vocabulary! {
    /// A field of the catalogue that can be asked for.
    pub enum Element {
        /// The pairwise pseudonym of a person.
        Pseudonym = "pseudonym",
        /// The role in the course.
        Role = "role",
        /// The course.
        Context = "context",
        /// The link that was opened.
        Resource = "resource",
        /// The full name.
        Name = "name",
        /// The given name.
        GivenName = "given_name",
        /// The family name.
        FamilyName = "family_name",
        /// The e-mail address.
        Email = "email",
        /// The picture, or its address.
        Picture = "picture",
        /// The telephone number.
        PhoneNumber = "phone_number",
        /// The postal address.
        Address = "address",
        /// The date of birth.
        Birthdate = "birthdate",
        /// The age band.
        AgeBand = "age_band",
        /// The number or sourced id by which the institution knows the student.
        StudentNumber = "student_number",
        /// That the student is in a certain course.
        CourseEnrolment = "course_enrolment",
        /// A grade or score.
        Grade = "grade",
        /// What the person writes to the agent.
        Prompt = "prompt",
        /// Work handed in.
        Submission = "submission",
        /// The conversation as kept.
        Transcript = "transcript",
        /// What an agent remembers of the person.
        Memory = "memory",
        /// What a model concludes about the person.
        Inference = "inference",
        /// A recording of the person's voice.
        Audio = "audio",
        /// A biometric template.
        Biometric = "biometric",
        /// A precise place.
        Geolocation = "geolocation",
        /// The cookie of the session.
        SessionCookie = "session_cookie",
        /// The network address of the browser.
        ClientIp = "client_ip",
        /// The language of the page.
        Locale = "locale",
        /// The title of the course.
        ContextTitle = "context_title",
        /// The title of the link.
        ResourceTitle = "resource_title",
    }
}
