import { randomBytes } from 'node:crypto';
import { allowLogin, connect, type SqlSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configFromEnv, ConnectionPoolManager, type DatabaseConfigInput } from '../../src/index.ts';
import { applicationManager, createTestTenants, TEST_CONTEXT_KEY } from '../../src/testing.ts';
import { agentNames, insertAgent } from '../support/agents.ts';
import { codeOf, errorOf } from '../support/errors.ts';

const database = testDatabase();
const acme = { tenantId: 'acme' };
/** Roles belong to the whole server, which other runs may share. */
const suffix = randomBytes(4).toString('hex');
const roles: string[] = [];
let admin: SqlSession;

beforeAll(async () => {
  await createTestTenants(database, 'acme', 'globex');
  admin = await connect(database.url);
  for (const tenantId of ['acme', 'globex']) {
    const manager = applicationManager(database);
    await manager.withTenant({ tenantId }, (tx) => insertAgent(tx, `${tenantId}-agent`));
    await manager.shutdown();
  }
});
afterAll(async () => {
  for (const role of roles) await admin.query(`drop role ${role}`);
  await admin.close();
});

async function createRole(properties: string): Promise<string> {
  const role = `db_core_test_${suffix}_${String(roles.length)}`;
  await admin.query(`create role ${role} login ${properties}`);
  roles.push(role);
  await allowLogin(admin, database.url, [role]);
  return role;
}

async function use<T>(
  input: DatabaseConfigInput & { readonly url: string },
  work: (manager: ConnectionPoolManager) => Promise<T>,
): Promise<T> {
  const { url, ...rest } = input;
  const manager = new ConnectionPoolManager();
  manager.initialize({
    ...configFromEnv({ DATABASE_URL: url }),
    contextKey: TEST_CONTEXT_KEY,
    min: 0,
    max: 2,
    ...rest,
  });
  try {
    return await work(manager);
  } finally {
    await manager.shutdown();
  }
}

const read = (manager: ConnectionPoolManager): Promise<string[]> => manager.withTenant(acme, agentNames);

describe('withTenant, when the login may not be trusted', () => {
  it('throws AUTHENTICATION_FAILED for a role that does not exist', async () => {
    const error = await use({ url: database.directUrlFor('nobody_of_that_name') }, (manager) =>
      errorOf(read(manager)),
    );
    expect(error).toMatchObject({ code: 'AUTHENTICATION_FAILED', retryable: false });
  });

  it.runIf(database.pooler)('throws UNREACHABLE when a pooler knows no such role', async () => {
    const error = await use({ url: database.urlFor('nobody_of_that_name') }, (manager) =>
      errorOf(read(manager)),
    );
    expect(error).toMatchObject({ code: 'UNREACHABLE', details: { sqlState: '08P01' } });
    expect(error.message).toContain('pooler');
  });

  it('throws PRIVILEGED_ROLE for a superuser', async () => {
    await use({ url: database.url }, async (manager) => {
      expect(await codeOf(read(manager))).toBe('PRIVILEGED_ROLE');
      expect(await codeOf(manager.withSystem('test', agentNames))).toBe('PRIVILEGED_ROLE');
      expect(await manager.healthCheck()).toBe(true);
    });
  });

  it.each([
    ['a role that bypasses policies', 'bypassrls in role agent_agency_app'],
    ['a member of the owner', 'in role agent_agency_app, agent_agency_owner'],
    ['a member of the owner that does not inherit', 'noinherit in role agent_agency_app, agent_agency_owner'],
    ['a member of the role that holds the keys', 'in role agent_agency_app, agent_agency_service'],
    ['a role that reads every table, and so the keys', 'in role agent_agency_app, pg_read_all_data'],
    ['a role that writes every table, and so the keys', 'in role agent_agency_app, pg_write_all_data'],
  ])('throws PRIVILEGED_ROLE for %s', async (_, properties) => {
    const role = await createRole(properties);
    expect(await use({ url: database.urlFor(role) }, (manager) => codeOf(read(manager)))).toBe(
      'PRIVILEGED_ROLE',
    );
  });

  it.each(['bypassrls', 'superuser'])(
    'throws PRIVILEGED_ROLE for whoever could become a %s role',
    async (power) => {
      const powerful = await createRole(power);
      const role = await createRole(`noinherit in role agent_agency_app, ${powerful}`);
      expect(await use({ url: database.urlFor(role) }, (manager) => codeOf(read(manager)))).toBe(
        'PRIVILEGED_ROLE',
      );
    },
  );

  it('accepts a role of its own that is a member of the application', async () => {
    const role = await createRole('in role agent_agency_app');
    expect(await use({ url: database.urlFor(role) }, read)).toEqual(['acme-agent']);
  });

  it('throws PERMISSION_DENIED for a role without any rights', async () => {
    const role = await createRole('');
    expect(await use({ url: database.urlFor(role) }, (manager) => codeOf(read(manager)))).toBe(
      'PERMISSION_DENIED',
    );
  });
});

describe('withTenant, with allowPrivilegedRole', () => {
  const allowed = { allowPrivilegedRole: true, max: 1 };

  it('becomes the application role, so that policies bind it', async () => {
    await use({ url: database.url, ...allowed }, async (manager) => {
      const { rows } = await manager.withTenant(acme, (tx) =>
        sql`select current_user as role, row_security_active('agent_profiles') as secured`.execute(tx),
      );
      expect(rows).toEqual([{ role: 'agent_agency_app', secured: true }]);
      expect(await read(manager)).toEqual(['acme-agent']);
      const intrude = manager.withTenant(acme, (tx) => insertAgent(tx, 'x', 'globex'));
      expect(await codeOf(intrude)).toBe('PERMISSION_DENIED');
    });
  });

  it('signs with the newest key of the database, also after it was rotated', async () => {
    const { contextKey: _, ...address } = configFromEnv({ DATABASE_URL: database.url });
    const manager = new ConnectionPoolManager();
    manager.initialize({ ...address, ...allowed, min: 0 });
    expect(await read(manager)).toEqual(['acme-agent']);
    await admin.query(`select app.put_context_key('next', decode(repeat('0b', 32), 'hex'))`);
    await admin.query(`update app.context_keys set expires_at = now() where key_id <> 'next'`);
    try {
      // The first call finds out, the next one knows.
      expect(await codeOf(read(manager))).toBe('TENANT_UNSET');
      expect(await read(manager)).toEqual(['acme-agent']);
    } finally {
      await admin.query(`delete from app.context_keys where key_id = 'next'`);
      await admin.query('update app.context_keys set expires_at = null');
      await manager.shutdown();
    }
  });

  it('throws CONTEXT_KEY_MISSING when the database has none either', async () => {
    const { contextKey: _, ...address } = configFromEnv({ DATABASE_URL: database.url });
    const manager = new ConnectionPoolManager();
    manager.initialize({ ...address, ...allowed, min: 0 });
    await admin.query('update app.context_keys set expires_at = now()');
    try {
      expect(await codeOf(read(manager))).toBe('CONTEXT_KEY_MISSING');
      expect(await manager.withSystem('needs no key', () => Promise.resolve('ran'))).toBe('ran');
    } finally {
      await admin.query('update app.context_keys set expires_at = null');
      await manager.shutdown();
    }
  });
});

describe('withTenant, without a key', () => {
  it.each([false, true])(
    'throws CONTEXT_KEY_MISSING as the application, allowPrivilegedRole %s',
    async (allowed) => {
      const address = configFromEnv({ DATABASE_URL: database.urlFor('agent_agency_app') });
      const manager = new ConnectionPoolManager();
      manager.initialize({ ...address, allowPrivilegedRole: allowed, min: 0 });
      const error = await errorOf(read(manager));
      expect(error.code).toBe('CONTEXT_KEY_MISSING');
      expect(error.message).toContain('DB_CONTEXT_KEY');
      await manager.shutdown();
    },
  );
});

describe('withTenant, when the database is not ready', () => {
  const name = `db_core_test_${suffix}`;
  const here = (): string => {
    // A pooler remembers for some time that there is no such database.
    const url = new URL(database.directUrlFor('agent_agency_app'));
    url.pathname = `/${name}`;
    return url.href;
  };

  it('throws DATABASE_MISSING, SCHEMA_MISSING, and works as soon as it is', async () => {
    await use({ url: here() }, async (manager) => {
      expect(await errorOf(read(manager))).toMatchObject({ code: 'DATABASE_MISSING', retryable: false });
      expect(await manager.healthCheck()).toBe(false);
      await admin.query(`create database ${name} template template0`);
      try {
        expect(await codeOf(read(manager))).toBe('SCHEMA_MISSING');
        expect(await codeOf(manager.withSystem('test', agentNames))).toBe('SCHEMA_MISSING');
        expect(await manager.healthCheck()).toBe(true);
        // A failed preparation is not remembered: the next call looks again.
        const session = await connect(adminUrlOf(here()));
        await session.query(`
          create schema app;
          create function app.require_tenant_id() returns text language sql as $$ select 'acme' $$;
          grant usage on schema app to public;
          create table public.agent_profiles (name text);
          grant select on public.agent_profiles to public;
        `);
        await session.close();
        expect(await read(manager)).toEqual([]);
      } finally {
        await manager.shutdown();
        await admin.query(`drop database ${name} with (force)`);
      }
    });
  });

  function adminUrlOf(url: string): string {
    const changed = new URL(url);
    changed.username = new URL(database.url).username;
    return changed.href;
  }
});

describe('withTenant, for callers that come at once', () => {
  it('looks at the login once, and fails or serves all of them', async () => {
    await use({ url: database.urlFor('agent_agency_app'), max: 5 }, async (manager) => {
      const answers = await Promise.all(Array.from({ length: 10 }, () => read(manager)));
      expect(answers).toEqual(Array.from({ length: 10 }, () => ['acme-agent']));
    });
    await use({ url: database.url }, async (manager) => {
      const codes = await Promise.all(Array.from({ length: 10 }, () => codeOf(read(manager))));
      expect(new Set(codes)).toEqual(new Set(['PRIVILEGED_ROLE']));
    });
  });
});

describe('withSystem', () => {
  it('runs as the owner, without a tenant and without its rows', async () => {
    await use({ url: database.url, allowPrivilegedRole: true }, async (manager) => {
      const rows = await manager.withSystem('look', async (tx) => {
        expect(tx.reason).toBe('look');
        expect(await agentNames(tx)).toEqual([]);
        return (await sql`select current_user as role, app.current_tenant_id() as tenant`.execute(tx)).rows;
      });
      expect(rows).toEqual([{ role: 'agent_agency_owner', tenant: null }]);
    });
  });

  it('carries no context that SQL left on the connection', async () => {
    await use({ url: database.url, allowPrivilegedRole: true, max: 1 }, async (manager) => {
      await manager.withTenant(acme, (tx) =>
        sql`
          select
            set_config('app.current_tenant', 'acme', false),
            set_config('app.context_signature', current_setting('app.context_signature'), false)
        `.execute(tx),
      );
      const tenant = sql<{ tenant: string | null }>`select app.current_tenant_id() as tenant`;
      expect((await manager.withSystem('look', (tx) => tenant.execute(tx))).rows).toEqual([{ tenant: null }]);
    });
  });

  it('throws PERMISSION_DENIED for the application', async () => {
    const manager = applicationManager(database);
    expect(await codeOf(manager.withSystem('test', agentNames))).toBe('PERMISSION_DENIED');
    await manager.shutdown();
  });

  it('rolls back what fails, and refuses writes when it is read only', async () => {
    await use({ url: database.url, allowPrivilegedRole: true }, async (manager) => {
      const create = sql`select create_tenant('initech', 'tests', 'initech')`;
      const failing = manager.withSystem('test', async (tx) => {
        await create.execute(tx);
        throw new RangeError('enough');
      });
      await expect(failing).rejects.toThrow(RangeError);
      const readOnly = manager.withSystem('test', (tx) => create.execute(tx), { readOnly: true });
      expect(await codeOf(readOnly)).toBe('QUERY_FAILED');
      expect((await admin.query(`select from tenants where id = 'initech'`)).rows).toEqual([]);
    });
  });
});
