import { readFile } from 'node:fs/promises';
import { createTestTenants, runReadmeExample, useApplication } from '@agent-agency/db-core/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { describe, expect, it } from 'vitest';
import * as graph from '../src/index.ts';
import { demonstration, registerAgents } from './support/fixtures.ts';

const app = useApplication(testDatabase());

describe('KnowledgeGraphClient', () => {
  it('has every function over a transaction', () => {
    const client = new graph.KnowledgeGraphClient(app.manager).tenant({ tenantId: 'acme' });
    const OTHERWISE = [
      // Used up within its transaction.
      'streamAgentGraph',
      // The client's own, for operators.
      'maintainVectorIndexes',
      // Without a transaction.
      ...['canonicalName', 'findCommunities', 'measureBetweenness', 'parseGraphJson', 'pathTo', 'rankAgents'],
      ...['writeGraphJson', 'writeGraphMl', 'writeMermaid'],
    ];
    const functions = Object.entries(graph)
      .filter(([name, value]) => typeof value === 'function' && /^[a-z]/.test(name))
      .map(([name]) => name);
    expect(Object.keys(client).toSorted()).toEqual(
      functions.filter((name) => !OTHERWISE.includes(name)).toSorted(),
    );
  });

  it('samples the searches that go through it, and says how well they found', async () => {
    const [tenantId = ''] = await app.newTenants(1);
    const client = new graph.KnowledgeGraphClient(app.manager, { recall: { rate: 1 } });
    const acme = client.tenant({ tenantId });
    await app.inTenant(tenantId, (tx) => registerAgents(tx, ['ann']));
    const shown = demonstration({ agentId: 'ann' });
    await acme.demonstrateCapabilities([shown]);
    const { embedding } = shown;
    await acme.findSimilarCapabilities({ embedding, limit: 3 });
    await expect(client.recallProbe()).resolves.toEqual({
      ...{ searches: 1, failures: {} },
      plans: { exact: { searches: 1, recall: 1, worst: 1 } },
    });
    await expect(client.recallProbe()).resolves.toMatchObject({ searches: 0 });
  });

  it('keeps the indexes of large tenants', async () => {
    const client = new graph.KnowledgeGraphClient(app.manager);
    await expect(client.maintainVectorIndexes({ reason: ' ' })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
  });
});

describe('README', async () => {
  const README = new URL('../README.md', import.meta.url);
  const readme = await readFile(README, 'utf8');

  it('has an example that runs', async () => {
    await createTestTenants(app.database, 'acme');
    const { printed, promised } = await runReadmeExample(README, {
      DATABASE_URL: app.database.urlFor('agent_agency_app'),
    });
    expect(printed).toEqual(promised);
    expect(promised.length).toBeGreaterThan(2);
  });

  it('names every function, and none that there is not', () => {
    const named = new Set([...readme.matchAll(/`(\w+)(?:\(.*?\))?`/g)].map(([, name = '']) => name));
    const functions = Object.entries(graph)
      .filter(([name, value]) => typeof value === 'function' && /^[a-z]/.test(name))
      .map(([name]) => name.replace(/^(supersede|delete)Relationships?$/, '$1Relationship(s)'));
    expect(functions.filter((name) => !named.has(name) && !readme.includes(name))).toEqual([]);
    const verbs =
      /^(?:put|get|find|list|count|delete|write|read|add|remove|merge|suggest|observe|relate)[A-Z]/;
    expect([...named].filter((name) => verbs.test(name) && !(name in graph))).toEqual([]);
  });
});
