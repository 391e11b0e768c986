import type { DatabaseConfig } from '../config.ts';
import { DatabaseError } from '../errors/database-error.ts';
import type { GuardedClient } from './guarded-client.ts';

/** What has to be known of a login before a tenant's rows are trusted to it. */
export interface SessionFacts {
  /** It could switch row level security off, or read the keys that tenant contexts are signed with. */
  readonly isPrivileged: boolean;
}

const OLDEST_SERVER = 160_000;

/** Beside superusers and BYPASSRLS: owners of tables and keys, and PostgreSQL's own roles that reach every table. */
const POWERFUL_ROLES = [
  'agent_agency_owner',
  'agent_agency_service',
  'pg_execute_server_program',
  'pg_read_all_data',
  'pg_read_server_files',
  'pg_write_all_data',
  'pg_write_server_files',
];

// The catalogue and not to_regprocedure(), which raises an error where the login may not use the schema.
const INSPECTION = `
  select
    current_setting('server_version_num')::integer as server,
    current_setting('server_version') as server_text,
    exists (
      select from pg_proc as function
      join pg_namespace as schema on schema.oid = function.pronamespace
      where schema.nspname = 'app' and function.proname = 'current_tenant_id'
    ) as is_migrated,
    exists (
      select from pg_roles as role
      where (role.rolsuper or role.rolbypassrls or role.rolname = any($1))
        and pg_has_role(session_user, role.oid, 'member')
    ) as is_privileged`;

/**
 * Looks who is logged in to what.
 *
 * @throws {DatabaseError} `SERVER_TOO_OLD`, `SCHEMA_MISSING`, or `PRIVILEGED_ROLE` unless the configuration allows it.
 */
export async function inspectSession(client: GuardedClient, config: DatabaseConfig): Promise<SessionFacts> {
  const { rows } = await client.query(INSPECTION, [POWERFUL_ROLES]);
  const found = rows[0];
  if (Number(found?.['server']) < OLDEST_SERVER) {
    throw new DatabaseError(
      'SERVER_TOO_OLD',
      `this is PostgreSQL ${String(found?.['server_text'])}: use 16 or newer`,
    );
  }
  if (found?.['is_migrated'] !== true) {
    throw new DatabaseError('SCHEMA_MISSING', 'the database is not migrated: run `agency-db migrate up`');
  }
  const isPrivileged = found['is_privileged'] === true;
  if (isPrivileged && !config.allowPrivilegedRole) {
    throw new DatabaseError(
      'PRIVILEGED_ROLE',
      'this login could switch row level security off: log in as agent_agency_app, or set DB_ALLOW_PRIVILEGED_ROLE=true',
    );
  }
  return { isPrivileged };
}
