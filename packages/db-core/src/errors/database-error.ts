import { DataLayerError } from './data-layer-error.ts';

/** What can go wrong between the application and PostgreSQL. The set is closed; each has one meaning. */
export type DatabaseErrorCode =
  /** The configuration is wrong; the message lists every problem. */
  | 'INVALID_CONFIG'
  /** An argument is wrong; the message lists every problem. */
  | 'INVALID_INPUT'
  /** `initialize()` was not called, or after `shutdown()`. */
  | 'NOT_INITIALIZED'
  /** `initialize()` was called again with another configuration. */
  | 'ALREADY_INITIALIZED'
  /** Nobody answers at the address. */
  | 'UNREACHABLE'
  /** User or password is wrong, or the server does not let this login in. */
  | 'AUTHENTICATION_FAILED'
  /** The server has no database of that name. */
  | 'DATABASE_MISSING'
  /** Older than PostgreSQL 16. */
  | 'SERVER_TOO_OLD'
  /** The database is not migrated. */
  | 'SCHEMA_MISSING'
  /** The login could switch row level security off, and the configuration does not allow that. */
  | 'PRIVILEGED_ROLE'
  /** There is no key to sign tenant contexts with. */
  | 'CONTEXT_KEY_MISSING'
  /** No connection became free in time. */
  | 'ACQUIRE_TIMEOUT'
  /** The database does not answer, so it is left alone for a moment and not asked. */
  | 'CIRCUIT_OPEN'
  /** The caller's `AbortSignal` fired: nothing was written. */
  | 'ABORTED'
  /** The pool is closing, or closed before the transaction had ended. */
  | 'SHUTTING_DOWN'
  /** A replica has not got what the read has to see; the primary has. */
  | 'REPLICA_BEHIND'
  /** The connection broke before COMMIT was sent: nothing was written. */
  | 'CONNECTION_LOST'
  /** The connection broke while committing: the transaction may have happened or not. */
  | 'COMMIT_UNKNOWN'
  /** A statement had failed and its error was swallowed, so COMMIT rolled back: nothing was written. */
  | 'COMMIT_ROLLED_BACK'
  /** A transaction was used after it had ended. */
  | 'TRANSACTION_OVER'
  /** A transaction was opened, or the pool shut down, inside a transaction. */
  | 'NESTED_TRANSACTION'
  /** A transaction of another tenant was opened inside one of this tenant. */
  | 'TENANT_SWITCH'
  /** The database saw no valid tenant context. */
  | 'TENANT_UNSET'
  /** An operator has suspended the tenant: nobody acts as it until it is resumed. */
  | 'TENANT_SUSPENDED'
  | 'UNIQUE_VIOLATION'
  | 'FOREIGN_KEY_VIOLATION'
  | 'CHECK_VIOLATION'
  | 'NOT_NULL_VIOLATION'
  /** A privilege is missing, or a row belongs to another tenant. */
  | 'PERMISSION_DENIED'
  | 'SERIALIZATION_FAILURE'
  | 'DEADLOCK'
  | 'LOCK_TIMEOUT'
  /** The statement ran longer than its limit, or was cancelled. */
  | 'STATEMENT_CANCELLED'
  /** What has to be there exactly once is not there, or belongs to another tenant. */
  | 'NOT_FOUND'
  /** What has to be there at most once is there more often; `details.found` says how often. */
  | 'NOT_UNIQUE'
  /** Any other refusal of the server; `details.sqlState` says which. */
  | 'QUERY_FAILED';

/** An error of connections, transactions and statements. */
export class DatabaseError extends DataLayerError<DatabaseErrorCode> {
  override readonly name = 'DatabaseError';
}
