import type { Queryable } from '../pool/queryable.ts';
import type { Finding } from './finding.ts';

/** What administrators set for a role: limits and logs. */
const USUAL = '^(log_.*|.*_timeout|temp_file_limit|work_mem|pgaudit\\..*)$';

// A role may store settings for itself. Names only: a value may be anybody's text.
const UNUSUAL_SETTINGS = `
  select
    role.rolname as role,
    array_agg(split_part(setting, '=', 1) order by setting) as names
  from pg_db_role_setting as stored
  join pg_roles as role on role.oid = stored.setrole
  cross join unnest(stored.setconfig) as setting
  where (role.rolname in ('agent_agency_app', 'agent_agency_readonly') or role.rolname = session_user and $1)
    and (stored.setdatabase = 0 or stored.setdatabase = (select oid from pg_database where datname = current_database()))
    and split_part(setting, '=', 1) !~ $2
  group by role.rolname
  order by role.rolname`;

interface RoleSettings {
  readonly role: string;
  readonly names: readonly string[];
}

/**
 * What sessions of the application begin with because somebody stored it for the role: whoever has its login can.
 *
 * @param isApplication Whether the login is an application's: then its own settings count as well.
 */
export async function roleSettingFindings(connection: Queryable, isApplication: boolean): Promise<Finding[]> {
  const { rows } = await connection.query(UNUSUAL_SETTINGS, [isApplication, USUAL]);
  if (rows.length === 0) return [];
  return [
    {
      code: 'ROLE_SETTINGS',
      severity: 'warning',
      title: 'sessions of the application begin with settings that were stored for its role',
      detail: (rows as unknown as RoleSettings[])
        .map(({ role, names }) => `${role}: ${names.join(', ')}`)
        .join('\n'),
      remedy:
        'unless an administrator stored them: alter role … reset … (and … in database …), then find out who had the login, and change its password',
      docs: 'https://www.postgresql.org/docs/current/sql-alterrole.html',
    },
  ];
}
