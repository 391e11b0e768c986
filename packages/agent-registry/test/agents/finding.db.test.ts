import { matching } from '@agent-agency/testing/vitest';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  adjustLoad,
  archiveStaleAgents,
  getAgent,
  getRegistryStatistics,
  listAgents,
  putAgents,
  putLoad,
  queryAgents,
  recordActivity,
  recordPerformance,
  updateAgent,
  type AgentPage,
  type AgentQuery,
} from '../../src/index.ts';
import { agent, unchecked, useRegistry } from '../support/use-registry.ts';

const { newTenant, register, run, unseenFor } = useRegistry(24);
const statusOf = (tenant: string, id: string) => run(tenant, async (tx) => (await getAgent(tx, id)).status);

describe('listAgents', () => {
  let tenant = '';
  const list = (page?: AgentPage) =>
    run(tenant, async (tx) => (await listAgents(tx, page)).agents.map(({ id }) => id));
  beforeAll(async () => {
    tenant = newTenant();
    await register(
      tenant,
      agent('a'),
      agent('b', { modelFamily: 'gpt' }),
      agent('c', { status: 'inactive' }),
      agent('d', { capacity: 1 }),
      agent('e'),
    );
    await register(newTenant(), agent('foreign'));
    await run(tenant, async (tx) => {
      await adjustLoad(tx, 'd', { active: 1 });
      await putAgents(tx, [{ id: 'f', name: 'F', modelFamily: 'human', lastActiveAt: new Date() }]);
      await updateAgent(tx, 'e', { status: 'archived' });
    });
    await unseenFor(tenant, '20 years', 'b');
  });

  it('lists all, in the order of their ids, page by page', async () => {
    const pages: string[][] = [];
    let after: string | undefined;
    do {
      const page = await run(tenant, (tx) => listAgents(tx, { limit: 2, ...(after && { after }) }));
      pages.push(page.agents.map(({ id }) => id));
      after = page.next;
    } while (after !== undefined);
    expect(pages).toEqual([
      ['a', 'b'],
      ['c', 'd'],
      ['e', 'f'],
    ]);
  });
  it.each<[AgentPage, string[]]>([
    [{ status: 'active' }, ['a', 'b', 'd', 'f']],
    [{ status: 'archived' }, ['e']],
    [{ modelFamily: 'gpt' }, ['b']],
    [{ modelFamily: 'nobody' }, []],
    [{ available: true }, ['a']],
    [{ available: false }, ['b', 'c', 'd', 'e', 'f']],
    [{ activeSince: new Date('2020-01-01') }, ['a', 'c', 'd', 'e', 'f']],
    [{ status: 'active', activeSince: new Date('2020-01-01'), after: 'a' }, ['d', 'f']],
    [{ after: 'f' }, []],
  ])('lists %j', async (page, ids) => {
    await expect(list(page)).resolves.toEqual(ids);
  });
  it('calls available whom the view of that name shows', async () => {
    const shown = await run(tenant, (tx) => sql<{ id: string }>`select id from available_agents`.execute(tx));
    expect(shown.rows.map(({ id }) => id)).toEqual(await list({ available: true }));
  });
  it.each<[string, unknown]>([
    ['status', { status: 'gone' }],
    ['limit', { limit: 0 }],
    ['limit', { limit: 1001 }],
    ['limit', { limit: Number.NaN }],
    ['activeSince', { activeSince: new Date(Number.NaN) }],
    ['after', { after: '' }],
    ['extra', { extra: 1 }],
  ])('refuses a wrong %s', async (what, page) => {
    const refused = run('nobody', (tx) => listAgents(tx, unchecked(page)));
    await expect(refused).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: matching(new RegExp(what)),
    });
  });
});

describe('queryAgents', () => {
  let tenant = '';
  const query = (given?: AgentQuery) =>
    run(tenant, async (tx) => (await queryAgents(tx, given)).map(({ id }) => id));
  /** Success rates: a 0.9, b 0.9 and busy, c 0.8 that is assumed, d 0.5; e is not active, f was never registered. */
  beforeAll(async () => {
    tenant = newTenant();
    const can = (id: string, languages: string[], ...taskTypes: string[]) =>
      agent(id, { capacity: 10, capabilities: { languages, taskTypes } });
    await register(
      tenant,
      can('a', ['sql'], 'research'),
      can('b', ['sql', 'c'], 'research', 'code-review'),
      can('c', ['c'], 'code-review'),
      can('d', ['sql', 'c'], 'research'),
      can('e', ['sql', 'c'], 'research'),
    );
    const other = newTenant();
    await register(other, can('foreign', ['sql', 'c'], 'research'));
    await run(tenant, async (tx) => {
      const event = (agentId: string, successes: number) =>
        Array.from({ length: 10 }, (_, at) => ({
          agentId,
          success: at < successes,
          quality: 1,
          latencyMs: 1,
        }));
      await recordPerformance(tx, [...event('a', 9), ...event('b', 9), ...event('d', 5)]);
      await adjustLoad(tx, 'b', { active: 5 });
      await updateAgent(tx, 'e', { status: 'inactive' });
      await putAgents(tx, [{ id: 'f', name: 'F', modelFamily: 'human', lastActiveAt: new Date() }]);
      await updateAgent(tx, 'f', { capabilities: { add: { languages: ['sql'] } } });
    });
  });

  it.each<[AgentQuery, string[]]>([
    [{}, ['a', 'b', 'c', 'd', 'f']],
    [{ orderBy: 'load' }, ['a', 'c', 'd', 'f', 'b']],
    [{ limit: 2 }, ['a', 'b']],
    [{ allOf: { languages: ['sql'] } }, ['a', 'b', 'd', 'f']],
    [{ allOf: { languages: ['sql', 'c'] } }, ['b', 'd']],
    [{ allOf: { languages: ['sql', 'sql'] } }, ['a', 'b', 'd', 'f']],
    [{ allOf: { languages: ['sql'], taskTypes: ['code-review'] } }, ['b']],
    [{ anyOf: { languages: ['c'], taskTypes: ['research'] } }, ['a', 'b', 'c', 'd']],
    [{ allOf: { languages: ['sql'] }, anyOf: { languages: ['c'], taskTypes: ['code-review'] } }, ['b', 'd']],
    [{ allOf: { specializations: ['sql'] } }, []],
    [{ allOf: { languages: ['SQL'] } }, []],
    [{ minSuccessRate: 0.9 }, ['a', 'b']],
    [{ minSuccessRate: 0.9001 }, []],
    [{ maxUtilizationPercent: 49.99 }, ['a', 'c', 'd', 'f']],
    [{ maxUtilizationPercent: 50, minSuccessRate: 0.8 }, ['a', 'b', 'c']],
    [{ available: true }, ['a', 'b', 'c', 'd']],
    [{ status: 'inactive' }, ['e']],
  ])('finds for %j the best first', async (given, ids) => {
    await expect(query(given)).resolves.toEqual(ids);
  });
  it.each<[string, unknown]>([
    ['minSuccessRate', { minSuccessRate: 0.12345 }],
    ['minSuccessRate', { minSuccessRate: Number.NaN }],
    ['minSuccessRate', { minSuccessRate: -0.1 }],
    ['maxUtilizationPercent', { maxUtilizationPercent: 12.345 }],
    ['maxUtilizationPercent', { maxUtilizationPercent: 101 }],
    ['allOf', { allOf: { languages: [''] } }],
    ['anyOf', { anyOf: { colours: ['red'] } }],
    ['orderBy', { orderBy: 'name; drop table agent_profiles' }],
  ])('refuses a wrong %s', async (what, given) => {
    const refused = run('nobody', (tx) => queryAgents(tx, unchecked(given)));
    await expect(refused).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: matching(new RegExp(what)),
    });
  });
});

describe('recordActivity', () => {
  it('moves lastActiveAt forward, brings archived agents back, and leaves inactive ones inactive', async () => {
    const tenant = newTenant();
    await register(tenant, agent('a'), agent('archived'), agent('inactive'));
    const ids = ['a', 'archived', 'inactive'];
    await run(tenant, async (tx) => {
      await updateAgent(tx, 'archived', { status: 'archived' });
      await updateAgent(tx, 'inactive', { status: 'inactive' });
    });
    await unseenFor(tenant, '2 minutes', ...ids);
    const before = Date.now() - 60_000;
    await run(tenant, (tx) => recordActivity(tx, [...ids, 'a']));
    const { agents } = await run(tenant, (tx) => listAgents(tx));
    expect(agents.map(({ status }) => status)).toEqual(['active', 'active', 'inactive']);
    for (const { lastActiveAt } of agents) expect(lastActiveAt.getTime()).toBeGreaterThan(before);
  });
  it('does not write again within a minute, but for an archived agent', async () => {
    const tenant = newTenant();
    await register(tenant, agent('a'), agent('b'));
    await unseenFor(tenant, '30 seconds', 'a', 'b');
    await run(tenant, (tx) => updateAgent(tx, 'b', { status: 'archived' }));
    const seen = () =>
      run(tenant, async (tx) => {
        const { agents } = await listAgents(tx);
        return agents.map(({ lastActiveAt }) => lastActiveAt.getTime());
      });
    const [a, b] = await seen();
    await run(tenant, (tx) => recordActivity(tx, ['a', 'b']));
    const after = await seen();
    expect(after[0]).toBe(a);
    expect(after[1]).toBeGreaterThan(b ?? Infinity);
    await expect(statusOf(tenant, 'b')).resolves.toBe('active');
  });
  it('refuses all where the tenant does not have one', async () => {
    const [tenant, other] = [newTenant(), newTenant()];
    await register(tenant, agent('a'));
    await register(other, agent('theirs'));
    await unseenFor(tenant, '1 hour', 'a');
    const { lastActiveAt } = await run(tenant, (tx) => getAgent(tx, 'a'));
    await run(tenant, async (tx) => {
      await expect(recordActivity(tx, ['a', 'theirs'])).rejects.toMatchObject({ code: 'AGENT_NOT_FOUND' });
      await expect(recordActivity(tx, [''])).rejects.toMatchObject({ code: 'INVALID_INPUT' });
      await expect(getAgent(tx, 'a')).resolves.toMatchObject({ lastActiveAt });
    });
  });
});

describe('archiveStaleAgents', () => {
  const hour = 3_600_000;
  it('archives active agents that were not seen, in batches, once, and keeps everything of them', async () => {
    const [tenant, other] = [newTenant(), newTenant()];
    const ids = ['1', '2', '3'];
    await register(tenant, ...ids.map((id) => agent(id)), agent('fresh'), agent('off'));
    await register(other, agent('1'));
    await run(tenant, (tx) => updateAgent(tx, 'off', { status: 'inactive' }));
    await unseenFor(tenant, '2 hours', ...ids, 'off');
    await unseenFor(tenant, '3 hours', '2');
    await unseenFor(other, '3 hours', '1');
    const archive = (limit: number) =>
      run(tenant, async (tx) => (await archiveStaleAgents(tx, { inactiveForMs: hour, limit })).archived);
    const before = await run(tenant, (tx) => getAgent(tx, '1'));
    await expect(archive(1)).resolves.toEqual(['2']);
    await expect(archive(2)).resolves.toEqual(['1', '3']);
    await expect(archive(2)).resolves.toEqual([]);
    await expect(run(tenant, (tx) => getAgent(tx, '1'))).resolves.toEqual({
      ...before,
      ...{ status: 'archived', updatedAt: expect.any(Date) as Date },
    });
    await expect(statusOf(tenant, 'fresh')).resolves.toBe('active');
    await expect(statusOf(tenant, 'off')).resolves.toBe('inactive');
    await expect(statusOf(other, '1')).resolves.toBe('active');
  });
  it('has what it archives come back with later activity of every kind, and stay when it is brought back', async () => {
    const tenant = newTenant();
    const ids = ['event', 'old event', 'put', 'updated', 'stays'];
    await register(tenant, ...ids.map((id) => agent(id)));
    await unseenFor(tenant, '2 hours', ...ids);
    const archive = () => run(tenant, (tx) => archiveStaleAgents(tx, { inactiveForMs: hour }));
    await expect(archive()).resolves.toMatchObject({ archived: { length: 5 } });
    await run(tenant, async (tx) => {
      const event = { success: true, quality: 1, latencyMs: 1 };
      await recordPerformance(tx, [
        { ...event, agentId: 'event' },
        { ...event, agentId: 'old event', recordedAt: new Date(Date.now() - 3 * hour) },
      ]);
      await putAgents(tx, [{ id: 'put', name: 'x', modelFamily: 'x', lastActiveAt: new Date() }]);
      await updateAgent(tx, 'updated', { status: 'active' });
      await adjustLoad(tx, 'stays', { queued: 1 });
    });
    await expect(archive()).resolves.toEqual({ archived: [] });
    const { agents } = await run(tenant, (tx) => listAgents(tx, { status: 'archived' }));
    expect(agents.map(({ id }) => id)).toEqual(['old event', 'stays']);
  });
  it('leaves whom somebody holds for next time, and does not wait', async () => {
    const tenant = newTenant();
    await register(tenant, agent('held'), agent('free'));
    await unseenFor(tenant, '2 hours', 'held', 'free');
    const archive = () => run(tenant, (tx) => archiveStaleAgents(tx, { inactiveForMs: hour }));
    const held = Promise.withResolvers<undefined>();
    const mayCommit = Promise.withResolvers<undefined>();
    const holding = run(tenant, async (tx) => {
      await updateAgent(tx, 'held', { modelFamily: 'gpt' });
      held.resolve(undefined);
      await mayCommit.promise;
    });
    await held.promise;
    await expect(
      archive().finally(() => {
        mayCommit.resolve(undefined);
      }),
    ).resolves.toEqual({ archived: ['free'] });
    await holding;
    await expect(archive()).resolves.toEqual({ archived: ['held'] });
  });
  it.each([0, -1, 0.5, Number.NaN, Infinity, 1e15])('refuses %d milliseconds', async (inactiveForMs) => {
    const refused = run('nobody', (tx) => archiveStaleAgents(tx, { inactiveForMs }));
    await expect(refused).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: matching(/inactiveForMs/),
    });
  });
});

describe('getRegistryStatistics', () => {
  it('sums up nothing of nobody', async () => {
    await expect(run(newTenant(), getRegistryStatistics)).resolves.toEqual({
      agents: { total: 0, active: 0, inactive: 0, archived: 0, available: 0, byModelFamily: {} },
      load: { activeTasks: 0, queuedTasks: 0, averageUtilizationPercent: undefined },
      performance: {
        ...{ taskCount: 0, successCount: 0, successRate: undefined, averageQuality: undefined },
        averageLatencyMs: undefined,
      },
    });
  });
  it('counts the tenant’s agents, and sums up their load and performance', async () => {
    const tenant = newTenant();
    await register(tenant, agent('a', { capacity: 4 }), agent('b', { modelFamily: 'gpt' }), agent('c'));
    await register(newTenant(), agent('a'));
    await run(tenant, async (tx) => {
      await updateAgent(tx, 'c', { status: 'inactive' });
      await putLoad(tx, 'a', { activeTasks: 1, queuedTasks: 2 });
      await recordPerformance(tx, [
        { agentId: 'a', success: true, quality: 1, latencyMs: 10 },
        { agentId: 'a', success: false, quality: 0, latencyMs: 20 },
        { agentId: 'b', success: true, quality: 0.5, latencyMs: 0 },
      ]);
    });
    await expect(run(tenant, getRegistryStatistics)).resolves.toEqual({
      agents: {
        ...{ total: 3, active: 2, inactive: 1, archived: 0, available: 2 },
        byModelFamily: { claude: 2, gpt: 1 },
      },
      load: { activeTasks: 1, queuedTasks: 2, averageUtilizationPercent: 12.5 },
      performance: {
        ...{ taskCount: 3, successCount: 2, successRate: 0.6667, averageQuality: 0.5, averageLatencyMs: 10 },
      },
    });
  });
});
