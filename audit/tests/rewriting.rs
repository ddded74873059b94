//! Another history, whole in itself and well signed: what only somebody else's checkpoint finds.

use agent_factory_audit::testing::block_on;
use agent_factory_audit::{Finding, Integrity, Phase, check};

use crate::keeper::{Bundle, Keeper, full_event, kept};

#[test]
fn a_history_rewritten_in_the_store_contradicts_the_checkpoint_somebody_held() {
    let (keeper, _) = kept(5);
    let mut other = Keeper::of("oak");
    other.commits(&[full_event(50)]);
    other.notes(5);
    other.sequences();
    let held = keeper.exports().checkpoint;
    let key = other.key.verifier();
    assert!(other.checks().unwrap().holds());
    let verdict = block_on(check(&other.store, &other.log, &key, Some(&held))).unwrap();
    let contradicts = Integrity::Broken {
        index: None,
        finding: Finding::ContradictsHeld,
    };
    assert_eq!((verdict.integrity, verdict.anchored), (contradicts, None));
}

#[test]
fn a_suffix_rewritten_to_the_same_length_is_found() {
    let (keeper, bundle) = kept(5);
    let mut rewritten = rewritten_from(&keeper, &bundle, 3);
    let unsigned = Integrity::Broken {
        index: None,
        finding: Finding::RootMismatch,
    };
    assert_eq!(keeper.verifies(&rewritten).unwrap().integrity, unsigned);
    // Signed by the operator, only a checkpoint that somebody else held contradicts it.
    keeper.signs(&mut rewritten);
    let alone = keeper.verifies(&rewritten).unwrap();
    assert!(alone.holds() && alone.anchored.is_none());
    let verdict = keeper
        .verifies_against(&rewritten, &bundle.checkpoint)
        .unwrap();
    assert!(!verdict.holds() && verdict.anchored.is_none());
    let contradicts = Integrity::Broken {
        index: None,
        finding: Finding::ContradictsHeld,
    };
    assert_eq!(verdict.integrity, contradicts);
}

/// The bundle with other entries from an index on, chained as they should be.
fn rewritten_from(keeper: &Keeper, bundle: &Bundle, from: u64) -> Bundle {
    let mut other = Keeper::of("oak");
    other.notes(from);
    for number in from..bundle.lines.len() as u64 {
        other.commits(&[crate::keeper::event(100 + number, Phase::Note)]);
    }
    other.sequences();
    let rewritten = Bundle {
        checkpoint: bundle.checkpoint.clone(),
        ..other.exports()
    };
    assert_eq!(rewritten.lines.len(), bundle.lines.len());
    assert_eq!(
        rewritten.lines[..usize::try_from(from).unwrap()],
        bundle.lines[..usize::try_from(from).unwrap()]
    );
    assert_eq!(keeper.log, other.log);
    rewritten
}

#[test]
fn a_fork_signed_by_two_sequencers_is_found() {
    let (mut keeper, bundle) = kept(3);
    let mut forked = rewritten_from(&keeper, &bundle, 2);
    keeper.signs(&mut forked);
    keeper.notes(2);
    keeper.sequences();
    let longer = keeper.exports();
    assert!(
        keeper
            .verifies_against(&longer, &bundle.checkpoint)
            .unwrap()
            .holds()
    );
    assert!(
        !keeper
            .verifies_against(&longer, &forked.checkpoint)
            .unwrap()
            .holds()
    );
}

#[test]
fn an_old_dump_played_back_is_found_by_the_newer_checkpoint() {
    let (mut keeper, old) = kept(3);
    keeper.notes(2);
    keeper.sequences();
    let new = keeper.exports();
    // What the old checkpoint states is still true, and says no more than it did.
    assert!(keeper.verifies(&old).unwrap().holds());
    let replayed = Bundle {
        lines: old.lines.clone(),
        checkpoint: new.checkpoint.clone(),
    };
    let verdict = keeper.verifies(&replayed).unwrap();
    assert!(!verdict.holds());
    assert_eq!(verdict.completeness.missing, 2);
    let verdict = keeper.verifies_against(&old, &new.checkpoint).unwrap();
    assert!(!verdict.holds());
    let older = Integrity::Broken {
        index: None,
        finding: Finding::OlderThanHeld,
    };
    assert_eq!(verdict.integrity, older);
}
