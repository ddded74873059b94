//! The chain of a writer: numbers given anew, never twice, and gaps that show.

use agent_factory_audit::{
    Entry, Integrity, Phase, Renewal, StampError, WriterChain, WriterGap, WriterId,
};

use crate::keeper::{Keeper, event, log};

fn writer(byte: u8) -> WriterId {
    WriterId::from_bytes([byte; 16])
}

fn stamped(chain: &mut WriterChain, school: &str, number: u64) -> Entry {
    chain
        .stamp(&log(school), &event(number, Phase::Note))
        .unwrap()
}

#[test]
fn entries_of_a_log_are_numbered_and_chained() {
    let mut chain = WriterChain::new([1; 16]);
    chain.begin().unwrap();
    let first = stamped(&mut chain, "oak", 1);
    let second = stamped(&mut chain, "oak", 2);
    let other_log = stamped(&mut chain, "elm", 3);
    assert_eq!((first.counter(), first.previous()), (1, None));
    assert_eq!(
        (second.counter(), second.previous()),
        (2, Some(first.leaf_hash()))
    );
    assert_eq!((other_log.counter(), other_log.previous()), (1, None));
    chain.confirm().unwrap();
    chain.begin().unwrap();
    assert_eq!(
        stamped(&mut chain, "oak", 4).previous(),
        Some(second.leaf_hash())
    );
}

#[test]
fn a_batch_that_is_retried_gets_its_numbers_anew() {
    let mut chain = WriterChain::new([1; 16]);
    chain.begin().unwrap();
    let kept = stamped(&mut chain, "oak", 1);
    chain.confirm().unwrap();
    chain.begin().unwrap();
    stamped(&mut chain, "oak", 2);
    stamped(&mut chain, "elm", 3);
    chain.abandon().unwrap();
    chain.begin().unwrap();
    let again = stamped(&mut chain, "oak", 3);
    assert_eq!(
        (again.counter(), again.previous()),
        (2, Some(kept.leaf_hash()))
    );
    assert_eq!(stamped(&mut chain, "elm", 4).counter(), 1);
}

#[test]
fn a_batch_without_a_known_outcome_leads_on_only_through_a_new_writer() {
    let mut chain = WriterChain::new([1; 16]);
    let event = event(1, Phase::Note);
    assert_eq!(chain.stamp(&log("oak"), &event), Err(StampError::NoBatch));
    assert_eq!(chain.confirm(), Err(StampError::NoBatch));
    assert_eq!(chain.abandon(), Err(StampError::NoBatch));
    chain.begin().unwrap();
    assert_eq!(chain.begin(), Err(StampError::BatchOpen));
    chain.renew([2; 16]);
    chain.begin().unwrap();
    assert_eq!(
        chain.stamp(&log("oak"), &event).unwrap().writer(),
        writer(2)
    );
}

#[test]
fn a_new_writer_names_the_old_and_its_last_durable_counter_once_per_log() {
    let mut chain = WriterChain::new([1; 16]);
    chain.begin().unwrap();
    stamped(&mut chain, "oak", 1);
    chain.confirm().unwrap();
    chain.begin().unwrap();
    stamped(&mut chain, "oak", 2);
    stamped(&mut chain, "elm", 3);
    chain.renew([2; 16]);
    chain.begin().unwrap();
    let first = stamped(&mut chain, "oak", 4);
    assert_eq!(
        first.renews(),
        Some(Renewal {
            writer: writer(1),
            counter: 1
        })
    );
    assert_eq!((first.counter(), first.previous()), (1, None));
    assert_eq!(stamped(&mut chain, "oak", 5).renews(), None);
    let elm = stamped(&mut chain, "elm", 6);
    assert_eq!(
        elm.renews(),
        Some(Renewal {
            writer: writer(1),
            counter: 0
        })
    );
    let untouched = stamped(&mut chain, "ash", 7);
    assert_eq!(untouched.renews(), None);
    // The second commit is unknown too: what is known of the first writer is not forgotten.
    chain.renew([3; 16]);
    chain.begin().unwrap();
    let third = stamped(&mut chain, "oak", 8);
    assert_eq!(
        third.renews(),
        Some(Renewal {
            writer: writer(1),
            counter: 1
        })
    );
}

#[test]
fn a_commit_of_unknown_outcome_leaves_a_log_that_holds_either_way() {
    for committed in [true, false] {
        let mut keeper = Keeper::of("oak");
        keeper.notes(2);
        keeper.chain.begin().unwrap();
        let unknown = keeper
            .chain
            .stamp(&keeper.log, &event(50, Phase::Note))
            .unwrap();
        if committed {
            keeper.store.store(&unknown);
        }
        keeper.chain.renew([2; 16]);
        keeper.notes(2);
        keeper.sequences();
        let verdict = keeper.checks().unwrap();
        assert!(verdict.holds(), "{verdict}");
        assert_eq!(verdict.completeness.size, if committed { 5 } else { 4 });
    }
}

#[test]
fn an_entry_deleted_before_it_was_sequenced_is_a_gap() {
    let mut keeper = Keeper::of("oak");
    keeper.notes(4);
    keeper
        .store
        .tamper(&keeper.log, |rows| rows.entries.drain(1..3).count());
    keeper.sequences();
    let verdict = keeper.checks().unwrap();
    assert_eq!(verdict.integrity, Integrity::Intact);
    assert!(!verdict.holds());
    let gap = WriterGap {
        writer: writer(1),
        first: 2,
        last: 3,
    };
    assert_eq!(verdict.completeness.gaps, [gap]);
}

#[test]
fn the_first_entries_of_a_writer_cannot_go_unseen() {
    let mut keeper = Keeper::of("oak");
    keeper.notes(3);
    keeper
        .store
        .tamper(&keeper.log, |rows| rows.entries.remove(0));
    keeper.sequences();
    let gap = WriterGap {
        writer: writer(1),
        first: 1,
        last: 1,
    };
    assert_eq!(keeper.checks().unwrap().completeness.gaps, [gap]);
}

#[test]
fn the_last_entries_of_a_renewed_writer_cannot_go_unseen() {
    let mut keeper = Keeper::of("oak");
    keeper.notes(3);
    keeper.chain.renew([2; 16]);
    keeper.notes(1);
    keeper
        .store
        .tamper(&keeper.log, |rows| rows.entries.drain(1..3).count());
    keeper.sequences();
    let verdict = keeper.checks().unwrap();
    assert!(!verdict.holds());
    let gap = WriterGap {
        writer: writer(1),
        first: 2,
        last: 3,
    };
    assert_eq!(verdict.completeness.gaps, [gap]);
}
