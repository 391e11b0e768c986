import { testDatabase } from '@agent-agency/testing/vitest';
import { useApplication, explainStatements, type PlanNode } from '@agent-agency/db-core/testing';
import type { TenantTransaction } from '@agent-agency/db-core';
import { settlePlans, withSession } from '@agent-agency/testing';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { demonstrateCapabilities, findPath, listNeighbors, listTopics, putEvidence } from '../src/index.ts';
import { demonstration, registerAgents, uuidOf } from './support/fixtures.ts';

const app = useApplication(testDatabase());
const agentCount = 100;
const agents = Array.from({ length: agentCount }, (_, place) => `agent-${place}`);
let tenant = '';

/** Three tenants with 2000 capabilities, 2000 relationships and 4000 pieces of evidence each. */
beforeAll(async () => {
  const tenants = await app.newTenants(3);
  for (const id of tenants) await app.inTenant(id, fill);
  tenant = tenants[1] ?? '';
  await withSession(app.database.url, (session) => settlePlans(session));
});

async function fill(tx: TenantTransaction): Promise<void> {
  await registerAgents(tx, agents);
  await sql`
    insert into agent_capabilities_graph (tenant_id, agent_id, capability_name, canonical_name, confidence, extraction_confidence)
    select ${tx.tenantId}, 'agent-' || place % ${agentCount}::integer, 'skill ' || (place - 1) / ${agentCount}::integer, '', 0.8, 0.8
    from generate_series(1, 2000) as place
  `.execute(tx);
  await sql`
    insert into agent_relationships (tenant_id, source_agent_id, target_agent_id, type, confidence)
    select ${tx.tenantId}, 'agent-' || a, 'agent-' || (a + step) % ${agentCount}::integer, 'COLLABORATES_WITH', 0.6
    from generate_series(0, ${agentCount - 1}::integer) as a
    cross join generate_series(1, 20) as step
  `.execute(tx);
  await sql`
    insert into entity_chunk_mappings (
      tenant_id, entity_id, chunk_id, chunk_type, mention_text, extraction_method, extraction_confidence
    )
    select ${tx.tenantId}, id, gen_random_uuid(), 'commit', 'mention ' || copy, 'manual', 0.8
    from agent_capabilities_graph
    cross join generate_series(1, 2) as copy
  `.execute(tx);
}

/** Plan nodes, as the application role gets them, of the last statement that `work` runs. */
async function explain(work: (tx: TenantTransaction) => Promise<unknown>): Promise<PlanNode[]> {
  const plans = await app.inTenant(tenant, (tx) => explainStatements(tx, work));
  const plan = plans.at(-1);
  if (plan === undefined) throw new Error('no statement was run');
  return plan;
}

interface Scans {
  readonly sequential: number;
  readonly byIndex: Readonly<Record<string, number>>;
}

/** Scans of a table that `work` makes: of statements inside functions as well. */
async function scansOf(table: string, work: (tx: TenantTransaction) => Promise<unknown>): Promise<Scans> {
  return app.inTenant(tenant, async (tx) => {
    // The session's counters also hold what earlier transactions have not reported yet.
    const before = await countScans(tx, table);
    await work(tx);
    const after = await countScans(tx, table);
    const scans = [...after].map(([name, count]) => [name, count - (before.get(name) ?? 0)] as const);
    return {
      sequential: scans.find(([name]) => name === table)?.[1] ?? NaN,
      byIndex: Object.fromEntries(scans.filter(([name, count]) => name !== table && count > 0)),
    };
  });
}

async function countScans(tx: TenantTransaction, table: string): Promise<Map<string, number>> {
  const { rows } = await sql<{ name: string; scans: number }>`
    select relation.relname as name, pg_stat_get_xact_numscans(relation.oid)::integer as scans
    from pg_class as relation
    where relation.oid = ${table}::regclass
      or relation.oid in (select indexrelid from pg_index where indrelid = ${table}::regclass)
  `.execute(tx);
  return new Map(rows.map((row) => [row.name, row.scans]));
}

describe('hot lookups, with three tenants and as the application role', () => {
  it('listTopics reaches capabilities by tenant, agent and name', async () => {
    const keys = agents
      .slice(0, 20)
      .map((agentId, place) => ({ agentId, canonicalName: `skill ${place % 20}` }));
    const nodes = await explain((tx) => listTopics(tx, keys));
    const access = nodes.filter((node) => node['Relation Name'] === 'agent_capabilities_graph');
    expect(access).toHaveLength(1);
    expect(access[0]).toMatchObject({ 'Node Type': 'Index Scan', 'Index Name': 'unique_agent_capability' });
    for (const column of ['tenant_id', 'agent_id', 'canonical_name'])
      expect(access[0]?.['Index Cond']).toContain(column);
  });
  it('evidence of a capability is reached by tenant and capability', async () => {
    const nodes = await explain((tx) =>
      tx
        .selectFrom('entity_chunk_mappings')
        .select(['chunk_id', 'mention_text'])
        .where('tenant_id', '=', tx.tenantId)
        .where('entity_id', '=', uuidOf(1))
        .execute(),
    );
    const conditions = nodes.map((node) => node['Index Cond'] ?? '');
    expect(nodes.map((node) => node['Index Name'])).toContain('idx_entity_chunks_entity');
    expect(conditions.some((condition) => /tenant_id.*entity_id/.test(condition))).toBe(true);
  });
  it.each([
    ['listNeighbors', (tx: TenantTransaction) => listNeighbors(tx, { agentId: 'agent-7', maxHops: 1 })],
    [
      'findPath',
      (tx: TenantTransaction) => findPath(tx, { sourceAgentId: 'agent-7', targetAgentId: 'agent-9' }),
    ],
  ])('%s reaches relationships by tenant and agent, from both ends', async (_name, walk) => {
    const { sequential, byIndex } = await scansOf('agent_relationships', walk);
    expect(sequential).toBe(0);
    expect(Object.keys(byIndex).toSorted()).toEqual(['idx_relationships_source', 'idx_relationships_target']);
  });
  it('writes scan no table', async () => {
    const write = async (tx: TenantTransaction) => {
      const [capability] = await demonstrateCapabilities(tx, [demonstration({ agentId: 'agent-7' })]);
      await putEvidence(tx, [
        {
          capabilityId: capability?.id ?? '',
          chunkId: uuidOf(1),
          chunkType: 'commit',
          mention: 'x',
          method: 'manual',
          confidence: 1,
        },
      ]);
    };
    for (const table of ['agent_capabilities_graph', 'entity_chunk_mappings', 'agent_profiles']) {
      await expect(scansOf(table, write)).resolves.toMatchObject({ sequential: 0 });
    }
  });
});
