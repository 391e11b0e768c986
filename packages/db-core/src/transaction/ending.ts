import type { Statement, StatementResult } from '../pool/flight.ts';

/** First words of the tags of statements that end a transaction, even where the next one begins at once (`and chain`). */
const ENDINGS: ReadonlySet<string> = new Set(['COMMIT', 'ROLLBACK', 'PREPARE']);

/** Have such a tag and end nothing. */
const OTHERS = [/^\s*rollback\s+(?:(?:work|transaction)\s+)?to\s/i, /^\s*prepare\s+(?!\s|transaction\b)/i];

/** Whether the statement has ended the transaction that it was sent in. */
export function isEnding({ text }: Statement, { command }: Pick<StatementResult, 'command'>): boolean {
  return ENDINGS.has(command) && !OTHERS.some((other) => other.test(text));
}
