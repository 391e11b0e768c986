-- Contexts that agents put aside: a summary stays to be found, the rest lies elsewhere.

create table offloaded_contexts (
  tenant_id varchar(255) not null default app.current_tenant_id(),
  id uuid not null default gen_random_uuid(),
  summary text not null,
  summary_embedding vector(768), -- null: not embedded yet
  original_size_bytes integer not null,
  compressed_size_bytes integer not null,
  compression_ratio numeric(5, 2) not null generated always as (
    round(least(greatest(original_size_bytes, 0)::numeric / greatest(compressed_size_bytes, 1), 999.99), 2)
  ) stored,
  storage_location varchar(1000) not null,
  storage_checksum varchar(128) not null,
  access_count integer not null default 0,
  last_accessed timestamptz, -- null: never
  created_at timestamptz not null default now(),
  expires_at timestamptz, -- null: kept until it is deleted
  constraint offloaded_contexts_pkey primary key (tenant_id, id),
  constraint offloaded_contexts_tenant_id_fkey foreign key (tenant_id) references tenants (id) on delete restrict,
  constraint offloaded_contexts_summary_check check (length(summary) > 0),
  constraint offloaded_contexts_summary_embedding_check check (cosine_distance(summary_embedding, summary_embedding) < 1),
  constraint offloaded_contexts_size_check check (compressed_size_bytes between 1 and original_size_bytes),
  constraint offloaded_contexts_storage_location_check check (length(storage_location) > 0),
  constraint offloaded_contexts_storage_checksum_check check (storage_checksum ~ '^[0-9a-f]{64}$'),
  constraint offloaded_contexts_access_count_check check (access_count >= 0),
  constraint offloaded_contexts_last_accessed_check check ((last_accessed is null) = (access_count = 0))
);

create index idx_offloaded_contexts_created on offloaded_contexts (tenant_id, created_at desc);
create index idx_offloaded_contexts_expires on offloaded_contexts (tenant_id, expires_at);
create index idx_offloaded_contexts_embedding on offloaded_contexts
  using hnsw ((binary_quantize(summary_embedding)::bit(768)) bit_hamming_ops) with (m = 16, ef_construction = 64);

comment on table offloaded_contexts is 'Contexts that were put aside, each with a summary to find it by.';
comment on column offloaded_contexts.tenant_id is 'Tenant that owns the row.';
comment on column offloaded_contexts.id is 'Identifier of the context.';
comment on column offloaded_contexts.summary is 'What it is about.';
comment on column offloaded_contexts.summary_embedding is 'Embedding of the summary with 768 dimensions; null until it is embedded.';
comment on column offloaded_contexts.original_size_bytes is 'Size before compression, bytes.';
comment on column offloaded_contexts.compressed_size_bytes is 'Size as stored, bytes; never more.';
comment on column offloaded_contexts.compression_ratio is 'How many times smaller it became, 999.99 at most.';
comment on column offloaded_contexts.storage_location is 'Where it lies.';
comment on column offloaded_contexts.storage_checksum is 'SHA-256 of what lies there, hex.';
comment on column offloaded_contexts.access_count is 'How often it was loaded again.';
comment on column offloaded_contexts.last_accessed is 'When it was loaded last; null if never.';
comment on column offloaded_contexts.created_at is 'When it was put aside.';
comment on column offloaded_contexts.expires_at is 'When it is to be deleted; null if not by itself.';
comment on index idx_offloaded_contexts_embedding is 'Over signs; see idx_capabilities_embedding.';

select app.isolate_tenant_table('offloaded_contexts', 'tenant_id', 'tenant_offloaded_context_isolation');

grant select, insert, update, delete on offloaded_contexts to agent_agency_app;
grant select on offloaded_contexts to agent_agency_readonly;
