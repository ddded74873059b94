//! Where a launch ends: always with us.
//!
//! A target elsewhere would make the gateway an open redirect that carries a verified person along.

use serde_json::{Map, Value};
use url::Url;

use crate::claim;
use crate::json_object::Lenient as _;
use crate::launch_refused::LaunchRefused;
use crate::message_type::MessageType;

/// Longest `target_link_uri` claim, in bytes. Ours.
pub const TARGET_MAX_BYTES: usize = 4096;

/// A difference from the login's unsigned value decides nothing; another origin would make us an
/// open redirect.
pub(crate) fn check_target(
    claims: &Map<String, Value>,
    message_type: MessageType,
    public_origin: &Url,
) -> Result<Option<Url>, LaunchRefused> {
    let text = match claims.present(claim::TARGET_LINK_URI) {
        None if message_type == MessageType::ResourceLink => {
            return Err(LaunchRefused::TargetMissing);
        }
        None => return Ok(None),
        Some(Value::String(text)) => text,
        Some(_) => return Err(LaunchRefused::TargetMalformed),
    };
    // Browsers read `\` as `/`, and strip control characters and blanks that a parser may keep.
    let strange = |c: char| c == '\\' || c.is_control() || c.is_whitespace();
    if text.len() > TARGET_MAX_BYTES || text.contains(strange) {
        return Err(LaunchRefused::TargetMalformed);
    }
    let url = Url::parse(text).map_err(|_| LaunchRefused::TargetMalformed)?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(LaunchRefused::TargetHasUserinfo);
    }
    if !url.origin().is_tuple() || url.origin() != public_origin.origin() {
        return Err(LaunchRefused::TargetForeign);
    }
    Ok(Some(url))
}
