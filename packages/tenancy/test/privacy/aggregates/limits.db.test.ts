import { matching } from '@agent-agency/testing/vitest';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import type { AggregateRequest } from '../../../src/privacy/aggregates/aggregate-request.ts';
import { requestAggregate } from '../../../src/privacy/aggregates/request-aggregate.ts';
import { COUNT, LATENCY, useAggregates } from '../support/aggregates.ts';
import { insertEvents, newFederatedTenants } from '../support/federated-tenants.ts';

const stage = useAggregates();
let [caller, other] = ['', ''];

beforeAll(async () => {
  [caller = '', other = ''] = await newFederatedTenants(stage.app, 'limits', {}, {});
});

describe('what can be asked', () => {
  it.each<[object, RegExp]>([
    [{ ...COUNT, epsilon: 1 }, /epsilon/],
    [{ ...COUNT, epsilon: '0.0000001' }, /epsilon/],
    [{ ...COUNT, delta: '1' }, /delta/],
    [{ ...COUNT, maxRowsPerAgent: 0 }, /maxRowsPerAgent/],
    [{ ...COUNT, group: '' }, /group/],
    [{ ...COUNT, of: 'tenants' }, /of/],
    [{ ...COUNT, lower: '0' }, /lower/],
    [{ ...LATENCY, aggregate: 'median' }, /aggregate/],
    [{ ...LATENCY, aggregate: 'sum', of: 'performance_events' }, /of/],
    [{ ...LATENCY, aggregate: 'sum', lower: 'NaN', upper: '1e3' }, /lower.*upper/],
    [{ ...LATENCY, aggregate: 'sum', resolution: undefined }, /resolution/],
  ])('does not include %j', async (input, message) => {
    await expect(stage.request(caller, input as AggregateRequest)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: matching(message),
    });
  });

  it.each<[string, object]>([
    ['an epsilon of 0', { ...COUNT, epsilon: '0' }],
    ['an epsilon of more than 100', { ...COUNT, epsilon: '100.1' }],
    ['a delta of more than a half', { ...COUNT, delta: '0.51' }],
    ['bounds that are the same', { ...LATENCY, aggregate: 'sum', lower: '1', upper: '1' }],
    ['bounds the wrong way round', { ...LATENCY, aggregate: 'sum', lower: '2', upper: '1' }],
    ['a bound between two values', { ...LATENCY, aggregate: 'mean', upper: '0.7' }],
    ['a resolution of 0', { ...LATENCY, aggregate: 'mean', resolution: '0' }],
    ['a negative resolution', { ...LATENCY, aggregate: 'mean', resolution: '-0.5' }],
    ['bounds too far for the resolution', { ...LATENCY, aggregate: 'mean', upper: '1000000000' }],
    [
      'more noise than can be drawn',
      { ...LATENCY, aggregate: 'sum', upper: '400000000', maxRowsPerAgent: 9999 },
    ],
  ])('nor %s, which the database refuses', async (_, input) => {
    await expect(stage.request(caller, input as AggregateRequest)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
    await expect(stage.ledgerOf(other)).resolves.toEqual([]);
  });

  // Whoever writes SQL of its own gets as far as the function's own checks.
  it.each([
    `'performance_events', 'x', 'count', null, null, null, null, null, 1, 0`,
    `'performance_events', null, 'count', null, 1, null, null, null, 1, 0`,
    `'performance_events', 'x', 'count', null, 1, null, null, null, null, 0`,
    `'performance_events', 'x', 'count', null, 1, null, null, null, 'NaN', 0`,
    `'performance_events', 'x', 'count', null, 1, null, null, null, 1, null`,
    `'performance_events', 'x', 'count', null, 1, null, null, null, 1, 'NaN'`,
    `'performance_events', 'x', 'count', null, 1, 0, 1, 0.1, 1, 0`,
    `'tenants', 'x', 'count', null, 1, null, null, null, 1, 0`,
    `'performance_events', 'x', null, null, 1, null, null, null, 1, 0`,
    `'performance_events', 'x', 'sum', 'confidence', 1, 0, 1, 0.1, 1, 0`,
    `'performance_events', 'x', 'sum', null, 1, 0, 1, 0.1, 1, 0`,
    `'performance_events', 'x', 'sum', 'latency_ms', 1, 0, 'NaN', 0.1, 1, 0`,
    `'performance_events', 'x', 'sum', 'latency_ms', 1, '-Infinity', 1, 0.1, 1, 0`,
    `'performance_events', 'x', 'sum', 'latency_ms', 1, 0, 1, 'NaN', 1, 0`,
    `'performance_events', 'x', 'sum', 'latency_ms', 1, 0, 1, null, 1, 0`,
    `'performance_events', 'x', 'sum', 'latency_ms', 1, null, 1, 0.1, 1, 0`,
    `'performance_events', 'x', 'sum', 'latency_ms', 10001, 0, 1, 0.1, 1, 0`,
    `'performance_events', 'x', 'sum', 'latency_ms', -1, 0, 1, 0.1, 1, 0`,
    `'performance_events', 'x', 'sum', 'latency_ms', 1, 0, 1, 0.1, 1.0000001, 0`,
  ])('nor (%s)', async (values) => {
    await expect(
      stage.app.inTenant(caller, (tx) =>
        sql`select app.request_federated_aggregate(${sql.raw(values)})`.execute(tx),
      ),
    ).rejects.toMatchObject({ details: { sqlState: '22023' } });
  });

  it('needs a tenant', async () => {
    await expect(
      stage.rowsOf(
        `select app.request_federated_aggregate('performance_events', 'x', 'count', null, 1, null, null, null, 1, 0)`,
      ),
    ).rejects.toMatchObject({ code: 'AATNU' });
  });
});

describe('what the application cannot do by itself', () => {
  it.each([
    `select app.charge_privacy_budget('other', 1, 0, null, 'mine')`,
    `select app.spend_privacy_budget('other', 1, 0, null, 'mine')`,
    `select app.tenants_consent('one', 'other')`,
    `select app.tenants_to_ask('other', 'performance_events')`,
    `select app.consenting_tenants('other')`,
    `select app.bounded_contributions('{}', '{other}')`,
    `select app.change_privacy_config('other', '{}', true)`,
    `select app.put_privacy_config('other', '{}')`,
    `insert into tenant_privacy_ledger (tenant_id, entry, epsilon, delta, purpose) values ('other', 1, 1, 0, 'x')`,
    `update tenant_privacy_ledger set epsilon = 0.1`,
    `delete from tenant_privacy_ledger`,
    `update app.privacy_releases set transaction_id = '1'`,
    `delete from app.privacy_releases`,
    `insert into app.privacy_releases (tenant_id, request, epsilon, delta) values ('other', '{}', 1, 0)`,
  ])('%s', async (statement) => {
    const text = statement.replaceAll('other', other);
    await expect(stage.app.inTenant(caller, (tx) => sql.raw(text).execute(tx))).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
    });
  });

  it('is to see rows that the functions see', async () => {
    await insertEvents(stage.app, other, [{ latency: 1 }]);
    await stage.request(caller, COUNT);
    const visible = await stage.app.inTenant(caller, (tx) =>
      sql`
        select
          (select count(*)::integer from performance_events) as events,
          (select count(*)::integer from tenant_privacy_ledger) as charges,
          (select count(*)::integer from tenant_access_log) as entries,
          (select count(*)::integer from tenant_privacy_config) as settings`.execute(tx),
    );
    expect(visible.rows).toEqual([{ events: 0, charges: 0, entries: 0, settings: 1 }]);
  });
});

describe('app.bounded_contributions', () => {
  const contributionsOf = (tenant: string, request: object) =>
    stage.rowsOf(
      `select contributed::integer, total_units::float8 as units
       from app.bounded_contributions($1::text::jsonb, array[$2]::text[])`,
      JSON.stringify({ resource: 'performance_events', group: 'task_execution_complete', ...request }),
      tenant,
    );
  const latency = { measure: 'latency_ms', lower: -10, upper: 100, resolution: 0.5 };

  it('takes each agent’s first rows, and brings each value between the bounds and to whole units', async () => {
    const [tenant = ''] = await newFederatedTenants(stage.app, 'bounds', {});
    await insertEvents(stage.app, tenant, [
      { agent: 'a', latency: 1e300 }, // 200 units
      { agent: 'a', latency: 3.3 }, // 7 units
      { agent: 'a', latency: 50 },
      { agent: 'b', latency: -999 }, // -20 units
      { agent: 'b', latency: -0.25 }, // 0 units: up from the middle
      { agent: 'b', latency: 0 },
      { agent: 'c', latency: 0.25 }, // 1 unit
    ]);
    await expect(contributionsOf(tenant, { ...latency, max_rows_per_agent: 2 })).resolves.toEqual([
      { contributed: 5, units: 200 + 7 - 20 + 0 + 1 },
    ]);
    await expect(contributionsOf(tenant, { max_rows_per_agent: 1 })).resolves.toEqual([
      { contributed: 3, units: null },
    ]);
  });

  it('chooses the same rows whatever they measure', async () => {
    const tenants = await newFederatedTenants(stage.app, 'choice', {}, {});
    for (const [place, tenant] of tenants.entries())
      await insertEvents(stage.app, tenant, [
        { agent: 'a', latency: 1 },
        { agent: 'a', latency: 2 },
        { agent: 'a', latency: place === 0 ? 100 : -10 },
      ]);
    for (const tenant of tenants)
      await expect(contributionsOf(tenant, { ...latency, max_rows_per_agent: 2 })).resolves.toEqual([
        { contributed: 2, units: 6 },
      ]);
  });

  it('passes over what is no number, and what is of no agent', async () => {
    const [tenant = ''] = await newFederatedTenants(stage.app, 'odd', {});
    const odd = ['fast', null, { ms: 1 }, [1], true, '12'].map((value) => ({ latency: value }));
    await insertEvents(stage.app, tenant, [...odd, { agent: null, latency: 4 }, { latency: 4 }]);
    await expect(contributionsOf(tenant, { ...latency, max_rows_per_agent: 20 })).resolves.toEqual([
      { contributed: 1, units: 8 },
    ]);
    // Odd values are no error either, which would tell that there are any.
    await expect(
      stage.app.inTenant(caller, (tx) =>
        requestAggregate(tx, { ...LATENCY, aggregate: 'sum', epsilon: '1' }),
      ),
    ).resolves.toMatch(/^[0-9a-f-]{36}$/);
  });
});
