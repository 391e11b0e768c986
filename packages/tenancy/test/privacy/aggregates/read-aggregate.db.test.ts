import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { readAggregate } from '../../../src/privacy/aggregates/read-aggregate.ts';
import { requestAggregate } from '../../../src/privacy/aggregates/request-aggregate.ts';
import { COUNT, useAggregates } from '../support/aggregates.ts';
import { insertEvents, newFederatedTenants } from '../support/federated-tenants.ts';

const stage = useAggregates();
let [caller, other, another] = ['', '', ''];

beforeAll(async () => {
  [caller = '', other = '', another = ''] = await newFederatedTenants(stage.app, 'readers', {}, {}, {});
  for (const tenant of [other, another]) await insertEvents(stage.app, tenant, [{}]);
});

const undone = new Error('undone');
const counts = () =>
  stage.rowsOf(`
    select
      (select count(*)::integer from tenant_privacy_ledger) as charges,
      (select count(*)::integer from tenant_access_log) as entries,
      (select count(*)::integer from app.privacy_releases) as releases`);

describe('readAggregate', () => {
  it('gives the same figure whenever it is asked', async () => {
    const id = await stage.request(caller, COUNT);
    const first = await stage.read(caller, id);
    expect(first.result).toMatch(/^-?\d+$/);
    expect(Math.abs(first.requestedAt.getTime() - Date.now())).toBeLessThan(60_000);
    await expect(stage.read(caller, id)).resolves.toEqual(first);
  });

  it('tells nothing that is not paid for: not in the transaction that asks', async () => {
    await stage.app.inTenant(caller, async (tx) => {
      const id = await requestAggregate(tx, COUNT);
      await expect(tx.nest((inner) => readAggregate(inner, id))).rejects.toMatchObject({
        code: 'RELEASE_NOT_COMMITTED',
      });
      await expect(
        tx.nest((inner) => sql`select result from app.privacy_releases where id = ${id}`.execute(inner)),
      ).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    });
  });

  it('nor from a savepoint of it', async () => {
    const inside = stage.app.inTenant(caller, async (tx) => {
      const id = await tx.nest((inner) => requestAggregate(inner, COUNT));
      return readAggregate(tx, id);
    });
    await expect(inside).rejects.toMatchObject({ code: 'RELEASE_NOT_COMMITTED' });
  });

  it('nor after a rollback, which takes back the charge, the entry and the figure', async () => {
    const before = await counts();
    let id = '';
    const rolledBack = stage.app.inTenant(caller, async (tx) => {
      id = await requestAggregate(tx, COUNT);
      throw undone;
    });
    await expect(rolledBack).rejects.toBe(undone);
    await expect(counts()).resolves.toEqual(before);
    await expect(stage.read(caller, id)).rejects.toMatchObject({ code: 'RELEASE_NOT_FOUND' });
  });

  it('knows no release of another tenant, as if there were none', async () => {
    const id = await stage.request(caller, COUNT);
    const refusals = await Promise.all(
      [id, crypto.randomUUID()].map((asked) =>
        stage.read(other, asked).catch((error: unknown) => JSON.stringify(error)),
      ),
    );
    expect(refusals[0]).toBe(refusals[1]);
    await expect(stage.read(other, id)).rejects.toMatchObject({ code: 'RELEASE_NOT_FOUND' });
  });

  it('refuses what is no id', async () => {
    await expect(stage.read(caller, 'one')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('lets nobody ask for the figure past it', async () => {
    const id = await stage.request(caller, COUNT);
    for (const columns of ['result', 'noise_scale', '*'])
      await expect(
        stage.app.inTenant(caller, (tx) =>
          sql`select ${sql.raw(columns)} from app.privacy_releases where id = ${id}`.execute(tx),
        ),
        columns,
      ).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    // What was asked, and for how much, is the tenant's to see.
    const asked = await stage.app.inTenant(caller, (tx) =>
      sql`select request, epsilon::text from app.privacy_releases where id = ${id}`.execute(tx),
    );
    expect(asked.rows).toEqual([
      {
        request: {
          resource: 'performance_events',
          group: 'task_execution_complete',
          aggregate: 'count',
          max_rows_per_agent: 2,
        },
        epsilon: '1',
      },
    ]);
  });
});
