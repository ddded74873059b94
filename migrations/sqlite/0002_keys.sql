-- Keys, wrapped by keys above them. The root key is never here.

-- Keys of a tenant, wrapped by the root key.
create table tenant_keys (
    tenant_id blob not null, -- the tenant whose row this is
    version integer not null, -- which key of this tenant
    wrapped blob not null, -- the key, wrapped (sealed)
    standing text not null, -- active or retired
    created_at integer not null, -- when it was made
    constraint tenant_keys_pkey primary key (tenant_id, version),
    constraint tenant_keys_tenant_exists foreign key (tenant_id) references tenants (tenant_id)
) strict;

-- Keys that sign assertions and checkpoints.
create table signing_keys (
    tenant_id blob not null, -- the tenant whose row this is
    signing_key_id blob not null, -- the key
    kind text not null, -- assertion or checkpoint
    algorithm text not null, -- the algorithm it is for
    private blob not null, -- the private half (sealed)
    public blob not null, -- the public half
    standing text not null, -- active or retired
    created_at integer not null, -- when it was made
    constraint signing_keys_pkey primary key (tenant_id, signing_key_id),
    constraint signing_keys_tenant_exists foreign key (tenant_id) references tenants (tenant_id)
) strict;
