import type { Finding } from '../finding.ts';
import { allRules } from '../rules/all-rules.ts';

/**
 * Findings as a SARIF 2.1.0 log, which code hosts show beside the lines.
 *
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
export function toSarif(findings: readonly Finding[]): object {
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        columnKind: 'utf16CodeUnits',
        tool: {
          driver: {
            name: 'agent-agency-migration-lint',
            rules: allRules.map(({ name: id, severity, what, why, instead }) => ({
              id,
              shortDescription: { text: what },
              fullDescription: { text: why },
              help: { text: instead },
              defaultConfiguration: { level: severity },
            })),
          },
        },
        results: findings.map(({ rule, severity, message, file, line, column }) => ({
          ruleId: rule,
          ruleIndex: allRules.findIndex(({ name }) => name === rule),
          level: severity,
          message: { text: message },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: file },
                region: { startLine: line, startColumn: column },
              },
            },
          ],
        })),
      },
    ],
  };
}
