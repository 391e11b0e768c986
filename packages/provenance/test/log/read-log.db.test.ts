import { testDatabase } from '@agent-agency/testing/vitest';
import { useApplication, explainStatements, type PlanNode } from '@agent-agency/db-core/testing';
import { randomUUID } from 'node:crypto';
import type { TenantTransaction } from '@agent-agency/db-core';
import { settlePlans, withSession } from '@agent-agency/testing';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { appendNodes, findRecorded, readHead, readLog } from '../../src/index.ts';
import { testSigner } from '../fixtures/chain.ts';
import { nodesToAppend, nodeToAppend, storedLog } from './support/nodes.ts';

const app = useApplication(testDatabase());
const length = 1201;
let tenant = '';
let empty = '';

/** Three tenants with a log each, and one without. */
beforeAll(async () => {
  const tenants = await app.newTenants(4);
  for (const id of tenants.slice(0, 3))
    await app.inTenant(id, (tx) => appendNodes(tx, nodesToAppend(length), testSigner));
  [, tenant = '', , empty = ''] = tenants;
  await withSession(app.database.url, (session) => settlePlans(session));
});

/** Statements that `work` runs. */
async function countStatements(work: (tx: TenantTransaction) => Promise<void>): Promise<number> {
  return app.inTenant(tenant, async (tx) => {
    const executeQuery = vi.spyOn(tx.getExecutor(), 'executeQuery');
    await work(tx);
    return executeQuery.mock.calls.length;
  });
}

const numbers = (last: number) => Array.from({ length: last }, (_, place) => place + 1);

describe('readLog', () => {
  it.each([
    [undefined, 2],
    [700, 3],
    [400, 5],
    [1300, 2],
  ])('reads the whole log in pages of %s', async (pageSize, statements) => {
    const seqs: number[] = [];
    const count = await countStatements(async (tx) => {
      for await (const { seq } of readLog(tx, { pageSize })) seqs.push(seq);
    });
    expect(seqs).toEqual(numbers(length));
    expect(count).toBe(statements);
  });
  it('reads one node a page', async () => {
    const log = await app.inTenant(tenant, (tx) => storedLog(tx, { pageSize: 1, upTo: 5n }));
    expect(log.map(({ seq }) => seq)).toEqual(numbers(5));
  });
  it('stops where it is told, and reads no further than a page ahead of its reader', async () => {
    const count = await countStatements(async (tx) => {
      for await (const { seq } of readLog(tx, { pageSize: 100 })) if (seq === 150) break;
    });
    expect(count).toBe(3);
  });
  it('reads nothing from an empty log', async () => {
    expect(await app.inTenant(empty, storedLog)).toEqual([]);
    expect(await app.inTenant(empty, readHead)).toEqual({ seq: 0, hash: undefined });
  });
});

/** Plan nodes, as the application role gets them, of the first statement that `work` runs. */
async function explain(work: (tx: TenantTransaction) => Promise<unknown>): Promise<PlanNode[]> {
  const plans = await app.inTenant(tenant, (tx) => explainStatements(tx, work));
  const plan = plans[0];
  if (plan === undefined) throw new Error('no statement was run');
  return plan;
}

describe('plans, with three tenants and as the application role', () => {
  it('readLog reads a range of the log by tenant and number, without sorting', async () => {
    const nodes = await explain(storedLog);
    const access = nodes.filter((node) => node['Relation Name'] === 'caws_provenance_graph');
    // Once to see where the page ends, and once for its nodes.
    const scan = { 'Node Type': 'Index Scan', 'Index Name': 'caws_provenance_graph_seq_key' };
    expect(access).toMatchObject([scan, scan]);
    for (const { 'Index Cond': condition } of access) expect(condition).toMatch(/tenant_id.*seq > .*seq <= /);
    expect(nodes.map((node) => node['Node Type'])).not.toContain('Sort');
  });
  it('findRecorded looks entities up by tenant, type and id', async () => {
    const nodes = await explain((tx) => findRecorded(tx, 'verdict', ['a', 'b']));
    expect(nodes).toContainEqual(
      expect.objectContaining({
        'Index Name': expect.stringMatching(/^(unique_entity|idx_provenance_entity_id)$/) as string,
        'Index Cond': expect.stringMatching(
          /^(?=.*tenant_id)(?=.*entity_type)(?=.*entity_id.*ANY)/,
        ) as string,
      }),
    );
  });
});

describe('findRecorded', () => {
  it('finds nothing for no ids, and asks nobody', async () => {
    const count = await countStatements(async (tx) => {
      expect(await findRecorded(tx, 'verdict', [])).toEqual(new Map());
    });
    expect(count).toBe(0);
  });
  it('answers for those that are recorded, of this type and this tenant', async () => {
    const [a = '', b = ''] = await app.newTenants(2);
    const [known, gate, foreign] = [nodeToAppend(), nodeToAppend({ entityType: 'gate' }), nodeToAppend()];
    await app.inTenant(a, (tx) => appendNodes(tx, [known, gate], testSigner));
    await app.inTenant(b, (tx) => appendNodes(tx, [foreign], testSigner));
    const asked = [known.entityId, known.entityId, gate.entityId, foreign.entityId, 'unknown', '', "'", '{'];
    const found = await app.inTenant(a, (tx) => findRecorded(tx, 'verdict', asked));
    expect(found).toEqual(new Map([[known.entityId, known.id]]));
  });
  it('takes more than a thousand ids', async () => {
    const log = await app.inTenant(tenant, storedLog);
    const all = log.map(({ entityId, id }) => [entityId, id] as const);
    const asked = [...all.map(([entityId]) => entityId), ...all.map(() => randomUUID())];
    const found = await app.inTenant(tenant, (tx) => findRecorded(tx, 'verdict', asked));
    expect(found).toEqual(new Map(all));
  });
});
