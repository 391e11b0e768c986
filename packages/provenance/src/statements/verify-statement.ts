import {
  type DigestSet,
  inTotoPayloadType,
  readStatement,
  sameDigests,
  type Statement,
  verdictPredicateType,
} from './statement.ts';
import { type EnvelopeFault, type EnvelopeTrust, verifyEnvelope } from './verify-envelope.ts';

/** What a verifier asks of a statement. */
export interface StatementQuestion extends EnvelopeTrust {
  /** The digests of the thing it is asked about. A statement about something else, however well signed, is no answer. */
  readonly subject: DigestSet;
  /** {@link verdictPredicateType} unless said otherwise. */
  readonly predicateType?: string | undefined;
}

/** What became of a statement. */
export type StatementVerdict =
  | { readonly ok: true; readonly statement: Statement; readonly signers: readonly string[] }
  | { readonly ok: false; readonly reason: StatementFault };

/** Why a statement is not believed. */
export type StatementFault =
  | EnvelopeFault
  /** Signed, but no in-toto statement in canonical JSON. */
  | 'malformed-statement'
  /** A statement of something else than asked for. */
  | 'other-predicate'
  /** About other things. */
  | 'other-subject';

/**
 * Whether an envelope holds a statement about a thing, signed by keys that are trusted. Never throws for what is in the envelope.
 *
 * @throws ProvenanceError as `verifyEnvelope`, for what is asked
 * @example
 * const verdict = verifyStatement(JSON.parse(text), { keys, subject: { gitCommit: commit } });
 * if (verdict.ok) console.log(verdict.statement.predicate);
 */
export function verifyStatement(envelope: unknown, question: StatementQuestion): StatementVerdict {
  const opened = verifyEnvelope(envelope, inTotoPayloadType, question);
  if (!opened.ok) return opened;
  const statement = readStatement(opened.payload);
  if (statement === undefined) return { ok: false, reason: 'malformed-statement' };
  if (statement.predicateType !== (question.predicateType ?? verdictPredicateType))
    return { ok: false, reason: 'other-predicate' };
  if (!statement.subject.some(({ digest }) => sameDigests(question.subject, digest)))
    return { ok: false, reason: 'other-subject' };
  return { ok: true, statement, signers: opened.signers };
}
