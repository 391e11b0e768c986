import { startProxy, type PostgresProxy } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ConnectionPoolManager, DatabaseError } from '../../src/index.ts';
import { applicationManager, createTestTenants } from '../../src/testing.ts';
import { agentNames } from '../support/agents.ts';
import { until } from '../support/backends.ts';
import { codeOf, errorOf } from '../support/errors.ts';
import { gate } from '../support/gate.ts';

const database = testDatabase();
const acme = { tenantId: 'acme' };
let proxy: PostgresProxy;
let manager: ConnectionPoolManager;
let states: string[];
let failures: DatabaseError[];

beforeAll(() => createTestTenants(database, 'acme'));
beforeEach(async () => {
  proxy = await startProxy(database.url);
  const url = proxy.through(database.directUrlFor('agent_agency_app'));
  manager = applicationManager({ kind: database.kind, urlFor: () => url });
  states = [];
  failures = [];
  manager.on('circuitChanged', ({ state }) => states.push(state));
  manager.on('connectionFailed', ({ error }) => failures.push(error));
  return async () => {
    await manager.shutdown();
    await proxy.close();
  };
});

const ask = (): Promise<string[]> => manager.withTenant(acme, agentNames);
const circuit = (): string => manager.getStats().circuit;

/** Asks until the circuit is open. */
async function openCircuit(): Promise<void> {
  proxy.refuse();
  proxy.cut();
  while (circuit() !== 'open') await errorOf(ask());
}

describe('withTenant, when the server is down', () => {
  afterEach(() => {
    expect(manager.getStats()).toMatchObject({ waitingCount: 0 });
  });

  it('asks it five times, and then throws CIRCUIT_OPEN without asking', async () => {
    expect(circuit()).toBe('closed');
    proxy.refuse();
    expect(await codeOf(ask())).toBe('UNREACHABLE');
    expect(circuit()).toBe('closed');
    await openCircuit();
    expect(failures.map(({ code }) => code)).toEqual(Array.from({ length: 5 }, () => 'UNREACHABLE'));
    const error = await errorOf(ask());
    expect(error).toMatchObject({ code: 'CIRCUIT_OPEN', retryable: true, cause: failures.at(-1) });
    expect(error.message).toContain('5 times in a row');
    const many = await Promise.all(Array.from({ length: 100 }, () => codeOf(ask())));
    expect(new Set(many)).toEqual(new Set(['CIRCUIT_OPEN']));
    expect(failures).toHaveLength(5);
    expect(states).toEqual(['open']);
  });

  it('lets one attempt find out after a rest, and stays open when that fails', async () => {
    await openCircuit();
    // A caller that comes while it is tried may be told what the attempt was.
    await until(async () => (await codeOf(ask())) !== 'CIRCUIT_OPEN' || failures.length > 5);
    expect(failures).toHaveLength(6);
    await until(() => circuit() === 'open');
    expect(states).toEqual(['open', 'half-open', 'open']);
    expect(await codeOf(ask())).toBe('CIRCUIT_OPEN');
    expect(failures).toHaveLength(6);
  });

  it('closes the circuit when the server is back, and serves everybody who waits for the attempt', async () => {
    await openCircuit();
    await proxy.accept();
    await until(() =>
      ask().then(
        () => true,
        (error: unknown) => {
          expect(error).toMatchObject({ code: 'CIRCUIT_OPEN' });
          return false;
        },
      ),
    );
    expect(states).toEqual(['open', 'half-open', 'closed']);
    expect(circuit()).toBe('closed');
    expect(await Promise.all(Array.from({ length: 20 }, ask))).toEqual(Array.from({ length: 20 }, () => []));
  });

  it('leaves transactions on open connections alone', async () => {
    const go = gate();
    const began = gate();
    const running = manager.withTenant(acme, async (tx) => {
      await agentNames(tx);
      began.open();
      await go.opened;
      return agentNames(tx);
    });
    await began.opened;
    proxy.refuse();
    const idle = manager.getStats().idleCount;
    expect(idle).toBe(0);
    while (circuit() !== 'open') await errorOf(ask());
    go.open();
    expect(await running).toEqual([]);
    // Its connection is idle now: lending it needs no attempt.
    expect(await ask()).toEqual([]);
    expect(circuit()).toBe('open');
  });
});

describe('withTenant, when the server refuses a login', () => {
  it('asks it every time: it is not down', async () => {
    const stranger = applicationManager({
      kind: database.kind,
      urlFor: () => proxy.through(database.directUrlFor('nobody_of_that_name')),
    });
    const codes: string[] = [];
    for (let at = 0; at < 8; at += 1) codes.push(await codeOf(stranger.withTenant(acme, agentNames)));
    expect(new Set(codes)).toEqual(new Set(['AUTHENTICATION_FAILED']));
    expect(stranger.getStats().circuit).toBe('closed');
    await stranger.shutdown();
  });
});
