//! Two replicas sequence one log at once: whatever the interleaving, there is one order.

use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use agent_factory_audit::testing::{MemoryLogStore, obligations};
use agent_factory_audit::{Backlog, Phase, SequenceError, Sequenced, check, export, sequence};
use proptest::prelude::*;

use crate::keeper::{Keeper, noon};

type Step<'a> = Pin<Box<dyn Future<Output = Result<Sequenced, SequenceError>> + 'a>>;

fn poll(step: &mut Step<'_>) -> Option<Sequenced> {
    match step.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(sequenced) => Some(sequenced.unwrap()),
        Poll::Pending => None,
    }
}

#[test]
fn of_two_that_start_from_one_head_one_advances_and_one_loses() {
    let mut keeper = Keeper::with_store("oak", MemoryLogStore::yielding());
    keeper.notes(4);
    let step = || -> Step<'_> {
        Box::pin(sequence(
            &keeper.store,
            &keeper.log,
            &keeper.key,
            100,
            noon(),
        ))
    };
    let mut steps = [step(), step()];
    let mut done = [None, None];
    while done.iter().any(Option::is_none) {
        for (step, done) in steps.iter_mut().zip(&mut done) {
            if done.is_none() {
                *done = poll(step);
            }
        }
    }
    assert_eq!(done.map(|done| done.unwrap().count), [4, 0]);
    assert_eq!(done[1].unwrap().backlog, Backlog::Remaining);
    drop(steps);
    assert_eq!(keeper.checks().unwrap().completeness.size, 4);
    assert!(keeper.checks().unwrap().holds());
}

proptest! {
    #[test]
    fn any_interleaving_gives_every_entry_one_index(
        schedule in prop::collection::vec((0_usize..3, 1_usize..4), 1..120),
    ) {
        let keeper = Keeper::with_store("oak", MemoryLogStore::yielding());
        // Entries become durable while both sequencers are under way.
        let mut writer = Keeper::of("oak");
        let mut written = 0;
        let mut running: [Option<Step<'_>>; 2] = [None, None];
        for (who, limit) in schedule {
            match running.get_mut(who) {
                None => {
                    written += 1;
                    writer.writes(Phase::Note).iter().for_each(|entry| keeper.store.store(entry));
                }
                Some(slot) => {
                    let step = slot.get_or_insert_with(|| {
                        Box::pin(sequence(&keeper.store, &keeper.log, &keeper.key, limit, noon()))
                    });
                    if poll(step).is_some() {
                        *slot = None;
                    }
                }
            }
        }
        drop(running);
        while keeper.sequences().count > 0 {}
        if written > 0 {
            let verdict = keeper.checks().unwrap();
            prop_assert!(verdict.holds(), "{}", verdict);
            prop_assert_eq!(verdict.completeness.size, written);
        }
    }
}

#[test]
fn what_waits_for_storage_can_be_handed_to_another_thread() {
    fn movable<T: Send>(future: T) {
        drop(future);
    }
    let keeper = Keeper::of("oak");
    let (store, log, key) = (&keeper.store, &keeper.log, keeper.key.verifier());
    let (mut entries, mut checkpoint) = (Vec::new(), Vec::new());
    movable(sequence(store, log, &keeper.key, 1, noon()));
    movable(check(store, log, &key, None));
    movable(export(store, log, &mut entries, &mut checkpoint));
    movable(obligations(store, &keeper.key, &[], log, noon()));
}
