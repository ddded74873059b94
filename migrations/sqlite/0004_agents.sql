-- Agents, where they are enabled, and which link opens which.

-- Upstream services with a manifest.
create table agents (
    tenant_id blob not null, -- the tenant whose row this is
    agent_id blob not null, -- the agent
    slug text not null, -- its name in hosts and claims
    name text not null, -- its name for people
    upstream_url text not null, -- where it is reached
    kind text not null, -- what it is: tutor, grader, ...
    manifest text not null, -- purposes, elements, contract, retention, subprocessors
    manifest_version integer not null, -- which version of the manifest
    standing text not null, -- active or disabled
    created_at integer not null, -- when it was entered
    updated_at integer not null, -- when it last changed
    constraint agents_pkey primary key (tenant_id, agent_id),
    constraint agents_slug_unique unique (tenant_id, slug),
    constraint agents_tenant_exists foreign key (tenant_id) references tenants (tenant_id)
) strict;

-- Every manifest an agent ever had.
create table agent_versions (
    tenant_id blob not null, -- the tenant whose row this is
    agent_id blob not null, -- whose manifest
    manifest_version integer not null, -- which version
    upstream_url text not null, -- where it was reached then
    manifest text not null, -- the manifest
    recorded_at integer not null, -- when it was recorded
    constraint agent_versions_pkey primary key (tenant_id, agent_id, manifest_version),
    constraint agent_versions_agent_exists foreign key (tenant_id, agent_id) references agents (tenant_id, agent_id)
) strict;

-- Where an agent may be opened.
create table agent_enablements (
    tenant_id blob not null, -- the tenant whose row this is
    agent_id blob not null, -- the agent
    deployment_row_id blob not null, -- the deployment
    context_key text not null, -- the context, or `*` for the whole deployment
    context_row_id blob, -- the context; nothing for the whole deployment
    is_default integer not null, -- whether it opens where no link says otherwise
    created_at integer not null, -- when it was enabled
    constraint agent_enablements_pkey primary key (tenant_id, agent_id, deployment_row_id, context_key),
    constraint agent_enablements_agent_exists foreign key (tenant_id, agent_id) references agents (tenant_id, agent_id),
    constraint agent_enablements_deployment_exists foreign key (tenant_id, deployment_row_id) references deployments (tenant_id, deployment_row_id),
    constraint agent_enablements_context_exists foreign key (tenant_id, context_row_id) references contexts (tenant_id, context_row_id)
) strict;

-- Which agent a link opens, and with what settings.
create table placements (
    tenant_id blob not null, -- the tenant whose row this is
    placement_id blob not null, -- the placement
    deployment_row_id blob not null, -- the deployment whose link it is
    link_key text not null, -- the resource link, `context:` and a context, or `deployment`
    agent_id blob not null, -- the agent it opens
    settings text not null, -- its settings
    copied_from blob, -- the placement it was copied from
    created_at integer not null, -- when it was made
    constraint placements_pkey primary key (tenant_id, placement_id),
    constraint placements_deployment_row_id_link_key_unique unique (tenant_id, deployment_row_id, link_key),
    constraint placements_deployment_exists foreign key (tenant_id, deployment_row_id) references deployments (tenant_id, deployment_row_id),
    constraint placements_agent_exists foreign key (tenant_id, agent_id) references agents (tenant_id, agent_id)
) strict;

create index agent_enablements_by_deployment on agent_enablements (tenant_id, deployment_row_id);
