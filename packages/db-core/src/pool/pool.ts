import pg from 'pg';
import { DatabaseError } from '../errors/database-error.ts';
import { ServerConnection, type ConnectionSource } from './server-connection.ts';

/** A connection of the pool, until it is given back. */
export type PooledConnection = ServerConnection & pg.PoolClient;

/** The only pool of the repository: it opens, keeps and closes connections. Who gets one is decided before. */
export function createPool(source: ConnectionSource): pg.Pool {
  const { config, events } = source;
  const pool = new pg.Pool({
    Client: connectionClass(source),
    min: config.min,
    max: config.max,
    idleTimeoutMillis: config.idleTimeoutMs,
    connectionTimeoutMillis: config.connectionTimeoutMs,
    maxLifetimeSeconds: config.maxLifetimeMs / 1000,
  });
  // An idle connection that breaks is out of the pool when this fires; the next caller gets another one, or the error.
  pool.on('error', () => undefined);
  pool.on('remove', () => {
    events.emit('connectionClosed', {});
  });
  return pool;
}

/** Takes an idle connection or opens one. @throws {DatabaseError} as `fromConnecting()`, `CIRCUIT_OPEN`. */
export async function takeConnection(pool: pg.Pool): Promise<PooledConnection> {
  try {
    const connection: pg.PoolClient = await pool.connect();
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- createPool() makes no others
    return connection as PooledConnection;
  } catch (error) {
    if (error instanceof DatabaseError) throw error;
    // pg-pool has ended the attempt, and says so in an error of its own.
    throw new DatabaseError(
      'UNREACHABLE',
      'PostgreSQL did not answer in time: check host, port and network',
      {
        retryable: true,
        cause: error,
      },
    );
  }
}

/** pg-pool makes its own connections; this way they know whose they are. */
function connectionClass(source: ConnectionSource): new () => pg.ClientBase {
  return class extends ServerConnection {
    constructor() {
      super(source);
    }
  };
}
