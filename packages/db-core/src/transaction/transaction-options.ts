import type { DatabaseConfig } from '../config.ts';
import { DatabaseError } from '../errors/database-error.ts';
import type { Statement } from '../pool/flight.ts';

/** What a transaction sees of others; see PostgreSQL's manual, 13.2. */
export type IsolationLevel = 'read committed' | 'repeatable read' | 'serializable';

export interface TransactionOptions {
  /** Refuse writes. Default: false. */
  readonly readOnly?: boolean | undefined;
  /**
   * Above `read committed`, every statement sees one state of the database, and a transaction that meets another can
   * fail with `SERIALIZATION_FAILURE`. Default: `read committed`.
   */
  readonly isolationLevel?: IsolationLevel | undefined;
  /** Longest statement, milliseconds; 0 for no limit. Default: the configuration's. */
  readonly statementTimeoutMs?: number | undefined;
  /** Longest wait for a lock, milliseconds; 0 for no limit. Default: the configuration's. */
  readonly lockTimeoutMs?: number | undefined;
  /** Longest pause between two statements, milliseconds; 0 for no limit. Default: the configuration's. */
  readonly idleInTransactionTimeoutMs?: number | undefined;
  /** Longest wait for a connection, milliseconds; 0 for no limit. Default: the configuration's `connectionTimeoutMs`. */
  readonly acquireTimeoutMs?: number | undefined;
  /** Ends the waiting or the transaction with `ABORTED`; the server stops the statement that runs. */
  readonly signal?: AbortSignal | undefined;
  /**
   * How often the transaction is tried at most when another one was in its way (`SERIALIZATION_FAILURE`, `DEADLOCK`,
   * `LOCK_TIMEOUT`). Its callback then runs again from the start, so it should do nothing but statements. Default: 1.
   */
  readonly attempts?: number | undefined;
}

const ISOLATION_LEVELS: ReadonlySet<string> = new Set<IsolationLevel>([
  'read committed',
  'repeatable read',
  'serializable',
]);

const MAX_TIMEOUT_MS = 86_400_000;
const MAX_ATTEMPTS = 100;

const TIMEOUTS = [
  'statementTimeoutMs',
  'lockTimeoutMs',
  'idleInTransactionTimeoutMs',
  'acquireTimeoutMs',
] as const;

/** @throws {DatabaseError} `INVALID_INPUT` that lists every option that is wrong. */
export function checkOptions(options: TransactionOptions): void {
  const problems: string[] = [];
  const { isolationLevel, attempts } = options;
  // The level becomes part of a statement, so nothing but a known one may.
  if (isolationLevel !== undefined && !ISOLATION_LEVELS.has(isolationLevel)) {
    problems.push(`isolationLevel has to be ${[...ISOLATION_LEVELS].join(', ')}`);
  }
  for (const name of TIMEOUTS) {
    if (!isWhole(options[name], 0, MAX_TIMEOUT_MS)) {
      problems.push(`${name} has to be a whole number up to ${MAX_TIMEOUT_MS}`);
    }
  }
  if (!isWhole(attempts, 1, MAX_ATTEMPTS)) {
    problems.push(`attempts has to be a whole number from 1 to ${MAX_ATTEMPTS}`);
  }
  if (problems.length > 0) throw new DatabaseError('INVALID_INPUT', problems.join('; '));
}

/** The statement that begins such a transaction. All of it is said, since SQL may have changed a session's defaults. */
export function beginStatement({
  isolationLevel = 'read committed',
  readOnly = false,
}: TransactionOptions): Statement {
  const access = readOnly ? 'read only' : 'read write';
  return { text: `begin isolation level ${isolationLevel} ${access} not deferrable`, isSilent: true };
}

/** The timeouts of a transaction, as values of the server's settings. */
export function timeoutSettings(
  options: TransactionOptions,
  config: DatabaseConfig,
): { statement_timeout: string; lock_timeout: string; idle_in_transaction_session_timeout: string } {
  return {
    statement_timeout: String(options.statementTimeoutMs ?? config.statementTimeoutMs),
    lock_timeout: String(options.lockTimeoutMs ?? config.lockTimeoutMs),
    idle_in_transaction_session_timeout: String(
      options.idleInTransactionTimeoutMs ?? config.idleInTransactionTimeoutMs,
    ),
  };
}

/** What a transaction has, asked for or not. */
export function withDefaults(options: TransactionOptions, config: DatabaseConfig): TransactionOptions {
  return {
    ...options,
    readOnly: options.readOnly ?? false,
    isolationLevel: options.isolationLevel ?? 'read committed',
    statementTimeoutMs: options.statementTimeoutMs ?? config.statementTimeoutMs,
    lockTimeoutMs: options.lockTimeoutMs ?? config.lockTimeoutMs,
    idleInTransactionTimeoutMs: options.idleInTransactionTimeoutMs ?? config.idleInTransactionTimeoutMs,
  };
}

function isWhole(value: number | undefined, least: number, most: number): boolean {
  return value === undefined || (Number.isInteger(value) && value >= least && value <= most);
}
