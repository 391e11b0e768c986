import type { DatabaseConfig } from '../config.ts';
import { DatabaseError } from '../errors/database-error.ts';

/** What a transaction sees of others; see PostgreSQL's manual, 13.2. */
export type IsolationLevel = 'read committed' | 'repeatable read' | 'serializable';

export interface TransactionOptions {
  /** Refuse writes. Default: false. */
  readonly readOnly?: boolean;
  /** Longest statement, milliseconds; 0 for no limit. Default: the configuration's. */
  readonly statementTimeoutMs?: number;
  /**
   * Above `read committed`, every statement sees one state of the database, and a transaction that meets another can
   * fail with `SERIALIZATION_FAILURE`. Default: the server's, which is `read committed` unless somebody changed it.
   */
  readonly isolationLevel?: IsolationLevel;
}

const ISOLATION_LEVELS: ReadonlySet<string> = new Set<IsolationLevel>([
  'read committed',
  'repeatable read',
  'serializable',
]);

const MAX_TIMEOUT_MS = 86_400_000;

/** The statement that begins such a transaction. @throws {DatabaseError} `INVALID_INPUT` for an unknown level. */
export function beginStatement({ isolationLevel, readOnly = false }: TransactionOptions): string {
  // The level becomes part of the statement, so nothing but a known one may.
  if (isolationLevel !== undefined && !ISOLATION_LEVELS.has(isolationLevel)) {
    throw new DatabaseError('INVALID_INPUT', `isolationLevel has to be ${[...ISOLATION_LEVELS].join(', ')}`);
  }
  const level = isolationLevel === undefined ? '' : ` isolation level ${isolationLevel}`;
  return `begin${level}${readOnly ? ' read only' : ''}`;
}

/** @throws {DatabaseError} `INVALID_INPUT` unless it is a whole number of milliseconds up to a day. */
export function statementTimeoutOf(options: TransactionOptions, config: DatabaseConfig): number {
  const timeoutMs = options.statementTimeoutMs ?? config.statementTimeoutMs;
  if (Number.isInteger(timeoutMs) && timeoutMs >= 0 && timeoutMs <= MAX_TIMEOUT_MS) return timeoutMs;
  throw new DatabaseError(
    'INVALID_INPUT',
    `statementTimeoutMs has to be a whole number up to ${MAX_TIMEOUT_MS}`,
  );
}
