import { PUBLIC } from '../catalogue/catalogue.ts';
import { describeGrants, onRelations, onTables, verdictOn, type Check, type Rule } from './rule.ts';

/** Looks for a privilege of the audience on guarded tables. */
function onGuardedTables(privilege: string): Check {
  return onTables((table, catalogue) =>
    catalogue.isGuarded(table) ? verdictOn(catalogue.reached(table, privilege)) : undefined,
  );
}

export const privilegeRules: readonly Rule[] = [
  {
    name: 'grant-truncate',
    severity: 'error',
    what: 'An application role may truncate a guarded table.',
    why: 'Policies are not asked: it empties every tenant’s rows.',
    instead: '`revoke truncate on … from …`.',
    check: onGuardedTables('TRUNCATE'),
  },
  {
    name: 'grant-references',
    severity: 'error',
    what: 'An application role may refer to a guarded table by foreign keys.',
    why: 'A foreign key is checked without policies: it tells of any value whether somebody has it.',
    instead: '`revoke references on … from …`.',
    check: onGuardedTables('REFERENCES'),
  },
  {
    name: 'grant-trigger',
    severity: 'error',
    what: 'An application role may put triggers on a guarded table.',
    why: 'Its code then runs with the rights, and the rows, of whoever writes there.',
    instead: '`revoke trigger on … from …`.',
    check: onGuardedTables('TRIGGER'),
  },
  {
    name: 'grant-maintain',
    severity: 'warning',
    what: 'An application role has MAINTAIN on a guarded table (PostgreSQL 17).',
    why: 'It can lock the table for every tenant: `lock table`, `reindex`, `cluster`.',
    instead: '`revoke maintain on … from …`.',
    check: onGuardedTables('MAINTAIN'),
  },
  {
    name: 'grant-to-public',
    severity: 'warning',
    what: 'PUBLIC has a privilege on a guarded table.',
    why: 'Every role has it, also one that is made later for something else.',
    instead: 'Grant to roles by name.',
    check: onTables((table, catalogue) => {
      const grants = table.grants.filter(({ grantee }) => grantee === PUBLIC);
      return catalogue.isGuarded(table) ? verdictOn(grants) : undefined;
    }),
  },
  {
    name: 'grant-with-grant-option',
    severity: 'warning',
    what: 'An application role may hand on its privileges on a guarded table.',
    why: 'Whoever controls the application decides who else gets in.',
    instead: '`revoke grant option for … from …`.',
    check: onTables((table, catalogue) => {
      const grants = table.grants.filter(
        ({ grantee, isGrantable }) => isGrantable && catalogue.reach.has(grantee),
      );
      return grants.length > 0 && catalogue.isGuarded(table)
        ? `${describeGrants(grants)}, and hand that on`
        : undefined;
    }),
  },
  {
    name: 'sequence-readable',
    severity: 'warning',
    what: 'An application role may read or set a sequence.',
    why: 'It counts for all tenants: its value tells how busy the others are, and setting it makes their inserts fail.',
    instead: 'An identity column, which needs no privilege; `revoke select, update on sequence … from …`.',
    check: onRelations('sequence', (sequence, catalogue) =>
      verdictOn(catalogue.reached(sequence, 'SELECT', 'UPDATE')),
    ),
  },
  {
    name: 'schema-creatable',
    severity: 'error',
    what: 'An application role may create objects in a schema.',
    why: 'What it puts there answers in the place of yours, wherever the schema is on a search path.',
    instead: '`revoke create on schema … from …`.',
    check: (catalogue) =>
      catalogue.rows.schemas.flatMap((schema) => {
        const grants = schema.is_in_scope ? catalogue.granted(schema.grants, 'CREATE') : [];
        return grants.length === 0 ? [] : [{ place: schema.name, message: describeGrants(grants) }];
      }),
  },
  {
    name: 'default-privileges-open',
    severity: 'warning',
    what: 'Default privileges give an application role the tables that are made later.',
    why: 'A new table is within reach before it has a policy, and stays so if it is forgotten.',
    instead: '`alter default privileges … revoke …`, and grant each table with its policies.',
    check: (catalogue) =>
      catalogue.rows.defaultGrants.flatMap(({ role, schema, grants }) => {
        const open = grants.filter(({ grantee }) => catalogue.reach.has(grantee));
        return open.length === 0
          ? []
          : [{ place: `tables of ${role} in ${schema ?? 'every schema'}`, message: describeGrants(open) }];
      }),
  },
  {
    name: 'outside-function-granted',
    severity: 'error',
    what: 'An application role may call a function that leads out of the database: `pg_read_file`, `lo_import`, `dblink`, …',
    why: 'The server’s files, and connections as somebody else, know no policies.',
    instead: '`revoke execute on function … from …`.',
    check: (catalogue) =>
      catalogue.rows.outsideFunctions.flatMap((routine) => {
        const grants = catalogue.granted(routine.grants, 'EXECUTE');
        return grants.length === 0 ? [] : [{ place: routine.signature, message: describeGrants(grants) }];
      }),
  },
];
