-- Answers kept for requests that are sent again.

-- What was answered to a request with a key.
create table idempotency_keys (
    tenant_id blob not null, -- the tenant whose row this is
    key_hash blob not null, -- SHA-256 of credential and key
    route text not null, -- the route
    body_hash blob not null, -- SHA-256 of the body
    status integer not null, -- the status answered
    response text not null, -- the body answered
    created_at integer not null, -- when it was answered
    expires_at integer not null, -- when it is forgotten
    constraint idempotency_keys_pkey primary key (tenant_id, key_hash, route),
    constraint idempotency_keys_tenant_exists foreign key (tenant_id) references tenants (tenant_id)
) strict;
