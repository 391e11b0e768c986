import { connect, type SqlSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { configFromEnv, ConnectionPoolManager, getPool, withTenantContext } from '../src/index.ts';
import { applicationManager, createTestTenants, TEST_CONTEXT_KEY } from '../src/testing.ts';
import { insertAgent } from './support/agents.ts';
import { codeOf, errorOf } from './support/errors.ts';
import { gate } from './support/gate.ts';
import { until } from './support/backends.ts';

const database = testDatabase();
const INSERT = `insert into agent_profiles (tenant_id, id, name, model_family) values ('acme', 'a', 'a', 'test')`;
const NAMES = 'select name from agent_profiles order by name';
let admin: SqlSession;

beforeAll(async () => {
  await createTestTenants(database, 'acme');
  admin = await connect(database.url);
});
afterAll(() => admin.close());
beforeEach(() => admin.query('truncate agent_profiles cascade'));

const stored = async (): Promise<unknown[]> => (await admin.query(NAMES)).rows.map((row) => row['name']);
const attempt = (work: () => unknown): Promise<unknown> => Promise.resolve().then(work);

describe.each([
  ['the application', {}],
  ['a privileged login', { allowPrivilegedRole: true }],
])('getPool, for %s', (_, privileges) => {
  let manager: ConnectionPoolManager;
  beforeAll(() => {
    const urlFor = (role: string): string =>
      'allowPrivilegedRole' in privileges ? database.url : database.urlFor(role);
    manager = applicationManager({ kind: database.kind, urlFor }, { ...privileges, max: 1 });
  });
  afterAll(() => manager.shutdown());

  it("queries as the application without a tenant, and sees no tenant's rows", async () => {
    await manager.withTenant({ tenantId: 'acme' }, (tx) => insertAgent(tx, 'a'));
    const pool = manager.getPool();
    expect(await pool.query(NAMES)).toEqual({ rows: [], rowCount: 0 });
    expect(await pool.query('select $1::int + 1 as next', [1])).toEqual({ rows: [{ next: 2 }], rowCount: 1 });
    const who = `select current_user as role, app.current_tenant_id() as tenant`;
    expect((await pool.query(who)).rows).toEqual([{ role: 'agent_agency_app', tenant: null }]);
  });

  it('writes no rows, and changes none', async () => {
    await manager.withTenant({ tenantId: 'acme' }, (tx) => insertAgent(tx, 'a'));
    const pool = manager.getPool();
    expect(await codeOf(pool.query(INSERT))).toBe('PERMISSION_DENIED');
    expect(await pool.query('delete from agent_profiles')).toMatchObject({ rowCount: 0 });
    expect(await codeOf(pool.query('truncate agent_profiles cascade'))).toBe('PERMISSION_DENIED');
    expect(await stored()).toEqual(['a']);
  });

  it('takes no context that SQL left on the connection', async () => {
    await manager.withTenant({ tenantId: 'acme' }, (tx) => insertAgent(tx, 'a'));
    await manager.queryWithTenantContext(
      'acme',
      `select
        set_config('app.current_tenant', 'acme', false),
        set_config('app.context_signature', current_setting('app.context_signature'), false)`,
    );
    expect((await manager.getPool().query(NAMES)).rows).toEqual([]);
  });

  it.each(['commit', 'rollback', 'commit and chain'])('refuses %s', async (statement) => {
    expect(await codeOf(manager.getPool().query(statement))).toBe('TRANSACTION_OVER');
    expect(await manager.getPool().query(NAMES)).toMatchObject({ rows: [] });
  });
});

describe('getPool', () => {
  it('counts connections and callers, at the moment it is asked', async () => {
    const manager = applicationManager(database, { max: 1 });
    const pool = manager.getPool();
    expect(pool).toMatchObject({ totalCount: 0, idleCount: 0, waitingCount: 0 });
    const { opened, open } = gate();
    const begun = gate();
    const holder = manager.withTenant({ tenantId: 'acme' }, () => {
      begun.open();
      return opened;
    });
    await begun.opened;
    const waiter = pool.query('select');
    await until(() => pool.waitingCount === 1);
    expect(pool).toMatchObject({ totalCount: 1, idleCount: 0 });
    open();
    await Promise.all([holder, waiter]);
    expect(pool).toMatchObject({ totalCount: 1, idleCount: 1, waitingCount: 0 });
    await manager.shutdown();
  });

  it('goes with the pool: after a shutdown it answers nothing', async () => {
    const manager = applicationManager(database);
    const pool = manager.getPool();
    await manager.shutdown();
    expect(await codeOf(pool.query('select'))).toBe('NOT_INITIALIZED');
    expect(await codeOf(attempt(() => manager.getPool()))).toBe('NOT_INITIALIZED');
  });
});

describe('the functions of the process’s pool', () => {
  afterEach(() => ConnectionPoolManager.resetForTesting());

  const initialize = (): void => {
    ConnectionPoolManager.getInstance().initialize({
      ...configFromEnv({ DATABASE_URL: database.urlFor('agent_agency_app') }),
      contextKey: TEST_CONTEXT_KEY,
      allowPrivilegedRole: database.kind === 'pglite',
      min: 0,
    });
  };

  it('say what to call first', async () => {
    for (const use of [
      () => getPool(),
      () => withTenantContext('acme', () => Promise.resolve()),
      () => ConnectionPoolManager.getInstance().queryWithTenantContext('acme', 'select'),
      () => ConnectionPoolManager.getInstance().getClientWithTenantContext('acme'),
      () => ConnectionPoolManager.getInstance().getPool(),
      () => ConnectionPoolManager.getInstance().getHealth(),
      () => ConnectionPoolManager.getInstance().diagnose(),
    ]) {
      const error = await errorOf(attempt(use));
      expect(error.code).toBe('NOT_INITIALIZED');
      expect(error.message).toContain('call initialize() or initializeFromEnv() first');
    }
  });

  it('use the one instance', async () => {
    initialize();
    expect((await getPool().query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    expect(ConnectionPoolManager.getInstance().getStats()).toMatchObject({ totalCount: 1 });
  });

  it('commit what the callback did, or roll it back', async () => {
    initialize();
    const context = { userId: 'ann', sessionId: 's-1' };
    const seen = await withTenantContext(
      'acme',
      async (client) => {
        await client.query(INSERT);
        const shown = `select current_setting('app.current_user') as user, name from agent_profiles`;
        return client.query(shown);
      },
      context,
    );
    expect(seen).toEqual({ rows: [{ user: 'ann', name: 'a' }], rowCount: 1 });
    const failing = withTenantContext('acme', async (client) => {
      await client.query('delete from agent_profiles');
      throw new RangeError('enough');
    });
    await expect(failing).rejects.toThrow('enough');
    expect(await stored()).toEqual(['a']);
  });

  it('are part of a transaction of the same tenant that is open', async () => {
    initialize();
    const run = withTenantContext('acme', async (client) => {
      await client.query(INSERT);
      await withTenantContext('acme', async (inner) => {
        expect((await inner.query(NAMES)).rows).toEqual([{ name: 'a' }]);
        expect(await codeOf(client.query(NAMES))).toBe('NESTED_TRANSACTION');
      });
      expect(await codeOf(getPool().query('select'))).toBe('NESTED_TRANSACTION');
      throw new RangeError('enough');
    });
    await expect(run).rejects.toThrow('enough');
    expect(await stored()).toEqual([]);
  });
});
