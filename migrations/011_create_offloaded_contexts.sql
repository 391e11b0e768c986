-- Contexts that agents put aside: a summary stays to be found, the rest is compressed, in the row or elsewhere.

create table offloaded_contexts (
  tenant_id varchar(255) not null default app.current_tenant_id(),
  id uuid not null default gen_random_uuid(),
  summary text not null,
  summary_embedding vector(768), -- null: not embedded yet
  content bytea, -- null: it lies elsewhere
  content_key_id uuid, -- null: it is in the row, which says so itself, or lies there unsealed
  compression varchar(20) not null default 'none',
  original_size_bytes integer not null,
  compressed_size_bytes integer not null,
  compression_ratio numeric(5, 2) not null generated always as (
    round(least(greatest(original_size_bytes, 0)::numeric / greatest(compressed_size_bytes, 1), 999.99), 2)
  ) stored,
  storage_location varchar(1000), -- null: it is in the row
  storage_checksum varchar(128) not null,
  access_count integer not null default 0,
  last_accessed timestamptz, -- null: never
  created_at timestamptz not null default now(),
  expires_at timestamptz, -- null: kept until it is deleted
  constraint offloaded_contexts_pkey primary key (tenant_id, id),
  constraint offloaded_contexts_tenant_id_fkey foreign key (tenant_id) references tenants (id) on delete restrict,
  constraint offloaded_contexts_summary_check check (length(summary) > 0),
  constraint offloaded_contexts_summary_embedding_check check (cosine_distance(summary_embedding, summary_embedding) < 1),
  constraint offloaded_contexts_place_check check (num_nonnulls(content, storage_location) = 1),
  constraint offloaded_contexts_content_key_id_check check (content_key_id is null or storage_location is not null),
  constraint offloaded_contexts_compression_check check (compression in ('none', 'zstd')),
  constraint offloaded_contexts_size_check check (compressed_size_bytes between 1 and original_size_bytes),
  constraint offloaded_contexts_uncompressed_check check (
    compression <> 'none' or compressed_size_bytes = original_size_bytes
  ),
  constraint offloaded_contexts_storage_location_check check (length(storage_location) > 0),
  constraint offloaded_contexts_storage_checksum_check check (storage_checksum ~ '^[0-9a-f]{64}$'),
  constraint offloaded_contexts_access_count_check check (access_count >= 0),
  constraint offloaded_contexts_last_accessed_check check ((last_accessed is null) = (access_count = 0))
);

-- It is compressed already.
alter table offloaded_contexts alter column content set storage external;

create index idx_offloaded_contexts_created on offloaded_contexts (tenant_id, created_at desc);
create index idx_offloaded_contexts_expires on offloaded_contexts (tenant_id, expires_at);
create index idx_offloaded_contexts_content_key on offloaded_contexts (tenant_id, content_key_id)
  where content_key_id is not null;

comment on table offloaded_contexts is 'Contexts that were put aside, each with a summary to find it by.';
comment on column offloaded_contexts.tenant_id is 'Tenant that owns the row.';
comment on column offloaded_contexts.id is 'Identifier of the context.';
comment on column offloaded_contexts.summary is 'What it is about, as packages/tenancy/ENCRYPTION.md says.';
comment on column offloaded_contexts.summary_embedding is 'Embedding of the summary with 768 dimensions; null until it is embedded.';
comment on column offloaded_contexts.content is
  'The context, compressed, then sealed or not as packages/tenancy/ENCRYPTION.md says; null if it lies elsewhere.';
comment on column offloaded_contexts.content_key_id is
  'Data key that sealed what lies elsewhere; null if nothing does, or it is not sealed.';
comment on column offloaded_contexts.compression is 'What it was compressed with: zstd, or none where that saves nothing.';
comment on column offloaded_contexts.original_size_bytes is 'Size before compression, bytes.';
comment on column offloaded_contexts.compressed_size_bytes is 'Size when compressed and not yet sealed, bytes; never more.';
comment on column offloaded_contexts.compression_ratio is 'How many times smaller it became, 999.99 at most.';
comment on column offloaded_contexts.storage_location is 'Where it lies; null if it is in the row.';
comment on column offloaded_contexts.storage_checksum is 'SHA-256 of what is stored, hex: after compression and sealing.';
comment on column offloaded_contexts.access_count is 'How often it was loaded again.';
comment on column offloaded_contexts.last_accessed is 'When it was loaded last; null if never.';
comment on column offloaded_contexts.created_at is 'When it was put aside.';
comment on column offloaded_contexts.expires_at is 'When it is to be deleted; null if not by itself.';

select app.isolate_tenant_table('offloaded_contexts', 'tenant_id', 'tenant_offloaded_context_isolation');

grant select, insert, update, delete on offloaded_contexts to agent_agency_app;
grant select on offloaded_contexts to agent_agency_readonly;

-- ---------------------------------------------------------------------------------------------------------------
-- What is sensitive of a tenant with encryption is sealed, whoever writes it. The triggers look for the mark that a
-- sealed value begins with; the function is asked only about values without it.

create function app.require_sealed() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, public, pg_temp
as $$
begin
  -- What was stored before encryption was switched on comes back as it went, also out of a dump.
  if (app.tenant_maintenance_of_transaction()).kind = 'import' or app.is_restoring() then
    return new;
  end if;
  if (select tenant.encryption_enabled from tenants as tenant where tenant.id = new.tenant_id) then
    raise exception using
      errcode = 'AAENC',
      message = format('%s: the tenant''s encryption is on, and a sensitive column is not sealed', tg_table_name),
      hint = 'Write it with createTenantCipher() of @agent-agency/tenancy.';
  end if;
  return new;
end
$$;

comment on function app.require_sealed() is
  'Refuses with AAENC a row of a tenant with encryption; its triggers let rows pass whose sensitive columns are sealed.';

alter function app.require_sealed() owner to agent_agency_service;

-- A trigger for each column: what was stored before encryption was switched on is sealed column by column.
create trigger require_sealed_offloaded_contexts_summary
before insert or update of summary on offloaded_contexts
for each row
when (left(new.summary, 5) <> 'seal:')
execute function app.require_sealed();

create trigger require_sealed_offloaded_contexts_content
before insert or update of content, content_key_id, storage_location on offloaded_contexts
for each row
when (substr(new.content, 1, 4) <> 'SEAL'::bytea or new.content is null and new.content_key_id is null)
execute function app.require_sealed();
