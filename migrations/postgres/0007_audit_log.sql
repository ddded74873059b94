-- The audit log. Entries and leaves are only ever added; both databases refuse anything else.

-- What happened, exactly as hashed.
create table entries (
    tenant_id uuid not null, -- the tenant whose row this is
    entry_id uuid not null, -- the entry
    trail text not null, -- disclosure, activity, administration or security
    action text not null, -- what was done
    writer uuid not null, -- the process run that wrote it
    counter bigint not null, -- which entry of that writer in this log
    bytes bytea not null, -- the canonical bytes that were hashed
    leaf_hash bytea not null, -- the RFC 6962 leaf hash of the bytes
    committed_at bigint not null, -- the instant it tells of, just before the commit
    constraint entries_pkey primary key (tenant_id, entry_id),
    constraint entries_writer_counter_unique unique (tenant_id, writer, counter),
    constraint entries_tenant_exists foreign key (tenant_id) references tenants (tenant_id)
);
alter table entries enable row level security;
alter table entries force row level security;
create policy entries_of_tenant on entries
    using (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid)
    with check (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid);

-- Entries that have no place in their log yet; read to find work.
create table unsequenced (
    committed_order bigint generated always as identity primary key, -- the order of writing
    tenant_id uuid not null, -- the tenant whose log it is for
    entry_id uuid not null, -- the entry
    constraint unsequenced_entry_id_unique unique (tenant_id, entry_id),
    constraint unsequenced_entry_exists foreign key (tenant_id, entry_id) references entries (tenant_id, entry_id)
);

-- The place of each entry in its log.
create table leaves (
    tenant_id uuid not null, -- the tenant whose row this is
    leaf_index bigint not null, -- the place, from 0
    entry_id uuid not null, -- the entry
    leaf_hash bytea not null, -- its leaf hash
    constraint leaves_pkey primary key (tenant_id, leaf_index),
    constraint leaves_entry_id_unique unique (tenant_id, entry_id),
    constraint leaves_entry_exists foreign key (tenant_id, entry_id) references entries (tenant_id, entry_id)
);
alter table leaves enable row level security;
alter table leaves force row level security;
create policy leaves_of_tenant on leaves
    using (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid)
    with check (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid);

-- The newest signed head of a log.
create table checkpoints (
    tenant_id uuid not null, -- the tenant whose row this is
    size bigint not null, -- how many leaves it covers
    root bytea not null, -- the root hash
    frontier bytea not null, -- the hashes needed to go on
    note text not null, -- the signed checkpoint
    note_hash bytea not null, -- SHA-256 of the signed checkpoint
    at bigint not null, -- when it was signed
    constraint checkpoints_pkey primary key (tenant_id),
    constraint checkpoints_tenant_exists foreign key (tenant_id) references tenants (tenant_id)
);
alter table checkpoints enable row level security;
alter table checkpoints force row level security;
create policy checkpoints_of_tenant on checkpoints
    using (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid)
    with check (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid);

-- What must be personal beside an entry; the only part that can be deleted.
create table sealed_parts (
    tenant_id uuid not null, -- the tenant whose row this is
    entry_id uuid not null, -- the entry
    part text not null, -- which part of it
    salt bytea not null, -- the salt of the commitment in the entry
    payload bytea not null, -- the payload (sealed)
    expires_at bigint, -- when it is to be deleted
    constraint sealed_parts_pkey primary key (tenant_id, entry_id, part),
    constraint sealed_parts_entry_exists foreign key (tenant_id, entry_id) references entries (tenant_id, entry_id)
);
alter table sealed_parts enable row level security;
alter table sealed_parts force row level security;
create policy sealed_parts_of_tenant on sealed_parts
    using (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid)
    with check (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid);

create index unsequenced_by_log on unsequenced (tenant_id, committed_order);

-- Raised by every trigger below, so that a grant given by mistake changes nothing.
create function refuse_change() returns trigger
    language plpgsql
    set search_path = pg_catalog
as $$
begin
    raise exception 'the audit log is only ever added to' using errcode = 'integrity_constraint_violation', constraint = tg_table_name || '_only_added';
end
$$;

create trigger entries_only_added before update or delete on entries
    for each row execute function refuse_change();
create trigger entries_never_emptied before truncate on entries
    for each statement execute function refuse_change();

create trigger leaves_only_added before update or delete on leaves
    for each row execute function refuse_change();
create trigger leaves_never_emptied before truncate on leaves
    for each statement execute function refuse_change();
