import { DatabaseError as ServerError } from 'pg';
import type { ErrorDetails } from './data-layer-error.ts';
import { DatabaseError, type DatabaseErrorCode } from './database-error.ts';

interface Mapping {
  readonly code: DatabaseErrorCode;
  readonly message: string;
  readonly retryable?: true;
}

/** By SQLSTATE, never by message text. See PostgreSQL's manual, appendix A. */
const BY_SQL_STATE: Readonly<Record<string, Mapping>> = {
  '23505': { code: 'UNIQUE_VIOLATION', message: 'there is such a row already' },
  '23503': { code: 'FOREIGN_KEY_VIOLATION', message: 'a row it refers to is missing, or is still referred to' },
  '23514': { code: 'CHECK_VIOLATION', message: 'a value is out of its range' },
  '23502': { code: 'NOT_NULL_VIOLATION', message: 'a value is missing' },
  '28000': { code: 'AUTHENTICATION_FAILED', message: 'the server does not let this login in' },
  '28P01': { code: 'AUTHENTICATION_FAILED', message: 'user or password is wrong' },
  '3D000': { code: 'DATABASE_MISSING', message: 'the server has no database of that name: create it first' },
  '40001': { code: 'SERIALIZATION_FAILURE', message: 'another transaction was faster: run it again', retryable: true },
  '40P01': { code: 'DEADLOCK', message: 'two transactions waited for each other: run it again', retryable: true },
  '42501': { code: 'PERMISSION_DENIED', message: 'the role may not do this, or the row belongs to another tenant' },
  '53300': { code: 'UNREACHABLE', message: 'the server has no connection left', retryable: true },
  '55P03': { code: 'LOCK_TIMEOUT', message: 'a lock was not free in time: run it again', retryable: true },
  '57014': { code: 'STATEMENT_CANCELLED', message: 'the statement ran too long or was cancelled' },
  '57P01': { code: 'CONNECTION_LOST', message: 'the server ended the connection', retryable: true },
  '57P02': { code: 'CONNECTION_LOST', message: 'the server crashed and restarts', retryable: true },
  '57P03': { code: 'UNREACHABLE', message: 'the server is starting or stopping', retryable: true },
  AATNU: { code: 'TENANT_UNSET', message: 'the transaction has no valid tenant context: use withTenant()' },
};

/** Errors of the socket, by errno: nobody is there, or nobody any more. */
const UNREACHABLE = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOENT']);

/**
 * Turns what node-postgres throws into ours. Keeps the original as `cause`; takes from it the names of constraint,
 * table and column, and nothing that could hold a row's values.
 */
export function fromPostgres(error: unknown): DatabaseError {
  if (error instanceof DatabaseError) return error;
  if (error instanceof ServerError) return fromServer(error);
  const errno = errnoOf(error);
  if (errno !== undefined && UNREACHABLE.has(errno)) {
    return new DatabaseError('UNREACHABLE', 'no PostgreSQL answers there: check DATABASE_URL, or start one', {
      retryable: true,
      details: { errno },
      cause: error,
    });
  }
  return new DatabaseError('CONNECTION_LOST', 'the connection to PostgreSQL broke', {
    retryable: true,
    details: errno === undefined ? {} : { errno },
    cause: error,
  });
}

function fromServer(error: ServerError): DatabaseError {
  const sqlState = error.code ?? 'XX000';
  const mapping = BY_SQL_STATE[sqlState];
  const subject = error.constraint ?? error.table;
  const options = { details: detailsOf(error, sqlState), cause: error };
  if (mapping === undefined) {
    return new DatabaseError('QUERY_FAILED', messageOf(error, sqlState), options);
  }
  const message = subject === undefined ? mapping.message : `${subject}: ${mapping.message}`;
  return new DatabaseError(mapping.code, message, { ...options, retryable: mapping.retryable ?? false });
}

/** Class 42 names identifiers, class AA is our own and 54 names limits; other messages may quote a value. */
function messageOf(error: ServerError, sqlState: string): string {
  const isSafe = /^(?:42|54|AA)/.test(sqlState);
  return isSafe ? `${error.message} (${sqlState})` : `PostgreSQL refused the statement (SQLSTATE ${sqlState})`;
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

function errnoOf(error: unknown): string | undefined {
  if (error instanceof AggregateError) return errnoOf(error.errors[0]);
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
