import type { Examples } from './example.ts';

const labels = 'stable parallel safe';
const path = 'set search_path = pg_catalog, pg_temp';

export const functionExamples: Examples = {
  'function-without-search-path': {
    bad: [
      `create function f() returns integer language plpgsql ${labels} as $$ begin return 1; end $$`,
      `create function f() returns integer language sql ${labels} as 'select 1'`,
      "create procedure f() language sql as 'select 1'",
    ],
    good: [
      `create function f() returns integer language plpgsql ${labels} ${path} as $$ begin return 1; end $$`,
      `create function f() returns integer language sql ${labels} begin atomic select 1; end`,
      `create function f() returns integer language sql ${labels} return 1`,
      `create function f() returns integer language sql ${labels} as 'select 1';
       alter function f() ${path}`,
    ],
  },
  'definer-without-search-path': {
    bad: [
      `create function f() returns integer language sql ${labels} security definer as 'select 1'`,
      `create function f() returns integer language sql ${labels} security definer return 1`,
    ],
    good: [
      `create function f() returns integer language sql ${labels} security definer ${path} as 'select 1'`,
      `create function f() returns integer language sql ${labels} return 1`,
    ],
  },
  'search-path-without-pg-temp': {
    bad: [
      `create function f() returns integer language sql ${labels} set search_path = pg_catalog as 'select 1'`,
      `create function f() returns integer language sql ${labels} set search_path = pg_temp, public as 'select 1'`,
      `create function f() returns integer language sql ${labels} return 1;
       alter function f() set search_path = public`,
    ],
    good: [
      `create function f() returns integer language sql ${labels} ${path} as 'select 1'`,
      `create function f() returns integer language sql ${labels} set search_path = 'public, pg_temp' as 'select 1'`,
      `create function f() returns integer language sql ${labels} return 1`,
    ],
  },
  'definer-of-the-owner': {
    bad: [
      `create function f() returns integer language sql ${labels} security definer ${path} as 'select 1'`,
      `create function f() returns integer language sql ${labels} security definer ${path} as 'select 1';
       alter function f() owner to agent_agency_owner`,
    ],
    good: [
      `create function f() returns integer language sql ${labels} security definer ${path} as 'select 1';
       alter function f() owner to agent_agency_service`,
      `create function f() returns integer language sql ${labels} return 1`,
    ],
  },
  'function-without-labels': {
    bad: [
      'create function f() returns integer language sql return 1',
      'create function f() returns integer language sql stable return 1',
      'create function f() returns integer language sql parallel safe return 1',
    ],
    good: [
      `create function f() returns integer language sql ${labels} return 1`,
      `create function f() returns trigger language plpgsql ${path} as $$ begin return new; end $$`,
      `create procedure f() language sql ${path} as 'select 1'`,
    ],
  },
  'grant-to-public': {
    bad: [
      'grant select on tasks to public',
      'grant execute on function app.stamp() to public, agent_agency_app',
    ],
    good: ['grant select on tasks to agent_agency_app', 'revoke all on tasks from public'],
  },
  'grant-too-much': {
    bad: [
      'grant all on tasks to agent_agency_app',
      'grant select, truncate on tasks to agent_agency_app',
      'grant create on schema app to agent_agency_readonly',
      { up: 'select 1', down: 'grant all on tasks to agent_agency_app' },
    ],
    good: [
      'grant select, insert, update (note), delete on tasks to agent_agency_app',
      'grant usage, create on schema app to agent_agency_service',
      'revoke all on tasks from agent_agency_app',
    ],
  },
  'grant-on-whole-schema': {
    bad: [
      'grant select on all tables in schema public to agent_agency_readonly',
      'alter default privileges in schema public grant select on tables to agent_agency_app',
    ],
    good: [
      'grant select on tasks, events to agent_agency_readonly',
      'alter default privileges revoke execute on functions from public',
    ],
  },
};
