-- Anyone a platform sent, sealed, with the keys that erasure destroys.

-- One person per tenant, issuer and platform subject.
create table people (
    tenant_id uuid not null, -- the tenant whose row this is
    person_id uuid not null, -- the person
    sub_index bytea not null, -- blind index of issuer and platform subject
    platform_sub bytea not null, -- the platform's id of the person (sealed)
    profile bytea, -- names, e-mail, picture and identifiers as one document (sealed)
    standing text not null, -- active or erased
    created_at bigint not null, -- when first seen
    last_seen_at bigint not null, -- when last seen
    constraint people_pkey primary key (tenant_id, person_id),
    constraint people_sub_index_unique unique (tenant_id, sub_index),
    constraint people_tenant_exists foreign key (tenant_id) references tenants (tenant_id)
);
alter table people enable row level security;
alter table people force row level security;
create policy people_of_tenant on people
    using (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid)
    with check (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid);

-- Two keys a person: one that erasure destroys, one that the record keeps.
create table person_keys (
    tenant_id uuid not null, -- the tenant whose row this is
    person_id uuid not null, -- whose key
    purpose text not null, -- content or record
    wrapped bytea, -- the key, wrapped by the tenant key; nothing once destroyed (sealed)
    destroyed_at bigint, -- when it was destroyed
    constraint person_keys_pkey primary key (tenant_id, person_id, purpose),
    constraint person_keys_person_exists foreign key (tenant_id, person_id) references people (tenant_id, person_id)
);
alter table person_keys enable row level security;
alter table person_keys force row level security;
create policy person_keys_of_tenant on person_keys
    using (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid)
    with check (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid);

-- Courses and sections of a deployment.
create table contexts (
    tenant_id uuid not null, -- the tenant whose row this is
    context_row_id uuid not null, -- the row
    deployment_row_id uuid not null, -- the deployment it is part of
    platform_context_id text not null, -- the platform's own id
    label text, -- its short name
    title text, -- its name
    created_at bigint not null, -- when first seen
    constraint contexts_pkey primary key (tenant_id, context_row_id),
    constraint contexts_deployment_row_id_platform_context_id_unique unique (tenant_id, deployment_row_id, platform_context_id),
    constraint contexts_deployment_exists foreign key (tenant_id, deployment_row_id) references deployments (tenant_id, deployment_row_id)
);
alter table contexts enable row level security;
alter table contexts force row level security;
create policy contexts_of_tenant on contexts
    using (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid)
    with check (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid);
