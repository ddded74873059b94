//! The wall between tenants: through every method, and on PostgreSQL with the predicate removed.

use agent_factory::store::{DeploymentStanding, StoreError};
use sqlx::{AssertSqlSafe, Row};

use super::filed::Filed;
use super::ground::{Ground, on_both_databases};
use super::reach::{changed, found, listed};
use super::school::{School, later};

on_both_databases! {
    another_tenant_finds_nothing_by_any_method,
    another_tenant_changes_nothing_by_any_method,
    a_row_cannot_refer_to_another_tenants_row,
    without_the_predicate_row_security_still_shows_and_takes_nothing,
}

async fn another_tenant_finds_nothing_by_any_method(ground: &Ground) {
    let filed = Filed::open(&ground.store, "lincoln").await;
    let other = School::open(&ground.store, "adams").await;
    let mut stranger = ground.store.tenant(other.tenant).begin().await.unwrap();
    assert_eq!(found(&mut stranger, &filed).await, vec![false; 29]);
    assert_eq!(
        listed(&mut stranger, &filed).await,
        [1, 1, 1, 1, 0, 0, 0, 0, 0, 0]
    );
    stranger.abandon().await.unwrap();
    let mut own = ground
        .store
        .tenant(filed.school.tenant)
        .begin()
        .await
        .unwrap();
    assert_eq!(found(&mut own, &filed).await, vec![true; 29]);
    assert_eq!(listed(&mut own, &filed).await, [1; 10]);
}

async fn another_tenant_changes_nothing_by_any_method(ground: &Ground) {
    let filed = Filed::open(&ground.store, "lincoln").await;
    let other = School::open(&ground.store, "adams").await;
    let mut stranger = ground.store.tenant(other.tenant).begin().await.unwrap();
    assert_eq!(changed(&mut stranger, &filed).await, vec![false; 21]);
    let tenant = stranger.tenant();
    let framed = stranger
        .directory()
        .deployments()
        .add_framing_origin(tenant, filed.school.deployment, "https://evil.example")
        .await
        .unwrap();
    let disabled = stranger
        .directory()
        .deployments()
        .set_standing(
            tenant,
            filed.school.deployment,
            DeploymentStanding::Disabled,
        )
        .await
        .unwrap();
    assert!(!framed && !disabled);
    stranger.commit().await.unwrap();
    let mut own = ground
        .store
        .tenant(filed.school.tenant)
        .begin()
        .await
        .unwrap();
    assert_eq!(found(&mut own, &filed).await, vec![true; 29]);
    let session = own
        .sessions()
        .get(filed.session.session_id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(session, filed.session);
    assert_eq!(changed(&mut own, &filed).await, vec![true; 21]);
}

async fn a_row_cannot_refer_to_another_tenants_row(ground: &Ground) {
    let school = School::open(&ground.store, "lincoln").await;
    let other = School::open(&ground.store, "adams").await;
    let mut placement = other.placement_row(other.placement, "link-2");
    placement.placement_id =
        agent_factory::ids::PlacementId::new(agent_factory::dice::Dice, later(1)).unwrap();
    placement.agent_id = school.agent;
    let mut unit = ground.store.tenant(other.tenant).begin().await.unwrap();
    let refused = unit.placements().insert(&placement).await.unwrap_err();
    assert!(refused.is_conflict_of("foreign_key"), "{refused:?}");
    unit.abandon().await.unwrap();
    let mut session = other.session();
    session.subject_person_id = Some(school.person);
    let mut unit = ground.store.tenant(other.tenant).begin().await.unwrap();
    let refused = unit.sessions().insert(&session).await.unwrap_err();
    assert!(refused.is_conflict_of("foreign_key"), "{refused:?}");
}

async fn without_the_predicate_row_security_still_shows_and_takes_nothing(ground: &Ground) {
    let Some(postgres) = ground.on_postgres() else {
        return;
    };
    let filed = Filed::open(&ground.store, "lincoln").await;
    let other = School::open(&ground.store, "adams").await;
    super::log::sequence_all(&ground.store).await;
    let (own, stranger) = (filed.school.tenant.to_string(), other.tenant.to_string());
    let mut app = postgres.connect_app().await;
    let tables = tenant_tables(&mut app).await;
    assert_eq!(tables.len(), 21, "{tables:?}");
    for table in tables {
        let count = || {
            let text = format!("select count(*) as n from {table} where tenant_id = '{own}'");
            AssertSqlSafe(text)
        };
        // No tenant entered: nothing.
        let row = sqlx::query(count()).fetch_one(&mut app).await.unwrap();
        assert_eq!(row.get::<i64, _>("n"), 0, "{table}");
        // Another tenant entered: nothing.
        let mut transaction = sqlx::Connection::begin(&mut app).await.unwrap();
        enter(&mut transaction, &stranger).await;
        let row = sqlx::query(count())
            .fetch_one(&mut *transaction)
            .await
            .unwrap();
        assert_eq!(row.get::<i64, _>("n"), 0, "{table}");
        drop(transaction);
        // The own one: there is something to see, so the zeros above mean something.
        let mut transaction = sqlx::Connection::begin(&mut app).await.unwrap();
        enter(&mut transaction, &own).await;
        let row = sqlx::query(count())
            .fetch_one(&mut *transaction)
            .await
            .unwrap();
        assert!(row.get::<i64, _>("n") > 0, "{table}");
        drop(transaction);
    }
    let mut transaction = sqlx::Connection::begin(&mut app).await.unwrap();
    enter(&mut transaction, &stranger).await;
    let insert = "insert into nonces (tenant_id, registration_id, nonce_hash, expires_at)
        values ($1::uuid, $1::uuid, '\\x00', 0)";
    let refused = sqlx::query(insert)
        .bind(own)
        .execute(&mut *transaction)
        .await
        .unwrap_err();
    let code = refused
        .as_database_error()
        .and_then(|error| error.code().map(String::from));
    assert_eq!(code.as_deref(), Some("42501"));
    assert_eq!(StoreError::from(refused), StoreError::Unavailable);
}

async fn enter(connection: &mut sqlx::PgConnection, tenant: &str) {
    sqlx::query("select set_config('app.tenant', $1, true)")
        .bind(tenant)
        .execute(connection)
        .await
        .unwrap();
}

async fn tenant_tables(app: &mut sqlx::PgConnection) -> Vec<String> {
    let text = "select c.relname::text as name
        from pg_class c
        join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
        where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
            and not (c.relname = any($1))";
    let rows = sqlx::query(text)
        .bind(
            agent_factory::store::DIRECTORY_TABLES
                .map(String::from)
                .to_vec(),
        )
        .fetch_all(app)
        .await
        .unwrap();
    rows.iter().map(|row| row.get("name")).collect()
}
