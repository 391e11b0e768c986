import { connect, startProxy, type PostgresProxy, type SqlSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ConnectionPoolManager, TenantTransaction } from '../../src/index.ts';
import { applicationManager, createTestTenants } from '../../src/testing.ts';
import { agentNames, insertAgent } from '../support/agents.ts';
import { codeOf, errorOf } from '../support/errors.ts';

const database = testDatabase();
const acme = { tenantId: 'acme' };
const globex = { tenantId: 'globex' };
let admin: SqlSession;
let proxy: PostgresProxy;
let manager: ConnectionPoolManager;

beforeAll(async () => {
  await createTestTenants(database, 'acme', 'globex');
  admin = await connect(database.url);
  await admin.query(`
    create function refuse() returns trigger language plpgsql as $$
    begin
      raise exception using errcode = '23514', message = 'refused';
    end
    $$;
    create constraint trigger refuse_at_commit after insert on agent_profiles deferrable initially deferred
    for each row when (new.name = 'refused') execute function refuse();
  `);
  proxy = await startProxy(database.url);
  // A superuser's login: outside of its transaction a statement would reach every tenant's rows.
  manager = applicationManager(
    { kind: database.kind, urlFor: () => proxy.through(database.url) },
    { allowPrivilegedRole: true, max: 1 },
  );
});
afterAll(async () => {
  await manager.shutdown();
  await Promise.all([proxy.close(), admin.close()]);
});
beforeEach(async () => {
  await admin.query('truncate agent_profiles cascade');
  await manager.withTenant(globex, (tx) => insertAgent(tx, 'globex-agent'));
});

const stored = async (): Promise<unknown[]> =>
  (await admin.query('select name from agent_profiles order by name')).rows.map((row) => row['name']);

const end = (tx: TenantTransaction, statement: string): Promise<unknown> => sql.raw(statement).execute(tx);
const wipe = (tx: TenantTransaction): Promise<unknown> => sql`delete from agent_profiles`.execute(tx);

const ENDINGS = [
  'commit',
  'rollback',
  'end',
  'abort',
  'commit and chain',
  'rollback and chain',
  '/**/ commit',
];

describe('withTenant, when a statement ends the transaction of a privileged login', () => {
  it.each(ENDINGS)('sends nothing after %s, although its error was caught', async (statement) => {
    const run = manager.withTenant(acme, async (tx) => {
      await insertAgent(tx, 'a');
      expect(await codeOf(end(tx, statement))).toBe('TRANSACTION_OVER');
      expect(await codeOf(wipe(tx))).toBe('TRANSACTION_OVER');
    });
    expect(await codeOf(run)).toBe('TRANSACTION_OVER');
    expect(await stored()).toContain('globex-agent');
  });

  it.each(ENDINGS)('sends nothing that waits behind %s', async (statement) => {
    const run = manager.withTenant(acme, async (tx) => {
      await insertAgent(tx, 'a');
      const codes = await Promise.all([end(tx, statement), wipe(tx), wipe(tx)].map(codeOf));
      expect(codes).toEqual(['TRANSACTION_OVER', 'TRANSACTION_OVER', 'TRANSACTION_OVER']);
    });
    expect(await codeOf(run)).toBe('TRANSACTION_OVER');
    expect(await stored()).toContain('globex-agent');
  });

  it('sends nothing after a commit that is refused, even before the server says that it is over', async () => {
    proxy.delayReadiness();
    const error = await errorOf(
      manager.withTenant(acme, async (tx) => {
        await insertAgent(tx, 'refused');
        expect(await codeOf(end(tx, 'commit'))).toBe('CHECK_VIOLATION');
        expect(await codeOf(wipe(tx))).toBe('TRANSACTION_OVER');
      }),
    );
    expect(error.code).toBe('TRANSACTION_OVER');
    expect(error.cause).toMatchObject({ code: 'CHECK_VIOLATION' });
    expect(await stored()).toEqual(['globex-agent']);
  });

  it('sends nothing after the end of an inner one that ends it all', async () => {
    const run = manager.withTenant(acme, async (tx) => {
      await manager
        .withTenant(acme, async (inner) => {
          await insertAgent(inner, 'a');
          await end(inner, 'rollback').catch(() => undefined);
        })
        .catch(() => undefined);
      expect(await codeOf(wipe(tx))).toBe('TRANSACTION_OVER');
      expect(await codeOf(manager.withTenant(acme, wipe))).toBe('TRANSACTION_OVER');
    });
    expect(await codeOf(run)).toBe('TRANSACTION_OVER');
    expect(await stored()).toEqual(['globex-agent']);
  });

  it('does not take a rollback to a savepoint for an end', async () => {
    await manager.withTenant(acme, async (tx) => {
      for (const back of [
        'rollback to s',
        'ROLLBACK  TO SAVEPOINT s',
        'rollback work to s',
        ' rollback transaction to s',
      ]) {
        await end(tx, 'savepoint s');
        await insertAgent(tx, 'undone');
        await end(tx, back);
      }
      await insertAgent(tx, 'kept');
      expect(await agentNames(tx)).toEqual(['kept']);
    });
    expect(await stored()).toEqual(['globex-agent', 'kept']);
  });

  it('goes on with the next transaction on the same connection', async () => {
    const { opened } = manager.getStats();
    for (const statement of ENDINGS) {
      await manager.withTenant(acme, (tx) => end(tx, statement)).catch(() => undefined);
      expect(await manager.withTenant(globex, agentNames)).toEqual(['globex-agent']);
    }
    expect(manager.getStats().opened).toBe(opened);
  });
});

describe('withTenant, when its work fails with statements waiting', () => {
  it('does not send them after the rollback', async () => {
    const waiting: Promise<unknown>[] = [];
    const run = manager.withTenant(acme, async (tx) => {
      await insertAgent(tx, 'a');
      waiting.push(
        sql`select pg_sleep(0.05)`.execute(tx),
        wipe(tx).catch(() => 'refused'),
      );
      await new Promise(setImmediate);
      throw new RangeError('enough');
    });
    await expect(run).rejects.toThrow('enough');
    expect((await Promise.all(waiting)).at(1)).toBe('refused');
    expect(await stored()).toEqual(['globex-agent']);
  });
});
