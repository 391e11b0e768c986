import { useApplication } from '@agent-agency/db-core/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { describe, expect, it } from 'vitest';
import * as provenance from '../src/index.ts';
import { testSigner } from './fixtures/chain.ts';
import { nodesToAppend } from './log/support/nodes.ts';

const app = useApplication(testDatabase());

/** What takes a transaction and is none of the client's: used up within its transaction, or for a caller that has one. */
const WITHIN_A_TRANSACTION = ['createTreeReader', 'lockHead', 'readLog', 'readLogPages', 'rootAt'];

describe('ProvenanceClient', () => {
  it('has every function over a transaction', () => {
    const client = new provenance.ProvenanceClient(app.manager, testSigner).tenant({ tenantId: 'acme' });
    const functions = Object.entries(provenance)
      .filter(
        ([, value]) => typeof value === 'function' && /^(?:async )?function \w+\(\s*tx\b/.test(String(value)),
      )
      .map(([name]) => name);
    expect(functions.length).toBeGreaterThan(40);
    expect(Object.keys(client).toSorted()).toEqual(
      functions.filter((name) => !WITHIN_A_TRANSACTION.includes(name)).toSorted(),
    );
  });

  it('runs each call in a transaction of its own, and appends for many at once', async () => {
    const tenantId = await app.newTenant();
    const client = new provenance.ProvenanceClient(app.manager, testSigner);
    await Promise.all(nodesToAppend(5).map((node) => client.append(tenantId, [node])));
    const acme = client.tenant({ tenantId });
    await acme.appendNodes(nodesToAppend(2), testSigner);
    await expect(acme.verifyLog({ keys: [testSigner] })).resolves.toMatchObject({ valid: true, checked: 7 });
    const readOnly = client.tenant({ tenantId }, { readOnly: true });
    await expect(readOnly.readHead()).resolves.toMatchObject({ seq: 7 });
    await expect(readOnly.appendNodes(nodesToAppend(1), testSigner)).rejects.toThrow();
  });
});
