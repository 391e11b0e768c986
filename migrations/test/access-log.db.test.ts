import type { SqlSession } from '@agent-agency/testing';
import { connect } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTenants, insertRows, queryOne, queryValue, type Row } from './support/rows.ts';
import { applyContext, signContext } from './support/tenant-context.ts';
import { become, outcomeOf, undone } from './support/undone.ts';

const database = testDatabase();
let administrator: SqlSession;
let application: SqlSession;

beforeAll(async () => {
  administrator = await connect(database.url);
  application = await connect(database.urlFor('agent_agency_app'));
  await createTenants(administrator, 'acme', 'globex', 'initech');
});
afterAll(() => Promise.all([administrator.close(), application.close()]));

const HASH = 'ab'.repeat(32);
const RECORD = 'select app.record_tenant_access($1, $2, $3, $4, $5)';

async function record(tenant: string, ...rest: readonly unknown[]): Promise<void> {
  const [type = 'read', table = 'agent_profiles', hash = null, rows = null] = rest;
  await application.query(RECORD, [tenant, type, table, hash, rows]);
}

const logOf = async (tenant: string): Promise<Row[]> => {
  await become(application, tenant);
  return (await application.query('select * from tenant_access_log order by accessed_at, row_count')).rows;
};

describe.skipIf(database.kind === 'pglite')('app.record_tenant_access', () => {
  it('enters into the log of whose rows were asked for, and into no other', async () => {
    await undone(application, 'acme', async () => {
      await applyContext(application, signContext({ tenant: 'acme', user: 'ann', session: 'one' }));
      await record('globex', 'aggregate', 'performance_events', HASH, 12);
      await expect(logOf('acme')).resolves.toEqual([]);
      await expect(logOf('initech')).resolves.toEqual([]);
      await expect(logOf('globex')).resolves.toMatchObject([
        {
          tenant_id: 'globex',
          accessor_tenant_id: 'acme',
          access_type: 'aggregate',
          table_name: 'performance_events',
          query_hash: HASH,
          row_count: 12,
          user_id: 'ann',
          ip_address: await queryValue(application, 'select inet_client_addr()'),
        },
      ]);
    });
  });

  it('names the user of the signed context, and nobody where it names none', async () => {
    await undone(application, 'acme', async () => {
      await record('globex');
      await expect(logOf('globex')).resolves.toMatchObject([
        { user_id: null, query_hash: null, row_count: null },
      ]);
    });
  });

  it('does not believe a user that was set by hand', async () => {
    await undone(application, 'acme', async () => {
      await applyContext(application, { 'app.current_user': 'mallory' });
      await expect(
        outcomeOf(application, `select app.record_tenant_access('globex', 'read', 'x')`),
      ).resolves.toBe('AATNU');
    });
  });

  it.each([
    ['a tenant', ['read', 'agent_profiles', HASH, 1], 1],
    ['a bad type', ['browse', 'agent_profiles', HASH, 1], expect.stringMatching(/^2/)],
    ['no type', [null, 'agent_profiles', HASH, 1], expect.stringMatching(/^2/)],
    ['no table', ['read', null, HASH, 1], expect.stringMatching(/^2/)],
    ['an empty table', ['read', '', HASH, 1], expect.stringMatching(/^2/)],
    ['a long table', ['read', 'x'.repeat(101), HASH, 1], expect.stringMatching(/^2/)],
    ['a bad hash', ['read', 'agent_profiles', 'hash', 1], expect.stringMatching(/^2/)],
    ['a long hash', ['read', 'agent_profiles', HASH + HASH, 1], expect.stringMatching(/^2/)],
    ['a bad count', ['read', 'agent_profiles', HASH, -1], expect.stringMatching(/^2/)],
  ])('answers to %s as if every tenant were there', async (_, values, expected: unknown) => {
    await undone(application, 'acme', async () => {
      for (const tenant of ['globex', 'nobody', 'acme', ''])
        await expect(outcomeOf(application, RECORD, [tenant, ...values]), tenant).resolves.toEqual(expected);
    });
  });

  it.each(['globex', 'nobody'])('is refused to whoever has no tenant, for %s', async (tenant) => {
    await expect(
      undone(application, undefined, () => outcomeOf(application, RECORD, [tenant, 'read', 'x', null, null])),
    ).resolves.toBe('AATNU');
  });

  it('is refused to the reading login', async () => {
    const reader = await connect(database.urlFor('agent_agency_readonly'));
    try {
      await expect(
        undone(reader, 'acme', () =>
          outcomeOf(reader, `select app.record_tenant_access('globex', 'read', 'x')`),
        ),
      ).resolves.toBe('42501');
    } finally {
      await reader.close();
    }
  });
});

describe.skipIf(database.kind === 'pglite')('tenant_access_log', () => {
  it('is written through the function only, even by the tenant that it belongs to', async () => {
    await undone(application, 'acme', async () => {
      await record('acme');
      for (const statement of [
        `insert into tenant_access_log (tenant_id, access_type, table_name) values ('acme', 'read', 'x')`,
        `insert into tenant_access_log (tenant_id, access_type, table_name) values ('globex', 'read', 'x')`,
        'update tenant_access_log set row_count = 0',
        'delete from tenant_access_log',
        'truncate tenant_access_log',
        'select from tenant_access_log for update',
      ])
        await expect(outcomeOf(application, statement), statement).resolves.toBe('42501');
      await expect(outcomeOf(application, 'select from tenant_access_log')).resolves.toBe(1);
    });
  });

  it.each([
    [{ access_type: 'browse' }, '23514'],
    [{ access_type: null }, '23502'],
    [{ table_name: '' }, '23514'],
    [{ query_hash: 'A'.repeat(64) }, '23514'],
    [{ query_hash: 'a'.repeat(63) }, '23514'],
    [{ row_count: -1 }, '23514'],
    [{ tenant_id: 'nobody' }, '23503'],
  ])('refuses %j', async (fields, code) => {
    const row = {
      tenant_id: 'acme',
      id: crypto.randomUUID(),
      access_type: 'read',
      table_name: 'x',
      ...fields,
    };
    const insert = (it: Row): Promise<void> =>
      undone(administrator, undefined, () =>
        insertRows(administrator, 'tenant_access_log', [{ ...it, accessed_at: '2025-01-01' }]),
      );
    await insert({
      ...row,
      tenant_id: 'acme',
      access_type: 'read',
      table_name: 'x',
      query_hash: null,
      row_count: 0,
    });
    await expect(insert(row)).rejects.toMatchObject({ code });
  });
});

describe.skipIf(database.kind === 'pglite')('cross_tenant_access_summary', () => {
  it('adds up who else asked for what, for the tenant whose rows they are', async () => {
    await undone(application, 'acme', async () => {
      await record('globex', 'read', 'agent_profiles', null, 3);
      await record('globex', 'read', 'agent_profiles', null, 4);
      await record('globex', 'read', 'agent_profiles');
      await record('globex', 'aggregate', 'agent_profiles');
      await record('globex', 'read', 'performance_events', null, 0);
      await become(application, 'initech');
      await record('globex', 'read', 'agent_profiles', null, 1);
      await become(application, 'globex');
      await record('globex', 'read', 'agent_profiles', null, 9);
      const summary = await application.query(`
        select tenant_id, accessor_tenant_id, access_type, table_name, access_count, total_rows,
          last_accessed_at = now() as is_recent
        from cross_tenant_access_summary
        order by accessor_tenant_id, access_type, table_name`);
      const entry = (
        accessor: string,
        type: string,
        table: string,
        count: string,
        rows: string | null,
      ): Row => ({
        ...{ tenant_id: 'globex', accessor_tenant_id: accessor, access_type: type, table_name: table },
        ...{ access_count: count, total_rows: rows, is_recent: true },
      });
      expect(summary.rows).toEqual([
        entry('acme', 'aggregate', 'agent_profiles', '1', null),
        entry('acme', 'read', 'agent_profiles', '3', '7'),
        entry('acme', 'read', 'performance_events', '1', '0'),
        entry('initech', 'read', 'agent_profiles', '1', '1'),
      ]);
      for (const tenant of ['acme', 'initech']) {
        await become(application, tenant);
        await expect(outcomeOf(application, 'select from cross_tenant_access_summary')).resolves.toBe(0);
      }
    });
  });

  it('shows operators, who have no tenant', async () => {
    await undone(administrator, undefined, async () => {
      await insertRows(administrator, 'tenant_access_log', [
        {
          ...{ tenant_id: 'acme', id: crypto.randomUUID(), access_type: 'read', table_name: 'x' },
          accessed_at: '2025-01-01T00:00:00Z',
        },
      ]);
      await administrator.query('set local role agent_agency_app');
      await become(administrator, 'acme');
      await expect(
        queryOne(administrator, 'select * from cross_tenant_access_summary'),
      ).resolves.toMatchObject({
        accessor_tenant_id: null,
        access_count: '1',
      });
    });
  });

  it('shows nothing without a tenant', async () => {
    await undone(application, 'acme', async () => {
      await record('globex');
      await applyContext(application, { 'app.context_signature': '' });
      await expect(
        queryValue(application, 'select count(*)::int from cross_tenant_access_summary'),
      ).resolves.toBe(0);
    });
  });
});
