//! Many rows at once on SQLite: one JSON array of rows, binary values as hex. Unlike a `values` list
//! of as many rows, the text stays constant, and so prepared once for any number.

use super::ManyRows;
use crate::ids::TenantId;
use crate::store::sql::{Statement, sql};
use crate::store::value::{Value, values};

sql! {
    const NONCES = "
        insert into nonces (
            tenant_id, registration_id, nonce_hash, expires_at
        )
        select
            $1, unhex(j.value ->> 0), unhex(j.value ->> 1), j.value ->> 2
        from json_each($2) as j
        where true
        order by j.key
        on conflict (tenant_id, registration_id, nonce_hash) do nothing
        returning registration_id, nonce_hash
        ";
    const CONTEXTS = "
        insert into contexts (
            tenant_id, context_row_id, deployment_row_id, platform_context_id, label,
            title, created_at
        )
        select
            $1, unhex(j.value ->> 0), unhex(j.value ->> 1), j.value ->> 2, j.value ->> 3,
            j.value ->> 4, j.value ->> 5
        from json_each($2) as j
        where true
        order by j.key
        on conflict (tenant_id, deployment_row_id, platform_context_id) do nothing
        returning context_row_id
        ";
    const PEOPLE = "
        insert into people (
            tenant_id, person_id, sub_index, platform_sub, profile, standing, created_at,
            last_seen_at
        )
        select
            $1, unhex(j.value ->> 0), unhex(j.value ->> 1), unhex(j.value ->> 2),
            unhex(j.value ->> 3), j.value ->> 4, j.value ->> 5, j.value ->> 6
        from json_each($2) as j
        where true
        order by j.key
        on conflict (tenant_id, sub_index) do nothing
        returning person_id
        ";
    const PERSON_KEYS = "
        insert into person_keys (
            tenant_id, person_id, purpose, wrapped, destroyed_at
        )
        select
            $1, unhex(j.value ->> 0), j.value ->> 1, unhex(j.value ->> 2), j.value ->> 3
        from json_each($2) as j
        where true
        order by j.key
        ";
    const PLACEMENTS = "
        insert into placements (
            tenant_id, placement_id, deployment_row_id, link_key, agent_id, settings,
            copied_from, created_at
        )
        select
            $1, unhex(j.value ->> 0), unhex(j.value ->> 1), j.value ->> 2,
            unhex(j.value ->> 3), j.value ->> 4, unhex(j.value ->> 5), j.value ->> 6
        from json_each($2) as j
        where true
        order by j.key
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
            $1, unhex(j.value ->> 0), j.value ->> 1, unhex(j.value ->> 2),
            unhex(j.value ->> 3), j.value ->> 4, j.value ->> 5, unhex(j.value ->> 6),
            unhex(j.value ->> 7), unhex(j.value ->> 8), unhex(j.value ->> 9),
            unhex(j.value ->> 10), unhex(j.value ->> 11), j.value ->> 12,
            unhex(j.value ->> 13), j.value ->> 14, j.value ->> 15, j.value ->> 16,
            j.value ->> 17, j.value ->> 18
        from json_each($2) as j
        where true
        order by j.key
        ";
    const ENTRIES = "
        insert into entries (
            tenant_id, entry_id, trail, action, writer, counter, bytes, leaf_hash,
            committed_at
        )
        select
            $1, unhex(j.value ->> 0), j.value ->> 1, j.value ->> 2, unhex(j.value ->> 3),
            j.value ->> 4, unhex(j.value ->> 5), unhex(j.value ->> 6), j.value ->> 7
        from json_each($2) as j
        where true
        order by j.key
        ";
    const UNSEQUENCED = "
        insert into unsequenced (
            tenant_id, entry_id
        )
        select
            $1, unhex(j.value ->> 0)
        from json_each($2) as j
        where true
        order by j.key
        ";
    const LEAVES = "
        insert into leaves (
            tenant_id, leaf_index, entry_id, leaf_hash
        )
        select
            $1, j.value ->> 0, unhex(j.value ->> 1), unhex(j.value ->> 2)
        from json_each($2) as j
        where true
        order by j.key
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

/// The tenant and the rows, as the statement binds them.
pub(super) fn bind(tenant: TenantId, rows: Vec<Vec<Value>>) -> Vec<Value> {
    let rows: Vec<serde_json::Value> = rows
        .into_iter()
        .map(|row| serde_json::Value::Array(row.into_iter().map(plain).collect()))
        .collect();
    values![tenant, serde_json::Value::Array(rows)]
}

fn plain(value: Value) -> serde_json::Value {
    use serde_json::Value as Json;
    match value {
        Value::Uuid(Some(id)) => Json::String(hex(id.as_bytes())),
        Value::Bytes(Some(bytes)) => Json::String(hex(&bytes)),
        Value::Text(Some(text)) => Json::String(text),
        Value::Integer(Some(number)) => Json::from(number),
        Value::Boolean(Some(flag)) => Json::from(i64::from(flag)),
        Value::Document(Some(document)) => Json::String(document.to_string()),
        _ => Json::Null,
    }
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f',
    ];
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|digit| DIGITS.get(usize::from(digit)))
        .collect()
}
