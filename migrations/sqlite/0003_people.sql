-- Anyone a platform sent, sealed, with the keys that erasure destroys.

-- One person per tenant, issuer and platform subject.
create table people (
    tenant_id blob not null, -- the tenant whose row this is
    person_id blob not null, -- the person
    sub_index blob not null, -- blind index of issuer and platform subject
    platform_sub blob not null, -- the platform's id of the person (sealed)
    profile blob, -- names, e-mail, picture and identifiers as one document (sealed)
    standing text not null, -- active or erased
    created_at integer not null, -- when first seen
    last_seen_at integer not null, -- when last seen
    constraint people_pkey primary key (tenant_id, person_id),
    constraint people_sub_index_unique unique (tenant_id, sub_index),
    constraint people_tenant_exists foreign key (tenant_id) references tenants (tenant_id)
) strict;

-- Two keys a person: one that erasure destroys, one that the record keeps.
create table person_keys (
    tenant_id blob not null, -- the tenant whose row this is
    person_id blob not null, -- whose key
    purpose text not null, -- content or record
    wrapped blob, -- the key, wrapped by the tenant key; nothing once destroyed (sealed)
    destroyed_at integer, -- when it was destroyed
    constraint person_keys_pkey primary key (tenant_id, person_id, purpose),
    constraint person_keys_person_exists foreign key (tenant_id, person_id) references people (tenant_id, person_id)
) strict;

-- Courses and sections of a deployment.
create table contexts (
    tenant_id blob not null, -- the tenant whose row this is
    context_row_id blob not null, -- the row
    deployment_row_id blob not null, -- the deployment it is part of
    platform_context_id text not null, -- the platform's own id
    label text, -- its short name
    title text, -- its name
    created_at integer not null, -- when first seen
    constraint contexts_pkey primary key (tenant_id, context_row_id),
    constraint contexts_deployment_row_id_platform_context_id_unique unique (tenant_id, deployment_row_id, platform_context_id),
    constraint contexts_deployment_exists foreign key (tenant_id, deployment_row_id) references deployments (tenant_id, deployment_row_id)
) strict;
