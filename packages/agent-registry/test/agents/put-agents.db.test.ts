import { matching } from '@agent-agency/testing/vitest';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { AgentRegistryError, countAgents, getAgent, putAgents, type AgentInput } from '../../src/index.ts';
import { unchecked, useRegistry } from '../support/use-registry.ts';

const { app, newTenant, untilSomebodyWaits } = useRegistry(40);

const agent = (id: string, fields: Partial<AgentInput> = {}): AgentInput => ({
  id,
  name: `Agent ${id}`,
  modelFamily: 'human',
  lastActiveAt: new Date('2026-01-01T00:00:00Z'),
  ...fields,
});
const put = (tenantId: string, ...agents: AgentInput[]) =>
  app.inTenant(tenantId, (tx) => putAgents(tx, agents));
const get = (tenantId: string, idOrName: string) => app.inTenant(tenantId, (tx) => getAgent(tx, idOrName));
const count = (tenantId: string) => app.inTenant(tenantId, countAgents);

describe('putAgents', () => {
  it('stores new agents and says how many there were', async () => {
    const tenant = newTenant();
    await expect(put(tenant, agent('a'), agent('b'))).resolves.toEqual({ created: 2 });
    await expect(get(tenant, 'a')).resolves.toMatchObject({
      id: 'a',
      name: 'Agent a',
      modelFamily: 'human',
      lastActiveAt: new Date('2026-01-01T00:00:00Z'),
    });
  });
  it('counts only the new ones among known ones', async () => {
    const tenant = newTenant();
    await put(tenant, agent('a'));
    await expect(put(tenant, agent('a'), agent('b'))).resolves.toEqual({ created: 1 });
    await expect(put(tenant, agent('a'), agent('b'))).resolves.toEqual({ created: 0 });
    await expect(count(tenant)).resolves.toBe(2);
  });
  it('moves lastActiveAt forward, never back', async () => {
    const tenant = newTenant();
    const at = (day: number) => agent('a', { lastActiveAt: new Date(Date.UTC(2026, 0, day)) });
    for (const [day, expected] of [
      [5, 5],
      [3, 5],
      [9, 9],
      [9, 9],
      [1, 9],
    ] as const) {
      await put(tenant, at(day));
      expect((await get(tenant, 'a')).lastActiveAt).toEqual(new Date(Date.UTC(2026, 0, expected)));
    }
  });
  it('keeps name and model family of a known agent', async () => {
    const tenant = newTenant();
    await put(tenant, agent('a', { name: 'Ann' }), agent('b', { name: 'Bob' }));
    await put(
      tenant,
      agent('a', { name: 'Bob', modelFamily: 'other', lastActiveAt: new Date('2026-02-01') }),
    );
    await expect(get(tenant, 'a')).resolves.toMatchObject({ name: 'Ann', modelFamily: 'human' });
  });
  it('keeps the instant to the millisecond, far from now', async () => {
    const tenant = newTenant();
    const instants = [
      '-004712-01-01T00:00:00.000Z',
      '0001-01-01T00:00:00.001Z',
      '1969-12-31T23:59:59.999Z',
      '+275760-09-13T00:00:00.000Z',
    ];
    await put(
      tenant,
      ...instants.map((instant, place) => agent(`${place}`, { lastActiveAt: new Date(instant) })),
    );
    const { rows } = await app.inTenant(tenant, (tx) =>
      sql<{ ms: string }>`
        select (extract(epoch from last_active_at) * 1000)::bigint::text as ms from agent_profiles order by id
      `.execute(tx),
    );
    expect(rows.map((row) => Number(row.ms))).toEqual(instants.map((instant) => new Date(instant).getTime()));
  });
  it('tells namesakes apart by their ids, in one call', async () => {
    const tenant = newTenant();
    await put(tenant, agent('a-000001', { name: 'Ann' }), agent('a-000002', { name: 'Ann' }));
    expect((await get(tenant, 'a-000001')).name).toBe('Ann');
    expect((await get(tenant, 'a-000002')).name).toBe('Ann (000002)');
  });
  it('tells namesakes apart over several calls', async () => {
    const tenant = newTenant();
    await put(tenant, agent('a-000001', { name: 'Ann' }));
    await put(tenant, agent('a-000001', { name: 'Ann' }), agent('a-000002', { name: 'Ann' }));
    expect((await get(tenant, 'a-000001')).name).toBe('Ann');
    expect((await get(tenant, 'a-000002')).name).toBe('Ann (000002)');
  });
  it('stores namesakes whose ids end alike, and agents that are called like a suffixed one', async () => {
    const tenant = newTenant();
    const ann = (id: string) => agent(id, { name: 'Ann' });
    await put(tenant, ann('ann@a.example.com'), ann('ann@b.example.com'), ann('ann@c.example.com'));
    await put(
      tenant,
      ann('ann@d.example.com'),
      agent('x', { name: 'Ann (le.com)' }),
      agent('y', { name: 'Ann (y)' }),
      ann('y2'),
    );
    await expect(count(tenant)).resolves.toBe(7);
  });
  it('stores the longest names and ids', async () => {
    const tenant = newTenant();
    const name = '界'.repeat(246);
    const id = (end: string) => `${'漢'.repeat(254)}${end}`;
    await put(tenant, ...['a', 'b', 'c'].map((end) => agent(id(end), { name, modelFamily: 'm'.repeat(50) })));
    await expect(get(tenant, id('c'))).resolves.toMatchObject({ id: id('c') });
  });
  it('keeps quotes, braces, right-to-left and zero-width text as it is', async () => {
    const tenant = newTenant();
    const names = [
      '{"a",\\}',
      'NULL',
      `o'Neil "x"`,
      'שלום \u200Fעולם',
      'a\u200Bb',
      "'; drop table agent_profiles; --",
    ];
    await put(tenant, ...names.map((name, place) => agent(`${place}`, { name })));
    for (const [place, name] of names.entries()) expect((await get(tenant, `${place}`)).name).toBe(name);
  });
  it('keeps tenants with the same ids and names apart', async () => {
    const [one, other] = [newTenant(), newTenant()];
    await put(one, agent('a', { name: 'Ann' }));
    await expect(put(other, agent('a', { name: 'Ann', modelFamily: 'other' }))).resolves.toEqual({
      created: 1,
    });
    await expect(get(one, 'a')).resolves.toMatchObject({ name: 'Ann', modelFamily: 'human' });
    await expect(get(other, 'a')).resolves.toMatchObject({ name: 'Ann', modelFamily: 'other' });
  });
  it('does nothing for an empty list', async () => {
    const tenant = newTenant();
    await expect(put(tenant)).resolves.toEqual({ created: 0 });
    await expect(count(tenant)).resolves.toBe(0);
  });
  it('refuses an id that occurs twice, and says where', async () => {
    const tenant = newTenant();
    const refused = put(tenant, agent('a'), agent('b'), agent('a'));
    await expect(refused).rejects.toThrow(AgentRegistryError);
    await expect(refused).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: matching(/2\.id is the id of 0 as well/),
    });
    await expect(count(tenant)).resolves.toBe(0);
  });
  it('lists every problem of bad input and writes nothing', async () => {
    const tenant = newTenant();
    const bad = [
      agent('good'),
      agent('', { name: '' }),
      agent('i'.repeat(256), { name: 'n'.repeat(247) }),
      agent('c', { modelFamily: '', lastActiveAt: new Date(NaN) }),
      agent('d', { name: 'nul\0', modelFamily: '\ud800' }),
      agent('e', { lastActiveAt: new Date(-8.64e15) }),
      unchecked({ ...agent('f'), extra: true }),
      unchecked(null),
    ];
    const error: unknown = await put(tenant, ...bad).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'INVALID_INPUT', retryable: false });
    for (const path of [
      '1.id',
      '1.name',
      '2.id',
      '2.name',
      '3.modelFamily',
      '3.lastActiveAt',
      '4.name',
      '4.modelFamily',
      '5.lastActiveAt',
      'extra',
      '7 ',
    ]) {
      expect((error as Error).message).toContain(path);
    }
    expect((error as Error).message).not.toMatch(/\b0\.|nnn/);
    await expect(count(tenant)).resolves.toBe(0);
  });
  it('stores what two callers put at the same moment once, under distinct names', async () => {
    const tenant = newTenant();
    const shared = Array.from({ length: 40 }, (_, place) => agent(`shared-${place}`));
    const own = (caller: string) =>
      Array.from({ length: 20 }, (_, place) => agent(`${caller}-${place}`, { name: `Namesake ${place}` }));
    const [left, right] = await Promise.all([
      put(tenant, ...shared, ...own('left')),
      put(tenant, ...own('right'), ...shared.toReversed()),
    ]);
    expect(left.created + right.created).toBe(80);
    await expect(count(tenant)).resolves.toBe(80);
  });
  it('gives a name that another caller has given but not committed to nobody else', async () => {
    const tenant = newTenant();
    const given = Promise.withResolvers<undefined>();
    const mayCommit = Promise.withResolvers<undefined>();
    const first = app.inTenant(tenant, async (tx) => {
      await putAgents(tx, [agent('a-000001', { name: 'Ann' })]);
      given.resolve(undefined);
      await mayCommit.promise;
    });
    await given.promise;
    const second = put(tenant, agent('a-000002', { name: 'Ann' }));
    await untilSomebodyWaits();
    mayCommit.resolve(undefined);
    await first;
    await expect(second).resolves.toEqual({ created: 1 });
    expect((await get(tenant, 'a-000002')).name).toBe('Ann (000002)');
  });
  it('lets callers report activity of the same agents in any order', async () => {
    const tenant = newTenant();
    const on = (day: number) =>
      Array.from({ length: 500 }, (_, place) =>
        agent(`a-${place}`, { lastActiveAt: new Date(Date.UTC(2026, 0, day)) }),
      );
    await put(tenant, ...on(1));
    await Promise.all(
      Array.from({ length: 6 }, (_, caller) =>
        put(tenant, ...(caller % 2 ? on(2 + caller) : on(2 + caller).toReversed())),
      ),
    );
    expect((await get(tenant, 'a-499')).lastActiveAt).toEqual(new Date(Date.UTC(2026, 0, 7)));
  });
  it('lets a caller that only reports activity pass one that gives names', async () => {
    const tenant = newTenant();
    await put(tenant, agent('a'));
    const naming = Promise.withResolvers<undefined>();
    const reported = Promise.withResolvers<undefined>();
    const slow = app.inTenant(tenant, async (tx) => {
      await putAgents(tx, [agent('b')]);
      naming.resolve(undefined);
      await reported.promise;
    });
    await naming.promise;
    await put(tenant, agent('a', { lastActiveAt: new Date('2026-03-01') })).finally(() => {
      reported.resolve(undefined);
    });
    await slow;
    await expect(count(tenant)).resolves.toBe(2);
  });
});

describe('getAgent', () => {
  it('prefers an id to a name, and an exact name to one in another case', async () => {
    const tenant = newTenant();
    await put(
      tenant,
      agent('ann', { name: 'Other' }),
      agent('1', { name: 'ann' }),
      agent('2', { name: 'Ann' }),
    );
    expect((await get(tenant, 'ann')).id).toBe('ann');
    expect((await get(tenant, 'Ann')).id).toBe('2');
    expect((await get(tenant, 'OTHER')).id).toBe('ann');
  });
  it('finds a name in any case, also where JavaScript has other rules', async () => {
    const tenant = newTenant();
    await put(
      tenant,
      agent('1', { name: 'Élodie' }),
      agent('2', { name: 'İbrahim' }),
      agent('3', { name: 'ΑΝΝΑΣ' }),
    );
    expect((await get(tenant, 'ÉLODIE')).id).toBe('1');
    expect((await get(tenant, 'İBRAHIM')).id).toBe('2');
    expect((await get(tenant, 'αννασ')).id).toBe('3');
  });
  it('does not treat ids as case-insensitive', async () => {
    const tenant = newTenant();
    await put(tenant, agent('abc'));
    await expect(get(tenant, 'ABC')).rejects.toMatchObject({ code: 'AGENT_NOT_FOUND' });
  });
  it('refuses a name that several agents have in other cases, and says how many', async () => {
    const tenant = newTenant();
    const spellings = Array.from({ length: 64 }, (_, bits) =>
      Array.from('robert', (letter, place) => ((bits >> place) & 1 ? letter.toUpperCase() : letter)).join(''),
    ).slice(1);
    await put(tenant, ...spellings.map((name, place) => agent(`${place}`, { name })));
    await expect(get(tenant, 'robert')).rejects.toMatchObject({
      code: 'AGENT_AMBIGUOUS',
      message: matching(/^63 agents/),
    });
    await put(tenant, agent('robert', { name: 'Somebody else' }));
    expect((await get(tenant, 'robert')).id).toBe('robert');
  });
  it('finds nobody for what no agent can be called', async () => {
    const tenant = newTenant();
    await put(tenant, agent('1', { name: '\ufffd' }));
    for (const nobody of ['nobody', '', 'nul\0', '\ud800', '%', '_'])
      await expect(get(tenant, nobody)).rejects.toMatchObject({ code: 'AGENT_NOT_FOUND' });
  });
  it('does not find an agent of another tenant, by id or by name', async () => {
    const [one, other] = [newTenant(), newTenant()];
    await put(one, agent('a', { name: 'Ann' }));
    for (const known of ['a', 'Ann', 'ANN'])
      await expect(get(other, known)).rejects.toMatchObject({ code: 'AGENT_NOT_FOUND' });
  });
});

describe('countAgents', () => {
  it("counts the tenant's agents only", async () => {
    const [one, other] = [newTenant(), newTenant()];
    await put(one, agent('a'), agent('b'), agent('c'));
    await put(other, agent('a'));
    await expect(count(one)).resolves.toBe(3);
    await expect(count(other)).resolves.toBe(1);
  });
});
