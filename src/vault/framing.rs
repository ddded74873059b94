//! One unambiguous way to write several parts as one byte string: the number of parts, then each
//! part behind its length. Parts must never simply be joined: `ab` + `c` would equal `a` + `bc`.

/// The parts, each behind its length (`u32`, big endian), after their number.
pub(super) fn frame(parts: &[&[u8]]) -> Vec<u8> {
    let length = parts.iter().map(|part| part.len() + 4).sum::<usize>() + 4;
    let mut framed = Vec::with_capacity(length);
    framed.extend_from_slice(&length_of(parts.len()));
    for part in parts {
        framed.extend_from_slice(&length_of(part.len()));
        framed.extend_from_slice(part);
    }
    framed
}

/// A length in four bytes. No part is ever near 4 GiB; one that were would be cut to the same
/// length by everyone, and its bytes still follow whole.
fn length_of(length: usize) -> [u8; 4] {
    u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_split_elsewhere_are_framed_otherwise() {
        assert_ne!(frame(&[b"ab", b"c"]), frame(&[b"a", b"bc"]));
        assert_ne!(frame(&[b"ab", b""]), frame(&[b"ab"]));
        assert_ne!(frame(&[b"", b"ab"]), frame(&[b"ab", b""]));
    }
}
