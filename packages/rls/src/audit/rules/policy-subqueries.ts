import type { Catalogue, Policy } from '../catalogue/catalogue.ts';
import type { RelationRow } from '../catalogue/queries/relations.ts';
import { tablesIn } from '../expressions/condition.ts';
import { conditionsOf } from './policy-conditions.ts';
import { describeGrants, onPolicies, WRITES, type Rule } from './rule.ts';

function readTables(policy: Policy, catalogue: Catalogue): RelationRow[] {
  const names = new Set(conditionsOf(policy).flatMap(({ tree }) => tablesIn(tree)));
  return [...names].flatMap((name) => catalogue.relation(name) ?? []);
}

/** The way from a policy through the tables that policies read back to its own table; undefined when there is none. */
function wayBack(policy: Policy, catalogue: Catalogue): string[] | undefined {
  const walk = (from: Policy, seen: readonly string[]): string[] | undefined => {
    for (const table of readTables(from, catalogue)) {
      if (table.name === policy.table) return [...seen, table.name];
      if (!table.has_rls || seen.includes(table.name)) continue;
      for (const next of catalogue.policiesOf(table)) {
        const way = catalogue.applies(next) ? walk(next, [...seen, table.name]) : undefined;
        if (way !== undefined) return way;
      }
    }
    return undefined;
  };
  return policy.relation.has_rls ? walk(policy, []) : undefined;
}

export const policySubqueryRules: readonly Rule[] = [
  {
    name: 'policy-reads-open-table',
    severity: 'error',
    what: 'A policy decides by a table that the application may write and that has no row level security.',
    why: 'Whoever writes a row there lets themselves in here.',
    instead: 'Guard that table as well, or leave writing it to operators.',
    check: onPolicies((policy, catalogue) => {
      const [open] = readTables(policy, catalogue).flatMap((table) => {
        const grants = table.has_rls ? [] : catalogue.reached(table, ...WRITES);
        return table.kind === 'table' && grants.length > 0 ? [{ table, grants }] : [];
      });
      return open && `decides by ${open.table.name}, where ${describeGrants(open.grants)}`;
    }),
  },
  {
    name: 'policy-reads-guarded-table',
    severity: 'warning',
    what: 'A policy reads another table under row level security.',
    why: 'The caller’s policies of that table apply inside of this one: what they hide is not there, and each costs again.',
    instead: 'A `security definer` function in a sub-select, which answers what the caller may.',
    check: onPolicies((policy, catalogue) => {
      const guarded = readTables(policy, catalogue).find(
        ({ has_rls, name }) => has_rls && name !== policy.table,
      );
      return guarded === undefined || wayBack(policy, catalogue) !== undefined
        ? undefined
        : `sees of ${guarded.name} only what its policies show`;
    }),
  },
  {
    name: 'policy-recursion',
    severity: 'error',
    what: 'A policy reads its own table, or one whose policies lead back to it.',
    why: 'PostgreSQL refuses every statement on it: infinite recursion detected in policy.',
    instead:
      'A `security definer` function for what the policy has to know, whose owner the policies let through.',
    check: onPolicies((policy, catalogue) => {
      const way = wayBack(policy, catalogue);
      return way && `leads back to itself: ${way.join(' → ')}`;
    }),
  },
];
