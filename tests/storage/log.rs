//! The log over the store: sequenced in one order, whoever races, and it verifies.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use agent_factory::store::{Store, TenantLogs};
use agent_factory_audit::testing::obligations;
use agent_factory_audit::{Advance, CheckpointKey, Entry, LogName, LogStore, check, sequence};
use futures_util::future::join_all;

use super::ground::{Ground, on_both_databases};
use super::school::{NOW, School, event};

on_both_databases! {
    two_sequencers_racing_keep_one_order,
    a_log_is_found_to_sequence_until_it_is,
    entries_are_sequenced_in_the_order_of_their_writer,
    a_head_that_moved_is_lost_and_writes_nothing,
    the_store_meets_the_obligations_of_a_log_store,
    the_bell_rings_for_entries,
    a_log_of_an_unknown_tenant_is_an_error,
    a_commit_cut_off_in_the_middle_breaks_no_chain,
}

fn key(log: &LogName) -> CheckpointKey {
    CheckpointKey::from_seed(log.clone(), &[7; 32]).unwrap()
}

/// Sequences every log that waits.
pub async fn sequence_all(store: &Store) {
    let logs = store.log_store();
    for waiting in logs.logs_to_sequence(100).await.unwrap() {
        let now = NOW.to_offset_date_time();
        sequence(&logs, &waiting.log, &key(&waiting.log), 1_000, now)
            .await
            .unwrap();
    }
}

async fn record(ground: &Ground, school: &School, count: usize) {
    let unit = ground.store.tenant(school.tenant).begin().await.unwrap();
    let events = (0..count).map(|_| event("launch")).collect();
    unit.commit_recording(events).await.unwrap();
}

async fn drain(logs: &TenantLogs, log: &LogName) {
    let now = NOW.to_offset_date_time();
    while !logs.unsequenced(log, 1).await.unwrap().is_empty() {
        sequence(logs, log, &key(log), 7, now).await.unwrap();
    }
}

async fn two_sequencers_racing_keep_one_order(ground: &Ground) {
    let school = School::open(&ground.store, "lincoln").await;
    let replica = ground.replica().await;
    for _ in 0..8 {
        record(ground, &school, 10).await;
        let unit = replica.tenant(school.tenant).begin().await.unwrap();
        unit.commit_recording(vec![event("launch"), event("opened")])
            .await
            .unwrap();
    }
    let (one, two) = (ground.store.log_store(), replica.log_store());
    let log = one.name_of(school.tenant).await.unwrap();
    tokio::join!(drain(&one, &log), drain(&two, &log));
    let head = one.head(&log).await.unwrap().unwrap();
    assert_eq!(head.size, 96);
    assert_eq!(ground.rows("leaves").await, 96);
    assert_eq!(ground.rows("unsequenced").await, 0);
    let verdict = check(&one, &log, &key(&log).verifier(), None)
        .await
        .unwrap();
    assert!(verdict.holds(), "{verdict}");
    replica.close().await;
}

async fn a_log_is_found_to_sequence_until_it_is(ground: &Ground) {
    let school = School::open(&ground.store, "lincoln").await;
    let other = School::open(&ground.store, "adams").await;
    let logs = ground.store.log_store();
    assert!(logs.logs_to_sequence(10).await.unwrap().is_empty());
    record(ground, &other, 1).await;
    record(ground, &school, 1).await;
    let waiting = logs.logs_to_sequence(10).await.unwrap();
    let tenants: Vec<_> = waiting.iter().map(|waiting| waiting.tenant).collect();
    assert_eq!(tenants, [other.tenant, school.tenant]);
    assert_eq!(waiting[0].log.as_str(), "gate.example/audit/adams");
    drain(&logs, &waiting[0].log).await;
    let waiting = logs.logs_to_sequence(10).await.unwrap();
    assert_eq!(waiting.len(), 1);
    assert_eq!(waiting[0].tenant, school.tenant);
    // The other tenant's entry is not in this log.
    assert_eq!(logs.entries(&waiting[0].log, 0, 10).await.unwrap(), []);
    assert_eq!(logs.head(&waiting[0].log).await.unwrap(), None);
}

async fn entries_are_sequenced_in_the_order_of_their_writer(ground: &Ground) {
    let school = School::open(&ground.store, "lincoln").await;
    let writes = (0..40).map(|_| record(ground, &school, 3));
    join_all(writes).await;
    let logs = ground.store.log_store();
    let log = logs.name_of(school.tenant).await.unwrap();
    drain(&logs, &log).await;
    let entries = logs.entries(&log, 0, 1_000).await.unwrap();
    for (at, sequenced) in entries.iter().enumerate() {
        let entry = Entry::parse(&sequenced.bytes).unwrap();
        assert_eq!(sequenced.index, at as u64);
        assert_eq!(entry.counter(), at as u64 + 1);
    }
    assert_eq!(entries.len(), 120);
    assert_eq!(logs.entries(&log, 118, 1).await.unwrap(), entries[118..119]);
}

async fn a_head_that_moved_is_lost_and_writes_nothing(ground: &Ground) {
    let school = School::open(&ground.store, "lincoln").await;
    record(ground, &school, 2).await;
    let logs = ground.store.log_store();
    let log = logs.name_of(school.tenant).await.unwrap();
    drain(&logs, &log).await;
    let first = logs.head(&log).await.unwrap().unwrap();
    record(ground, &school, 1).await;
    drain(&logs, &log).await;
    let second = logs.head(&log).await.unwrap().unwrap();
    assert_eq!(
        logs.advance(&log, Some(&first), &[], &first).await,
        Ok(Advance::Lost)
    );
    assert_eq!(
        logs.advance(&log, None, &[], &first).await,
        Ok(Advance::Lost)
    );
    let mut forged = second.clone();
    forged.note.push(' ');
    assert_eq!(
        logs.advance(&log, Some(&forged), &[], &first).await,
        Ok(Advance::Lost)
    );
    assert_eq!(logs.head(&log).await.unwrap().unwrap(), second);
}

async fn the_store_meets_the_obligations_of_a_log_store(ground: &Ground) {
    let school = School::open(&ground.store, "lincoln").await;
    let other = School::open(&ground.store, "adams").await;
    record(ground, &school, 6).await;
    let mut unit = ground.store.tenant(school.tenant).read().await.unwrap();
    let mut rows = unit.entries().list(None, 10).await.unwrap();
    drop(unit);
    rows.sort_by_key(|row| row.counter);
    let entries: Vec<_> = rows
        .iter()
        .map(|row| Entry::parse(&row.bytes).unwrap())
        .collect();
    let logs = ground.store.log_store();
    let log = logs.name_of(school.tenant).await.unwrap();
    let unwritten = logs.name_of(other.tenant).await.unwrap();
    let now = NOW.to_offset_date_time();
    obligations(&logs, &key(&log), &entries, &unwritten, now)
        .await
        .unwrap();
}

async fn the_bell_rings_for_entries(ground: &Ground) {
    let school = School::open(&ground.store, "lincoln").await;
    let bell = ground.store.entries_written();
    record(ground, &school, 1).await;
    // It was rung before: a notified permit is kept.
    bell.notified().await;
}

async fn a_log_of_an_unknown_tenant_is_an_error(ground: &Ground) {
    let logs = ground.store.log_store();
    for name in [
        "gate.example/audit/nobody",
        "else.example/audit/installation",
        "rubbish",
    ] {
        assert!(
            logs.head(&LogName::parse(name).unwrap()).await.is_err(),
            "{name}"
        );
    }
    let known = LogName::parse("gate.example/audit/installation").unwrap();
    assert_eq!(logs.head(&known).await, Ok(None));
}

/// Drops a future after so many polls, as a caller that hangs up does.
async fn cut_off<F: Future>(future: F, mut polls: usize) -> Option<F::Output> {
    let mut future = pin!(future);
    poll_fn(move |context| {
        let polled = future.as_mut().poll(context);
        polls -= 1;
        match polled {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if polls == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

async fn a_commit_cut_off_in_the_middle_breaks_no_chain(ground: &Ground) {
    let school = School::open(&ground.store, "lincoln").await;
    let (mut cut, mut whole) = (0, 0);
    for round in 0..60 {
        let polls = 1 + round % 6;
        let unit = ground.store.tenant(school.tenant).begin().await.unwrap();
        match cut_off(
            unit.commit_recording(vec![event("cut"), event("cut")]),
            polls,
        )
        .await
        {
            None => cut += 1,
            Some(committed) => whole += committed.map(|entries| entries.len()).unwrap(),
        }
        record(ground, &school, 1).await;
    }
    assert!(cut > 3, "{cut}");
    assert!(whole > 3, "{whole}");
    let logs = ground.store.log_store();
    let log = logs.name_of(school.tenant).await.unwrap();
    drain(&logs, &log).await;
    let verdict = check(&logs, &log, &key(&log).verifier(), None)
        .await
        .unwrap();
    assert!(verdict.holds(), "{verdict}");
    assert!(ground.rows("leaves").await >= 60 + i64::try_from(whole).unwrap());
}
