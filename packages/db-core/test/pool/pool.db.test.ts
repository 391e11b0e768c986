import { connect, type SqlSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConnectionPoolManager } from '../../src/index.ts';
import { applicationManager, createTestTenants } from '../../src/testing.ts';
import { agentNames, backendPid, insertAgent } from '../support/agents.ts';
import { applicationBackends, terminate, until } from '../support/backends.ts';
import { codeOf, errorOf } from '../support/errors.ts';
import { gate } from '../support/gate.ts';
import { withoutPooler } from '../support/without-pooler.ts';

const database = testDatabase();
const direct = withoutPooler(database);
const acme = { tenantId: 'acme' };
let admin: SqlSession;

beforeAll(async () => {
  await createTestTenants(database, 'acme', 'globex');
  admin = await connect(database.url);
});
afterAll(() => admin.close());

describe('withTenant, with many callers', () => {
  it('answers each of 50 interleaved callers from its own tenant, on 5 connections', async () => {
    const manager = applicationManager(database, { max: 5 });
    for (const tenantId of ['acme', 'globex']) {
      await manager.withTenant({ tenantId }, (tx) => insertAgent(tx, `${tenantId}-agent`));
    }
    const callers = Array.from({ length: 50 }, (_, at) => (at % 2 === 0 ? 'acme' : 'globex'));
    const answers = await Promise.all(
      callers.map((tenantId, at) =>
        manager
          .withTenant({ tenantId, userId: String(at) }, async (tx) => {
            const first = await agentNames(tx);
            await sql`select pg_sleep(0.002)`.execute(tx);
            const { rows } = await sql<{
              user: string;
            }>`select current_setting('app.current_user') as user`.execute(tx);
            // Some fail, which must not disturb the others.
            if (at % 10 === 7) await sql`select 1 / 0`.execute(tx);
            return { first, second: await agentNames(tx), user: rows[0]?.user };
          })
          .catch((error: unknown) => (error instanceof Error ? error.name : error)),
      ),
    );
    for (const [at, tenantId] of callers.entries()) {
      const names = [`${tenantId}-agent`];
      const expected = at % 10 === 7 ? 'DatabaseError' : { first: names, second: names, user: String(at) };
      expect(answers[at]).toEqual(expected);
    }
    expect(manager.getStats()).toMatchObject({ totalCount: 5, idleCount: 5, waitingCount: 0 });
    await manager.shutdown();
  });

  it('throws ACQUIRE_TIMEOUT when none becomes free, and goes on when one does', async () => {
    const manager = applicationManager(database, { max: 1, connectionTimeoutMs: 100 });
    await manager.withTenant(acme, agentNames);
    const { opened, open } = gate();
    const holder = manager.withTenant(acme, () => opened);
    const error = await errorOf(manager.withTenant(acme, agentNames));
    expect(error).toMatchObject({ code: 'ACQUIRE_TIMEOUT', retryable: true, details: { max: 1 } });
    open();
    await holder;
    await expect(manager.withTenant(acme, () => Promise.resolve('works'))).resolves.toBe('works');
    await manager.shutdown();
  });

  it('signs when there is a connection, so that a signature does not age while its caller waits', async () => {
    const manager = applicationManager(database, { max: 1 });
    const { opened, open } = gate();
    const holder = manager.withTenant(acme, () => opened);
    await until(() => manager.getStats().totalCount === 1);
    const askedAt = Math.floor(Date.now() / 1000);
    const waiter = manager.withTenant(acme, async (tx) => {
      const { rows } = await sql<{ expiry: string }>`
        select split_part(current_setting('app.context_signature'), '.', 2) as expiry
      `.execute(tx);
      return Number(rows[0]?.expiry);
    });
    await until(() => Math.floor(Date.now() / 1000) > askedAt);
    open();
    await holder;
    expect(await waiter).toBeGreaterThan(askedAt + 300);
    await manager.shutdown();
  });

  it('recovers when every backend is ended at once, in use or not', async () => {
    const manager = applicationManager(direct, { max: 4 });
    const { opened, open } = gate();
    let inUse = 0;
    const busy = [1, 2].map(() =>
      errorOf(
        manager.withTenant(acme, async (tx) => {
          await backendPid(tx);
          inUse += 1;
          await opened;
          return agentNames(tx);
        }),
      ),
    );
    await Promise.all([1, 2].map(() => manager.withTenant(acme, backendPid)));
    await until(() => inUse === 2);
    await terminate(admin, await applicationBackends(admin));
    open();
    for (const error of await Promise.all(busy)) expect(error.code).toBe('CONNECTION_LOST');
    await until(() => manager.getStats().totalCount === 0);
    expect(await manager.withTenant({ tenantId: 'globex' }, agentNames)).toEqual(['globex-agent']);
    await manager.shutdown();
  });
});

describe('ConnectionPoolManager.shutdown', () => {
  it('waits for running transactions and for callers that wait for a connection', async () => {
    const manager = applicationManager(direct, { max: 1 });
    const { opened, open } = gate();
    const order: string[] = [];
    const step = (name: string) => (): void => {
      order.push(name);
    };
    const running = manager.withTenant(acme, () => opened).then(step('running'));
    const waiting = manager.withTenant(acme, agentNames).then(step('waiting'));
    const closing = manager.shutdown().then(step('closed'));
    expect(manager.isInitialized()).toBe(false);
    expect(await codeOf(manager.withTenant(acme, agentNames))).toBe('SHUTTING_DOWN');
    open();
    await Promise.all([running, waiting, closing]);
    expect(order).toEqual(['running', 'waiting', 'closed']);
    expect(await applicationBackends(admin)).toEqual([]);
  });

  it('waits, called twice, until everything is closed, and lets initialize() work again', async () => {
    const manager = applicationManager(direct);
    await manager.withTenant(acme, agentNames);
    await Promise.all([manager.shutdown(), manager.shutdown()]);
    expect(await applicationBackends(admin)).toEqual([]);
    manager.initialize({ port: 1 });
    await manager.shutdown();
    await manager.shutdown();
  });

  it("never lets one pool's login serve another's connections", async () => {
    const manager = applicationManager(database);
    const old = manager.withTenant(acme, backendPid);
    const closing = manager.shutdown();
    // An administrator's login, which the first pool's preparation knows nothing of.
    manager.initializeFromEnv({ DATABASE_URL: database.url });
    const fresh = manager.withTenant(acme, backendPid);
    expect(await codeOf(fresh)).toBe('PRIVILEGED_ROLE');
    expect(await old).toBeGreaterThan(0);
    await closing;
    await manager.shutdown();
  });
});

describe('ConnectionPoolManager.getStats', () => {
  it('counts open, idle and waiting', async () => {
    const manager = applicationManager(database, { max: 1 });
    expect(manager.getStats()).toMatchObject({ totalCount: 0, idleCount: 0, waitingCount: 0 });
    const { opened, open } = gate();
    const started = gate();
    const holder = manager.withTenant(acme, () => {
      started.open();
      return opened;
    });
    await started.opened;
    const waiter = manager.withTenant(acme, agentNames);
    await until(() => manager.getStats().waitingCount === 1);
    expect(manager.getStats()).toMatchObject({ totalCount: 1, activeConnections: 1, waitingCount: 1 });
    open();
    await Promise.all([holder, waiter]);
    await manager.shutdown();
  });
});

describe('application_name', () => {
  it('is what the configuration says, during transactions of every tenant', async () => {
    const manager = applicationManager(database, { applicationName: 'billing', max: 1 });
    const name = sql<{ name: string }>`select current_setting('application_name') as name`;
    for (const tenantId of ['acme', 'globex']) {
      const { rows } = await manager.withTenant({ tenantId }, (tx) => name.execute(tx));
      expect(rows).toEqual([{ name: 'billing' }]);
    }
    await manager.shutdown();
  });
});

describe('ConnectionPoolManager.getInstance', () => {
  it('is one a process, until it is reset', async () => {
    const first = ConnectionPoolManager.getInstance();
    expect(ConnectionPoolManager.getInstance()).toBe(first);
    first.initializeFromEnv({ DATABASE_URL: database.urlFor('agent_agency_app') });
    await ConnectionPoolManager.resetForTesting();
    expect(first.isInitialized()).toBe(false);
    expect(ConnectionPoolManager.getInstance()).not.toBe(first);
    await ConnectionPoolManager.resetForTesting();
    await ConnectionPoolManager.resetForTesting();
  });
});
