//! What verification catches: each way to lie about a log, by its name.

use agent_factory_audit::testing::{MemoryLog, block_on};
use agent_factory_audit::{
    CheckpointError, CheckpointKey, Finding, Integrity, VerifyError, canonical, check, verify,
};
use serde_json::Value;

use crate::keeper::{Bundle, Keeper, full_event, kept, log};

fn finding(keeper: &Keeper, bundle: &Bundle) -> (Option<u64>, Finding) {
    let verdict = keeper.verifies(bundle).unwrap();
    assert!(!verdict.holds());
    match verdict.integrity {
        Integrity::Broken { index, finding } => (index, finding),
        other => panic!("not broken: {other:?}"),
    }
}

#[test]
fn an_edited_entry_is_found_by_the_one_after_it() {
    let (keeper, mut bundle) = kept(5);
    bundle.edits(2, "agent-request", "agent-refusal");
    assert_eq!(
        finding(&keeper, &bundle),
        (Some(3), Finding::PreviousChanged)
    );
}

#[test]
fn an_edited_last_entry_is_found_by_the_root() {
    let (keeper, mut bundle) = kept(5);
    bundle.edits(4, "agent-request", "agent-refusal");
    assert_eq!(finding(&keeper, &bundle), (None, Finding::RootMismatch));
}

#[test]
fn an_edit_in_the_store_is_found_in_place() {
    let (keeper, _) = kept(5);
    keeper.store.tamper(&keeper.log, |rows| {
        let line = String::from_utf8(rows.entries[1].bytes.clone()).unwrap();
        rows.entries[1].bytes = line.replace("agent-request", "agent-refusal").into_bytes();
        // Whoever edits rows edits the leaf hash too.
        rows.entries[1].leaf_hash = agent_factory_audit::leaf_hash(&rows.entries[1].bytes);
        rows.leaves[1].leaf_hash = rows.entries[1].leaf_hash;
    });
    assert!(!keeper.checks().unwrap().holds());
}

#[test]
fn two_entries_of_one_writer_that_changed_places_are_found() {
    let (keeper, mut bundle) = kept(5);
    bundle.lines.swap(1, 2);
    assert_eq!(
        finding(&keeper, &bundle),
        (Some(2), Finding::CounterNotRising)
    );
}

#[test]
fn entries_of_two_writers_that_changed_places_are_found() {
    let mut keeper = Keeper::of("oak");
    keeper.notes(1);
    keeper.chain = agent_factory_audit::WriterChain::new([2; 16]);
    keeper.notes(1);
    keeper.sequences();
    let mut bundle = keeper.exports();
    assert!(keeper.verifies(&bundle).unwrap().holds());
    bundle.lines.swap(0, 1);
    assert_eq!(finding(&keeper, &bundle), (None, Finding::RootMismatch));
}

#[test]
fn a_repeated_entry_is_found() {
    let (keeper, mut bundle) = kept(5);
    bundle.lines.insert(3, bundle.lines[2].clone());
    assert_eq!(
        finding(&keeper, &bundle),
        (Some(3), Finding::CounterNotRising)
    );
}

#[test]
fn an_inserted_entry_of_an_invented_writer_is_found() {
    let (keeper, mut bundle) = kept(5);
    let mut stranger = Keeper::of("oak");
    stranger.chain = agent_factory_audit::WriterChain::new([9; 16]);
    let invented = stranger.notes(1).remove(0);
    bundle.lines.insert(2, invented.bytes().to_vec());
    assert_eq!(
        finding(&keeper, &bundle),
        (Some(5), Finding::BeyondCheckpoint)
    );
    bundle.lines.pop();
    assert_eq!(finding(&keeper, &bundle), (None, Finding::RootMismatch));
}

#[test]
fn an_interior_deletion_is_missing_and_a_gap() {
    let (keeper, mut bundle) = kept(5);
    bundle.lines.remove(2);
    let verdict = keeper.verifies(&bundle).unwrap();
    assert!(!verdict.holds());
    assert_eq!(verdict.integrity, Integrity::Unproven);
    assert_eq!(
        (verdict.completeness.missing, verdict.completeness.gap_count),
        (1, 1)
    );
}

#[test]
fn an_interior_deletion_in_the_store_is_missing_and_a_gap() {
    let (keeper, _) = kept(5);
    keeper
        .store
        .tamper(&keeper.log, |rows| rows.entries.remove(2));
    let verdict = keeper.checks().unwrap();
    assert!(!verdict.holds());
    assert_eq!(
        (verdict.completeness.missing, verdict.completeness.gap_count),
        (1, 1)
    );
}

#[test]
fn a_deletion_is_not_mistaken_for_another_history() {
    let (mut keeper, held) = kept(5);
    keeper.notes(2);
    keeper.sequences();
    keeper
        .store
        .tamper(&keeper.log, |rows| rows.entries.remove(2));
    let key = keeper.key.verifier();
    let verdict = block_on(check(
        &keeper.store,
        &keeper.log,
        &key,
        Some(&held.checkpoint),
    ));
    let verdict = verdict.unwrap();
    assert!(!verdict.holds());
    assert_eq!(
        (verdict.integrity, verdict.anchored),
        (Integrity::Unproven, None)
    );
}

#[test]
fn a_deleted_tail_is_missing() {
    let (keeper, mut bundle) = kept(5);
    bundle.lines.truncate(3);
    let verdict = keeper.verifies(&bundle).unwrap();
    assert!(!verdict.holds());
    assert_eq!(
        (verdict.integrity, verdict.completeness.missing),
        (Integrity::Unproven, 2)
    );
    keeper
        .store
        .tamper(&keeper.log, |rows| rows.entries.truncate(3));
    assert_eq!(keeper.checks().unwrap().completeness.missing, 2);
}

#[test]
fn a_log_deleted_whole_is_missing_whole() {
    let (keeper, mut bundle) = kept(5);
    bundle.lines.clear();
    let verdict = keeper.verifies(&bundle).unwrap();
    assert!(!verdict.holds());
    assert_eq!(verdict.completeness.missing, 5);
    keeper
        .store
        .tamper(&keeper.log, |rows| rows.entries.clear());
    assert_eq!(keeper.checks().unwrap().completeness.missing, 5);
    keeper
        .store
        .tamper(&keeper.log, |rows| *rows = MemoryLog::default());
    assert_eq!(keeper.checks(), Err(VerifyError::NoCheckpoint));
}

#[test]
fn an_entry_moved_to_another_schools_log_is_found() {
    let (_, oak) = kept(3);
    let mut elm = Keeper::of("elm");
    elm.notes(3);
    elm.sequences();
    let mut bundle = elm.exports();
    bundle.lines[1] = oak.lines[1].clone();
    assert_eq!(finding(&elm, &bundle), (Some(1), Finding::OtherLog));
    // Even if the operator signs it.
    elm.signs(&mut bundle);
    assert_eq!(finding(&elm, &bundle), (Some(1), Finding::OtherLog));
}

#[test]
fn no_field_of_an_entry_can_change_unseen() {
    let mut keeper = Keeper::of("oak");
    keeper.notes(1);
    keeper.commits(&[full_event(2)]);
    keeper.sequences();
    let bundle = keeper.exports();
    assert!(keeper.verifies(&bundle).unwrap().holds());
    let original: Value = serde_json::from_slice(&bundle.lines[1]).unwrap();
    let pointers = pointers_of(&original, "");
    assert_eq!(pointers.len(), 40, "all fields are there to be changed");
    for pointer in pointers {
        let mut changed = original.clone();
        let field = changed.pointer_mut(&pointer).unwrap();
        *field = another(field);
        let mut bundle = bundle.clone();
        bundle.lines[1] = canonical(&changed).unwrap();
        let verdict = keeper.verifies(&bundle).unwrap();
        assert!(!verdict.holds(), "{pointer} changed unseen");
    }
}

fn pointers_of(value: &Value, at: &str) -> Vec<String> {
    let below = |key: &str, value: &Value| pointers_of(value, &format!("{at}/{key}"));
    match value {
        Value::Object(members) => members
            .iter()
            .flat_map(|(key, item)| below(key, item))
            .collect(),
        Value::Array(items) => {
            let items = items.iter().enumerate();
            items
                .flat_map(|(index, item)| below(&index.to_string(), item))
                .collect()
        }
        _ => vec![at.to_owned()],
    }
}

/// Another value of the same kind and, for texts, the same shape.
fn another(value: &Value) -> Value {
    match value {
        Value::Bool(flag) => Value::Bool(!flag),
        Value::Number(number) => Value::from(number.as_i64().unwrap() + 1),
        Value::String(text) => {
            let last = if text.ends_with('a') { 'b' } else { 'a' };
            Value::String(format!("{}{last}", &text[..text.len() - 1]))
        }
        other => other.clone(),
    }
}

#[test]
fn a_checkpoint_signed_by_another_key_is_refused() {
    let (keeper, bundle) = kept(3);
    let stranger = CheckpointKey::from_seed(keeper.log.clone(), &[43; 32]).unwrap();
    let answer = verify(
        bundle.jsonl().as_slice(),
        &bundle.checkpoint,
        &stranger.verifier(),
    );
    assert_eq!(
        answer,
        Err(VerifyError::Checkpoint(CheckpointError::Unsigned))
    );
    let elm = CheckpointKey::from_seed(log("elm"), &crate::keeper::SEED).unwrap();
    let answer = verify(
        bundle.jsonl().as_slice(),
        &bundle.checkpoint,
        &elm.verifier(),
    );
    assert_eq!(
        answer,
        Err(VerifyError::Checkpoint(CheckpointError::Origin))
    );
}

#[test]
fn a_checkpoint_whose_size_was_changed_is_refused() {
    let (keeper, mut bundle) = kept(3);
    bundle.lines.pop();
    bundle.checkpoint = bundle.checkpoint.replacen("\n3\n", "\n2\n", 1);
    let answer = keeper.verifies(&bundle);
    assert_eq!(
        answer,
        Err(VerifyError::Checkpoint(CheckpointError::Forged))
    );
}

#[test]
fn a_stored_head_that_differs_from_its_checkpoint_is_found() {
    let (keeper, _) = kept(3);
    keeper
        .store
        .tamper(&keeper.log, |rows| rows.head.as_mut().unwrap().size = 2);
    assert!(!keeper.checks().unwrap().holds());
}
