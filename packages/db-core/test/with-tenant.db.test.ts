import { connect } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ConnectionPoolManager } from '../src/index.ts';
import { applicationManager, createTestTenants } from '../src/testing.ts';

const database = testDatabase();
let manager: ConnectionPoolManager;

beforeAll(async () => {
  manager = applicationManager(database);
  await createTestTenants(database, 'acme', 'globex');
});
afterAll(() => manager.shutdown());

const currentTenant = sql<{ tenant: string | null }>`select app.current_tenant_id() as tenant`;

describe('withTenant', () => {
  it('runs as the application role, with the tenant the database verified', async () => {
    const { rows } = await manager.withTenant({ tenantId: 'acme' }, (tx) =>
      sql`select current_user as role, app.current_tenant_id() as tenant`.execute(tx),
    );
    expect(rows).toEqual([{ role: 'agent_agency_app', tenant: 'acme' }]);
  });
  it('x', async () => {
    const s = await connect(database.url);
    await s.close();
    await expect(manager.withTenant({ tenantId: 'acme' }, (tx) => currentTenant.execute(tx))).resolves.toBeDefined();
  });
});
