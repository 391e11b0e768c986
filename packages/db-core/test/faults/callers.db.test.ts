import { connect, type SqlSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ConnectionPoolManager, DatabaseConfigInput, TenantClient } from '../../src/index.ts';
import { createTestTenants } from '../../src/testing.ts';
import { agentNames, insertAgent } from '../support/agents.ts';
import { until } from '../support/backends.ts';
import { errorOf } from '../support/errors.ts';
import { gate } from '../support/gate.ts';
import { applicationStates, expectSoundAndClose } from './soundness.ts';
import { acme, emptyTables, globex, openSubject, routeTo, TENANTS, type Subject } from './subject.ts';

const database = testDatabase();
const CROWD = Array.from({ length: 10 }, (_, at) => `crowd-${at}`);
let admin: SqlSession;
let subject: Subject;

beforeAll(async () => {
  await createTestTenants(database, ...TENANTS, ...CROWD);
  admin = await connect(database.url);
});
afterAll(() => admin.close());
beforeEach(() => emptyTables(database.url));
afterEach(() => expectSoundAndClose(subject));

function open(overrides: Partial<DatabaseConfigInput>): ConnectionPoolManager {
  subject = openSubject(routeTo(database), overrides);
  return subject.manager;
}

describe.skipIf(database.kind === 'pglite')('fault: clients that nobody releases use the pool up', () => {
  /** Somebody whose code forgets to release. */
  function forgetsToRelease(manager: ConnectionPoolManager): Promise<TenantClient> {
    return manager.getClientWithTenantContext('acme');
  }
  const FORGETFUL = /at forgetsToRelease \(.*callers\.db\.test\.ts:\d+:\d+\)/;

  it('throws ACQUIRE_TIMEOUT that names the holders, and emits leakSuspected with the stack that took it, once a client; works when they are released', async () => {
    const manager = open({ max: 4, maxPerTenant: 4, leakReportMs: 50, connectionTimeoutMs: 500 });
    let leaks = 0;
    // On a busy machine others can take as long.
    manager.on('leakSuspected', ({ stack }) => (leaks += FORGETFUL.test(stack) ? 1 : 0));
    const leaked: TenantClient[] = [];
    while (leaked.length < 4) leaked.push(await forgetsToRelease(manager));
    const callers = [acme, globex, globex].map((tenant) => errorOf(manager.withTenant(tenant, agentNames)));
    for (const error of await Promise.all(callers)) {
      expect(error).toMatchObject({ code: 'ACQUIRE_TIMEOUT', retryable: true });
      expect(error.details['holders']).toEqual(
        [1, 2, 3].map(() => expect.stringMatching(FORGETFUL) as unknown),
      );
    }
    await until(() => leaks >= 4);
    expect(await manager.getHealth({ timeoutMs: 100 })).toMatchObject({ healthy: false });
    expect(leaks).toBe(4);
    await leaked[0]?.release();
    expect(await manager.withTenant(globex, agentNames)).toEqual([]);
    for (const client of leaked.slice(1)) await client.release();
  });

  it('throws ACQUIRE_TIMEOUT for the tenant that has leaked its share; serves the others', async () => {
    const manager = open({ max: 4, maxPerTenant: 3, connectionTimeoutMs: 500 });
    const leaked: TenantClient[] = [];
    while (leaked.length < 3) leaked.push(await forgetsToRelease(manager));
    const own = await errorOf(manager.withTenant(acme, agentNames));
    expect(own).toMatchObject({ code: 'ACQUIRE_TIMEOUT', details: { maxPerTenant: 3 } });
    await manager.withTenant(globex, (tx) => insertAgent(tx, 'served'));
    expect(await manager.withTenant(globex, agentNames)).toEqual(['served']);
    for (const client of leaked) await client.release();
  });
});

describe.skipIf(database.kind === 'pglite')('fault: 500 callers at once on a pool of 19', () => {
  it("throws nothing; gives each its own tenant's answer, in the order of the calls, over 19 connections at most", async () => {
    const max = 19;
    const manager = open({ max, maxPerTenant: max, connectionTimeoutMs: 30_000 });
    for (const tenantId of CROWD) await manager.withTenant({ tenantId }, (tx) => insertAgent(tx, tenantId));
    const end = gate();
    let holding = 0;
    const holders = Array.from({ length: max }, () =>
      manager.withTenant(acme, async (tx) => {
        await agentNames(tx);
        holding += 1;
        await end.opened;
      }),
    );
    await until(() => holding === max);
    const tenants = Array.from({ length: 500 }, (_, at) => CROWD[at % CROWD.length] ?? '');
    const order: number[] = [];
    const answers = Promise.all(
      tenants.map((tenantId, at) =>
        manager.withTenant({ tenantId }, (tx) => {
          order.push(at);
          return agentNames(tx);
        }),
      ),
    );
    await until(() => manager.getStats().waitingCount === 500);
    let isOver = false;
    let most = 0;
    const watching = until(async () => {
      most = Math.max(most, (await applicationStates(admin)).length);
      return isOver;
    });
    end.open();
    await Promise.all(holders);
    expect(await answers).toEqual(tenants.map((tenantId) => [tenantId]));
    isOver = true;
    await watching;
    expect(order).toEqual(tenants.map((_, at) => at));
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThanOrEqual(max);
    expect(manager.getStats()).toMatchObject({ opened: max, closed: 0, acquire: { timeouts: 0 } });
  });
});
