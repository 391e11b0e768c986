import { randomBytes } from 'node:crypto';
import { allowLogin, connect, type SqlSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ConnectionPoolManager, SystemTransaction } from '../../src/index.ts';
import { applicationManager, createTestTenants } from '../../src/testing.ts';
import { agentNames } from '../support/agents.ts';
import { codeOf, errorOf } from '../support/errors.ts';

const database = testDatabase();
let manager: ConnectionPoolManager;
let admin: SqlSession;

beforeAll(async () => {
  await createTestTenants(database, 'acme');
  manager = applicationManager(
    { kind: database.kind, urlFor: () => database.url },
    { allowPrivilegedRole: true, applicationName: 'agency-db', max: 1 },
  );
  admin = await connect(database.url);
});
afterAll(() => Promise.all([manager.shutdown(), admin.close()]));

let before = 0;
beforeEach(async () => {
  const { rows } = await admin.query('select coalesce(max(id), 0)::int as last from app.system_access');
  before = Number(rows[0]?.['last']);
});

/** What the test has added to the log. */
const log = async (columns = 'reason'): Promise<unknown[]> =>
  (await admin.query(`select ${columns} from app.system_access where id > $1 order by id`, [before])).rows;

describe('withSystem', () => {
  it('writes down who and why, committed before its work begins', async () => {
    const seen = await manager.withSystem('repair acme', async (tx) => {
      const inside = await log('reason, login, application_name');
      await agentNames(tx);
      return inside;
    });
    const expected = [
      { reason: 'repair acme', login: new URL(database.url).username, application_name: 'agency-db' },
    ];
    expect(seen).toEqual(expected);
    expect(await log('reason, login, application_name')).toEqual(expected);
  });

  it('writes it down also when the work throws, only looks, or does nothing', async () => {
    const failing = manager.withSystem('fails', async (tx) => {
      await agentNames(tx);
      throw new RangeError('enough');
    });
    await expect(failing).rejects.toThrow('enough');
    await manager.withSystem('looks', agentNames, { readOnly: true });
    await manager.withSystem('does nothing', () => Promise.resolve());
    expect(await log()).toEqual([{ reason: 'fails' }, { reason: 'looks' }, { reason: 'does nothing' }]);
  });

  it('writes a row for every attempt', async () => {
    let attempts = 0;
    await manager.withSystem(
      'collides once',
      async (tx) => {
        attempts += 1;
        if (attempts === 1)
          await sql`do $$ begin raise exception using errcode = '40001'; end $$`.execute(tx);
      },
      { attempts: 2 },
    );
    expect(await log()).toEqual([{ reason: 'collides once' }, { reason: 'collides once' }]);
  });

  it('does not begin when it cannot be written down', async () => {
    await admin.query(`
      create function app.full_disk() returns trigger language plpgsql as $$
      begin
        raise exception using errcode = '53100';
      end
      $$;
      create trigger full_disk before insert on app.system_access execute function app.full_disk();
    `);
    let hasBegun = false;
    const work = (): Promise<void> => {
      hasBegun = true;
      return Promise.resolve();
    };
    expect(await errorOf(manager.withSystem('test', work))).toMatchObject({ details: { sqlState: '53100' } });
    await admin.query('drop function app.full_disk() cascade');
    expect(hasBegun).toBe(false);
    expect(await log()).toEqual([]);
  });

  it.skipIf(database.kind === 'pglite')(
    'throws PERMISSION_DENIED for the application, before its work begins, and writes nothing',
    async () => {
      const application = applicationManager(database, { max: 1 });
      let hasBegun = false;
      const work = (): Promise<void> => {
        hasBegun = true;
        return Promise.resolve();
      };
      expect(await codeOf(application.withSystem('mine', work))).toBe('PERMISSION_DENIED');
      expect(hasBegun).toBe(false);
      expect(await log()).toEqual([]);
      expect(await application.withTenant({ tenantId: 'acme' }, agentNames)).toEqual([]);
      expect(application.getStats()).toMatchObject({ opened: 1 });
      await application.shutdown();
    },
  );

  it('serves an operator who has no rights but to become the owner', async () => {
    // Roles belong to the whole server, which other runs may share.
    const role = `db_core_test_${randomBytes(4).toString('hex')}`;
    await admin.query(`create role ${role} login noinherit in role agent_agency_app, agent_agency_owner`);
    await allowLogin(admin, database.url, [role]);
    const operator = applicationManager(
      { kind: database.kind, urlFor: () => database.directUrlFor(role) },
      { allowPrivilegedRole: true, max: 1 },
    );
    await operator.withSystem('look', agentNames);
    expect(await log('reason, login')).toEqual([{ reason: 'look', login: role }]);
    await operator.shutdown();
    await admin.query(`drop owned by ${role}; drop role ${role}`);
  });

  it('is joined by one inside, which writes no second row', async () => {
    await manager.withSystem('outer', async (tx) => {
      const place = sql<{ xid: string }>`select pg_current_xact_id()::text as xid`;
      const { rows } = await place.execute(tx);
      await manager.withSystem('inner', async (inner) => {
        expect((await place.execute(inner)).rows).toEqual(rows);
      });
    });
    expect(await log()).toEqual([{ reason: 'outer' }]);
  });

  it.each(['', ' ', '\n\t', 'x'.repeat(1001)])('refuses the reason %j', async (reason) => {
    expect(await codeOf(manager.withSystem(reason, agentNames))).toBe('INVALID_INPUT');
    expect(await log()).toEqual([]);
  });

  it.each(['x', 'é'.repeat(1000), `'; drop table app.system_access; --`])(
    'takes the reason %j',
    async (reason) => {
      await manager.withSystem(reason, agentNames);
      expect(await log()).toEqual([{ reason }]);
    },
  );
});

describe('app.system_access', () => {
  const change = (statement: string): Promise<unknown> =>
    errorOf(manager.withSystem('forge', (tx: SystemTransaction) => sql.raw(statement).execute(tx)));

  it.each([
    `update app.system_access set reason = 'nothing happened'`,
    'delete from app.system_access',
    'truncate app.system_access',
    'update app.system_access set reason = reason where false',
  ])('refuses "%s", even as the owner', async (statement) => {
    expect(await change(statement)).toMatchObject({ details: { sqlState: 'AAAPO' } });
    expect(await log()).toEqual([{ reason: 'forge' }]);
  });

  it('is closed to the application', async () => {
    for (const statement of [
      'select from app.system_access',
      `insert into app.system_access (reason) values ('x')`,
      'delete from app.system_access',
    ]) {
      const asTenant = manager.withTenant({ tenantId: 'acme' }, (tx) => sql.raw(statement).execute(tx));
      expect(await codeOf(asTenant)).toBe('PERMISSION_DENIED');
    }
  });
});
