-- Launches: nonces used up and the sessions they opened.

-- Nonces of verified launches, each used once.
create table nonces (
    tenant_id uuid not null, -- the tenant whose row this is
    registration_id uuid not null, -- the registration that sent it
    nonce_hash bytea not null, -- SHA-256 of the nonce
    expires_at bigint not null, -- when the token can no longer be valid
    constraint nonces_pkey primary key (tenant_id, registration_id, nonce_hash),
    constraint nonces_tenant_exists foreign key (tenant_id) references tenants (tenant_id)
);
alter table nonces enable row level security;
alter table nonces force row level security;
create policy nonces_of_tenant on nonces
    using (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid)
    with check (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid);

-- An actor in an agent after a launch.
create table sessions (
    tenant_id uuid not null, -- the tenant whose row this is
    session_id uuid not null, -- the session
    host_label text not null, -- the first label of the origin it lives on
    cookie_hash bytea, -- SHA-256 of the cookie's secret, once redeemed
    code_hash bytea, -- SHA-256 of the one-time code
    code_expires_at bigint, -- when the code lapses
    redeemed_at bigint, -- when the code was redeemed
    actor_person_id uuid, -- who launched; nobody when anonymous
    subject_person_id uuid, -- whose records are meant
    agent_id uuid not null, -- the agent
    placement_id uuid, -- the placement that named the agent; nothing where a default did
    deployment_row_id uuid not null, -- the deployment
    context_row_id uuid, -- the course
    standing text not null, -- what the roles were read as
    launch bytea not null, -- what the assertion needs of the launch (sealed)
    preview boolean not null, -- whether it is a preview without a student
    created_at bigint not null, -- when it was opened
    expires_at bigint not null, -- when it lapses
    ended_at bigint, -- when it was ended
    ended_reason text, -- why it was ended
    constraint sessions_pkey primary key (tenant_id, session_id),
    constraint sessions_code_hash_unique unique (tenant_id, code_hash),
    constraint sessions_cookie_hash_unique unique (tenant_id, cookie_hash),
    constraint sessions_actor_exists foreign key (tenant_id, actor_person_id) references people (tenant_id, person_id),
    constraint sessions_subject_exists foreign key (tenant_id, subject_person_id) references people (tenant_id, person_id),
    constraint sessions_agent_exists foreign key (tenant_id, agent_id) references agents (tenant_id, agent_id),
    constraint sessions_placement_exists foreign key (tenant_id, placement_id) references placements (tenant_id, placement_id),
    constraint sessions_deployment_exists foreign key (tenant_id, deployment_row_id) references deployments (tenant_id, deployment_row_id),
    constraint sessions_context_exists foreign key (tenant_id, context_row_id) references contexts (tenant_id, context_row_id)
);
alter table sessions enable row level security;
alter table sessions force row level security;
create policy sessions_of_tenant on sessions
    using (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid)
    with check (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid);

create index nonces_by_expiry on nonces (tenant_id, expires_at);
