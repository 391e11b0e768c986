import { trace } from '@opentelemetry/api';
import { testDatabase } from '@agent-agency/testing/vitest';
import { sql } from 'kysely';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ConnectionPoolManager } from '../../src/index.ts';
import { applicationManager, createTestTenants } from '../../src/testing.ts';
import { agentNames, insertAgent } from '../support/agents.ts';
import { until } from '../support/backends.ts';
import { codeOf } from '../support/errors.ts';
import { gate } from '../support/gate.ts';
import { Sdk } from './sdk.ts';

const database = testDatabase();
const acme = { tenantId: 'tenant-nobody-may-export' };
let sdk: Sdk;
let manager: ConnectionPoolManager;

beforeAll(() => createTestTenants(database, acme.tenantId));
beforeEach(() => {
  sdk = Sdk.register();
  manager = applicationManager(database, { max: 1 });
});
afterEach(async () => {
  await manager.shutdown();
  await sdk.shutdown();
});

/** Everything that left the process, as text. */
async function exported(): Promise<string> {
  const spans = sdk
    .spans()
    .map(({ name, attributes, events, status }) => ({ name, attributes, events, status }));
  const labels = [...(await sdk.metrics()).values()].map(({ dataPoints }) =>
    dataPoints.map(({ attributes }) => attributes),
  );
  return JSON.stringify([spans, labels]);
}

async function valueOf(name: string, state?: string): Promise<number | undefined> {
  const values = await sdk.values(name);
  const found = values.find(({ attributes }) =>
    state === undefined ? true : attributes['db.client.connection.state'] === state,
  );
  return found?.value;
}

describe('a manager with an SDK', () => {
  it("has spans of a transaction and its statements below the caller's", async () => {
    await trace.getTracer('test').startActiveSpan('caller', async (span) => {
      await manager.withTenant(acme, agentNames);
      span.end();
    });
    const caller = sdk.span('caller');
    const transaction = sdk.span('tenant transaction');
    const statement = sdk.span('select agent_profiles');
    expect(transaction.parentSpanContext?.spanId).toBe(caller.spanContext().spanId);
    expect(statement.parentSpanContext?.spanId).toBe(transaction.spanContext().spanId);
  });

  it('exports neither the tenant nor a value, also of an error', async () => {
    await manager.withTenant(acme, (tx) => insertAgent(tx, 'value-nobody-may-export'));
    const again = manager.withTenant(acme, (tx) => insertAgent(tx, 'value-nobody-may-export'));
    expect(await codeOf(again)).toBe('UNIQUE_VIOLATION');
    const all = await exported();
    expect(all).toContain('23505');
    expect(all).not.toContain('nobody-may-export');
  });

  it('counts connections as getStats() does, and who waits and gives up', async () => {
    const { opened, open } = gate();
    const holder = manager.withTenant(acme, async (tx) => {
      await agentNames(tx);
      await opened;
    });
    await until(() => manager.getStats().activeConnections === 1);
    const late = manager.withTenant(acme, agentNames, { acquireTimeoutMs: 200 });
    await until(() => manager.getStats().waitingCount === 1);
    expect(await valueOf('db.client.connection.count', 'used')).toBe(1);
    expect(await valueOf('db.client.connection.pending_requests')).toBe(1);
    expect(await codeOf(late)).toBe('ACQUIRE_TIMEOUT');
    expect(await valueOf('db.client.connection.timeouts')).toBe(1);
    open();
    await holder;
    expect(await valueOf('db.client.connection.count', 'idle')).toBe(1);
    expect(await valueOf('db.client.connection.count', 'used')).toBe(0);
    expect(await valueOf('db.client.connection.max')).toBe(1);
    for (const name of ['create_time', 'wait_time', 'use_time']) {
      expect(await valueOf(`db.client.connection.${name}`)).toBeGreaterThan(0);
    }
  });

  it('times what is sent as one statement, too', async () => {
    await manager.queryWithTenantContext(acme.tenantId, 'select count(*) from agent_profiles');
    expect(sdk.span('select agent_profiles')).toBeDefined();
    expect(await valueOf('db.client.operation.duration')).toBeGreaterThan(0);
  });

  it('says after a shutdown that there is nothing', async () => {
    await manager.withTenant(acme, (tx) => sql`select 1`.execute(tx));
    await manager.shutdown();
    expect(await valueOf('db.client.connection.count', 'idle')).toBe(0);
    expect(await valueOf('db.client.connection.count', 'used')).toBe(0);
  });
});
