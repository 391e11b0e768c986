import { testDatabase } from '@agent-agency/testing/vitest';
import { useApplication } from '@agent-agency/db-core/testing';
import type { ConnectionPoolManager } from '@agent-agency/db-core';
import { connect } from '@agent-agency/testing';
import { describe, expect, it, vi } from 'vitest';
import { appendNodes, lockHead, readHead, verifyLog } from '../../src/index.ts';
import { otherSigner, testSigner } from '../fixtures/chain.ts';
import { nodesToAppend, storedLog } from './support/nodes.ts';

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
    await expect(app.inTenant(tenant, readHead)).resolves.toMatchObject({ seq: 6 });
  });
});
