import { connect, type SqlSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ConnectionPoolManager } from '../../src/index.ts';
import { TEST_CONTEXT_KEY, applicationManager, createTestTenants } from '../../src/testing.ts';
import { agentNames, backendPid, insertAgent } from '../support/agents.ts';
import { codeOf, errorOf } from '../support/errors.ts';
import { signedContext } from '../support/signed-context.ts';

const database = testDatabase();
const acme = { tenantId: 'acme' };
const globex = { tenantId: 'globex' };
let manager: ConnectionPoolManager;
let admin: SqlSession;

beforeAll(async () => {
  await createTestTenants(database, 'acme', 'globex');
  // One connection, so that every transaction follows another tenant's on the same session.
  manager = applicationManager(database, { max: 1 });
  admin = await connect(database.url);
});
afterAll(() => Promise.all([manager.shutdown(), admin.close()]));
beforeEach(async () => {
  await admin.query('truncate agent_profiles cascade');
  await manager.withTenant(acme, (tx) => insertAgent(tx, 'acme-agent'));
  await manager.withTenant(globex, (tx) => insertAgent(tx, 'globex-agent'));
});

const context = sql<Record<string, string>>`
  select
    current_setting('app.current_tenant') as tenant,
    current_setting('app.current_user') as user,
    current_setting('app.current_session') as session,
    current_user as role
`;

describe('withTenant', () => {
  it('runs as the application role, with the whole context', async () => {
    const { rows } = await manager.withTenant({ ...acme, userId: 'ann', sessionId: 's-1' }, (tx) =>
      context.execute(tx),
    );
    expect(rows).toEqual([{ tenant: 'acme', user: 'ann', session: 's-1', role: 'agent_agency_app' }]);
  });

  it("does not pass the last transaction's user on", async () => {
    const pids = [await manager.withTenant({ ...acme, userId: 'ann', sessionId: 's-1' }, backendPid)];
    const { rows } = await manager.withTenant(acme, (tx) => context.execute(tx));
    pids.push(await manager.withTenant(acme, backendPid));
    expect(rows).toEqual([{ tenant: 'acme', user: '', session: '', role: 'agent_agency_app' }]);
    expect(new Set(pids).size).toBe(1);
  });

  it('shows each tenant its own rows', async () => {
    expect(await manager.withTenant(acme, agentNames)).toEqual(['acme-agent']);
    expect(await manager.withTenant(globex, agentNames)).toEqual(['globex-agent']);
    expect(await manager.withTenant({ tenantId: 'nobody' }, agentNames)).toEqual([]);
  });

  it('lets two tenants have an agent of the same id, and changes only the own one', async () => {
    for (const tenant of [acme, globex]) await manager.withTenant(tenant, (tx) => insertAgent(tx, 'same'));
    await manager.withTenant(acme, (tx) =>
      sql`update agent_profiles set status = 'archived' where id = 'same'`.execute(tx),
    );
    const { rows } = await admin.query(
      `select tenant_id, status from agent_profiles where id = 'same' order by tenant_id`,
    );
    expect(rows).toEqual([
      { tenant_id: 'acme', status: 'archived' },
      { tenant_id: 'globex', status: 'active' },
    ]);
    await manager.withTenant(acme, (tx) => sql`delete from agent_profiles where id = 'same'`.execute(tx));
    expect(await manager.withTenant(globex, agentNames)).toEqual(['globex-agent', 'same']);
  });

  it('refuses a row of another tenant', async () => {
    const insert = manager.withTenant(acme, (tx) => insertAgent(tx, 'intruder', 'globex'));
    expect(await codeOf(insert)).toBe('PERMISSION_DENIED');
    const update = manager.withTenant(acme, (tx) =>
      sql`update agent_profiles set tenant_id = 'globex'`.execute(tx),
    );
    expect(await codeOf(update)).toBe('PERMISSION_DENIED');
    expect(await manager.withTenant(globex, agentNames)).toEqual(['globex-agent']);
  });

  it('refuses a tenant that does not exist when something is written', async () => {
    const error = await errorOf(manager.withTenant({ tenantId: 'nobody' }, (tx) => insertAgent(tx, 'x')));
    expect(error).toMatchObject({
      code: 'FOREIGN_KEY_VIOLATION',
      details: { constraint: 'agent_profiles_tenant_id_fkey' },
    });
  });
});

describe('withTenant, with SQL injection', () => {
  it('shows nothing and writes nothing once the tenant is switched', async () => {
    const seen = await manager.withTenant(acme, async (tx) => {
      await sql`select set_config('app.current_tenant', 'globex', true)`.execute(tx);
      return agentNames(tx);
    });
    expect(seen).toEqual([]);
    const write = manager.withTenant(acme, async (tx) => {
      await sql`select set_config('app.current_tenant', 'globex', true)`.execute(tx);
      await insertAgent(tx, 'intruder', 'globex');
    });
    expect(await codeOf(write)).toBe('PERMISSION_DENIED');
    const writeToOwn = manager.withTenant(acme, async (tx) => {
      await sql`select set_config('app.context_signature', '', true)`.execute(tx);
      await insertAgent(tx, 'stray', 'acme');
    });
    expect(await codeOf(writeToOwn)).toBe('PERMISSION_DENIED');
    expect(await manager.withTenant(globex, agentNames)).toEqual(['globex-agent']);
  });

  it('does not let a signature of one tenant serve for another', async () => {
    const seen = await manager.withTenant(acme, async (tx) => {
      const { signature } = signedContext({ tenant: 'acme' });
      await sql`
        select set_config('app.current_tenant', 'globex', true), set_config('app.context_signature', ${signature}, true)
      `.execute(tx);
      return agentNames(tx);
    });
    expect(seen).toEqual([]);
  });

  it('refuses a second statement behind the first', async () => {
    const attack = manager.withTenant(acme, (tx) => sql.raw('select 1; commit; select 2').execute(tx));
    expect(await errorOf(attack)).toMatchObject({ code: 'QUERY_FAILED', details: { sqlState: '42601' } });
  });

  it('cannot become another role', async () => {
    for (const role of [
      'agent_agency_owner',
      'agent_agency_service',
      'agent_agency_maintenance',
      'agent_agency_readonly',
    ]) {
      const attack = manager.withTenant(acme, (tx) => sql.raw(`set local role ${role}`).execute(tx));
      expect(await codeOf(attack)).toBe('PERMISSION_DENIED');
    }
  });

  it('leaves no settings for the next tenant', async () => {
    await manager.withTenant(acme, async (tx) => {
      const { rows } = await sql<{ signature: string }>`
        select current_setting('app.context_signature') as signature
      `.execute(tx);
      const { signature } = rows[0] ?? { signature: '' };
      // For the session, not for the transaction.
      await sql`
        select
          set_config('app.current_tenant', 'acme', false),
          set_config('app.current_user', 'mallory', false),
          set_config('app.context_signature', ${signature}, false),
          set_config('search_path', 'pg_temp', false),
          set_config('statement_timeout', '1', false)
      `.execute(tx);
    });
    expect(await manager.withTenant(globex, agentNames)).toEqual(['globex-agent']);
    const { rows } = await manager.withTenant(globex, (tx) => context.execute(tx));
    expect(rows).toMatchObject([{ tenant: 'globex', user: '' }]);
  });

  it('leaves no temporary table that the next tenant would take for the real one', async () => {
    const own = await manager.withTenant(acme, async (tx) => {
      // Where PUBLIC may not make temporary tables there is nothing to leave behind.
      const { rows } = await sql<{ may: boolean }>`
        select has_database_privilege(current_database(), 'temporary') as may
      `.execute(tx);
      if (rows[0]?.may === true) await sql`create temporary table agent_profiles (name text)`.execute(tx);
      return backendPid(tx);
    });
    expect(await manager.withTenant(globex, backendPid)).toBe(own);
    expect(await manager.withTenant(globex, agentNames)).toEqual(['globex-agent']);
  });
});

describe('withTenant, with a key the database does not accept', () => {
  it.each([
    ['an unknown key', { keyId: 'unknown', secret: new Uint8Array(32) }],
    ['another secret under a known name', { keyId: TEST_CONTEXT_KEY.keyId, secret: new Uint8Array(32) }],
  ])('fails for %s, and does not look like a tenant without rows', async (_, contextKey) => {
    const wrong = applicationManager(database, { contextKey });
    expect(await codeOf(wrong.withTenant(acme, agentNames))).toBe('TENANT_UNSET');
    expect(await codeOf(wrong.queryWithTenantContext('acme', 'select'))).toBe('TENANT_UNSET');
    expect(wrong.getStats()).toMatchObject({ totalCount: 1, idleCount: 1 });
    await wrong.shutdown();
  });

  it('fails from the moment the key expires, and works again when it does', async () => {
    const set = (at: string): Promise<unknown> =>
      admin.query(`update app.context_keys set expires_at = ${at}`);
    await set('now()');
    try {
      expect(await codeOf(manager.withTenant(acme, agentNames))).toBe('TENANT_UNSET');
    } finally {
      await set('null');
    }
    expect(await manager.withTenant(acme, agentNames)).toEqual(['acme-agent']);
  });
});
