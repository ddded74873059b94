-- What is read before a tenant is known: ids, hashes, addresses and times only, nothing about a subject.

-- Schools, districts, universities, publishers, and the installation itself.
create table tenants (
    tenant_id blob not null, -- the tenant
    slug text not null, -- its name in hosts, paths and claims
    name text not null, -- its name for people
    kind text not null, -- k12, higher_ed, publisher or installation
    state text, -- two letters of the state whose law applies as well
    standing text not null, -- active or suspended
    annual_notice_attested_at integer, -- when the annual FERPA notice was last attested (34 CFR 99.7)
    coppa_mode text not null, -- on what ground children under 13 are let in: school_authorization or parental_consent_only
    assistants_are_officials integer not null, -- whether teaching assistants count as school officials
    created_at integer not null, -- when it was entered
    constraint tenants_pkey primary key (tenant_id),
    constraint tenants_slug_unique unique (slug),
    constraint tenants_state_two_letters check (state is null or length(state) = 2)
) strict;

-- One platform with one client id.
create table registrations (
    registration_id blob not null, -- the registration
    owner_tenant_id blob not null, -- who may change it
    sharing text not null, -- dedicated to its owner or shared by many tenants
    issuer text not null, -- the platform, as its tokens name it
    client_id text not null, -- our client id there
    authorization_url text not null, -- where logins continue
    token_url text not null, -- where service tokens are asked for
    jwks_url text not null, -- where its keys are read
    preset text, -- the kind of platform, for advice in its own words
    standing text not null, -- active or inactive
    new_deployments text not null, -- accept or ask
    allow_anonymous integer not null, -- whether launches without a subject are taken
    created_at integer not null, -- when it was entered
    constraint registrations_pkey primary key (registration_id),
    constraint registrations_issuer_client_id_unique unique (issuer, client_id),
    constraint registrations_owner_exists foreign key (owner_tenant_id) references tenants (tenant_id)
) strict;

-- A deployment inside a registration; it, not the registration, belongs to a tenant.
create table deployments (
    deployment_row_id blob not null, -- the row
    registration_id blob not null, -- the registration it is part of
    deployment_id text not null, -- the platform's own id
    tenant_id blob, -- whose it is; nobody yet while pending
    guid text, -- the platform instance that first sent it
    platform_name text, -- the name the platform gave itself
    standing text not null, -- active, pending or disabled
    framing_origins text not null, -- origins that may frame its agents, as a list
    first_seen_at integer not null, -- when it first launched
    seen_count integer not null, -- how often it launched while pending
    constraint deployments_pkey primary key (deployment_row_id),
    constraint deployments_registration_id_deployment_id_unique unique (registration_id, deployment_id),
    constraint deployments_deployment_row_id_unique unique (tenant_id, deployment_row_id),
    constraint deployments_registration_exists foreign key (registration_id) references registrations (registration_id),
    constraint deployments_tenant_exists foreign key (tenant_id) references tenants (tenant_id),
    constraint deployments_bound_unless_pending check (tenant_id is not null or standing <> 'active')
) strict;

-- Credentials of operators and programs, by hash.
create table api_tokens (
    token_id blob not null, -- the token
    token_hash blob not null, -- SHA-256 of the secret
    tenant_id blob, -- the tenant it acts for; nobody for the installation
    name text not null, -- what its maker called it
    scopes text not null, -- what it may do, as a list
    bootstrap integer not null, -- whether it is the first-start token
    expires_at integer, -- when it lapses
    revoked_at integer, -- when it was revoked
    first_used_at integer, -- when it was first used
    created_at integer not null, -- when it was made
    constraint api_tokens_pkey primary key (token_id),
    constraint api_tokens_token_hash_unique unique (token_hash),
    constraint api_tokens_tenant_exists foreign key (tenant_id) references tenants (tenant_id)
) strict;

-- How often what a decision rests on was revoked.
create table revocation_counters (
    tenant_id blob not null, -- the tenant whose row this is
    scope text not null, -- tenant, agent, context, person, deployment or session
    scope_id text not null, -- which one
    counter integer not null, -- how many revocations so far
    raised_at integer not null, -- when it was last raised
    constraint revocation_counters_pkey primary key (tenant_id, scope, scope_id),
    constraint revocation_counters_tenant_exists foreign key (tenant_id) references tenants (tenant_id)
) strict;

create index revocation_counters_raised on revocation_counters (raised_at);

-- The installation is a tenant itself, with the same id everywhere.
insert into tenants
    (tenant_id, slug, name, kind, standing, coppa_mode, assistants_are_officials, created_at)
values
    (x'00000000000070008000000000000001', 'installation', 'This installation', 'installation', 'active', 'parental_consent_only', 0, 0);
