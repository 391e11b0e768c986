import { connect, startProxy, type PostgresProxy, type SqlSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ConnectionPoolManager, DatabaseConfigInput, TenantTransaction } from '../../src/index.ts';
import { applicationManager, createTestTenants } from '../../src/testing.ts';
import { agentNames, insertAgent } from '../support/agents.ts';
import { applicationBackends, backends, until } from '../support/backends.ts';
import { codeOf, errorOf } from '../support/errors.ts';
import { gate } from '../support/gate.ts';
import { withoutPooler } from '../support/without-pooler.ts';

const database = testDatabase();
const direct = withoutPooler(database);
const acme = { tenantId: 'acme' };
let admin: SqlSession;

beforeAll(async () => {
  await createTestTenants(database, 'acme');
  admin = await connect(database.url);
});
afterAll(() => admin.close());
beforeEach(async () => {
  await admin.query('truncate agent_profiles cascade');
});

async function open(config: Partial<DatabaseConfigInput> = {}): Promise<ConnectionPoolManager> {
  const manager = applicationManager(direct, config);
  await manager.withTenant(acme, agentNames);
  return manager;
}

const isSleeping = async (): Promise<boolean> => (await backends(admin, `wait_event = 'PgSleep'`)).length > 0;

async function insertAndSleep(tx: TenantTransaction): Promise<void> {
  await insertAgent(tx, 'a');
  await sql`select pg_sleep(60)`.execute(tx);
}

/** The server needs a moment to notice that somebody has left. */
async function expectNothingLeft(): Promise<void> {
  await until(async () => (await applicationBackends(admin)).length === 0);
  expect((await admin.query('select from agent_profiles')).rows).toEqual([]);
}

describe('shutdown, when its deadline passes', () => {
  it('ends what runs and what waits with SHUTTING_DOWN, and the server stops the statement', async () => {
    const manager = await open({ max: 1 });
    const running = errorOf(manager.withTenant(acme, insertAndSleep));
    const waiting = Array.from({ length: 10 }, () => codeOf(manager.withTenant(acme, agentNames)));
    await until(async () => manager.getStats().waitingCount === 10 && (await isSleeping()));
    const closing = manager.shutdown({ timeoutMs: 50 });
    // Begun meanwhile.
    expect(await codeOf(manager.withTenant(acme, agentNames))).toBe('SHUTTING_DOWN');
    expect(() => manager.getStats()).toThrow(expect.objectContaining({ code: 'SHUTTING_DOWN' }));
    expect(await running).toMatchObject({ code: 'SHUTTING_DOWN', retryable: false });
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(['SHUTTING_DOWN']));
    await closing;
    expect(await codeOf(manager.withTenant(acme, agentNames))).toBe('NOT_INITIALIZED');
    await expectNothingLeft();
  });

  it('takes the deadline from the configuration when it is given none', async () => {
    const manager = await open({ shutdownTimeoutMs: 20 });
    const running = codeOf(manager.withTenant(acme, insertAndSleep));
    await until(isSleeping);
    await manager.shutdown();
    expect(await running).toBe('SHUTTING_DOWN');
    await expectNothingLeft();
  });

  it('ends a transaction of one statement, and nothing of it is written', async () => {
    const manager = await open();
    const running = codeOf(
      manager.queryWithTenantContext(
        'acme',
        `with pause as materialized (select pg_sleep(60))
         insert into agent_profiles (id, name, model_family) select 'a', 'a', 'test' from pause`,
      ),
    );
    await until(isSleeping);
    await manager.shutdown({ timeoutMs: 20 });
    expect(await running).toBe('SHUTTING_DOWN');
    await expectNothingLeft();
  });

  it('ends work that is between two statements, and refuses its next one', async () => {
    const manager = await open();
    const go = gate();
    const began = gate();
    const later = Promise.withResolvers<string>();
    const running = codeOf(
      manager.withTenant(acme, async (tx) => {
        await insertAgent(tx, 'a');
        began.open();
        await go.opened;
        later.resolve(await codeOf(insertAgent(tx, 'b')));
      }),
    );
    await began.opened;
    await manager.shutdown({ timeoutMs: 20 });
    expect(await running).toBe('SHUTTING_DOWN');
    go.open();
    expect(await later.promise).toBe('SHUTTING_DOWN');
    await expectNothingLeft();
  });

  it('does not wait for a client that is never released', async () => {
    const manager = await open();
    const leaked = await manager.getClientWithTenantContext('acme');
    await leaked.query(`insert into agent_profiles (id, name, model_family) values ('a', 'a', 'test')`);
    await manager.shutdown({ timeoutMs: 20 });
    await expectNothingLeft();
    expect(await codeOf(leaked.query('select 1'))).toBe('SHUTTING_DOWN');
    expect(await codeOf(leaked.release())).toBe('SHUTTING_DOWN');
  });

  it('does not run again what waits to be run again', async () => {
    const manager = await open();
    let closing: Promise<void> | undefined;
    let runsBefore = 0;
    manager.on('retried', ({ attempt, delayMs }) => {
      // A wait that outlasts the deadline.
      if (closing !== undefined || delayMs < 100) return;
      closing = manager.shutdown({ timeoutMs: 1 });
      runsBefore = attempt;
    });
    let runs = 0;
    const conflict = manager.withTenant(
      acme,
      async (tx) => {
        runs += 1;
        await sql`do $$ begin raise exception using errcode = '40001'; end $$`.execute(tx);
      },
      { attempts: 100 },
    );
    expect(await codeOf(conflict)).toBe('SHUTTING_DOWN');
    expect(runs).toBe(runsBefore);
    await closing;
    await expectNothingLeft();
  });
});

describe('shutdown, when nothing runs', () => {
  it('is over as soon as the connections are, long before its deadline', async () => {
    const manager = await open({ min: 2 });
    // A deadline that the test would not live to see.
    await manager.shutdown({ timeoutMs: 60_000 });
    expect(await applicationBackends(admin)).toEqual([]);
    expect(manager.isInitialized()).toBe(false);
  });

  it('leaves no timer behind: the process could end', async () => {
    const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    const manager = await open({ min: 2, leakReportMs: 50 });
    await manager.shutdown({ timeoutMs: 60_000 });
    expect(timers()).toBeLessThanOrEqual(before);
  });

  it('does nothing without a pool', async () => {
    const manager = await open();
    await manager.shutdown();
    await manager.shutdown({ timeoutMs: 1 });
    expect(await codeOf(manager.withTenant(acme, agentNames))).toBe('NOT_INITIALIZED');
  });
});

describe('shutdown, when the network is gone', () => {
  let proxy: PostgresProxy;
  let manager: ConnectionPoolManager;

  beforeEach(async () => {
    proxy = await startProxy(database.url);
    return () => proxy.close();
  });

  function openThroughProxy(config: Partial<DatabaseConfigInput>): void {
    const urlFor = (role: string): string => proxy.through(database.directUrlFor(role));
    manager = applicationManager({ kind: database.kind, urlFor }, config);
  }

  it('ends callers and connections that nobody answers, at its deadline', async () => {
    proxy.freeze();
    openThroughProxy({ min: 2, connectionTimeoutMs: 0 });
    const codes = [1, 2, 3].map(() => codeOf(manager.withTenant(acme, agentNames)));
    await manager.shutdown({ timeoutMs: 50 });
    expect(new Set(await Promise.all(codes))).toEqual(new Set(['SHUTTING_DOWN']));
  });

  it('leaves no socket behind that would keep the process alive', async () => {
    const sockets = (): number =>
      process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
    openThroughProxy({ min: 3 });
    await until(() => manager.getStats().idleCount === 3);
    proxy.freeze();
    const before = sockets();
    await manager.shutdown({ timeoutMs: 50 });
    // The proxy has some of its own, which see nothing of this.
    await until(() => sockets() === before - 3);
  });
});
