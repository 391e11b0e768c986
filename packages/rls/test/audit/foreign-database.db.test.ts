import { connect, type SqlSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditCatalogue, readCatalogue, type Audit } from '../../src/index.ts';

// A database that knows nothing of ours: accounts and their members, as services on Supabase have them. The gate logs
// in and becomes the role that a token says; who it is stands in a setting.

const database = testDatabase();
let session: SqlSession;
let found: Audit;

const DATABASE = `
create role web_gate login noinherit;
create role web_anon;
create role web_user;
create role web_service bypassrls;
grant web_anon, web_user, web_service to web_gate;

create schema login;
create schema club;
grant usage on schema login to web_anon, web_user;
grant usage on schema club to web_anon, web_user;

create function login.uid() returns uuid language sql stable as $$
  select nullif(current_setting('request.jwt.claim.sub', true), '')::uuid
$$;

create table club.accounts (
  id uuid primary key default gen_random_uuid(),
  slug text unique,
  owner_id uuid not null default login.uid()
);
create table club.members (
  account_id uuid not null references club.accounts (id) on delete cascade,
  user_id uuid not null,
  role text not null,
  primary key (user_id, account_id)
);
create table club.invoices (
  id bigint generated always as identity primary key,
  account_id uuid not null references club.accounts (id),
  number text unique,
  total numeric
);
create index invoices_total on club.invoices (total);
create view club.overdue as select * from club.invoices where total > 0;
create table club.plans (name text primary key, price numeric);

create function club.has_role(account uuid) returns boolean language sql security definer set search_path = public as $$
  select exists (select from club.members where account_id = account and user_id = login.uid())
$$;
create function club.my_accounts() returns setof uuid language sql stable security definer set search_path = '' as $$
  select account_id from club.members where user_id = login.uid()
$$;

alter table club.accounts enable row level security;
alter table club.members enable row level security;
alter table club.invoices enable row level security;

create policy "Members see their accounts" on club.accounts for select to web_user
  using (club.has_role(id));
create policy "Owners see their accounts" on club.accounts for select to web_user
  using (owner_id = login.uid());
create policy "Members see themselves" on club.members for select
  using (user_id = login.uid() or login.uid() is null);
create policy "Members see invoices" on club.invoices for all to web_user
  using (account_id in (select club.my_accounts()));

grant select, insert, update, delete on club.accounts, club.members, club.invoices to web_user;
grant select on club.overdue, club.plans to web_anon, web_user;
grant all on club.invoices to web_service;
`;

beforeAll(async () => {
  session = await connect(database.url);
  await session.query('begin');
  await session.query(DATABASE);
  found = auditCatalogue(await readCatalogue(session, { roles: ['web_gate'], schemas: ['club', 'login'] }));
});
afterAll(async () => {
  await session.query('rollback');
  await session.close();
});

const at = (place: string): string[] =>
  found.findings.filter((finding) => finding.place === place).map(({ rule }) => rule);

describe('a database in the style of Supabase', () => {
  it.each([
    ['role web_gate', ['role-bypasses-rls']],
    ['club.accounts', ['or-ing-policies', 'rls-not-forced']],
    ['club.accounts.Members see their accounts', ['policy-function-of-row', 'policy-function-volatile']],
    ['club.accounts.Owners see their accounts', ['policy-asks-every-row']],
    ['club.accounts_slug_key', ['unique-without-tenant']],
    ['club.members', ['rls-not-forced', 'tenant-column-without-default']],
    [
      'club.members.Members see themselves',
      ['policy-asks-every-row', 'policy-for-public', 'policy-lets-anonymous'],
    ],
    [
      'club.invoices',
      [
        'grant-references',
        'grant-trigger',
        'grant-truncate',
        'rls-not-forced',
        'tenant-column-without-default',
        'tenant-column-without-index',
      ],
    ],
    ['club.invoices.Members see invoices', ['policy-without-check']],
    ['club.invoices_number_key', ['unique-without-tenant']],
    ['club.invoices_pkey', ['primary-key-without-tenant']],
    ['club.invoices_total', ['index-without-tenant', 'non-leakproof-access-path']],
    ['club.overdue', ['view-without-security-invoker']],
    ['club.plans', ['shared-table-readable']],
    [
      'club.has_role(account uuid)',
      [
        'definer-bypasses-policies',
        'definer-executable-by-public',
        'definer-search-path-without-pg-temp',
        'policy-function-not-parallel-safe',
      ],
    ],
    [
      'club.my_accounts()',
      [
        'definer-bypasses-policies',
        'definer-executable-by-public',
        'definer-search-path-without-pg-temp',
        'policy-function-not-parallel-safe',
      ],
    ],
    [
      'login.uid()',
      ['policy-function-not-parallel-safe', 'policy-function-without-search-path', 'policy-trusts-setting'],
    ],
  ])('%s', (place, rules) => {
    expect(at(place).filter((rule) => rule !== 'grant-maintain')).toEqual(rules);
  });

  it('nothing is left out, and references to an account are right', () => {
    expect(found.notChecked).toEqual([]);
    expect(found.findings.map(({ rule }) => rule)).not.toContain('foreign-key-without-tenant');
  });
});
