import { useApplication } from '@agent-agency/db-core/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { describe, expect, it } from 'vitest';
import { createAppender, readHead, verifyLog } from '../../src/index.ts';
import { testSigner } from '../fixtures/chain.ts';
import { nodesToAppend, nodeToAppend, storedLog } from './support/nodes.ts';

const app = useApplication(testDatabase());

/** A manager that counts its transactions. */
function counting() {
  const manager = {
    transactions: 0,
    withTenant: ((...transaction) => {
      manager.transactions += 1;
      return app.manager.withTenant(...transaction);
    }) as typeof app.manager.withTenant,
  };
  return manager;
}

const headOf = (tenant: string) => app.inTenant(tenant, readHead);

describe('createAppender', () => {
  it('appends what comes at once in few transactions, whole calls in the order in which they came', async () => {
    const tenant = await app.newTenant();
    const manager = counting();
    const appender = createAppender(manager, testSigner, { maxNodes: 50 });
    const calls = Array.from({ length: 120 }, (_, place) => nodesToAppend(1 + (place % 3)));
    const appended = await Promise.all(calls.map((nodes) => appender.append(tenant, nodes)));
    expect(appended.map((records) => records.map(({ id }) => id))).toEqual(
      calls.map((nodes) => nodes.map(({ id }) => id)),
    );
    expect(await app.inTenant(tenant, storedLog)).toEqual(appended.flat());
    // The first call alone, and 239 nodes behind it.
    expect(manager.transactions).toBe(1 + 5);
    await expect(app.inTenant(tenant, (tx) => verifyLog(tx))).resolves.toMatchObject({ valid: true });
  });

  it('fails nobody for the nodes of another', async () => {
    const tenant = await app.newTenant();
    const appender = createAppender(app.manager, testSigner);
    const [known, invalid] = [nodeToAppend(), { ...nodeToAppend(), entityId: '' }];
    await appender.append(tenant, [known]);
    const outcomes = await Promise.allSettled([
      appender.append(tenant, nodesToAppend(2)),
      appender.append(tenant, [nodeToAppend(), known]),
      appender.append(tenant, [invalid]),
      appender.append(tenant, nodesToAppend(3)),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
    expect(outcomes[1]).toMatchObject({ reason: { code: 'UNIQUE_VIOLATION' } });
    expect(outcomes[2]).toMatchObject({ reason: { code: 'NODE_INVALID' } });
    await expect(headOf(tenant)).resolves.toMatchObject({ seq: 6 });
  });

  it('works for tenants beside each other, goes on after a failure, and is done with nothing', async () => {
    const tenants = await app.newTenants(2);
    const appender = createAppender(app.manager, testSigner);
    await expect(appender.append('nobody', [nodeToAppend()])).rejects.toThrow();
    await Promise.all(tenants.map((tenant) => appender.append(tenant, nodesToAppend(2))));
    for (const tenant of tenants) {
      await expect(appender.append(tenant, [])).resolves.toEqual([]);
      await expect(headOf(tenant)).resolves.toMatchObject({ seq: 2 });
    }
  });

  it('refuses more than may wait', async () => {
    const tenant = await app.newTenant();
    const appender = createAppender(app.manager, testSigner, { maxWaiting: 3 });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 6 }, () => appender.append(tenant, [nodeToAppend()])),
    );
    const refused = outcomes.filter(({ status }) => status === 'rejected');
    expect(refused.length).toBeGreaterThan(0);
    for (const outcome of refused) expect(outcome).toMatchObject({ reason: { code: 'APPENDER_FULL' } });
    await expect(headOf(tenant)).resolves.toMatchObject({ seq: 6 - refused.length });
  });
});
