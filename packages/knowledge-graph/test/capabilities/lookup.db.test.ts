import { explainStatements, useApplication } from '@agent-agency/db-core/testing';
import { settlePlans, withSession } from '@agent-agency/testing';
import { matching, testDatabase } from '@agent-agency/testing/vitest';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  addCapabilityAliases,
  demonstrateCapabilities,
  findCapability,
  getCapability,
  listCapabilities,
  rejectCapability,
  removeCapabilityAliases,
  reopenCapability,
  validateCapability,
  type Capability,
  type CapabilityPage,
} from '../../src/index.ts';
import { encodePage } from '../../src/page.ts';
import { demonstration, registerAgents, uuidOf } from '../support/fixtures.ts';

const app = useApplication(testDatabase());
const HOSTILE = ['\u202eabc', 'a\u200bb\u200d\ufeffc', `{"a",'b',\\}; --`, 'NULL', '界'.repeat(500), 'İΣ'];
let tenant = '';
let other = '';

/** Two tenants with the same agents and the same capabilities: three agents, 40 each, and names that hurt. */
beforeAll(async () => {
  [tenant = '', other = ''] = await app.newTenants(2);
  const given = ['a', 'b', 'c'].flatMap((agentId, agent) =>
    Array.from({ length: 40 }, (_, place) =>
      demonstration({
        agentId,
        name: `Skill ${place}`,
        type: place % 2 === 0 ? 'CONCEPT' : 'TECHNOLOGY',
        count: place + 1,
        successes: agent === 0 ? place + 1 : 0,
      }),
    ),
  );
  for (const id of [tenant, other]) {
    await app.inTenant(id, async (tx) => {
      await registerAgents(tx, ['a', 'b', 'c', 'hostile', 'named']);
      await demonstrateCapabilities(tx, given);
      await demonstrateCapabilities(
        tx,
        HOSTILE.map((name) => demonstration({ agentId: 'hostile', name })),
      );
    });
  }
});

const inTenant: typeof app.inTenant = (id, work) => app.inTenant(id, work);
const idOf = async (name: string, agentId = 'a', of = tenant): Promise<string> =>
  (await inTenant(of, (tx) => findCapability(tx, { agentId, name })))?.id ?? '';
const named = (name: string): Promise<string> =>
  inTenant(tenant, async (tx) => {
    const [stored] = await demonstrateCapabilities(tx, [demonstration({ agentId: 'named', name })]);
    return stored?.id ?? '';
  });

describe('getCapability and findCapability', () => {
  it('answer everything but the vector', async () => {
    const id = await idOf('skill 3', 'b');
    const found = await inTenant(tenant, (tx) => getCapability(tx, id));
    expect(found).toEqual({
      ...{ id, agentId: 'b', canonicalName: 'skill 3', type: 'TECHNOLOGY', name: 'Skill 3', aliases: [] },
      ...{ topics: ['compiler'], demonstrationCount: 4, successCount: 0, successRate: 0, confidence: 0.7 },
      ...{ extractionConfidence: 0.95, sourceTasks: [], hasEmbedding: true, metadata: {} },
      ...{ firstAt: new Date('2026-01-01'), lastAt: new Date('2026-01-02') },
      updatedAt: expect.any(Date) as Date,
      validation: { status: 'unvalidated', by: undefined, reason: undefined, at: undefined },
    });
    await expect(idOf('SKILL\u00a03', 'b')).resolves.toBe(id);
  });
  it.each(HOSTILE)('find a capability that is called %j', async (name) => {
    const found = await inTenant(tenant, (tx) => findCapability(tx, { agentId: 'hostile', name }));
    expect(found?.name).toBe(name);
  });
  it('do not see what is not there, or is another tenant’s', async () => {
    await expect(idOf('skill 40')).resolves.toBe('');
    await expect(idOf('skill 1', 'nobody')).resolves.toBe('');
    const foreign = await idOf('skill 1', 'a', other);
    for (const id of [uuidOf(7), foreign])
      await expect(inTenant(tenant, (tx) => getCapability(tx, id))).rejects.toMatchObject({
        name: 'GraphError',
        code: 'CAPABILITY_NOT_FOUND',
      });
  });
  it.each([
    ['10 kB', 'n'.repeat(10_240)],
    ['NUL', '\0'],
    ['nothing but blanks', ' \u3000'],
  ])('refuse a name of %s', async (_what, name) => {
    await expect(inTenant(tenant, (tx) => findCapability(tx, { agentId: 'a', name }))).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
  });
});

describe('listCapabilities', () => {
  const keyOf = ({ agentId, canonicalName }: Capability) => `${agentId} ${canonicalName}`;
  async function pages(page: CapabilityPage): Promise<Capability[][]> {
    const all: Capability[][] = [];
    for (let after: string | undefined, more = true; more; more = after !== undefined) {
      const found = await inTenant(tenant, (tx) =>
        listCapabilities(tx, after === undefined ? page : { ...page, after }),
      );
      all.push(found.capabilities);
      after = found.next;
    }
    return all;
  }
  it('pages through all of them once, also when they are demonstrated meanwhile', async () => {
    const first = await inTenant(tenant, (tx) => listCapabilities(tx, { agentId: 'c', limit: 15 }));
    await inTenant(tenant, (tx) =>
      demonstrateCapabilities(
        tx,
        first.capabilities.map(({ name }) => demonstration({ agentId: 'c', name })),
      ),
    );
    const rest = await inTenant(tenant, (tx) =>
      listCapabilities(tx, { agentId: 'c', limit: 25, after: first.next }),
    );
    expect(rest.next).toBeUndefined();
    const keys = [...first.capabilities, ...rest.capabilities].map(keyOf);
    expect(keys).toHaveLength(40);
    expect(new Set(keys).size).toBe(40);
    await expect(pages({ agentId: 'c', limit: 7 })).resolves.toHaveLength(6);
    const everything = (await pages({ limit: 1000 })).flat();
    expect(everything.length).toBeGreaterThanOrEqual(126);
  });
  it('filters by each of its conditions, as a naive filter does', async () => {
    const rejected = await idOf('skill 11');
    await inTenant(tenant, (tx) => rejectCapability(tx, { capabilityId: rejected, by: 'ann' }));
    const everything = (await pages({ limit: 1000 })).flat();
    const ask = async (page: CapabilityPage) => (await pages({ limit: 9, ...page })).flat().map(keyOf);
    const naive = (fits: (of: Capability) => boolean) => everything.filter(fits).map(keyOf);
    await expect(ask({ agentId: 'b' })).resolves.toEqual(naive((of) => of.agentId === 'b'));
    await expect(ask({ type: 'CONCEPT' })).resolves.toEqual(naive((of) => of.type === 'CONCEPT'));
    await expect(ask({ minConfidence: 0.85 })).resolves.toEqual(naive((of) => of.confidence >= 0.85));
    await expect(ask({ validationStatus: 'rejected' })).resolves.toEqual(['a skill 11']);
    await expect(ask({ name: ' SKILL  11' })).resolves.toEqual(['a', 'b', 'c'].map((id) => `${id} skill 11`));
    await expect(
      ask({ agentId: 'a', type: 'TECHNOLOGY', minConfidence: 0.9, validationStatus: 'unvalidated' }),
    ).resolves.toEqual(
      naive(
        (of) =>
          of.agentId === 'a' &&
          of.type === 'TECHNOLOGY' &&
          of.confidence >= 0.9 &&
          of.validation.status === 'unvalidated',
      ),
    );
  });
  it.each([
    ['a limit of 0', { limit: 0 }, /limit/],
    ['a limit of 1001', { limit: 1001 }, /limit/],
    ['a confidence of NaN', { minConfidence: NaN }, /minConfidence/],
    ['a place that no page said', { after: '["a"]' }, /after: must be `next` of a page of the same list/],
    ['a place that is no JSON', { after: '{' }, /after/],
    ['an unknown field', { size: 1 }, /size/],
  ] as [string, CapabilityPage, RegExp][])('refuses %s', async (_what, page, message) => {
    await expect(inTenant(tenant, (tx) => listCapabilities(tx, page))).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: matching(message),
    });
  });
  it('reaches a page, and an alias, by an index', async () => {
    await withSession(app.database.url, (session) => settlePlans(session));
    const indexesOf = (page: CapabilityPage) =>
      inTenant(tenant, async (tx) => {
        const plans = await explainStatements(tx, () => listCapabilities(tx, page));
        return plans.at(-1)?.flatMap((node) => node['Index Name'] ?? []);
      });
    const after = encodePage(['b', 'skill 2']);
    await expect(indexesOf({ limit: 10, after })).resolves.toEqual(['unique_agent_capability']);
    const nodes = await inTenant(tenant, async (tx) => {
      const plans = await explainStatements(tx, () => demonstrateCapabilities(tx, [demonstration()]));
      return plans.flat();
    });
    expect(nodes.map((node) => node['Index Name'])).toContain('idx_capabilities_aliases');
  });
});

describe('validateCapability, rejectCapability, reopenCapability', () => {
  it('keep who decided, why and when, and the last one counts', async () => {
    const capabilityId = await named('judged');
    const validated = await inTenant(tenant, (tx) =>
      validateCapability(tx, { capabilityId, by: 'ann', reason: 'seen in review' }),
    );
    const at = expect.any(Date) as Date;
    expect(validated.validation).toEqual({ status: 'validated', by: 'ann', reason: 'seen in review', at });
    await inTenant(tenant, (tx) => rejectCapability(tx, { capabilityId, by: 'bob' }));
    const rejected = await inTenant(tenant, (tx) => getCapability(tx, capabilityId));
    expect(rejected.validation).toEqual({ status: 'rejected', by: 'bob', reason: undefined, at });
    const reopened = await inTenant(tenant, (tx) =>
      reopenCapability(tx, { capabilityId, by: 'cleo', reason: 'ask again' }),
    );
    expect(reopened.validation).toMatchObject({ status: 'unvalidated', by: 'cleo' });
  });
  it('let a rejected capability be counted on, and stay rejected and out of every search', async () => {
    const capabilityId = await named('rejected thing');
    const searched = () =>
      inTenant(tenant, async (tx) => {
        const { rows } = await sql<{ id: string }>`
          select id::text from hybrid_search_index where tenant_id = ${tx.tenantId} and id = ${capabilityId}::text
        `.execute(tx);
        return rows.length;
      });
    const summed = () =>
      inTenant(tenant, async (tx) => {
        const { rows } = await sql<{ n: number }>`
          select capability_count::integer as n from agent_capability_summary
          where tenant_id = ${tx.tenantId} and agent_id = 'named'
        `.execute(tx);
        return rows[0]?.n ?? 0;
      });
    const before = await summed();
    await expect(searched()).resolves.toBe(1);
    await inTenant(tenant, (tx) => rejectCapability(tx, { capabilityId, by: 'ann', reason: 'a typo' }));
    await expect(named('Rejected Thing')).resolves.toBe(capabilityId);
    await expect(inTenant(tenant, (tx) => getCapability(tx, capabilityId))).resolves.toMatchObject({
      demonstrationCount: 2,
      validation: { status: 'rejected', by: 'ann', reason: 'a typo' },
    });
    await expect(searched()).resolves.toBe(0);
    await expect(summed()).resolves.toBe(before - 1);
  });
  it('refuse bad input, and another tenant’s capability', async () => {
    const foreign = await idOf('skill 1', 'a', other);
    const decide = (capabilityId: string, by = 'ann', reason?: string) =>
      inTenant(tenant, (tx) =>
        validateCapability(tx, { capabilityId, by, ...(reason !== undefined && { reason }) }),
      );
    await expect(decide(foreign)).rejects.toMatchObject({ code: 'CAPABILITY_NOT_FOUND' });
    await expect(decide('x', '', '\0')).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: matching(/capabilityId.*by.*reason/),
    });
    const untouched = await inTenant(other, (tx) => getCapability(tx, foreign));
    expect(untouched.validation.status).toBe('unvalidated');
  });
});

describe('addCapabilityAliases and removeCapabilityAliases', () => {
  const add = (capabilityId: string, ...aliases: string[]) =>
    inTenant(tenant, (tx) => addCapabilityAliases(tx, { capabilityId, aliases }));
  const remove = (capabilityId: string, ...aliases: string[]) =>
    inTenant(tenant, (tx) => removeCapabilityAliases(tx, { capabilityId, aliases }));
  it('keep an alias once, whatever its spelling, and find the capability by it', async () => {
    const id = await named('JavaScript');
    const once = await add(id, 'JS', ' js ', 'ＥＣＭＡＳｃｒｉｐｔ', 'javascript', 'Cafe\u0301 script');
    expect(once.aliases.toSorted()).toEqual(['Cafe\u0301 script', 'JS', 'ＥＣＭＡＳｃｒｉｐｔ']);
    await expect(add(id, 'Js')).resolves.toMatchObject({ aliases: once.aliases });
    for (const name of ['jS', 'ecmascript', 'CAF\u00c9 SCRIPT', 'javascript'])
      await expect(idOf(name, 'named')).resolves.toBe(id);
    await expect(idOf('js', 'a')).resolves.toBe('');
    expect((await remove(id, 'js', 'EcmaScript', 'café script', 'unknown')).aliases).toEqual([]);
    await expect(idOf('js', 'named')).resolves.toBe('');
  });
  it('count demonstrations under an alias for the capability, together with those under its name', async () => {
    const id = await named('PostgreSQL');
    await add(id, 'Postgres', 'pg');
    const given = ['postgres', 'PG', 'PostgreSQL', 'unrelated'].map((name, place) =>
      demonstration({ agentId: 'named', name, count: 10 ** place, successes: 1, topics: [name] }),
    );
    const results = await inTenant(tenant, (tx) => demonstrateCapabilities(tx, given));
    expect(results.map((row) => row.id === id)).toEqual([true, true, true, false]);
    expect(results.map((row) => row.canonicalName)).toEqual(['postgres', 'pg', 'postgresql', 'unrelated']);
    await expect(inTenant(tenant, (tx) => getCapability(tx, id))).resolves.toMatchObject({
      ...{ name: 'PostgreSQL', demonstrationCount: 112, successCount: 4, topics: ['PostgreSQL'] },
    });
  });
  it('refuse what is another capability of the agent, and say which', async () => {
    const [one, two] = [await named('Kubernetes'), await named('Docker')];
    await add(two, 'Containers');
    for (const [alias, place] of [
      ['docker', 1],
      ['CONTAINERS', 1],
    ] as const) {
      await expect(add(one, 'K8s', alias)).rejects.toMatchObject({
        ...{ code: 'ALIAS_TAKEN', details: { capabilityId: two } },
        message: matching(new RegExp(`aliases\\.${place}`)),
      });
    }
    await expect(inTenant(tenant, (tx) => getCapability(tx, one))).resolves.toMatchObject({ aliases: [] });
    await expect(add(one, 'skill 1')).resolves.toMatchObject({ aliases: ['skill 1'] });
  });
  it('refuse bad input and unknown capabilities', async () => {
    await expect(add(uuidOf(1), 'x')).rejects.toMatchObject({ code: 'CAPABILITY_NOT_FOUND' });
    await expect(remove(await idOf('skill 1', 'a', other), 'x')).rejects.toMatchObject({
      code: 'CAPABILITY_NOT_FOUND',
    });
    await expect(add('x', ' ', 'n'.repeat(501))).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: matching(/capabilityId.*aliases\.0.*aliases\.1/),
    });
  });
  it('give a name to one of those who ask for it at the same moment', async () => {
    const ids = [await named('Concurrent 1'), await named('Concurrent 2')];
    const outcomes = await Promise.allSettled([
      ...[...ids, ...ids].map((id) => add(id, 'Wanted')),
      ...Array.from({ length: 4 }, () => named('wanted')),
    ]);
    // Whoever comes first has it: it is one capability's name or alias, whether demonstrated or added.
    const owners = await inTenant(tenant, async (tx) => {
      const { rows } = await sql<{ n: number }>`
        select count(*)::integer as n from agent_capabilities_graph
        where tenant_id = ${tx.tenantId} and agent_id = 'named' and (canonical_name = 'wanted' or 'Wanted' = any(aliases))
      `.execute(tx);
      return rows[0]?.n;
    });
    expect(owners).toBe(1);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'ALIAS_TAKEN' });
  });
});
