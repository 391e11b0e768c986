import type { Node } from '@pgsql/types';
import type { Policy } from '../catalogue/catalogue.ts';
import { comparisonsIn, type Comparison } from '../expressions/comparison.ts';
import {
  alternativesOf,
  asksCaller,
  callsIn,
  CURRENT_SETTING,
  literalOf,
  ownColumns,
  type Condition,
} from '../expressions/condition.ts';
import { asNode, findNodes, stringsOf } from '../expressions/tree.ts';
import { onPolicies, type Rule } from './rule.ts';

export function conditionsOf({ using, check }: Policy): Condition[] {
  return [using, check].filter((condition) => condition !== undefined);
}

function comparisonsOf(policy: Policy): Comparison[] {
  return conditionsOf(policy).flatMap(({ tree }) => comparisonsIn(tree, policy.relation.short_name));
}

/** What is enough for a row to pass, if it is `… is null`: what has to be null. */
function nullTests(policy: Policy): Node[] {
  return conditionsOf(policy)
    .flatMap(({ tree }) => alternativesOf(tree))
    .flatMap((node) => {
      const test = asNode(node, 'NullTest');
      return test?.nulltesttype === 'IS_NULL' && test.arg !== undefined ? [test.arg] : [];
    });
}

const PATTERNS = new Set(['~~', '~~*', '!~~', '!~~*', '~', '~*', '!~', '!~*']);
/** Who is logged in: the same for every tenant behind a pool. */
const LOGINS = new Set(['SVFOP_CURRENT_USER', 'SVFOP_SESSION_USER', 'SVFOP_USER', 'SVFOP_CURRENT_ROLE']);

function patternIn(tree: Node): string | undefined {
  const operators = findNodes(tree, 'A_Expr').filter(
    ({ name, lexpr, rexpr }) =>
      PATTERNS.has(stringsOf(name).at(-1) ?? '') && (asksCaller(lexpr) || asksCaller(rexpr)),
  );
  return stringsOf(operators[0]?.name).at(-1);
}

/** `exists (…)` that asks neither for the row nor for the caller. */
function asksNobody(tree: Node, table: string): boolean {
  return findNodes(tree, 'SubLink')
    .filter(({ subLinkType }) => subLinkType === 'EXISTS_SUBLINK')
    .some(
      (link) =>
        ownColumns({ SubLink: link }, table).size === 0 &&
        findNodes(link, 'FuncCall').length + findNodes(link, 'SQLValueFunction').length === 0,
    );
}

/** One argument, or one that does not say that the setting may be missing. */
function failsUnset(tree: Node): string | undefined {
  const call = callsIn(tree).find(
    ({ name, node }) => name === CURRENT_SETTING && !['true', 't'].includes(literalOf(node.args?.[1]) ?? ''),
  );
  return call && (literalOf(call.node.args?.[0]) ?? 'a setting');
}

export const policyConditionRules: readonly Rule[] = [
  {
    name: 'policy-lets-anonymous',
    severity: 'error',
    what: 'A permissive policy is true when the caller is nobody: `… or auth.uid() is null`.',
    why: 'Whoever has not logged in, or forgot to say who they are, sees every row.',
    instead: 'Leave that part out: without a caller there are no rows.',
    check: onPolicies((policy) =>
      policy.is_permissive &&
      nullTests(policy).some(
        (arg) => asksCaller(arg) && ownColumns(arg, policy.relation.short_name).size === 0,
      )
        ? 'is true for whoever is nobody'
        : undefined,
    ),
  },
  {
    name: 'policy-shows-null-tenant',
    severity: 'warning',
    what: 'A permissive policy is true when the row’s tenant is null.',
    why: 'A row that lost its tenant is everybody’s.',
    instead: 'Keep what is everybody’s in a table of its own, and the tenant column `not null`.',
    check: onPolicies((policy, catalogue) => {
      const { is_permissive, relation } = policy;
      const tenant = catalogue.tenantOf(relation)?.name;
      if (!is_permissive || tenant === undefined) return undefined;
      const isShown =
        nullTests(policy).some((arg) => ownColumns(arg, relation.short_name).has(tenant)) ||
        comparisonsOf(policy).some(
          ({ column, operator }) => column === tenant && operator === 'is distinct from',
        );
      return isShown ? `shows rows whose ${tenant} is null` : undefined;
    }),
  },
  {
    name: 'policy-compares-login',
    severity: 'warning',
    what: 'A policy compares a column with `current_user` or `session_user`.',
    why: 'A pool logs in as one role for all tenants: then they are all the same to the policy.',
    instead: 'Compare with the caller that the transaction says, signed.',
    check: onPolicies((policy) => {
      const login = comparisonsOf(policy).find(({ other }) =>
        findNodes(other, 'SQLValueFunction').some(({ op }) => LOGINS.has(op ?? '')),
      );
      return login && `compares ${login.column} with the login`;
    }),
  },
  {
    name: 'policy-matches-pattern',
    severity: 'error',
    what: 'A policy compares with the caller by `like` or a regular expression.',
    why: 'A caller who is called `%` is everybody.',
    instead: 'Compare by `=`.',
    check: onPolicies((policy) => {
      const pattern = conditionsOf(policy)
        .map(({ tree }) => patternIn(tree))
        .find((it) => it !== undefined);
      return pattern && `compares with the caller by ${pattern}`;
    }),
  },
  {
    name: 'policy-names-tenant',
    severity: 'warning',
    what: 'A policy compares the tenant column with a literal.',
    why: 'It lets in to one tenant’s rows whoever asks; often it is left over from a try.',
    instead: 'Compare with the caller’s tenant.',
    check: onPolicies((policy, catalogue) => {
      const tenant = catalogue.tenantOf(policy.relation)?.name;
      const literal = comparisonsOf(policy)
        .filter(({ column, operator }) => column === tenant && operator === '=')
        .map(({ other }) => literalOf(other))
        .find((it) => it !== undefined);
      return literal && `names ${literal}`;
    }),
  },
  {
    name: 'policy-trusts-user-metadata',
    severity: 'error',
    what: 'A policy asks for `user_metadata` of a token.',
    why: 'Users of Supabase write that part of their token themselves.',
    instead: '`app_metadata`, which only the service writes.',
    check: onPolicies((policy) =>
      conditionsOf(policy).some(({ text }) => /\b(?:raw_)?user_meta_?data\b/.test(text))
        ? 'asks for what the user says of themselves'
        : undefined,
    ),
  },
  {
    name: 'policy-fails-without-setting',
    severity: 'warning',
    what: 'A policy reads a setting with `current_setting(name)`, which fails when it was never set.',
    why: 'Then every statement on the table fails in a new session, and works in one that was used before.',
    instead: "`nullif(current_setting(name, true), '')`.",
    check: onPolicies((policy) => {
      const setting = conditionsOf(policy)
        .map(({ tree }) => failsUnset(tree))
        .find((it) => it !== undefined);
      return setting && `fails until ${setting} is set`;
    }),
  },
  {
    name: 'policy-exists-uncorrelated',
    severity: 'error',
    what: 'A policy says `exists (…)` of a query that asks neither for the row nor for the caller.',
    why: 'It asks whether there is an administrator, not whether this is one: once there is, everybody passes.',
    instead: 'Ask for the caller in the query.',
    check: onPolicies((policy) =>
      conditionsOf(policy).some(({ tree }) => asksNobody(tree, policy.relation.short_name))
        ? 'exists (…) is the same for every row and every caller'
        : undefined,
    ),
  },
];
