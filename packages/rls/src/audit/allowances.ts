import { allowanceRules } from './rules/allowance-rules.ts';
import type { Finding } from './finding.ts';
import type { Problem } from './rules/rule.ts';

/** A line of a list: findings of a rule, at places of a form, are known and accepted. */
export interface Allowance {
  readonly line: number;
  readonly rule: string;
  /** `*` stands for anything. */
  readonly place: string;
  readonly reason: string;
}

export interface Allowances {
  readonly valid: readonly Allowance[];
  readonly bad: readonly Problem[];
}

const LINE = /^(?<rule>[a-z][a-z-]*)\s+(?<place>\S.*?):\s+(?<reason>\S.*)$/;
const ABOUT_THE_LIST = new Set<string>(Object.values(allowanceRules).map(({ name }) => name));

/** Reads a list: a line each, `<rule> <place>: <reason>`; empty lines and those that begin with # say nothing. */
export function parseAllowances(text: string, ruleNames: ReadonlySet<string>): Allowances {
  const bad: Problem[] = [];
  const valid = text.split('\n').flatMap((written, index) => {
    const line = index + 1;
    if (/^\s*(?:#|$)/.test(written)) return [];
    const { rule = '', place = '', reason = '' } = LINE.exec(written.trim())?.groups ?? {};
    const message = problemOf(rule, ruleNames);
    if (message === undefined) return [{ line, rule, place, reason }];
    bad.push({ place: placeOf({ line }), message });
    return [];
  });
  return { valid, bad };
}

function problemOf(rule: string, ruleNames: ReadonlySet<string>): string | undefined {
  if (rule === '') return 'this is not `<rule> <place>: <reason>`';
  if (!ruleNames.has(rule)) return `there is no rule ${rule}`;
  return ABOUT_THE_LIST.has(rule) ? `${rule} cannot be allowed` : undefined;
}

export function placeOf({ line }: { readonly line: number }): string {
  return `allowances line ${line}`;
}

/** Whether an allowance is for a finding. */
export function allows(allowance: Allowance, { rule, place }: Finding): boolean {
  return allowance.rule === rule && matches(allowance.place, place);
}

function matches(form: string, place: string): boolean {
  const parts = form.split('*').map((part) => part.replaceAll(/[\\^$.|?+()[\]{}]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join('.*')}$`, 's').test(place);
}
