import { startCluster } from '../cluster.ts';
import { provisionPostgres } from '../provision/provision-postgres.ts';
import type { PostgresServer } from '../server.ts';
import type { ServerSettings } from '../server-settings.ts';

/**
 * A throw-away cluster of the PostgreSQL that this package downloads for itself.
 *
 * @throws TestingError `SOURCE_UNAVAILABLE`, `PROGRAM_FAILED`, `LOCK_TIMEOUT`
 */
export async function openProvisioned(
  env: NodeJS.ProcessEnv,
  settings: ServerSettings,
): Promise<PostgresServer> {
  return startCluster({ binDir: await provisionPostgres({ env }), kind: 'provisioned', settings });
}
