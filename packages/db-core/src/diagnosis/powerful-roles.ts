/** Beside superusers and BYPASSRLS: owners of tables and keys, and PostgreSQL's own roles that reach every table. */
export const POWERFUL_ROLES: readonly string[] = [
  'agent_agency_owner',
  'agent_agency_service',
  'agent_agency_maintenance',
  'pg_execute_server_program',
  'pg_read_all_data',
  'pg_read_server_files',
  'pg_write_all_data',
  'pg_write_server_files',
];
