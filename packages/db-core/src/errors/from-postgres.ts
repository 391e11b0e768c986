import { DatabaseError as ServerError } from 'pg';
import type { ErrorDetails } from './data-layer-error.ts';
import { DatabaseError, type DatabaseErrorCode } from './database-error.ts';

interface Mapping {
  readonly code: DatabaseErrorCode;
  readonly message: string;
  readonly retryable?: true;
}

const SERVER_ENDED: Mapping = {
  code: 'CONNECTION_LOST',
  message: 'the server ended the connection',
  retryable: true,
};

/** By SQLSTATE, never by message text. See PostgreSQL's manual, appendix A. */
const BY_SQL_STATE: ReadonlyMap<string, Mapping> = new Map<string, Mapping>([
  ['23505', { code: 'UNIQUE_VIOLATION', message: 'there is such a row already' }],
  [
    '23503',
    { code: 'FOREIGN_KEY_VIOLATION', message: 'a row it refers to is missing, or is still referred to' },
  ],
  // What `on delete restrict` raises from PostgreSQL 18 on.
  ['23001', { code: 'FOREIGN_KEY_VIOLATION', message: 'the row is still referred to' }],
  ['23514', { code: 'CHECK_VIOLATION', message: 'a value is out of its range' }],
  ['23502', { code: 'NOT_NULL_VIOLATION', message: 'a value is missing' }],
  ['25P03', SERVER_ENDED], // idle too long inside a transaction
  ['25P04', SERVER_ENDED], // transaction too long
  ['28000', { code: 'AUTHENTICATION_FAILED', message: 'the server does not let this login in' }],
  ['28P01', { code: 'AUTHENTICATION_FAILED', message: 'user or password is wrong' }],
  [
    '3D000',
    { code: 'DATABASE_MISSING', message: 'the server has no database of that name: create it first' },
  ],
  [
    '40001',
    {
      code: 'SERIALIZATION_FAILURE',
      message: 'another transaction was faster: run it again',
      retryable: true,
    },
  ],
  [
    '40P01',
    { code: 'DEADLOCK', message: 'two transactions waited for each other: run it again', retryable: true },
  ],
  [
    '42501',
    { code: 'PERMISSION_DENIED', message: 'the role may not do this, or the row belongs to another tenant' },
  ],
  ['53300', { code: 'UNREACHABLE', message: 'the server has no connection left', retryable: true }],
  ['55P03', { code: 'LOCK_TIMEOUT', message: 'a lock was not free in time: run it again', retryable: true }],
  ['57014', { code: 'STATEMENT_CANCELLED', message: 'the statement ran too long or was cancelled' }],
  ['57P01', SERVER_ENDED],
  ['57P02', { code: 'CONNECTION_LOST', message: 'the server crashed and restarts', retryable: true }],
  ['57P03', { code: 'UNREACHABLE', message: 'the server is starting or stopping', retryable: true }],
  ['57P05', SERVER_ENDED], // idle too long
  ['AATSU', { code: 'TENANT_SUSPENDED', message: 'the tenant is suspended: an operator can resume it' }],
  [
    'AATNU',
    { code: 'TENANT_UNSET', message: 'the transaction has no valid tenant context: use withTenant()' },
  ],
]);

/**
 * Turns an error of the server into ours. Keeps the original as `cause`; takes from it the names of constraint, table
 * and column, and nothing that could hold a row's values.
 */
export function fromServer(error: ServerError): DatabaseError {
  const sqlState = error.code ?? 'XX000';
  const mapping = BY_SQL_STATE.get(sqlState) ?? mappingOfClass(sqlState);
  const options = { details: detailsOf(error, sqlState), cause: error };
  if (mapping === undefined) return new DatabaseError('QUERY_FAILED', messageOf(error, sqlState), options);
  const subject = error.constraint ?? error.table;
  const message = subject === undefined ? mapping.message : `${subject}: ${mapping.message}`;
  return new DatabaseError(mapping.code, message, { ...options, retryable: mapping.retryable ?? false });
}

/** Turns what goes wrong before there is a connection into ours: nothing has happened yet. */
export function fromConnecting(error: unknown): DatabaseError {
  if (error instanceof ServerError) {
    const refused = fromServer(error);
    return refused.code === 'CONNECTION_LOST' ? fromPooler(refused) : refused;
  }
  const errno = errnoOf(error);
  const isNetwork = errno !== undefined && /^E(?!RR_)/.test(errno);
  return new DatabaseError(
    'UNREACHABLE',
    isNetwork
      ? 'no PostgreSQL answers there: check DATABASE_URL, or start one'
      : 'no connection came about, because of TLS, the password exchange or what answers there: see the cause',
    { retryable: true, details: detailsOfErrno(errno), cause: error },
  );
}

/** Class 08 before there is a connection: a pooler's, which knows no such login or database, or no way to the server. */
function fromPooler({ details, cause }: DatabaseError): DatabaseError {
  return new DatabaseError(
    'UNREACHABLE',
    'the pooler in front of PostgreSQL lets nobody through with this login to this database: see the cause',
    { retryable: true, details, cause },
  );
}

/** The connection broke; the error is the server's where it said why. */
export function fromBroken(error: unknown): DatabaseError {
  const sqlState = error instanceof ServerError ? error.code : undefined;
  return new DatabaseError('CONNECTION_LOST', 'the connection to PostgreSQL broke', {
    retryable: true,
    details: sqlState === undefined ? detailsOfErrno(errnoOf(error)) : { sqlState },
    cause: error,
  });
}

/** Class 08: a pooler between us and the server lost its connection. */
function mappingOfClass(sqlState: string): Mapping | undefined {
  return sqlState.startsWith('08') ? SERVER_ENDED : undefined;
}

/**
 * Class 25 names the transaction's state, 42 identifiers, 54 limits, and AA is our own; other messages may quote a
 * value. So does a syntax error, which quotes the statement.
 */
function messageOf(error: ServerError, sqlState: string): string {
  if (sqlState === '42601')
    return `the statement has a syntax error at character ${error.position ?? '?'} (42601)`;
  const isSafe = /^(?:25|42|54|AA)/.test(sqlState);
  return isSafe
    ? `${error.message} (${sqlState})`
    : `PostgreSQL refused the statement (SQLSTATE ${sqlState})`;
}

function detailsOf(error: ServerError, sqlState: string): ErrorDetails {
  const { constraint, table, column } = error;
  return {
    sqlState,
    ...(constraint === undefined ? {} : { constraint }),
    ...(table === undefined ? {} : { table }),
    ...(column === undefined ? {} : { column }),
  };
}

function detailsOfErrno(errno: string | undefined): ErrorDetails {
  return errno === undefined ? {} : { errno };
}

function errnoOf(error: unknown): string | undefined {
  // Several addresses of one name were tried.
  if (error instanceof AggregateError) return errnoOf(error.errors[0]);
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
