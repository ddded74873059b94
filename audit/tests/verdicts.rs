//! What a verdict says of deeds, of anchors and in words.

use agent_factory_audit::{ExportError, Phase, VerifyError, export, testing::block_on};

use crate::keeper::{Bundle, Keeper, entry_id};

#[test]
fn entries_opened_and_never_closed_are_listed_and_break_nothing() {
    let mut keeper = Keeper::of("oak");
    keeper.writes(Phase::Open);
    keeper.writes(Phase::Open);
    keeper.writes(Phase::Close { of: entry_id(1) });
    keeper.writes(Phase::Close { of: entry_id(99) });
    keeper.sequences();
    let verdict = keeper.checks().unwrap();
    assert!(verdict.holds());
    assert_eq!(verdict.completeness.unclosed, [entry_id(2)]);
    assert_eq!(verdict.completeness.unclosed_count, 1);
    assert_eq!(verdict.completeness.unopened_count, 1);
    let words = verdict.to_string();
    assert!(
        words.contains("opened and never closed: 1 entries"),
        "{words}"
    );
    assert!(words.contains(&entry_id(2).to_string()), "{words}");
}

#[test]
fn without_a_held_checkpoint_the_verdict_first_says_whose_word_it_is() {
    let mut keeper = Keeper::of("oak");
    keeper.notes(2);
    keeper.sequences();
    let held = keeper.exports().checkpoint;
    keeper.notes(1);
    keeper.sequences();
    let bundle = keeper.exports();
    let alone = keeper.verifies(&bundle).unwrap();
    assert_eq!(alone.anchored, None);
    let words = alone.to_string();
    assert!(words.starts_with("anchor: none"), "{words}");
    assert!(
        words.contains("only the gateway's own signature speaks"),
        "{words}"
    );
    let anchored = keeper.verifies_against(&bundle, &held).unwrap();
    assert!(anchored.holds());
    assert_eq!(anchored.anchored.as_ref().map(|held| held.size), Some(2));
    let words = anchored.to_string();
    assert!(
        words.starts_with("anchor: agrees with the checkpoint at 2 entries"),
        "{words}"
    );
}

#[test]
fn a_verdict_that_does_not_hold_says_so_in_words() {
    let mut keeper = Keeper::of("oak");
    keeper.notes(3);
    keeper.sequences();
    let mut bundle = keeper.exports();
    bundle.lines.remove(1);
    let words = keeper.verifies(&bundle).unwrap().to_string();
    assert!(words.contains("does not hold"), "{words}");
    assert!(words.contains("1 of 3 entries are missing"), "{words}");
    assert!(
        words.contains("entries 2 to 2 were numbered and are gone"),
        "{words}"
    );
}

#[test]
fn a_held_checkpoint_that_is_none_is_an_error() {
    let mut keeper = Keeper::of("oak");
    keeper.notes(1);
    keeper.sequences();
    let bundle = keeper.exports();
    let answer = keeper.verifies_against(&bundle, "rubbish");
    assert!(matches!(answer, Err(VerifyError::Held(_))));
}

#[test]
fn a_log_that_was_never_sequenced_has_nothing_to_export() {
    let mut keeper = Keeper::of("oak");
    keeper.notes(1);
    let mut sink = (Vec::new(), Vec::new());
    let answer = block_on(export(&keeper.store, &keeper.log, &mut sink.0, &mut sink.1));
    assert_eq!(answer, Err(ExportError::NoCheckpoint));
}

#[test]
fn an_export_streams_over_many_pages() {
    let mut keeper = Keeper::of("oak");
    keeper.notes(1_100);
    while keeper.sequences().count > 0 {}
    let bundle: Bundle = keeper.exports();
    assert_eq!(bundle.lines.len(), 1_100);
    assert!(keeper.verifies(&bundle).unwrap().holds());
    assert!(keeper.checks().unwrap().holds());
}
