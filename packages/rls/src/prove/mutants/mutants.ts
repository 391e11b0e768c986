import { NAME, OURS, type Catalogue } from '../catalogue.ts';
import { queryRows, type ProofConnection } from '../connection.ts';
import type { Layer } from '../model/visible.ts';
import { grantMutants } from './grant-mutants.ts';
import { policyMutants, type Policy } from './policy-mutants.ts';
import { routineMutants } from './routine-mutants.ts';
import { conditionMutants } from './condition-mutants.ts';
import { surroundingMutants } from './surrounding-mutants.ts';

/** One way in which the database could be weaker. */
export interface Mutant {
  /** The relation, function or surrounding that it is about. */
  readonly subject: string;
  readonly kind:
    | 'policy'
    | 'row level security'
    | 'grant'
    | 'view'
    | 'function'
    | 'condition of a function'
    | 'surroundings';
  readonly what: string;
  readonly sql: readonly string[];
  /** Where it is looked for first. */
  readonly layers?: readonly Layer[];
  /** Relations that are looked at besides the subject. */
  readonly shows?: readonly string[];
}

/** Every mutant of what the catalogue has. */
export async function mutantsOf(
  connection: ProofConnection,
  { relations, routines }: Catalogue,
  withSurroundings: boolean,
): Promise<Mutant[]> {
  const there = new Set(relations.map(({ name }) => name));
  const policies = (await queryRows<Policy>(connection, POLICIES)).filter(({ relation }) =>
    there.has(relation),
  );
  return [
    ...policies.flatMap(policyMutants),
    ...relations
      .filter(({ name }) => policies.some(({ relation }) => relation === name))
      .flatMap(({ name }) => [
        {
          ...{ subject: name, kind: 'row level security' as const, what: 'disabled' },
          sql: [`alter table ${name} disable row level security`],
        },
        {
          ...{ subject: name, kind: 'row level security' as const, what: 'not forced' },
          sql: [`alter table ${name} no force row level security`],
        },
      ]),
    ...relations
      .filter(({ kind }) => kind === 'view')
      .map(({ name }) => ({
        ...{ subject: name, kind: 'view' as const, what: 'security_invoker off' },
        sql: [`alter view ${name} set (security_invoker = false)`],
      })),
    ...(await grantMutants(connection, relations)),
    ...(await routineMutants(connection, routines)),
    ...(await conditionMutants(connection, routines)),
    ...(withSurroundings ? surroundingMutants() : []),
  ];
}

const POLICIES = `
select jsonb_build_object(
  'name', polname,
  'relation', ${NAME},
  'isPermissive', polpermissive,
  'command', case polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete' else 'all' end,
  'roles', array(select pg_get_userbyid(role) from unnest(polroles) as role),
  'using', pg_get_expr(polqual, polrelid),
  'check', pg_get_expr(polwithcheck, polrelid)
) as row
from pg_policy
join pg_class on pg_class.oid = polrelid
join pg_namespace on pg_namespace.oid = relnamespace
where ${OURS}
order by ${NAME}, polname`;
