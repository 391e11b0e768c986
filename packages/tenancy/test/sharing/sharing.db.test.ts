import { matching, testDatabase } from '@agent-agency/testing/vitest';
import { useApplication } from '@agent-agency/db-core/testing';
import { isDataLayerError, type TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  deleteAccessPolicy,
  listAccessLog,
  listAccessPolicies,
  listSharingRules,
  putAccessPolicy,
  putSharingDocument,
  putSharingRule,
  readShared,
  recordAccess,
  revokeSharing,
  suspendTenant,
  updateTenant,
  type Access,
  type SharingDocument,
  type SharingRule,
} from '../../src/index.ts';
import { useOperator } from '../support/operator.ts';

const app = useApplication(testDatabase());
const asOperator = useOperator(() => app.database.url);
let owner = '';
let reader = '';

/** An owner whose level is `shared`, with two agents, and a reader with one. */
beforeEach(async () => {
  [owner = '', reader = ''] = await app.newTenants(2);
  await asOperator((tx) => updateTenant(tx, owner, { isolationLevel: 'shared' }));
  for (const [tenant, count] of [
    [owner, 2],
    [reader, 1],
  ] as const)
    await app.inTenant(tenant, (tx) =>
      sql`insert into agent_profiles (id, name, model_family)
          select 'a' || i, 'a' || i, 'human' from generate_series(1, ${count}::integer) as i`.execute(tx),
    );
});

const share = (rule: Partial<Parameters<typeof putSharingRule>[1]> = {}) =>
  app.inTenant(owner, (tx) =>
    putSharingRule(tx, { targetTenantId: reader, resources: ['agent_profiles'], ...rule }),
  );
// Types of that table come with the package that owns it.
const selectAgents = (tx: TenantTransaction) =>
  tx
    .selectFrom(sql<{ tenant_id: string; id: string }>`agent_profiles`.as('agent'))
    .select(['agent.tenant_id', 'agent.id']);
const agents = (ownerTenantId?: string) =>
  readShared(
    app.manager,
    { tenantId: reader, userId: 'ann' },
    {
      resource: 'agent_profiles',
      ...(ownerTenantId === undefined ? {} : { ownerTenantId }),
      query: selectAgents,
    },
  );
const seen = async () => (await agents()).filter(({ tenant_id }) => tenant_id === owner).length;
const log = () => app.inTenant(owner, (tx) => listAccessLog(tx));

describe('putSharingRule', () => {
  it('lets the other tenant read, and revokeSharing takes it back', async () => {
    await expect(seen()).resolves.toBe(0);
    await share();
    await expect(seen()).resolves.toBe(2);
    await expect(app.inTenant(owner, (tx) => revokeSharing(tx, reader))).resolves.toBe(true);
    await expect(app.inTenant(owner, (tx) => revokeSharing(tx, reader))).resolves.toBe(false);
    await expect(seen()).resolves.toBe(0);
  });
  it('replaces the rule that there was', async () => {
    await share({ expiresAt: '2999-01-01T00:00:00Z' });
    await share({ resources: ['benchmark_datasets', 'agent_profiles', 'agent_profiles'], active: false });
    await expect(app.inTenant(owner, listSharingRules)).resolves.toEqual([
      {
        targetTenantId: reader,
        resources: ['agent_profiles', 'benchmark_datasets'],
        ...{ anonymizationLevel: 'basic', active: false, expiresAt: undefined },
      },
    ]);
  });
  it.each([
    [{ expiresAt: new Date('2001-01-01') }],
    [{ active: false }],
    [{ anonymizationLevel: 'differential' as const }],
    [{ resources: ['benchmark_datasets' as const] }],
  ])('shows nothing with %j', async (rule) => {
    await share(rule);
    await expect(seen()).resolves.toBe(0);
  });
  it('shows nothing while the owner is not `shared`, or suspended', async () => {
    await share();
    await asOperator((tx) => updateTenant(tx, owner, { isolationLevel: 'federated' }));
    await expect(seen()).resolves.toBe(0);
    await asOperator((tx) => updateTenant(tx, owner, { isolationLevel: 'shared' }));
    await expect(seen()).resolves.toBe(2);
    await asOperator((tx) => suspendTenant(tx, owner));
    await expect(seen()).resolves.toBe(0);
  });
  it.each([
    [{ targetTenantId: 'a b' }, /targetTenantId/],
    [{ resources: [] }, /resources/],
    [{ resources: ['tenants'] }, /resources/],
    [{ expiresAt: 'tomorrow' }, /expiresAt/],
    [{ writable: true }, /writable/],
  ] as const)('refuses %j', async (rule, message) => {
    const refused = share(rule as unknown as Partial<SharingRule>);
    await expect(refused).rejects.toMatchObject({ code: 'INVALID_INPUT', message: matching(message) });
    await expect(app.inTenant(owner, listSharingRules)).resolves.toEqual([]);
  });
  it('refuses a rule for oneself', async () => {
    await expect(share({ targetTenantId: owner })).rejects.toMatchObject({
      message: matching(/names the tenant itself/),
    });
  });
});

describe('putSharingDocument', () => {
  const put = (document: SharingDocument) => app.inTenant(owner, (tx) => putSharingDocument(tx, document));
  const targets = async () =>
    (await app.inTenant(owner, listSharingRules)).map((rule) => rule.targetTenantId as string);

  it('takes an array of rules, and withdraws every other rule', async () => {
    await share({ targetTenantId: 'former' });
    await put([
      { target_tenant: reader, resources: ['agent_profiles'], expires_at: '2999-01-01T00:00:00+01:00' },
      { target_tenant: 'later', resources: ['benchmark_datasets'], anonymization_level: 'differential' },
    ]);
    await expect(targets()).resolves.toEqual(['later', reader].toSorted());
    await expect(seen()).resolves.toBe(2);
  });
  it('takes a list of tenants', async () => {
    await put({ allowed_tenants: [reader] });
    await expect(seen()).resolves.toBe(2);
    await put({ allowed_tenants: [] });
    await expect(targets()).resolves.toEqual([]);
  });
  it('takes what it is given back: the document of the tenant’s row', async () => {
    await put([{ target_tenant: reader, resources: ['agent_profiles'], expires_at: '2999-01-01T00:00:00Z' }]);
    const { sharing_rules: document } = await app.inTenant(owner, (tx) =>
      tx.selectFrom('tenants').select('sharing_rules').executeTakeFirstOrThrow(),
    );
    await put(document as SharingDocument);
    await expect(
      app.inTenant(owner, (tx) => tx.selectFrom('tenants').select('sharing_rules').executeTakeFirstOrThrow()),
    ).resolves.toEqual({ sharing_rules: document });
  });
  it.each([
    ['a tenant twice', { allowed_tenants: ['one', 'one'] }],
    ['no tenant', { allowed_tenants: [''] }],
    ['an unknown field', { allowed_tenants: ['one'], readers: [] }],
    ['a text', 'one'],
    ['a row that may be written', [{ target_tenant: 'one', resources: ['agent_profiles'], write: true }]],
  ])('refuses %s, and changes nothing', async (_what, document) => {
    await share();
    await expect(put(document as SharingDocument)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(targets()).resolves.toEqual([reader]);
  });
});

describe('readShared', () => {
  it('gives the shared rows with the tenant’s own, and both sides of it to the owner’s log', async () => {
    await share();
    await expect(agents()).resolves.toHaveLength(3);
    const [count, announcement] = await log();
    expect(announcement).toMatchObject({ accessorTenantId: reader, accessType: 'read', userId: 'ann' });
    expect(announcement).toMatchObject({ table: 'agent_profiles', rowCount: undefined });
    expect(count).toMatchObject({
      accessorTenantId: reader,
      rowCount: 2,
      queryHash: announcement?.queryHash,
    });
    expect(count?.queryHash).toMatch(/^[0-9a-f]{64}$/);
  });
  it('leaves its trace when it fails', async () => {
    await share();
    const failing = readShared(
      app.manager,
      { tenantId: reader },
      {
        resource: 'agent_profiles',
        query: (tx) => selectAgents(tx).where(sql<boolean>`1 / (length(agent.id) - 2) > 1`),
      },
    );
    await expect(failing).rejects.toThrow();
    await expect(log()).resolves.toHaveLength(1);
  });
  it('does not tell a tenant that does not share from one that there is not', async () => {
    const [stranger = ''] = await app.newTenants(1);
    const failure = (tenant: string): Promise<unknown> =>
      agents(tenant).catch((error: unknown) => isDataLayerError(error) && [error.code, error.message]);
    await expect(failure(stranger)).resolves.toEqual(['CROSS_TENANT_DENIED', expect.any(String)]);
    await expect(failure('nobody')).resolves.toEqual(await failure(stranger));
  });
  it('enters an attempt on a tenant that does not share into its log', async () => {
    await expect(agents(owner)).rejects.toMatchObject({ code: 'CROSS_TENANT_DENIED' });
    await expect(log()).resolves.toMatchObject([
      { accessorTenantId: reader, accessType: 'read', table: 'agent_profiles', rowCount: 0, userId: 'ann' },
    ]);
  });
  it('lets who is let in ask by name', async () => {
    await share();
    await expect(agents(owner)).resolves.toHaveLength(3);
    await expect(agents(reader)).resolves.toHaveLength(3);
  });
  it('writes nothing where nobody shares', async () => {
    await expect(agents()).resolves.toHaveLength(1);
    await expect(log()).resolves.toEqual([]);
  });
  it('refuses a resource that nobody can share', async () => {
    await expect(
      readShared(
        app.manager,
        { tenantId: reader },
        {
          resource: 'tenants' as 'agent_profiles',
          query: (tx) => tx.selectFrom('tenants').select('id as tenant_id'),
        },
      ),
    ).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});

describe('putAccessPolicy', () => {
  it('bounds what rules share', async () => {
    await share();
    const bound = (allowedTenants: string[]) =>
      app.inTenant(owner, (tx) =>
        putAccessPolicy(tx, { resourceType: 'agent_profiles', accessLevel: 'share', allowedTenants }),
      );
    await bound([]);
    await expect(seen()).resolves.toBe(0);
    await bound([reader]);
    await expect(seen()).resolves.toBe(2);
    await bound([]);
    await expect(app.inTenant(owner, (tx) => deleteAccessPolicy(tx, 'agent_profiles'))).resolves.toBe(true);
    await expect(app.inTenant(owner, (tx) => deleteAccessPolicy(tx, 'agent_profiles'))).resolves.toBe(false);
    await expect(seen()).resolves.toBe(2);
  });
  it('keeps what is said, and the default of what is not', async () => {
    const policy = { resourceType: 'agent_profiles', restrictions: { columns: ['name'] } };
    const whole = { ...policy, accessLevel: 'read', allowedTenants: [], conditions: {} };
    await expect(app.inTenant(owner, (tx) => putAccessPolicy(tx, policy))).resolves.toEqual(whole);
    await expect(app.inTenant(owner, listAccessPolicies)).resolves.toEqual([whole]);
  });
  it.each([
    { resourceType: '' },
    { resourceType: 'x', accessLevel: 'own' },
    { resourceType: 'x', allowedTenants: [''] },
  ])('refuses %j', async (policy) => {
    await expect(
      app.inTenant(owner, (tx) => putAccessPolicy(tx, policy as { resourceType: string })),
    ).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});

describe('listAccessLog', () => {
  it('goes through the log page by page, the latest first', async () => {
    for (let rowCount = 0; rowCount < 5; rowCount += 1)
      await app.inTenant(reader, (tx) =>
        recordAccess(
          tx,
          ['agent_profiles', 'agent_capabilities'].map((table) => ({
            ...{ ownerTenantId: owner, accessType: 'read', table, queryHash: 'ab'.repeat(32), rowCount },
          })),
        ),
      );
    const whole = await log();
    expect(whole.map(({ rowCount }) => rowCount)).toEqual([4, 4, 3, 3, 2, 2, 1, 1, 0, 0]);
    const pages: Access[] = [];
    const next = () => {
      const afterId = pages.at(-1)?.id;
      return app.inTenant(owner, (tx) => listAccessLog(tx, { limit: 3, ...(afterId && { afterId }) }));
    };
    for (let page = await next(); page.length > 0; page = await next()) pages.push(...page);
    expect(pages).toEqual(whole);
  });
  it.each([{ limit: 0 }, { limit: 1001 }, { afterId: 'x' }])('refuses %j', async (page) => {
    await expect(app.inTenant(owner, (tx) => listAccessLog(tx, page))).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
  });
});
