import type { Catalogue, Policy } from '../catalogue/catalogue.ts';
import { castsOf, comparisonsIn } from '../expressions/comparison.ts';
import { callsIn, ownColumns, type Call } from '../expressions/condition.ts';
import { asNode } from '../expressions/tree.ts';
import { conditionsOf } from './policy-conditions.ts';
import { calledFunctions } from './policy-settings.ts';
import { onPolicies, type Rule } from './rule.ts';

function isVolatile({ name }: Call, catalogue: Catalogue): boolean {
  return catalogue.functionsNamed(name).some(({ volatility }) => volatility === 'volatile');
}

function isStable({ name }: Call, catalogue: Catalogue): boolean {
  const overloads = catalogue.functionsNamed(name);
  return overloads.length > 0 && overloads.every(({ volatility }) => volatility === 'stable');
}

/** Calls that a policy's `using` makes; `with check` runs for each written row in any case. */
function callsOnRead({ using }: Policy): Call[] {
  return using === undefined ? [] : callsIn(using.tree);
}

function asksRow({ node }: Call, { relation }: Policy): boolean {
  // In a sub-select the table's name stands before the column, outside it does not.
  const inside = { SubLink: { subselect: { FuncCall: node } } };
  return [node, inside].some((tree) => ownColumns(tree, relation.short_name).size > 0);
}

/** Casts that change nothing of the value, so that an index on it still serves. */
function isRelabelled(type: string, casts: readonly string[]): boolean {
  return ['text', 'varchar'].includes(type) && casts.every((cast) => ['text', 'varchar'].includes(cast));
}

/** What policies cost every statement. */
export const policyCostRules: readonly Rule[] = [
  {
    name: 'policy-asks-every-row',
    severity: 'warning',
    what: 'A policy calls `current_setting()`, `auth.uid()` or the like outside of a sub-select.',
    why: 'It is called for every row, and not once a statement.',
    instead: '`(select auth.uid())`.',
    check: onPolicies((policy, catalogue) => {
      const call = callsOnRead(policy).find(
        (it) => !it.isInSubselect && isStable(it, catalogue) && !asksRow(it, policy),
      );
      return call && `calls ${call.name.replace(/^pg_catalog\./, '')}() for every row`;
    }),
  },
  {
    name: 'policy-function-of-row',
    severity: 'warning',
    what: 'A policy calls a function of the database’s own with a column of the row.',
    why: 'It runs for every row of the table, and no index can help.',
    instead: 'Turn it round: `tenant_id in (select my_tenants())`, or `= any (array(select …))`.',
    check: onPolicies((policy) => {
      const call = callsOnRead(policy).find(
        (it) => !it.name.startsWith('pg_catalog.') && asksRow(it, policy),
      );
      return call && `calls ${call.name}() with each row`;
    }),
  },
  {
    name: 'policy-function-volatile',
    severity: 'error',
    what: 'A policy calls a volatile function; what says nothing is volatile.',
    why: 'It may answer otherwise from row to row, and keeps the policy from every index.',
    instead: '`alter function … stable`, if that is true.',
    check: onPolicies((policy, catalogue) => {
      const call = conditionsOf(policy)
        .flatMap(({ tree }) => callsIn(tree))
        .find((it) => isVolatile(it, catalogue));
      return call && `calls ${call.name.replace(/^pg_catalog\./, '')}(), which is volatile`;
    }),
  },
  {
    name: 'policy-function-not-parallel-safe',
    severity: 'warning',
    what: 'A policy calls a function that is not parallel safe; what says nothing is unsafe.',
    why: 'No query on the table is ever run in parallel.',
    instead: '`alter function … parallel safe`, if that is true.',
    check: (catalogue) =>
      calledFunctions(catalogue)
        .filter(({ is_parallel_safe }) => !is_parallel_safe)
        .map(({ signature }) => ({
          place: signature,
          message: 'keeps every query under its policies from running in parallel',
        })),
  },
  {
    name: 'policy-wraps-tenant-column',
    severity: 'warning',
    what: 'A policy casts or computes the tenant column before it compares it.',
    why: 'An index on the column does not serve: every query reads all tenants’ rows.',
    instead: 'Cast the other side: `tenant_id = (select …)::uuid`.',
    check: onPolicies(({ using, relation }, catalogue) => {
      const tenant = catalogue.tenantOf(relation);
      if (tenant === undefined || using === undefined) return undefined;
      const wrapped = comparisonsIn(using.tree, relation.short_name).some(
        ({ column, side, isBare }) =>
          column === tenant.name &&
          asNode(side, 'ColumnRef') === undefined &&
          !(isBare && isRelabelled(tenant.type, castsOf(side))),
      );
      return wrapped ? `compares ${tenant.name} after changing it` : undefined;
    }),
  },
];
