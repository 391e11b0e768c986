import pg from 'pg';

/** The baseline: pg-pool as everybody uses it, with the application's login. */
export function barePool(url: string, config: Omit<pg.PoolConfig, 'connectionString'>): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, ...config });
  // Without a listener an idle connection that breaks ends the process; the next query says it as well.
  pool.on('error', () => undefined);
  return pool;
}

/** Lends a connection; one on which something failed is closed, because its transaction may still be open. */
export async function withClient<T>(pool: pg.Pool, use: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    const result = await use(client);
    client.release();
    return result;
  } catch (error) {
    client.release(true);
    throw error;
  }
}
