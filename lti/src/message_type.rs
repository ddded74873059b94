//! What a launch wants: the message types a platform sends.
//!
//! A type decides which claims must be there; it must never be guessed from the path launched.

use std::fmt;

/// A message type that is understood.
///
/// # Source
/// LTI Core 1.3, section 5.3.1, and the specifications of the extensions.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum MessageType {
    /// A link in a course was followed.
    ResourceLink,
    /// A teacher chooses content to place.
    DeepLinking,
    /// A submission is to be reviewed from the gradebook.
    SubmissionReview,
    /// A person asks what is kept about them.
    DataPrivacy,
    /// A course is opened, without a link in it.
    Context,
    /// A proctored assessment begins.
    StartProctoring,
    /// A proctored assessment ends.
    EndAssessment,
    /// An asset processor's settings are opened.
    AssetProcessorSettings,
    /// A report on a submitted asset is opened.
    ReportReview,
    /// A person is asked to accept terms.
    Eula,
}

impl MessageType {
    /// The type of this name, if it is one a platform sends and this crate understands.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "LtiResourceLinkRequest" => Self::ResourceLink,
            "LtiDeepLinkingRequest" => Self::DeepLinking,
            "LtiSubmissionReviewRequest" => Self::SubmissionReview,
            // The drafts spell it both ways.
            "LtiDataPrivacyLaunchRequest" | "DataPrivacyLaunchRequest" => Self::DataPrivacy,
            "LtiContextLaunchRequest" => Self::Context,
            "LtiStartProctoring" => Self::StartProctoring,
            "LtiEndAssessment" => Self::EndAssessment,
            "LtiAssetProcessorSettingsRequest" => Self::AssetProcessorSettings,
            "LtiReportReviewRequest" => Self::ReportReview,
            "LtiEulaRequest" => Self::Eula,
            _ => return None,
        })
    }

    /// The name in the claim; of two spellings the usual one.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ResourceLink => "LtiResourceLinkRequest",
            Self::DeepLinking => "LtiDeepLinkingRequest",
            Self::SubmissionReview => "LtiSubmissionReviewRequest",
            Self::DataPrivacy => "LtiDataPrivacyLaunchRequest",
            Self::Context => "LtiContextLaunchRequest",
            Self::StartProctoring => "LtiStartProctoring",
            Self::EndAssessment => "LtiEndAssessment",
            Self::AssetProcessorSettings => "LtiAssetProcessorSettingsRequest",
            Self::ReportReview => "LtiReportReviewRequest",
            Self::Eula => "LtiEulaRequest",
        }
    }

    /// Whether a launch of this type can do without `sub` even where anonymous launches are not
    /// allowed: deep linking since 2023, and privacy launches.
    pub const fn goes_without_sub(self) -> bool {
        matches!(self, Self::DeepLinking | Self::DataPrivacy)
    }
}

impl fmt::Display for MessageType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
