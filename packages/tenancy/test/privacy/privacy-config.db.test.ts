import { ConnectionPoolManager, configFromEnv } from '@agent-agency/db-core';
import { matching } from '@agent-agency/testing/vitest';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getPrivacyBudget } from '../../src/privacy/privacy-budget.ts';
import {
  getPrivacyConfig,
  putPrivacyConfig,
  tightenPrivacyConfig,
  type PrivacyConfigChanges,
} from '../../src/privacy/privacy-config.ts';
import { COUNT, useAggregates } from './support/aggregates.ts';
import { newFederatedTenants } from './support/federated-tenants.ts';

const stage = useAggregates();
let operator: ConnectionPoolManager;

beforeAll(() => {
  operator = new ConnectionPoolManager();
  operator.initialize({
    ...configFromEnv({ DATABASE_URL: stage.app.database.url }),
    allowPrivilegedRole: true,
    min: 0,
  });
});
afterAll(() => operator.shutdown());

const put = (tenant: string, changes: PrivacyConfigChanges) =>
  operator.withSystem('tests of privacy settings', (tx) => putPrivacyConfig(tx, tenant, changes));
const tighten = (tenant: string, changes: PrivacyConfigChanges) =>
  stage.app.inTenant(tenant, (tx) => tightenPrivacyConfig(tx, changes));
const configOf = (tenant: string) => stage.app.inTenant(tenant, getPrivacyConfig);

const MIDDLE = {
  privacyLevel: 'differential',
  kAnonymity: 5,
  epsilon: '2.5000',
  delta: '0.00001000',
  composition: 'zcdp',
  allowCrossTenantLearning: true,
  allowedTenantGroups: ['east', 'west'],
} as const;

const newTenant = async (): Promise<string> => {
  const tenant = await stage.app.newTenant();
  await put(tenant, { ...MIDDLE, allowedTenantGroups: [...MIDDLE.allowedTenantGroups] });
  return tenant;
};

describe('putPrivacyConfig', () => {
  it('changes what it names, up and down, and leaves the rest', async () => {
    const tenant = await newTenant();
    await expect(configOf(tenant)).resolves.toEqual(MIDDLE);
    await put(tenant, { epsilon: '9.9999', kAnonymity: 2 });
    await expect(configOf(tenant)).resolves.toEqual({ ...MIDDLE, epsilon: '9.9999', kAnonymity: 2 });
    await put(tenant, {});
    await expect(configOf(tenant)).resolves.toMatchObject({ epsilon: '9.9999' });
  });

  it('knows no tenant that nobody has created', async () => {
    await expect(put('nobody', { kAnonymity: 3 })).rejects.toMatchObject({ code: 'TENANT_NOT_FOUND' });
  });

  it('lists every problem at once', async () => {
    const wrong = { kAnonymity: 1, epsilon: '0', delta: '1', privacyLevel: 'none', noise: 1 };
    await expect(put('a b', wrong as object)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: matching(
        /tenantId .*changes.privacyLevel.*changes.kAnonymity.*changes.epsilon.*changes.delta.*noise/,
      ),
    });
  });
});

describe('tightenPrivacyConfig', () => {
  it.each<PrivacyConfigChanges>([
    { privacyLevel: 'secure' },
    { kAnonymity: 6 },
    { epsilon: '2.4999' },
    { delta: '0' },
    { allowCrossTenantLearning: false },
    { allowedTenantGroups: ['west'] },
    { allowedTenantGroups: [] },
    { privacyLevel: 'differential', kAnonymity: 5, epsilon: '2.5', composition: 'zcdp' },
  ])('lets a tenant have %j', async (changes) => {
    const tenant = await newTenant();
    await tighten(tenant, changes);
    const { epsilon, delta, ...others } = changes;
    await expect(configOf(tenant)).resolves.toMatchObject(others);
    const config = await configOf(tenant);
    if (epsilon !== undefined) expect(Number(config.epsilon)).toBe(Number(epsilon));
    if (delta !== undefined) expect(Number(config.delta)).toBe(Number(delta));
  });

  it.each<PrivacyConfigChanges>([
    { privacyLevel: 'basic' },
    { kAnonymity: 4 },
    { epsilon: '2.5001' },
    { delta: '0.00001001' },
    { composition: 'basic' },
    { allowedTenantGroups: ['west', 'north'] },
    // One that is looser, among others that are not.
    { kAnonymity: 9, epsilon: '1', allowedTenantGroups: ['north'] },
  ])('does not let it have %j', async (changes) => {
    const tenant = await newTenant();
    await expect(tighten(tenant, changes)).rejects.toMatchObject({ code: 'PRIVACY_LOOSENED' });
    await expect(configOf(tenant)).resolves.toEqual(MIDDLE);
  });

  it('does not let it learn across tenants of its own accord', async () => {
    const tenant = await stage.app.newTenant();
    await expect(tighten(tenant, { allowCrossTenantLearning: true })).rejects.toMatchObject({
      code: 'PRIVACY_LOOSENED',
    });
  });

  it('changes no other tenant', async () => {
    const [one, other] = [await newTenant(), await newTenant()];
    await tighten(one, { kAnonymity: 50 });
    await expect(configOf(other)).resolves.toEqual(MIDDLE);
  });

  it.each([
    `select app.tighten_privacy_config('{"tenant_id": "other"}')`,
    `select app.tighten_privacy_config('{"updated_at": "2000-01-01"}')`,
    `select app.tighten_privacy_config('[]')`,
    `select app.tighten_privacy_config(null)`,
  ])('takes nothing but settings: %s', async (statement) => {
    const tenant = await newTenant();
    const asked = stage.app.inTenant(tenant, (tx) => sql.raw(statement).execute(tx));
    await expect(asked).rejects.toMatchObject({ details: { sqlState: '22023' } });
  });

  it('lets no null through for a setting', async () => {
    const tenant = await newTenant();
    const statement = sql`select app.tighten_privacy_config('{"epsilon": null}')`;
    await expect(stage.app.inTenant(tenant, (tx) => statement.execute(tx))).rejects.toMatchObject({
      details: { sqlState: 'AAPLO' },
    });
  });
});

describe('getPrivacyConfig', () => {
  it('says when there is no such tenant', async () => {
    await expect(configOf('nobody')).rejects.toMatchObject({ code: 'TENANT_NOT_FOUND' });
  });
});

describe('getPrivacyBudget', () => {
  const budgetOf = (tenant: string) => stage.app.inTenant(tenant, getPrivacyBudget);

  it('says what is spent and left, charge by charge', async () => {
    const settings = [{}, { epsilon: 1.5, delta: 0.00001 }] as const;
    const [caller = '', other = ''] = await newFederatedTenants(stage.app, 'budgets', ...settings);
    await expect(budgetOf(other)).resolves.toEqual({
      composition: 'basic',
      charges: 0,
      limit: { epsilon: '1.5', delta: '0.00001' },
      spent: { epsilon: '0', delta: '0' },
      left: { epsilon: '1.5', delta: '0.00001' },
    });
    await stage.request(caller, { ...COUNT, epsilon: '0.3' });
    await stage.request(caller, { ...COUNT, epsilon: '0.2', delta: '0.000001' });
    await expect(budgetOf(other)).resolves.toEqual({
      composition: 'basic',
      charges: 2,
      limit: { epsilon: '1.5', delta: '0.00001' },
      spent: { epsilon: '0.5', delta: '0.000001' },
      left: { epsilon: '1', delta: '0.000009' },
    });
    await expect(budgetOf(caller)).resolves.toMatchObject({ charges: 0 });
  });

  it('says it in rho where charges add up that way', async () => {
    const [caller = '', other = ''] = await newFederatedTenants(
      stage.app,
      'rhos',
      {},
      { composition: 'zcdp' },
    );
    await stage.request(caller, { ...COUNT, epsilon: '0.1' });
    const budget = await budgetOf(other);
    expect(budget).toMatchObject({ composition: 'zcdp', charges: 1, spent: { rho: '0.005' } });
    const [limit, left] = [budget.limit, budget.left].map((it) => Number('rho' in it ? it.rho : NaN));
    // (√(ln 10⁵ + 9) - √(ln 10⁵))²
    expect(limit).toBeCloseTo((Math.sqrt(Math.log(1e5) + 9) - Math.sqrt(Math.log(1e5))) ** 2, 10);
    expect(left).toBeCloseTo((limit ?? 0) - 0.005, 10);
  });

  it('is never below 0, though the budget be made smaller than what was spent', async () => {
    const [caller = '', other = ''] = await newFederatedTenants(stage.app, 'smaller', {}, {});
    await stage.request(caller, { ...COUNT, epsilon: '2' });
    await tighten(other, { epsilon: '0.5' });
    await expect(budgetOf(other)).resolves.toMatchObject({
      limit: { epsilon: '0.5' },
      spent: { epsilon: '2' },
      left: { epsilon: '0' },
    });
  });

  it('is nobody’s who does not exist', async () => {
    await expect(budgetOf('nobody')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
