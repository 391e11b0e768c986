import { matching, testDatabase } from '@agent-agency/testing/vitest';
import { useApplication } from '@agent-agency/db-core/testing';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import {
  canonicalName,
  countCapabilities,
  demonstrateCapabilities,
  GraphError,
  listTopics,
  type Demonstration,
} from '../../src/index.ts';
import { demonstration, hundredths, registerAgents, uuidOf, vectorOf } from '../support/fixtures.ts';

const app = useApplication(testDatabase());

async function tenantWithAgents(...ids: string[]): Promise<string> {
  const tenant = await app.newTenant();
  await app.inTenant(tenant, (tx) => registerAgents(tx, ids));
  return tenant;
}
const demonstrate = (tenantId: string, ...given: Demonstration[]) =>
  app.inTenant(tenantId, (tx) => demonstrateCapabilities(tx, given));
const stored = (tenantId: string) =>
  app.inTenant(tenantId, (tx) =>
    tx
      .selectFrom('agent_capabilities_graph')
      .selectAll()
      .select(sql<string>`embedding::text`.as('embedding'))
      .orderBy('agent_id')
      .orderBy('canonical_name')
      .execute(),
  );
const at = (day: number) => new Date(Date.UTC(2026, 0, day));
/** What a JavaScript caller may pass, whatever the types say. */
const unchecked = (value: unknown) => value as Demonstration;

describe('demonstrateCapabilities', () => {
  it('makes a capability with the first demonstration', async () => {
    const tenant = await tenantWithAgents('a');
    const [capability] = await demonstrate(tenant, demonstration({ name: ' Type  Script', count: 3 }));
    expect(capability).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      agentId: 'a',
      canonicalName: 'type script',
    });
    await expect(stored(tenant)).resolves.toMatchObject([
      {
        tenant_id: tenant,
        id: capability?.id,
        agent_id: 'a',
        capability_type: 'TECHNOLOGY',
        capability_name: ' Type  Script',
        canonical_name: 'type script',
        demonstration_count: 3,
        first_observed: at(1),
        last_demonstrated: at(2),
        extraction_confidence: '0.95',
        confidence: '0.83',
        metadata: { topics: ['compiler'] },
      },
    ]);
  });
  it('adds counts, widens the span, and replaces topics and embedding', async () => {
    const tenant = await tenantWithAgents('a');
    const [first] = await demonstrate(tenant, demonstration({ count: 2, firstAt: at(10), lastAt: at(12) }));
    const [second] = await demonstrate(
      tenant,
      demonstration({
        name: 'TYPESCRIPT',
        type: 'CONCEPT',
        count: 5,
        firstAt: at(5),
        lastAt: at(11),
        extractionConfidence: 0.5,
        topics: ['linter', 'types'],
        embedding: vectorOf(0.25),
      }),
    );
    expect(second).toEqual(first);
    await demonstrate(
      tenant,
      demonstration({ firstAt: at(11), lastAt: at(20), topics: [], embedding: vectorOf(-0.125) }),
    );
    const [row] = await stored(tenant);
    expect(row).toMatchObject({
      capability_type: 'TECHNOLOGY',
      capability_name: 'TypeScript',
      demonstration_count: 8,
      first_observed: at(5),
      last_demonstrated: at(20),
      extraction_confidence: '0.95',
      metadata: { topics: [] },
    });
    expect(row?.embedding).toMatch(/^\[-0\.125,0,.*,1\]$/);
  });
  it('keeps metadata that is not about topics', async () => {
    const tenant = await tenantWithAgents('a');
    await demonstrate(tenant, demonstration());
    await app.inTenant(tenant, (tx) =>
      sql`update agent_capabilities_graph set metadata = metadata || '{"note": 1}'`.execute(tx),
    );
    await demonstrate(tenant, demonstration({ topics: ['x'] }));
    await expect(stored(tenant)).resolves.toMatchObject([{ metadata: { note: 1, topics: ['x'] } }]);
  });
  it('has a confidence of 0.70 + 0.30 · s / (n + 4) and a success rate of s / n, first and repeated', async () => {
    const tenant = await tenantWithAgents('a');
    const counts = [
      ...Array.from({ length: 60 }, (_, place) => place + 1),
      96,
      235,
      236,
      1000,
      2_147_483_000,
    ];
    const given = counts.flatMap((count) =>
      [...new Set([count, Math.floor(count / 3), 0])].map((successes) => ({
        name: `c${count} ${successes}`,
        count,
        successes,
      })),
    );
    const figures = async () =>
      new Map(
        (await stored(tenant)).map((row) => [
          row.capability_name,
          [Number(row.confidence), Number(row.success_rate), row.failure_count],
        ]),
      );
    /** Exactly, of integers as they are. */
    const expected = (n: number, s: number) => [
      hundredths(7 * (n + 4) + 3 * s, 10 * (n + 4)),
      Math.floor((2000 * s + n) / (2 * n)) / 1000,
      n - s,
    ];
    await demonstrate(tenant, ...given.map((row) => demonstration(row)));
    const first = await figures();
    for (const { name, count, successes } of given)
      expect(first.get(name)).toEqual(expected(count, successes));
    await demonstrate(tenant, ...given.map((row) => demonstration({ ...row, count: 3, successes: 1 })));
    const repeated = await figures();
    for (const { name, count, successes } of given)
      expect(repeated.get(name)).toEqual(expected(count + 3, successes + 1));
    expect(first.get('c4 4')).toEqual([0.85, 1, 0]);
    expect([first.get('c235 235')?.[0], first.get('c236 236')?.[0]]).toEqual([0.99, 1]);
  });
  it('counts to the greatest integer and not beyond', async () => {
    const tenant = await tenantWithAgents('a');
    await demonstrate(tenant, demonstration({ count: 2_147_483_646 }));
    await expect(demonstrate(tenant, demonstration({ count: 2 }))).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: matching(/2,147,483,647/),
    });
    await demonstrate(tenant, demonstration({ count: 1 }));
    await expect(stored(tenant)).resolves.toMatchObject([{ demonstration_count: 2_147_483_647 }]);
  });
  it('joins source tasks, each once, and keeps an embedding that is not given again', async () => {
    const tenant = await tenantWithAgents('a');
    const tasks = [1, 2, 3].map(uuidOf);
    const [one = '', two = '', three = ''] = tasks;
    await demonstrate(tenant, demonstration({ sourceTasks: [two, two, one] }));
    await demonstrate(tenant, demonstration({ sourceTasks: [one, three], embedding: undefined }));
    const [row] = await stored(tenant);
    expect(row?.source_tasks).toEqual([two, one, three]);
    expect(row?.embedding).toMatch(/^\[0\.5,/);
  });
  it('stores many in one call, one result for each', async () => {
    const tenant = await tenantWithAgents('a', 'b', 'c');
    const given = ['a', 'b', 'c'].flatMap((agentId) =>
      Array.from({ length: 200 }, (_, place) =>
        demonstration({ agentId, name: `Skill ${place}`, count: place + 1 }),
      ),
    );
    await demonstrate(tenant, ...given.slice(0, 100));
    const results = await demonstrate(tenant, ...given);
    expect(new Set(results.map((result) => result.id)).size).toBe(600);
    expect(results.map(({ agentId, canonicalName }) => `${agentId} ${canonicalName}`).toSorted()).toEqual(
      given.map(({ agentId, name }) => `${agentId} ${name.toLowerCase()}`).toSorted(),
    );
    const byId = new Map(
      (await stored(tenant)).map((row) => [row.id, `${row.agent_id} ${row.canonical_name}`]),
    );
    for (const { id, agentId, canonicalName } of results)
      expect(byId.get(id)).toBe(`${agentId} ${canonicalName}`);
  });
  it('does nothing for an empty list', async () => {
    const tenant = await tenantWithAgents('a');
    await expect(demonstrate(tenant)).resolves.toEqual([]);
  });
  it('refuses a capability of an agent that occurs twice, and says where', async () => {
    const tenant = await tenantWithAgents('a', 'b');
    const refused = demonstrate(
      tenant,
      demonstration({ name: 'TypeScript' }),
      demonstration({ agentId: 'b', name: 'typescript' }),
      demonstration({ name: ' ＴｙｐｅＳｃｒｉｐｔ ' }),
    );
    await expect(refused).rejects.toThrow(GraphError);
    await expect(refused).rejects.toMatchObject({ code: 'INVALID_INPUT', message: matching(/2: repeats 0/) });
    await expect(stored(tenant)).resolves.toEqual([]);
  });
  it('lists every problem, without the values', async () => {
    const tenant = await tenantWithAgents('a');
    const error: unknown = await demonstrate(
      tenant,
      demonstration({ name: 'secret'.repeat(100), count: 0 }),
      unchecked(null),
      demonstration({ embedding: vectorOf(NaN), extractionConfidence: 2 }),
    ).catch((reason: unknown) => reason);
    const { message } = error as Error;
    for (const path of ['0.name', '0.count', '1:', '2.embedding', '2.extractionConfidence'])
      expect(message).toContain(path);
    expect(message).not.toContain('secret');
    await expect(stored(tenant)).resolves.toEqual([]);
  });
  it('takes every confidence of two decimals', async () => {
    const tenant = await tenantWithAgents('a');
    const all = Array.from({ length: 101 }, (_, place) => place / 100);
    await demonstrate(
      tenant,
      ...all.map((value) => demonstration({ name: `c${value}`, extractionConfidence: value })),
    );
    for (const row of await stored(tenant))
      expect(`c${Number(row.extraction_confidence)}`).toBe(row.canonical_name);
  });
  it('stores vectors bit by bit', async () => {
    const tenant = await tenantWithAgents('a');
    // As large as a length allows: the squares of 768 of them are added up in single precision.
    const values = [0.1, -0, 1e-45, 1.2345678e17, -1.1754943508222875e-38, 1 / 3, Math.PI];
    const embedding = new Float32Array(768).map((_, place) => values[place % values.length] ?? 0);
    await demonstrate(tenant, demonstration({ embedding }));
    const [row] = await stored(tenant);
    // The shortest and the longest that the schema takes.
    for (const length of [1.01e-18, 9.9e18])
      await demonstrate(
        tenant,
        demonstration({ name: 'edge', embedding: vectorOf(0).map((x) => x * length) }),
      );
    expect(Float32Array.from(JSON.parse(row?.embedding ?? '[]') as number[]).map((x) => x + 0)).toEqual(
      embedding.map((x) => x + 0),
    );
  });
  it.each([
    ['of 500 wide letters', '界'.repeat(500)],
    ['written from right to left', 'עברית \u202eabc'],
    ['with zero-width characters', 'a\u200bb\u200d\ufeffc'],
    ['with quotes and braces', `{"a",'b',\\}; drop table x; --`],
    ['called NULL', 'NULL'],
    ['with emoji', '👩‍🔬 science'],
    ['with İ and Σ', 'İΣ ΑΣ'],
  ])('stores a name %s', async (_what, name) => {
    const tenant = await tenantWithAgents('a');
    const [result] = await demonstrate(tenant, demonstration({ name }));
    await expect(stored(tenant)).resolves.toMatchObject([
      { id: result?.id, capability_name: name, canonical_name: canonicalName(name) },
    ]);
    expect(result?.canonicalName).toBe(canonicalName(name));
    await demonstrate(tenant, demonstration({ name }));
    await expect(stored(tenant)).resolves.toMatchObject([{ demonstration_count: 2 }]);
  });
  it('stores a name with letters of a Unicode version that the server does not know', async () => {
    const tenant = await tenantWithAgents('a');
    // Garay (Unicode 16) has capital letters, PostgreSQL 17 (Unicode 15.1) does not have Garay.
    const given = [demonstration({ name: '\u{10d50} GARAY' })];
    const results = await demonstrate(tenant, ...given);
    expect(results).toEqual([
      { id: expect.any(String) as string, agentId: 'a', canonicalName: canonicalName('\u{10d50} GARAY') },
    ]);
    await expect(demonstrate(tenant, ...given)).resolves.toEqual(results);
  });
  it('keeps names apart that only look alike', async () => {
    const tenant = await tenantWithAgents('a');
    const results = await demonstrate(
      tenant,
      ...['ab', 'a\u200bb', 'аb', 'a b'].map((name) => demonstration({ name })),
    );
    expect(new Set(results.map((result) => result.id)).size).toBe(4);
  });
  it('refuses an agent that is not registered', async () => {
    const tenant = await tenantWithAgents('a');
    await expect(demonstrate(tenant, demonstration(), demonstration({ agentId: 'b' }))).rejects.toMatchObject(
      {
        name: 'GraphError',
        code: 'AGENT_NOT_FOUND',
        message: matching(/agentId of 1\)/),
      },
    );
    await expect(stored(tenant)).resolves.toEqual([]);
  });
  it('refuses an agent that goes at the same moment', async () => {
    const tenant = await tenantWithAgents('a');
    let deleted = (): void => undefined;
    const isDeleted = new Promise<void>((resolve) => (deleted = resolve));
    const going = app.inTenant(tenant, async (tx) => {
      await tx.deleteFrom('agent_profiles').where('id', '=', 'a').execute();
      deleted();
      const waiting = sql`select from pg_locks where not granted and locktype = 'transactionid'`;
      while ((await waiting.execute(tx)).rows.length === 0);
    });
    await isDeleted;
    await expect(demonstrate(tenant, demonstration())).rejects.toMatchObject({ code: 'AGENT_NOT_FOUND' });
    await going;
  });
  it("refuses another tenant's agent, and keeps equal capabilities of two tenants apart", async () => {
    const one = await tenantWithAgents('a', 'only-here');
    const other = await tenantWithAgents('a');
    await expect(demonstrate(other, demonstration({ agentId: 'only-here' }))).rejects.toMatchObject({
      code: 'AGENT_NOT_FOUND',
    });
    await demonstrate(one, demonstration({ count: 5 }));
    await demonstrate(other, demonstration({ count: 2 }));
    await expect(stored(one)).resolves.toMatchObject([{ tenant_id: one, demonstration_count: 5 }]);
    await expect(stored(other)).resolves.toMatchObject([{ tenant_id: other, demonstration_count: 2 }]);
  });
  it('loses none of concurrent demonstrations of the same capabilities, whatever their order', async () => {
    const tenant = await tenantWithAgents('a', 'b');
    const given = (successes: number) =>
      ['a', 'b'].flatMap((agentId) =>
        Array.from({ length: 25 }, (_, place) =>
          demonstration({ agentId, name: `Skill ${place}`, successes }),
        ),
      );
    await Promise.all(
      Array.from({ length: 8 }, (_, caller) =>
        demonstrate(tenant, ...(caller % 2 ? given(1) : given(0).toReversed())),
      ),
    );
    const rows = await stored(tenant);
    expect(rows).toHaveLength(50);
    for (const row of rows)
      expect(row).toMatchObject({ demonstration_count: 8, failure_count: 4, confidence: '0.80' });
  });
});

describe('listTopics', () => {
  it('lists the topics of the capabilities that are there, each once', async () => {
    const tenant = await tenantWithAgents('a', 'b');
    await demonstrate(
      tenant,
      demonstration({ topics: ['x', 'y'] }),
      demonstration({ name: 'İ Σ', topics: [] }),
      demonstration({ agentId: 'b', topics: ['z'] }),
    );
    const key = (agentId: string, name: string) => ({ agentId, canonicalName: canonicalName(name) });
    const keys = [
      key('a', 'TypeScript'),
      key('a', 'TypeScript'),
      key('a', 'İ Σ'),
      key('b', 'Rust'),
      key('c', 'TypeScript'),
    ];
    const topics = await app.inTenant(tenant, (tx) => listTopics(tx, keys));
    expect(topics.toSorted((x, y) => y.topics.length - x.topics.length)).toEqual([
      { agentId: 'a', canonicalName: 'typescript', topics: ['x', 'y'] },
      { agentId: 'a', canonicalName: canonicalName('İ Σ'), topics: [] },
    ]);
  });
  it('lists nothing for no keys, and no topics of a capability without any', async () => {
    const tenant = await tenantWithAgents('a');
    await app.inTenant(tenant, (tx) =>
      sql`
        insert into agent_capabilities_graph (tenant_id, agent_id, capability_name, canonical_name, confidence, extraction_confidence)
        values (${tenant}, 'a', 'Bare', 'bare', 0.8, 0.8)
      `.execute(tx),
    );
    await expect(app.inTenant(tenant, (tx) => listTopics(tx, []))).resolves.toEqual([]);
    await expect(
      app.inTenant(tenant, (tx) => listTopics(tx, [{ agentId: 'a', canonicalName: 'bare' }])),
    ).resolves.toEqual([{ agentId: 'a', canonicalName: 'bare', topics: [] }]);
  });
  it('refuses keys that no capability can have', async () => {
    const tenant = await tenantWithAgents('a');
    await expect(
      app.inTenant(tenant, (tx) => listTopics(tx, [{ agentId: 'a\0', canonicalName: '\ud800' }])),
    ).rejects.toMatchObject({ code: 'INVALID_INPUT', message: matching(/0\.agentId.*0\.canonicalName/) });
  });
  it("does not list another tenant's topics", async () => {
    const one = await tenantWithAgents('a');
    const other = await tenantWithAgents('a');
    await demonstrate(one, demonstration());
    const keys = [{ agentId: 'a', canonicalName: 'typescript' }];
    await expect(app.inTenant(one, (tx) => listTopics(tx, keys))).resolves.toHaveLength(1);
    await expect(app.inTenant(other, (tx) => listTopics(tx, keys))).resolves.toEqual([]);
  });
});

describe('countCapabilities', () => {
  it("counts the tenant's capabilities by type", async () => {
    const one = await tenantWithAgents('a');
    const other = await tenantWithAgents('a');
    await demonstrate(
      one,
      demonstration({ name: '1', type: 'CONCEPT' }),
      demonstration({ name: '2', type: 'CONCEPT' }),
      demonstration({ name: '3', type: 'GATE' }),
    );
    await expect(app.inTenant(one, countCapabilities)).resolves.toEqual({ CONCEPT: 2, GATE: 1 });
    await expect(app.inTenant(other, countCapabilities)).resolves.toEqual({});
  });
});
