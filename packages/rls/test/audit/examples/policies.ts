import { asSuperuser, table, type Examples } from './example.ts';

const own = 'tenant_id = (select shop.tenant())';
const alter = (condition: string): string =>
  `alter policy tasks_own on shop.tasks using (${condition}) with check (${own});`;
/** A function for policies, with everything that it needs but what an example takes away. */
const routine = (signature: string, body: string, labels = 'stable parallel safe'): string =>
  `create function shop.${signature} ${labels} language sql set search_path = pg_catalog, pg_temp as $$ ${body} $$;`;
const guardedMembers = `
  ${table('members', 'who text')}
  create index members_who on shop.members (tenant_id, who);`;
const members = 'create table shop.members (who text, shop text);';
/** Beside the schema that is audited: what is wrong with it itself is not asked. */
const openMembers = asSuperuser(`
  create schema depot; create table depot.members (who text);
  grant usage on schema depot to example_app, example_owner;
  grant select on depot.members to example_owner`);

export const policyExamples: Examples = {
  'policy-lets-anonymous': {
    bad: [
      alter(`${own} or (select shop.tenant()) is null`),
      alter(`(title <> '' and ((select shop.tenant()) is null or ${own}))`),
    ],
    good: [
      alter(`${own} and (select shop.tenant()) is not null`),
      `create policy tasks_guard on shop.tasks as restrictive to example_app
         using (${own} or (select shop.tenant()) is null) with check (${own})`,
      alter(`${own} and (title is null or id > 1)`),
    ],
  },
  'policy-shows-null-tenant': {
    bad: [
      alter(`${own} or tenant_id is null`),
      alter('tenant_id is not distinct from (select shop.tenant())'),
    ],
    good: [alter(`${own} and tenant_id is not null`)],
  },
  'policy-compares-login': {
    bad: [alter(`${own} and title = current_user`), alter(`${own} and title = (select session_user)`)],
    good: [alter(`${own} and title = (select upper('x'))`)],
  },
  'policy-matches-pattern': {
    bad: [
      alter(`${own} and title like (select shop.tenant())`),
      alter(`${own} and title ~* (select shop.tenant())`),
    ],
    good: [alter(`${own} and title like 'a%'`)],
  },
  'policy-names-tenant': {
    bad: [alter(`${own} or tenant_id = 'acme'`)],
    good: [
      alter(`${own} and title = 'acme'`),
      `create policy first on shop.tasks to example_service using (tenant_id = 'acme')`,
    ],
  },
  'policy-trusts-user-metadata': {
    bad: [alter(`${own} and (select shop.tenant())::jsonb -> 'user_metadata' ->> 'role' = title`)],
    good: [alter(`${own} and (select shop.tenant())::jsonb -> 'app_metadata' ->> 'role' = title`)],
  },
  'policy-fails-without-setting': {
    bad: [alter(`${own} and title = (select current_setting('search_path'))`)],
    good: [alter(`${own} and title = (select current_setting('search_path', true))`)],
  },
  'policy-exists-uncorrelated': {
    bad: [`${members} ${alter(`${own} and exists (select from shop.members where who = 'admin')`)}`],
    good: [
      `${members} ${alter(`${own} and exists (select from shop.members as m where m.who = title)`)}`,
      `${members} ${alter(`${own} and exists (select from shop.members as m where m.shop = shop.tenant())`)}`,
    ],
  },
  'policy-trusts-setting': {
    bad: [
      {
        sql: alter(`tenant_id = (select current_setting('shop.tenant', true))`),
        place: 'shop.tasks.tasks_own',
      },
      {
        sql: `${routine('plain() returns text', `select current_setting('shop.tenant', true)`)}
              ${alter('tenant_id = (select shop.plain())')}`,
        place: 'shop.plain()',
      },
    ],
    good: [
      alter(`${own} and title = (select current_setting('application_name', true))`),
      routine('plain() returns text', `select current_setting('shop.tenant', true)`),
    ],
  },
  'policy-casts-empty-setting': {
    bad: [
      alter(`${own} and id = (select current_setting('work_mem', true)::bigint)`),
      alter(`${own} and id = (select current_setting('work_mem', true)::text::integer)`),
      {
        sql: `${routine('number() returns bigint', `select current_setting('work_mem', true)::bigint`)}
              ${alter(`${own} and id = (select shop.number())`)}`,
        place: 'shop.number()',
      },
    ],
    good: [
      alter(`${own} and id = (select nullif(current_setting('work_mem', true), '')::bigint)`),
      alter(`${own} and title = (select current_setting('work_mem', true)::varchar)`),
      `${routine('number() returns bigint', `select nullif(current_setting('work_mem', true), '')::bigint`)}
       ${alter(`${own} and id = (select shop.number())`)}`,
    ],
  },
  'tenant-preset': {
    bad: [
      {
        sql: asSuperuser(`alter role example_app set shop.context = 'acme'`),
        place: 'role example_app',
      },
    ],
    good: [asSuperuser(`alter role example_app set shop.other = 'acme'`)],
  },
  'policy-reads-open-table': {
    bad: [
      `${openMembers} ${asSuperuser('grant insert on depot.members to example_app')}
       ${alter(`${own} and title in (select m.who from depot.members as m)`)}`,
    ],
    good: [
      `${openMembers} ${alter(`${own} and title in (select m.who from depot.members as m)`)}`,
      `${openMembers} ${asSuperuser('grant insert on depot.members to example_other')}
       ${alter(`${own} and title in (select m.who from depot.members as m)`)}`,
    ],
  },
  'policy-reads-guarded-table': {
    bad: [`${guardedMembers} ${alter(`${own} and title in (select m.who from shop.members as m)`)}`],
    good: [`${members} ${alter(`${own} and title in (select m.who from shop.members as m)`)}`],
  },
  'policy-recursion': {
    bad: [
      alter(`${own} and id in (select t.id from shop.tasks as t)`),
      `${guardedMembers} ${alter(`${own} and title in (select m.who from shop.members as m)`)}
       alter policy members_own on shop.members using (${own} and who in (select t.title from shop.tasks as t))`,
    ],
    good: [`${members} ${alter(`${own} and title in (select m.who from shop.members as m)`)}`],
  },
  'policy-asks-every-row': {
    bad: [
      alter('tenant_id = shop.tenant()'),
      alter(`${own} and title = current_setting('search_path', true)`),
    ],
    good: [
      alter(`${own} and title = lower('X')`),
      `alter policy tasks_own on shop.tasks with check (tenant_id = shop.tenant())`,
    ],
  },
  'policy-function-of-row': {
    bad: [
      `${routine('likes(text) returns boolean', `select $1 <> ''`)} ${alter(`${own} and shop.likes(title)`)}`,
      `${routine('likes(text) returns boolean', `select $1 <> ''`)} ${alter(`${own} and (select shop.likes(title))`)}`,
    ],
    good: [
      `${routine('likes(text) returns boolean', `select $1 <> ''`)} ${alter(`${own} and (select shop.likes('x'))`)}`,
      alter(`${own} and length(title) > 1`),
    ],
  },
  'policy-function-volatile': {
    bad: [
      alter(`${own} and random() < 2`),
      `${routine('lucky() returns boolean', 'select true', 'parallel safe')} ${alter(`${own} and (select shop.lucky())`)}`,
    ],
    good: [
      `${routine('lucky() returns boolean', 'select true')} ${alter(`${own} and (select shop.lucky())`)}`,
    ],
  },
  'policy-function-not-parallel-safe': {
    bad: [
      {
        sql: `${routine('lucky() returns boolean', 'select true', 'stable')} ${alter(`${own} and (select shop.lucky())`)}`,
        place: 'shop.lucky()',
      },
    ],
    good: [routine('lucky() returns boolean', 'select true', 'stable')],
  },
  'policy-wraps-tenant-column': {
    bad: [
      alter('lower(tenant_id) = (select shop.tenant())'),
      alter('tenant_id::name = (select shop.tenant())::name'),
    ],
    good: [
      alter('tenant_id::varchar = (select shop.tenant())::varchar'),
      alter('tenant_id = any (array(select shop.tenant()))'),
    ],
  },
};
