import type { Queryable } from '../pool/queryable.ts';
import { POWERFUL_ROLES } from './powerful-roles.ts';

export interface ServerVersion {
  /** `server_version_num`: 170006 is 17.6. */
  readonly version: number;
  readonly version_text: string;
}

/** What any login may read of the server, of the database and of itself. */
export interface ServerFacts extends ServerVersion {
  readonly is_superuser: boolean;
  readonly bypasses_rls: boolean;
  /** Roles that the login is, or can become, and that row level security does not hold. */
  readonly powerful_roles: readonly string[];
  /** Whether it has the rights of `agent_agency_app` or `agent_agency_readonly`. */
  readonly is_application: boolean;
  readonly is_standby: boolean;
  readonly default_transaction_read_only: string;
  readonly row_security: string;
  readonly fsync: string;
  readonly full_page_writes: string;
  readonly synchronous_commit: string;
  readonly encoding: string;
  readonly collation_version: string | null;
  readonly actual_collation_version: string | null;
  /** Connections for logins without privileges; for this login and this database, -1 where there is no limit. */
  readonly server_connections: number;
  readonly login_connections: number;
  readonly database_connections: number;
  /** Its clock, milliseconds since 1970. */
  readonly clock_ms: number;
}

const VERSION = `
  select
    current_setting('server_version_num')::integer as version,
    current_setting('server_version') as version_text`;

const FACTS = `
  select
    current_setting('server_version_num')::integer as version,
    current_setting('server_version') as version_text,
    login.rolsuper as is_superuser,
    login.rolbypassrls as bypasses_rls,
    array(
      select role.rolname::text
      from pg_roles as role
      where (role.rolsuper or role.rolbypassrls or role.rolname = any($1))
        and pg_has_role(login.oid, role.oid, 'member')
      order by role.rolname
    ) as powerful_roles,
    exists (
      select from pg_roles as role
      where role.rolname in ('agent_agency_app', 'agent_agency_readonly')
        and pg_has_role(login.oid, role.oid, 'usage')
    ) as is_application,
    pg_is_in_recovery() as is_standby,
    current_setting('default_transaction_read_only') as default_transaction_read_only,
    current_setting('row_security') as row_security,
    current_setting('fsync') as fsync,
    current_setting('full_page_writes') as full_page_writes,
    current_setting('synchronous_commit') as synchronous_commit,
    current_setting('server_encoding') as encoding,
    database.datcollversion as collation_version,
    pg_database_collation_actual_version(database.oid) as actual_collation_version,
    current_setting('max_connections')::integer
      - current_setting('superuser_reserved_connections')::integer
      - current_setting('reserved_connections')::integer as server_connections,
    login.rolconnlimit as login_connections,
    database.datconnlimit as database_connections,
    extract(epoch from clock_timestamp())::double precision * 1000 as clock_ms
  from pg_roles as login
  cross join pg_database as database
  where login.rolname = session_user
    and database.datname = current_database()`;

export async function readServerVersion(connection: Queryable): Promise<ServerVersion> {
  return readOne<ServerVersion>(connection, VERSION);
}

/** Asks what only PostgreSQL 16 and newer can answer. */
export async function readServerFacts(connection: Queryable): Promise<ServerFacts> {
  return readOne<ServerFacts>(connection, FACTS, [POWERFUL_ROLES]);
}

async function readOne<Row>(
  connection: Queryable,
  text: string,
  values: readonly unknown[] = [],
): Promise<Row> {
  const { rows } = await connection.query(text, values);
  return rows[0] as Row;
}
