import { testDatabase } from '@agent-agency/testing/vitest';
import { useApplication } from '@agent-agency/db-core/testing';
import type { TenantTransaction } from '@agent-agency/db-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { observeCooccurrences, relateCooccurringAgents } from '../../src/index.ts';
import type { Contexts } from './support/cooccurrence-model.ts';
import { registerAgents, uuidOf } from '../support/fixtures.ts';
import { expectRelationshipsOf, storedRelationships } from './support/relationships.ts';

const app = useApplication(testDatabase());
const runs = 60;
let tenants: string[];

beforeAll(async () => {
  tenants = await app.newTenants(2 * runs);
});

// Mixed case: where upper-case letters sort depends on the collation.
const agents = ['A', 'b', 'C', 'd', 'E', 'f', 'G', 'h'];
const contextNumbers = Array.from({ length: 12 }, (_, place) => place);

/** Who is seen where, in the order in which it is observed: first some, then more. */
const sightings = fc.array(fc.tuple(fc.constantFrom(...contextNumbers), fc.constantFrom(...agents)), {
  maxLength: 70,
});

/** The sightings that a call takes: each once, in their order. */
function distinct(given: readonly (readonly [number, string])[]): (readonly [number, string])[] {
  return [...new Map(given.map((pair) => [pair.join(' '), pair])).values()];
}

function contextsOf(given: readonly (readonly [number, string])[]): Contexts {
  const contexts = new Map<string, Set<string>>();
  for (const [context, agent] of given) {
    contexts.set(uuidOf(context), (contexts.get(uuidOf(context)) ?? new Set()).add(agent));
  }
  return contexts;
}

async function observe(tx: TenantTransaction, given: readonly (readonly [number, string])[]): Promise<void> {
  await observeCooccurrences(
    tx,
    distinct(given).map(([context, agentId]) => ({
      contextId: uuidOf(context),
      agentId,
      observedAt: new Date('2026-01-01'),
    })),
  );
}

describe('relateCooccurringAgents', () => {
  it('arrives at the counts and measures of the definitions, again after more was observed', async () => {
    await fc.assert(
      fc.asyncProperty(sightings, sightings, async (first, more) => {
        const [tenant = '', other = ''] = tenants.splice(0, 2);
        // The other tenant sees the same agents in the same contexts: nothing of it may be counted.
        await app.inTenant(other, async (tx) => {
          await registerAgents(tx, agents);
          await observe(tx, more);
        });
        await app.inTenant(tenant, async (tx) => {
          await registerAgents(tx, agents);
          await observe(tx, first);
          await relateCooccurringAgents(tx);
          const before = await storedRelationships(tx);
          expectRelationshipsOf(before, contextsOf(first));
          await expect(relateCooccurringAgents(tx)).resolves.toEqual({ changed: 0 });

          await observe(tx, more);
          const { changed } = await relateCooccurringAgents(tx);
          const after = await storedRelationships(tx);
          expectRelationshipsOf(after, contextsOf([...first, ...more]));
          const unchanged = new Set(before.map((row) => JSON.stringify(row)));
          expect(changed).toBe(after.filter((row) => !unchanged.has(JSON.stringify(row))).length);
        });
        await app.inTenant(other, async (tx) => {
          expect(await storedRelationships(tx)).toEqual([]);
        });
      }),
      { numRuns: runs, endOnFailure: true },
    );
  }, 120_000);
});
