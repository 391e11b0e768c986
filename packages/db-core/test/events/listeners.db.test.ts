import { startProxy, connect, type SqlSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { applicationManager, createTestTenants } from '../../src/testing.ts';
import type { PoolEventName } from '../../src/events/pool-events.ts';
import { agentNames, backendPid, insertAgent } from '../support/agents.ts';
import { terminate, until } from '../support/backends.ts';
import { codeOf } from '../support/errors.ts';
import { gate } from '../support/gate.ts';

const database = testDatabase();
const acme = { tenantId: 'acme' };
let admin: SqlSession;

beforeAll(async () => {
  await createTestTenants(database, 'acme');
  admin = await connect(database.url);
});
afterAll(() => admin.close());

/** Every event that a pool on a well-behaved server can be made to emit. */
const EVENTS: readonly PoolEventName[] = [
  'acquired',
  'acquireFailed',
  'circuitChanged',
  'connectionClosed',
  'connectionFailed',
  'connectionOpened',
  'leakSuspected',
  'released',
  'retried',
];

describe('a listener that throws on every event', () => {
  it('disturbs no caller, and nothing leaks', async () => {
    const proxy = await startProxy(database.url);
    const urlFor = (role: string): string => proxy.through(database.directUrlFor(role));
    const manager = applicationManager({ kind: database.kind, urlFor }, { min: 1, max: 2, leakReportMs: 20 });
    const heard = new Set<PoolEventName>();
    for (const name of EVENTS) {
      manager.on(name, () => {
        heard.add(name);
        throw new Error(`a listener of ${name}`);
      });
    }
    const emitWarning = vi.spyOn(process, 'emitWarning').mockReturnValue();
    onTestFinished(() => emitWarning.mockRestore());

    await manager.withTenant(acme, (tx) => insertAgent(tx, 'a'));
    const end = gate();
    const holders = [1, 2].map(() => manager.withTenant(acme, () => end.opened));
    expect(await codeOf(manager.withTenant(acme, agentNames, { acquireTimeoutMs: 50 }))).toBe(
      'ACQUIRE_TIMEOUT',
    );
    await until(() => heard.has('leakSuspected'));
    end.open();
    await Promise.all(holders);

    let runs = 0;
    const retried = manager.withTenant(
      acme,
      async (tx) => {
        runs += 1;
        if (runs === 1) await sql`do $$ begin raise exception using errcode = '40001'; end $$`.execute(tx);
        return agentNames(tx);
      },
      { attempts: 2 },
    );
    expect(await retried).toEqual(['a']);

    await terminate(admin, [await manager.withTenant(acme, backendPid)]);
    proxy.refuse();
    proxy.cut();
    await until(() => manager.getStats().totalCount === 0);
    while (manager.getStats().circuit !== 'open') await codeOf(manager.withTenant(acme, agentNames));
    await proxy.accept();
    await until(() => manager.healthCheck());
    expect(await manager.withTenant(acme, agentNames)).toEqual(['a']);

    await until(() => manager.getStats().activeConnections === 0);
    expect(manager.getStats()).toMatchObject({ waitingCount: 0, circuit: 'closed' });
    expect([...heard].sort()).toEqual([...EVENTS].sort());
    const warnings = emitWarning.mock.calls.map(([warning]) => warning);
    for (const name of EVENTS) {
      expect(warnings).toContain(`a listener of the pool's event "${name}" threw: a listener of ${name}`);
    }
    await manager.shutdown();
    await proxy.close();
  });
});

describe('ConnectionPoolManager.on', () => {
  it('answers how to stop listening, and outlives the pool', async () => {
    const manager = applicationManager(database);
    let acquired = 0;
    const off = manager.on('acquired', () => (acquired += 1));
    await manager.withTenant(acme, agentNames);
    expect(acquired).toBeGreaterThan(0);
    await manager.shutdown();
    manager.initialize({ port: 1, host: '127.0.0.1', min: 0 });
    let failed = 0;
    manager.on('connectionFailed', () => (failed += 1));
    await codeOf(manager.withTenant(acme, agentNames));
    expect(failed).toBeGreaterThan(0);
    const before = acquired;
    off();
    await manager.shutdown();
    expect(acquired).toBe(before);
  });
});
