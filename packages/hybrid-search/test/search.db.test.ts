import { testDatabase } from '@agent-agency/testing/vitest';
import { useApplication } from '@agent-agency/db-core/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  createLexicalHashEmbeddings,
  prepareQuery,
  search,
  type SearchQuery,
  type SearchReason,
  type SearchResult,
} from '../src/index.ts';
import { embed, seedAgents, seedCapabilities, seedDecisions, seedGroups, uuidOf } from './support/seed.ts';

const app = useApplication(testDatabase());
const embeddings = createLexicalHashEmbeddings();
let tenant = '';
let other = '';
let empty = '';

const decisions = [
  'Run database migrations at night',
  'Peel tomatoes before the soup',
  'Queue jobs by priority',
];

beforeAll(async () => {
  [tenant = '', other = '', empty = ''] = await app.newTenants(3);
  await app.inTenant(tenant, async (tx) => {
    await seedAgents(tx, ['Ada', 'Brin', 'Cleo', 'Dora']);
    await seedCapabilities(tx, [
      { agentId: 'ada', name: 'database migrations', topics: ['postgres'] },
      { agentId: 'brin', name: 'tomato soup' },
    ]);
    await seedGroups(tx, [
      ['ada', 'cleo'],
      ['cleo', 'dora'],
    ]);
    await seedDecisions(tx, decisions);
  });
  await app.inTenant(other, async (tx) => {
    await seedAgents(tx, ['Ada', 'Zoe']);
    await seedCapabilities(tx, [{ agentId: 'zoe', name: 'knitting' }]);
  });
});

async function find(input: SearchQuery, tenantId = tenant): Promise<SearchResult[]> {
  const query = await prepareQuery(input, embeddings);
  return app.inTenant(tenantId, (tx) => search(tx, query));
}

const labels = (results: readonly SearchResult[]) =>
  results.map(({ entityType, name }) => `${entityType} ${name}`);
const reasonOf = <Arm extends SearchReason['arm']>(result: SearchResult | undefined, arm: Arm) =>
  result?.reasons.find((reason): reason is Extract<SearchReason, { arm: Arm }> => reason.arm === arm);

describe('search', () => {
  it('says what was found, whose it is, and why', async () => {
    const [first] = await find({ text: 'database migrations postgres' });
    expect(first).toEqual({
      entityType: 'agent_capability',
      entityId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      name: 'database migrations',
      agentId: 'ada',
      agentName: 'Ada',
      score: 2 / 61,
      reasons: [
        { arm: 'vector', rank: 1, similarity: expect.closeTo(1, 6) as number },
        { arm: 'lexical', rank: 1, wordScore: expect.any(Number) as number },
      ],
    });
  });
  it('counts the ranks of each arm from 1, and adds their reciprocals up', async () => {
    const results = await find({ text: 'database migrations at night', hops: 2, limit: 100 });
    for (const arm of ['vector', 'lexical', 'graph'] as const) {
      const ranks = results.flatMap((result) => reasonOf(result, arm)?.rank ?? []);
      expect(ranks.toSorted((a, b) => a - b)).toEqual(ranks.map((_, place) => place + 1));
      expect(ranks.length).toBeGreaterThan(1);
    }
    for (const { score, reasons } of results)
      expect(score).toBeCloseTo(
        reasons.reduce((sum, { rank }) => sum + 1 / (60 + rank), 0),
        12,
      );
    const scores = results.map(({ score }) => score);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    expect(new Set(results.map(({ entityType, entityId }) => entityType + entityId)).size).toBe(
      results.length,
    );
  });
  it('follows the graph as far as it is told', async () => {
    const reached = async (hops: number) => {
      const results = await find({ text: 'postgres', hops, limit: 100 });
      return results.flatMap((result) => {
        const reason = reasonOf(result, 'graph');
        return reason === undefined ? [] : [[result.entityId, reason.hops, reason.viaAgentName]];
      });
    };
    expect(await reached(0)).toEqual([['ada', 0, 'Ada']]);
    expect(await reached(1)).toEqual([
      ['ada', 0, 'Ada'],
      ['cleo', 1, 'Ada'],
    ]);
    expect(await reached(2)).toEqual([
      ['ada', 0, 'Ada'],
      ['cleo', 1, 'Ada'],
      ['dora', 2, 'Ada'],
    ]);
    const [, cleo] = (await find({ text: 'postgres', hops: 1 })).filter(
      ({ entityType }) => entityType === 'agent_profile',
    );
    expect(cleo).toMatchObject({ agentId: 'cleo', agentName: undefined, name: 'Cleo' });
    expect(reasonOf(cleo, 'graph')).toEqual({
      ...{ arm: 'graph', rank: 2, hops: 1, viaAgentName: 'Ada', confidence: 0.63 },
    });
  });
  it('finds an agent by name, first, by words and by graph', async () => {
    const [first] = await find({ text: 'Dora' });
    expect(first).toMatchObject({ entityType: 'agent_profile', entityId: 'dora', name: 'Dora' });
    expect(first?.reasons.map(({ arm }) => arm)).toEqual(['lexical', 'graph']);
  });
  it('finds a decision, which belongs to nobody', async () => {
    const [first] = await find({ text: 'jobs by priority' });
    expect(first).toMatchObject({
      entityType: 'caws_provenance',
      entityId: uuidOf('Queue jobs by priority'),
      agentId: undefined,
      agentName: undefined,
    });
  });
  it('searches by words alone when there is nothing to embed', async () => {
    const query = { text: 'ada', hops: 1, limit: 10, minSimilarity: 0.15, embedding: undefined };
    const results = await app.inTenant(tenant, (tx) => search(tx, query));
    expect(results.map(({ name }) => name)).toEqual(['Ada', 'Cleo']);
    expect(results.flatMap(({ reasons }) => reasons.map(({ arm }) => arm))).not.toContain('vector');
    expect(await find({ text: '?!' })).toEqual([]);
  });
  it('answers as many as were asked for, if there are', async () => {
    const all = await find({ text: 'database migrations soup ada', hops: 2, limit: 1000, minSimilarity: 0 });
    expect(all.length).toBeGreaterThan(6);
    for (let limit = 1; limit <= all.length; limit += 1) {
      const some = await find({ text: 'database migrations soup ada', hops: 2, limit, minSimilarity: 0 });
      expect(some).toEqual(all.slice(0, limit));
    }
  });
  it('answers the same twice', async () => {
    const query: SearchQuery = { text: 'database soup', hops: 2, limit: 100, minSimilarity: 0 };
    expect(await find(query)).toEqual(await find(query));
  });
  it.each([
    ["'"],
    ["'; drop table tenants; --"],
    ['&|!():*<->'],
    ['\\'],
    ['the of and'],
    ['\u200f\u202e'],
    ['\u{1f468}\u200d\u{1f469}\u200d\u{1f467}'],
    ['x'.repeat(10_000)],
    ['migrations & '.repeat(769)],
  ])('takes any text: %j', async (text) => {
    const results = await find({ text, limit: 50 });
    expect(results.every(({ reasons }) => reasons.length > 0)).toBe(true);
  });
  it('finds nothing in an empty tenant', async () => {
    expect(await find({ text: 'database migrations', hops: 5, minSimilarity: 0 }, empty)).toEqual([]);
  });
});

describe('search, for another tenant', () => {
  it('finds nothing of the first, even with the embedding of its row', async () => {
    const query = {
      ...{ text: decisions.join(' '), hops: 5, limit: 1000, minSimilarity: 0 },
      embedding: await embed(decisions[0] ?? ''),
    };
    const [ours, theirs] = [
      await app.inTenant(tenant, (tx) => search(tx, query)),
      await app.inTenant(other, (tx) => search(tx, query)),
    ];
    expect(labels(ours)).toContain(`caws_provenance ${decisions[0] ?? ''}`);
    expect(labels(theirs).filter((label) => !/knitting|Zoe|Ada/.test(label))).toEqual([]);
  });
  it('changes nothing for the first, whatever it has', async () => {
    const query: SearchQuery = { text: 'database migrations', hops: 2, limit: 100 };
    const before = await find(query);
    await app.inTenant(other, async (tx) => {
      await seedDecisions(tx, ['database migrations', 'Run database migrations at night']);
      await seedCapabilities(tx, [{ agentId: 'ada', name: 'database migrations', topics: ['postgres'] }]);
      await seedGroups(tx, [['ada', 'zoe']]);
    });
    expect(await find(query)).toEqual(before);
  });
});
