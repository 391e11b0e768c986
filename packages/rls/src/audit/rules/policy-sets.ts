import type { Node } from '@pgsql/types';
import { PUBLIC, type Catalogue, type Policy } from '../catalogue/catalogue.ts';
import type { PolicyCommand } from '../catalogue/queries/policies.ts';
import { comparisonsIn } from '../expressions/comparison.ts';
import { asksCaller, isAlways, ownColumns } from '../expressions/condition.ts';
import { onPolicies, onTables, placeOf, type Rule } from './rule.ts';

const COMMANDS = ['select', 'insert', 'update', 'delete'] as const satisfies readonly PolicyCommand[];

function covers({ command }: Policy, asked: PolicyCommand): boolean {
  return command === 'all' || command === asked;
}

/** What a new row has to pass: PostgreSQL takes `using` where there is no `with check`. */
function checkOf({ using, check }: Policy): Node | undefined {
  return (check ?? using)?.tree;
}

function isTrue(tree: Node | undefined): boolean {
  return tree !== undefined && isAlways(true, tree);
}

/** Whether every condition that a policy has asks for a column of the table. */
function asksFor(column: string, { using, check, relation }: Policy): boolean {
  return [using, check].every(
    (condition) => condition === undefined || ownColumns(condition.tree, relation.short_name).has(column),
  );
}

/** Restrictive policies that hold whom a policy is for to the tenant, for each command of it. */
function isHeldToTenant(policy: Policy, tenant: string, catalogue: Catalogue): boolean {
  const guards = catalogue
    .policiesOf(policy.relation)
    .filter((other) => !other.is_permissive && asksFor(tenant, other));
  return COMMANDS.filter((command) => covers(policy, command)).every((command) =>
    policy.roles.every((role) => guards.some((guard) => covers(guard, command) && includes(guard, role))),
  );
}

/** Whether a row has to be the caller's in some other way than by its tenant. */
function comparesCaller(condition: Node, table: string): boolean {
  return comparisonsIn(condition, table).some(({ operator, other }) => operator === '=' && asksCaller(other));
}

function includes({ roles }: Policy, role: string): boolean {
  return roles.includes(PUBLIC) || roles.includes(role);
}

/** Permissive policies that are for one role and one command, several at a time. */
function widening(policies: readonly Policy[]): Policy[] {
  const permissive = policies.filter(({ is_permissive }) => is_permissive);
  const roles = new Set(permissive.flatMap((policy) => policy.roles));
  for (const role of roles)
    for (const command of COMMANDS) {
      const together = permissive.filter((policy) => covers(policy, command) && includes(policy, role));
      if (together.length > 1) return together;
    }
  return [];
}

function isSame(one: Policy, other: Policy): boolean {
  const key = ({ command, is_permissive, roles, using_text, check_text }: Policy): string =>
    JSON.stringify([command, is_permissive, roles, using_text, check_text]);
  return key(one) === key(other);
}

/** What policies give and take, each and together. */
export const policySetRules: readonly Rule[] = [
  {
    name: 'policy-always-true',
    severity: 'error',
    what: 'A permissive policy is true for every row: `true`, `1 = 1`, `… or true`.',
    why: 'Permissive policies add up: one that says true makes all others say it.',
    instead:
      'A condition on the tenant. For a list that everybody reads: `for select`, in a table without tenants.',
    check: onPolicies((policy, catalogue) => {
      const { is_permissive, using, command, relation } = policy;
      if (!is_permissive || (command === 'select' && catalogue.tenantOf(relation) === undefined))
        return undefined;
      const isOpen = using === undefined ? isTrue(checkOf(policy)) : isTrue(using.tree);
      return isOpen ? `lets ${policy.roles.join(', ')} at every row` : undefined;
    }),
  },
  {
    name: 'restrictive-policy-always-true',
    severity: 'warning',
    what: 'A restrictive policy is true for every row.',
    why: 'It looks like a guard and restricts nothing.',
    instead: 'The condition that it was meant to have; or drop it.',
    check: onPolicies((policy) =>
      !policy.is_permissive && isTrue(policy.using?.tree ?? policy.check?.tree) && isTrue(checkOf(policy))
        ? 'restricts nothing'
        : undefined,
    ),
  },
  {
    name: 'policy-for-public',
    severity: 'warning',
    what: 'A permissive policy is for PUBLIC: it has no `to`.',
    why: 'It also lets in roles that are made later, for something else.',
    instead: '`alter policy … to <role>`.',
    check: onPolicies(({ is_permissive, roles }) =>
      is_permissive && roles.includes(PUBLIC) ? 'lets in every role' : undefined,
    ),
  },
  {
    name: 'policy-without-check',
    severity: 'warning',
    what: 'A policy for writing has no `with check`.',
    why: 'For `update` and `all` PostgreSQL takes `using`: a row that may be seen may also be written, once `using` lets see shared rows. For `insert` nothing passes.',
    instead: 'Say it: `with check (tenant_id = …)`.',
    check: onPolicies(({ command, check, using }) =>
      check === undefined && !isTrue(using?.tree) && ['all', 'insert', 'update'].includes(command)
        ? `writes are checked by ${using === undefined ? 'nothing that passes' : 'what may be read'}`
        : undefined,
    ),
  },
  {
    name: 'check-forgets-tenant',
    severity: 'error',
    what: 'The `using` of a permissive policy asks for the tenant, its `with check` does not.',
    why: 'A tenant can give rows to another one, and push their own into another’s tables.',
    instead: 'The same condition on the tenant in `with check`.',
    check: onPolicies((policy, catalogue) => {
      const { is_permissive, using, check, relation } = policy;
      const tenant = catalogue.tenantOf(relation)?.name;
      if (!is_permissive || tenant === undefined || using === undefined || check === undefined)
        return undefined;
      const [read, written] = [using, check].map(({ tree }) =>
        ownColumns(tree, relation.short_name).has(tenant),
      );
      return read === true && written === false && !isHeldToTenant(policy, tenant, catalogue)
        ? `a row may be written for any ${tenant}`
        : undefined;
    }),
  },
  {
    name: 'policy-ignores-tenant',
    severity: 'error',
    what: 'A permissive policy of a table of tenants asks neither for the tenant nor whose the row is otherwise, and no restrictive one does.',
    why: 'It asks who is there and not whose the row is: everybody whom it lets in sees every tenant’s rows.',
    instead: 'Compare the tenant column with the caller’s tenant; or add a restrictive policy that does.',
    check: onPolicies((policy, catalogue) => {
      const { is_permissive, using, check, relation } = policy;
      const tenant = catalogue.tenantOf(relation)?.name;
      const condition = (using ?? check)?.tree;
      if (!is_permissive || tenant === undefined || condition === undefined) return undefined;
      if (isAlways(true, condition) || isAlways(false, condition)) return undefined;
      const isAsked =
        ownColumns(condition, relation.short_name).has(tenant) ||
        comparesCaller(condition, relation.short_name);
      return isAsked || isHeldToTenant(policy, tenant, catalogue) ? undefined : `does not ask for ${tenant}`;
    }),
  },
  {
    name: 'or-ing-policies',
    severity: 'warning',
    what: 'Several permissive policies are for one role and command, and no restrictive one holds them together.',
    why: 'They are joined by `or`: the weakest of them decides, and each is asked of every row.',
    instead: 'One permissive policy; or a restrictive one on the tenant besides.',
    check: onTables((table, catalogue) => {
      const tenant = catalogue.tenantOf(table)?.name;
      const policies = catalogue
        .policiesOf(table)
        .filter(
          (policy) =>
            catalogue.applies(policy) &&
            !(tenant !== undefined && policy.is_permissive && isHeldToTenant(policy, tenant, catalogue)),
        );
      const together = widening(policies);
      return together.length === 0
        ? undefined
        : `${together.map(({ name }) => name).join(', ')} are joined by or`;
    }),
  },
  {
    name: 'policy-duplicate',
    severity: 'warning',
    what: 'Two policies of a table are the same but for their name.',
    why: 'Whoever changes one leaves the other as it was, and it goes on letting in.',
    instead: 'Drop one.',
    check: onPolicies((policy, catalogue) => {
      const twin = catalogue
        .policiesOf(policy.relation)
        .find((other) => other.name < policy.name && isSame(policy, other));
      return twin && `is the same as ${twin.name}`;
    }),
  },
  {
    name: 'policy-for-bypassing-role',
    severity: 'warning',
    what: 'A policy is for a role that no policy holds: a superuser, or one with BYPASSRLS.',
    why: 'It looks as if it limited that role, and is never asked.',
    instead: 'Take BYPASSRLS away, or the role out of the policy.',
    check: (catalogue) =>
      catalogue.policies.flatMap((policy) => {
        const idle = policy.roles.filter((role) => catalogue.bypasses(role));
        return idle.length === 0
          ? []
          : [{ place: placeOf(policy), message: `is never asked for ${idle.join(', ')}` }];
      }),
  },
];
