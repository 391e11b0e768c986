import { connect, type SqlSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ConnectionPoolManager } from '../../src/index.ts';
import { applicationManager, createTestTenants } from '../../src/testing.ts';
import { agentNames, backendPid } from '../support/agents.ts';
import { terminate, until } from '../support/backends.ts';
import { codeOf } from '../support/errors.ts';
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

describe('ConnectionPoolManager.getStats', () => {
  it('counts waits, timeouts, and connections that were opened and closed', async () => {
    manager = applicationManager(direct, { max: 1 });
    await manager.withTenant(acme, agentNames);
    const before = manager.getStats().acquire;
    const end = gate();
    const holder = manager.withTenant(acme, () => end.opened);
    const late = codeOf(manager.withTenant(acme, agentNames, { acquireTimeoutMs: 100 }));
    const waiters = Array.from({ length: 3 }, () => manager.withTenant(acme, agentNames));
    expect(await late).toBe('ACQUIRE_TIMEOUT');
    end.open();
    await Promise.all([holder, ...waiters]);
    const { acquire, opened, closed } = manager.getStats();
    expect(acquire).toMatchObject({ count: before.count + 4, timeouts: 1 });
    // Three callers have waited as long as the one that was late.
    expect(acquire.maxMs).toBeGreaterThan(90);
    expect(acquire.p50Ms).toBeLessThanOrEqual(acquire.p95Ms);
    expect(acquire.p95Ms).toBeLessThanOrEqual(acquire.p99Ms);
    expect(acquire.p99Ms).toBeLessThanOrEqual(acquire.maxMs);
    expect([opened, closed]).toEqual([1, 0]);
    await terminate(admin, [await manager.withTenant(acme, backendPid)]);
    await until(() => manager.getStats().closed === 1);
    await manager.withTenant(acme, agentNames);
    expect(manager.getStats()).toMatchObject({ opened: 2, closed: 1, totalCount: 1 });
  });

  it('begins anew with a new pool, which the last connections of the old one are nothing to', async () => {
    manager = applicationManager(direct, { min: 2, max: 2 });
    const { createdAt } = manager.getStats();
    await until(() => manager.getStats().idleCount === 2);
    const closed: unknown[] = [];
    manager.on('connectionClosed', (event) => closed.push(event));
    const config = { host: '127.0.0.1', port: 1, min: 0 };
    const closing = manager.shutdown();
    manager.initialize(config);
    await closing;
    // Who listens to the manager hears of both.
    expect(closed).toHaveLength(2);
    const stats = manager.getStats();
    expect(stats).toMatchObject({ opened: 0, closed: 0, acquire: { count: 0 } });
    expect(stats.createdAt.getTime()).toBeGreaterThanOrEqual(createdAt.getTime());
  });
});
