//! Hot writes: durable when answered, races lost without a trace, one bad member alone.

use std::collections::HashSet;

use agent_factory::dice::Dice;
use agent_factory::ids::{ContextRowId, PersonId, PlacementId, TenantId};
use agent_factory::store::{HotOutcome, HotWrite, StoreError};
use futures_util::future::join_all;

use super::ground::{Ground, on_both_databases};
use super::school::{NOW, School, event, secret};

on_both_databases! {
    of_32_launches_with_one_nonce_one_is_written,
    two_replicas_use_a_nonce_up_once,
    the_loser_of_a_replay_writes_nothing_but_its_refusal,
    one_bad_member_fails_alone,
    an_event_for_an_unknown_tenant_fails_alone,
    a_person_entered_in_between_is_raced_and_the_nonce_stays_free,
    two_launches_of_one_new_person_in_one_batch_enter_them_once,
    a_placement_bound_in_between_is_raced_and_writes_nothing,
    a_context_entered_in_between_is_raced_and_writes_nothing,
    two_hundred_submits_of_three_tenants_are_all_durable,
    a_value_that_no_column_holds_fails_alone,
    a_closed_store_refuses,
}

fn launch(school: &School, nonce_hash: [u8; 32]) -> HotWrite {
    HotWrite {
        nonce: Some(school.nonce(nonce_hash)),
        session: Some(school.session()),
        events: vec![event("launch")],
        events_if_replayed: vec![event("launch-refused")],
        ..HotWrite::new(school.tenant)
    }
}

/// A launch by somebody new, in a new course, from a new link.
fn first_launch(school: &School, name: &str) -> HotWrite {
    let context = ContextRowId::new(Dice, NOW).unwrap();
    let placement = PlacementId::new(Dice, NOW).unwrap();
    let person = PersonId::new(Dice, NOW).unwrap();
    let mut session = school.session();
    session.context_row_id = Some(context);
    session.placement_id = Some(placement);
    session.actor_person_id = Some(person);
    HotWrite {
        context: Some(school.context_row(context, &format!("course-{name}"))),
        placement: Some(school.placement_row(placement, &format!("link-{name}"))),
        person: Some(School::new_person(person, secret())),
        session: Some(session),
        ..launch(school, secret())
    }
}

async fn of_32_launches_with_one_nonce_one_is_written(ground: &Ground) {
    let school = School::open(&ground.store, "lincoln").await;
    let nonce = secret();
    let writes = (0..32).map(|_| ground.store.hot().submit(launch(&school, nonce)));
    let outcomes: Vec<_> = join_all(writes)
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect();
    let written = outcomes
        .iter()
        .filter(|o| matches!(o, HotOutcome::Written { .. }))
        .count();
    let replayed = outcomes
        .iter()
        .filter(|o| matches!(o, HotOutcome::Replayed { .. }))
        .count();
    assert_eq!((written, replayed), (1, 31));
    assert_eq!(ground.rows("sessions").await, 1);
    assert_eq!(ground.rows("entries").await, 32);
}

async fn two_replicas_use_a_nonce_up_once(ground: &Ground) {
    let school = School::open(&ground.store, "lincoln").await;
    let other = ground.replica().await;
    let nonce = secret();
    let (one, two) = tokio::join!(
        ground.store.hot().submit(launch(&school, nonce)),
        other.hot().submit(launch(&school, nonce)),
    );
    let written = [one.unwrap(), two.unwrap()];
    assert_eq!(
        written
            .iter()
            .filter(|o| matches!(o, HotOutcome::Written { .. }))
            .count(),
        1
    );
    assert_eq!(ground.rows("sessions").await, 1);
    other.close().await;
}

async fn the_loser_of_a_replay_writes_nothing_but_its_refusal(ground: &Ground) {
    let school = School::open(&ground.store, "lincoln").await;
    let nonce = secret();
    ground
        .store
        .hot()
        .submit(launch(&school, nonce))
        .await
        .unwrap();
    let newcomer = PersonId::new(Dice, NOW).unwrap();
    let mut replay = launch(&school, nonce);
    replay.person = Some(School::new_person(newcomer, secret()));
    let refusal =
        agent_factory_audit::EntryId::from_bytes(*replay.events_if_replayed[0].id().as_bytes());
    let outcome = ground.store.hot().submit(replay).await.unwrap();
    let HotOutcome::Replayed { entries } = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0].entry_id.as_bytes(), refusal.as_bytes());
    let mut unit = ground.store.tenant(school.tenant).read().await.unwrap();
    assert_eq!(unit.people().find(newcomer).await.unwrap(), None);
    let row = unit
        .entries()
        .find(entries[0].entry_id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(row.action, "launch-refused");
    drop(unit);
    assert_eq!(ground.rows("sessions").await, 1);
}

async fn one_bad_member_fails_alone(ground: &Ground) {
    let school = School::open(&ground.store, "lincoln").await;
    let other = School::open(&ground.store, "adams").await;
    let mut writes = Vec::new();
    for at in 0..20 {
        let mut write = launch(if at % 2 == 0 { &school } else { &other }, secret());
        if at == 7 {
            // A placement that its tenant does not have.
            let session = write.session.as_mut().unwrap();
            session.placement_id = Some(school.placement);
        }
        writes.push(ground.store.hot().submit(write));
    }
    let outcomes = join_all(writes).await;
    for (at, outcome) in outcomes.iter().enumerate() {
        if at == 7 {
            let error = outcome.as_ref().unwrap_err();
            assert!(error.is_conflict_of("foreign_key"), "{error:?}");
        } else {
            assert!(
                matches!(outcome, Ok(HotOutcome::Written { .. })),
                "{at}: {outcome:?}"
            );
        }
    }
    assert_eq!(ground.rows("sessions").await, 19);
    assert_eq!(ground.rows("nonces").await, 19);
    assert_eq!(ground.rows("entries").await, 19);
}

async fn an_event_for_an_unknown_tenant_fails_alone(ground: &Ground) {
    let school = School::open(&ground.store, "lincoln").await;
    let nobody = TenantId::new(Dice, NOW).unwrap();
    let hot = ground.store.hot();
    let (good, bad) = tokio::join!(
        hot.submit(launch(&school, secret())),
        hot.submit(HotWrite::of_events(nobody, vec![event("launch")])),
    );
    assert!(matches!(good, Ok(HotOutcome::Written { .. })), "{good:?}");
    assert_eq!(bad, Err(StoreError::UnknownTenant));
}

async fn a_person_entered_in_between_is_raced_and_the_nonce_stays_free(ground: &Ground) {
    let school = School::open(&ground.store, "lincoln").await;
    let sub_index = secret();
    let first = PersonId::new(Dice, NOW).unwrap();
    let mut write = HotWrite::new(school.tenant);
    write.person = Some(School::new_person(first, sub_index));
    let written = ground.store.hot().submit(write).await.unwrap();
    assert_eq!(
        written,
        HotOutcome::Written {
            entries: Vec::new()
        }
    );

    let nonce = secret();
    let second = PersonId::new(Dice, NOW).unwrap();
    let mut write = launch(&school, nonce);
    write.person = Some(School::new_person(second, sub_index));
    let outcome = ground.store.hot().submit(write).await.unwrap();
    assert_eq!(outcome, HotOutcome::PersonRaced);
    assert_eq!(ground.rows("sessions").await, 0);
    assert_eq!(ground.rows("entries").await, 0);
    assert_eq!(ground.rows("nonces").await, 0);

    let again = ground
        .store
        .hot()
        .submit(launch(&school, nonce))
        .await
        .unwrap();
    assert!(matches!(again, HotOutcome::Written { .. }), "{again:?}");
}

async fn two_launches_of_one_new_person_in_one_batch_enter_them_once(ground: &Ground) {
    let school = School::open(&ground.store, "lincoln").await;
    let sub_index = secret();
    let writes = (0..16).map(|_| {
        let person = PersonId::new(Dice, NOW).unwrap();
        let mut write = launch(&school, secret());
        write.person = Some(School::new_person(person, sub_index));
        if let Some(session) = write.session.as_mut() {
            session.actor_person_id = Some(person);
        }
        ground.store.hot().submit(write)
    });
    let outcomes: Vec<_> = join_all(writes)
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect();
    let written = outcomes
        .iter()
        .filter(|o| matches!(o, HotOutcome::Written { .. }))
        .count();
    let raced = outcomes
        .iter()
        .filter(|o| **o == HotOutcome::PersonRaced)
        .count();
    assert_eq!((written, raced), (1, 15));
    assert_eq!(ground.rows("people").await, 2);
    assert_eq!(ground.rows("person_keys").await, 4);
    assert_eq!(ground.rows("sessions").await, 1);
    assert_eq!(ground.rows("nonces").await, 1);
}

async fn a_placement_bound_in_between_is_raced_and_writes_nothing(ground: &Ground) {
    let school = School::open(&ground.store, "lincoln").await;
    let mut write = launch(&school, secret());
    let placement = PlacementId::new(Dice, NOW).unwrap();
    write.placement = Some(school.placement_row(placement, "link-1"));
    let newcomer = PersonId::new(Dice, NOW).unwrap();
    write.person = Some(School::new_person(newcomer, secret()));
    let outcome = ground.store.hot().submit(write).await.unwrap();
    assert_eq!(outcome, HotOutcome::PlacementRaced);
    assert_eq!(ground.rows("people").await, 1);
    assert_eq!(ground.rows("nonces").await, 0);
    assert_eq!(ground.rows("entries").await, 0);
}

async fn a_context_entered_in_between_is_raced_and_writes_nothing(ground: &Ground) {
    let school = School::open(&ground.store, "lincoln").await;
    let mut write = launch(&school, secret());
    let context = ContextRowId::new(Dice, NOW).unwrap();
    write.context = Some(school.context_row(context, "course-1"));
    let outcome = ground.store.hot().submit(write).await.unwrap();
    assert_eq!(outcome, HotOutcome::ContextRaced);
    assert_eq!(ground.rows("nonces").await, 0);
    assert_eq!(ground.rows("sessions").await, 0);
}

async fn two_hundred_submits_of_three_tenants_are_all_durable(ground: &Ground) {
    let mut schools = Vec::new();
    for slug in ["lincoln", "adams", "monroe"] {
        schools.push(School::open(&ground.store, slug).await);
    }
    let writes = (0..200).map(|at| {
        ground
            .store
            .hot()
            .submit(first_launch(&schools[at % 3], &format!("{at}-new")))
    });
    let mut ids = HashSet::new();
    for outcome in join_all(writes).await {
        let HotOutcome::Written { entries } = outcome.unwrap() else {
            panic!("not written")
        };
        ids.extend(entries.into_iter().map(|entry| entry.entry_id));
    }
    assert_eq!(ids.len(), 200);
    for table in ["sessions", "nonces", "entries", "unsequenced"] {
        assert_eq!(ground.rows(table).await, 200, "{table}");
    }
    assert_eq!(ground.rows("people").await, 203);
    let mut unit = ground.store.tenant(schools[0].tenant).read().await.unwrap();
    let row = unit.entries().list(None, 1).await.unwrap().remove(0);
    let entry = agent_factory_audit::Entry::parse(&row.bytes).unwrap();
    assert_eq!(entry.leaf_hash().as_bytes(), &row.leaf_hash);
    assert_eq!(entry.log().as_str(), "gate.example/audit/lincoln");
    let context = unit
        .contexts()
        .list(None, 500)
        .await
        .unwrap()
        .pop()
        .unwrap();
    assert_eq!(
        (context.label.as_deref(), context.title),
        (Some("ALG1"), None)
    );
    let placement = unit
        .placements()
        .list(None, 500)
        .await
        .unwrap()
        .pop()
        .unwrap();
    assert_eq!(placement.settings, serde_json::json!({"tone": "plain"}));
    let session = unit.sessions().list(None, 1).await.unwrap().remove(0);
    assert_eq!(
        (session.preview, session.launch.as_slice()),
        (false, &b"launch"[..])
    );
}

async fn a_value_that_no_column_holds_fails_alone(ground: &Ground) {
    if ground.on_postgres().is_none() {
        // SQLite's text holds a zero byte.
        return;
    }
    let school = School::open(&ground.store, "lincoln").await;
    let mut bad = launch(&school, secret());
    let context = ContextRowId::new(Dice, NOW).unwrap();
    bad.context = Some(school.context_row(context, "course\0two"));
    let hot = ground.store.hot();
    let (bad, good) = tokio::join!(hot.submit(bad), hot.submit(launch(&school, secret())));
    assert!(bad.unwrap_err().is_conflict_of("unstorable_value"));
    assert!(matches!(good, Ok(HotOutcome::Written { .. })));
}

async fn a_closed_store_refuses(ground: &Ground) {
    let school = School::open(&ground.store, "lincoln").await;
    let other = ground.replica().await;
    other.close().await;
    let refused = other.hot().submit(launch(&school, secret())).await;
    assert_eq!(refused, Err(StoreError::Unavailable));
    assert_eq!(ground.rows("sessions").await, 0);
}
