-- Keys, wrapped by keys above them. The root key is never here.

-- Keys of a tenant, wrapped by the root key.
create table tenant_keys (
    tenant_id uuid not null, -- the tenant whose row this is
    version bigint not null, -- which key of this tenant
    wrapped bytea not null, -- the key, wrapped (sealed)
    standing text not null, -- active or retired
    created_at bigint not null, -- when it was made
    constraint tenant_keys_pkey primary key (tenant_id, version),
    constraint tenant_keys_tenant_exists foreign key (tenant_id) references tenants (tenant_id)
);
alter table tenant_keys enable row level security;
alter table tenant_keys force row level security;
create policy tenant_keys_of_tenant on tenant_keys
    using (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid)
    with check (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid);

-- Keys that sign assertions and checkpoints.
create table signing_keys (
    tenant_id uuid not null, -- the tenant whose row this is
    signing_key_id uuid not null, -- the key
    kind text not null, -- assertion or checkpoint
    algorithm text not null, -- the algorithm it is for
    private bytea not null, -- the private half (sealed)
    public bytea not null, -- the public half
    standing text not null, -- active or retired
    created_at bigint not null, -- when it was made
    constraint signing_keys_pkey primary key (tenant_id, signing_key_id),
    constraint signing_keys_tenant_exists foreign key (tenant_id) references tenants (tenant_id)
);
alter table signing_keys enable row level security;
alter table signing_keys force row level security;
create policy signing_keys_of_tenant on signing_keys
    using (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid)
    with check (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid);
