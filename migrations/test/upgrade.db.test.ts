import { testDatabase } from '@agent-agency/testing/vitest';
import { describe, expect, it } from 'vitest';
import { migrateDown, migrateUp } from '../src/index.ts';
import { contentsOf, ownersIn, tablesOf } from './support/contents.ts';
import { createEmptyDatabase, openSession } from './support/databases.ts';
import { changeTenantRows, insertTenantRows } from './support/tenant-rows.ts';
import { createTenants, queryValue } from './support/rows.ts';
import { applyContext, asTenant, signContext } from './support/tenant-context.ts';

const database = testDatabase();

async function emptySession() {
  return openSession(await createEmptyDatabase(database.url));
}
type Session = Awaited<ReturnType<typeof emptySession>>;

describe.skipIf(database.kind === 'pglite')('007, multi-tenant isolation', () => {
  it('gives the rows of a full database to the default tenant, and loses none on the way up or down', async () => {
    const session = await emptySession();
    await migrateUp(session);
    await installTestKey(session);
    await asTenant(session, 'default-tenant', () => insertTenantRows(session, 'default-tenant'));
    await asTenant(session, 'default-tenant', () => changeTenantRows(session));
    await migrateDown(session, { to: 7 });
    const full = await contentsOf(session);
    expect([...full.values()]).not.toContain(null);
    await migrateDown(session, { to: 6 });
    expect(await contentsOf(session)).toEqual(full);
    await migrateUp(session, { to: 7 });
    expect(await contentsOf(session)).toEqual(full);
    await expect(ownersIn(session)).resolves.toEqual(['default-tenant']);
    await installTestKey(session);
    const own = await asTenant(session, 'default-tenant', async () => {
      await session.query('set local role agent_agency_app');
      return queryValue(session, 'select count(*)::int from agent_profiles');
    });
    expect(own).toBe(2);
  });

  it('takes agents from before tenants', async () => {
    const session = await emptySession();
    await migrateUp(session, { to: 1 });
    await session.query(`insert into agent_profiles (id, name, model_family) values ('a', 'A', 'human')`);
    const before = await queryValue(session, 'select to_jsonb(t)::text from agent_profiles as t');
    await migrateUp(session);
    await expect(queryValue(session, 'select tenant_id from agent_profiles')).resolves.toBe('default-tenant');
    await migrateDown(session, { to: 1 });
    await expect(queryValue(session, 'select to_jsonb(t)::text from agent_profiles as t')).resolves.toBe(
      before,
    );
  });

  it('is not undone while there are other tenants, and their rows stay closed', async () => {
    const session = await emptySession();
    await migrateUp(session);
    await installTestKey(session);
    await createTenants(session, 'acme');
    await expect(migrateDown(session, { to: 6 })).rejects.toMatchObject({
      code: 'STATEMENT_FAILED',
      message: expect.stringContaining('007 can only be undone for the default tenant') as string,
      details: { sqlState: 'AADWN' },
    });
    const secured = `select bool_and(relrowsecurity and relforcerowsecurity) from pg_class where relname = any($1)`;
    await expect(queryValue(session, secured, [await tablesOf(session)])).resolves.toBe(true);
    for (const table of ['queue_configuration', 'verification_methods', 'graph_config', 'tenants']) {
      await session.query(`delete from ${table} where ${table === 'tenants' ? 'id' : 'tenant_id'} = 'acme'`);
    }
    await expect(migrateDown(session, { to: 6 })).resolves.toContain('007_add_multi_tenant_isolation');
  });

  it('leaves nothing open to the application when it is undone', async () => {
    const session = await emptySession();
    await migrateUp(session);
    await migrateDown(session, { to: 6 });
    const open = `
      select count(*)::int from unnest($1::text[]) as t, unnest(array['agent_agency_app', 'agent_agency_readonly']) as role
      where has_table_privilege(role, t, 'select, insert, update, delete')`;
    await expect(queryValue(session, open, [await tablesOf(session)])).resolves.toBe(0);
  });

  it('knows no key until one is installed, and so no tenant', async () => {
    const session = await emptySession();
    await migrateUp(session);
    await session.query('begin');
    await applyContext(session, signContext({ tenant: 'default-tenant' }));
    await expect(queryValue(session, 'select app.current_tenant_id()')).resolves.toBeNull();
    await session.query('rollback');
  });
});

async function installTestKey(session: Session): Promise<void> {
  await session.query('select app.put_context_key($1, $2)', ['test', Buffer.alloc(32, 7)]);
}
