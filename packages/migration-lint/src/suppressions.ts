import type { ParsedFile } from './sql/parse.ts';
import { fileRules } from './rules/file-rules.ts';
import type { Problem } from './rules/rule.ts';

/** A `-- lint: allow` of a file. It holds for the bytes from `from` to `to`. */
export interface Suppression {
  readonly rule: string;
  readonly at: number;
  readonly from: number;
  readonly to: number;
}

export interface Suppressions {
  readonly valid: readonly Suppression[];
  readonly bad: readonly Problem[];
}

const COMMENT = /^[^\n]*?(--\s*lint:[^\n]*)$/gm;
const ALLOW = /^--\s*lint:\s*(?<verb>allow|allow-file)\s+(?<rule>[a-z][a-z-]*):?(?<reason>.*)$/;
/** None of these can be argued away. */
const ABOUT_THE_FILE = new Set<string>(Object.values(fileRules).map(({ name }) => name));

/**
 * Reads the suppressions of a file. One that is at the end of a line holds for the statement on that line; one with a
 * line of its own for the statement that it stands before or in.
 */
export function suppressionsOf(file: ParsedFile, ruleNames: ReadonlySet<string>): Suppressions {
  const bad: Problem[] = [];
  const valid = [...file.source.text.matchAll(COMMENT)].flatMap((match) => {
    const { 1: comment = '', 0: line, index } = match;
    const at = file.source.byteAt(index + line.length - comment.length);
    const { verb, rule = '', reason = '' } = ALLOW.exec(comment)?.groups ?? {};
    const problem = problemOf({ verb, rule, reason: reason.trim() }, ruleNames);
    if (problem !== undefined) {
      bad.push({ at, message: problem });
      return [];
    }
    if (verb === 'allow-file') return [{ rule, at, from: 0, to: Infinity }];
    const lineStart = file.source.byteAt(index + (line.length - line.trimStart().length));
    const statement = file.statements.find(({ from, to }) => from <= lineStart && lineStart < to);
    return [{ rule, at, from: statement?.from ?? at, to: statement?.to ?? at }];
  });
  return { valid, bad };
}

interface Written {
  readonly verb: string | undefined;
  readonly rule: string;
  readonly reason: string;
}

function problemOf({ verb, rule, reason }: Written, ruleNames: ReadonlySet<string>): string | undefined {
  if (verb === undefined) return 'this is not `-- lint: allow <rule> <reason>`';
  if (!ruleNames.has(rule)) return `there is no rule ${rule}`;
  if (ABOUT_THE_FILE.has(rule)) return `${rule} cannot be allowed`;
  return reason === '' ? `why is ${rule} allowed here? Give the reason behind its name` : undefined;
}
