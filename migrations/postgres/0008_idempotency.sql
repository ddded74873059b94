-- Answers kept for requests that are sent again.

-- What was answered to a request with a key.
create table idempotency_keys (
    tenant_id uuid not null, -- the tenant whose row this is
    key_hash bytea not null, -- SHA-256 of credential and key
    route text not null, -- the route
    body_hash bytea not null, -- SHA-256 of the body
    status bigint not null, -- the status answered
    response jsonb not null, -- the body answered
    created_at bigint not null, -- when it was answered
    expires_at bigint not null, -- when it is forgotten
    constraint idempotency_keys_pkey primary key (tenant_id, key_hash, route),
    constraint idempotency_keys_tenant_exists foreign key (tenant_id) references tenants (tenant_id)
);
alter table idempotency_keys enable row level security;
alter table idempotency_keys force row level security;
create policy idempotency_keys_of_tenant on idempotency_keys
    using (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid)
    with check (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid);
