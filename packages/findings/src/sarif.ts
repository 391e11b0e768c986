import type { Finding, Places } from './finding.ts';
import type { Rule } from './rule.ts';

/** The check that a log is of. */
export interface Tool<F extends Finding> {
  readonly name: string;
  readonly rules: readonly Rule[];
  readonly places: Places<F>;
}

export interface Report<F extends Finding> {
  readonly findings: readonly F[];
  /** Found, and allowed for a reason. */
  readonly allowed?: readonly { readonly finding: F; readonly reason: string }[];
  /** Rules that could not be checked, and why not. */
  readonly notChecked?: readonly { readonly rule: string; readonly reason: string }[];
}

/**
 * A report as a SARIF 2.1.0 log, which code hosts show.
 *
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
export function toSarif<F extends Finding>(tool: Tool<F>, report: Report<F>): object {
  const { findings, allowed = [], notChecked = [] } = report;
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        columnKind: 'utf16CodeUnits',
        tool: { driver: { name: tool.name, rules: tool.rules.map(descriptorOf) } },
        ...(notChecked.length > 0 && { invocations: [invocationOf(notChecked)] }),
        results: [
          ...findings.map((finding) => resultOf(tool, finding)),
          ...allowed.map(({ finding, reason }) => ({
            ...resultOf(tool, finding),
            suppressions: [{ kind: 'external', justification: reason }],
          })),
        ],
      },
    ],
  };
}

function descriptorOf({ name: id, severity, what, why, instead }: Rule): object {
  return {
    id,
    shortDescription: { text: what },
    fullDescription: { text: why },
    help: { text: instead },
    defaultConfiguration: { level: severity },
  };
}

function resultOf<F extends Finding>({ rules, places }: Tool<F>, finding: F): object {
  return {
    ruleId: finding.rule,
    ruleIndex: rules.findIndex(({ name }) => name === finding.rule),
    level: finding.severity,
    message: { text: finding.message },
    locations: [places.location(finding)],
  };
}

function invocationOf(notChecked: NonNullable<Report<Finding>['notChecked']>): object {
  return {
    executionSuccessful: true,
    toolExecutionNotifications: notChecked.map(({ rule, reason }) => ({
      level: 'note',
      message: { text: `${rule} was not checked: ${reason}` },
      associatedRule: { id: rule },
    })),
  };
}
