import { DatabaseError } from '../errors/database-error.ts';

/**
 * Stands for everything that was committed before it was made, on the server that made it. Pass it to
 * `read({ after })`, also from another process.
 *
 * It is a position in the server's write-ahead log.
 * @see PostgreSQL's manual, 8.20 (pg_lsn)
 */
export type ConsistencyToken = string & { readonly __brand: 'ConsistencyToken' };

const LOG_POSITION = /^[0-9A-F]{1,8}\/[0-9A-F]{1,8}$/i;

/** @throws {DatabaseError} `INVALID_INPUT` when it is none. */
export function parseConsistencyToken(text: string): ConsistencyToken {
  if (LOG_POSITION.test(text)) return text as ConsistencyToken;
  throw new DatabaseError('INVALID_INPUT', 'a consistency token is what write() answered, like 16/B374D848');
}

/** Asks the primary for the token of what is committed by now. */
export const TOKEN_STATEMENT = { text: 'select pg_current_wal_insert_lsn() as token' };

/** Reads the answer to {@link TOKEN_STATEMENT}. */
export function tokenOf(rows: readonly Record<string, unknown>[] | undefined): ConsistencyToken {
  return parseConsistencyToken(String(rows?.[0]?.['token']));
}
