//! Many rows at once on PostgreSQL: one array per column, so that one prepared statement serves any
//! number of rows.

use super::ManyRows;
use crate::ids::TenantId;
use crate::store::sql::{Statement, sql};
use crate::store::value::{Many, Value, values};

sql! {
    const NONCES = "
        insert into nonces (
            tenant_id, registration_id, nonce_hash, expires_at
        )
        select
            $1, u.registration_id, u.nonce_hash, u.expires_at
        from unnest(
            $2::uuid[], $3::bytea[], $4::bigint[]
        ) with ordinality as u (
            registration_id, nonce_hash, expires_at, position
        )
        order by u.position
        on conflict (tenant_id, registration_id, nonce_hash) do nothing
        returning registration_id, nonce_hash
        ";
    const CONTEXTS = "
        insert into contexts (
            tenant_id, context_row_id, deployment_row_id, platform_context_id, label,
            title, created_at
        )
        select
            $1, u.context_row_id, u.deployment_row_id, u.platform_context_id, u.label,
            u.title, u.created_at
        from unnest(
            $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::bigint[]
        ) with ordinality as u (
            context_row_id, deployment_row_id, platform_context_id, label, title,
            created_at, position
        )
        order by u.position
        on conflict (tenant_id, deployment_row_id, platform_context_id) do nothing
        returning context_row_id
        ";
    const PEOPLE = "
        insert into people (
            tenant_id, person_id, sub_index, platform_sub, profile, standing, created_at,
            last_seen_at
        )
        select
            $1, u.person_id, u.sub_index, u.platform_sub, u.profile, u.standing,
            u.created_at, u.last_seen_at
        from unnest(
            $2::uuid[], $3::bytea[], $4::bytea[], $5::bytea[], $6::text[], $7::bigint[],
            $8::bigint[]
        ) with ordinality as u (
            person_id, sub_index, platform_sub, profile, standing, created_at,
            last_seen_at, position
        )
        order by u.position
        on conflict (tenant_id, sub_index) do nothing
        returning person_id
        ";
    const PERSON_KEYS = "
        insert into person_keys (
            tenant_id, person_id, purpose, wrapped, destroyed_at
        )
        select
            $1, u.person_id, u.purpose, u.wrapped, u.destroyed_at
        from unnest(
            $2::uuid[], $3::text[], $4::bytea[], $5::bigint[]
        ) with ordinality as u (
            person_id, purpose, wrapped, destroyed_at, position
        )
        order by u.position
        ";
    const PLACEMENTS = "
        insert into placements (
            tenant_id, placement_id, deployment_row_id, link_key, agent_id, settings,
            copied_from, created_at
        )
        select
            $1, u.placement_id, u.deployment_row_id, u.link_key, u.agent_id, u.settings,
            u.copied_from, u.created_at
        from unnest(
            $2::uuid[], $3::uuid[], $4::text[], $5::uuid[], $6::jsonb[], $7::uuid[],
            $8::bigint[]
        ) with ordinality as u (
            placement_id, deployment_row_id, link_key, agent_id, settings, copied_from,
            created_at, position
        )
        order by u.position
        on conflict (tenant_id, deployment_row_id, link_key) do nothing
        returning placement_id
        ";
    const SESSIONS = "
        insert into sessions (
            tenant_id, session_id, host_label, cookie_hash, code_hash, code_expires_at,
            redeemed_at, actor_person_id, subject_person_id, agent_id, placement_id,
            deployment_row_id, context_row_id, standing, launch, preview, created_at,
            expires_at, ended_at, ended_reason
        )
        select
            $1, u.session_id, u.host_label, u.cookie_hash, u.code_hash, u.code_expires_at,
            u.redeemed_at, u.actor_person_id, u.subject_person_id, u.agent_id,
            u.placement_id, u.deployment_row_id, u.context_row_id, u.standing, u.launch,
            u.preview, u.created_at, u.expires_at, u.ended_at, u.ended_reason
        from unnest(
            $2::uuid[], $3::text[], $4::bytea[], $5::bytea[], $6::bigint[], $7::bigint[],
            $8::uuid[], $9::uuid[], $10::uuid[], $11::uuid[], $12::uuid[], $13::uuid[],
            $14::text[], $15::bytea[], $16::boolean[], $17::bigint[], $18::bigint[],
            $19::bigint[], $20::text[]
        ) with ordinality as u (
            session_id, host_label, cookie_hash, code_hash, code_expires_at, redeemed_at,
            actor_person_id, subject_person_id, agent_id, placement_id, deployment_row_id,
            context_row_id, standing, launch, preview, created_at, expires_at, ended_at,
            ended_reason, position
        )
        order by u.position
        ";
    const ENTRIES = "
        insert into entries (
            tenant_id, entry_id, trail, action, writer, counter, bytes, leaf_hash,
            committed_at
        )
        select
            $1, u.entry_id, u.trail, u.action, u.writer, u.counter, u.bytes, u.leaf_hash,
            u.committed_at
        from unnest(
            $2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::bigint[], $7::bytea[],
            $8::bytea[], $9::bigint[]
        ) with ordinality as u (
            entry_id, trail, action, writer, counter, bytes, leaf_hash, committed_at,
            position
        )
        order by u.position
        ";
    const UNSEQUENCED = "
        insert into unsequenced (
            tenant_id, entry_id
        )
        select
            $1, u.entry_id
        from unnest(
            $2::uuid[]
        ) with ordinality as u (
            entry_id, position
        )
        order by u.position
        ";
    const LEAVES = "
        insert into leaves (
            tenant_id, leaf_index, entry_id, leaf_hash
        )
        select
            $1, u.leaf_index, u.entry_id, u.leaf_hash
        from unnest(
            $2::bigint[], $3::uuid[], $4::bytea[]
        ) with ordinality as u (
            leaf_index, entry_id, leaf_hash, position
        )
        order by u.position
        ";
}

/// The statement for a table.
pub(super) fn statement(table: ManyRows) -> Statement {
    match table {
        ManyRows::Nonces => NONCES,
        ManyRows::Contexts => CONTEXTS,
        ManyRows::People => PEOPLE,
        ManyRows::PersonKeys => PERSON_KEYS,
        ManyRows::Placements => PLACEMENTS,
        ManyRows::Sessions => SESSIONS,
        ManyRows::Entries => ENTRIES,
        ManyRows::Unsequenced => UNSEQUENCED,
        ManyRows::Leaves => LEAVES,
    }
}

/// The tenant and the columns, as the statement binds them.
pub(super) fn bind(tenant: TenantId, rows: Vec<Vec<Value>>) -> Vec<Value> {
    let mut columns: Vec<Many> = Vec::new();
    for row in rows {
        if columns.is_empty() {
            columns = row.iter().map(Many::of_kind).collect();
        }
        for (column, value) in columns.iter_mut().zip(row) {
            column.push(value);
        }
    }
    let mut bound = values![tenant];
    bound.extend(columns.into_iter().map(Value::Many));
    bound
}
