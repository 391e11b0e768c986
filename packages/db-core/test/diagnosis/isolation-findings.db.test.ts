import { connect, type SqlSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { diagnoseAs } from '../support/diagnosis.ts';

const database = testDatabase();
let admin: SqlSession;
beforeAll(async () => {
  admin = await connect(database.url);
});
afterAll(() => admin.close());

/** What both an application and an administrator find, before and after the fault. */
async function see(code: string): Promise<string | undefined> {
  const [application, administrator] = await Promise.all(
    [database.directUrlFor('agent_agency_app'), database.url].map(async (url) =>
      (await diagnoseAs(url)).find((finding) => finding.code === code),
    ),
  );
  expect(application).toEqual(administrator);
  if (application !== undefined) expect(application.severity).toBe('error');
  return application?.detail;
}

async function findDuring(code: string, fault: string, undo: string): Promise<string | undefined> {
  await admin.query(fault);
  const detail = await see(code);
  await admin.query(undo);
  expect(await see(code)).toBeUndefined();
  return detail;
}

describe('isolationFindings, of tables', () => {
  it.each([
    [
      'row level security that is disabled',
      'alter table agent_profiles disable row level security',
      'alter table agent_profiles enable row level security',
      'public.agent_profiles: not enabled',
    ],
    [
      'row level security that does not bind the owner',
      'alter table agent_profiles no force row level security',
      'alter table agent_profiles force row level security',
      'public.agent_profiles: not forced',
    ],
    [
      'the tenants themselves',
      'alter table tenants disable row level security',
      'alter table tenants enable row level security',
      'public.tenants: not enabled',
    ],
    [
      'a new table that was granted',
      'create table orders (tenant_id text, n int); grant select on orders to agent_agency_app',
      'drop table orders',
      'public.orders: not enabled, not forced, no policy',
    ],
    [
      'a new table that everybody may change',
      'create table orders (tenant_id text, n int); grant delete on orders to public',
      'drop table orders',
      'public.orders: not enabled, not forced, no policy',
    ],
    [
      'a column that was granted',
      'create table orders (tenant_id text, n int); grant select (n) on orders to agent_agency_readonly',
      'drop table orders',
      'public.orders: not enabled, not forced, no policy',
    ],
    [
      'a table of another schema, with restrictive policies only',
      `create schema "Sales";
       create table "Sales".orders (tenant_id text);
       alter table "Sales".orders enable row level security, force row level security;
       create policy guard on "Sales".orders as restrictive using (true);
       grant select on "Sales".orders to agent_agency_app`,
      'drop schema "Sales" cascade',
      '"Sales".orders: no policy',
    ],
    [
      'a partition that was granted beside its table',
      `create table orders (tenant_id text) partition by list (tenant_id);
       create table orders_acme partition of orders for values in ('acme');
       grant select on orders_acme to agent_agency_app`,
      'drop table orders',
      'public.orders_acme: not enabled, not forced, no policy',
    ],
  ])('finds %s', async (_, fault, undo, detail) => {
    expect(await findDuring('RLS_OFF', fault, undo)).toBe(detail);
  });

  it('does not find what no application reaches', async () => {
    await admin.query('create table imports (tenant_id text)');
    expect(await see('RLS_OFF')).toBeUndefined();
    await admin.query('drop table imports');
  });
});

describe('isolationFindings, of views', () => {
  const drop =
    'drop view if exists names_of_names; drop view if exists names; drop materialized view if exists kept';

  it.each([
    [
      'a view with the rights of its owner',
      'create view names as select name from agent_profiles; grant select on names to agent_agency_app',
      'public.names',
    ],
    [
      'a view that says so',
      `create view names with (security_invoker = false) as select name from agent_profiles;
       grant select on names to agent_agency_app`,
      'public.names',
    ],
    [
      'a view of a view',
      `create view names with (security_invoker = true) as select name from agent_profiles;
       create view names_of_names as select * from names;
       grant select on names_of_names to agent_agency_readonly`,
      'public.names_of_names',
    ],
    [
      'a materialized view',
      'create materialized view kept as select name from agent_profiles; grant select on kept to public',
      'public.kept: materialized',
    ],
  ])('finds %s', async (_, fault, detail) => {
    expect(await findDuring('VIEW_BYPASSES_RLS', fault, drop)).toBe(detail);
  });

  it.each([
    [
      'has its reader’s rights',
      `create view names with (security_invoker = yes) as select name from agent_profiles;
       grant select on names to agent_agency_app`,
    ],
    ['no application reads', 'create view names as select name from agent_profiles'],
    [
      'reads no tenant’s rows',
      'create view names as select 1 as one; grant select on names to agent_agency_app',
    ],
  ])('does not find a view that %s', async (_, fault) => {
    await admin.query(fault);
    expect(await see('VIEW_BYPASSES_RLS')).toBeUndefined();
    await admin.query(drop);
  });
});
