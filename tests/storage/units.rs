//! Units of work: all or nothing, entries with the rows they tell of.

use agent_factory::store::{StoreError, TenantStanding};

use super::ground::{Ground, on_both_databases};
use super::school::{School, event};

on_both_databases! {
    a_dropped_unit_leaves_no_trace,
    rows_and_entries_are_committed_together,
    an_unstampable_event_takes_the_rows_with_it,
    a_reading_unit_cannot_write,
    a_unit_with_a_failed_statement_cannot_be_committed,
    a_directory_write_in_a_dropped_unit_leaves_no_trace,
    entries_of_one_writer_count_on_across_units_and_hot_writes,
    entries_and_leaves_refuse_change,
}

async fn a_dropped_unit_leaves_no_trace(ground: &Ground) {
    let school = School::open(&ground.store, "lincoln").await;
    let session = school.session();
    let mut unit = ground.store.tenant(school.tenant).begin().await.unwrap();
    unit.sessions().insert(&session).await.unwrap();
    assert!(
        unit.sessions()
            .get(session.session_id)
            .await
            .unwrap()
            .is_some()
    );
    drop(unit);
    let mut unit = ground.store.tenant(school.tenant).begin().await.unwrap();
    assert_eq!(unit.sessions().get(session.session_id).await.unwrap(), None);
    unit.abandon().await.unwrap();
    assert_eq!(ground.rows("sessions").await, 0);
}

async fn rows_and_entries_are_committed_together(ground: &Ground) {
    let school = School::open(&ground.store, "lincoln").await;
    let mut unit = ground.store.tenant(school.tenant).begin().await.unwrap();
    unit.sessions().insert(&school.session()).await.unwrap();
    let entries = unit
        .commit_recording(vec![event("session-opened"), event("noted")])
        .await
        .unwrap();
    assert_eq!(entries.len(), 2);
    let mut unit = ground.store.tenant(school.tenant).read().await.unwrap();
    let row = unit
        .entries()
        .find(entries[0].entry_id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!((row.action.as_str(), row.counter), ("session-opened", 1));
    assert_eq!(row.leaf_hash, entries[0].leaf_hash);
    assert_eq!(unit.entries().list(None, 10).await.unwrap().len(), 2);
    assert_eq!(
        unit.entries().place(entries[0].entry_id).await.unwrap(),
        None
    );
    drop(unit);
    assert_eq!(ground.rows("sessions").await, 1);
}

async fn an_unstampable_event_takes_the_rows_with_it(ground: &Ground) {
    use agent_factory_audit::{Code, Detail, Label};
    let school = School::open(&ground.store, "lincoln").await;
    let wide = vec![Label::parse("x".repeat(200)).unwrap(); 400];
    let too_large = event("launch").detail(Code::parse("wide").unwrap(), Detail::List(wide));
    let mut unit = ground.store.tenant(school.tenant).begin().await.unwrap();
    unit.sessions().insert(&school.session()).await.unwrap();
    let refused = unit
        .commit_recording(vec![event("launch"), too_large])
        .await
        .unwrap_err();
    assert!(matches!(refused, StoreError::Event(_)), "{refused:?}");
    assert_eq!(ground.rows("sessions").await, 0);
    assert_eq!(ground.rows("entries").await, 0);
    // The number it did not use is given to the next.
    let unit = ground.store.tenant(school.tenant).begin().await.unwrap();
    let entries = unit.commit_recording(vec![event("launch")]).await.unwrap();
    let mut unit = ground.store.tenant(school.tenant).read().await.unwrap();
    let row = unit
        .entries()
        .find(entries[0].entry_id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(row.counter, 1);
}

async fn a_reading_unit_cannot_write(ground: &Ground) {
    let school = School::open(&ground.store, "lincoln").await;
    let mut unit = ground.store.tenant(school.tenant).read().await.unwrap();
    assert!(unit.sessions().insert(&school.session()).await.is_err());
    drop(unit);
    assert_eq!(ground.rows("sessions").await, 0);
}

async fn a_directory_write_in_a_dropped_unit_leaves_no_trace(ground: &Ground) {
    let school = School::open(&ground.store, "lincoln").await;
    let mut unit = ground.store.tenant(school.tenant).begin().await.unwrap();
    let tenants = unit.directory().tenants();
    assert!(
        tenants
            .set_standing(school.tenant, TenantStanding::Suspended)
            .await
            .unwrap()
    );
    unit.abandon().await.unwrap();
    let tenant = ground
        .store
        .directory()
        .tenants()
        .find(school.tenant)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(tenant.standing, TenantStanding::Active);
}

async fn entries_of_one_writer_count_on_across_units_and_hot_writes(ground: &Ground) {
    use agent_factory::store::HotWrite;
    let school = School::open(&ground.store, "lincoln").await;
    for _ in 0..3 {
        let unit = ground.store.tenant(school.tenant).begin().await.unwrap();
        unit.commit_recording(vec![event("changed")]).await.unwrap();
        let write = HotWrite::of_events(school.tenant, vec![event("launch"), event("opened")]);
        ground.store.hot().submit(write).await.unwrap();
    }
    let mut unit = ground.store.tenant(school.tenant).read().await.unwrap();
    let mut rows = unit.entries().list(None, 100).await.unwrap();
    rows.sort_by_key(|row| row.counter);
    let mut previous = None;
    for (at, row) in rows.iter().enumerate() {
        let entry = agent_factory_audit::Entry::parse(&row.bytes).unwrap();
        assert_eq!(row.counter, i64::try_from(at).unwrap() + 1);
        assert_eq!(entry.previous(), previous);
        previous = Some(entry.leaf_hash());
    }
    assert_eq!(rows.len(), 9);
}

async fn entries_and_leaves_refuse_change(ground: &Ground) {
    let school = School::open(&ground.store, "lincoln").await;
    let unit = ground.store.tenant(school.tenant).begin().await.unwrap();
    unit.commit_recording(vec![event("launch")]).await.unwrap();
    super::log::sequence_all(&ground.store).await;
    assert_eq!(ground.rows("leaves").await, 1);
    let mut texts = vec![
        "update entries set action = 'nothing'",
        "delete from entries",
        "update leaves set leaf_index = 7",
        "delete from leaves",
    ];
    if ground.on_postgres().is_some() {
        texts.extend(["truncate entries cascade", "truncate leaves"]);
    }
    for text in texts {
        // Even for whoever owns the database: triggers first, grants beside them.
        let refused = ground.tamper(text).await.unwrap_err();
        let refused = StoreError::from(refused);
        let only_added = refused.is_conflict_of("entries_only_added")
            || refused.is_conflict_of("leaves_only_added");
        assert!(only_added, "{text}: {refused:?}");
    }
    if let Some(postgres) = ground.on_postgres() {
        let mut app = postgres.connect_app().await;
        for text in ["delete from entries", "update leaves set leaf_index = 7"] {
            let refused = sqlx::query(text).execute(&mut app).await.unwrap_err();
            let code = refused
                .as_database_error()
                .and_then(|error| error.code().map(String::from));
            assert_eq!(code.as_deref(), Some("42501"), "{text}");
        }
    }
    assert_eq!(
        (ground.rows("entries").await, ground.rows("leaves").await),
        (1, 1)
    );
}

async fn a_unit_with_a_failed_statement_cannot_be_committed(ground: &Ground) {
    let school = School::open(&ground.store, "lincoln").await;
    for recording in [false, true] {
        let mut unit = ground.store.tenant(school.tenant).begin().await.unwrap();
        unit.sessions().insert(&school.session()).await.unwrap();
        let taken = school.placement_row(school.placement, "link-2");
        assert!(unit.placements().insert(&taken).await.is_err());
        let refused = if recording {
            unit.commit_recording(Vec::new()).await.unwrap_err()
        } else {
            unit.commit().await.unwrap_err()
        };
        assert_eq!(refused, StoreError::Aborted);
    }
    assert_eq!(ground.rows("sessions").await, 0);
}
