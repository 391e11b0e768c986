/**
 * Why a PostgreSQL could not be provided.
 *
 * - `DATABASE_URL_INVALID`: not a `postgres://` URL.
 * - `DATABASE_UNREACHABLE`: nothing answers there, or it refuses this login.
 * - `SERVER_TOO_OLD`: PostgreSQL below 16.
 * - `VECTOR_UNAVAILABLE`: the server has no `vector` extension to create.
 * - `SOURCE_UNAVAILABLE`: one way of getting a PostgreSQL, or every way of getting a PgBouncer or replicas, is not open on this machine.
 * - `NO_POSTGRES`: no way is open; the message gives the reason for each.
 * - `PROGRAM_FAILED`: a program (initdb, pg_ctl, apt-get, …) ended with an error.
 * - `DATA_DIRECTORY_INVALID`: the given data directory belongs to something else or to another major version.
 * - `DATA_DIRECTORY_IN_USE`: a server is running in it.
 * - `PORT_IN_USE`: the given port is taken.
 * - `LOCK_TIMEOUT`: another living process held a lock too long.
 * - `REPLICA_BEHIND`: a replica did not do in time what it was asked for.
 * - `DATABASE_BUSY`: somebody's transaction keeps vacuum from seeing all rows.
 * - `SESSION_CLOSED`: the connection has ended; a session never reconnects by itself.
 * - `FIXTURE_NOT_READY`: a test fixture was used outside its tests.
 */
export type TestingErrorCode =
  | 'DATABASE_URL_INVALID'
  | 'DATABASE_UNREACHABLE'
  | 'SERVER_TOO_OLD'
  | 'VECTOR_UNAVAILABLE'
  | 'SOURCE_UNAVAILABLE'
  | 'NO_POSTGRES'
  | 'PROGRAM_FAILED'
  | 'DATA_DIRECTORY_INVALID'
  | 'DATA_DIRECTORY_IN_USE'
  | 'PORT_IN_USE'
  | 'LOCK_TIMEOUT'
  | 'REPLICA_BEHIND'
  | 'DATABASE_BUSY'
  | 'SESSION_CLOSED'
  | 'FIXTURE_NOT_READY';

/** Every failure that this package foresees; anything else that is thrown is a defect or comes from the SQL itself. */
export class TestingError extends Error {
  readonly code: TestingErrorCode;

  constructor(code: TestingErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'TestingError';
    this.code = code;
  }
}
