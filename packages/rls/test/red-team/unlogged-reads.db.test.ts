import { testDatabase } from '@agent-agency/testing/vitest';
import { withSession } from '@agent-agency/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { createTestTenants } from '@agent-agency/db-core/testing';
import { contextOf, MARKER, OTHER, OWN } from './worlds.ts';
import { Wire } from './wire.ts';

const database = testDatabase();

const sign = (tenant: string): string[] =>
  Object.entries(contextOf(tenant)).map(([name, value]) => `select set_config('${name}', '${value}', true)`);
const OPEN = `select app.open_shared_access('agent_profiles')`;
const ASK = `select set_config('app.shared_access', 'agent_profiles', true)`;
const READ = 'select name from agent_profiles';

/** Ways to read what another tenant shares without its log saying so in the end. */
const WAYS: Readonly<Record<string, readonly string[]>> = {
  'asking at once': [ASK, READ],
  'opening, reading and rolling back': [OPEN, ASK, READ, 'rollback'],
  'opening in an inner transaction': ['savepoint a', OPEN, 'release a', ASK, READ, 'rollback'],
  'opening in an inner transaction that is undone': ['savepoint a', OPEN, ASK, READ, 'rollback to a', READ],
  'opening in a block that fails': [
    ASK,
    `do $$ declare v text; begin begin perform app.open_shared_access('agent_profiles'); select string_agg(name, ',') into v from agent_profiles;
     raise exception '%', v; exception when others then raise notice '%', sqlerrm; end; end $$`,
  ],
  'opening in the reading statement': [
    ASK,
    `with opened as materialized (${OPEN} as x) select name from opened right join agent_profiles on true`,
    'rollback',
  ],
  'opening inside a function of its own': [
    ASK,
    `create function pg_temp.both() returns setof text language plpgsql as $$ begin perform app.open_shared_access('agent_profiles'); return query select name::text from agent_profiles; end $$`,
    'select pg_temp.both()',
    'rollback',
  ],
  'opening for another table': [
    `select app.open_shared_access('benchmark_datasets')`,
    'commit',
    'begin',
    ...sign(OWN),
    ASK,
    READ,
  ],
  'an entry that is no reading': [
    `select app.record_tenant_access('${OTHER}', 'aggregate', 'agent_profiles')`,
    `select app.record_tenant_access('${OTHER}', 'read', 'agent_profiles', null, 0)`,
    'commit',
    'begin',
    ...sign(OWN),
    ASK,
    READ,
  ],
  'an entry written by hand': [
    `insert into tenant_access_log (tenant_id, accessor_tenant_id, access_type, table_name, transaction_id) values ('${OTHER}', '${OWN}', 'read', 'agent_profiles', '3')`,
    ASK,
    READ,
  ],
  'a rule of its own making': [
    `insert into tenant_sharing_rules (tenant_id, target_tenant_id, resource_types) values ('${OTHER}', '${OWN}', '{agent_profiles}')`,
    ASK,
    READ,
  ],
  'a transaction in two phases': [OPEN, `prepare transaction 'open'`, 'begin', ...sign(OWN), ASK, READ],
};

// PGlite has one login, an administrator's.
describe.skipIf(database.kind === 'pglite')('SQL of a tenant that another one shares with', () => {
  beforeAll(async () => {
    await createTestTenants(database, OWN, OTHER);
    await withSession(database.url, async (session) => {
      await session.query(`update tenants set isolation_level = 'shared' where id = $1`, [OTHER]);
      await session.query(
        `insert into tenant_sharing_rules (tenant_id, target_tenant_id, resource_types) values ($1, $2, '{agent_profiles,benchmark_datasets}')`,
        [OTHER, OWN],
      );
      await session.query(
        `insert into agent_profiles (tenant_id, id, name, model_family) values ($1, 'shared', $2, 'human')`,
        [OTHER, MARKER],
      );
    });
  });

  /** What was said, and how many entries the owner's log has in the end. */
  async function attempt(statements: readonly string[]): Promise<{ said: string; entries: unknown }> {
    await withSession(database.url, (session) => session.query('delete from tenant_access_log'));
    const wire = await Wire.open(database.directUrlFor('agent_agency_app'));
    let said = '';
    for (const statement of ['begin', ...sign(OWN), ...statements]) {
      for (const { body } of await wire.send(statement)) said += body.toString('utf8');
    }
    await wire.close();
    const { rows } = await withSession(database.url, (session) =>
      session.query(
        `select count(*)::int as entries from tenant_access_log where row_count is null and access_type = 'read' and table_name = 'agent_profiles'`,
      ),
    );
    return { said, entries: rows[0]?.['entries'] };
  }

  it('reads it when the log says so', async () => {
    const { said, entries } = await attempt([OPEN, 'commit', 'begin', ...sign(OWN), ASK, READ]);
    expect(said).toContain(MARKER);
    expect(entries).toBe(1);
  });

  it.each(Object.entries(WAYS))('reads nothing by %s', async (_, statements) => {
    const { said } = await attempt(statements);
    expect(said).not.toContain(MARKER);
  });
});
