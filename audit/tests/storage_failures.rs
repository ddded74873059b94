//! For each step of storage: it fails and did nothing, it fails and did it all the same.

use agent_factory_audit::testing::{Fault, ObligationError, Step, block_on, obligations};
use agent_factory_audit::{
    Backlog, Checkpoint, CheckpointKey, Digest, ExportError, Frontier, Head, LogStoreError,
    SequenceError, VerifyError, check, export, leaf_hash, sequence,
};

use crate::keeper::{Keeper, log, noon};

#[test]
fn each_failed_step_leaves_a_log_that_the_next_call_completes() {
    // The step that fails, how, and how many entries the next call still finds waiting.
    let table = [
        (Step::Head, Fault::Before, 3),
        (Step::Head, Fault::After, 3),
        (Step::Unsequenced, Fault::Before, 3),
        (Step::Unsequenced, Fault::After, 3),
        (Step::Advance, Fault::Before, 3),
        (Step::Advance, Fault::After, 0),
    ];
    for (step, fault, waiting) in table {
        for earlier in [0, 2] {
            let mut keeper = Keeper::of("oak");
            keeper.notes(earlier);
            keeper.sequences();
            keeper.notes(3);
            keeper.store.order(step, fault);
            let failed = block_on(sequence(
                &keeper.store,
                &keeper.log,
                &keeper.key,
                100,
                noon(),
            ));
            let error = failed.unwrap_err();
            assert_eq!(
                error,
                SequenceError::Store(LogStoreError::Unavailable),
                "{step:?} {fault:?}"
            );
            assert!(!error.is_fatal());
            let next = keeper.sequences();
            assert_eq!(next.count, waiting, "{step:?} {fault:?}");
            assert_eq!((next.size, next.backlog), (earlier + 3, Backlog::Drained));
            let verdict = keeper.checks().unwrap();
            assert!(verdict.holds(), "{step:?} {fault:?}: {verdict}");
            assert_eq!(verdict.completeness.size, earlier + 3);
            assert!(keeper.verifies(&keeper.exports()).unwrap().holds());
        }
    }
}

#[test]
fn reading_that_fails_gives_no_verdict_and_no_export() {
    let mut keeper = Keeper::of("oak");
    keeper.notes(3);
    keeper.sequences();
    for step in [Step::Head, Step::Entries] {
        keeper.store.order(step, Fault::Before);
        let verdict = block_on(check(
            &keeper.store,
            &keeper.log,
            &keeper.key.verifier(),
            None,
        ));
        assert_eq!(verdict, Err(VerifyError::Store(LogStoreError::Unavailable)));
        keeper.store.order(step, Fault::Before);
        let mut sink = (Vec::new(), Vec::new());
        let exported = block_on(export(&keeper.store, &keeper.log, &mut sink.0, &mut sink.1));
        assert_eq!(
            exported,
            Err(ExportError::Store(LogStoreError::Unavailable))
        );
    }
}

#[test]
fn the_sequencer_signs_nothing_on_top_of_a_head_it_cannot_verify() {
    let forgeries: [fn(&mut Head); 8] = [
        |head| head.size = 2,
        |head| head.frontier = Frontier::new(),
        |head| head.root = Digest::of(&[b"another"]),
        |head| head.note = head.note.replacen("\n3\n", "\n2\n", 1),
        |head| head.note.clear(),
        // Another history, whole in itself, under the note of the true one; of the same size; and
        // under a note that a stranger signed in the log's name.
        |head| {
            *head = Head {
                note: head.note.clone(),
                ..another_history(2)
            }
        },
        |head| {
            *head = Head {
                note: head.note.clone(),
                ..another_history(3)
            }
        },
        |head| *head = another_history(3),
    ];
    for (number, forge) in forgeries.into_iter().enumerate() {
        let mut keeper = Keeper::of("oak");
        keeper.notes(3);
        keeper.sequences();
        keeper.notes(1);
        keeper
            .store
            .tamper(&keeper.log, |rows| forge(rows.head.as_mut().unwrap()));
        let before = keeper.store.tamper(&keeper.log, |rows| rows.head.clone());
        let refused = block_on(sequence(
            &keeper.store,
            &keeper.log,
            &keeper.key,
            100,
            noon(),
        ));
        assert!(refused.unwrap_err().is_fatal(), "forgery {number}");
        assert_eq!(
            keeper.store.tamper(&keeper.log, |rows| rows.head.clone()),
            before
        );
    }
}

fn another_history(size: u64) -> Head {
    let mut frontier = Frontier::new();
    (0..size).for_each(|number| frontier.append(leaf_hash(&number.to_be_bytes())));
    let root = frontier.root();
    let stranger = CheckpointKey::from_seed(log("oak"), &[43; 32]).unwrap();
    let note = Checkpoint {
        origin: log("oak"),
        size,
        root,
    }
    .sign(&stranger)
    .unwrap();
    Head {
        size,
        root,
        note,
        frontier,
        signed_at: noon(),
    }
}

#[test]
fn the_sequencer_refuses_the_key_of_another_log() {
    let keeper = Keeper::of("oak");
    let elm = CheckpointKey::from_seed(log("elm"), &[42; 32]).unwrap();
    let refused = block_on(sequence(&keeper.store, &keeper.log, &elm, 100, noon()));
    assert_eq!(refused, Err(SequenceError::WrongKey));
}

#[test]
fn a_full_page_says_that_more_may_wait() {
    let mut keeper = Keeper::of("oak");
    keeper.notes(5);
    let sequenced =
        || block_on(sequence(&keeper.store, &keeper.log, &keeper.key, 2, noon())).unwrap();
    let steps = [sequenced(), sequenced(), sequenced(), sequenced()];
    assert_eq!(steps.map(|step| step.count), [2, 2, 1, 0]);
    let (remaining, drained) = (Backlog::Remaining, Backlog::Drained);
    assert_eq!(
        steps.map(|step| step.backlog),
        [remaining, remaining, drained, drained]
    );
    assert!(keeper.checks().unwrap().holds());
}

#[test]
fn the_store_in_memory_meets_every_obligation() {
    let mut keeper = Keeper::of("oak");
    let entries = keeper.notes(5);
    let elm = log("elm");
    let tried = block_on(obligations(
        &keeper.store,
        &keeper.key,
        &entries,
        &elm,
        noon(),
    ));
    assert_eq!(tried, Ok(()));
    assert!(keeper.checks().unwrap().holds());
    // It is a trial that can be failed: a second time, the log is not new.
    let again = block_on(obligations(
        &keeper.store,
        &keeper.key,
        &entries,
        &elm,
        noon(),
    ));
    assert_eq!(again, Err(ObligationError::Broken("a new log has no head")));
}
