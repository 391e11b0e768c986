import { testDatabase } from '@agent-agency/testing/vitest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connect, type SqlSession } from '@agent-agency/testing';
import {
  configFromEnv,
  ConnectionPoolManager,
  ensureContextKey,
  generateContextKey,
  installContextKey,
} from '../../src/index.ts';
import { applicationManager, createTestTenants } from '../../src/testing.ts';
import { agentNames } from '../support/agents.ts';
import { errorOf } from '../support/errors.ts';

const database = testDatabase();
const operators = new ConnectionPoolManager();
let admin: SqlSession;

beforeAll(async () => {
  await createTestTenants(database, 'acme');
  operators.initialize({
    ...configFromEnv({ DATABASE_URL: database.url }),
    allowPrivilegedRole: true,
    min: 0,
  });
  admin = await connect(database.url);
});
afterAll(() => Promise.all([operators.shutdown(), admin.close()]));
beforeEach(() => admin.query('delete from app.context_keys'));

const keys = async (): Promise<unknown> =>
  (await admin.query('select count(*)::int as n from app.context_keys')).rows[0]?.['n'];

describe('installContextKey', () => {
  it('lets the database accept what the key signs', async () => {
    const key = generateContextKey();
    await operators.withSystem('test', (tx) => installContextKey(tx, key));
    const manager = applicationManager(database, { contextKey: key });
    expect(await manager.withTenant({ tenantId: 'acme' }, agentNames)).toEqual([]);
    await manager.shutdown();
  });

  it('refuses a second key of one name, and says nothing of either', async () => {
    const key = generateContextKey();
    await operators.withSystem('test', (tx) => installContextKey(tx, key));
    const error = await errorOf(operators.withSystem('test', (tx) => installContextKey(tx, key)));
    expect(error).toMatchObject({ code: 'UNIQUE_VIOLATION', details: { constraint: 'context_keys_pkey' } });
    expect(error.message).not.toContain(key.keyId);
  });
});

describe('ensureContextKey', () => {
  it('installs one where there is none, and only there', async () => {
    expect(await operators.withSystem('test', ensureContextKey)).toBe(true);
    expect(await operators.withSystem('test', ensureContextKey)).toBe(false);
    expect(await keys()).toBe(1);
  });

  it('does not count a key that expires', async () => {
    await operators.withSystem('test', ensureContextKey);
    await admin.query(`update app.context_keys set expires_at = now() + interval '1 day'`);
    expect(await operators.withSystem('test', ensureContextKey)).toBe(true);
  });
});
