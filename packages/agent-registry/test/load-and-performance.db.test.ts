import { matching } from '@agent-agency/testing/vitest';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import {
  adjustLoad,
  getAgent,
  listPerformanceEvents,
  listPerformanceStatistics,
  putAgents,
  putLoad,
  recordPerformance,
  unregisterAgent,
  type Load,
  type LoadChange,
  type LoadInput,
  type PerformanceEventInput,
  type PerformanceQuery,
} from '../src/index.ts';
import { historyOf, randomEvents, statisticsOf } from './support/performance-model.ts';
import { agent, times, unchecked, useRegistry } from './support/use-registry.ts';

const { run, register, newTenant: unusedTenant, untilSomebodyWaits } = useRegistry(30);

/** A tenant that no other test has, with agents. */
async function newTenant(...ids: string[]): Promise<string> {
  const tenant = unusedTenant();
  await register(tenant, ...ids.map((id) => agent(id)));
  return tenant;
}

const uuidOf = (number: number) => `00000000-0000-8000-8000-${number.toString(16).padStart(12, '0')}`;

/** Takes away what registering made. */
const forget = (tenant: string, table: 'current_load' | 'agent_performance_history') =>
  run(tenant, (tx) => tx.deleteFrom(table).execute());

describe('adjustLoad', () => {
  const load = (tenant: string, change: LoadChange, agentId = 'a') =>
    run(tenant, (tx) => adjustLoad(tx, agentId, change));

  it('adds to what is there, and answers what is then there', async () => {
    const tenant = await newTenant('a', 'b');
    await expect(load(tenant, { queued: 3 })).resolves.toEqual({
      ...{ activeTasks: 0, queuedTasks: 3, capacity: undefined, utilizationPercent: 0 },
    });
    await expect(load(tenant, { active: 2, queued: -2 })).resolves.toMatchObject({
      ...{ activeTasks: 2, queuedTasks: 1 },
    });
    await expect(run(tenant, (tx) => getAgent(tx, 'b'))).resolves.toMatchObject({ load: { activeTasks: 0 } });
  });
  it('computes the utilisation from a capacity, until one is given', async () => {
    const tenant = await newTenant('a');
    const steps: [LoadChange, Partial<Load>][] = [
      [
        { active: 1, utilizationPercent: 12.34 },
        { utilizationPercent: 12.34, capacity: undefined },
      ],
      [{ active: 1 }, { utilizationPercent: 12.34 }],
      [{ capacity: 3 }, { utilizationPercent: 66.67, capacity: 3 }],
      [{ active: -1 }, { utilizationPercent: 33.33, capacity: 3 }],
      [{ active: 4 }, { utilizationPercent: 100, activeTasks: 5 }],
      [{ capacity: 8 }, { utilizationPercent: 62.5, capacity: 8 }],
      [{ utilizationPercent: 0 }, { utilizationPercent: 0, capacity: undefined }],
    ];
    for (const [change, expected] of steps)
      await expect(load(tenant, change)).resolves.toMatchObject(expected);
  });
  it('begins with the figures of the profile where there is no load yet', async () => {
    const tenant = await newTenant();
    await run(tenant, async (tx) => {
      await putAgents(tx, [{ id: 'a', name: 'a', modelFamily: 'x', lastActiveAt: new Date() }]);
      await sql`update agent_profiles set active_tasks = 2, queued_tasks = 1, utilization_percent = 7`.execute(
        tx,
      );
      await expect(adjustLoad(tx, 'a', { active: -3 })).rejects.toMatchObject({ code: 'LOAD_OUT_OF_RANGE' });
      await expect(adjustLoad(tx, 'a', { active: -2, queued: 1 })).resolves.toEqual({
        ...{ activeTasks: 0, queuedTasks: 2, capacity: undefined, utilizationPercent: 7 },
      });
    });
  });
  it.each<LoadChange>([
    { active: -2 },
    { active: 1, queued: -1 },
    { active: -2, queued: 5, capacity: 9 },
    { active: 2_147_483_647 },
    { queued: -2_147_483_647 },
  ])('refuses %j of one active task, and changes nothing', async (change) => {
    const tenant = await newTenant('a');
    await load(tenant, { active: 1, capacity: 2 });
    await run(tenant, async (tx) => {
      await expect(adjustLoad(tx, 'a', change)).rejects.toMatchObject({
        ...{ code: 'LOAD_OUT_OF_RANGE', retryable: false },
      });
      await expect(adjustLoad(tx, 'a', {})).resolves.toEqual({
        ...{ activeTasks: 1, queuedTasks: 0, capacity: 2, utilizationPercent: 50 },
      });
    });
  });
  it('loses no change of fifty callers at once', async () => {
    const tenant = await newTenant('a');
    await forget(tenant, 'current_load');
    await Promise.all(times(50, () => load(tenant, { active: 2, queued: 1, capacity: 200 })));
    const outcomes = await Promise.allSettled(times(50, () => load(tenant, { active: -1, queued: -2 })));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(25);
    await expect(load(tenant, {})).resolves.toMatchObject({
      ...{ activeTasks: 75, queuedTasks: 0, utilizationPercent: 37.5 },
    });
  });
  it.each([['with a load'], ['without one']])(
    'finds nobody when an agent %s has just gone',
    async (which) => {
      const tenant = await newTenant('a');
      if (which === 'without one') await forget(tenant, 'current_load');
      const gone = Promise.withResolvers<undefined>();
      const mayCommit = Promise.withResolvers<undefined>();
      const unregistering = run(tenant, async (tx) => {
        await unregisterAgent(tx, 'a');
        gone.resolve(undefined);
        await mayCommit.promise;
      });
      await gone.promise;
      const refused = expect(load(tenant, { active: 1 })).rejects.toMatchObject({ code: 'AGENT_NOT_FOUND' });
      await untilSomebodyWaits();
      mayCommit.resolve(undefined);
      await unregistering;
      await refused;
    },
  );
  it('finds neither unknown agents nor another tenant’s', async () => {
    const [tenant, other] = [await newTenant('a'), await newTenant('theirs')];
    for (const id of ['nobody', 'theirs']) {
      await expect(load(tenant, { active: 1 }, id)).rejects.toMatchObject({ code: 'AGENT_NOT_FOUND' });
      await expect(run(tenant, (tx) => putLoad(tx, id, { activeTasks: 1 }))).rejects.toMatchObject({
        code: 'AGENT_NOT_FOUND',
      });
    }
    await expect(load(other, {}, 'theirs')).resolves.toMatchObject({ activeTasks: 0 });
  });
  it.each<[string, unknown]>([
    ['active', { active: 0.5 }],
    ['active', { active: Number.NaN }],
    ['queued', { queued: 2 ** 31 }],
    ['capacity', { capacity: 0 }],
    ['utilizationPercent', { utilizationPercent: 100.01 }],
    ['utilizationPercent', { utilizationPercent: 0.005 }],
    ['utilizationPercent', { utilizationPercent: -1 }],
    ['not both', { utilizationPercent: 1, capacity: 1 }],
    ['extra', { extra: 1 }],
  ])('refuses a wrong %s', async (what, change) => {
    await expect(load('nobody', unchecked(change))).rejects.toMatchObject({
      ...{ code: 'INVALID_INPUT', message: matching(new RegExp(what)) },
    });
  });
});

describe('putLoad', () => {
  it('states the load, and keeps how the utilisation is found', async () => {
    const tenant = await newTenant('a');
    const steps: [LoadInput, Load][] = [
      [
        { activeTasks: 3, queuedTasks: 2, utilizationPercent: 75.5 },
        { activeTasks: 3, queuedTasks: 2, capacity: undefined, utilizationPercent: 75.5 },
      ],
      [
        { activeTasks: 1, capacity: 4 },
        { activeTasks: 1, queuedTasks: 0, capacity: 4, utilizationPercent: 25 },
      ],
      [{ activeTasks: 2 }, { activeTasks: 2, queuedTasks: 0, capacity: 4, utilizationPercent: 50 }],
    ];
    for (const [given, expected] of steps)
      await expect(run(tenant, (tx) => putLoad(tx, 'a', given))).resolves.toEqual(expected);
  });
  it.each<[string, unknown]>([
    ['activeTasks', {}],
    ['activeTasks', { activeTasks: -1 }],
    ['queuedTasks', { activeTasks: 1, queuedTasks: 2 ** 31 }],
    ['not both', { activeTasks: 1, utilizationPercent: 1, capacity: 1 }],
  ])('refuses a wrong %s', async (what, load) => {
    const refused = run('nobody', (tx) => putLoad(tx, 'a', unchecked(load)));
    await expect(refused).rejects.toMatchObject({
      ...{ code: 'INVALID_INPUT', message: matching(new RegExp(what)) },
    });
  });
});

const event = (fields: Partial<PerformanceEventInput> = {}): PerformanceEventInput => ({
  agentId: 'a',
  success: true,
  quality: 1,
  latencyMs: 100,
  ...fields,
});
const record = (tenant: string, ...events: PerformanceEventInput[]) =>
  run(tenant, (tx) => recordPerformance(tx, events));
const performance = (tenant: string, agentId = 'a') =>
  run(tenant, async (tx) => (await getAgent(tx, agentId)).performance);

describe('recordPerformance', () => {
  it('writes the events, and adds them to the history of their agents', async () => {
    const tenant = await newTenant('a', 'b');
    const whole = event({
      id: uuidOf(1),
      taskId: 'task 1',
      taskType: 'research',
      quality: 0.1234,
      tokensUsed: 7,
      recordedAt: new Date('2026-01-01T00:00:00.123Z'),
    });
    await expect(
      record(tenant, whole, event({ success: false, quality: 0 }), event({ agentId: 'b' })),
    ).resolves.toEqual({ recorded: 3 });
    await expect(performance(tenant)).resolves.toEqual({
      ...{ taskCount: 2, successCount: 1, successRate: 0.5, averageQuality: 0.0617, averageLatencyMs: 100 },
    });
    await expect(performance(tenant, 'b')).resolves.toMatchObject({ taskCount: 1, successRate: 1 });
    const { events } = await run(tenant, (tx) => listPerformanceEvents(tx, { agentId: 'a' }));
    expect(events.at(-1)).toEqual(whole);
    expect(events).toHaveLength(2);
  });
  it('counts an event once, however often it is reported', async () => {
    const tenant = await newTenant('a');
    const [one, other] = [event({ id: uuidOf(10) }), event({ id: uuidOf(11), success: false })];
    await expect(record(tenant, one, { ...one, id: uuidOf(10).toUpperCase() })).resolves.toEqual({
      recorded: 1,
    });
    const reports = await Promise.all(
      times(6, (place) => record(tenant, ...(place % 2 ? [one, other] : [other, one]))),
    );
    expect(reports.reduce((sum, { recorded }) => sum + recorded, 0)).toBe(1);
    await expect(performance(tenant)).resolves.toMatchObject({ taskCount: 2, successCount: 1 });
  });
  it('has fifty callers at once lose nothing, in whatever order they name the agents', async () => {
    const ids = times(5, (place) => `agent ${place}`);
    const tenant = await newTenant(...ids);
    await forget(tenant, 'agent_performance_history');
    await Promise.all(
      times(50, (caller) => {
        const events = ids.map((agentId) =>
          event({ agentId, success: caller % 3 === 0, quality: 0.3333, latencyMs: caller }),
        );
        return record(tenant, ...(caller % 2 ? events : events.toReversed()));
      }),
    );
    for (const id of ids) {
      await expect(performance(tenant, id)).resolves.toEqual({
        ...{ taskCount: 50, successCount: 17, successRate: 0.34 },
        ...{ averageQuality: 0.3333, averageLatencyMs: 25 },
      });
    }
  });
  it('refuses all where the tenant does not have an agent, and says which', async () => {
    const [tenant, other] = [await newTenant('a'), await newTenant('theirs')];
    await run(tenant, async (tx) => {
      await expect(
        recordPerformance(tx, [event(), event({ agentId: 'theirs' }), event({ agentId: 'nobody' })]),
      ).rejects.toMatchObject({ code: 'AGENT_NOT_FOUND', message: matching(/in 1, 2:/) });
      await expect(listPerformanceEvents(tx)).resolves.toMatchObject({ events: [] });
    });
    await expect(performance(tenant)).resolves.toMatchObject({ taskCount: 0 });
    await expect(performance(other, 'theirs')).resolves.toMatchObject({ taskCount: 0 });
    const many = times(14, () => event({ agentId: 'nobody' }));
    await expect(record(tenant, ...many)).rejects.toMatchObject({ message: matching(/9 and 4 more/) });
  });
  it('does nothing for no events', async () => {
    await expect(record(await newTenant())).resolves.toEqual({ recorded: 0 });
  });
  it('lists every problem of bad input, and writes nothing', async () => {
    const tenant = await newTenant('a');
    const bad = [
      event(),
      event({ quality: 0.12345 }),
      event({ quality: Number.NaN, latencyMs: -1 }),
      event({ quality: 1.0001, latencyMs: 0.5 }),
      event({ agentId: '', taskId: '', taskType: 'x'.repeat(51), tokensUsed: 2 ** 31 }),
      event({ id: 'no uuid', recordedAt: new Date(Number.NaN) }),
      unchecked({ ...event(), success: 1, extra: 1 }),
    ];
    const error: unknown = await record(tenant, ...bad).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'INVALID_INPUT' });
    for (const path of [
      ...['1.quality', '2.quality', '2.latencyMs', '3.quality', '3.latencyMs', '4.agentId', '4.taskId'],
      ...['4.taskType', '4.tokensUsed', '5.id', '5.recordedAt', '6.success', 'extra'],
    ])
      expect((error as Error).message).toContain(path);
    expect((error as Error).message).not.toMatch(/\b0\./);
    await expect(record(tenant, ...times(10_001, () => event()))).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
    await expect(performance(tenant)).resolves.toMatchObject({ taskCount: 0 });
  });
});

describe('the aggregates of performance', () => {
  it('equal what the events say, after any reports and repetitions of them', async () => {
    const agents = ['a', 'b', 'c'];
    const tenant = await newTenant(...agents);
    for (const batches of randomEvents(agents, 12)) {
      await Promise.all(batches.map((batch) => record(tenant, ...batch)));
    }
    const reported = randomEvents(agents, 12).flat(2);
    for (const id of agents) await expect(performance(tenant, id)).resolves.toEqual(historyOf(reported, id));
    const since = new Date('2026-01-01T00:00:00Z');
    const until = new Date('2026-01-01T00:09:00Z');
    const queries: PerformanceQuery[] = [
      { since },
      { since, by: ['agent'] },
      { since, until, by: ['task-type'] },
      { since, until, by: ['agent', 'task-type'], windowMs: 97_000 },
      { since, until, windowMs: 60_000, agentId: 'b' },
      { since: until, taskType: 'research' },
      { since: new Date('2027-01-01') },
    ];
    for (const query of queries) {
      const found = await run(tenant, (tx) => listPerformanceStatistics(tx, query));
      expect(found).toEqual(statisticsOf(reported, query));
    }
  });
});

describe('listPerformanceEvents', () => {
  it('pages through events of one moment and of others, the latest first', async () => {
    const tenant = await newTenant('a', 'b');
    const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute));
    await record(
      tenant,
      ...times(7, (place) => event({ id: uuidOf(place + 1), recordedAt: at(place < 5 ? 1 : 2) })),
      event({ id: uuidOf(8), recordedAt: at(0) }),
      event({ agentId: 'b', recordedAt: at(1), taskType: 'research' }),
    );
    const ids: string[] = [];
    let after: string | undefined;
    do {
      const page = await run(tenant, (tx) =>
        listPerformanceEvents(tx, { agentId: 'a', limit: 3, ...(after && { after }) }),
      );
      ids.push(...page.events.map(({ id }) => id));
      after = page.next;
    } while (after !== undefined);
    expect(ids).toEqual([7, 6, 5, 4, 3, 2, 1, 8].map(uuidOf));
    const { events } = await run(tenant, (tx) =>
      listPerformanceEvents(tx, { since: at(1), until: at(2), taskType: 'research' }),
    );
    expect(events.map(({ agentId }) => agentId)).toEqual(['b']);
  });
  it.each<[string, unknown]>([
    ['after', { after: '1; drop table agent_profiles' }],
    ['limit', { limit: 0 }],
    ['since', { since: 'yesterday' }],
  ])('refuses a wrong %s', async (what, page) => {
    const refused = run('nobody', (tx) => listPerformanceEvents(tx, unchecked(page)));
    await expect(refused).rejects.toMatchObject({
      ...{ code: 'INVALID_INPUT', message: matching(new RegExp(what)) },
    });
  });
});

describe('listPerformanceStatistics', () => {
  const since = new Date('2026-01-01');
  it.each<[string, unknown]>([
    ['since', {}],
    ['until', { since, until: since }],
    ['until', { since, windowMs: 1000 }],
    ['windowMs', { since, until: new Date('2026-01-02'), windowMs: 1 }],
    ['windowMs', { since, until: new Date('2026-01-02'), windowMs: 0 }],
    ['by', { since, by: ['name'] }],
  ])('refuses a wrong %s', async (what, query) => {
    const refused = run('nobody', (tx) => listPerformanceStatistics(tx, unchecked(query)));
    await expect(refused).rejects.toMatchObject({
      ...{ code: 'INVALID_INPUT', message: matching(new RegExp(what)) },
    });
  });
  it('sees no event of another tenant', async () => {
    const [tenant, other] = [await newTenant('a'), await newTenant('a')];
    await record(other, event());
    await expect(run(tenant, (tx) => listPerformanceStatistics(tx, { since }))).resolves.toEqual([]);
  });
});
