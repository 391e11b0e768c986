import { testDatabase } from '@agent-agency/testing/vitest';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ConnectionPoolManager, TenantClient } from '../../src/index.ts';
import { applicationManager, createTestTenants } from '../../src/testing.ts';
import { agentNames } from '../support/agents.ts';
import { until } from '../support/backends.ts';
import { errorOf } from '../support/errors.ts';

const database = testDatabase();
const acme = { tenantId: 'acme' };
let manager: ConnectionPoolManager;
let leaks: { readonly heldMs: number; readonly stack: string }[];

beforeAll(() => createTestTenants(database, 'acme'));
beforeEach(() => {
  leaks = [];
});
afterEach(() => manager.shutdown());

async function open(leakReportMs: number): Promise<void> {
  manager = applicationManager(database, { max: 1, leakReportMs, connectionTimeoutMs: 500 });
  manager.on('leakSuspected', (leak) => leaks.push(leak));
  await manager.withTenant(acme, agentNames);
}

/** Somebody whose code forgets to release. */
function forgetsToRelease(): Promise<TenantClient> {
  return manager.getClientWithTenantContext('acme');
}

const FORGETFUL = /at forgetsToRelease \(.*leak\.db\.test\.ts:\d+:\d+\)/;

describe('getClientWithTenantContext, when its client is not released', () => {
  it('reports it once, with the stack that took it, and goes on when it is', async () => {
    await open(50);
    const client = await forgetsToRelease();
    await until(() => leaks.length > 0);
    expect(leaks[0]?.stack).toMatch(FORGETFUL);
    expect(leaks[0]?.stack).not.toContain('Error');
    expect(leaks[0]?.heldMs).toBeGreaterThanOrEqual(50);
    // Several looks later: `connectionTimeoutMs` is ten times as long.
    const error = await errorOf(manager.withTenant(acme, agentNames));
    expect(error).toMatchObject({ code: 'ACQUIRE_TIMEOUT', details: { max: 1 } });
    expect(error.details['holders']).toEqual([expect.stringMatching(FORGETFUL)]);
    expect(leaks).toHaveLength(1);
    await client.release();
    expect(await manager.withTenant(acme, agentNames)).toEqual([]);
    expect(manager.getStats()).toMatchObject({ totalCount: 1, idleCount: 1, waitingCount: 0 });
    expect(leaks).toHaveLength(1);
  });

  it('reports nothing when leakReportMs is 0, and nothing that is released in time', async () => {
    await open(0);
    const client = await forgetsToRelease();
    expect((await errorOf(manager.withTenant(acme, agentNames))).code).toBe('ACQUIRE_TIMEOUT');
    await client.release();
    await manager.shutdown();

    await open(10_000);
    await (await manager.getClientWithTenantContext('acme')).release();
    expect(leaks).toEqual([]);
  });
});
