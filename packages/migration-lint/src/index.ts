// Linting
export { lintMigrations } from './lint.ts';
export type { LintOptions, MigrationText } from './lint.ts';
export { places } from './finding.ts';
export type { Finding } from './finding.ts';
export { readMigrationFolder } from './read-folder.ts';

// Rules
export { allRules as rules, ruleGroups } from './rules/all-rules.ts';
export type { Rule } from './rules/rule.ts';
export { ruleTable } from './output/rule-table.ts';

// For code hosts
export { toSarif } from './output/sarif.ts';
