//! PostgreSQL's catalogue: the wall between tenants as the server sees it.

use agent_factory::store::{DIRECTORY_TABLES, Store};
use sqlx::Row;

use crate::storage::PostgresGround;

#[tokio::test]
async fn every_table_with_a_tenant_outside_the_directory_forces_row_security() {
    let Some(ground) = PostgresGround::make().await else {
        return;
    };
    Store::migrate(&ground.config()).await.unwrap();
    let mut owner = ground.connect_owner().await;
    let text = "
        select c.relname::text as name, c.relrowsecurity and c.relforcerowsecurity as forced,
            coalesce((select string_agg(
                pg_get_expr(p.polqual, c.oid) || ' / ' || pg_get_expr(p.polwithcheck, c.oid)
                    || ' / ' || p.polcmd::text || p.polpermissive::text, ';')
                from pg_policy p where p.polrelid = c.oid), '') as policy
        from pg_class c
        join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
        where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace";
    let rows = sqlx::query(text).fetch_all(&mut owner).await.unwrap();
    assert!(rows.len() > 20);
    let tenant =
        "(tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid)";
    for row in rows {
        let name: String = row.get("name");
        let directory = DIRECTORY_TABLES.contains(&name.as_str());
        assert_eq!(row.get::<bool, _>("forced"), !directory, "{name}");
        let policy: String = row.get("policy");
        let expected = if directory {
            String::new()
        } else {
            format!("{tenant} / {tenant} / *true")
        };
        assert_eq!(policy, expected, "{name}");
    }
    ground.drop_database().await;
}

#[tokio::test]
async fn the_gateways_role_can_only_add_where_only_adding_is_right() {
    let Some(ground) = PostgresGround::make().await else {
        return;
    };
    Store::migrate(&ground.config()).await.unwrap();
    let mut app = ground.connect_app().await;
    let text = "
        select c.relname::text as name,
            has_table_privilege(c.oid, 'select') as read,
            has_table_privilege(c.oid, 'insert') as adds,
            has_table_privilege(c.oid, 'update') or has_table_privilege(c.oid, 'delete') as changes,
            has_table_privilege(c.oid, 'truncate') or has_table_privilege(c.oid, 'references')
                or has_table_privilege(c.oid, 'trigger') as more
        from pg_class c
        where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace";
    let rows = sqlx::query(text).fetch_all(&mut app).await.unwrap();
    assert!(rows.len() > 25);
    for row in rows {
        let name: String = row.get("name");
        let only_added = ["entries", "leaves", "ground_events", "agent_versions"];
        let migrations = name == "_sqlx_migrations";
        assert!(row.get::<bool, _>("read"), "{name}");
        assert_eq!(row.get::<bool, _>("adds"), !migrations, "{name}");
        let changes = !migrations && !only_added.contains(&name.as_str());
        assert_eq!(row.get::<bool, _>("changes"), changes, "{name}");
        assert!(!row.get::<bool, _>("more"), "{name}");
    }
    ground.drop_database().await;
}
