import type { RoleRow } from '../catalogue/queries/roles.ts';
import { onAudience, type Rule } from './rule.ts';

/** Of a role and of whom it can become those of some names. */
function among({ becomes }: RoleRow, names: readonly string[]): string | undefined {
  const found = becomes.filter((name) => names.includes(name));
  return found.length === 0 ? undefined : `is ${found.join(', ')} as well`;
}

export const roleRules: readonly Rule[] = [
  {
    name: 'role-is-superuser',
    severity: 'error',
    what: 'An application role is a superuser, or can become one.',
    why: 'No policy and no privilege holds a superuser.',
    instead: 'A login of its own, `nosuperuser`, for the application.',
    check: onAudience(({ is_superuser, becomes }, catalogue) => {
      const other = becomes.find((name) => catalogue.role(name)?.is_superuser);
      return is_superuser ? 'is a superuser' : other && `can become ${other}`;
    }),
  },
  {
    name: 'role-bypasses-rls',
    severity: 'error',
    what: 'An application role has BYPASSRLS, or can become a role that has.',
    why: 'No policy holds it, whatever the tables say.',
    instead: '`alter role … nobypassrls`; revoke the membership.',
    check: onAudience(({ is_superuser, bypasses_rls, becomes }, catalogue) => {
      if (is_superuser) return undefined;
      const other = becomes.find((name) => {
        const role = catalogue.role(name);
        return role?.bypasses_rls === true && !role.is_superuser;
      });
      return bypasses_rls ? 'has BYPASSRLS' : other && `can become ${other}`;
    }),
  },
  {
    name: 'role-owns-table',
    severity: 'error',
    what: 'An application role is, or can become, the owner of a guarded table.',
    why: 'An owner can switch row level security off, and is not held by it unless it is forced.',
    instead: 'Let a role own the tables that nobody logs in as.',
    check: onAudience(({ name, is_superuser, becomes }, catalogue) => {
      if (is_superuser) return undefined;
      const owned = catalogue.tables.filter(
        (table) => catalogue.isGuarded(table) && [name, ...becomes].includes(table.owner),
      );
      const more = owned.length > 1 ? ` and ${owned.length - 1} more` : '';
      return owned[0] && `can switch off what guards ${owned[0].name}${more}`;
    }),
  },
  {
    name: 'role-reaches-every-table',
    severity: 'error',
    what: 'An application role is a member of `pg_read_all_data` or `pg_write_all_data`.',
    why: 'It reaches tables, views, partitions and sequences that were never granted to it, also later ones.',
    instead: 'Revoke the membership, and grant tables by name.',
    check: onAudience((role) => among(role, ['pg_read_all_data', 'pg_write_all_data'])),
  },
  {
    name: 'role-reaches-server-files',
    severity: 'error',
    what: 'An application role may `copy` from and to the server’s files or programs.',
    why: 'The files of the tables are among them.',
    instead: 'Revoke the membership; `copy … from stdin` needs none.',
    check: onAudience((role) =>
      among(role, ['pg_read_server_files', 'pg_write_server_files', 'pg_execute_server_program']),
    ),
  },
  {
    name: 'role-creates-roles',
    severity: 'error',
    what: 'An application role has CREATEROLE.',
    why: 'It can make itself a member of roles that it may administer, before PostgreSQL 16 of almost any.',
    instead: '`alter role … nocreaterole`.',
    check: onAudience(({ is_superuser, creates_roles }) =>
      creates_roles && !is_superuser ? 'has CREATEROLE' : undefined,
    ),
  },
  {
    name: 'role-replicates',
    severity: 'error',
    what: 'An application role has REPLICATION.',
    why: 'Replication copies the whole server, without policies.',
    instead: '`alter role … noreplication`; replicas have a login of their own.',
    check: onAudience(({ is_superuser, replicates }) =>
      replicates && !is_superuser ? 'has REPLICATION' : undefined,
    ),
  },
  {
    name: 'role-reads-activity',
    severity: 'warning',
    what: 'An application role is a member of `pg_monitor` or `pg_read_all_stats`.',
    why: 'It reads what others’ statements are, with the values that are written in them.',
    instead: 'Revoke the membership; monitoring has a login of its own.',
    check: onAudience((role) => among(role, ['pg_monitor', 'pg_read_all_stats'])),
  },
];
