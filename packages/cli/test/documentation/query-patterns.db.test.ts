import { putAgents } from '@agent-agency/agent-registry';
import { formatContextKey } from '@agent-agency/db-core';
import { createTestTenants, TEST_CONTEXT_KEY, useApplication } from '@agent-agency/db-core/testing';
import { createLexicalHashEmbeddings } from '@agent-agency/hybrid-search';
import {
  demonstrateCapabilities,
  observeCooccurrences,
  relateCooccurringAgents,
} from '@agent-agency/knowledge-graph';
import { testDatabase } from '@agent-agency/testing/vitest';
import { beforeAll, describe, expect, it } from 'vitest';
import { readTypeScriptBlocks, runBlocks, type Answers } from './typescript-blocks.ts';

const app = useApplication(testDatabase());
const blocks = [
  ...(await readTypeScriptBlocks('database/QUERY-PATTERNS.md')),
  ...(await readTypeScriptBlocks('operations/maintenance.md')),
];
const checked = new Set<string>();
let answers: Answers;

/** Ada, Brin and Cleo of a tenant, who work in a row; Ada knows TypeScript. */
async function storeTeam(tenant: string): Promise<void> {
  const seenAt = new Date();
  const [vector = new Float32Array()] = await createLexicalHashEmbeddings().embed(['TypeScript']);
  await app.inTenant(tenant, async (tx) => {
    const people = ['Ada', 'Brin', 'Cleo'].map((name) => ({
      id: name.toLowerCase(),
      name: `${name} of ${tenant}`,
    }));
    await putAgents(
      tx,
      people.map((person) => ({ ...person, modelFamily: 'human', lastActiveAt: seenAt })),
    );
    const shown = { agentId: 'ada', type: 'TECHNOLOGY', name: 'TypeScript', count: 4 } as const;
    const known = {
      firstAt: seenAt,
      lastAt: seenAt,
      extractionConfidence: 0.9,
      topics: [],
      embedding: vector,
    };
    await demonstrateCapabilities(tx, [{ ...shown, ...known }]);
    const pairs = [
      ['ada', 'brin'],
      ['brin', 'cleo'],
    ];
    const seen = pairs.flatMap((pair) => {
      const contextId = crypto.randomUUID();
      return pair.map((agentId) => ({ contextId, agentId, observedAt: seenAt }));
    });
    await observeCooccurrences(tx, seen);
    await relateCooccurringAgents(tx);
  });
}

beforeAll(async () => {
  await createTestTenants(app.database, 'acme', 'globex');
  for (const tenant of ['acme', 'globex']) await storeTeam(tenant);
  answers = await runBlocks(blocks, {
    DATABASE_URL: app.database.urlFor('agent_agency_app'),
    DB_CONTEXT_KEY: formatContextKey(TEST_CONTEXT_KEY),
  });
});

const answerOf = (caption: string): unknown => {
  checked.add(caption);
  return answers[caption];
};

describe.skipIf(app.database.kind === 'pglite')('TypeScript of docs/', () => {
  it.each([
    [
      'Capabilities near to a vector',
      { nearest: { capabilities: [{ name: 'TypeScript' }], explanation: { plan: 'exact' } } },
    ],
    [
      'The same from a program',
      {
        neighbors: [
          { agentId: 'brin', agentName: 'Brin of acme', hops: 1 },
          { agentId: 'cleo', hops: 2 },
        ],
      },
    ],
    [
      'With the names of the agents',
      { path: { agents: ['Ada', 'Brin', 'Cleo'].map((name) => ({ name: `${name} of acme` })) } },
    ],
    [
      'A transaction of one tenant, and a single statement',
      { agents: ['Ada of acme', 'Brin of acme', 'Cleo of acme'], counted: { rows: [{ agents: '3' }] } },
    ],
    ['Append a decision, and verify the log', { report: { valid: true, head: { seq: 1 } } }],
    ['Agents and what they have shown', { stored: [{ agentId: 'dora' }, { agentId: 'dora' }] }],
    [
      'The health of the pool, for a load balancer',
      { status: 200, body: { healthy: true, stats: { healthStatus: 'healthy' } } },
    ],
  ])('%s', (caption, expected) => {
    expect(answerOf(caption)).toMatchObject(expected);
  });

  it('With the reason for every result', () => {
    const { results } = answerOf('With the reason for every result') as { results: unknown[] };
    expect(results[0]).toMatchObject({ name: 'TypeScript', agentName: 'Ada of acme' });
    expect(JSON.stringify(results)).not.toContain('globex');
  });

  it('has compared what every block computes', () => {
    const captions = blocks.map(({ caption }) => caption).filter((caption) => caption !== 'The pool');
    expect([...checked].toSorted()).toEqual(captions.toSorted());
  });
});
