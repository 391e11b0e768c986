import { type KeyFault, type KeyStatementFault, ProvenanceError } from '@agent-agency/provenance';
import { UsageError } from '../failure.ts';

/** Runs what records a statement about a key, and says what to do when no verifier would believe it. */
export async function explainRefusals<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof ProvenanceError) || error.code !== 'KEY_STATEMENT_INVALID') throw error;
    const reason = error.details['reason'] as KeyFault | KeyStatementFault;
    throw new UsageError(`nobody would believe this: ${EXPLANATIONS[reason]}`, { cause: error });
  }
}

const another = 'name another with --signing-key';

const EXPLANATIONS: Readonly<Record<KeyFault | KeyStatementFault, string>> = {
  'malformed-statement': 'it says nothing about a key: a reason is text, a period begins before it ends',
  'other-tenant': 'it is about another tenant',
  'bad-signature': 'a signature does not hold',
  'possession-not-proven': 'the key that is admitted has not signed',
  'not-authorized': `the key that signs may not say so: ${another}`,
  'admitted-before': 'the log has admitted this key before: `key list` shows it',
  'unknown-key': 'the log knows no such key: `key list` shows those it knows',
  'key-not-valid': `the key that signs was replaced, or is outside its time: ${another}`,
  'revoked-key': `the key that signs was revoked: ${another}`,
};
