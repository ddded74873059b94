//! Random tokens, and secret bytes on their way into the vault. A token is stored as its hash only,
//! and compared in constant time.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::derivation::sha256;
use crate::dice::{Dice, DiceError};

/// 256 random bits that somebody shows to be let in.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Secret32([u8; 32]);

impl Secret32 {
    /// A new one.
    ///
    /// # Errors
    /// [`DiceError`] when there is no randomness.
    pub fn generate(dice: Dice) -> Result<Self, DiceError> {
        dice.bytes().map(Self)
    }

    /// As it is handed out: 43 characters of base64url.
    pub fn to_text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// Reads it back; `None` when it is not exactly that form.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != 43 {
            return None;
        }
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(text).ok()?);
        bytes.as_slice().try_into().ok().map(Self)
    }

    /// Its SHA-256: what is stored. No salt: 256 random bits cannot be guessed.
    pub fn hash(&self) -> [u8; 32] {
        sha256(&self.0)
    }

    /// Whether `hash` is its hash, in constant time.
    pub fn has_hash(&self, hash: &[u8; 32]) -> bool {
        self.hash().ct_eq(hash).into()
    }
}

impl PartialEq for Secret32 {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for Secret32 {}

impl fmt::Debug for Secret32 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret32(..)")
    }
}

/// A bearer token of the API: `af_` and 43 characters, so that scanners find a leaked one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiToken(Secret32);

impl ApiToken {
    /// What every token begins with.
    pub const PREFIX: &'static str = "af_";

    /// A new one.
    ///
    /// # Errors
    /// [`DiceError`] when there is no randomness.
    pub fn generate(dice: Dice) -> Result<Self, DiceError> {
        Secret32::generate(dice).map(Self)
    }

    /// As it is shown, once.
    pub fn to_text(&self) -> String {
        format!("{}{}", Self::PREFIX, self.0.to_text())
    }

    /// Reads it back; `None` when it is not exactly that form.
    pub fn parse(text: &str) -> Option<Self> {
        Secret32::parse(text.strip_prefix(Self::PREFIX)?).map(Self)
    }

    /// What is stored: the SHA-256 of its text.
    pub fn hash(&self) -> [u8; 32] {
        Self::hash_text(&Zeroizing::new(self.to_text()))
    }

    /// The same of a token as it was presented; also of a bootstrap token, whatever its form.
    pub fn hash_text(presented: &str) -> [u8; 32] {
        sha256(presented.as_bytes())
    }
}

/// Secret bytes that are stored only inside a [`super::Sealed`]: serialised as base64url for the
/// vault, silent in `Debug`, zeroised on drop.
#[derive(Clone, Default, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct SecretBytes(Vec<u8>);

impl SecretBytes {
    /// Takes the bytes over.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The bytes; whoever asks answers for them.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for SecretBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretBytes({} bytes)", self.0.len())
    }
}

impl Serialize for SecretBytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&Zeroizing::new(URL_SAFE_NO_PAD.encode(&self.0)))
    }
}

impl<'de> Deserialize<'de> for SecretBytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Zeroizing::new(String::deserialize(deserializer)?);
        let bytes = URL_SAFE_NO_PAD.decode(text.as_bytes());
        bytes
            .map(Self)
            .map_err(|_| serde::de::Error::custom("not base64url"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_reads_back_from_its_text_and_from_nothing_else() {
        let secret = Secret32::generate(Dice).unwrap();
        let text = secret.to_text();
        assert_eq!(Secret32::parse(&text), Some(secret.clone()));
        assert!(secret.has_hash(&Secret32::parse(&text).unwrap().hash()));
        assert!(!secret.has_hash(&Secret32::generate(Dice).unwrap().hash()));
        let padded = format!("{text}=");
        let spaced = format!(" {text}");
        for bad in [
            "",
            &text[1..],
            &padded,
            &spaced,
            &"!".repeat(43),
            &"é".repeat(22),
        ] {
            assert_eq!(Secret32::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_last_character_with_stray_bits_is_refused() {
        // Else one token would have four spellings.
        let mut text = "A".repeat(42);
        text.push('B');
        assert_eq!(Secret32::parse(&text), None);
    }

    #[test]
    fn an_api_token_is_known_by_its_prefix_and_hashed_as_shown() {
        let token = ApiToken::generate(Dice).unwrap();
        let text = token.to_text();
        assert!(text.starts_with("af_") && text.len() == 46);
        assert_eq!(
            ApiToken::parse(&text).unwrap().hash(),
            ApiToken::hash_text(&text)
        );
        assert_eq!(ApiToken::parse(&text[3..]), None);
        assert_eq!(Secret32::parse(&text), None);
    }

    #[test]
    fn debug_shows_no_secret() {
        let secret = Secret32::generate(Dice).unwrap();
        assert_eq!(format!("{secret:?}"), "Secret32(..)");
        assert_eq!(format!("{:?}", ApiToken(secret)), "ApiToken(Secret32(..))");
        assert_eq!(
            format!("{:?}", SecretBytes::new(b"Ada".to_vec())),
            "SecretBytes(3 bytes)"
        );
    }
}
