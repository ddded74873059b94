//! The schema: twins, known or refused, and under a role that owns nothing.

use std::collections::BTreeMap;

use agent_factory::dice::Dice;
use agent_factory::store::{DatabaseConfig, PrivilegedRole, Store, StoreError};
use sqlx::{Connection, Row, SqliteConnection};

use super::ground::{Ground, LOG_HOST, PostgresGround, on_both_databases};

on_both_databases! {
    a_schema_with_a_migration_too_many_is_refused,
    a_schema_with_a_migration_altered_is_refused,
    a_schema_with_a_migration_missing_is_refused,
    migrating_twice_changes_nothing,
    the_installation_is_a_tenant_from_the_start,
}

async fn refused(ground: &Ground) {
    let opened = Store::open(&ground.config, Dice).await;
    assert_eq!(opened.err(), Some(StoreError::UnknownSchema));
}

async fn a_schema_with_a_migration_too_many_is_refused(ground: &Ground) {
    let newer = "insert into _sqlx_migrations
        (version, description, success, checksum, execution_time)
        select 9999, 'from the future', success, checksum, 0 from _sqlx_migrations
        where version = 1";
    ground.tamper(newer).await.unwrap();
    refused(ground).await;
}

async fn a_schema_with_a_migration_altered_is_refused(ground: &Ground) {
    let other = if ground.on_postgres().is_some() {
        "'\\x00'"
    } else {
        "x'00'"
    };
    let text = format!("update _sqlx_migrations set checksum = {other} where version = 3");
    ground.tamper(&text).await.unwrap();
    refused(ground).await;
}

async fn a_schema_with_a_migration_missing_is_refused(ground: &Ground) {
    ground
        .tamper("delete from _sqlx_migrations where version = 8")
        .await
        .unwrap();
    refused(ground).await;
}

async fn migrating_twice_changes_nothing(ground: &Ground) {
    Store::migrate(&ground.config).await.unwrap();
    let replica = ground.replica().await;
    replica.close().await;
}

async fn the_installation_is_a_tenant_from_the_start(ground: &Ground) {
    let installation = agent_factory::ids::INSTALLATION;
    let tenant = ground
        .store
        .directory()
        .tenants()
        .find(installation)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(tenant.slug.as_str(), "installation");
    let unit = ground.store.tenant(installation).begin().await.unwrap();
    unit.commit_recording(vec![super::school::event("started")])
        .await
        .unwrap();
}

#[tokio::test]
async fn a_missing_database_is_an_unknown_schema() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("none.db").display());
    let opened = Store::open(&DatabaseConfig::new(url, LOG_HOST), Dice).await;
    assert_eq!(opened.err(), Some(StoreError::UnknownSchema));
    let other = Store::open(&DatabaseConfig::new("mysql://db/gate", LOG_HOST), Dice).await;
    assert!(matches!(other.err(), Some(StoreError::Address { .. })));
}

#[tokio::test]
async fn an_unmigrated_postgres_database_is_an_unknown_schema() {
    let Some(ground) = PostgresGround::make().await else {
        return;
    };
    let opened = Store::open(&ground.config(), Dice).await;
    assert_eq!(opened.err(), Some(StoreError::UnknownSchema));
    ground.drop_database().await;
}

#[tokio::test]
async fn a_role_that_could_pass_the_wall_is_refused() {
    let Some(ground) = PostgresGround::make().await else {
        return;
    };
    Store::migrate(&ground.config()).await.unwrap();
    for mut config in [ground.superuser_config(), ground.owner_config()] {
        let opened = Store::open(&config, Dice).await;
        assert_eq!(opened.err(), Some(StoreError::PrivilegedRole));
        config.privileged_role = PrivilegedRole::Allowed;
        Store::open(&config, Dice).await.unwrap().close().await;
    }
    ground.drop_database().await;
}

/// Every column of every table but sqlx's own, and whether it may be null.
async fn sqlite_columns(url: &str) -> BTreeMap<(String, String), bool> {
    let mut connection = SqliteConnection::connect(url).await.unwrap();
    let text = "select m.name as t, c.name as c, c.\"notnull\" as n, c.pk as k
        from sqlite_schema m join pragma_table_info(m.name) c
        where m.type = 'table' and m.name not like '\\_%' escape '\\'";
    let rows = sqlx::query(text).fetch_all(&mut connection).await.unwrap();
    rows.iter()
        .map(|row| {
            let required = row.get::<i64, _>("n") == 1 || row.get::<i64, _>("k") > 0;
            ((row.get("t"), row.get("c")), required)
        })
        .collect()
}

async fn postgres_columns(ground: &PostgresGround) -> BTreeMap<(String, String), bool> {
    let mut connection = ground.connect_owner().await;
    let text = "select table_name::text as t, column_name::text as c, is_nullable = 'NO' as n
        from information_schema.columns
        where table_schema = 'public' and table_name not like '\\_%'";
    let rows = sqlx::query(text).fetch_all(&mut connection).await.unwrap();
    rows.iter()
        .map(|row| ((row.get("t"), row.get("c")), row.get("n")))
        .collect()
}

#[tokio::test]
async fn the_two_databases_have_the_same_tables_and_columns() {
    let Some(postgres) = Ground::postgres().await else {
        return;
    };
    let sqlite = Ground::sqlite().await;
    let ours = sqlite_columns(&sqlite.config.url).await;
    let theirs = postgres_columns(postgres.on_postgres().unwrap()).await;
    assert!(ours.len() > 150, "{}", ours.len());
    assert_eq!(ours, theirs);
    sqlite.leave().await;
    postgres.leave().await;
}
