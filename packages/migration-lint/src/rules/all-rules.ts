import { accessPathRules } from './access-paths.ts';
import { breakingRules } from './breaking.ts';
import { commentRules } from './comments.ts';
import { fileRules } from './file-rules.ts';
import { functionRules } from './functions.ts';
import { indexRules } from './indexes.ts';
import { isolationRules } from './isolation.ts';
import { lockRules } from './locks.ts';
import { nameRules } from './names.ts';
import { newColumnRules } from './new-columns.ts';
import { newConstraintRules } from './new-constraints.ts';
import { privilegeRules } from './privileges.ts';
import { reversalRules } from './reversal.ts';
import { rewriteRules } from './rewrites.ts';
import type { Rule } from './rule.ts';
import { tenantKeyRules } from './tenant-keys.ts';
import { transactionRules } from './transactions.ts';
import { typeRules } from './types.ts';

/** Rules by what they are about, in the order in which people read them. */
export const ruleGroups: Readonly<Record<string, readonly Rule[]>> = {
  'Locks and rewrites': [
    ...newColumnRules,
    ...newConstraintRules,
    ...indexRules,
    ...rewriteRules,
    ...lockRules,
  ],
  Transactions: transactionRules,
  'Code that is running': breakingRules,
  'Types and names': [...typeRules, ...nameRules],
  Tenants: [...tenantKeyRules, ...isolationRules, ...accessPathRules],
  'Functions and privileges': [...functionRules, ...privilegeRules],
  'Documentation and the way back': [...commentRules, ...reversalRules],
  'The file itself': Object.values(fileRules),
};

export const allRules: readonly Rule[] = Object.values(ruleGroups).flat();
