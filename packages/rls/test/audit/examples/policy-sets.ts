import { asSuperuser, table, type Examples } from './example.ts';

const own = 'tenant_id = (select shop.tenant())';
const alter = (clauses: string): string => `alter policy tasks_own on shop.tasks ${clauses}`;
const notes = table('notes', 'note text');
const list = `
  create table shop.lists (code text primary key);
  alter table shop.lists enable row level security; alter table shop.lists force row level security;
  grant select on shop.lists to example_app;`;

export const policySetExamples: Examples = {
  'policy-always-true': {
    bad: [
      { sql: alter('using (true) with check (true)'), place: 'shop.tasks.tasks_own' },
      alter(`using (${own} or true)`),
      alter('using (1 = 1)'),
      alter('using (not false)'),
      `drop policy tasks_own on shop.tasks;
       create policy tasks_in on shop.tasks for insert to example_app with check (true)`,
      `${list} create policy lists_all on shop.lists to example_app using (true) with check (true)`,
    ],
    good: [
      alter(`using (${own} and true)`),
      alter('using (false) with check (false)'),
      `${list} create policy lists_read on shop.lists for select to example_app using (true)`,
      'create policy tasks_all on shop.tasks to example_service using (true) with check (true)',
    ],
  },
  'restrictive-policy-always-true': {
    bad: [
      'create policy tasks_guard on shop.tasks as restrictive to example_app using (true) with check (true)',
    ],
    good: [
      `create policy tasks_guard on shop.tasks as restrictive to example_app using (${own}) with check (${own})`,
      `create policy tasks_guard on shop.tasks as restrictive to example_app using (true) with check (${own})`,
    ],
  },
  'policy-for-public': {
    bad: [alter('to public')],
    good: [
      alter('to example_app, example_other'),
      `create policy tasks_guard on shop.tasks as restrictive using (${own}) with check (${own})`,
    ],
  },
  'policy-without-check': {
    bad: [
      `drop policy tasks_own on shop.tasks; create policy tasks_own on shop.tasks to example_app using (${own})`,
      `drop policy tasks_own on shop.tasks;
       create policy tasks_change on shop.tasks for update to example_app using (${own})`,
    ],
    good: [
      `drop policy tasks_own on shop.tasks;
       create policy tasks_read on shop.tasks for select to example_app using (${own});
       create policy tasks_end on shop.tasks for delete to example_app using (${own})`,
    ],
  },
  'check-forgets-tenant': {
    bad: [alter('with check (true)'), alter(`with check (title <> '')`)],
    good: [
      alter(`with check (title <> '' and ${own})`),
      `${alter(`with check (title <> '')`)};
       create policy tasks_guard on shop.tasks as restrictive to example_app using (${own}) with check (${own})`,
    ],
  },
  'policy-ignores-tenant': {
    bad: [
      `${alter(`using (title <> '') with check (title <> '')`)};
       create policy tasks_guard on shop.tasks as restrictive to example_other using (${own}) with check (${own})`,
      `${alter(`using (title <> '') with check (title <> '')`)};
       create policy tasks_guard on shop.tasks as restrictive for select to example_app using (${own})`,
      alter(`using (title <> '') with check (title <> '')`),
      alter('using ((select shop.tenant()) is not null) with check ((select shop.tenant()) is not null)'),
    ],
    good: [
      `${alter(`using (title <> '') with check (title <> '')`)};
       create policy tasks_guard on shop.tasks as restrictive using (${own}) with check (${own})`,
      alter('using (exists (select from shop.tenant() as t (id) where t.id = tenant_id))'),
      alter(`using (title = (select shop.tenant())) with check (${own})`),
    ],
  },
  'or-ing-policies': {
    bad: [
      {
        sql: `create policy tasks_shown on shop.tasks for select to example_app
                using (tenant_id = (select shop.tenant()) and title <> '')`,
        place: 'shop.tasks',
      },
    ],
    good: [
      `create policy tasks_other on shop.tasks for select to example_other using (${own})`,
      `create policy tasks_shown on shop.tasks for select to example_app using (${own} and title <> '');
       create policy tasks_guard on shop.tasks as restrictive to example_app using (${own}) with check (${own})`,
      `drop policy tasks_own on shop.tasks;
       create policy tasks_read on shop.tasks for select to example_app using (${own});
       create policy tasks_in on shop.tasks for insert to example_app with check (${own})`,
    ],
  },
  'policy-duplicate': {
    bad: [
      `create policy tasks_own_again on shop.tasks to example_app using (${own}) with check (${own});
       create policy tasks_guard on shop.tasks as restrictive to example_app using (${own}) with check (${own})`,
    ],
    good: [notes],
  },
  'policy-for-bypassing-role': {
    bad: [
      asSuperuser(`create role example_free bypassrls;
        alter policy tasks_own on shop.tasks to example_app, example_free`),
    ],
    good: [alter('to example_app, example_other')],
  },
};
