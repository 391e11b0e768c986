import { testDatabase } from '@agent-agency/testing/vitest';
import { useApplication } from '@agent-agency/db-core/testing';
import type { ConnectionPoolManager } from '@agent-agency/db-core';
import { connect } from '@agent-agency/testing';
import { describe, expect, inject, it, vi } from 'vitest';
import { appendNodes, lockHead, readHead, verifyLog } from '../../src/index.ts';
import { otherSigner, testSigner } from '../fixtures/chain.ts';
import { isSound, runStorm, type Storm } from './support/append-storm.ts';
import { nodesToAppend, storedLog } from './support/nodes.ts';
import { startStormServer } from './support/storm-server.ts';

const app = useApplication(testDatabase());

/** Transactions of a tenant that hold or wait for its head; pglite has one connection and cannot wait. */
async function waitUntilSomebodyWaits(): Promise<void> {
  const session = await connect(app.database.url);
  try {
    await vi.waitUntil(
      async () => {
        const { rows } = await session.query(
          `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
        );
        return rows.length > 0;
      },
      { timeout: 10_000, interval: 10 },
    );
  } finally {
    await session.close();
  }
}

function appendInTurns(manager: ConnectionPoolManager, tenantId: string, batches: number) {
  return async (_: unknown, appender: number): Promise<void> => {
    for (let batch = 0; batch < batches; batch += 1) {
      const signer = appender % 2 === 0 ? testSigner : otherSigner;
      await manager.withTenant({ tenantId }, (tx) => appendNodes(tx, nodesToAppend(1 + (batch % 3)), signer));
    }
  };
}

describe('appendNodes, by several callers at the same time', () => {
  it('leaves no gap and no fork when 8 callers append 25 batches each', async () => {
    const tenant = await app.newTenant();
    const callers = Array.from({ length: 8 }, appendInTurns(app.manager, tenant, 25));
    await Promise.all(callers);
    const records = await app.inTenant(tenant, storedLog);
    const report = await app.inTenant(tenant, (tx) => verifyLog(tx));
    const head = await app.inTenant(tenant, readHead);
    const expected = 8 * Array.from({ length: 25 }, (_, batch) => 1 + (batch % 3)).reduce((a, b) => a + b);
    expect(report).toMatchObject({ valid: true, checked: expected, violations: [] });
    expect(records.map(({ seq }) => seq)).toEqual(Array.from({ length: expected }, (_, place) => place + 1));
    expect(new Set(records.map(({ previousHash }) => previousHash)).size).toBe(expected);
    expect(head).toEqual({ seq: expected, hash: records.at(-1)?.hashChain });
  });
  it('does not deadlock over a new key with a caller that holds the log', async () => {
    const tenant = await app.newTenant();
    let waiting: Promise<unknown> = Promise.resolve();
    await app.inTenant(tenant, async (tx) => {
      await lockHead(tx);
      waiting = app
        .managerAs('agent_agency_app')
        .withTenant({ tenantId: tenant }, (other) => appendNodes(other, nodesToAppend(1), testSigner));
      await waitUntilSomebodyWaits();
      await appendNodes(tx, nodesToAppend(1), testSigner);
    });
    await waiting;
    await expect(app.inTenant(tenant, (tx) => verifyLog(tx))).resolves.toMatchObject({
      valid: true,
      checked: 2,
    });
  });
  it('lets tenants append without waiting for each other', async () => {
    const [a = '', b = ''] = await app.newTenants(2);
    await app.inTenant(a, async (tx) => {
      await appendNodes(tx, nodesToAppend(1), testSigner);
      await app
        .managerAs('agent_agency_app')
        .withTenant({ tenantId: b }, (other) => appendNodes(other, nodesToAppend(1), testSigner), {
          statementTimeoutMs: 5000,
        });
    });
    await expect(app.inTenant(b, readHead)).resolves.toMatchObject({ seq: 1 });
  });
});

describe('verifyLog, while others append', () => {
  it('finds a log valid that grows under it, in a transaction of any isolation level', async () => {
    const tenant = await app.newTenant();
    await app.inTenant(tenant, (tx) => appendNodes(tx, nodesToAppend(3), testSigner));
    const report = await app.inTenant(tenant, async (tx) => {
      const executeQuery = tx.getExecutor().executeQuery.bind(tx.getExecutor());
      // Somebody appends before each statement.
      vi.spyOn(tx.getExecutor(), 'executeQuery').mockImplementation(async (...statement) => {
        const other = app.managerAs('agent_agency_app');
        await other.withTenant({ tenantId: tenant }, (inner) =>
          appendNodes(inner, nodesToAppend(1), testSigner),
        );
        return executeQuery(...statement);
      });
      return verifyLog(tx);
    });
    expect(report).toMatchObject({ valid: true, checked: 4 });
    await expect(app.inTenant(tenant, readHead)).resolves.toMatchObject({ seq: 7 });
  });
});

// A server to kill cannot be had where there is only PGlite.
describe.skipIf(inject('postgresTemplate').kind === 'pglite')(
  'appendNodes, while the server is killed',
  () => {
    it('leaves no gap and no fork and loses nothing, when 32 writers append', async () => {
      const storm: Storm = {
        nodes: 100_000,
        writers: 32,
        largestBatch: 64,
        backendKills: 30,
        serverKills: 3,
      };
      const own = await startStormServer({ connections: 33, fsync: false });
      try {
        const result = await runStorm(own, storm);
        expect(result).toMatchObject({ errors: [], report: { valid: true }, lost: 0, forks: 0, gaps: 0 });
        expect(isSound(result, storm)).toBe(true);
        // Otherwise it was no storm.
        expect(result).toMatchObject({ serverKills: 3, checkpoints: 4 });
        expect(result.terminatedBackends).toBeGreaterThan(0);
        expect(result.signatures.checked).toBeGreaterThan(1000);
      } finally {
        await own.stop();
      }
    }, 300_000);
  },
);
