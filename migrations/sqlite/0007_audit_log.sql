-- The audit log. Entries and leaves are only ever added; both databases refuse anything else.

-- What happened, exactly as hashed.
create table entries (
    tenant_id blob not null, -- the tenant whose row this is
    entry_id blob not null, -- the entry
    trail text not null, -- disclosure, activity, administration or security
    action text not null, -- what was done
    writer blob not null, -- the process run that wrote it
    counter integer not null, -- which entry of that writer in this log
    bytes blob not null, -- the canonical bytes that were hashed
    leaf_hash blob not null, -- the RFC 6962 leaf hash of the bytes
    committed_at integer not null, -- the instant it tells of, just before the commit
    constraint entries_pkey primary key (tenant_id, entry_id),
    constraint entries_writer_counter_unique unique (tenant_id, writer, counter),
    constraint entries_tenant_exists foreign key (tenant_id) references tenants (tenant_id)
) strict;

-- Entries that have no place in their log yet; read to find work.
create table unsequenced (
    committed_order integer primary key, -- the order of writing
    tenant_id blob not null, -- the tenant whose log it is for
    entry_id blob not null, -- the entry
    constraint unsequenced_entry_id_unique unique (tenant_id, entry_id),
    constraint unsequenced_entry_exists foreign key (tenant_id, entry_id) references entries (tenant_id, entry_id)
) strict;

-- The place of each entry in its log.
create table leaves (
    tenant_id blob not null, -- the tenant whose row this is
    leaf_index integer not null, -- the place, from 0
    entry_id blob not null, -- the entry
    leaf_hash blob not null, -- its leaf hash
    constraint leaves_pkey primary key (tenant_id, leaf_index),
    constraint leaves_entry_id_unique unique (tenant_id, entry_id),
    constraint leaves_entry_exists foreign key (tenant_id, entry_id) references entries (tenant_id, entry_id)
) strict;

-- The newest signed head of a log.
create table checkpoints (
    tenant_id blob not null, -- the tenant whose row this is
    size integer not null, -- how many leaves it covers
    root blob not null, -- the root hash
    frontier blob not null, -- the hashes needed to go on
    note text not null, -- the signed checkpoint
    note_hash blob not null, -- SHA-256 of the signed checkpoint
    at integer not null, -- when it was signed
    constraint checkpoints_pkey primary key (tenant_id),
    constraint checkpoints_tenant_exists foreign key (tenant_id) references tenants (tenant_id)
) strict;

-- What must be personal beside an entry; the only part that can be deleted.
create table sealed_parts (
    tenant_id blob not null, -- the tenant whose row this is
    entry_id blob not null, -- the entry
    part text not null, -- which part of it
    salt blob not null, -- the salt of the commitment in the entry
    payload blob not null, -- the payload (sealed)
    expires_at integer, -- when it is to be deleted
    constraint sealed_parts_pkey primary key (tenant_id, entry_id, part),
    constraint sealed_parts_entry_exists foreign key (tenant_id, entry_id) references entries (tenant_id, entry_id)
) strict;

create index unsequenced_by_log on unsequenced (tenant_id, committed_order);

create trigger entries_no_update before update on entries
begin
    select raise(abort, 'entries_only_added');
end;

create trigger entries_no_delete before delete on entries
begin
    select raise(abort, 'entries_only_added');
end;

create trigger leaves_no_update before update on leaves
begin
    select raise(abort, 'leaves_only_added');
end;

create trigger leaves_no_delete before delete on leaves
begin
    select raise(abort, 'leaves_only_added');
end;
