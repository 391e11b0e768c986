import { connect, type SqlSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ConnectionPoolManager } from '../../src/index.ts';
import { applicationManager, createTestTenants } from '../../src/testing.ts';
import { agentNames, backendPid, insertAgent } from '../support/agents.ts';
import { codeOf, errorOf } from '../support/errors.ts';

const database = testDatabase();
const acme = { tenantId: 'acme' };
const globex = { tenantId: 'globex' };
let admin: SqlSession;

beforeAll(async () => {
  await createTestTenants(database, 'acme', 'globex');
  admin = await connect(database.url);
  await admin.query(`
    create schema elsewhere;
    grant usage on schema elsewhere to agent_agency_app;
    create function elsewhere.set_config(text, text, boolean) returns text language sql return 'fooled';
  `);
});
afterAll(() => admin.close());

/** What a transaction has to have, whatever was on the connection before. */
const surroundings = sql<Record<string, unknown>>`
  select
    app.current_tenant_id() as tenant,
    current_setting('app.current_user') as user,
    current_user as role,
    row_security_active('agent_profiles') as secured,
    current_setting('transaction_isolation') as isolation,
    current_setting('transaction_read_only') as read_only,
    current_setting('transaction_deferrable') as deferrable,
    current_setting('statement_timeout') as statement_timeout,
    current_setting('lock_timeout') as lock_timeout,
    current_setting('idle_in_transaction_session_timeout') as idle_timeout
`;

const EXPECTED = {
  tenant: 'globex',
  user: '',
  role: 'agent_agency_app',
  secured: true,
  isolation: 'read committed',
  read_only: 'off',
  deferrable: 'off',
  statement_timeout: '30s',
  lock_timeout: '10s',
  idle_timeout: '1min',
};

/** What SQL could leave on a connection, on purpose or not. */
const LEFT_BEHIND = [
  'set session characteristics as transaction isolation level serializable',
  'set session characteristics as transaction deferrable',
  `set default_transaction_isolation = 'repeatable read'`,
  'set search_path = pg_temp, pg_catalog',
  `set search_path = ''`,
  // Functions in front of the real ones.
  'set search_path = elsewhere, pg_catalog',
  `set app.current_tenant = 'acme'`,
  `set app."current_user" = 'mallory'`,
  `set app.context_signature = 'forged'`,
  'set row_security = off',
  'set statement_timeout = 5000',
  'set lock_timeout = 5000',
  'set idle_in_transaction_session_timeout = 5000',
  'set role none',
  'reset all',
  'discard plans',
];

describe.each([
  { login: 'the application', isPrivileged: false },
  { login: 'a privileged login', isPrivileged: true },
])('a connection of $login, after SQL', ({ isPrivileged }) => {
  /** A pooler keeps sessions and prepared statements in its own way. */
  const isPooled = database.pooler !== undefined && !isPrivileged;
  let manager: ConnectionPoolManager;
  beforeAll(() => {
    const urlFor = (role: string): string => (isPrivileged ? database.url : database.urlFor(role));
    const options = { allowPrivilegedRole: isPrivileged, max: 1 };
    manager = applicationManager({ kind: database.kind, urlFor }, options);
  });
  afterAll(() => manager.shutdown());
  beforeEach(async () => {
    await admin.query('truncate agent_profiles cascade');
    await manager.withTenant(acme, (tx) => insertAgent(tx, 'acme-agent'));
    await manager.withTenant(globex, (tx) => insertAgent(tx, 'globex-agent'));
  });

  it.each(LEFT_BEHIND)('that ran "%s", serves the next tenant as if nothing was', async (left) => {
    const before = await manager.withTenant(acme, async (tx) => {
      await sql.raw(left).execute(tx);
      return backendPid(tx);
    });
    const after = await manager.withTenant(globex, async (tx) => {
      expect((await surroundings.execute(tx)).rows).toEqual([EXPECTED]);
      await insertAgent(tx, 'another');
      expect(await agentNames(tx)).toEqual(['another', 'globex-agent']);
      return backendPid(tx);
    });
    expect(after).toBe(before);
    const { rows } = await manager.queryWithTenantContext(
      'globex',
      'select name from agent_profiles order by name',
    );
    expect(rows).toEqual([{ name: 'another' }, { name: 'globex-agent' }]);
  });

  it('that made a temporary table, reads the real one', async () => {
    const before = await manager.withTenant(acme, async (tx) => {
      await sql`create temporary table agent_profiles as select 'forged'::text as name`.execute(tx);
      return backendPid(tx);
    });
    expect(await manager.withTenant(globex, backendPid)).toBe(before);
    expect(await manager.withTenant(globex, agentNames)).toEqual(['globex-agent']);
  });

  it('that kept rows for itself, has none for the next tenant', async () => {
    const before = await manager.withTenant(acme, async (tx) => {
      await sql`create temporary table staging as select name from agent_profiles`.execute(tx);
      await sql`declare held cursor with hold for select name from agent_profiles`.execute(tx);
      return backendPid(tx);
    });
    const read = (from: string) => codeOf(manager.withTenant(globex, (tx) => sql.raw(from).execute(tx)));
    expect(await read('select name from pg_temp.staging')).toBe('QUERY_FAILED');
    expect(await read('fetch all from held')).toBe('QUERY_FAILED');
    await manager.withTenant(globex, async (tx) => {
      await sql`create temporary table if not exists staging (name text)`.execute(tx);
      expect((await sql`select name from staging`.execute(tx)).rows).toEqual([]);
      expect(await backendPid(tx)).toBe(before);
    });
  });

  it.skipIf(isPooled)('that set what the server does not report, works as configured again', async () => {
    const setting = sql<{ value: string }>`select current_setting('synchronous_commit') as value`;
    const usual = (await manager.withTenant(globex, (tx) => setting.execute(tx))).rows;
    await manager.withTenant(acme, (tx) => sql`set synchronous_commit = 'local'`.execute(tx));
    expect((await manager.withTenant(globex, (tx) => setting.execute(tx))).rows).toEqual(usual);
    // Also for a transaction that only reads, and behind one that fails.
    await manager.withTenant(acme, (tx) => sql`set synchronous_commit = 'local'`.execute(tx));
    await codeOf(manager.withTenant(acme, (tx) => sql`select 1 / 0`.execute(tx)));
    const readOnly = { readOnly: true };
    expect((await manager.withTenant(globex, (tx) => setting.execute(tx), readOnly)).rows).toEqual(usual);
  });

  it.each([
    `set client_encoding = 'LATIN1'`,
    `set time zone 'Asia/Tokyo'`,
    `set datestyle = 'German'`,
    `set intervalstyle = 'iso_8601'`,
    'set standard_conforming_strings = off',
    `set application_name = 'somebody else'`,
    'set session characteristics as transaction read only',
  ])('that ran "%s", is not lent on: it would read and write wrong', async (left) => {
    const { closed } = manager.getStats();
    await manager.withTenant(acme, (tx) => sql.raw(left).execute(tx));
    await manager.withTenant({ ...globex, userId: 'Zoë' }, async (tx) => {
      await insertAgent(tx, 'Jürgen');
      const literal = sql<{ literal: string; at: Date }>`select ${sql.raw(`'\\n'`)} as literal, now() as at`;
      const { rows } = await literal.execute(tx);
      expect(rows).toMatchObject([{ literal: '\\n', at: expect.any(Date) as unknown }]);
    });
    expect(manager.getStats().closed).toBe(closed + 1);
    const { rows } = await admin.query(`select name from agent_profiles where name like 'J%'`);
    expect(rows).toEqual([{ name: 'Jürgen' }]);
  });

  it('that set one of these for its own transaction only, is lent on', async () => {
    const before = await manager.withTenant(acme, async (tx) => {
      await sql`set local time zone 'Asia/Tokyo'`.execute(tx);
      return backendPid(tx);
    });
    expect(await manager.withTenant(globex, backendPid)).toBe(before);
  });

  // Under a name, what a transaction begins with could be replaced by somebody's own, and give away the next signature.
  it('that prepared statements, has none left for the next tenant, and takes none of theirs for its own', async () => {
    await manager.withTenant(acme, async (tx) => {
      await sql`prepare mine as select 'a text of acme'`.execute(tx);
      const { rows } = await sql<{ name: string; parameters: number }>`
        select name, coalesce(cardinality(parameter_types), 0) as parameters from pg_prepared_statements`.execute(
        tx,
      );
      expect(rows).toEqual([{ name: 'mine', parameters: 0 }]);
    });
    const prepared = sql`select statement from pg_prepared_statements where not from_sql or name = 'mine'`;
    const left = await manager.withTenant(globex, (tx) => prepared.execute(tx));
    expect(left.rows).toEqual(isPooled ? [{ statement: expect.any(String) as string }] : []);
  });

  it('that forgot its prepared statements, serves the next tenant as if nothing was', async () => {
    await manager.withTenant(acme, (tx) => sql`deallocate all`.execute(tx));
    expect(await manager.withTenant(globex, agentNames)).toEqual(['globex-agent']);
  });

  it('that never had the prepared statement that is asked for, is kept', async () => {
    const before = await manager.withTenant(globex, backendPid);
    const run = manager.withTenant(globex, (tx) => sql`deallocate nothing`.execute(tx));
    expect(await errorOf(run)).toMatchObject({ code: 'QUERY_FAILED', details: { sqlState: '26000' } });
    expect(await manager.withTenant(globex, backendPid)).toBe(before);
  });
});
