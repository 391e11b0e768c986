import { asSuperuser, table, type Examples } from './example.ts';

const other = 'create table shop.countries (code text primary key);';

export const privilegeExamples: Examples = {
  'role-is-superuser': {
    bad: [
      {
        sql: asSuperuser('create role example_root superuser login'),
        roles: ['example_root'],
        place: 'role example_root',
      },
      asSuperuser('create role example_root superuser; grant example_root to example_app'),
    ],
    good: [asSuperuser('create role example_root superuser login')],
  },
  'role-bypasses-rls': {
    bad: [
      asSuperuser('alter role example_app bypassrls; alter policy tasks_own on shop.tasks to example_other'),
      asSuperuser('create role example_free bypassrls; grant example_free to example_app'),
      asSuperuser(
        `create role example_free bypassrls; create role example_between;
         grant example_free to example_between; grant example_between to example_app`,
      ),
    ],
    good: [
      asSuperuser('create role example_free bypassrls'),
      {
        sql: asSuperuser(
          'create role example_free bypassrls; grant example_free to example_app with inherit false, set false',
        ),
        since: 160_000,
      },
    ],
  },
  'role-owns-table': {
    bad: [{ sql: asSuperuser('grant example_owner to example_other'), roles: ['example_other'] }],
    good: [asSuperuser('grant example_owner to example_other')],
  },
  'role-reaches-every-table': {
    bad: [
      asSuperuser('grant pg_read_all_data to example_app'),
      asSuperuser('grant pg_write_all_data to example_app'),
    ],
    good: [asSuperuser('grant pg_read_all_data to example_other')],
  },
  'role-reaches-server-files': {
    bad: [asSuperuser('grant pg_execute_server_program, pg_write_server_files to example_app')],
    good: [asSuperuser('grant pg_read_server_files to example_other')],
  },
  'role-creates-roles': {
    bad: [asSuperuser('alter role example_app createrole')],
    good: [asSuperuser('alter role example_app createdb')],
  },
  'role-replicates': {
    bad: [asSuperuser('alter role example_app replication')],
    good: [asSuperuser('alter role example_other replication')],
  },
  'role-reads-activity': {
    bad: [asSuperuser('grant pg_read_all_stats to example_app')],
    good: [asSuperuser('grant pg_read_all_settings to example_app')],
  },
  'grant-truncate': {
    bad: ['grant truncate on shop.tasks to example_app'],
    good: [
      'grant truncate on shop.tasks to example_other',
      `${other} grant truncate on shop.countries to example_app`,
    ],
  },
  'grant-references': {
    bad: [
      'grant references on shop.tasks to example_app',
      'grant references (tenant_id) on shop.tasks to example_app',
    ],
    good: [`${other} grant references on shop.countries to example_app`],
  },
  'grant-trigger': {
    bad: ['grant trigger on shop.tasks to example_app'],
    good: [`${other} grant trigger on shop.countries to example_app`],
  },
  'grant-maintain': {
    bad: [{ sql: 'grant maintain on shop.tasks to example_app', since: 170_000 }],
    good: [{ sql: 'grant maintain on shop.tasks to example_other', since: 170_000 }],
  },
  'grant-to-public': {
    bad: ['grant select on shop.tasks to public'],
    good: [`grant select on shop.tasks to example_other`],
  },
  'grant-with-grant-option': {
    bad: ['grant select on shop.tasks to example_app with grant option'],
    good: ['grant select on shop.tasks to example_other with grant option'],
  },
  'sequence-readable': {
    bad: [
      'create sequence shop.numbers; grant select on sequence shop.numbers to example_app',
      'create sequence shop.numbers; grant update on sequence shop.numbers to public',
    ],
    good: [
      'create sequence shop.numbers; grant usage on sequence shop.numbers to example_app',
      table('notes', 'note text'),
    ],
  },
  'schema-creatable': {
    bad: [
      asSuperuser('grant create on schema shop to example_app'),
      asSuperuser('grant create on schema shop to public'),
    ],
    good: [asSuperuser('grant create on schema shop to example_other')],
  },
  'default-privileges-open': {
    bad: [
      {
        sql: 'alter default privileges in schema shop grant select on tables to example_app',
        place: 'tables of example_owner in shop',
      },
      'alter default privileges grant insert on tables to public',
    ],
    good: [
      'alter default privileges in schema shop grant select on tables to example_other',
      'alter default privileges in schema shop grant execute on functions to example_app',
    ],
  },
  'outside-function-granted': {
    bad: [asSuperuser('grant execute on function pg_catalog.pg_read_file(text) to example_app')],
    good: [asSuperuser('grant execute on function pg_catalog.pg_read_file(text) to example_other')],
  },
};
