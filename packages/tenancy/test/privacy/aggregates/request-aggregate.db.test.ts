import { connect } from '@agent-agency/testing';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { COUNT, LATENCY, useAggregates } from '../support/aggregates.ts';
import { configure, insertEvents, newFederatedTenants, type Settings } from '../support/federated-tenants.ts';

const stage = useAggregates();
const { request, ask, rowsOf, ledgerOf, charged } = stage;

/** A project's tenants: one that asks, and others. */
interface Federation {
  readonly project: string;
  readonly caller: string;
  readonly others: string[];
}

/** A caller, and tenants of these settings that have nothing. */
async function newFederation(...others: readonly Settings[]): Promise<Federation> {
  const project = crypto.randomUUID();
  const [caller = '', ...tenants] = await newFederatedTenants(stage.app, project, {}, ...others);
  return { project, caller, others: tenants };
}

/** The same, where the others have an event each. */
async function newStage(...others: readonly Settings[]): Promise<Federation> {
  const federation = await newFederation(...others);
  for (const tenant of federation.others)
    await insertEvents(stage.app, tenant, [{ latency: 50, success: 1 }]);
  return federation;
}

/** 100 agents with two events each, one with many, and what does not count. */
const BUSY = [
  ...Array.from({ length: 200 }, (_, place) => ({ agent: `agent ${place % 100}`, latency: 40 })),
  ...Array.from({ length: 50 }, () => ({ agent: 'busy', latency: 1e9 })),
  ...Array.from({ length: 50 }, () => ({ agent: null, latency: 40 })),
  ...Array.from({ length: 50 }, (_, place) => ({ agent: `${place}`, latency: 40, type: 'routing_decision' })),
];

describe('requestAggregate', () => {
  it('counts, adds up and averages the others’ rows, so many an agent and each between the bounds', async () => {
    const { caller, others } = await newFederation({}, {}, {});
    for (const tenant of [caller, ...others.slice(1)]) await insertEvents(stage.app, tenant, BUSY);
    // More than 60 scales happen with a probability of exp(-60).
    const near = ({ result = '' }: { result?: string | undefined }, expected: number, scale: number) => {
      expect(Math.abs(Number(result) - expected), `${result} for ${expected}`).toBeLessThanOrEqual(
        60 * scale,
      );
    };
    const count = await ask(caller, { ...COUNT, epsilon: '0.5' });
    expect(count).toMatchObject({ noiseScale: '4', isSuppressed: false });
    near(count, 404, 4);
    const sum = await ask(caller, { ...LATENCY, aggregate: 'sum', epsilon: '5' });
    expect(sum.noiseScale).toBe('40');
    near(sum, 2 * (200 * 40 + 2 * 100), 40);
    const mean = await ask(caller, { ...LATENCY, aggregate: 'mean', epsilon: '3' });
    expect(mean.noiseScale).toBeUndefined();
    expect(Math.abs(Number(mean.result) - 40.594)).toBeLessThan(10);
  });

  it('adds Gaussian noise where there is a delta', async () => {
    const { caller, others } = await newStage({}, {});
    const input = { ...COUNT, epsilon: '1', delta: '0.00001' };
    const { noiseScale, result } = await ask(caller, input);
    // 2 / √(2ρ), ρ = (√(ln 10⁵ + 1) - √(ln 10⁵))²
    expect(Number(noiseScale)).toBeCloseTo(2 / Math.sqrt(2 * 0.020_819_938_339_5354), 8);
    expect(Math.abs(Number(result) - 2)).toBeLessThan(12 * 9.8);
    await expect(ledgerOf(others[0] ?? '')).resolves.toMatchObject([
      { epsilon: '1', delta: '0.00001', rho: expect.stringMatching(/^0\.02081993833953546/) as string },
    ]);
  });

  it('charges everybody who is asked the same, whether or not there was something to tell', async () => {
    const { project, caller, others } = await newStage({}, { composition: 'zcdp' });
    const [silent = ''] = await newFederatedTenants(stage.app, project, {});
    await request(caller, { ...LATENCY, aggregate: 'mean', epsilon: '0.25' });
    for (const tenant of [...others, silent])
      await expect(ledgerOf(tenant), tenant).resolves.toEqual([
        {
          entry: 1,
          epsilon: '0.25',
          delta: '0',
          rho: '0.03125',
          purpose: 'mean of performance_events.latency_ms',
          spender: caller,
        },
      ]);
    await expect(charged([caller])).resolves.toEqual([]);
  });

  it('enters itself into the log of everybody who is asked, with the rows that counted', async () => {
    const { project, caller, others } = await newStage({});
    const [busy = ''] = await newFederatedTenants(stage.app, project, {});
    await insertEvents(stage.app, busy, BUSY);
    await request(caller, COUNT);
    const log = `
      select tenant_id, accessor_tenant_id, access_type, table_name, query_hash, row_count
      from tenant_access_log where tenant_id = any($1) order by row_count`;
    const entries = await rowsOf(log, [busy, ...others]);
    const entry = { accessor_tenant_id: caller, access_type: 'aggregate', table_name: 'performance_events' };
    const hash = expect.stringMatching(/^[0-9a-f]{64}$/) as string;
    expect(entries).toEqual([
      { tenant_id: others[0], ...entry, query_hash: hash, row_count: 1 },
      { tenant_id: busy, ...entry, query_hash: hash, row_count: 202 },
    ]);
    expect(entries[0]?.['query_hash']).toBe(entries[1]?.['query_hash']);
  });

  it('asks of capabilities as well', async () => {
    const { caller, others } = await newFederation({}, {});
    for (const tenant of others) await insertCapabilities(tenant, 40);
    const { result } = await ask(caller, {
      aggregate: 'mean',
      of: 'agent_capabilities_graph.confidence',
      group: 'code review',
      maxRowsPerAgent: 1,
      lower: '0',
      upper: '1',
      resolution: '0.01',
      epsilon: '8',
    });
    expect(Math.abs(Number(result) - 0.8)).toBeLessThan(0.4);
  });

  it.each<[string, Settings]>([
    ['is strict', { isolation: 'strict' }],
    ['is shared', { isolation: 'shared' }],
    ['does not learn across tenants', { learns: false }],
    ['does not name the caller’s project', { groups: ['elsewhere'] }],
    ['is secure', { level: 'secure' }],
    ['has not enough budget', { epsilon: 0.9 }],
  ])('leaves out, unasked, a tenant that %s', async (_, settings) => {
    const { caller, others } = await newStage(settings, {}, {});
    await request(caller, COUNT);
    await expect(charged(others)).resolves.toEqual(others.slice(1).toSorted());
    await expect(rowsOf('select from tenant_access_log where tenant_id = $1', others[0])).resolves.toEqual(
      [],
    );
  });

  it('leaves out a tenant that is suspended', async () => {
    const { caller, others } = await newStage({}, {});
    await rowsOf('select app.suspend_tenant($1)', others[0]);
    await request(caller, COUNT);
    await expect(charged(others)).resolves.toEqual(others.slice(1));
  });

  it('asks nobody whose project the caller does not name', async () => {
    const { caller, others } = await newStage({}, {});
    await configure(stage.administrator, caller, { groups: ['elsewhere'] });
    await expect(ask(caller, COUNT)).resolves.toMatchObject({ isSuppressed: true });
    await expect(charged(others)).resolves.toEqual([]);
  });

  it('respects what a tenant lays down for the table', async () => {
    const { caller, others } = await newStage({}, {}, {}, {});
    const policies = [
      ['share', caller],
      ['federate', 'another'],
      ['federate', caller],
    ];
    for (const [place, [level, allowed]] of policies.entries())
      await rowsOf(
        `insert into tenant_access_policies (tenant_id, resource_type, access_level, allowed_tenants)
         values ($1, 'performance_events', $2, array[$3])`,
        others[place],
        level,
        allowed,
      );
    await request(caller, COUNT);
    await expect(charged(others)).resolves.toEqual(others.slice(2).toSorted());
  });

  it('withholds the figure where fewer tenants contribute than one of them demands, and takes the charge', async () => {
    const { project, caller, others } = await newStage({}, {}, { k: 4 });
    const [silent = ''] = await newFederatedTenants(stage.app, project, {});
    await insertEvents(stage.app, silent, [{ agent: 'another', type: 'routing_decision' }]);
    const withheld = await ask(caller, COUNT);
    expect(withheld).toMatchObject({ result: undefined, isSuppressed: true });
    await expect(charged([...others, silent])).resolves.toHaveLength(4);
    // A fourth tenant with a row is enough; more rows of three were not.
    const [fourth = ''] = await newFederatedTenants(stage.app, project, {});
    await insertEvents(stage.app, fourth, [{}]);
    await expect(ask(caller, COUNT)).resolves.toMatchObject({
      isSuppressed: false,
      result: expect.stringMatching(/^-?\d+$/) as string,
    });
  });

  it('counts tenants and not rows', async () => {
    const { caller, others } = await newFederation({ k: 2 });
    await insertEvents(stage.app, others[0] ?? '', BUSY);
    await expect(ask(caller, COUNT)).resolves.toMatchObject({ isSuppressed: true });
  });

  it.each<[string, Settings, string]>([
    ['is not federated', { isolation: 'shared' }, 'NOT_FEDERATED'],
    ['does not learn across tenants', { learns: false }, 'NOT_FEDERATED'],
    ['is secure', { level: 'secure' }, 'SECURE_COMPUTATION_NEEDED'],
  ])('refuses a tenant that itself %s', async (_, settings, code) => {
    const { caller, others } = await newStage({}, {});
    await configure(stage.administrator, caller, settings);
    await expect(request(caller, COUNT)).rejects.toMatchObject({ code });
    await expect(charged(others)).resolves.toEqual([]);
  });

  it('does not take the level basic for leave to show figures as they are', async () => {
    const { project, caller, others } = await newStage({ level: 'basic' }, { level: 'basic' });
    await configure(stage.administrator, caller, { level: 'basic', groups: [project] });
    await expect(ask(caller, COUNT)).resolves.toMatchObject({ noiseScale: '2', isSuppressed: false });
    await expect(charged(others)).resolves.toHaveLength(2);
  });

  it('stops asking a tenant when its budget is used up', async () => {
    const { caller, others } = await newStage({ epsilon: 2.5 }, {});
    for (let time = 0; time < 4; time += 1) await request(caller, COUNT);
    await expect(ledgerOf(others[0] ?? '')).resolves.toHaveLength(2);
    await expect(ledgerOf(others[1] ?? '')).resolves.toHaveLength(4);
  });

  it('is asked by several at once, and never overspends nor blocks itself', async () => {
    const { project, caller, others } = await newStage({ epsilon: 3.5 }, { epsilon: 2 }, {});
    const callers = [caller, ...(await newFederatedTenants(stage.app, project, {}))];
    const asked = await Promise.all([...callers, ...callers, ...callers].map((it) => request(it, COUNT)));
    expect(new Set(asked).size).toBe(6);
    const spent = await Promise.all(others.map(async (tenant) => (await ledgerOf(tenant)).length));
    expect(spent).toEqual([3, 2, 6]);
  });

  it('takes a tenant at its word: one that withdraws while its lock is awaited is not asked', async () => {
    const { caller, others } = await newStage({}, {});
    const [first = ''] = others;
    const withdrawal = await connect(stage.app.database.url);
    await withdrawal.query('begin');
    await withdrawal.query(
      'update tenant_privacy_config set allow_cross_tenant_learning = false where tenant_id = $1',
      [first],
    );
    const asked = request(caller, COUNT);
    await stage.untilWaiting();
    await withdrawal.query('commit');
    await withdrawal.close();
    await asked;
    await expect(charged(others)).resolves.toEqual(others.slice(1));
  });

  it('draws as much noise as it says', async () => {
    const { caller } = await newStage({}, {});
    const draws = 600;
    await stage.app.inTenant(caller, (tx) =>
      sql`
        select app.request_federated_aggregate(
          'performance_events', 'task_execution_complete', 'count', null, 2, null, null, null, 0.01, 0
        )
        from generate_series(1, ${draws}::integer)`.execute(tx),
    );
    const [{ mean }] = (await rowsOf(
      'select avg(abs(result - 2))::float8 as mean from app.privacy_releases where tenant_id = $1',
      caller,
    )) as [{ mean: number }];
    // The mean of so many distances, each exponential with a mean of 2 / 0.01, is 30 % off with less than 10^-9.
    expect(Math.abs(mean / 200 - 1)).toBeLessThan(0.3);
  });
});

/** So many agents that can all do the same. */
async function insertCapabilities(tenant: string, agents: number): Promise<void> {
  await rowsOf(
    `insert into agent_profiles (tenant_id, id, name, model_family)
     select $1, 'agent ' || n, 'agent ' || n, 'human' from generate_series(1, $2::integer) as n`,
    tenant,
    agents,
  );
  await rowsOf(
    `insert into agent_capabilities_graph (tenant_id, agent_id, capability_name, confidence, extraction_confidence)
     select $1, 'agent ' || n, 'Code Review', 0.8, 1 from generate_series(1, $2::integer) as n`,
    tenant,
    agents,
  );
}
