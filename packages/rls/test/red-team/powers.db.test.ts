import { connect, type SqlSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { describe, expect, it, onTestFinished } from 'vitest';

const database = testDatabase();

const asApplication = async (): Promise<SqlSession> => {
  const session = await connect(database.directUrlFor('agent_agency_app'));
  onTestFinished(() => session.close());
  return session;
};

/**
 * Services of all tenants log in as one role, and PostgreSQL lets nobody keep a role from what is its own. None of this reads a
 * row; it holds others up, or outlives the attacker. Each says what keeps it small. One that is closed fails its test here.
 */
const POWERS: readonly { readonly can: string; readonly so: string; readonly statement: string }[] = [
  {
    can: 'change what the role’s later sessions begin with',
    so: 'the pool sets what matters anew in each transaction; look into pg_db_role_setting',
    statement: `do $$ begin execute format('alter role agent_agency_app in database %I set search_path = pg_temp', current_database()); end $$`,
  },
  {
    can: 'change the role’s password',
    so: 'let it log in by certificate, by the system’s own user, or by the provider’s identity: passwords are of no use then',
    statement: `alter role agent_agency_app password 'mine'`,
  },
  {
    can: 'lock a table of everybody',
    so: 'the pool gives up waiting for locks, and ends a transaction that is idle',
    statement: 'lock table task_queue in access exclusive mode',
  },
  {
    can: 'take a lock that others take by number',
    so: 'the same',
    statement: 'select pg_advisory_xact_lock(1)',
  },
  {
    can: 'fill the disk and the memory',
    so: 'limit temp_file_limit, and the connections of the role',
    statement: 'create temp table filler as select 1',
  },
];

// PGlite has one login, an administrator's.
describe.skipIf(database.kind === 'pglite')('what SQL of the application can do to the others', () => {
  it.each(POWERS)('$can: $so', async ({ statement }) => {
    const session = await asApplication();
    await session.query('begin');
    await expect(session.query(statement)).resolves.toBeDefined();
    await session.query('rollback');
  });

  it('end another session of the role: the caller is told that the connection was lost, and tries again', async () => {
    const [attacker, victim] = [await asApplication(), await asApplication()];
    const { rows } = await victim.query('select pg_backend_pid() as pid');
    const { rows: ended } = await attacker.query('select pg_terminate_backend($1) as ended', [
      rows[0]?.['pid'],
    ]);
    expect(ended).toEqual([{ ended: true }]);
  });

  it('read a large object of any tenant: the packages keep nothing there', async () => {
    const [attacker, victim] = [await asApplication(), await asApplication()];
    await victim.query(`select lo_from_bytea(0, 'secret')`);
    const read = `select convert_from(lo_get(max(oid)), 'UTF8') as read from pg_largeobject_metadata`;
    expect((await attacker.query(read)).rows).toEqual([{ read: 'secret' }]);
  });
});
