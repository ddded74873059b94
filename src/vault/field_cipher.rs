//! AES-256-GCM and the one layout of everything sealed: `version | algorithm | key id | nonce |
//! ciphertext | tag`. It must never open bytes whose version or algorithm it does not know, and
//! never use a nonce twice.

use aes_gcm::{AeadInOut, Aes256Gcm, KeyInit, Nonce, Tag};
use secrecy::ExposeSecret;
use zeroize::Zeroizing;

use super::derivation::Key;
use crate::dice::{Dice, DiceError};

/// Ours: the only layout so far.
pub(super) const VERSION: u8 = 1;
/// Ours: AES-256-GCM with a random 96-bit nonce.
const AES_256_GCM: u8 = 1;
/// NIST SP 800-38D: the nonce length that GCM is defined for without hashing.
const NONCE_LEN: usize = 12;
/// NIST SP 800-38D: the full tag.
const TAG_LEN: usize = 16;
/// Version, algorithm, key id.
const PREFIX_LEN: usize = 1 + 1 + 4;
/// What stands before the ciphertext.
const HEADER_LEN: usize = PREFIX_LEN + NONCE_LEN;

/// Why bytes were not sealed or opened; the caller adds what place it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CipherError {
    Malformed,
    UnknownVersion(u8),
    UnknownAlgorithm(u8),
    NotAuthentic,
    TooLong,
    NoRandomness,
}

impl From<DiceError> for CipherError {
    fn from(_: DiceError) -> Self {
        Self::NoRandomness
    }
}

/// A buffer in which `plaintext_len` bytes can be written after the header and sealed in place.
///
/// Sized at once: a buffer that grows leaves copies of the plaintext in freed memory.
pub(super) fn buffer(plaintext_len: usize) -> Vec<u8> {
    let mut buffer = Vec::with_capacity(HEADER_LEN + plaintext_len + TAG_LEN);
    buffer.resize(HEADER_LEN, 0);
    buffer
}

/// Seals what stands after the header in `buffer`, overwriting it.
pub(super) fn seal(
    key: &Key,
    key_id: u32,
    associated_data: &[u8],
    buffer: Vec<u8>,
    dice: Dice,
) -> Result<Vec<u8>, CipherError> {
    // Still plaintext if anything below fails.
    let mut buffer = Zeroizing::new(buffer);
    let nonce = dice.bytes::<NONCE_LEN>()?;
    let (header, text) = buffer
        .split_at_mut_checked(HEADER_LEN)
        .ok_or(CipherError::Malformed)?;
    let (prefix, nonce_place) = header.split_at_mut(PREFIX_LEN);
    prefix.copy_from_slice(&prefix_of(key_id));
    nonce_place.copy_from_slice(&nonce);
    let bound = bind(prefix, associated_data);
    let tag = cipher(key)
        .encrypt_inout_detached(&Nonce::from(nonce), &bound, text.into())
        .map_err(|_| CipherError::TooLong)?;
    buffer.extend_from_slice(&tag);
    Ok(std::mem::take(&mut *buffer))
}

/// Sealed bytes taken apart, before a key is known.
pub(super) struct Envelope<'a> {
    prefix: &'a [u8],
    key_id: u32,
    nonce: [u8; NONCE_LEN],
    ciphertext: &'a [u8],
    tag: [u8; TAG_LEN],
}

impl<'a> Envelope<'a> {
    /// Takes the bytes apart.
    pub(super) fn parse(bytes: &'a [u8]) -> Result<Self, CipherError> {
        match bytes {
            [VERSION, AES_256_GCM, ..] => {}
            [VERSION] | [] => return Err(CipherError::Malformed),
            [VERSION, other, ..] => return Err(CipherError::UnknownAlgorithm(*other)),
            [other, ..] => return Err(CipherError::UnknownVersion(*other)),
        }
        Self::split(bytes).ok_or(CipherError::Malformed)
    }

    /// Which key sealed it.
    pub(super) fn key_id(&self) -> u32 {
        self.key_id
    }

    /// The plaintext, if `key` sealed it for this associated data.
    pub(super) fn open(
        &self,
        key: &Key,
        associated_data: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, CipherError> {
        let mut text = Zeroizing::new(self.ciphertext.to_vec());
        cipher(key)
            .decrypt_inout_detached(
                &Nonce::from(self.nonce),
                &bind(self.prefix, associated_data),
                text.as_mut_slice().into(),
                &Tag::from(self.tag),
            )
            .map_err(|_| CipherError::NotAuthentic)?;
        Ok(text)
    }

    fn split(bytes: &'a [u8]) -> Option<Self> {
        let (prefix, rest) = bytes.split_at_checked(PREFIX_LEN)?;
        let (key_id, _) = prefix.get(2..)?.split_first_chunk::<4>()?;
        let (nonce, rest) = rest.split_first_chunk::<NONCE_LEN>()?;
        let (ciphertext, tag) = rest.split_last_chunk::<TAG_LEN>()?;
        let key_id = u32::from_be_bytes(*key_id);
        Some(Self {
            prefix,
            key_id,
            nonce: *nonce,
            ciphertext,
            tag: *tag,
        })
    }
}

fn prefix_of(key_id: u32) -> [u8; PREFIX_LEN] {
    let [a, b, c, d] = key_id.to_be_bytes();
    [VERSION, AES_256_GCM, a, b, c, d]
}

/// Binds the prefix too, so that no byte of what is stored can change unnoticed.
fn bind(prefix: &[u8], associated_data: &[u8]) -> Vec<u8> {
    [prefix, associated_data].concat()
}

fn cipher(key: &Key) -> Aes256Gcm {
    Aes256Gcm::new(key.expose_secret().into())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use secrecy::SecretBox;

    use super::*;

    fn key() -> Key {
        SecretBox::new(Box::new([7; 32]))
    }

    fn sealed(text: &[u8]) -> Vec<u8> {
        let mut buffer = buffer(text.len());
        buffer.extend_from_slice(text);
        seal(&key(), 3, b"place", buffer, Dice).unwrap()
    }

    #[test]
    fn any_flipped_bit_is_noticed() {
        let good = sealed(b"Ada");
        for at in 0..good.len() * 8 {
            let mut bad = good.clone();
            bad[at / 8] ^= 1 << (at % 8);
            let opened = Envelope::parse(&bad).and_then(|it| it.open(&key(), b"place"));
            assert!(opened.is_err(), "bit {at}");
        }
        assert_eq!(
            **Envelope::parse(&good)
                .unwrap()
                .open(&key(), b"place")
                .unwrap(),
            *b"Ada"
        );
    }

    #[test]
    fn sealing_twice_gives_different_bytes() {
        assert_ne!(sealed(b"Ada"), sealed(b"Ada"));
    }

    #[test]
    fn the_buffer_is_never_moved_while_it_holds_plaintext() {
        let mut buffer = buffer(3);
        let before = buffer.as_ptr();
        buffer.extend_from_slice(b"Ada");
        let sealed = seal(&key(), 1, b"", buffer, Dice).unwrap();
        assert_eq!(sealed.as_ptr(), before);
    }

    proptest! {
        #[test]
        fn bytes_that_nobody_sealed_never_open(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            let opened = Envelope::parse(&bytes).and_then(|it| it.open(&key(), b"place"));
            prop_assert!(opened.is_err());
        }

        #[test]
        fn whatever_is_sealed_opens_again(text in proptest::collection::vec(any::<u8>(), 0..200)) {
            let bytes = sealed(&text);
            let envelope = Envelope::parse(&bytes).unwrap();
            prop_assert_eq!(envelope.key_id(), 3);
            prop_assert_eq!(&**envelope.open(&key(), b"place").unwrap(), &text);
        }
    }
}
