import { connect, startProxy, type SqlSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ConnectionPoolManager, DatabaseConfigInput } from '../../src/index.ts';
import { applicationManager, createTestTenants } from '../../src/testing.ts';
import { agentNames, backendPid } from '../support/agents.ts';
import { applicationBackends, terminate, until } from '../support/backends.ts';
import { errorOf } from '../support/errors.ts';
import { gate } from '../support/gate.ts';
import { withoutPooler } from '../support/without-pooler.ts';

const database = testDatabase();
const direct = withoutPooler(database);
const acme = { tenantId: 'acme' };
let admin: SqlSession;
let manager: ConnectionPoolManager;

beforeAll(async () => {
  await createTestTenants(database, 'acme');
  admin = await connect(database.url);
});
afterAll(() => admin.close());
afterEach(() => manager.shutdown());

function open(config: Partial<DatabaseConfigInput>, url?: string): void {
  manager = applicationManager(
    url === undefined ? direct : { kind: database.kind, urlFor: () => url },
    config,
  );
}

const isWarm = (count: number) => (): boolean => manager.getStats().idleCount === count;

describe('initialize', () => {
  it('opens min connections in the background, and no caller has to open one then', async () => {
    open({ min: 3, max: 5 });
    expect(manager.getStats()).toMatchObject({ totalCount: 3, idleCount: 0 });
    await until(isWarm(3));
    expect(await applicationBackends(admin)).toHaveLength(3);
    await manager.withTenant(acme, agentNames);
    expect(manager.getStats()).toMatchObject({
      totalCount: 3,
      opened: 3,
      closed: 0,
      acquire: { timeouts: 0 },
    });
  });

  it('opens none when min is 0', async () => {
    open({ min: 0 });
    await new Promise(setImmediate);
    expect(manager.getStats()).toMatchObject({ totalCount: 0, opened: 0 });
  });

  it('serves callers that come before the connections are there, on no more than max', async () => {
    open({ min: 2, max: 2 });
    const pids = await Promise.all(Array.from({ length: 6 }, () => manager.withTenant(acme, backendPid)));
    expect(new Set(pids).size).toBeLessThanOrEqual(2);
    expect(manager.getStats().totalCount).toBe(2);
    await until(() => manager.getStats().opened === 2);
  });

  it('throws nothing, and nothing beside, when there is no server', async () => {
    const proxy = await startProxy(database.url);
    const url = proxy.through(database.directUrlFor('agent_agency_app'));
    await proxy.close();
    const rejections: unknown[] = [];
    const listen = (reason: unknown): void => void rejections.push(reason);
    process.on('unhandledRejection', listen);
    const failures: string[] = [];
    open({ min: 2 }, url);
    manager.on('connectionFailed', ({ error }) => failures.push(error.code));
    await until(() => failures.length === 2);
    await new Promise((resolve) => setTimeout(resolve, 20));
    process.off('unhandledRejection', listen);
    expect(rejections).toEqual([]);
    // It is tried once: from here on it is callers who find out.
    expect(failures).toEqual(['UNREACHABLE', 'UNREACHABLE']);
    expect(manager.getStats()).toMatchObject({ totalCount: 0, opened: 0 });
  });
});

describe('the pool, below min', () => {
  it('opens connections again after all of them were ended', async () => {
    open({ min: 3, max: 5 });
    await until(isWarm(3));
    const pids = await applicationBackends(admin);
    await terminate(admin, pids);
    await until(() => manager.getStats().closed === 3 && isWarm(3)());
    expect(await manager.withTenant(acme, backendPid)).not.toBe(pids[0]);
    const now = await applicationBackends(admin);
    expect(now).toHaveLength(3);
    expect(now.filter((pid) => pids.includes(pid))).toEqual([]);
  });

  it('opens one for the one that was ended, and leaves the others as they are', async () => {
    open({ min: 3, max: 5 });
    await until(isWarm(3));
    const [victim = 0, ...others] = await applicationBackends(admin);
    await terminate(admin, [victim]);
    await until(() => manager.getStats().opened === 4 && isWarm(3)());
    expect(await applicationBackends(admin)).toEqual(expect.arrayContaining(others));
    expect(manager.getStats()).toMatchObject({ totalCount: 3, opened: 4, closed: 1 });
  });

  it('counts those that are in use', async () => {
    open({ min: 2, max: 5 });
    await until(isWarm(2));
    const [begun, end] = [gate(), gate()];
    const holder = manager.withTenant(acme, async (tx) => {
      await backendPid(tx);
      begun.open();
      await end.opened;
    });
    // Before, its connection looks as idle as the other one.
    await begun.opened;
    const idle = async (): Promise<number[]> => {
      const { rows } = await admin.query(
        `select pid from pg_stat_activity where usename = 'agent_agency_app' and state = 'idle' and datname = current_database()`,
      );
      return rows.map((row) => Number(row['pid']));
    };
    await until(async () => (await idle()).length === 1);
    await terminate(admin, await idle());
    await until(() => manager.getStats().opened === 3 && isWarm(1)());
    end.open();
    await holder;
    expect(manager.getStats()).toMatchObject({ totalCount: 2, opened: 3 });
  });

  it('opens them when the server is back, with the first caller', async () => {
    const proxy = await startProxy(database.url);
    open({ min: 3, max: 5 }, proxy.through(database.directUrlFor('agent_agency_app')));
    try {
      await until(isWarm(3));
      proxy.refuse();
      proxy.cut();
      await until(() => manager.getStats().totalCount === 0 && manager.getStats().closed === 3);
      expect((await errorOf(manager.withTenant(acme, agentNames))).code).toMatch(/UNREACHABLE|CIRCUIT_OPEN/);
      await proxy.accept();
      await until(() =>
        manager.withTenant(acme, agentNames).then(
          () => true,
          () => false,
        ),
      );
      await until(isWarm(3));
      expect(manager.getStats()).toMatchObject({ totalCount: 3, circuit: 'closed' });
    } finally {
      await manager.shutdown();
      await proxy.close();
    }
  });
});
