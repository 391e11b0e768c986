import type { DatabaseConfig } from '../config.ts';
import { POWERFUL_ROLES } from '../diagnosis/powerful-roles.ts';
import { DatabaseError } from '../errors/database-error.ts';
import type { GuardedClient } from './guarded-client.ts';

/** What has to be known of a login before a tenant's rows are trusted to it. */
export interface SessionFacts {
  /** It could switch row level security off, or read the keys that tenant contexts are signed with. */
  readonly isPrivileged: boolean;
  /** A program between us and the server lends its sessions by the transaction. */
  readonly isPooled: boolean;
}

const OLDEST_SERVER = 160_000;

// The catalogue and not to_regprocedure(), which raises an error where the login may not use the schema.
const INSPECTION = `
  select
    current_setting('server_version_num')::integer as server,
    current_setting('server_version') as server_text,
    pg_backend_pid() as process_id,
    exists (
      select from pg_proc as function
      join pg_namespace as schema on schema.oid = function.pronamespace
      where schema.nspname = 'app' and function.proname = 'require_tenant_id'
    ) as is_migrated,
    exists (
      select from pg_roles as role
      where (role.rolsuper or role.rolbypassrls or role.rolname = any($1))
        and pg_has_role(session_user, role.oid, 'member')
    ) as is_privileged`;

/**
 * Looks who is logged in to what, and through what.
 *
 * @throws {DatabaseError} `SERVER_TOO_OLD`, `SCHEMA_MISSING`, or `PRIVILEGED_ROLE` unless the configuration allows it.
 */
export async function inspectSession(client: GuardedClient, config: DatabaseConfig): Promise<SessionFacts> {
  const found = await inspect(client);
  if (Number(found['server']) < OLDEST_SERVER) {
    throw new DatabaseError(
      'SERVER_TOO_OLD',
      `this is PostgreSQL ${String(found['server_text'])}: use 16 or newer`,
    );
  }
  if (found['is_migrated'] !== true) {
    throw new DatabaseError('SCHEMA_MISSING', 'the database is not migrated: run `agency-db migrate up`');
  }
  const isPrivileged = found['is_privileged'] === true;
  if (isPrivileged && !config.allowPrivilegedRole) {
    throw new DatabaseError(
      'PRIVILEGED_ROLE',
      'this login could switch row level security off: log in as agent_agency_app, or set DB_ALLOW_PRIVILEGED_ROLE=true',
    );
  }
  return { isPrivileged, isPooled: found['process_id'] !== client.processId };
}

async function inspect(client: GuardedClient): Promise<Record<string, unknown>> {
  const { rows } = await client.query(INSPECTION, [POWERFUL_ROLES]);
  return rows[0] ?? {};
}
