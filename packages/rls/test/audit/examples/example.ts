import type { Catalogue } from '../../../src/index.ts';

/** A fragment of a database, on top of `FIXTURE`. */
export interface Example {
  readonly sql?: string;
  /** Who is asked about; default: `example_app`. */
  readonly roles?: readonly string[];
  /** The first version that knows its SQL. */
  readonly since?: number;
  /** What no SQL can make: a server of another version. */
  readonly change?: (catalogue: Catalogue) => Catalogue;
  readonly allowances?: string;
  /** Where the finding of a bad one is. */
  readonly place?: string;
}

/** Of each rule what it finds, and what comes close and is right; SQL alone where that is enough. */
export type Examples = Readonly<
  Record<
    string,
    { readonly bad: readonly (string | Example)[]; readonly good: readonly (string | Example)[] }
  >
>;

/** A database in which nothing is wrong: a signed context, a table of tenants, and one that refers to it. */
export const FIXTURE = `
create role example_app login;
create role example_other login;
create role example_owner;
create role example_service;
create schema shop authorization example_owner;
grant usage, create on schema shop to example_service;
grant usage on schema shop to example_app, example_other;
set local role example_owner;
create function shop.tenant() returns text language sql stable parallel safe security definer
  set search_path = pg_catalog, pg_temp
  as $$ select split_part(current_setting('shop.context', true), '.', 1)
        where encode(sha256(convert_to(current_setting('shop.context', true), 'UTF8')), 'hex') <> '' $$;
revoke execute on function shop.tenant() from public;
grant execute on function shop.tenant() to example_app, example_other;
reset role;
alter function shop.tenant() owner to example_service;
revoke create on schema shop from example_service;
set local role example_owner;
create type shop.status as enum ('open', 'done');

${table('tasks', 'title text not null, status shop.status, weight numeric, labels text[]')}
create index tasks_title on shop.tasks (tenant_id, title);
`;

/** A table of tenants that has everything it needs. */
export function table(name: string, columns: string): string {
  return `
create table shop.${name} (
  tenant_id text not null default shop.tenant(),
  id bigint generated always as identity,
  ${columns},
  primary key (tenant_id, id)
);
${guard(name)}`;
}

/** Row level security, a policy and privileges for a table that is there. */
export function guard(name: string): string {
  return `
alter table shop.${name} enable row level security;
alter table shop.${name} force row level security;
create policy ${name}_own on shop.${name} to example_app
  using (tenant_id = (select shop.tenant())) with check (tenant_id = (select shop.tenant()));
grant select, insert, update, delete on shop.${name} to example_app;
`;
}

/** As whoever runs the tests, a superuser; examples run as the owner of the tables. */
export function asSuperuser(sql: string): string {
  return `reset role; ${sql}; set local role example_owner;`;
}
