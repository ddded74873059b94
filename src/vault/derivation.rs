//! Keys made from keys: HKDF-SHA-256 under one salt, one label per use. A key that is derived for
//! one use must never serve another, and none is kept in the clear longer than its use.

use ring::{digest, hkdf, hmac};
use secrecy::{ExposeSecret, SecretBox};

use super::framing::frame;

/// A 256-bit key: zeroised when dropped, silent in `Debug`.
pub(super) type Key = SecretBox<[u8; 32]>;

/// Ours: separates these derivations from those of any other program given the same root key.
const SALT: &[u8] = b"agent-factory vault v1";

/// The key for `use_label` and `parts` under `secret`.
///
/// # Source
/// RFC 5869, with SHA-256.
pub(super) fn derive(secret: &Key, use_label: &str, parts: &[&[u8]]) -> Key {
    let info = info(use_label, parts);
    SecretBox::init_with_mut(|out: &mut [u8; 32]| fill(secret, &info, out))
}

/// The HMAC-SHA-256 key for `use_label` and `parts` under `secret`.
pub(super) fn derive_hmac(secret: &Key, use_label: &str, parts: &[&[u8]]) -> hmac::Key {
    hmac::Key::new(
        hmac::HMAC_SHA256,
        derive(secret, use_label, parts).expose_secret(),
    )
}

/// HMAC-SHA-256 of the framed parts.
pub(super) fn tag(key: &hmac::Key, parts: &[&[u8]]) -> [u8; 32] {
    let mut tag = [0_u8; 32];
    tag.copy_from_slice(hmac::sign(key, &frame(parts)).as_ref());
    tag
}

/// SHA-256.
pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut hash = [0_u8; 32];
    hash.copy_from_slice(digest::digest(&digest::SHA256, bytes).as_ref());
    hash
}

fn info(use_label: &str, parts: &[&[u8]]) -> Vec<u8> {
    let mut all: Vec<&[u8]> = Vec::with_capacity(parts.len() + 1);
    all.push(use_label.as_bytes());
    all.extend_from_slice(parts);
    frame(&all)
}

#[expect(
    clippy::expect_used,
    reason = "HKDF only fails beyond 255 blocks; this is one"
)]
fn fill(secret: &Key, info: &[u8], out: &mut [u8; 32]) {
    // INVARIANT: 32 bytes are one block of SHA-256, and `out` has the length that was asked for.
    hkdf::Salt::new(hkdf::HKDF_SHA256, SALT)
        .extract(secret.expose_secret())
        .expand(&[info], hkdf::HKDF_SHA256)
        .and_then(|okm| okm.fill(out))
        .expect("one block of HKDF");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> Key {
        SecretBox::new(Box::new([byte; 32]))
    }

    #[test]
    fn keys_differ_by_secret_by_use_and_by_part() {
        let made =
            |secret, label, part: &[u8]| *derive(&key(secret), label, &[part]).expose_secret();
        let first = made(1, "field", b"name");
        assert_eq!(first, made(1, "field", b"name"));
        assert_ne!(first, made(2, "field", b"name"));
        assert_ne!(first, made(1, "index", b"name"));
        assert_ne!(first, made(1, "field", b"email"));
    }
}
