import { encodeVectors } from '@agent-agency/db-core';
import { createTestTenants, type DatabaseUnderTest } from '@agent-agency/db-core/testing';
import pg from 'pg';
import type { Embedder } from './embeddings.ts';
import type { Tenant } from './tenants.ts';

/** What a user would write: policies as everybody's, an index on the tenant, and one over the vectors of all. */
const BASELINE = `
  create table if not exists bench_vectors (
    tenant_id varchar(255) not null,
    id uuid not null,
    embedding vector(768) not null,
    constraint bench_vectors_pkey primary key (id)
  );
  alter table bench_vectors enable row level security;
  alter table bench_vectors force row level security;
  drop policy if exists bench_vectors_tenant on bench_vectors;
  create policy bench_vectors_tenant on bench_vectors to agent_agency_app
    using (tenant_id = (select app.current_tenant_id()));
  create index if not exists bench_vectors_tenant_id on bench_vectors (tenant_id);
  grant select on bench_vectors to agent_agency_app`;

const BATCH = 500;

export interface Filled {
  readonly database: DatabaseUnderTest;
  readonly tenants: readonly Tenant[];
  readonly embedderOf: (tenant: Tenant) => Embedder;
  readonly note: (line: string) => void;
}

/** Capabilities with embeddings, one in twenty of them rejected, and the same vectors for the baselines. */
export async function fill({ database, tenants, embedderOf, note }: Filled): Promise<void> {
  await createTestTenants(database, ...tenants.map(({ id }) => id));
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    await client.query(`set maintenance_work_mem = '4GB'`);
    for (const tenant of tenants) await fillTenant(client, tenant, embedderOf(tenant));
    await client.query('vacuum analyze agent_capabilities_graph');
    note('building the baseline’s index');
    await client.query(BASELINE);
    await client.query('truncate bench_vectors; drop index if exists bench_vectors_embedding');
    await client.query(
      `insert into bench_vectors
       select tenant_id, id, embedding from agent_capabilities_graph
       where tenant_id = any($1) and validation_status <> 'rejected'`,
      [tenants.map(({ id }) => id)],
    );
    await client.query(
      'create index bench_vectors_embedding on bench_vectors using hnsw (embedding vector_cosine_ops)',
    );
    await client.query('vacuum analyze bench_vectors');
  } finally {
    await client.end();
  }
}

async function fillTenant(client: pg.Client, { id, vectors }: Tenant, embedder: Embedder): Promise<void> {
  await client.query(
    `insert into agent_profiles (tenant_id, id, name, model_family) values ($1, 'agent', 'agent', 'bench')`,
    [id],
  );
  for (let from = 0; from < vectors; from += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, vectors - from) }, () => embedder.draw());
    await client.query(
      `insert into agent_capabilities_graph (
         tenant_id, agent_id, capability_name, canonical_name, confidence, extraction_confidence, validation_status, embedding
       )
       select $1, 'agent', 'skill ' || ($2::integer + place), '', 0.7 + (place % 30) / 100.0, 1,
         case when place % 20 = 0 then 'rejected' else 'unvalidated' end, embedding
       from unnest($3::vector[]) with ordinality as given (embedding, place)`,
      [id, from, encodeVectors(batch, 768)],
    );
  }
}
