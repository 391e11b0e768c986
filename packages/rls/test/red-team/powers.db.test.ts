import { readFile } from 'node:fs/promises';
import { connect, withSession, type SqlSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { describe, expect, it, onTestFinished } from 'vitest';

const database = testDatabase();
const scriptOf = (name: string): Promise<string> =>
  readFile(new URL(`../../../../migrations/${name}`, import.meta.url), 'utf8');
const bootstrap = await scriptOf('bootstrap.sql');
const harden = await scriptOf('harden.sql');

const asApplication = async (): Promise<SqlSession> => {
  const session = await connect(database.directUrlFor('agent_agency_app'));
  onTestFinished(() => session.close());
  return session;
};

/** What becomes of a statement that is undone: `done`, or the SQLSTATE. */
async function outcomeOf(statement: string): Promise<string> {
  const session = await asApplication();
  await session.query('begin');
  try {
    await session.query(statement);
    return 'done';
  } catch (error) {
    return String((error as { code: unknown }).code);
  } finally {
    await session.query('rollback');
  }
}

/**
 * Services of all tenants log in as one role, and PostgreSQL lets nobody keep a role from what is its own. None of this reads a
 * row; it holds others up, or outlives the attacker. Each says what keeps it small. One that is closed fails its test here.
 */
const POWERS: readonly { readonly can: string; readonly so: string; readonly statement: string }[] = [
  {
    can: 'change what the role’s later sessions begin with',
    so: 'the pool sets what matters anew in each transaction, and `agency-db doctor` finds it; a login for each service keeps it to that one',
    statement: `do $$ begin execute format('alter role agent_agency_app in database %I set search_path = pg_temp', current_database()); end $$`,
  },
  {
    can: 'change the role’s password',
    so: 'let it log in by certificate, by the system’s own user, or by the provider’s identity: passwords are of no use then',
    statement: `alter role agent_agency_app password 'mine'`,
  },
  {
    can: 'lock a table of everybody that it may change',
    so: 'who may update or delete may lock in every mode; the pool gives up waiting for locks, and ends a transaction that is idle',
    statement: 'lock table task_queue in access exclusive mode',
  },
  {
    can: 'take a lock that others take by number',
    so: 'the same',
    statement: 'select pg_advisory_xact_lock(1)',
  },
  {
    can: 'send notifications in anybody’s name',
    so: 'no package listens; whoever does takes one for a hint to look, never for what it says',
    statement: `notify anything, 'mine'`,
  },
];

/** What bootstrap.sql takes from PUBLIC where it runs as the owner of the database. */
const TEMPORARY: readonly string[] = [
  'create temp table agent_profiles as select 1 as id',
  `create temp view agent_profiles as select 1 as id`,
  `create function pg_temp.leak() returns integer language sql return 1`,
  'create type pg_temp.telling as (x integer)',
];

/** What harden.sql takes from PUBLIC, and what else it is good for. */
const CLOSABLE: Readonly<Record<string, string>> = {
  'end sessions of the role': 'select pg_terminate_backend(0)',
  'cancel statements of the role': 'select pg_cancel_backend(0)',
  'keep a large object': `select lo_from_bytea(0, 'mine')`,
  'make one': 'select lo_create(0)',
  'read one': 'select lo_get(1)',
  'open one': 'select loread(lo_open(1, 262144), 1)',
  'remove one': 'select lo_unlink(1)',
  'see what others run': 'select * from pg_stat_activity',
  'see what others lock': 'select * from pg_locks',
  'see how many rows everybody writes': 'select * from pg_stat_user_tables',
};

// PGlite has one login, an administrator's.
describe.skipIf(database.kind === 'pglite')('what SQL of the application can do to the others', () => {
  it.each(POWERS)('$can: $so', async ({ statement }) => {
    expect(await outcomeOf(statement)).toBe('done');
  });

  it('lock no table that it only reads or adds to against those who write', async () => {
    expect(await outcomeOf('lock table tenants in access share mode')).toBe('done');
    expect(await outcomeOf('lock table tenants in row share mode')).toBe('42501');
    expect(await outcomeOf('lock table caws_provenance_graph in row exclusive mode')).toBe('done');
    expect(await outcomeOf('lock table caws_provenance_graph in share mode')).toBe('42501');
  });

  it('make nothing temporary, once bootstrap.sql has run', async () => {
    await withSession(database.url, async (session) => {
      await session.query('begin');
      await session.query(bootstrap);
      await session.query('commit');
    });
    for (const statement of TEMPORARY) expect(await outcomeOf(statement), statement).toBe('42501');
    const operators = await withSession(database.url, async (session) => {
      const { rows } = await session.query(
        `select rolname::text as role from pg_roles
         where rolname ~ '^agent_agency' and has_database_privilege(oid, current_database(), 'temporary') order by 1`,
      );
      return rows.map(({ role }) => role);
    });
    expect(operators).toEqual(['agent_agency_maintenance', 'agent_agency_owner', 'agent_agency_service']);
  });

  describe('before an administrator has run harden.sql', () => {
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

  describe('after it, twice', () => {
    it('do nothing of this', async () => {
      for (const statement of Object.values(CLOSABLE)) expect(await outcomeOf(statement)).not.toBe('42501');
      for (let time = 0; time < 2; time += 1)
        await withSession(database.url, async (session) => {
          await session.query('begin');
          await session.query(harden);
          await session.query('commit');
        });
      for (const [what, statement] of Object.entries(CLOSABLE))
        expect(await outcomeOf(statement), what).toBe('42501');
    });

    it('while those who watch and end sessions for a living still can', async () => {
      const allowed = await withSession(database.url, async (session) => {
        const { rows } = await session.query(`
          select
            has_function_privilege('pg_signal_backend', 'pg_terminate_backend(integer, bigint)', 'execute') as ends,
            has_function_privilege('pg_monitor', 'pg_stat_get_activity(integer)', 'execute') as watches,
            has_function_privilege('pg_monitor', 'pg_lock_status()', 'execute') as sees_locks`);
        return rows;
      });
      expect(allowed).toEqual([{ ends: true, watches: true, sees_locks: true }]);
    });
  });
});
