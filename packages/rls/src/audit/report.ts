import { ruleTable as tableOf, toSarif as logOf } from '@agent-agency/findings';
import type { Audit } from './audit.ts';
import { places } from './finding.ts';
import { allRules, ruleGroups } from './rules/all-rules.ts';

/** The rules as Markdown, a table for each topic. */
export function ruleTable(): string {
  return tableOf(ruleGroups);
}

/** An audit as a SARIF 2.1.0 log, for code hosts; what is allowed is in it, with its reason. */
export function toSarif(audit: Audit): object {
  return logOf({ name: 'agent-agency-rls-audit', rules: allRules, places }, audit);
}
