import type { DatabaseConfig } from '../config.ts';
import { DatabaseError } from '../errors/database-error.ts';
import type { GuardedClient } from './guarded-client.ts';

/** What has to be known of a login before a tenant's rows are trusted to it. */
export interface SessionFacts {
  /** It could switch row level security off: superuser, BYPASSRLS, or a member of the owner. */
  readonly isPrivileged: boolean;
}

const OLDEST_SERVER = 160_000;

/**
 * Looks who is logged in to what.
 *
 * @throws {DatabaseError} `SERVER_TOO_OLD`, `SCHEMA_MISSING`, or `PRIVILEGED_ROLE` unless the configuration allows it.
 */
export async function inspectSession(client: GuardedClient, config: DatabaseConfig): Promise<SessionFacts> {
  const { rows } = await client.query(`
    select
      current_setting('server_version_num')::integer as server,
      current_setting('server_version') as server_text,
      to_regprocedure('app.current_tenant_id()') is not null as is_migrated,
      role.rolsuper or role.rolbypassrls or exists (
        select from pg_roles as owner
        where owner.rolname = 'agent_agency_owner' and pg_has_role(role.oid, owner.oid, 'member')
      ) as is_privileged
    from pg_roles as role
    where role.rolname = session_user
  `);
  const found = rows[0];
  if (Number(found?.['server']) < OLDEST_SERVER) {
    throw new DatabaseError('SERVER_TOO_OLD', `this is PostgreSQL ${String(found?.['server_text'])}: use 16 or newer`);
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
