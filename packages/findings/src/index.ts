// Rules and what they find
export { describeRule, rulePart } from './rule.ts';
export type { Rule, RuleGroups, Severity } from './rule.ts';
export { compareText, countFindings, describeFindings, findingOf, sortFindings } from './finding.ts';
export type { Counts, Finding, Places } from './finding.ts';

// For documents and code hosts
export { ruleTable } from './rule-table.ts';
export { toSarif } from './sarif.ts';
export type { Report, Tool } from './sarif.ts';
