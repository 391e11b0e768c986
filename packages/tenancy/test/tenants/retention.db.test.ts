import { testDatabase } from '@agent-agency/testing/vitest';
import { useApplication } from '@agent-agency/db-core/testing';
import { describe, expect, it } from 'vitest';
import { getRetentionPolicy, putRetentionPolicy, updateDataRetention } from '../../src/index.ts';
import { useOperator } from '../support/operator.ts';

const app = useApplication(testDatabase());
const asOperator = useOperator(() => app.database.url);

describe('putRetentionPolicy', () => {
  const defaults = {
    ...{ retentionDays: 730, afterwards: 'archive', complianceRequirements: [], backupFrequency: 'daily' },
  };

  it('keeps what is said, and the default of what is not', async () => {
    const tenant = await app.newTenant();
    await expect(app.inTenant(tenant, getRetentionPolicy)).resolves.toEqual(defaults);
    const policy = { retentionDays: 30, complianceRequirements: ['GDPR'] };
    for (let twice = 0; twice < 2; twice += 1)
      await expect(app.inTenant(tenant, (tx) => putRetentionPolicy(tx, policy))).resolves.toEqual({
        ...defaults,
        ...policy,
      });
    await expect(app.inTenant(tenant, getRetentionPolicy)).resolves.toEqual({ ...defaults, ...policy });
  });
  it.each([
    { retentionDays: 0 },
    { retentionDays: 1.5 },
    { retentionDays: Number.NaN },
    { complianceRequirements: [''] },
    { days: 3 },
  ])('refuses %j', async (input) => {
    const tenant = await app.newTenant();
    await expect(app.inTenant(tenant, (tx) => putRetentionPolicy(tx, input))).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
    await expect(app.inTenant(tenant, getRetentionPolicy)).resolves.toEqual(defaults);
  });
});

describe('updateDataRetention', () => {
  it('changes what is said, and leaves the rest', async () => {
    const tenant = await app.newTenant();
    await asOperator((tx) => updateDataRetention(tx, tenant, { accessLogDays: 30, policy: 'delete' }));
    const row = await app.inTenant(tenant, (tx) =>
      tx.selectFrom('tenants').select('data_retention').executeTakeFirstOrThrow(),
    );
    expect(row.data_retention).toEqual({
      ...{ policy: 'delete', retention_days: 730, archive_after_days: 90, access_log_days: 30 },
    });
  });
  it('refuses what is no number of days, and who is nobody', async () => {
    const refuse = (days: number) =>
      asOperator((tx) => updateDataRetention(tx, 'nobody', { accessLogDays: days }));
    await expect(refuse(0)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(refuse(10)).rejects.toMatchObject({ code: 'TENANT_NOT_FOUND' });
  });
});
