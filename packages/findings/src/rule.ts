/** `error`: it will hurt. `warning`: it usually does. */
export type Severity = 'error' | 'warning';

/** What a check looks for, as people read it. How it looks is the business of whoever has the rule. */
export interface Rule {
  /** In kebab case; what suppressions and code hosts call it. */
  readonly name: string;
  readonly severity: Severity;
  /** What is found: “A column is dropped.” */
  readonly what: string;
  readonly why: string;
  readonly instead: string;
}

/** Rules by what they are about, in the order in which people read them. */
export type RuleGroups = Readonly<Record<string, readonly Rule[]>>;

/** The words of a rule, without whatever else it has. */
export function rulePart({ name, severity, what, why, instead }: Rule): Rule {
  return { name, severity, what, why, instead };
}

/** What people read of a rule. */
export function describeRule({ name, severity, what, why, instead }: Rule): string[] {
  return [`${name} (${severity})`, `    ${what}`, `    ${why}`, `    → ${instead}`];
}
