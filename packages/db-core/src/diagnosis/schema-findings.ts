import type { Queryable } from '../pool/queryable.ts';
import type { Finding } from './finding.ts';
import { pgvectorFindings } from './version-findings.ts';

// The catalogue and not to_regprocedure(), which raises an error where the login may not use the schema.
const SCHEMA = `
  select
    exists (
      select from pg_proc as function
      join pg_namespace as schema on schema.oid = function.pronamespace
      where schema.nspname = 'app' and function.proname = 'require_tenant_id'
    ) as is_migrated,
    (select extversion from pg_extension where extname = 'vector') as installed,
    (select default_version from pg_available_extensions where name = 'vector') as available`;

interface SchemaRow {
  readonly is_migrated: boolean;
  readonly installed: string | null;
  readonly available: string | null;
}

/** Whether the database holds what the packages need; without the schema there is nothing more to look at. */
export async function readSchema(
  connection: Queryable,
): Promise<{ readonly isMigrated: boolean; readonly findings: Finding[] }> {
  const { rows } = await connection.query(SCHEMA);
  const { is_migrated: isMigrated, ...pgvector } = rows[0] as unknown as SchemaRow;
  return { isMigrated, findings: [...(isMigrated ? [] : [SCHEMA_MISSING]), ...pgvectorFindings(pgvector)] };
}

const SCHEMA_MISSING: Finding = {
  code: 'SCHEMA_MISSING',
  severity: 'error',
  title: 'the database is not migrated',
  detail: 'There is no app.require_tenant_id(), so neither policies nor tenants were looked at.',
  remedy: 'run `agency-db migrate up` as an administrator',
};
