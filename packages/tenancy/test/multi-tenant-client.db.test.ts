import { testDatabase } from '@agent-agency/testing/vitest';
import { useApplication } from '@agent-agency/db-core/testing';
import { ConnectionPoolManager, configFromEnv, type TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MultiTenantClient } from '../src/index.ts';

const app = useApplication(testDatabase());
let operators: ConnectionPoolManager;

beforeAll(() => {
  operators = new ConnectionPoolManager();
  operators.initialize({
    ...configFromEnv({ DATABASE_URL: app.database.url }),
    allowPrivilegedRole: true,
    min: 0,
  });
});
afterAll(() => operators.shutdown());

const agents = (tx: TenantTransaction) =>
  tx.selectFrom(sql<{ tenant_id: string }>`agent_profiles`.as('agent')).select('agent.tenant_id');

describe('MultiTenantClient', () => {
  it('runs each call in a transaction of its own', async () => {
    const operator = new MultiTenantClient(operators).operator('client tests');
    await operator.createTenant({ id: 'client-one', isolationLevel: 'shared' });
    await operator.createTenant({ id: 'client-two' });
    const services = new MultiTenantClient(app.manager);
    const one = services.tenant({ tenantId: 'client-one' });
    await expect(one.getOwnTenant()).resolves.toMatchObject({ id: 'client-one' });
    await one.putSharingRule({ targetTenantId: 'client-two', resources: ['agent_profiles'] });
    await app.inTenant('client-one', (tx) =>
      sql`insert into agent_profiles (id, name, model_family) values ('a', 'a', 'human')`.execute(tx),
    );
    const read = { resource: 'agent_profiles', query: agents } as const;
    await expect(services.readShared({ tenantId: 'client-two' }, read)).resolves.toEqual([
      { tenant_id: 'client-one' },
    ]);
    await expect(one.listAccessLog()).resolves.toHaveLength(2);
  });

  it('is no operator for who may not be one', async () => {
    const services = new MultiTenantClient(app.manager);
    await expect(services.operator('not allowed').listTenants()).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
    });
  });

  it('takes the options of a transaction', async () => {
    const tenant = await app.newTenant();
    const readOnly = new MultiTenantClient(app.manager).tenant({ tenantId: tenant }, { readOnly: true });
    await expect(readOnly.listSharingRules()).resolves.toEqual([]);
    await expect(readOnly.putRetentionPolicy({ retentionDays: 1 })).rejects.toThrow();
  });
});
