import { connect, type SqlSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ConnectionPoolManager, TenantTransaction, TransactionOptions } from '../../src/index.ts';
import { applicationManager, createTestTenants } from '../../src/testing.ts';
import { agentNames, backendPid, insertAgent } from '../support/agents.ts';
import { backends, until } from '../support/backends.ts';
import { codeOf, errorOf } from '../support/errors.ts';
import { gate } from '../support/gate.ts';

const database = testDatabase();
const acme = { tenantId: 'acme' };
let manager: ConnectionPoolManager;
let admin: SqlSession;

beforeAll(async () => {
  await createTestTenants(database, 'acme');
  manager = applicationManager(database, { max: 2 });
  admin = await connect(database.url);
});
afterAll(() => Promise.all([manager.shutdown(), admin.close()]));
beforeEach(() => admin.query('truncate agent_profiles cascade'));

const SETTINGS = `
  select
    current_setting('transaction_isolation') as isolation,
    current_setting('transaction_read_only') as read_only,
    current_setting('transaction_deferrable') as deferrable,
    current_setting('statement_timeout') as statement,
    current_setting('lock_timeout') as lock,
    current_setting('idle_in_transaction_session_timeout') as idle
`;

async function settingsOf(tx: TenantTransaction): Promise<Record<string, string> | undefined> {
  return (await sql.raw<Record<string, string>>(SETTINGS).execute(tx)).rows[0];
}

const IDLED = { code: 'CONNECTION_LOST', retryable: true, details: { sqlState: '25P03' } };

/** Waits for a backend to end, and for us to have heard of it. */
async function gone(pid: number): Promise<void> {
  await until(async () => (await backends(admin, 'pid = $1', [pid])).length === 0);
  await new Promise(setImmediate);
}

describe('withTenant, with time limits', () => {
  it('sets those of the call, else those of the configuration, and none that the server has', async () => {
    const own = { statementTimeoutMs: 1001, lockTimeoutMs: 1002, idleInTransactionTimeoutMs: 1003 };
    expect(await manager.withTenant(acme, settingsOf, own)).toMatchObject({
      statement: '1001ms',
      lock: '1002ms',
      idle: '1003ms',
    });
    const none = { statementTimeoutMs: 0, lockTimeoutMs: 0, idleInTransactionTimeoutMs: 0 };
    expect(await manager.withTenant(acme, settingsOf, none)).toMatchObject({
      statement: '0',
      lock: '0',
      idle: '0',
    });
    const configured = applicationManager(database, {
      statementTimeoutMs: 2001,
      lockTimeoutMs: 2002,
      idleInTransactionTimeoutMs: 2003,
    });
    const expected = { statement: '2001ms', lock: '2002ms', idle: '2003ms' };
    expect(await configured.withTenant(acme, settingsOf)).toMatchObject(expected);
    expect(await configured.withTenant(acme, settingsOf, { lockTimeoutMs: 7 })).toMatchObject({
      ...expected,
      lock: '7ms',
    });
    const client = await configured.getClientWithTenantContext('acme');
    const shown = await client.query(SETTINGS);
    await client.release();
    expect(shown.rows).toMatchObject([expected]);
    const { rows } = await configured.queryWithTenantContext('acme', SETTINGS);
    expect(rows).toMatchObject([expected]);
    await configured.shutdown();
  });

  it('throws LOCK_TIMEOUT when a lock is not free in time, and the holder is not disturbed', async () => {
    await manager.withTenant(acme, (tx) => insertAgent(tx, 'a'));
    const touch = (tx: TenantTransaction): Promise<unknown> =>
      sql`update agent_profiles set status = 'archived'`.execute(tx);
    const { opened, open } = gate();
    const locked = gate();
    const holder = manager.withTenant(acme, async (tx) => {
      await touch(tx);
      locked.open();
      await opened;
    });
    await locked.opened;
    const error = await errorOf(manager.withTenant(acme, touch, { lockTimeoutMs: 10 }));
    expect(error).toMatchObject({ code: 'LOCK_TIMEOUT', retryable: true, details: { sqlState: '55P03' } });
    open();
    await holder;
    await manager.withTenant(acme, touch, { lockTimeoutMs: 10 });
  });

  it('throws CONNECTION_LOST when it idles for too long, writes nothing, and the pool goes on', async () => {
    const run = manager.withTenant(
      acme,
      async (tx) => {
        await insertAgent(tx, 'a');
        await gone(await backendPid(tx));
        return agentNames(tx);
      },
      { idleInTransactionTimeoutMs: 20 },
    );
    expect(await errorOf(run)).toMatchObject(IDLED);
    expect(await manager.withTenant(acme, agentNames)).toEqual([]);
  });

  // A pooler can be late with the news, and then the commit was on its way.
  it.skipIf(database.pooler)(
    'says so too when it only has to commit: before COMMIT was sent nothing is unknown',
    async () => {
      const run = manager.withTenant(
        acme,
        async (tx) => {
          await insertAgent(tx, 'a');
          await gone(await backendPid(tx));
        },
        { idleInTransactionTimeoutMs: 20 },
      );
      expect(await errorOf(run)).toMatchObject(IDLED);
      expect(await manager.withTenant(acme, agentNames)).toEqual([]);
    },
  );

  it('ends a statement in the middle of the transaction; what came before is undone with it', async () => {
    const run = manager.withTenant(
      acme,
      async (tx) => {
        await insertAgent(tx, 'a');
        expect(await codeOf(sql`select pg_sleep(60)`.execute(tx))).toBe('STATEMENT_CANCELLED');
        expect(await errorOf(agentNames(tx))).toMatchObject({ details: { sqlState: '25P02' } });
      },
      { statementTimeoutMs: 50 },
    );
    expect(await codeOf(run)).toBe('COMMIT_ROLLED_BACK');
    expect(await manager.withTenant(acme, agentNames)).toEqual([]);
  });

  it('goes on after one that was a transaction inside', async () => {
    await manager.withTenant(
      acme,
      async (tx) => {
        await insertAgent(tx, 'a');
        const slow = tx.nest((inner) => sql`select pg_sleep(60)`.execute(inner));
        expect(await codeOf(slow)).toBe('STATEMENT_CANCELLED');
        await insertAgent(tx, 'b');
      },
      { statementTimeoutMs: 50 },
    );
    expect(await manager.withTenant(acme, agentNames)).toEqual(['a', 'b']);
  });
});

const WRONG: TransactionOptions = {
  isolationLevel: 'chaos; drop table agent_profiles' as 'serializable',
  statementTimeoutMs: -1,
  lockTimeoutMs: 0.5,
  idleInTransactionTimeoutMs: Number.NaN,
  acquireTimeoutMs: Infinity,
  attempts: 0,
};

describe('withTenant, with options of the transaction', () => {
  it('says them, whatever the database, the login or the session have for a default', async () => {
    const name = new URL(database.url).pathname.slice(1);
    const defaults = [
      `transaction_isolation = 'serializable'`,
      'transaction_read_only = on',
      'transaction_deferrable = on',
    ];
    for (const setting of defaults) await admin.query(`alter database ${name} set default_${setting}`);
    const fresh = applicationManager(database);
    expect(await fresh.withTenant(acme, settingsOf)).toMatchObject({
      isolation: 'read committed',
      read_only: 'off',
      deferrable: 'off',
    });
    await fresh.queryWithTenantContext(
      'acme',
      `insert into agent_profiles (id, name, model_family) values ('a', 'a', 'test')`,
    );
    const options = { isolationLevel: 'repeatable read', readOnly: true } as const;
    expect(await fresh.withTenant(acme, settingsOf, options)).toMatchObject({
      isolation: 'repeatable read',
      read_only: 'on',
    });
    await fresh.shutdown();
    for (const setting of ['isolation', 'read_only', 'deferrable']) {
      await admin.query(`alter database ${name} reset default_transaction_${setting}`);
    }
  });

  it.each<[string, () => Promise<unknown>]>([
    ['withTenant', () => manager.withTenant(acme, agentNames, WRONG)],
    ['withSystem', () => manager.withSystem('test', agentNames, WRONG)],
    ['write', () => manager.write(acme, agentNames, WRONG)],
    ['read', () => manager.read(acme, agentNames, WRONG)],
  ])('lists all that is wrong with them at once, in %s', async (_, use) => {
    const error = await errorOf(use());
    expect(error).toMatchObject({ code: 'INVALID_INPUT', retryable: false });
    for (const name of Object.keys(WRONG)) expect(error.message).toContain(name);
    expect(error.message).not.toContain('drop table');
  });
});
