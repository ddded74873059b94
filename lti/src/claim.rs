//! The names of the claims of an LTI message, whole, as they stand in tokens.
//!
//! # Source
//! LTI Core 1.3, section 5; LTI Advantage services for theirs.

/// What kind of message it is.
pub const MESSAGE_TYPE: &str = "https://purl.imsglobal.org/spec/lti/claim/message_type";
/// The protocol's version: `1.3.0`.
pub const VERSION: &str = "https://purl.imsglobal.org/spec/lti/claim/version";
/// The installation of the tool that is launched.
pub const DEPLOYMENT_ID: &str = "https://purl.imsglobal.org/spec/lti/claim/deployment_id";
/// Where the launch is to end.
pub const TARGET_LINK_URI: &str = "https://purl.imsglobal.org/spec/lti/claim/target_link_uri";
/// The link that was followed.
pub const RESOURCE_LINK: &str = "https://purl.imsglobal.org/spec/lti/claim/resource_link";
/// The person's roles.
pub const ROLES: &str = "https://purl.imsglobal.org/spec/lti/claim/roles";
/// The course or group.
pub const CONTEXT: &str = "https://purl.imsglobal.org/spec/lti/claim/context";
/// The platform's account of itself.
pub const TOOL_PLATFORM: &str = "https://purl.imsglobal.org/spec/lti/claim/tool_platform";
/// Whom a mentor may see.
pub const ROLE_SCOPE_MENTOR: &str = "https://purl.imsglobal.org/spec/lti/claim/role_scope_mentor";
/// How and where the tool is shown.
pub const LAUNCH_PRESENTATION: &str =
    "https://purl.imsglobal.org/spec/lti/claim/launch_presentation";
/// Ids of the student information system.
pub const LIS: &str = "https://purl.imsglobal.org/spec/lti/claim/lis";
/// What the link's author, or the platform's administrator, set.
pub const CUSTOM: &str = "https://purl.imsglobal.org/spec/lti/claim/custom";
/// Whose records a review or privacy launch is about.
pub const FOR_USER: &str = "https://purl.imsglobal.org/spec/lti/claim/for_user";
/// What LTI 1.1 carried in `ext_*`.
pub const EXT: &str = "https://purl.imsglobal.org/spec/lti/claim/ext";
/// The person's id under LTI 1.1.
pub const LTI11_LEGACY_USER_ID: &str =
    "https://purl.imsglobal.org/spec/lti/claim/lti11_legacy_user_id";
/// Grades: where the line items are.
pub const AGS_ENDPOINT: &str = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint";
/// The roster: where the memberships are.
pub const NAMES_AND_ROLES: &str = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice";
/// What a deep linking answer may hold, and where it goes.
pub const DEEP_LINKING_SETTINGS: &str =
    "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings";
/// LTI 1.1 grades, still sent by Moodle.
pub const BASIC_OUTCOME: &str = "https://purl.imsglobal.org/spec/lti-bo/claim/basicoutcome";
