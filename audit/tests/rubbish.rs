//! Rubbish in, an answer out: never a panic, never a verdict that holds.

use agent_factory_audit::{Entry, Frontier, SignedCheckpoint, VerifierKey, verify};
use proptest::prelude::*;

use crate::keeper::{Bundle, Keeper};

fn kept() -> (Keeper, Bundle) {
    let mut keeper = Keeper::of("oak");
    keeper.notes(3);
    keeper.sequences();
    let bundle = keeper.exports();
    (keeper, bundle)
}

proptest! {
    #[test]
    fn random_bytes_never_hold(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        let (keeper, bundle) = kept();
        let verdict = verify(bytes.as_slice(), &bundle.checkpoint, &keeper.key.verifier()).unwrap();
        prop_assert!(!verdict.holds());
        prop_assert!(!verdict.to_string().is_empty());
        let _ = Entry::parse(&bytes);
        let _ = Frontier::from_bytes(&bytes);
    }

    #[test]
    fn random_text_is_no_checkpoint_and_no_key(text in any::<String>()) {
        prop_assert!(SignedCheckpoint::parse(&text).is_err());
        prop_assert!(VerifierKey::parse(&text).is_err());
    }

    #[test]
    fn no_bit_of_an_export_can_be_flipped(place in any::<prop::sample::Index>(), bit in 0_u32..8) {
        let (keeper, bundle) = kept();
        let mut bytes = bundle.jsonl();
        let at = place.index(bytes.len());
        bytes[at] ^= 1 << bit;
        let verdict = verify(bytes.as_slice(), &bundle.checkpoint, &keeper.key.verifier()).unwrap();
        prop_assert!(!verdict.holds());
    }

    #[test]
    fn no_byte_of_an_export_can_be_left_out(place in any::<prop::sample::Index>()) {
        let (keeper, bundle) = kept();
        let mut bytes = bundle.jsonl();
        // But for the last line feed, which says nothing.
        bytes.remove(place.index(bytes.len() - 1));
        let verdict = verify(bytes.as_slice(), &bundle.checkpoint, &keeper.key.verifier()).unwrap();
        prop_assert!(!verdict.holds());
    }

    #[test]
    fn no_character_of_a_checkpoint_can_be_changed(place in any::<prop::sample::Index>(), to in any::<char>()) {
        let (keeper, bundle) = kept();
        let mut letters: Vec<char> = bundle.checkpoint.chars().collect();
        let at = place.index(letters.len());
        prop_assume!(letters[at] != to);
        letters[at] = to;
        let changed: String = letters.into_iter().collect();
        let answer = verify(bundle.jsonl().as_slice(), &changed, &keeper.key.verifier());
        prop_assert!(answer.is_err(), "{changed}");
    }
}

#[test]
fn an_endless_line_is_counted_and_not_kept() {
    let (keeper, bundle) = kept();
    let mut bytes = vec![b'x'; 3_000_000];
    bytes.push(b'\n');
    bytes.extend(bundle.jsonl());
    let verdict = verify(bytes.as_slice(), &bundle.checkpoint, &keeper.key.verifier()).unwrap();
    assert!(!verdict.holds());
    assert_eq!(verdict.completeness.present, 4);
}
