import pg from 'pg';
import type { DatabaseConfig } from '../config.ts';
import { DatabaseError } from '../errors/database-error.ts';
import { fromPostgres } from '../errors/from-postgres.ts';
import { GuardedClient } from './guarded-client.ts';

/** The only pool of the repository. */
export function createPool(config: DatabaseConfig): pg.Pool {
  const pool = new pg.Pool({
    host: config.host,
    port: config.port,
    database: config.database,
    user: config.user,
    password: config.password,
    ssl: config.ssl,
    min: config.min,
    max: config.max,
    idleTimeoutMillis: config.idleTimeoutMs,
    connectionTimeoutMillis: config.connectionTimeoutMs,
    statement_timeout: config.statementTimeoutMs,
    application_name: config.applicationName,
    keepAlive: true,
  });
  // An idle connection that breaks is out of the pool when this fires; the next caller gets another one, or the error.
  pool.on('error', () => undefined);
  return pool;
}

/** @throws {DatabaseError} `ACQUIRE_TIMEOUT`, `UNREACHABLE`, `AUTHENTICATION_FAILED`, `DATABASE_MISSING`. */
export async function checkOut(pool: pg.Pool): Promise<GuardedClient> {
  try {
    return new GuardedClient(await pool.connect());
  } catch (error) {
    const mapped = fromPostgres(error);
    // What is neither the server's error nor the socket's is pg-pool's own deadline.
    if (mapped.code !== 'CONNECTION_LOST' || mapped.details['errno'] !== undefined) throw mapped;
    throw timedOut(pool, error);
  }
}

function timedOut(pool: pg.Pool, cause: unknown): DatabaseError {
  const { max } = pool.options;
  const isFull = pool.totalCount >= max;
  return new DatabaseError(
    isFull ? 'ACQUIRE_TIMEOUT' : 'UNREACHABLE',
    isFull ? `no connection became free in time: all ${max} are in use` : 'PostgreSQL did not answer in time',
    { retryable: true, details: { max, waiting: pool.waitingCount }, cause },
  );
}
