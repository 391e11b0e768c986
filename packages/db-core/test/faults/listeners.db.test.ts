import { startProxy, type PostgresProxy } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { sql } from 'kysely';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi, type MockInstance } from 'vitest';
import type { PoolEventName } from '../../src/index.ts';
import { createTestTenants } from '../../src/testing.ts';
import { agentNames, insertAgent } from '../support/agents.ts';
import { until } from '../support/backends.ts';
import { codeOf } from '../support/errors.ts';
import { gate } from '../support/gate.ts';
import { expectSoundAndClose } from './soundness.ts';
import { acme, globex, openSubject, routeTo, TENANTS, type Subject } from './subject.ts';

const database = testDatabase();
let proxy: PostgresProxy;
let subject: Subject;
let warnings: MockInstance<typeof process.emitWarning>;

beforeAll(() => createTestTenants(database, ...TENANTS));
beforeEach(async () => {
  // Hundreds, which nobody wants to read.
  warnings = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  const route = routeTo(database);
  proxy = await startProxy(route.applicationUrl);
  subject = openSubject(
    { ...route, applicationUrl: proxy.through(route.applicationUrl) },
    // Without a statement timeout there is something to warn of.
    { max: 2, maxPerTenant: 2, leakReportMs: 20, connectionTimeoutMs: 500, statementTimeoutMs: 0 },
  );
});
afterEach(async () => {
  try {
    await expectSoundAndClose(subject);
  } finally {
    await proxy.close();
    warnings.mockRestore();
  }
});

/** Every event there is; the compiler knows when one is missing. */
const EVENTS: Readonly<Record<PoolEventName, true>> = {
  connectionOpened: true,
  connectionFailed: true,
  connectionClosed: true,
  acquired: true,
  acquireFailed: true,
  released: true,
  leakSuspected: true,
  retried: true,
  circuitChanged: true,
  warning: true,
};

describe.skipIf(database.kind === 'pglite')('fault: a listener throws at every event', () => {
  it('throws nothing of it, and warns the process; works on, and other listeners hear everything', async () => {
    const { manager } = subject;
    const heard = new Set<PoolEventName>();
    for (const name of Object.keys(EVENTS) as PoolEventName[]) {
      manager.on(name, () => {
        throw new Error('the listener is broken');
      });
      manager.on(name, () => heard.add(name));
    }
    await manager.withTenant(acme, (tx) => insertAgent(tx, 'row'));

    // Nobody gets a connection while two hold one, for so long that it looks like a leak.
    const end = gate();
    let holding = 0;
    const hold = (): Promise<void> =>
      manager.withTenant(acme, async (tx) => {
        await agentNames(tx);
        holding += 1;
        await end.opened;
      });
    const holders = [hold(), hold()];
    await until(() => holding === 2 && heard.has('leakSuspected'));
    expect(await codeOf(manager.withTenant(globex, agentNames))).toBe('ACQUIRE_TIMEOUT');
    end.open();
    await Promise.all(holders);

    // A conflict that does not go away.
    const over = gate();
    const isLocked = gate();
    const holder = manager.withTenant(acme, async (tx) => {
      await sql`select from agent_profiles for update`.execute(tx);
      isLocked.open();
      await over.opened;
    });
    await isLocked.opened;
    const loser = manager.withTenant(acme, (tx) => sql`delete from agent_profiles`.execute(tx), {
      attempts: 2,
      lockTimeoutMs: 20,
    });
    expect(await codeOf(loser)).toBe('LOCK_TIMEOUT');
    over.open();
    await holder;

    // The server goes, and comes again.
    proxy.refuse();
    proxy.cut();
    while (manager.getStats().circuit !== 'open') await manager.healthCheck();
    await proxy.accept();
    await until(() => manager.healthCheck());

    expect(await manager.withTenant(acme, agentNames)).toEqual(['row']);
    await until(() => heard.size === Object.keys(EVENTS).length);
    expect(warnings).toHaveBeenCalledWith(
      expect.stringContaining('the listener is broken'),
      expect.anything(),
    );
  });
});
