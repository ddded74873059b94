//! Pseudonyms: the names under which agents know people, courses and sessions. Pairwise: two agents,
//! or one agent of two tenants, must never be able to tell that they speak of the same one.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::derivation::tag;
use super::key_ring::TenantKeys;
use crate::ids::{AgentId, PlacementId};

/// Ours: 24 characters of base64url are 144 bits, past any collision.
const PSEUDONYM_LEN: usize = 24;

/// What a pseudonym stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PseudonymKind {
    /// A person, as actor or as subject.
    Actor,
    /// A course or section.
    Context,
    /// A resource link.
    Resource,
    /// A session.
    Session,
    /// A decision, so that an agent can name it and nobody can compute it from its facts.
    Decision,
    /// A launch: the handle for the classroom API.
    Launch,
}

impl PseudonymKind {
    /// The stable name that its key is derived for.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Actor => "actor",
            Self::Context => "context",
            Self::Resource => "resource",
            Self::Session => "session",
            Self::Decision => "decision",
            Self::Launch => "launch",
        }
    }
}

impl TenantKeys {
    /// The name under which `agent` knows what `parts` identify; lasting, also over key rotation.
    pub fn pseudonym(&self, agent: AgentId, kind: PseudonymKind, parts: &[&[u8]]) -> String {
        let key = self.naming_key("pseudonym", &[agent.as_bytes(), kind.as_str().as_bytes()]);
        let mut name = URL_SAFE_NO_PAD.encode(tag(&key, parts));
        name.truncate(PSEUDONYM_LEN);
        name
    }

    /// The last part of an agent's host for one person (or anonymous session) in one placement.
    pub fn host_label(&self, placement: PlacementId, person_or_anonymous: &[u8]) -> HostLabel {
        let key = self.naming_key("host label", &[]);
        HostLabel(base32(tag(
            &key,
            &[placement.as_bytes(), person_or_anonymous],
        )))
    }
}

/// Eight characters of `[a-z2-7]`: what keeps two people's origins apart in one browser.
///
/// It separates, it does not authorise: 40 bits are no secret.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct HostLabel(String);

impl HostLabel {
    /// As it stands in the host.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a text is no host label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a host label has 8 characters of `a-z` and `2-7`")]
pub struct HostLabelError;

impl FromStr for HostLabel {
    type Err = HostLabelError;
    fn from_str(text: &str) -> Result<Self, HostLabelError> {
        let fits = text.len() == 8 && text.bytes().all(|byte| ALPHABET.contains(&byte));
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(HostLabelError)
        }
    }
}

impl fmt::Display for HostLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// RFC 4648 base32 in lower case: host names have no case.
const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// The first 40 bits in base32, as eight characters.
fn base32(bytes: [u8; 32]) -> String {
    let bits = bytes
        .iter()
        .take(5)
        .fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
    (0..8)
        .rev()
        .filter_map(|place| usize::try_from((bits >> (place * 5)) & 31).ok())
        .filter_map(|digit| ALPHABET.get(digit).copied().map(char::from))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base32_is_that_of_the_standard() {
        // RFC 4648, section 10: "fooba" is MZXW6YTB.
        assert_eq!(base32(*b"fooba, and what is not read....."), "mzxw6ytb");
        assert_eq!(base32([0; 32]), "aaaaaaaa");
        assert_eq!(base32([255; 32]), "77777777");
    }

    #[test]
    fn a_host_label_is_eight_lower_case_letters_or_digits_two_to_seven() {
        for bad in [
            "",
            "abcdefg",
            "abcdefghi",
            "ABCDEFGH",
            "abcdefg1",
            "abcd-fgh",
            "abcdefgé",
        ] {
            assert_eq!(bad.parse::<HostLabel>(), Err(HostLabelError), "{bad}");
        }
        assert_eq!(
            "x7k2mqaa".parse::<HostLabel>().unwrap().as_str(),
            "x7k2mqaa"
        );
    }
}
