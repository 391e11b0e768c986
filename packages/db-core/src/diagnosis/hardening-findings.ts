import type { Queryable } from '../pool/queryable.ts';
import type { Finding } from './finding.ts';

// PostgreSQL lets every login do this. The view shows an administrator's login alone what was sampled of guarded tables.
const OPEN = `
  select
    has_function_privilege('agent_agency_app', 'pg_catalog.pg_terminate_backend(integer, bigint)', 'execute') as ends_sessions,
    has_function_privilege('agent_agency_app', 'pg_catalog.lo_get(oid)', 'execute') as has_large_objects,
    has_function_privilege('agent_agency_app', 'pg_catalog.pg_stat_get_activity(integer)', 'execute') as watches_others,
    has_database_privilege('agent_agency_app', current_database(), 'temporary') as makes_temporary,
    exists (
      select
      from pg_stats as sampled
      join pg_class as class on class.relname = sampled.tablename and class.relforcerowsecurity
      join pg_namespace as schema on schema.oid = class.relnamespace and schema.nspname = sampled.schemaname
      join pg_attribute as attribute on attribute.attrelid = class.oid and attribute.attname = sampled.attname
      where attribute.attstattarget = 0
        and (sampled.most_common_freqs is not null or sampled.histogram_bounds is not null or sampled.most_common_elems is not null)
    ) as knows_values`;

interface OpenRow {
  readonly ends_sessions: boolean;
  readonly has_large_objects: boolean;
  readonly watches_others: boolean;
  readonly makes_temporary: boolean;
  readonly knows_values: boolean;
}

const MEANINGS: Readonly<Record<keyof OpenRow, string>> = {
  ends_sessions: 'a service can end the sessions of others that log in as the same role',
  has_large_objects: 'large objects, which have no policies, are everybody’s',
  watches_others: 'every login sees what others run, and how much of each table is read and written',
  makes_temporary: 'services can make temporary objects',
  knows_values: 'the planner knows values of rows that were sampled before migration 007',
};

/** What an administrator can take from the application, and has not. */
export async function hardeningFindings(connection: Queryable): Promise<Finding[]> {
  const { rows } = await connection.query(OPEN);
  const [open] = rows as unknown as OpenRow[];
  const lacks = Object.entries(MEANINGS).filter(([name]) => open?.[name as keyof OpenRow] === true);
  if (lacks.length === 0) return [];
  return [
    {
      code: 'NOT_HARDENED',
      severity: 'info',
      title: 'the application may do what only an administrator can take from it',
      detail: lacks.map(([, meaning]) => meaning).join('\n'),
      remedy:
        'psql -1 -f migrations/harden.sql, as an administrator; docs/operations/hardening.md says what it does',
    },
  ];
}
