import { startCluster } from '../cluster.ts';
import { provisionPostgres } from '../provision/provision-postgres.ts';
import type { PostgresServer } from '../server.ts';

/**
 * A throw-away cluster of the PostgreSQL that this package downloads for itself.
 *
 * @throws TestingError `SOURCE_UNAVAILABLE`, `PROGRAM_FAILED`, `LOCK_TIMEOUT`
 */
export async function openProvisioned(env: NodeJS.ProcessEnv): Promise<PostgresServer> {
  return startCluster({ binDir: await provisionPostgres({ env }), kind: 'provisioned' });
}
