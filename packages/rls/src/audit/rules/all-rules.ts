import type { RuleGroups } from '@agent-agency/findings';
import { accessPathRules } from './access-paths.ts';
import { allowanceRules } from './allowance-rules.ts';
import { functionRules } from './functions.ts';
import { besideTableRules } from './partitions.ts';
import { policyConditionRules } from './policy-conditions.ts';
import { policyCostRules } from './policy-costs.ts';
import { policySetRules } from './policy-sets.ts';
import { policySettingRules } from './policy-settings.ts';
import { policySubqueryRules } from './policy-subqueries.ts';
import { privilegeRules } from './privileges.ts';
import { roleRules } from './roles.ts';
import type { Rule } from './rule.ts';
import { surroundingRules } from './surroundings.ts';
import { tableRules } from './tables.ts';
import { tenantKeyRules } from './tenant-keys.ts';

/** Rules by what they look at, in the order in which people read them. */
const checks = {
  Tables: tableRules,
  'Beside the table': besideTableRules,
  'Tenant column and keys': tenantKeyRules,
  Indexes: accessPathRules,
  'Policies and how they add up': policySetRules,
  'What policies say': [...policyConditionRules, ...policySettingRules, ...policySubqueryRules],
  'What policies cost': policyCostRules,
  Functions: functionRules,
  Roles: roleRules,
  Privileges: privilegeRules,
  'Server and database': surroundingRules,
} as const satisfies Readonly<Record<string, readonly Rule[]>>;

/** Rules that look at a catalogue. */
export const catalogueRules: readonly Rule[] = Object.values(checks).flat();

/** All rules, with those about the list of allowances. */
export const ruleGroups: RuleGroups = { ...checks, Allowances: Object.values(allowanceRules) };

export const allRules = Object.values(ruleGroups).flat();
