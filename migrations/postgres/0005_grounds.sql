-- Grounds on file and the facts that decisions need.

-- Contracts with the provider of an agent.
create table agreements (
    tenant_id uuid not null, -- the tenant whose row this is
    ground_id uuid not null, -- the agreement
    agent_id uuid not null, -- the agent it is about
    valid_from bigint not null, -- from when
    valid_until bigint, -- until when; nothing while open-ended
    signer bytea not null, -- who signed (sealed)
    annual_notice_attested boolean not null, -- whether the annual notice names this use
    terms jsonb not null, -- what was agreed
    standing text not null, -- granted or withdrawn
    recorded_at bigint not null, -- when it was recorded
    constraint agreements_pkey primary key (tenant_id, ground_id),
    constraint agreements_agent_exists foreign key (tenant_id, agent_id) references agents (tenant_id, agent_id)
);
alter table agreements enable row level security;
alter table agreements force row level security;
create policy agreements_of_tenant on agreements
    using (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid)
    with check (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid);

-- A school consenting for parents, for educational use only.
create table school_authorizations (
    tenant_id uuid not null, -- the tenant whose row this is
    ground_id uuid not null, -- the authorization
    agents jsonb not null, -- agents it covers, as a list of ids
    purposes jsonb not null, -- purposes it covers, as a list
    elements jsonb not null, -- data elements it covers, as a list
    signer bytea not null, -- who signed (sealed)
    signer_role text not null, -- in which role they signed
    notice_version text not null, -- the notice they were shown
    valid_until bigint, -- until when; nothing while open-ended
    standing text not null, -- granted or withdrawn
    recorded_at bigint not null, -- when it was recorded
    constraint school_authorizations_pkey primary key (tenant_id, ground_id),
    constraint school_authorizations_tenant_exists foreign key (tenant_id) references tenants (tenant_id)
);
alter table school_authorizations enable row level security;
alter table school_authorizations force row level security;
create policy school_authorizations_of_tenant on school_authorizations
    using (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid)
    with check (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid);

-- What a parent, or a student with the rights, agreed to or refused.
create table consents (
    tenant_id uuid not null, -- the tenant whose row this is
    ground_id uuid not null, -- the consent
    person_id uuid not null, -- whose records it is about
    kind text not null, -- ferpa, coppa_use or coppa_disclosure
    agents jsonb not null, -- agents it covers, as a list of ids
    purposes jsonb not null, -- purposes it covers, as a list
    elements jsonb not null, -- data elements it covers, as a list
    method text not null, -- how it was given
    evidence bytea, -- where the signed paper lies (sealed)
    signed_at bigint not null, -- when it was signed
    valid_until bigint, -- until when; nothing while open-ended
    standing text not null, -- granted, refused or withdrawn
    recorded_at bigint not null, -- when it was recorded
    constraint consents_pkey primary key (tenant_id, ground_id),
    constraint consents_person_exists foreign key (tenant_id, person_id) references people (tenant_id, person_id)
);
alter table consents enable row level security;
alter table consents force row level security;
create policy consents_of_tenant on consents
    using (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid)
    with check (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid);

-- What happened to a ground; only ever added to.
create table ground_events (
    tenant_id uuid not null, -- the tenant whose row this is
    ground_id uuid not null, -- the ground
    seq bigint not null, -- which event of this ground
    at bigint not null, -- when it happened
    what text not null, -- recorded, withdrawn, ...
    token_id uuid, -- the credential that did it
    constraint ground_events_pkey primary key (tenant_id, ground_id, seq),
    constraint ground_events_tenant_exists foreign key (tenant_id) references tenants (tenant_id)
);
alter table ground_events enable row level security;
alter table ground_events force row level security;
create policy ground_events_of_tenant on ground_events
    using (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid)
    with check (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid);

-- How old a person, or everybody in a course, is taken to be.
create table age_bands (
    tenant_id uuid not null, -- the tenant whose row this is
    age_band_id uuid not null, -- the row
    person_id uuid, -- the person; nobody where it is about a course
    context_row_id uuid, -- the course; nothing where it is about a person
    age_band text not null, -- the band
    source text not null, -- who says so
    recorded_at bigint not null, -- when it was recorded
    superseded_at bigint, -- when a later one took its place
    constraint age_bands_pkey primary key (tenant_id, age_band_id),
    constraint age_bands_person_exists foreign key (tenant_id, person_id) references people (tenant_id, person_id),
    constraint age_bands_context_exists foreign key (tenant_id, context_row_id) references contexts (tenant_id, context_row_id),
    constraint age_bands_one_thing check ((person_id is null) <> (context_row_id is null))
);
alter table age_bands enable row level security;
alter table age_bands force row level security;
create policy age_bands_of_tenant on age_bands
    using (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid)
    with check (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid);

create index agreements_by_agent on agreements (tenant_id, agent_id);
create index consents_by_person on consents (tenant_id, person_id);
create index age_bands_by_person on age_bands (tenant_id, person_id);
create index age_bands_by_context on age_bands (tenant_id, context_row_id);
