import { startPgBouncer, type PgBouncer } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applicationManager, createTestTenants } from '../../src/testing.ts';
import { agentNames, insertAgent } from '../support/agents.ts';

const database = testDatabase();
let pooler: PgBouncer;

beforeAll(async () => {
  await createTestTenants(database, 'acme', 'globex');
  // Of the release that Debian 12 has: it passes named statements on to whatever session is free.
  pooler = await startPgBouncer({ server: database.url, release: 'bookworm' });
});
afterAll(() => pooler.stop());

describe('withTenant, through a pooler that does not keep prepared statements', () => {
  it('needs none', async () => {
    const urlFor = (role: string): string => pooler.urlFor(database.directUrlFor(role));
    const manager = applicationManager({ kind: database.kind, urlFor }, { max: 8 });
    const tenants = ['acme', 'globex'];
    await Promise.all(
      tenants.map((tenantId) => manager.withTenant({ tenantId }, (tx) => insertAgent(tx, tenantId))),
    );
    // Many at once, so that transactions of one connection run in sessions of others.
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, at) =>
        manager.withTenant({ tenantId: tenants[at % 2] ?? '' }, agentNames),
      ),
    );
    for (const [at, names] of answers.entries()) expect(names).toEqual([tenants[at % 2]]);
    await manager.shutdown();
  });
});
