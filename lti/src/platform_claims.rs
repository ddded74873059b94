//! What the platform says about itself and about the frame it shows the tool in.
//!
//! Words of the platform, good for showing and for telling instances apart; they must never decide
//! whose registration a launch belongs to.

use std::fmt;

use serde_json::{Map, Value};
use url::Url;

use crate::json_object::Lenient as _;

/// The platform's account of itself.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct ToolPlatform {
    /// The instance, unique within the issuer; not every platform sends it.
    pub guid: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// The product, such as `canvas` or `moodle`.
    pub product_family_code: Option<String>,
    /// The product's version.
    pub version: Option<String>,
}

/// How the platform shows the tool.
#[derive(Clone, Default, Eq, PartialEq)]
pub struct LaunchPresentation {
    /// `frame`, `iframe` or `window`.
    pub document_target: Option<String>,
    /// In CSS pixels.
    pub width: Option<u32>,
    /// In CSS pixels.
    pub height: Option<u32>,
    /// Where the person may be sent back to: `http` or `https` only.
    pub return_url: Option<Url>,
    /// The language of the frame around, as a BCP 47 tag.
    pub locale: Option<String>,
}

impl ToolPlatform {
    pub(crate) fn read(member: &Map<String, Value>) -> Self {
        Self {
            guid: member.text("guid"),
            name: member.text("name"),
            // Moodle before 3.10 wrote the second name.
            product_family_code: member
                .text("product_family_code")
                .or_else(|| member.text("family_code")),
            version: member.text("version"),
        }
    }
}

impl LaunchPresentation {
    pub(crate) fn read(member: &Map<String, Value>) -> Self {
        Self {
            document_target: member.text("document_target"),
            width: pixels(member.get("width")),
            height: pixels(member.get("height")),
            return_url: member
                .text("return_url")
                .and_then(|text| Url::parse(&text).ok())
                // `javascript:` in a link of ours would be script of ours.
                .filter(|url| matches!(url.scheme(), "https" | "http")),
            locale: member.text("locale"),
        }
    }
}

/// A number, or a number in a text, as some platforms write it.
fn pixels(value: Option<&Value>) -> Option<u32> {
    match value? {
        Value::Number(number) => number
            .as_u64()
            .and_then(|number| u32::try_from(number).ok()),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// Shows the frame and not the way back: platforms put session keys into that URL.
impl fmt::Debug for LaunchPresentation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LaunchPresentation")
            .field("document_target", &self.document_target)
            .field("width", &self.width)
            .field("height", &self.height)
            .finish_non_exhaustive()
    }
}
