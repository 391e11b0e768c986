import type { ChainHead } from '../format/node.ts';

/** Every way in which a log can be wrong; each is explained in FORMAT.md section 7. */
export type ViolationKind =
  | 'malformed-node'
  | 'wrong-tenant'
  | 'sequence-gap'
  | 'duplicate-seq'
  | 'out-of-order'
  | 'previous-hash-mismatch'
  | 'self-parent'
  | 'hash-mismatch'
  | 'content-not-canonical'
  | 'unknown-key'
  | 'key-not-valid'
  | 'revoked-key'
  | 'bad-key-statement'
  | 'bad-signature'
  | 'head-mismatch'
  | 'checkpoint-mismatch';

/** Odd, but no evidence of tampering. */
export type WarningKind = 'clock-back';

/** Something found in a log, and where. */
export interface Finding<Kind extends string> {
  /** The number the node carries, or the one its place gives it if it carries none. */
  readonly seq: number;
  /** The last number concerned, where there may be several. */
  readonly lastSeq?: number | undefined;
  /** Absent when a finding is about no node that was seen, or about several. */
  readonly id: string | undefined;
  readonly kind: Kind;
  /** What is wrong, without any value of the node. */
  readonly message: string;
}

export type Violation = Finding<ViolationKind>;
export type Warning = Finding<WarningKind>;

/** What a walk over a log found. */
export interface ChainReport {
  /** No violation at all; warnings do not count. */
  readonly valid: boolean;
  /** How many nodes were walked over. */
  readonly checked: number;
  /** The first ones in the order of the walk, at most {@link maxListed}. */
  readonly violations: readonly Violation[];
  /** All of them, listed or not. */
  readonly violationCount: number;
  readonly firstViolation: Violation | undefined;
  /** At most {@link maxListed}. */
  readonly warnings: readonly Warning[];
  readonly warningCount: number;
  /** Where the log ends. Keep it outside the database: with it the next walk detects truncation and rewriting. */
  readonly head: ChainHead;
}

/** How many violations and how many warnings a report lists, so that a ruined log fits in memory. */
export const maxListed = 100;

/** A list that keeps the first {@link maxListed} findings and counts the rest. */
export interface Findings<Kind extends string> {
  readonly listed: Finding<Kind>[];
  count: number;
}

export function noFindings<Kind extends string>(): Findings<Kind> {
  return { listed: [], count: 0 };
}

export function addFinding<Kind extends string>(findings: Findings<Kind>, finding: Finding<Kind>): void {
  findings.count += 1;
  if (findings.listed.length < maxListed) findings.listed.push(finding);
}
