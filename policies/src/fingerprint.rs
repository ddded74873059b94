//! The fingerprint of a policy set: which rules, words and numbers a decision was made under.
//!
//! Two sets that could decide differently must never share one.

use std::fmt;

use ring::digest;

/// SHA-256 over the rules, the schema, the catalogue and the constants of a set.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// The fingerprint of named texts. Line endings do not count; every other byte does.
    pub(crate) fn of<'a>(texts: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut context = digest::Context::new(&digest::SHA256);
        context.update(b"agent-factory/policies/v1\0");
        for (name, text) in texts {
            let text = text.replace("\r\n", "\n");
            for part in [name, text.as_str()] {
                // The length goes first, so that no text can be moved from one part to the next.
                context.update(&(part.len() as u64).to_be_bytes());
                context.update(part.as_bytes());
            }
        }
        Self::from_digest(&context.finish())
    }

    /// The fingerprint of a set that stands on another.
    pub(crate) fn extended(&self, overlay: &str) -> Self {
        Self::of([("floor", self.to_hex().as_str()), ("overlay", overlay)])
    }

    /// The fingerprint in lower-case hexadecimal digits, 64 of them.
    pub fn to_hex(&self) -> String {
        hex(&self.0)
    }

    fn from_digest(digest: &digest::Digest) -> Self {
        let mut bytes = [0; 32];
        for (to, from) in bytes.iter_mut().zip(digest.as_ref()) {
            *to = *from;
        }
        Self(bytes)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_hex())
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

/// Lower-case hexadecimal digits of bytes.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use fmt::Write as _;
    bytes.iter().fold(
        String::with_capacity(bytes.len() * 2),
        |mut digits, byte| {
            // INVARIANT: writing to a string cannot fail.
            let _ = write!(digits, "{byte:02x}");
            digits
        },
    )
}
