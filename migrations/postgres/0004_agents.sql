-- Agents, where they are enabled, and which link opens which.

-- Upstream services with a manifest.
create table agents (
    tenant_id uuid not null, -- the tenant whose row this is
    agent_id uuid not null, -- the agent
    slug text not null, -- its name in hosts and claims
    name text not null, -- its name for people
    upstream_url text not null, -- where it is reached
    kind text not null, -- what it is: tutor, grader, ...
    manifest jsonb not null, -- purposes, elements, contract, retention, subprocessors
    manifest_version bigint not null, -- which version of the manifest
    standing text not null, -- active or disabled
    created_at bigint not null, -- when it was entered
    updated_at bigint not null, -- when it last changed
    constraint agents_pkey primary key (tenant_id, agent_id),
    constraint agents_slug_unique unique (tenant_id, slug),
    constraint agents_tenant_exists foreign key (tenant_id) references tenants (tenant_id)
);
alter table agents enable row level security;
alter table agents force row level security;
create policy agents_of_tenant on agents
    using (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid)
    with check (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid);

-- Every manifest an agent ever had.
create table agent_versions (
    tenant_id uuid not null, -- the tenant whose row this is
    agent_id uuid not null, -- whose manifest
    manifest_version bigint not null, -- which version
    upstream_url text not null, -- where it was reached then
    manifest jsonb not null, -- the manifest
    recorded_at bigint not null, -- when it was recorded
    constraint agent_versions_pkey primary key (tenant_id, agent_id, manifest_version),
    constraint agent_versions_agent_exists foreign key (tenant_id, agent_id) references agents (tenant_id, agent_id)
);
alter table agent_versions enable row level security;
alter table agent_versions force row level security;
create policy agent_versions_of_tenant on agent_versions
    using (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid)
    with check (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid);

-- Where an agent may be opened.
create table agent_enablements (
    tenant_id uuid not null, -- the tenant whose row this is
    agent_id uuid not null, -- the agent
    deployment_row_id uuid not null, -- the deployment
    context_key text not null, -- the context, or `*` for the whole deployment
    context_row_id uuid, -- the context; nothing for the whole deployment
    is_default boolean not null, -- whether it opens where no link says otherwise
    created_at bigint not null, -- when it was enabled
    constraint agent_enablements_pkey primary key (tenant_id, agent_id, deployment_row_id, context_key),
    constraint agent_enablements_agent_exists foreign key (tenant_id, agent_id) references agents (tenant_id, agent_id),
    constraint agent_enablements_deployment_exists foreign key (tenant_id, deployment_row_id) references deployments (tenant_id, deployment_row_id),
    constraint agent_enablements_context_exists foreign key (tenant_id, context_row_id) references contexts (tenant_id, context_row_id)
);
alter table agent_enablements enable row level security;
alter table agent_enablements force row level security;
create policy agent_enablements_of_tenant on agent_enablements
    using (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid)
    with check (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid);

-- Which agent a link opens, and with what settings.
create table placements (
    tenant_id uuid not null, -- the tenant whose row this is
    placement_id uuid not null, -- the placement
    deployment_row_id uuid not null, -- the deployment whose link it is
    link_key text not null, -- the resource link, `context:` and a context, or `deployment`
    agent_id uuid not null, -- the agent it opens
    settings jsonb not null, -- its settings
    copied_from uuid, -- the placement it was copied from
    created_at bigint not null, -- when it was made
    constraint placements_pkey primary key (tenant_id, placement_id),
    constraint placements_deployment_row_id_link_key_unique unique (tenant_id, deployment_row_id, link_key),
    constraint placements_deployment_exists foreign key (tenant_id, deployment_row_id) references deployments (tenant_id, deployment_row_id),
    constraint placements_agent_exists foreign key (tenant_id, agent_id) references agents (tenant_id, agent_id)
);
alter table placements enable row level security;
alter table placements force row level security;
create policy placements_of_tenant on placements
    using (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid)
    with check (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid);

create index agent_enablements_by_deployment on agent_enablements (tenant_id, deployment_row_id);
