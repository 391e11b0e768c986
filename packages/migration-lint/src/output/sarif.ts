import { toSarif as logOf } from '@agent-agency/findings';
import { places, type Finding } from '../finding.ts';
import { allRules } from '../rules/all-rules.ts';

/** Findings as a SARIF 2.1.0 log, which code hosts show beside the lines. */
export function toSarif(findings: readonly Finding[]): object {
  return logOf({ name: 'agent-agency-migration-lint', rules: allRules, places }, { findings });
}
