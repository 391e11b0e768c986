import type { Rule, Severity } from './rule.ts';

/** One thing that a rule found. Each check adds where: a line of a file, an object of a catalogue. */
export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  readonly why: string;
  readonly instead: string;
}

/** Where the findings of one check are. */
export interface Places<F extends Finding> {
  /** As people write it, and as editors and terminals follow it. */
  readonly text: (finding: F) => string;
  readonly compare: (one: F, other: F) => number;
  /** A `location` of SARIF 2.1.0. */
  readonly location: (finding: F) => object;
}

/** A finding of a rule, still without its place. */
export function findingOf({ name: rule, severity, why, instead }: Rule, message: string): Finding {
  return { rule, severity, message, why, instead };
}

/** By place, and at one place by the name of the rule. */
export function sortFindings<F extends Finding>(findings: readonly F[], { compare }: Places<F>): F[] {
  return findings.toSorted((one, other) => compare(one, other) || compareText(one.rule, other.rule));
}

/** The same order everywhere, whatever the locale. */
export function compareText(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

export interface Counts {
  readonly errors: number;
  readonly warnings: number;
}

export function countFindings(findings: readonly Finding[]): Counts {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  return { errors, warnings: findings.length - errors };
}

/** What people read: in the order given; of each rule, why and what to do once. */
export function describeFindings<F extends Finding>(findings: readonly F[], places: Places<F>): string[] {
  if (findings.length === 0) return ['nothing is wrong'];
  const explained = new Set<string>();
  const lines = findings.flatMap((finding) => {
    const { severity, rule, message, why, instead } = finding;
    const line = `${places.text(finding)}: ${severity} ${rule}: ${message}`;
    if (explained.has(rule)) return [line];
    explained.add(rule);
    return [line, `    ${why}`, `    → ${instead}`];
  });
  const { errors, warnings } = countFindings(findings);
  return [...lines, `${counted(errors, 'error')}, ${counted(warnings, 'warning')}`];
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
