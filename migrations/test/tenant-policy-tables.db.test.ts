import type { SqlSession } from '@agent-agency/testing';
import { connect } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTenants, insertRows, queryOne, type Row } from './support/rows.ts';
import { applyContext, asTenant, signContext } from './support/tenant-context.ts';
import { become, outcomeOf, undone } from './support/undone.ts';

const database = testDatabase();
let administrator: SqlSession;
let application: SqlSession;

beforeAll(async () => {
  administrator = await connect(database.url);
  application = await connect(database.urlFor('agent_agency_app'));
  await createTenants(administrator, 'acme', 'globex');
});
afterAll(() => Promise.all([administrator.close(), application.close()]));

const asAcme = <T>(work: () => Promise<T>): Promise<T> => undone(application, 'acme', work);
const insert = (table: string, row: Row): Promise<void> =>
  asAcme(() => insertRows(application, table, [row]));

const POLICY = {
  ...{ resource_type: 'agent_profiles', access_level: 'read', allowed_tenants: ['globex'] },
  ...{ restrictions: {}, conditions: {} },
};
const RETENTION = {
  ...{ default_retention_days: 1, archival_policy: 'retain', compliance_requirements: ['GDPR'] },
  backup_frequency: 'hourly',
};
const ENTRY = {
  ...{ id: crypto.randomUUID(), table_name: 'agent_profiles', operation: 'UPDATE' },
  ...{ old_values: { name: 'a' }, new_values: { name: 'b' } },
};

describe.skipIf(database.kind === 'pglite')('tenant_access_policies', () => {
  it('takes every level, one policy for a resource', async () => {
    for (const access_level of ['read', 'write', 'share', 'federate'])
      await insert('tenant_access_policies', { ...POLICY, access_level });
    await asAcme(async () => {
      await insertRows(application, 'tenant_access_policies', [POLICY]);
      await expect(insertRows(application, 'tenant_access_policies', [POLICY])).rejects.toMatchObject({
        code: '23505',
      });
    });
  });

  it.each([
    [{ resource_type: null }, '23502'],
    [{ resource_type: 'x'.repeat(64) }, '22001'],
    [{ access_level: 'own' }, '23514'],
    [{ access_level: null }, '23502'],
    [{ allowed_tenants: [null] }, '23514'],
    [{ allowed_tenants: null }, '23502'],
    [{ restrictions: [] }, '23514'],
    [{ conditions: 'none' }, '23514'],
    [{ tenant_id: 'globex' }, '42501'],
  ])('refuses %j', async (fields, code) => {
    await expect(insert('tenant_access_policies', { ...POLICY, ...fields })).rejects.toMatchObject({ code });
  });

  it('opens nothing by itself', async () => {
    await undone(application, 'globex', async () => {
      await insertRows(application, 'agent_profiles', [{ id: 'g', name: 'G', model_family: 'human' }]);
      const open = { ...POLICY, access_level: 'share', allowed_tenants: ['acme'] };
      await insertRows(application, 'tenant_access_policies', [open]);
      await become(application, 'acme');
      await expect(outcomeOf(application, 'select from agent_profiles')).resolves.toBe(0);
    });
  });
});

describe.skipIf(database.kind === 'pglite')('data_retention_policies', () => {
  it('takes every policy, one row for a tenant', async () => {
    for (const archival_policy of ['delete', 'archive', 'retain'])
      await insert('data_retention_policies', { ...RETENTION, archival_policy });
    await asAcme(async () => {
      await insertRows(application, 'data_retention_policies', [RETENTION]);
      await expect(insertRows(application, 'data_retention_policies', [RETENTION])).rejects.toMatchObject({
        code: '23505',
      });
    });
  });

  it('takes every frequency', async () => {
    for (const backup_frequency of ['hourly', 'daily', 'weekly', 'monthly'])
      await insert('data_retention_policies', { ...RETENTION, backup_frequency });
  });

  it('keeps for two years and backs up daily unless told otherwise', async () => {
    await asAcme(async () => {
      await application.query('insert into data_retention_policies default values');
      await expect(queryOne(application, 'select * from data_retention_policies')).resolves.toMatchObject({
        ...{ tenant_id: 'acme', default_retention_days: 730, archival_policy: 'archive' },
        ...{ compliance_requirements: [], backup_frequency: 'daily' },
      });
    });
  });

  it.each([
    [{ default_retention_days: 0 }, '23514'],
    [{ default_retention_days: null }, '23502'],
    [{ archival_policy: 'burn' }, '22P02'],
    [{ compliance_requirements: [null] }, '23514'],
    [{ backup_frequency: 'never' }, '23514'],
    [{ backup_frequency: null }, '23502'],
    [{ tenant_id: 'globex' }, '42501'],
  ])('refuses %j', async (fields, code) => {
    await expect(insert('data_retention_policies', { ...RETENTION, ...fields })).rejects.toMatchObject({
      code,
    });
  });
});

describe.skipIf(database.kind === 'pglite')('audit_log', () => {
  it('notes who did it and when, under both names of the instant', async () => {
    await asAcme(async () => {
      await applyContext(application, signContext({ tenant: 'acme', user: 'ann', session: 'r1' }));
      await application.query(
        `insert into audit_log (table_name, operation, new_values) values ('agent_profiles', 'INSERT', '{"id": 1}')`,
      );
      await expect(
        queryOne(
          application,
          `select *, "timestamp" = now() and created_at = now() as now from audit_log where table_name = 'agent_profiles'`,
        ),
      ).resolves.toMatchObject({
        ...{ tenant_id: 'acme', user_id: 'ann', request_id: 'r1', actor: 'agent_agency_app', now: true },
        ...{ table_name: 'agent_profiles', operation: 'INSERT', old_values: null, new_values: { id: 1 } },
      });
    });
  });

  it.each([
    { operation: 'INSERT', old_values: null },
    { operation: 'UPDATE' },
    { operation: 'DELETE', new_values: null },
  ])('takes %j', async (fields) => {
    await insert('audit_log', { ...ENTRY, ...fields });
  });

  it.each([
    [{ table_name: '' }, '23514'],
    [{ table_name: null }, '23502'],
    [{ operation: 'READ' }, '23514'],
    [{ operation: 'INSERT' }, '23514'],
    [{ operation: 'INSERT', new_values: null }, '23514'],
    [{ operation: 'UPDATE', old_values: null }, '23514'],
    [{ operation: 'UPDATE', new_values: null }, '23514'],
    [{ operation: 'DELETE' }, '23514'],
    [{ operation: 'DELETE', old_values: null, new_values: null }, '23514'],
    [{ tenant_id: 'globex' }, '42501'],
    [{ created_at: '2025-01-01' }, '428C9'],
  ])('refuses %j', async (fields, code) => {
    await expect(insert('audit_log', { ...ENTRY, ...fields })).rejects.toMatchObject({ code });
  });

  it.each([
    ['actor', `'postgres'`],
    ['user_id', `'bob'`],
    ['request_id', `'r2'`],
    ['"timestamp"', `'2020-01-01'`],
  ])('does not let the application say itself what %s is', async (column, value) => {
    const forged = `
      insert into audit_log (table_name, operation, new_values, ${column}) values ('x', 'INSERT', '{}', ${value})`;
    await expect(asAcme(() => outcomeOf(application, forged))).resolves.toBe('42501');
  });

  it('only grows, for the application and for everybody', async () => {
    await asTenant(application, 'acme', () => insertRows(application, 'audit_log', [ENTRY]));
    const statements = [
      `update audit_log set table_name = 'other'`,
      'delete from audit_log',
      'truncate audit_log',
    ];
    await asAcme(async () => {
      for (const statement of statements)
        await expect(outcomeOf(application, statement), statement).resolves.toBe('42501');
      const entries = `select from audit_log where tenant_id = 'acme'`;
      await expect(outcomeOf(application, entries)).resolves.toBeGreaterThan(0);
      await become(application, 'globex');
      await expect(outcomeOf(application, entries)).resolves.toBe(0);
    });
    await undone(administrator, undefined, async () => {
      for (const statement of statements)
        await expect(outcomeOf(administrator, statement), statement).resolves.toBe('AAAPO');
      // Nor does it go with its tenant.
      await expect(outcomeOf(administrator, `delete from tenants where id = 'acme'`)).resolves.toMatch(/^23/);
    });
  });
});

describe.skipIf(database.kind === 'pglite')('tenant_privacy_config', () => {
  it.each([
    [`noise_magnitude = 'NaN'`, 'tenant_privacy_config_noise_magnitude_check'],
    ['noise_magnitude = -0.1', 'tenant_privacy_config_noise_magnitude_check'],
    ['k_anonymity = 1', 'tenant_privacy_config_k_anonymity_check'],
    ['epsilon = 0', 'tenant_privacy_config_epsilon_check'],
    [`epsilon = 'NaN'`, 'tenant_privacy_config_epsilon_check'],
    ['delta = 1', 'tenant_privacy_config_delta_check'],
    [`delta = 'NaN'`, 'tenant_privacy_config_delta_check'],
  ])('refuses %s', async (assignment, constraint) => {
    const update = `update tenant_privacy_config set ${assignment} where tenant_id = 'acme'`;
    await expect(administrator.query(update)).rejects.toMatchObject({
      code: '23514',
      constraint_name: constraint,
    });
  });
});
