-- Grounds on file and the facts that decisions need.

-- Contracts with the provider of an agent.
create table agreements (
    tenant_id blob not null, -- the tenant whose row this is
    ground_id blob not null, -- the agreement
    agent_id blob not null, -- the agent it is about
    valid_from integer not null, -- from when
    valid_until integer, -- until when; nothing while open-ended
    signer blob not null, -- who signed (sealed)
    annual_notice_attested integer not null, -- whether the annual notice names this use
    terms text not null, -- what was agreed
    standing text not null, -- granted or withdrawn
    recorded_at integer not null, -- when it was recorded
    constraint agreements_pkey primary key (tenant_id, ground_id),
    constraint agreements_agent_exists foreign key (tenant_id, agent_id) references agents (tenant_id, agent_id)
) strict;

-- A school consenting for parents, for educational use only.
create table school_authorizations (
    tenant_id blob not null, -- the tenant whose row this is
    ground_id blob not null, -- the authorization
    agents text not null, -- agents it covers, as a list of ids
    purposes text not null, -- purposes it covers, as a list
    elements text not null, -- data elements it covers, as a list
    signer blob not null, -- who signed (sealed)
    signer_role text not null, -- in which role they signed
    notice_version text not null, -- the notice they were shown
    valid_until integer, -- until when; nothing while open-ended
    standing text not null, -- granted or withdrawn
    recorded_at integer not null, -- when it was recorded
    constraint school_authorizations_pkey primary key (tenant_id, ground_id),
    constraint school_authorizations_tenant_exists foreign key (tenant_id) references tenants (tenant_id)
) strict;

-- What a parent, or a student with the rights, agreed to or refused.
create table consents (
    tenant_id blob not null, -- the tenant whose row this is
    ground_id blob not null, -- the consent
    person_id blob not null, -- whose records it is about
    kind text not null, -- ferpa, coppa_use or coppa_disclosure
    agents text not null, -- agents it covers, as a list of ids
    purposes text not null, -- purposes it covers, as a list
    elements text not null, -- data elements it covers, as a list
    method text not null, -- how it was given
    evidence blob, -- where the signed paper lies (sealed)
    signed_at integer not null, -- when it was signed
    valid_until integer, -- until when; nothing while open-ended
    standing text not null, -- granted, refused or withdrawn
    recorded_at integer not null, -- when it was recorded
    constraint consents_pkey primary key (tenant_id, ground_id),
    constraint consents_person_exists foreign key (tenant_id, person_id) references people (tenant_id, person_id)
) strict;

-- What happened to a ground; only ever added to.
create table ground_events (
    tenant_id blob not null, -- the tenant whose row this is
    ground_id blob not null, -- the ground
    seq integer not null, -- which event of this ground
    at integer not null, -- when it happened
    what text not null, -- recorded, withdrawn, ...
    token_id blob, -- the credential that did it
    constraint ground_events_pkey primary key (tenant_id, ground_id, seq),
    constraint ground_events_tenant_exists foreign key (tenant_id) references tenants (tenant_id)
) strict;

-- How old a person, or everybody in a course, is taken to be.
create table age_bands (
    tenant_id blob not null, -- the tenant whose row this is
    age_band_id blob not null, -- the row
    person_id blob, -- the person; nobody where it is about a course
    context_row_id blob, -- the course; nothing where it is about a person
    age_band text not null, -- the band
    source text not null, -- who says so
    recorded_at integer not null, -- when it was recorded
    superseded_at integer, -- when a later one took its place
    constraint age_bands_pkey primary key (tenant_id, age_band_id),
    constraint age_bands_person_exists foreign key (tenant_id, person_id) references people (tenant_id, person_id),
    constraint age_bands_context_exists foreign key (tenant_id, context_row_id) references contexts (tenant_id, context_row_id),
    constraint age_bands_one_thing check ((person_id is null) <> (context_row_id is null))
) strict;

create index agreements_by_agent on agreements (tenant_id, agent_id);
create index consents_by_person on consents (tenant_id, person_id);
create index age_bands_by_person on age_bands (tenant_id, person_id);
create index age_bands_by_context on age_bands (tenant_id, context_row_id);
