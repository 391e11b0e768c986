import { ROLES } from '../actors.ts';
import type { Mutant } from './mutants.ts';

/** What logins may do to schemas, and what they are besides themselves. */
export function surroundingMutants(): Mutant[] {
  const mutant = (subject: string, sql: string): Mutant => ({
    subject,
    kind: 'surroundings',
    what: sql,
    sql: [sql],
  });
  const logins = [ROLES.app, ROLES.readonly];
  const inDatabase = (grantee: string): Mutant => ({
    ...{ subject: 'database', kind: 'surroundings', what: `grant create on the database to ${grantee}` },
    sql: [
      `do $$ begin execute format('grant create on database %I to ${grantee}', current_database()); end $$`,
    ],
  });
  return [
    ...[...logins, 'public'].map(inDatabase),
    ...['public', 'app'].flatMap((schema) => [
      ...logins.map((role) => mutant(`schema ${schema}`, `grant create on schema ${schema} to ${role}`)),
      mutant(`schema ${schema}`, `grant create on schema ${schema} to public`),
    ]),
    ...logins.flatMap((role) => [
      ...[ROLES.owner, ROLES.service, ROLES.maintenance].map((of) =>
        mutant('roles', `grant ${of} to ${role}`),
      ),
      mutant('roles', `alter role ${role} bypassrls`),
      mutant('roles', `alter role ${role} superuser`),
      mutant('roles', `alter role ${role} createrole`),
    ]),
    mutant('roles', `alter role ${ROLES.owner} bypassrls`),
    mutant('roles', `alter role ${ROLES.service} bypassrls`),
  ];
}
