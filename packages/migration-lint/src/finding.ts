import type { Position } from './sql/source.ts';
import type { Severity } from './rules/rule.ts';

/** One thing that a rule found. */
export interface Finding extends Position {
  /** Name of the file, as it was given, with its ending. */
  readonly file: string;
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  readonly why: string;
  readonly instead: string;
}
