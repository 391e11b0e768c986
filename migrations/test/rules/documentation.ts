import type { Rule } from './rule.ts';

export const documentationRules: readonly Rule[] = [
  {
    name: 'every table, view and column says what it is',
    violations: `
      select full_name as violation from our_relation
      where relkind in ('r', 'p', 'v', 'm') and obj_description(oid, 'pg_class') is null
      union all
      select format('%s.%s', full_name, attname)
      from our_relation join pg_attribute on attrelid = our_relation.oid and attnum > 0 and not attisdropped
      where relkind in ('r', 'p', 'v', 'm') and col_description(attrelid, attnum) is null`,
    breaches: [
      'comment on table agent_profiles is null',
      'comment on column schema_versions.applied_by is null',
      'alter table agent_profiles add column unexplained integer',
      'create materialized view unexplained as select 1 as one',
    ],
  },
  {
    name: 'every function, type and schema says what it is',
    violations: `
      select full_name as violation from our_routine where obj_description(oid, 'pg_proc') is null
      union all
      select typname from our_type where obj_description(oid, 'pg_type') is null
      union all
      select nspname from pg_namespace where nspname = 'app' and obj_description(oid, 'pg_namespace') is null`,
    breaches: [
      'comment on function create_tenant is null',
      'comment on type isolation_level is null',
      'comment on schema app is null',
    ],
  },
  {
    // PostgreSQL cuts a name at 63 bytes, and says so in a notice only.
    name: 'no name is as long as one that was cut off',
    violations: `
      select relname as violation from our_relation where length(relname::bytea) >= 63
      union all
      select attname from pg_attribute where length(attname::bytea) >= 63
      union all
      select conname from pg_constraint where contype <> 'n' and length(conname::bytea) >= 63
      union all
      select polname from pg_policy where length(polname::bytea) >= 63
      union all
      select tgname from pg_trigger where not tgisinternal and length(tgname::bytea) >= 63
      union all
      select proname from our_routine where length(proname::bytea) >= 63
      union all
      select typname from our_type where length(typname::bytea) >= 63`,
    breaches: [
      `create table ${'long_'.repeat(14)} (id integer)`,
      `alter table agent_profiles add constraint ${'long_'.repeat(14)} check (id <> '')`,
      `create policy ${'long_'.repeat(14)} on agent_profiles to agent_agency_app using (false)`,
    ],
  },
  {
    name: 'no constraint or index has a name that PostgreSQL had to number',
    violations: `
      select conname as violation from pg_constraint where conname ~ '_(check|key|fkey|excl)\\d+$'
      union all
      select relname from our_relation where relkind in ('i', 'I') and relname ~ '_idx\\d*$'`,
    breaches: [
      'alter table agent_profiles add check (active_tasks < 10), add check (active_tasks < 20)',
      'create index on agent_profiles (tenant_id, status)',
    ],
  },
];
