import { ruleTable as tableOf } from '@agent-agency/findings';
import { ruleGroups } from '../rules/all-rules.ts';

/** The rules as Markdown, a table for each topic. */
export function ruleTable(): string {
  return tableOf(ruleGroups);
}
