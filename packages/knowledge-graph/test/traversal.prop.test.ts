import { testDatabase } from '@agent-agency/testing/vitest';
import { useApplication } from '@agent-agency/db-core/testing';
import type { TenantTransaction } from '@agent-agency/db-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { findPath, listNeighbors } from '../src/index.ts';
import { registerAgents } from './support/fixtures.ts';
import { relateAgents } from './support/relate-agents.ts';
import { reach, stepsFrom, type Edge } from './support/walk-model.ts';

const app = useApplication(testDatabase());
const runs = 60;
let tenants: string[];

beforeAll(async () => {
  tenants = await app.newTenants(runs);
});

const agents = Array.from('AbCdEfGhIjKl');
const agent = fc.constantFrom(...agents);

/** Relationships as they can be stored: no agent with itself, an undirected one smaller id first, no key twice. */
const graph = fc
  .array(
    fc.record({
      source: agent,
      target: agent,
      type: fc.constantFrom('COLLABORATES_WITH' as const, 'VALIDATES' as const, 'DEPENDS_ON' as const),
      isDirectional: fc.boolean(),
      confidence: fc.integer({ min: 50, max: 100 }).map((hundredth) => hundredth / 100),
    }),
    { maxLength: 30 },
  )
  .map((drawn) => {
    const edges = new Map<string, Edge>();
    for (const edge of drawn) {
      if (edge.source === edge.target) continue;
      const isTurned = !edge.isDirectional && edge.source > edge.target;
      const stored = isTurned ? { ...edge, source: edge.target, target: edge.source } : edge;
      edges.set(`${stored.source} ${stored.target} ${stored.type}`, stored);
    }
    return [...edges.values()];
  });

/** The product of the confidences along a path, which has to consist of edges of the types that it says. */
function follow(edges: readonly Edge[], way: readonly string[], types: readonly string[]): number {
  expect(types).toHaveLength(way.length - 1);
  return types.reduce((product, type, place) => {
    const steps = stepsFrom(edges, way[place] ?? '');
    const taken = steps.filter((step) => step.to === way[place + 1] && step.type === type);
    expect(taken.length).toBeGreaterThan(0);
    return product * Math.max(...taken.map((step) => step.confidence));
  }, 1);
}

interface Walk {
  readonly edges: readonly Edge[];
  readonly start: string;
  readonly maxHops: number;
}

async function expectNeighborsOf(tx: TenantTransaction, walk: Walk, minConfidence: number): Promise<void> {
  const { edges, start, maxHops } = walk;
  const followed = edges.filter((edge) => edge.confidence >= minConfidence);
  const expected = reach(followed, start, maxHops);
  const found = await listNeighbors(tx, { agentId: start, maxHops, minConfidence });
  expect(found.map((row) => row.agentId).toSorted()).toEqual([...expected.keys()].toSorted());
  for (const row of found) {
    expect(row.hops).toBe(expected.get(row.agentId)?.hops);
    expect(row.confidence).toBeCloseTo(expected.get(row.agentId)?.confidence ?? NaN, 10);
    expect([row.path[0], row.path.at(-1), row.path.length]).toEqual([start, row.agentId, row.hops + 1]);
    expect(follow(followed, row.path, row.relationships)).toBeCloseTo(row.confidence, 10);
  }
  const nearestFirst = found.toSorted((a, b) => a.hops - b.hops || b.confidence - a.confidence);
  expect(found.map((row) => [row.hops, row.confidence])).toEqual(
    nearestFirst.map((row) => [row.hops, row.confidence]),
  );
}

async function expectPathOf(tx: TenantTransaction, walk: Walk, target: string): Promise<void> {
  const { edges, start, maxHops } = walk;
  const expected = reach(edges, start, maxHops).get(target);
  const found = await findPath(tx, { sourceAgentId: start, targetAgentId: target, maxHops });
  expect(found?.hops).toBe(expected?.hops);
  if (found === undefined) return;
  const ids = found.agents.map(({ id }) => id);
  expect([ids[0], ids.at(-1)]).toEqual([start, target]);
  expect(found.agents.map(({ name }) => name)).toEqual(ids.map((id) => `Name of ${id}`));
  expect(found.confidence).toBeCloseTo(expected?.confidence ?? NaN, 10);
  expect(follow(edges, ids, found.relationships)).toBeCloseTo(found.confidence, 10);
}

describe('listNeighbors and findPath', () => {
  it('find what a breadth-first search finds, and real paths', async () => {
    const hops = fc.integer({ min: 1, max: 6 });
    const minimum = fc.constantFrom(0, 0.5, 0.75, 0.9);
    await fc.assert(
      fc.asyncProperty(graph, agent, hops, minimum, async (edges, start, maxHops, minConfidence) => {
        const [tenant = ''] = tenants.splice(0, 1);
        const walk = { edges, start, maxHops };
        await app.inTenant(tenant, async (tx) => {
          await registerAgents(tx, agents);
          await relateAgents(tx, edges);
          await expectNeighborsOf(tx, walk, minConfidence);
          for (const target of agents.filter((id) => id !== start)) await expectPathOf(tx, walk, target);
        });
      }),
      { numRuns: runs, endOnFailure: true },
    );
  }, 120_000);
});
