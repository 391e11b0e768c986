import { DatabaseError } from '../errors/database-error.ts';
import type { TransactionOptions } from '../transaction/transaction-options.ts';
import { parseConsistencyToken, type ConsistencyToken } from './consistency-token.ts';

/** How long a read waits at most for a replica to have what it has to see, where nothing else is said. */
const DEFAULT_WAIT_MS = 50;

export interface ReadOptions extends Omit<TransactionOptions, 'readOnly'> {
  /** The token of a write that has to be seen. */
  readonly after?: string | undefined;
  /** How long a replica may take to get there before the primary is asked, milliseconds. Default: 50. */
  readonly waitMs?: number | undefined;
}

/** What a read asks of the server that answers it. */
export interface Freshness {
  /** It has to see everything that was committed before this. */
  readonly after: ConsistencyToken | undefined;
  /** How long a replica may take to get there before somebody else is asked. */
  readonly waitMs: number;
}

/** @throws {DatabaseError} `INVALID_INPUT` for what is no token, or no time to wait. */
export function freshnessOf({ after, waitMs = DEFAULT_WAIT_MS }: ReadOptions): Freshness {
  if (!Number.isInteger(waitMs) || waitMs < 0) {
    throw new DatabaseError('INVALID_INPUT', 'waitMs has to be a whole number of milliseconds from 0');
  }
  return { after: after === undefined ? undefined : parseConsistencyToken(after), waitMs };
}
