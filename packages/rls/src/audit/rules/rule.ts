import type { Rule as RuleWords } from '@agent-agency/findings';
import type { Catalogue, Policy } from '../catalogue/catalogue.ts';
import type { GrantRow } from '../catalogue/queries/fragments.ts';
import type { FunctionRow } from '../catalogue/queries/functions.ts';
import type { IndexRow } from '../catalogue/queries/indexes.ts';
import type { RelationKind, RelationRow } from '../catalogue/queries/relations.ts';
import type { RoleRow } from '../catalogue/queries/roles.ts';

/** Something that a rule found, and at which object. */
export interface Problem {
  /** `schema.table`, `schema.table.policy`, `role app`, … */
  readonly place: string;
  readonly message: string;
}

export type Check = (catalogue: Catalogue) => readonly Problem[];

export interface Rule extends RuleWords {
  readonly check: Check;
}

/** A message, or nothing when all is well. */
type Verdict = string | undefined;

function at(place: string, message: Verdict): Problem[] {
  return message === undefined ? [] : [{ place, message }];
}

/** Looks at each table. */
export function onTables(check: (table: RelationRow, catalogue: Catalogue) => Verdict): Check {
  return (catalogue) => catalogue.tables.flatMap((table) => at(table.name, check(table, catalogue)));
}

/** Looks at whatever is like a table and of some kind. */
export function onRelations(
  kind: RelationKind,
  check: (relation: RelationRow, catalogue: Catalogue) => Verdict,
): Check {
  return (catalogue) =>
    catalogue.relations
      .filter((relation) => relation.kind === kind)
      .flatMap((relation) => at(relation.name, check(relation, catalogue)));
}

/** Looks at each policy of the audience. */
export function onPolicies(check: (policy: Policy, catalogue: Catalogue) => Verdict): Check {
  return (catalogue) =>
    catalogue.policies
      .filter((policy) => catalogue.applies(policy))
      .flatMap((policy) => at(placeOf(policy), check(policy, catalogue)));
}

export function placeOf({ table, name }: Policy): string {
  return `${table}.${name}`;
}

/** Looks at each index of a table under row level security. */
export function onIndexes(
  check: (index: IndexRow, table: RelationRow, catalogue: Catalogue) => Verdict,
): Check {
  return (catalogue) =>
    catalogue.tables
      .filter(({ has_rls }) => has_rls)
      .flatMap((table) =>
        catalogue.indexesOf(table).flatMap((index) => at(index.name, check(index, table, catalogue))),
      );
}

/** Looks at each function. */
export function onFunctions(check: (routine: FunctionRow, catalogue: Catalogue) => Verdict): Check {
  return (catalogue) =>
    catalogue.functions.flatMap((routine) => at(routine.signature, check(routine, catalogue)));
}

/** Looks at each role of the audience. */
export function onAudience(check: (role: RoleRow, catalogue: Catalogue) => Verdict): Check {
  return (catalogue) => catalogue.audience.flatMap((role) => at(`role ${role.name}`, check(role, catalogue)));
}

/** Who has what, for messages: `app and PUBLIC may SELECT, UPDATE`. */
export function describeGrants(grants: readonly GrantRow[]): string {
  const grantees = [...new Set(grants.map(({ grantee }) => grantee))].sort();
  const privileges = [...new Set(grants.map(({ privilege }) => privilege))].sort();
  return `${grantees.join(' and ')} may ${privileges.join(', ')}`;
}

/** The same as a verdict: nothing when there are none. */
export function verdictOn(grants: readonly GrantRow[]): Verdict {
  return grants.length === 0 ? undefined : describeGrants(grants);
}

/** Privileges on rows. */
export const READS = ['SELECT'] as const;
export const WRITES = ['INSERT', 'UPDATE', 'DELETE'] as const;
