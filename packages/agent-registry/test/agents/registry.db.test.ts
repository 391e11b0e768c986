import { matching } from '@agent-agency/testing/vitest';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import {
  adjustLoad,
  AgentRegistryError,
  findAgent,
  getAgent,
  listAgents,
  putAgents,
  recordPerformance,
  registerAgent,
  unregisterAgent,
  updateAgent,
} from '../../src/index.ts';
import { agent, times, unchecked, useRegistry } from '../support/use-registry.ts';

const { newTenant, register, run, untilSomebodyWaits } = useRegistry(22);
const axis = (place: number) => new Float32Array(768).fill(1, place, place + 1);
const circle: Record<string, unknown> = {};
circle['circle'] = circle;

describe('registerAgent', () => {
  it('stores an agent with everything that is said of it', async () => {
    const tenant = newTenant();
    const registered = await run(tenant, (tx) =>
      registerAgent(tx, {
        ...agent('a'),
        config: { temperature: 0.5, tools: ['bash', { deep: [null, true] }] },
        embedding: axis(0),
        capabilities: { languages: ['typescript', 'sql', 'sql'], taskTypes: ['code-review'] },
        capacity: 4,
      }),
    );
    expect(registered).toEqual({
      id: 'a',
      name: 'Agent a',
      modelFamily: 'claude',
      status: 'active',
      config: { temperature: 0.5, tools: ['bash', { deep: [null, true] }] },
      capabilities: { taskTypes: ['code-review'], languages: ['sql', 'typescript'], specializations: [] },
      load: { activeTasks: 0, queuedTasks: 0, capacity: 4, utilizationPercent: 0 },
      performance: {
        ...{ taskCount: 0, successCount: 0, successRate: 0.8, averageQuality: 0.7, averageLatencyMs: 5000 },
      },
      ...{ registeredAt: expect.any(Date) as Date, lastActiveAt: expect.any(Date) as Date },
      updatedAt: expect.any(Date) as Date,
    });
    await expect(run(tenant, (tx) => getAgent(tx, 'AGENT A'))).resolves.toEqual(registered);
  });
  it('gives an id of its own where there is none', async () => {
    const tenant = newTenant();
    const { id } = await run(tenant, (tx) => registerAgent(tx, { name: 'A', modelFamily: 'claude' }));
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
  });
  it('refuses a known id and a known name, and leaves the transaction usable and the agent as it was', async () => {
    const tenant = newTenant();
    await register(tenant, agent('a', { capabilities: { languages: ['sql'] } }));
    await run(tenant, async (tx) => {
      for (const taken of [agent('a', { name: 'Other' }), agent('b', { name: 'Agent a' })]) {
        await expect(
          registerAgent(tx, { ...taken, capabilities: { languages: ['c'] } }),
        ).rejects.toMatchObject({
          code: 'AGENT_EXISTS',
        });
      }
      const { agents } = await listAgents(tx);
      expect(agents.map(({ name, capabilities }) => [name, capabilities.languages])).toEqual([
        ['Agent a', ['sql']],
      ]);
    });
  });
  it('takes an id and a name that another tenant has', async () => {
    const [one, other] = [newTenant(), newTenant()];
    await register(one, agent('a'));
    await register(other, agent('a', { modelFamily: 'other' }));
    await expect(run(one, (tx) => getAgent(tx, 'a'))).resolves.toMatchObject({ modelFamily: 'claude' });
  });
  it('registers one of several that come with one id at once', async () => {
    const tenant = newTenant();
    const outcomes = await Promise.allSettled(
      times(6, (place) => register(tenant, agent('a', { name: `Name ${place}` }))),
    );
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(refused.map(({ reason }) => (reason as AgentRegistryError).code)).toEqual(
      times(5, () => 'AGENT_EXISTS'),
    );
  });
  it('gives a name that putAgents then gives to nobody else', async () => {
    const tenant = newTenant();
    const given = Promise.withResolvers<undefined>();
    const mayCommit = Promise.withResolvers<undefined>();
    const registering = run(tenant, async (tx) => {
      await registerAgent(tx, agent('a', { name: 'Ann' }));
      given.resolve(undefined);
      await mayCommit.promise;
    });
    await given.promise;
    const lastActiveAt = new Date();
    const putting = run(tenant, (tx) =>
      putAgents(tx, [{ id: 'a-000002', name: 'Ann', modelFamily: 'human', lastActiveAt }]),
    );
    await untilSomebodyWaits();
    mayCommit.resolve(undefined);
    await registering;
    await expect(putting).resolves.toEqual({ created: 1 });
    await expect(run(tenant, (tx) => getAgent(tx, 'a-000002'))).resolves.toMatchObject({
      name: 'Ann (000002)',
    });
  });
  it('keeps hostile names as they are, and refuses what cannot be kept with one error that lists it all', async () => {
    const tenant = newTenant();
    const hostile = [
      'שלום \u200Fעולם',
      'a\u200Bb',
      '\u202Etxt.exe',
      "'; drop table agent_profiles; --",
      '%_',
    ];
    await register(tenant, ...hostile.map((name, place) => agent(`${place}`, { name })));
    for (const [place, name] of hostile.entries())
      await expect(run(tenant, (tx) => getAgent(tx, name))).resolves.toMatchObject({ id: `${place}` });
    const refused = run(tenant, (tx) =>
      registerAgent(
        tx,
        unchecked({
          id: 'nul\0',
          name: 'n'.repeat(10_240),
          modelFamily: '',
          status: 'archived',
          config: { a: [Number.NaN] },
          embedding: new Float32Array(768),
          capabilities: { languages: ['x'.repeat(101)], taskTypes: ['\ud800'], colours: [] },
          capacity: 0.5,
          extra: 1,
        }),
      ),
    );
    const error = await refused.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(AgentRegistryError);
    expect(error).toMatchObject({ code: 'INVALID_INPUT', retryable: false });
    for (const path of [
      ...['id ', 'name ', 'modelFamily ', 'status ', 'config ', 'embedding ', 'languages.0', 'taskTypes.0'],
      ...['colours', 'capacity ', 'extra'],
    ])
      expect((error as Error).message).toContain(path);
    expect((error as Error).message).not.toContain('nnn');
    await expect(run(tenant, (tx) => listAgents(tx))).resolves.toMatchObject({
      agents: { length: hostile.length },
    });
  });
  it.each([
    ['a list', []],
    ['a Date', { at: new Date() }],
    ['undefined', { a: undefined }],
    ['a circle', circle],
    ['NUL', { a: '\0' }],
    ['NUL in a key', { '\0': 1 }],
    ['half a pair', { a: ['\udc00'] }],
    ['more than fits', { a: 'x'.repeat(100_000) }],
  ])('refuses a config that is or has %s', async (_what, config) => {
    const refused = run('nobody', (tx) => registerAgent(tx, agent('a', { config: unchecked(config) })));
    await expect(refused).rejects.toMatchObject({ code: 'INVALID_INPUT', message: matching(/config/) });
  });
  it.each([
    ['too short', new Float32Array(2)],
    ['not finite', axis(0).fill(Number.NaN, 3, 4)],
    ['not a vector', [1, 2]],
  ])('refuses an embedding that is %s', async (_what, embedding) => {
    const refused = run('nobody', (tx) => registerAgent(tx, agent('a', { embedding: unchecked(embedding) })));
    await expect(refused).rejects.toMatchObject({ code: 'INVALID_INPUT', message: matching(/embedding/) });
  });
});

describe('findAgent', () => {
  it('is undefined for what the tenant does not have', async () => {
    const [one, other] = [newTenant(), newTenant()];
    await register(one, agent('a'));
    for (const nobody of ['b', '', 'nul\0'])
      await expect(run(one, (tx) => findAgent(tx, nobody))).resolves.toBeUndefined();
    await expect(run(other, (tx) => findAgent(tx, 'a'))).resolves.toBeUndefined();
    await expect(run(one, (tx) => findAgent(tx, 'a'))).resolves.toMatchObject({ id: 'a' });
  });
});

describe('updateAgent', () => {
  it('changes what is given, and nothing else', async () => {
    const tenant = newTenant();
    await register(tenant, agent('a', { config: { a: 1 }, embedding: axis(0), capacity: 2 }));
    await run(tenant, async (tx) => {
      const before = await getAgent(tx, 'a');
      await expect(updateAgent(tx, 'a', {})).resolves.toEqual({
        ...before,
        updatedAt: expect.any(Date) as Date,
      });
      const change = { name: 'New', modelFamily: 'gpt', config: { b: 2 } };
      await expect(updateAgent(tx, 'a', change)).resolves.toEqual({
        ...before,
        ...change,
        updatedAt: expect.any(Date) as Date,
      });
      const place = sql<{ nearest: boolean | null }>`
        select embedding = ${JSON.stringify([...axis(5)])}::vector as nearest from agent_profiles
      `;
      await updateAgent(tx, 'a', { embedding: axis(5) });
      await expect(place.execute(tx)).resolves.toMatchObject({ rows: [{ nearest: true }] });
      await updateAgent(tx, 'a', { embedding: null });
      await expect(place.execute(tx)).resolves.toMatchObject({ rows: [{ nearest: null }] });
    });
  });
  it('adds, removes and replaces capabilities', async () => {
    const tenant = newTenant();
    await register(tenant, agent('a', { capabilities: { languages: ['sql', 'c'], taskTypes: ['sql'] } }));
    await register(tenant, agent('b', { capabilities: { languages: ['sql'] } }));
    await run(tenant, async (tx) => {
      const declared = async (capabilities: Parameters<typeof updateAgent>[2]['capabilities']) => {
        const { taskTypes, languages } = (await updateAgent(tx, 'a', { capabilities })).capabilities;
        return { taskTypes, languages };
      };
      await expect(
        declared({ add: { languages: ['go', 'sql'] }, remove: { languages: ['c', 'x'] } }),
      ).resolves.toEqual({ taskTypes: ['sql'], languages: ['go', 'sql'] });
      await expect(declared({ replace: { languages: ['sql', 'ada'] } })).resolves.toEqual({
        ...{ taskTypes: [], languages: ['ada', 'sql'] },
      });
      await expect(declared({ replace: {} })).resolves.toEqual({ taskTypes: [], languages: [] });
      await expect(getAgent(tx, 'b')).resolves.toMatchObject({ capabilities: { languages: ['sql'] } });
    });
  });
  it('replaces whole sets of capabilities, whoever else does at the same moment', async () => {
    const tenant = newTenant();
    await register(tenant, agent('a'));
    const sets = Array.from({ length: 6 }, (_, place) => [`x${place}`, `y${place}`]);
    await Promise.all(
      sets.map((languages) =>
        run(tenant, (tx) => updateAgent(tx, 'a', { capabilities: { replace: { languages } } })),
      ),
    );
    const { capabilities } = await run(tenant, (tx) => getAgent(tx, 'a'));
    expect(sets).toContainEqual(capabilities.languages);
  });
  it('refuses an unknown agent, another tenant’s, and a name that is taken, and the transaction goes on', async () => {
    const [tenant, other] = [newTenant(), newTenant()];
    await register(tenant, agent('a'), agent('b'));
    await register(other, agent('theirs'));
    await run(tenant, async (tx) => {
      for (const id of ['nobody', 'theirs', 'Agent a'])
        for (const change of [{ modelFamily: 'x' }, { name: 'Agent b' }])
          await expect(updateAgent(tx, id, change)).rejects.toMatchObject({ code: 'AGENT_NOT_FOUND' });
      await expect(updateAgent(tx, 'b', { name: 'Agent a' })).rejects.toMatchObject({ code: 'AGENT_EXISTS' });
      await expect(updateAgent(tx, 'b', { name: 'Agent b' })).resolves.toMatchObject({ name: 'Agent b' });
    });
    await expect(run(other, (tx) => getAgent(tx, 'theirs'))).resolves.toMatchObject({
      modelFamily: 'claude',
    });
  });
  it.each<[string, unknown]>([
    ['name', { name: 'x'.repeat(256) }],
    ['status', { status: 'busy' }],
    ['config', { config: [] }],
    ['embedding', { embedding: new Float32Array(768) }],
    ['replace', { capabilities: { add: {}, replace: {} } }],
    ['adds and removes', { capabilities: { add: { languages: ['a'] }, remove: { languages: ['a'] } } }],
    ['lastActiveAt', { lastActiveAt: new Date() }],
  ])('refuses a wrong %s', async (what, change) => {
    const refused = run('nobody', (tx) => updateAgent(tx, 'a', unchecked(change)));
    await expect(refused).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: matching(new RegExp(what)),
    });
  });
});

describe('unregisterAgent', () => {
  it('deletes the agent with what hangs on it, and no other', async () => {
    const [tenant, other] = [newTenant(), newTenant()];
    for (const owner of [tenant, other]) {
      await register(owner, agent('a', { capabilities: { languages: ['sql'] } }), agent('b'));
      await run(owner, (tx) =>
        recordPerformance(tx, [{ agentId: 'a', success: true, quality: 1, latencyMs: 1 }]),
      );
    }
    await run(tenant, (tx) => unregisterAgent(tx, 'a'));
    const left = sql`
      select
        (select count(*)::int from agent_profiles) as agents,
        (select count(*)::int from agent_capabilities) as capabilities,
        (select count(*)::int from agent_performance_events) as events,
        (select count(*)::int from agent_performance_history) as histories,
        (select count(*)::int from current_load) as loads
    `;
    const rowsOf = (owner: string) => run(owner, async (tx) => (await left.execute(tx)).rows);
    await expect(rowsOf(tenant)).resolves.toEqual([
      { agents: 1, capabilities: 0, events: 0, histories: 1, loads: 1 },
    ]);
    await expect(rowsOf(other)).resolves.toEqual([
      { agents: 2, capabilities: 1, events: 1, histories: 2, loads: 2 },
    ]);
    await expect(run(tenant, (tx) => unregisterAgent(tx, 'a'))).rejects.toMatchObject({
      code: 'AGENT_NOT_FOUND',
    });
  });
  it('refuses while the agent has active tasks, unless forced', async () => {
    const tenant = newTenant();
    await register(tenant, agent('a'));
    await run(tenant, (tx) => adjustLoad(tx, 'a', { active: 2, queued: 1 }));
    await run(tenant, async (tx) => {
      await expect(unregisterAgent(tx, 'a')).rejects.toMatchObject({
        ...{ code: 'AGENT_BUSY', details: { activeTasks: 2 } },
      });
      await unregisterAgent(tx, 'a', { force: true });
      await expect(findAgent(tx, 'a')).resolves.toBeUndefined();
    });
  });
  it('refuses while the queue has given it a task that is not at its end', async () => {
    const tenant = newTenant();
    await register(tenant, agent('a'));
    const give = sql`
      with task as (
        insert into task_queue (task_id, task_type, description) values ('t', 'general', 'x') returning task_id
      )
      insert into task_assignments (
        assignment_id, task_id, agent_id, agent_name, agent_model_family, deadline, assignment_timeout_ms
      )
      select 'given', task_id, 'a', 'a', 'x', now(), 1 from task
    `;
    await run(tenant, async (tx) => {
      await give.execute(tx);
      await expect(unregisterAgent(tx, 'a')).rejects.toMatchObject({ details: { activeTasks: 1 } });
      await sql`update task_assignments set status = 'completed'`.execute(tx);
      await unregisterAgent(tx, 'a');
      await expect(sql`select agent_name from task_assignments`.execute(tx)).resolves.toMatchObject({
        rows: [{ agent_name: 'a' }],
      });
    });
  });
  it('does not delete an agent that is given a task at the same moment', async () => {
    const tenant = newTenant();
    await register(tenant, agent('a'));
    const given = Promise.withResolvers<undefined>();
    const mayCommit = Promise.withResolvers<undefined>();
    const giving = run(tenant, async (tx) => {
      await adjustLoad(tx, 'a', { active: 1 });
      given.resolve(undefined);
      await mayCommit.promise;
    });
    await given.promise;
    const refused = expect(run(tenant, (tx) => unregisterAgent(tx, 'a'))).rejects.toMatchObject({
      code: 'AGENT_BUSY',
    });
    await untilSomebodyWaits();
    mayCommit.resolve(undefined);
    await giving;
    await refused;
  });
});
