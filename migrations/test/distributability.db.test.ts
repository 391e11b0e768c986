import { readFile } from 'node:fs/promises';
import { connect, type SqlSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeOwnViews } from '../scripts/catalogue/own-objects.ts';
import { inOrderOfReferences, PLACEMENTS, readDistribution } from '../scripts/citus/distribution.ts';
import { distributionRules } from './rules/distribution.ts';
import { createTenants } from './support/rows.ts';
import { applyContext, signContext } from './support/tenant-context.ts';

const database = testDatabase();
const script = await readFile(new URL('../citus/distribute.sql', import.meta.url), 'utf8');
let session: SqlSession;

beforeAll(async () => {
  session = await connect(database.url);
  await makeOwnViews(session);
});
afterAll(() => session.close());

beforeEach(() => session.query('begin'));
afterEach(() => session.query('rollback'));

/** Runs citus/distribute.sql with functions in place of Citus's own that write down how they were called. */
async function distribute(): Promise<Record<string, unknown>[]> {
  await session.query(`
    create temporary table call (
      place bigint generated always as identity, relation text, kind text, tenant_column text, colocated_with text
    );
    create function public.create_reference_table(p_table regclass) returns void language sql
      begin atomic
        insert into call (relation, kind) values (p_table::text, 'reference');
      end;
    create function public.create_distributed_table(
      table_name regclass, distribution_column text, distribution_type text default 'hash', colocate_with text default 'default'
    ) returns void language sql
      begin atomic
        insert into call (relation, kind, tenant_column, colocated_with)
        values (table_name::text, 'distributed', distribution_column, colocate_with);
      end`);
  await session.query(script);
  const { rows } = await session.query(
    'select relation, kind, tenant_column, colocated_with from call order by place',
  );
  return rows;
}

/** Worked out once for the query, and not for every row that a plan joins to it. */
const PLACED = `
  drop table if exists placement, distributed;
  create temporary table placement on commit drop as
    select own_table.oid, placed.* from (${PLACEMENTS}) as placed (full_name, kind, needs)
    join own_table using (full_name);
  create temporary table distributed on commit drop as
    select placement.*, attnum as tenant_attnum from placement
    join pg_attribute on attrelid = placement.oid and attname = 'tenant_id'
    where kind = 'distributed'`;

async function violationsOf(query: string): Promise<string[]> {
  await session.query(PLACED);
  return (await session.query(query)).rows.map(({ violation }) => String(violation));
}

describe('citus/distribute.sql', () => {
  it('places every table once, unless it stays on the coordinator', async () => {
    const placements = (await readDistribution(session)).filter(({ kind }) => kind !== 'local');
    const calls = await distribute();
    const named = (rows: readonly unknown[]): unknown[] => rows.map((row) => JSON.stringify(row)).sort();
    expect(named(calls.map(({ relation, kind }) => [relation, kind]))).toEqual(
      named(placements.map(({ table, kind }) => [table, kind])),
    );
  });

  it('places every table after those that it refers to', async () => {
    const needs = new Map(
      (await readDistribution(session)).map((placement) => [placement.table, placement.needs]),
    );
    const placed = new Set<string>();
    for (const { relation } of await distribute()) {
      const missing = needs.get(String(relation))?.filter((name) => !placed.has(name));
      expect(missing, `what ${String(relation)} refers to`).toEqual([]);
      placed.add(String(relation));
    }
  });

  it('distributes by tenant_id, and keeps the rows of a tenant together', async () => {
    const [first, ...others] = (await distribute()).filter(({ kind }) => kind === 'distributed');
    expect(first).toMatchObject({ tenant_column: 'tenant_id', colocated_with: 'none' });
    for (const call of others) {
      expect(call).toMatchObject({ tenant_column: 'tenant_id', colocated_with: first?.['relation'] });
    }
  });

  it('leaves no sub-select in a policy, and tenants apart', async () => {
    await createTenants(session, 'acme', 'globex');
    await distribute();
    const left = `select polname as violation from pg_policy
                  where polqual::text ~ '{SUBLINK' or polwithcheck::text ~ '{SUBLINK'`;
    expect(await violationsOf(left)).toEqual([]);
    await session.query('set local role agent_agency_app');
    await expect(session.query('select tenant_id from tenant_privacy_config')).resolves.toEqual({ rows: [] });
    await applyContext(session, signContext({ tenant: 'globex' }));
    await expect(session.query('select tenant_id from tenant_privacy_config')).resolves.toEqual({
      rows: [{ tenant_id: 'globex' }],
    });
  });

  it('refuses a policy with a sub-select that is more than a call', async () => {
    await session.query(
      `create policy wordy on agent_profiles for select to agent_agency_app
       using (tenant_id = (select max(id) from tenants))`,
    );
    await expect(distribute()).rejects.toThrow(
      'policy wordy on agent_profiles has a sub-select that is more than a call',
    );
  });
});

describe('inOrderOfReferences', () => {
  it('refuses foreign keys that go in a circle', () => {
    const circle = [
      { table: 'a', kind: 'distributed', needs: ['b'] },
      { table: 'b', kind: 'distributed', needs: ['a'] },
    ] as const;
    expect(() => inOrderOfReferences(circle)).toThrow('foreign keys go in a circle: a, b');
  });
});

describe.each(distributionRules)('$name', ({ violations, breaches }) => {
  it('holds after citus/distribute.sql', async () => {
    await distribute();
    expect(await violationsOf(violations)).toEqual([]);
  });

  it.each(breaches)('notices: %s', async (breach) => {
    await distribute();
    await session.query(breach);
    expect(await violationsOf(violations)).not.toEqual([]);
  });
});
