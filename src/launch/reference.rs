//! What people read out to find an entry, and the hash that secrets and nonces are kept by.

use ring::digest::{SHA256, digest};

use crate::dice::{Dice, DiceError};

/// What people read out to find an entry: eight characters that cannot be mistaken for each other.
///
/// # Errors
/// [`DiceError`] when there is no randomness.
pub fn new_reference(dice: Dice) -> Result<String, DiceError> {
    const LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let bytes: [u8; 8] = dice.bytes()?;
    let letter = |byte: &u8| {
        LETTERS
            .get(usize::from(byte & 31))
            .copied()
            .map_or('A', char::from)
    };
    Ok(bytes.iter().map(letter).collect())
}

/// SHA-256.
pub fn hash(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(digest(&SHA256, bytes).as_ref());
    out
}
