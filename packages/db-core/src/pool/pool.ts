import pg from 'pg';
import type { DatabaseConfig } from '../config.ts';
import { DatabaseError } from '../errors/database-error.ts';
import { fromConnecting } from '../errors/from-postgres.ts';
import { GuardedClient, watch } from './guarded-client.ts';

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
    application_name: config.applicationName,
    keepAlive: true,
    // The system's own delay is two hours: so long a statement would wait for a server that is gone.
    keepAliveInitialDelayMillis: 10_000,
    // No statement_timeout: poolers refuse it as a start-up parameter, so every transaction sets it.
  });
  pool.on('connect', watch);
  // An idle connection that breaks is out of the pool when this fires; the next caller gets another one, or the error.
  pool.on('error', () => undefined);
  return pool;
}

/** @throws {DatabaseError} `ACQUIRE_TIMEOUT`, `UNREACHABLE`, `AUTHENTICATION_FAILED`, `DATABASE_MISSING`. */
export async function checkOut(pool: pg.Pool): Promise<GuardedClient> {
  const startedAt = performance.now();
  try {
    return new GuardedClient(await pool.connect());
  } catch (error) {
    const mapped = fromConnecting(error);
    // pg-pool's own deadline has no code to know it by, so the clock has to tell. Timers fire up to 1 ms early.
    const deadlineMs = (pool.options.connectionTimeoutMillis ?? 0) || Infinity;
    const isUnexplained = mapped.code === 'UNREACHABLE' && Object.keys(mapped.details).length === 0;
    throw isUnexplained && performance.now() - startedAt >= deadlineMs - 1 ? timedOut(pool, error) : mapped;
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
