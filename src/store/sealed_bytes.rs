//! Ciphertext as the store sees it: bytes that it keeps and can never read.

use std::fmt;

/// Sealed bytes. `Debug` shows their length and nothing else.
#[derive(Clone, PartialEq, Eq, sqlx::Type)]
#[sqlx(transparent)]
pub struct SealedBytes(Vec<u8>);

impl SealedBytes {
    /// Bytes that the vault sealed.
    pub fn new(ciphertext: Vec<u8>) -> Self {
        Self(ciphertext)
    }

    /// The ciphertext, for the vault to open.
    pub fn as_slice(&self) -> &[u8] {
        &self.0
    }

    /// The ciphertext, owned.
    pub fn into_vec(self) -> Vec<u8> {
        self.0
    }
}

impl From<Vec<u8>> for SealedBytes {
    fn from(ciphertext: Vec<u8>) -> Self {
        Self(ciphertext)
    }
}

impl fmt::Debug for SealedBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealedBytes({} bytes)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sealed_bytes_show_only_their_length() {
        let sealed = SealedBytes::new(b"secret".to_vec());
        assert_eq!(format!("{sealed:?}"), "SealedBytes(6 bytes)");
    }
}
