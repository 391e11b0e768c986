import type { SqlSession } from '@agent-agency/testing';
import { connect } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTenants, queryValue } from './support/rows.ts';
import { applyContext, asTenant, signContext, type ContextSettings } from './support/tenant-context.ts';

const database = testDatabase();
let administrator: SqlSession;
let application: SqlSession;

beforeAll(async () => {
  administrator = await connect(database.url);
  application = await connect(database.urlFor('agent_agency_app'));
  await createTenants(administrator, 'acme', 'globex');
});
afterAll(() => Promise.all([administrator.close(), application.close()]));

/** The tenant that the database sees with these parameters. */
function tenantSeen(settings: Partial<ContextSettings>): Promise<unknown> {
  return asTenant(application, undefined, async () => {
    await applyContext(application, settings);
    return queryValue(application, 'select app.current_tenant_id()');
  });
}

const signed = signContext({ tenant: 'acme', user: 'alice', session: 's1' });
const now = Math.floor(Date.now() / 1000);

describe.skipIf(database.kind === 'pglite')('app.current_tenant_id', () => {
  it.each([
    ['a tenant alone', signContext({ tenant: 'acme' })],
    ['a tenant, a user and a session', signed],
    ['letters beyond ASCII', signContext({ tenant: 'acme', user: 'Zoë 🦊', session: 'ß' })],
  ])('sees the tenant of a context signed for %s', async (_, settings) => {
    await expect(tenantSeen(settings)).resolves.toBe('acme');
  });

  it.each([
    ['without parameters', {}],
    ['without a signature', { 'app.current_tenant': 'acme' }],
    ['with an empty signature', { ...signed, 'app.context_signature': '' }],
    ['with a signature of two parts', { ...signed, 'app.context_signature': `test.${now + 300}` }],
    [
      'with a signature of four parts',
      { ...signed, 'app.context_signature': `${signed['app.context_signature']}.x` },
    ],
    ['with another tenant', { ...signed, 'app.current_tenant': 'globex' }],
    ['with no tenant', { ...signed, 'app.current_tenant': '' }],
    ['with another user', { ...signed, 'app.current_user': 'bob' }],
    ['without its user', { ...signed, 'app.current_user': '' }],
    ['with another session', { ...signed, 'app.current_session': 's2' }],
    ['with its user as the session', { ...signed, 'app.current_user': 's1', 'app.current_session': 'alice' }],
    [
      'with letters moved from one field to the next',
      { ...signed, 'app.current_tenant': 'acmea', 'app.current_user': 'lice' },
    ],
    [
      'with a later expiry',
      {
        ...signed,
        'app.context_signature': signed['app.context_signature'].replace(/\.\d+\./, `.${now + 900}.`),
      },
    ],
    ['signed with another key', signContext({ tenant: 'acme', secret: new Uint8Array(32).fill(8) })],
    ['signed with a key that is not installed', signContext({ tenant: 'acme', keyId: 'none' })],
    ['that has expired', signContext({ tenant: 'acme', expiresAt: now - 1 })],
    ['in capitals', { ...signed, 'app.context_signature': signed['app.context_signature'].toUpperCase() }],
  ])('sees no tenant in a context %s', async (_, settings) => {
    await expect(tenantSeen(settings)).resolves.toBeNull();
  });

  it('keeps the tenant of a transaction that outlives its signature', async () => {
    const settings = await asTenant(application, undefined, async () => {
      const startedAt = await queryValue(application, 'select floor(extract(epoch from now()))::int');
      const shortLived = signContext({ tenant: 'acme', expiresAt: Number(startedAt) + 1 });
      await applyContext(application, shortLived);
      await application.query('select pg_sleep(1.1)');
      await expect(queryValue(application, 'select app.current_tenant_id()')).resolves.toBe('acme');
      return shortLived;
    });
    await expect(tenantSeen(settings)).resolves.toBeNull();
  });

  it('forgets the tenant with the transaction', async () => {
    await asTenant(application, 'acme', () => application.query('select 1'));
    await expect(queryValue(application, 'select app.current_tenant_id()')).resolves.toBeNull();
  });

  it('accepts two keys at once, and neither after it has expired', async () => {
    const secret = new Uint8Array(64).fill(9);
    await administrator.query('select app.put_context_key($1, $2)', ['rotated', Buffer.from(secret)]);
    const settings = signContext({ tenant: 'acme', keyId: 'rotated', secret });
    await expect(tenantSeen(settings)).resolves.toBe('acme');
    await expect(tenantSeen(signed)).resolves.toBe('acme');
    await administrator.query(`update app.context_keys set expires_at = now() where key_id = 'rotated'`);
    await expect(tenantSeen(settings)).resolves.toBeNull();
    await expect(tenantSeen(signed)).resolves.toBe('acme');
  });
});

describe.skipIf(database.kind === 'pglite')('app.require_tenant_id', () => {
  it('gives the tenant, or AATNU', async () => {
    const ask = (tenant?: string): Promise<unknown> =>
      asTenant(application, tenant, () => queryValue(application, 'select app.require_tenant_id()'));
    await expect(ask('acme')).resolves.toBe('acme');
    await expect(ask()).rejects.toMatchObject({ code: 'AATNU' });
  });
});

describe.skipIf(database.kind === 'pglite')('app.put_context_key', () => {
  const put = (keyId: string, bytes: number): Promise<unknown> =>
    administrator.query('select app.put_context_key($1, $2)', [keyId, Buffer.alloc(bytes, 3)]);

  it.each([0, 31, 65])('refuses a key of %i bytes', async (bytes) => {
    await expect(put('sized', bytes)).rejects.toMatchObject({ code: '22023' });
  });

  it.each(['', 'with.dot', 'with space', 'ü'])('refuses the name "%s"', async (keyId) => {
    await expect(put(keyId, 32)).rejects.toMatchObject({ code: '23514' });
  });

  it('does not replace a key', async () => {
    await expect(put('test', 32)).rejects.toMatchObject({ code: '23505' });
  });
});

describe.skipIf(database.kind === 'pglite')('app.context_key_blocks', () => {
  it('gives the owner the newest key that does not expire', async () => {
    await administrator.query(`
      insert into app.context_keys (key_id, inner_block, outer_block, created_at, expires_at)
      select key_id || '_older', outer_block, inner_block, created_at - interval '1 day', null from app.context_keys
      union all
      select key_id || '_expiring', outer_block, inner_block, now() + interval '1 day', now() + interval '2 days'
      from app.context_keys`);
    await expect(queryValue(administrator, 'select live_key_id from app.context_key_blocks()')).resolves.toBe(
      'test',
    );
  });
});

describe.skipIf(database.kind === 'pglite')('the application', () => {
  it.each([
    `select create_tenant('mine', 'tests', 'mine')`,
    `select app.put_context_key('mine', decode(repeat('00', 32), 'hex'))`,
    'select * from app.context_key_blocks()',
    'select * from app.list_tenants()',
    `select app.isolate_tenant_table('agent_profiles', 'tenant_id', 'mine')`,
    'select * from app.context_keys',
    'select key_id from app.context_keys',
    'select * from app.system_access',
    `insert into app.system_access (reason) values ('mine')`,
    'set role agent_agency_owner',
    'set role agent_agency_service',
    'set session authorization agent_agency_owner',
    'alter table agent_profiles disable row level security',
    'create table public.mine (id integer)',
    'create function public.mine() returns integer language sql return 1',
    'create schema mine',
    `insert into provenance_heads (tenant_id, seq) values ('acme', 0)`,
    'update provenance_heads set seq = 0, hash_chain = null',
    `update tenants set isolation_level = 'federated'`,
    'update tenant_privacy_config set epsilon = 9',
    'select * from __migrations__',
  ])('may not: %s', async (statement) => {
    await expect(asTenant(application, 'acme', () => application.query(statement))).rejects.toMatchObject({
      code: '42501',
    });
  });

  it('cannot switch row level security off', async () => {
    const statement = 'set local row_security = off; select * from agent_profiles';
    await expect(asTenant(application, 'acme', () => application.query(statement))).rejects.toMatchObject({
      code: '42501',
    });
  });

  it('finds no table of its own making before ours in a function of ours', async () => {
    await asTenant(application, 'acme', async () => {
      await application.query(
        'create temporary table provenance_heads (tenant_id text, seq bigint, hash_chain text)',
      );
      await application.query(`insert into pg_temp.provenance_heads values ('acme', 41, 'mine')`);
      await application.query('set local search_path = pg_temp, public');
      await expect(queryValue(application, 'select head_seq from app.lock_provenance_head()')).resolves.toBe(
        '0',
      );
      await application.query('drop table pg_temp.provenance_heads');
    });
  });
});

describe.skipIf(database.kind === 'pglite')('operators', () => {
  it('create tenants with default privacy, and list them whatever the tenant', async () => {
    await administrator.query('begin; set local role agent_agency_owner');
    try {
      await administrator.query(`select create_tenant('initech', 'a project', 'Initech', 'shared')`);
      const { rows } = await administrator.query(
        `select id, isolation_level from app.list_tenants() order by id`,
      );
      expect(rows).toEqual([
        { id: 'acme', isolation_level: 'strict' },
        { id: 'default-tenant', isolation_level: 'strict' },
        { id: 'globex', isolation_level: 'strict' },
        { id: 'initech', isolation_level: 'shared' },
      ]);
      await administrator.query('reset role');
      const privacy = `select epsilon from tenant_privacy_config where tenant_id = 'initech'`;
      await expect(queryValue(administrator, privacy)).resolves.toBe('1.0000');
    } finally {
      await administrator.query('rollback');
    }
  });

  it.each(['', ' acme', '-acme', 'a b', 'ä', 'x'.repeat(256), 'a\n'])(
    'create no tenant with the id "%s"',
    async (id) => {
      await expect(createTenants(administrator, id)).rejects.toMatchObject({
        code: expect.stringMatching(/23514|22001/) as string,
      });
    },
  );
});
