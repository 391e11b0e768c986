import type { ConnectionPoolManager } from '@agent-agency/db-core';
import { applicationManager, createTestTenants } from '@agent-agency/db-core/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MARKER, OTHER, OWN } from './worlds.ts';

const database = testDatabase();
const own = { tenantId: OWN };
const other = { tenantId: OTHER };

/** Statements in one transaction of a tenant; answers the last one's rows. */
async function inTransaction(
  manager: ConnectionPoolManager,
  { tenantId }: typeof own,
  statements: readonly string[],
): Promise<unknown[]> {
  const client = await manager.getClientWithTenantContext(tenantId);
  let rows: unknown[] = [];
  try {
    for (const statement of statements) ({ rows } = await client.query(statement));
  } catch (error) {
    await client.release(error);
    throw error;
  }
  await client.release();
  return rows;
}

/** In the place of every statement that the connection has prepared, one that keeps what it is given. */
const REPLACE_PREPARED = `do $$
declare
  v_statement record;
begin
  for v_statement in select name, cardinality(parameter_types) as size from pg_prepared_statements loop
    execute format('deallocate %I', v_statement.name);
    execute format(
      'prepare %I (%s) as select set_config(''app.stolen'', concat(%s), false), pg_notify(''stolen'', concat(%s))',
      v_statement.name,
      array_to_string(array_fill('text'::text, array[v_statement.size::int]), ', '),
      (select coalesce(string_agg('$' || n, ', '), '''''') from generate_series(1, v_statement.size) as n),
      (select coalesce(string_agg('$' || n, ', '), '''''') from generate_series(1, v_statement.size) as n)
    );
  end loop;
end
$$`;

/** What an attacker leaves on a connection for whoever gets it next. */
const TRAPS: Readonly<Record<string, readonly string[]>> = {
  'statements in the place of prepared ones': [REPLACE_PREPARED],
  'a table in the place of one': [
    'create temp table agent_profiles (like public.agent_profiles including defaults)',
    'grant all on pg_temp.agent_profiles to public',
  ],
  'a view in the place of a table': [
    `create temp view agent_profiles as select 'x'::text as id, 'x'::text as name`,
  ],
  'a search path': [`select set_config('search_path', 'pg_temp', false)`],
  'an empty search path': [`select set_config('search_path', '', false)`],
  'its own context': [
    `select set_config(name, current_setting(name), false) from unnest(array['app.current_tenant', 'app.current_user', 'app.current_session', 'app.context_signature']) as name`,
  ],
  'row security off': ['set row_security = off'],
  'a limit on time': [`set lock_timeout = '100ms'`, `set statement_timeout = '100ms'`],
  'transactions that only read': [
    'set session characteristics as transaction read only',
    'set default_transaction_isolation = serializable',
  ],
  'another meaning of null': ['set transform_null_equals = on'],
  'shared access': [`select set_config('app.shared_access', 'agent_profiles', false)`],
};

/** What a tenant leaves behind without meaning to, and where somebody else would look for it. */
const REMAINS: Readonly<Record<string, readonly [left: string, look: string]>> = {
  'a temporary table': [`create temp table kept as select '${MARKER}'`, 'select * from kept'],
  'a cursor': [`declare kept cursor with hold for select '${MARKER}'`, 'fetch all from kept'],
  'a setting': [
    `select set_config('app.kept', '${MARKER}', false)`,
    `select current_setting('app.kept', true)`,
  ],
  'a prepared statement': [
    `prepare kept as select '${MARKER}'`,
    'select statement from pg_prepared_statements',
  ],
  'a temporary function': [
    `create function pg_temp.kept() returns text language sql return '${MARKER}'`,
    'select prosrc, pg_get_functiondef(oid) from pg_proc where proname = $$kept$$',
  ],
  'a lock': [
    `select pg_advisory_lock(4711)`,
    `select '${MARKER}' from pg_locks where locktype = 'advisory' and objid = 4711 and pid = pg_backend_pid()`,
  ],
};

// PGlite has one login, an administrator's.
describe.skipIf(database.kind === 'pglite')('a connection that one tenant had before another', () => {
  let lent: ConnectionPoolManager;
  beforeAll(async () => {
    await createTestTenants(database, OWN, OTHER);
    const insertion = `insert into agent_profiles (id, name, model_family) values ('kept', 'kept', 'human')`;
    const manager = applicationManager(database);
    await inTransaction(manager, other, [insertion]);
    await manager.shutdown();
  });
  beforeEach(() => {
    // One connection, so that everybody gets it.
    lent = applicationManager(database, { max: 1 });
  });
  afterEach(() => lent.shutdown());

  it.each(Object.entries(TRAPS))('serves the next one when it was left %s', async (_, trap) => {
    await inTransaction(lent, own, trap);
    const rows = await inTransaction(lent, other, [
      'select pg_sleep(0.15)',
      `update agent_profiles set name = '${MARKER}' where id = 'kept'`,
      'select name, app.current_tenant_id() as tenant, app.visible_tenants($$agent_profiles$$) as visible from agent_profiles',
    ]);
    expect(rows).toEqual([{ name: MARKER, tenant: OTHER, visible: [OTHER] }]);
    const loot = await inTransaction(lent, own, [
      'select name, current_setting($$app.stolen$$, true) as stolen from (select) as x left join agent_profiles on true',
    ]);
    expect(loot).toEqual([{ name: null, stolen: expect.toBeOneOf([null, '']) as unknown }]);
  });

  it.each(Object.entries(REMAINS))('does not show it %s of the last one', async (_, [left, look]) => {
    await inTransaction(lent, other, [left]);
    const seen = await inTransaction(lent, own, [look]).catch((error: unknown) => [String(error)]);
    expect(JSON.stringify(seen)).not.toContain(MARKER);
  });

  // UNLISTEN is done when its transaction commits, so the first one after still sees the name; no package listens.
  it('shows it a channel of the last one in its first transaction, and in no other', async () => {
    const look = 'select pg_listening_channels() as channel';
    await inTransaction(lent, other, [`listen "${MARKER}"`]);
    expect(await inTransaction(lent, own, [look])).toEqual([{ channel: MARKER }]);
    expect(await inTransaction(lent, own, [look])).toEqual([]);
  });
});
