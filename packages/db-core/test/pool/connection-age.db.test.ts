import { testDatabase } from '@agent-agency/testing/vitest';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ConnectionPoolManager, DatabaseConfigInput } from '../../src/index.ts';
import { applicationManager, createTestTenants } from '../../src/testing.ts';
import { agentNames, backendPid } from '../support/agents.ts';
import { until } from '../support/backends.ts';
import { withoutPooler } from '../support/without-pooler.ts';

const database = testDatabase();
const direct = withoutPooler(database);
const acme = { tenantId: 'acme' };
let manager: ConnectionPoolManager;
let released: boolean[];

beforeAll(() => createTestTenants(database, 'acme'));
afterEach(() => manager.shutdown());

async function open(config: Partial<DatabaseConfigInput>): Promise<void> {
  released = [];
  manager = applicationManager(direct, { max: 1, ...config });
  await manager.withTenant(acme, agentNames);
  manager.on('released', ({ isReused }) => released.push(isReused));
}

const pid = (): Promise<number> => manager.withTenant(acme, backendPid);

describe('maxUses', () => {
  it('closes a connection that so many callers have had', async () => {
    await open({ maxUses: 3 });
    const pids: number[] = [];
    for (let at = 0; at < 12; at += 1) pids.push(await pid());
    const uses = Map.groupBy(pids, (each) => each);
    // The first one was used before.
    const counts = [...uses.values()].map((each) => each.length).slice(1, -1);
    expect(new Set(counts)).toEqual(new Set([3]));
    expect(counts.length).toBeGreaterThanOrEqual(2);
    // The events say so, too; a connection is closed a moment after its release.
    const last = released.filter((isReused) => !isReused).length;
    await until(() => manager.getStats().closed === last);
  });

  it('closes none when it is 0', async () => {
    await open({ maxUses: 0 });
    const first = await pid();
    for (let at = 0; at < 5; at += 1) expect(await pid()).toBe(first);
  });

  it('never ends a transaction: it is the release that closes', async () => {
    await open({ maxUses: 1 });
    const pids = await manager.withTenant(acme, async (tx) => [await backendPid(tx), await backendPid(tx)]);
    expect(pids[0]).toBe(pids[1]);
    expect(await pid()).not.toBe(pids[0]);
  });

  it('does not count the warming up, which would go on for ever', async () => {
    await open({ maxUses: 1, min: 2, max: 2 });
    await until(() => manager.getStats().idleCount === 2);
    const { opened } = manager.getStats();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(manager.getStats()).toMatchObject({ opened, idleCount: 2 });
    await pid();
    await until(() => manager.getStats().opened === opened + 1 && manager.getStats().idleCount === 2);
  });
});

describe('maxLifetimeMs', () => {
  it('closes an idle connection that is too old', async () => {
    await open({ maxLifetimeMs: 100 });
    const first = await pid();
    await until(() => manager.getStats().totalCount === 0);
    expect(await pid()).not.toBe(first);
    await until(() => manager.getStats().closed >= 1);
  });

  it('never closes one in the middle of a transaction, but when that is over', async () => {
    await open({ maxLifetimeMs: 50 });
    const pids = await manager.withTenant(acme, async (tx) => {
      const first = await backendPid(tx);
      await new Promise((resolve) => setTimeout(resolve, 100));
      return [first, await backendPid(tx)];
    });
    expect(pids[0]).toBe(pids[1]);
    expect(manager.getStats().totalCount).toBe(0);
    expect(await pid()).not.toBe(pids[0]);
  });

  it('closes none when it is 0', async () => {
    await open({ maxLifetimeMs: 0 });
    const first = await pid();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await pid()).toBe(first);
  });
});
