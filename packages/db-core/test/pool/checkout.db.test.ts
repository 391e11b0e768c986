import { testDatabase } from '@agent-agency/testing/vitest';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sql } from 'kysely';
import {
  DatabaseError,
  type ConnectionPoolManager,
  type DatabaseConfigInput,
  type TenantTransaction,
} from '../../src/index.ts';
import { applicationManager, createTestTenants } from '../../src/testing.ts';
import { agentNames } from '../support/agents.ts';
import { until } from '../support/backends.ts';
import { errorOf } from '../support/errors.ts';
import { gate, type Gate } from '../support/gate.ts';

const database = testDatabase();
const acme = { tenantId: 'acme' };
const globex = { tenantId: 'globex' };
let manager: ConnectionPoolManager;
let end: Gate;
let holders: Promise<void>[];

beforeAll(() => createTestTenants(database, 'acme', 'globex'));
afterEach(async () => {
  end.open();
  await Promise.all(holders);
  await manager.shutdown();
});

async function open(config: Partial<DatabaseConfigInput>): Promise<void> {
  manager = applicationManager(database, config);
  end = gate();
  holders = [];
  // What has to be known of the login is known: from here on a caller needs one connection and no more.
  await manager.withTenant(acme, agentNames);
}

/** Callers that hold a connection until the end of the test. Comes back when they have it. */
async function hold(context: { tenantId: string }, count = 1): Promise<void> {
  for (let at = 0; at < count; at += 1) {
    const started = gate();
    holders.push(
      manager.withTenant(context, () => {
        started.open();
        return end.opened;
      }),
    );
    await started.opened;
  }
}

function holdersOf(error: { details: object }): string[] {
  return (error.details as { holders: string[] }).holders;
}

describe('withTenant, when no connection becomes free', () => {
  it('throws ACQUIRE_TIMEOUT that says how many there are, who waits, and who holds them', async () => {
    await open({ max: 2, maxPerTenant: 2, connectionTimeoutMs: 100 });
    await hold(acme, 2);
    const waiting = manager.withTenant(globex, agentNames, { acquireTimeoutMs: 0 });
    const error = await errorOf(manager.withTenant(globex, agentNames));
    expect(error).toMatchObject({
      code: 'ACQUIRE_TIMEOUT',
      retryable: true,
      // Itself included.
      details: { max: 2, maxPerTenant: 2, waiting: 2 },
    });
    expect(error.message).toContain('in 100 ms');
    expect(error.message).toContain('all 2 are in use');
    const named = holdersOf(error);
    expect(named).toHaveLength(2);
    for (const holder of named) {
      expect(holder).toMatch(/^held for \d+ ms, taken\nat /);
      // The function of this file that holds it, and where.
      expect(holder).toMatch(/at (?:async )?hold \(.*checkout\.db\.test\.ts:\d+:\d+\)/);
    }
    end.open();
    expect(await waiting).toEqual([]);
  });

  it('waits as long as the call says, and not as the configuration does', async () => {
    await open({ max: 1, connectionTimeoutMs: 0 });
    await hold(acme);
    const error = await errorOf(manager.withTenant(globex, agentNames, { acquireTimeoutMs: 20 }));
    expect(error.code).toBe('ACQUIRE_TIMEOUT');
    expect(error.message).toContain('in 20 ms');
    expect(manager.getStats()).toMatchObject({ waitingCount: 0, acquire: { timeouts: 1 } });
  });

  it('waits without a limit when the call says 0', async () => {
    await open({ max: 1, connectionTimeoutMs: 30 });
    await hold(acme);
    const patient = manager.withTenant(globex, agentNames, { acquireTimeoutMs: 0 });
    expect((await errorOf(manager.withTenant(globex, agentNames))).code).toBe('ACQUIRE_TIMEOUT');
    end.open();
    expect(await patient).toEqual([]);
  });

  it('forgets who came too late: the connection goes to whoever still waits', async () => {
    await open({ max: 1 });
    await hold(acme);
    const late = errorOf(manager.withTenant(globex, agentNames, { acquireTimeoutMs: 20 }));
    const order: string[] = [];
    const next = manager.withTenant(globex, () => Promise.resolve(order.push('next')));
    expect((await late).code).toBe('ACQUIRE_TIMEOUT');
    end.open();
    await next;
    expect(order).toEqual(['next']);
    await until(() => manager.getStats().idleCount === 1);
    expect(manager.getStats()).toMatchObject({ totalCount: 1, waitingCount: 0 });
  });
});

describe('withTenant, when many wait', () => {
  it('serves them in the order in which they came', async () => {
    await open({ max: 2, maxPerTenant: 2 });
    await hold(acme, 2);
    const order: number[] = [];
    const callers = Array.from({ length: 20 }, (_, at) =>
      manager.withTenant(at % 3 === 0 ? acme : globex, async (tx) => {
        order.push(at);
        await agentNames(tx);
      }),
    );
    await until(() => manager.getStats().waitingCount === 20);
    end.open();
    await Promise.all(callers);
    expect(order).toEqual(Array.from({ length: 20 }, (_, at) => at));
  });
});

describe('withTenant, when callers come, give up and fail in any order', () => {
  it('lends no more than max at a time, no more than its share to a tenant, and gets everything back', async () => {
    await open({ max: 4, maxPerTenant: 3 });
    const using = new Map<string, number>();
    let most = 0;
    const use = async (tenantId: string, at: number, tx: TenantTransaction): Promise<void> => {
      using.set(tenantId, (using.get(tenantId) ?? 0) + 1);
      expect(using.get(tenantId)).toBeLessThanOrEqual(3);
      most = Math.max(
        most,
        [...using.values()].reduce((sum, count) => sum + count),
      );
      try {
        await agentNames(tx);
        if (at % 5 === 0) await sql`select 1 / 0`.execute(tx);
        if (at % 7 === 0) throw new RangeError('mine');
      } finally {
        using.set(tenantId, (using.get(tenantId) ?? 0) - 1);
      }
    };
    const callers = Array.from({ length: 300 }, (_, at) => {
      const tenantId = at % 4 === 0 ? 'globex' : 'acme';
      const controller = new AbortController();
      if (at % 3 === 0) setTimeout(() => controller.abort(), at % 40);
      const acquireTimeoutMs = at % 2 === 0 ? 1 + (at % 50) : 0;
      const options = { signal: controller.signal, acquireTimeoutMs };
      return manager.withTenant({ tenantId }, (tx) => use(tenantId, at, tx), options);
    });
    const outcomes = await Promise.allSettled(callers);
    const codes = outcomes.map((outcome) =>
      outcome.status === 'fulfilled' ? 'fine' : nameOf(outcome.reason),
    );
    const possible = ['ABORTED', 'ACQUIRE_TIMEOUT', 'QUERY_FAILED', 'RangeError', 'fine'];
    // Too late while its connection was being opened: after an abort in the middle there is a new one.
    expect([...new Set(codes)].filter((code) => code !== 'UNREACHABLE').sort()).toEqual(possible);
    expect(most).toBeLessThanOrEqual(4);
    await until(() => manager.getStats().activeConnections === 0);
    expect(manager.getStats()).toMatchObject({ waitingCount: 0 });
    // All four places are free again.
    await hold(acme, 3);
    await hold(globex, 1);
  });
});

/** The code, or the name of an error that has none. */
function nameOf(error: unknown): string {
  return error instanceof DatabaseError ? error.code : (error as Error).name;
}

describe('withTenant, when one tenant wants everything', () => {
  it('never gives it more than its share, so that another does not wait for it', async () => {
    await open({ max: 4, maxPerTenant: 3, connectionTimeoutMs: 0 });
    let running = 0;
    let most = 0;
    const noisy = Array.from({ length: 50 }, () =>
      manager.withTenant(acme, async () => {
        running += 1;
        most = Math.max(most, running);
        await end.opened;
        running -= 1;
      }),
    );
    await until(() => running === 3);
    // With all of the noisy one's connections held for good, every one of these still gets one.
    for (let at = 0; at < 5; at += 1) {
      expect(await manager.withTenant(globex, agentNames, { acquireTimeoutMs: 5000 })).toEqual([]);
    }
    expect(manager.getStats().waitingCount).toBe(47);
    end.open();
    await Promise.all(noisy);
    expect(most).toBe(3);
  });

  it("says that it is the tenant's share that is used up, also while the others use the rest", async () => {
    await open({ max: 4, maxPerTenant: 3 });
    await hold(acme, 3);
    const own = await errorOf(manager.withTenant(acme, agentNames, { acquireTimeoutMs: 20 }));
    expect(own).toMatchObject({ code: 'ACQUIRE_TIMEOUT', details: { max: 4, maxPerTenant: 3 } });
    expect(own.message).toContain("the tenant's 3 are all in use");
    await hold(globex);
    const full = await errorOf(manager.withTenant(acme, agentNames, { acquireTimeoutMs: 20 }));
    expect(full.message).toContain("the tenant's 3 are all in use");
    const other = await errorOf(manager.withTenant(globex, agentNames, { acquireTimeoutMs: 20 }));
    expect(other.message).toContain('all 4 are in use');
  });
});
