import { asSuperuser, type Examples } from './example.ts';

const own = 'tenant_id = (select shop.tenant())';
const path = 'set search_path = pg_catalog, pg_temp';
const use = `alter policy tasks_own on shop.tasks using (${own} and (select shop.lucky()));`;
const lucky = (labels: string): string =>
  `create function shop.lucky() returns boolean language sql stable parallel safe ${labels} as 'select true';`;
const definer = (labels = path): string =>
  `create function shop.act() returns integer language sql security definer ${labels} as 'select 1';`;
const revoke = 'revoke execute on function shop.act() from public;';
const grant = 'grant execute on function shop.act() to example_app;';

export const functionExamples: Examples = {
  'policy-function-without-search-path': {
    bad: [{ sql: `${lucky('')} ${use}`, place: 'shop.lucky()' }],
    good: [
      `${lucky(path)} ${use}`,
      lucky(''),
      `create function shop.lucky() returns boolean language sql stable parallel safe return true; ${use}`,
    ],
  },
  'policy-function-replaceable': {
    bad: [
      `${lucky(path)} ${use} ${asSuperuser('grant create on schema shop to example_app; alter function shop.lucky() owner to example_app; revoke create on schema shop from example_app')}`,
    ],
    good: [`${lucky(path)} ${use}`],
  },
  'definer-without-search-path': {
    bad: [
      { sql: `${definer('')} ${revoke}`, place: 'shop.act()' },
      `create function shop.act() returns integer language sql security definer return 1; ${revoke}`,
    ],
    good: [`${definer()} ${revoke}`, lucky('')],
  },
  'definer-search-path-without-pg-temp': {
    bad: [
      `${definer('set search_path = pg_catalog, shop')} ${revoke}`,
      `${definer(`set search_path = ''`)} ${revoke}`,
      `${definer('set search_path = pg_temp, shop')} ${revoke}`,
    ],
    good: [`${definer('set search_path = shop, "pg_temp"')} ${revoke}`],
  },
  'definer-executable-by-public': {
    bad: [definer()],
    good: [
      `${definer()} ${revoke} grant execute on function shop.act() to example_other`,
      `create function shop.act() returns trigger language plpgsql security definer ${path} as 'begin return new; end'`,
      lucky(path),
    ],
  },
  'definer-bypasses-policies': {
    bad: [
      `${definer()} ${revoke} ${grant} ${asSuperuser('alter function shop.act() owner to current_user')}`,
      `${definer()} ${revoke} ${grant} ${asSuperuser('create role example_free bypassrls; grant create on schema shop to example_free; alter function shop.act() owner to example_free; revoke create on schema shop from example_free')}`,
    ],
    good: [
      asSuperuser(
        `create function shop.act() returns trigger language plpgsql security definer ${path} as 'begin return new; end'`,
      ),
      `${definer()} ${revoke} ${grant}`,
      `${definer()} ${revoke} ${asSuperuser('alter function shop.act() owner to current_user')}`,
    ],
  },
  'function-claims-leakproof': {
    bad: [asSuperuser(lucky(`leakproof ${path}`))],
    good: [lucky(path)],
  },
  'function-in-untrusted-language': {
    bad: [asSuperuser(`create function shop.pid() returns integer language internal as 'pg_backend_pid'; `)],
    good: [
      asSuperuser(
        `create function shop.pid() returns integer language internal as 'pg_backend_pid';
         revoke execute on function shop.pid() from public`,
      ),
      lucky(path),
    ],
  },
};
