//! What is being done: every deed the gateway asks the rules about.
//!
//! Must never say whether a deed is lawful; it only names it.

use crate::vocabulary::vocabulary;

vocabulary! {
    /// One deed about which a decision is asked (`op`).
    pub enum Operation {
        /// A person opens an agent from a platform.
        Launch = "launch",
        /// The agent receives a request of a person.
        AgentRequest = "agent_request",
        /// The agent's answer goes to a person.
        AgentResponse = "agent_response",
        /// The members of a course are read.
        RosterRead = "roster_read",
        /// A score goes back to the platform.
        ScoreWrite = "score_write",
        /// An agent reads what was kept about a student.
        MemoryRead = "memory_read",
        /// Something about students becomes public.
        Publish = "publish",
        /// De-identified data is released.
        DeidentifiedRelease = "deidentified_release",
        /// A person asks to see a student's records.
        AccessRequest = "access_request",
        /// A person asks that a student's data be erased.
        ErasureRequest = "erasure_request",
        /// Somebody reads the record of disclosures.
        DisclosureRecordRead = "disclosure_record_read",
        /// An LTI Data Privacy Launch.
        PrivacyLaunch = "privacy_launch",
        /// A sealed field is opened for a person's eyes.
        PlaintextRead = "plaintext_read",
        /// Somebody is warned of a danger to a student.
        SafetyAlert = "safety_alert",
        /// An official opens records in an emergency.
        BreakGlass = "break_glass",
        /// A subpoena or an order.
        LegalProcess = "legal_process",
        /// Data past its retention is destroyed.
        RetentionPurge = "retention_purge",
        /// Logs or metrics leave for another system.
        TelemetryExport = "telemetry_export",
        /// A person's age is asked.
        AgeScreen = "age_screen",
        /// An agent is registered.
        AgentRegistration = "agent_registration",
        /// Another exception of 34 CFR 99.31, not modelled.
        OtherException = "other_exception",
    }
}

impl Operation {
    /// Whether the deed gives nobody anything about a student, so that no record of disclosure can be due.
    ///
    /// # Source
    /// 34 CFR 99.3 (disclosure), 99.31(b), 99.32(a).
    pub const fn discloses_nothing(self) -> bool {
        matches!(
            self,
            Self::AgentRegistration
                | Self::AgeScreen
                | Self::RetentionPurge
                | Self::ErasureRequest
                | Self::ScoreWrite
                | Self::DeidentifiedRelease
        )
    }

    /// Whether a learner may never be the one who does this: the default actor is then an administrator.
    pub const fn is_administrative(self) -> bool {
        matches!(
            self,
            Self::AgentRegistration
                | Self::DeidentifiedRelease
                | Self::RetentionPurge
                | Self::BreakGlass
                | Self::LegalProcess
                | Self::TelemetryExport
                | Self::SafetyAlert
                | Self::Publish
                | Self::OtherException
        )
    }

    /// Whether the answer is minimised by its nature: only an excerpt leaves, or a minimal record stays.
    pub const fn is_always_minimised(self) -> bool {
        matches!(self, Self::SafetyAlert | Self::ErasureRequest)
    }
}
